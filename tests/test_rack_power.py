"""The power budget of racks: what a rack draws, what is over, and what is not known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.takeoff.rack_power import rack_draws
from topogen.takeoff.roll_up import roll_up

TEXT = """
devices:
  gpu: {role: gpu, part: g, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  leaf: {role: switch, part: s, ports: {p: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  busy: {level: rack, power_w: BUDGET, contains: {tray: 2}}
  net: {level: rack, power_w: 5000, contains: {leaf: 1}}
instances: {busy: 2, net: 1}
links:
  x: {network: scale_out, a: gpu.p, b: leaf.p, pattern: spread, medium: m, length: 3 m}
layout: {floor: none}
catalog:
  parts:
    g: {is: gpu, power_w: 1000}
    s: {is: switch, power_w: WATTS}
    module: {is: module, power_w: 15}
    els: {is: light, power_w: 12}
    cord: {is: active cord, power_w: 3, lengths_m: [3]}
  media:
    m:
      kind: optical
      interface: dr
      fibres_per_lane: 1
      recipe:
        module: {per: end, part: module}
        els: {per: pool, part: els, serves: 16 lanes, round_per: ELS, spare: 1}
        cord: {per: link, part: cord}
expect: {free_ports: {leaf: 0}, parts: {els in scale_out: 9}}
"""
BUSY = 4 * 1000 + 4 * 15 + 2 * 12 + 8 * Fraction(3, 2)
"""Four GPUs, a module for the two links of each, 32 lanes on two light sources, half of eight cords."""


def text_of(budget: int = 5000, watts: str = "700", els: str = "rack") -> str:
    return TEXT.replace("BUDGET", f"{budget}").replace("WATTS", watts).replace("ELS", els)


def warnings_of(text: str) -> list[tuple[str, str, str]]:
    found = roll_up(fabric_of(text)).warnings
    return [(one.path, one.message, one.hint) for one in found if one.code == "W405"]


def test_a_rack_within_its_budget_is_no_warning() -> None:
    assert warnings_of(text_of()) == []
    assert warnings_of(text_of(int(BUSY))) == []


def test_a_rack_over_its_budget_is_named_with_its_watts_and_the_largest_contributors() -> None:
    assert BUSY == 4096
    ((path, message, hint),) = warnings_of(text_of(4095))
    assert path == "templates.busy.power_w"
    assert message == (
        "busy0 draws 4,096 W, its power_w is 4,095: 4 x gpu 4,000 W, 4 x module 60 W, 2 x els 24 W; "
        "likewise 1 other rack"
    )
    assert hint == "move devices to other racks, or set power_w: 4096 on busy"
    assert warnings_of(text_of(4096)) == []


def test_a_rack_with_unknown_watts_says_at_least() -> None:
    ((path, message, _),) = warnings_of(text_of(watts="~"))
    assert path == "templates.net.power_w"
    assert "net0 draws at least " in message
    assert message.endswith("; no watts known for leaf")


def test_a_light_source_that_racks_share_leaves_each_of_them_at_least() -> None:
    found = warnings_of(text_of(els="fabric"))
    assert [path for path, *_ in found] == ["templates.busy.power_w", "templates.net.power_w"]
    assert all("at least" in words and "els shared by racks" in words for _, words, _ in found)


def test_a_rack_without_a_budget_is_never_named() -> None:
    text = text_of(watts="~").replace("power_w: 5000, contains: {tray", "contains: {tray")
    assert warnings_of(text.replace("power_w: 5000, contains: {leaf", "contains: {leaf")) == []


def test_a_tray_that_is_bought_whole_draws_once() -> None:
    text = (
        text_of(1, els="device").replace("{level: tray,", "{level: tray, part: t,").replace("part: g, ", "")
    )
    ((_, message, _),) = warnings_of(
        text.replace("    g: {is: gpu, power_w: 1000}", "    t: {is: tray, power_w: 2200}")
    )
    assert message.startswith("busy0 draws 4,520 W, its power_w is 1: 2 x tray 4,400 W, 4 x module 60 W, ")


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 3), st.sampled_from(["device", "rack"]), st.integers(1, 2))
def test_the_racks_draw_what_the_fabric_draws(trays: int, racks: int, els: str, per_cable: int) -> None:
    text = text_of(els=els).replace("tray: 2}", f"tray: {trays}}}").replace("busy: 2", f"busy: {racks}")
    text = text.replace("count: 16", "count: 64").replace(
        "length: 3 m", f"length: 3 m, links_per_cable: {per_cable}"
    )
    fabric = fabric_of(text)
    rollup = roll_up(fabric)
    draws = list(rack_draws(fabric, rollup.quantities))
    total = sum(draw.watts(rack) for draw in draws for rack in range(racks + 1))
    assert total == rollup.totals.total_power.watts.base


@pytest.mark.parametrize(
    ("name", "scenario"),
    [("gb300-nvl72-row", None), ("gb300-nvl72-row", "cpo"), ("gb200-nvl72", None)],
)
def test_the_racks_of_a_shipped_fabric_draw_what_it_draws(name: str, scenario: str | None) -> None:
    fabric = shipped_fabric(name, scenario)
    rollup = roll_up(fabric)
    draws = list(rack_draws(fabric, rollup.quantities))
    racks = range(len(fabric.sites.x_mm))
    assert sum(draw.watts(rack) for draw in draws for rack in racks) == rollup.totals.total_power.watts.base
