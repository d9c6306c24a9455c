"""Expectations, published figures and ports."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import topogen
from tests.helpers_fabric import fabric_of, figure_of, shipped_fabric
from topogen.cabling.port_uses import port_uses
from topogen.checks.expectations import Expectation, check_expectations, check_quoted
from topogen.errors import InputError
from topogen.figures.figures import figure
from topogen.figures.no_figure import NoFigureError
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

PAIR = """
devices:
  gpu: {role: gpu, ports: {net: {count: 2, lanes: 2, lane_rate: 100 Gb/s}}}
  sw:
    role: switch
    ports: {down: {count: 4, lanes: 2, lane_rate: 100 Gb/s}, up: {count: 2, lanes: 2, lane_rate: 100 Gb/s}}
instances: {gpu: 2, sw: 1}
links:
  hosts: {network: scale_out, a: gpu.net, b: sw.down, pattern: planes, length: 3 m}
  more: {network: scale_out, a: sw.up, pattern: external, to: spine}
"""


def checked(expect: str) -> Expectation:
    """Return the one expectation of the small fabric."""
    fabric = fabric_of(f"{PAIR}expect: {{{expect}}}\n")
    (only,) = check_expectations(fabric, roll_up(fabric))
    return only


@pytest.mark.parametrize(
    "expect",
    [
        "devices: {gpu: 2}",
        "links: {hosts: 4}",
        "links: {scale_out: 6}",
        "links: {hosts at gpu0: 2}",
        "cables: {hosts: 4}",
        "free_ports: {sw: 0}",
        "length: {hosts: {mean: 3.0 m}}",
        "length: {hosts: {total: 12 m}}",
        "oversubscription: {sw: 2}",
        "racks: 0",
        "hops: {scale_out: 2}",
        "hops: {scale_out at gpu0: 0}",
        "bisection: {scale_out: 0.4 Tb/s}",
        "bisection: {scale_out: 100%}",
    ],
)
def test_a_true_expectation_holds(expect: str) -> None:
    assert checked(expect).holds


def test_a_false_expectation_says_by_how_much() -> None:
    row = checked("links: {hosts: 5}")
    assert (row.holds, row.expected, row.found, row.difference) == (False, "5", "4", "-1")


@pytest.mark.parametrize(("kind", "medium"), [("pairs", "dac"), ("fibres", "dr")])
def test_pairs_and_fibres_are_those_of_every_link(kind: str, medium: str) -> None:
    text = PAIR.replace("length: 3 m", f"length: 2 m, medium: {medium}")
    fabric = fabric_of(f"{text}expect: {{{kind}: {{hosts: 16, hosts at gpu0: 8}}}}\n", shipped=True)
    assert [one.holds for one in check_expectations(fabric, roll_up(fabric))] == [True, True]


def test_an_expectation_points_to_its_line() -> None:
    mark = checked("links: {hosts: 5}").mark
    assert mark is not None
    assert mark.line == 13


@pytest.mark.parametrize(
    "expect",
    [
        "devices: {gpus: 2}",
        "links: {host: 4}",
        "length: {more: {max: 1 m}}",
        "hops: {scale_outt: 2}",
        "bisection: {scale_up: 50%}",
    ],
)
def test_an_expectation_of_something_that_is_not_there_fails_with_a_reason(expect: str) -> None:
    row = checked(expect)
    assert not row.holds
    assert '"' in row.found


def test_a_published_figure_is_shown_and_never_fails() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    (row,) = check_quoted(fabric, roll_up(fabric))
    assert (row.key, row.expected, row.holds) == ("length.nvl.pair_total", "3219 m", False)
    assert "two miles" in row.source


@pytest.mark.parametrize(
    ("hosts", "holds"), [("2.5 m", True), ("2.54 m", True), ("2.53 m", False), ("3 m", True), ("2 m", False)]
)
def test_a_published_figure_holds_for_what_rounds_to_it(hosts: str, holds: bool) -> None:  # noqa: FBT001
    quoted = f"quoted: {{length: {{hosts: {{mean: {{value: {hosts}, source: a talk}}}}}}}}\n"
    fabric = fabric_of(PAIR.replace("3 m", "2.535 m") + quoted)
    (row,) = check_quoted(fabric, roll_up(fabric))
    assert row.holds == holds
    assert bool(row.difference) != holds


def test_the_port_report_counts_used_and_free() -> None:
    rows = {(row.devices, row.port): row for row in port_uses(shipped_fabric("gb200-nvl72"))}
    assert (rows["gpu", "nvl"].used, rows["gpu", "nvl"].free) == (1296, 0)
    assert (rows["nic", "net"].used, rows["nic", "net"].free) == (0, 72)


def test_free_ports_that_are_expected_are_no_surprise() -> None:
    assert shipped_fabric("gb200-nvl72").warnings == ()


def test_ports_left_over_are_told_once_with_what_silences_it() -> None:
    text = PAIR.replace("gpu: 2, sw: 1", "gpu: 1, sw: 1")
    (warning,) = fabric_of(text).warnings
    assert (warning.code, warning.message) == ("W202", 'sw: 2 of 4 ports "down" are unused')
    assert fabric_of(text + "expect: {free_ports: {sw: 2}}\n").warnings == ()


def test_a_part_is_counted_where_it_is_bought_and_where_it_is_contained() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    rollup = roll_up(fabric)
    assert figure(fabric, rollup, "parts", "uhp_laser") == 3168
    assert figure(fabric, rollup, "parts", "uhp_laser in scale_out") == 576


def test_costs_of_scopes_add_up() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    rollup = roll_up(fabric)
    parts = [figure(fabric, rollup, "cost_usd", scope) for scope in ("interconnect", "network_device")]
    assert figure(fabric, rollup, "cost_usd", "") == sum(parts, Fraction(0))


def test_a_figure_of_an_unknown_medium_is_refused() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    with pytest.raises(NoFigureError, match="nvlink_backplane"):
        figure(fabric, roll_up(fabric), "media", "nvl|nvlink_backplan")


SPREAD = """
devices:
  gpu: {role: gpu, ports: {net: {count: 2, lanes: 2, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {net: {count: 9, lanes: 2, lane_rate: 100 Gb/s}}}
instances: {gpu: 6, sw: 2}
links:
  x: {network: scale_out, a: "gpu[0-2].net", b: "sw[0].net", pattern: spread}
  y: {network: scale_out, a: "gpu[3-5].net", b: "sw[1].net", pattern: spread}
"""


def test_hops_without_a_path_do_not_hold_and_say_so() -> None:
    fabric = fabric_of(f"{SPREAD}expect: {{hops: {{scale_out: 2}}}}\n")
    (row,) = check_expectations(fabric, roll_up(fabric))
    assert not row.holds
    assert row.found == "18 pairs of endpoints have no path"


@pytest.mark.parametrize(("role", "count"), [("gpu", 72), ("switch", 18), ("ocs", 0)])
def test_devices_are_counted_by_role(role: str, count: int) -> None:
    assert figure_of(shipped_fabric("gb200-nvl72"), "devices", f"role {role}") == count


def test_the_role_of_a_figure_is_checked() -> None:
    with pytest.raises(InputError, match=r'E643.*"gpus" is not a role'):
        fabric_of("devices: {a: {role: gpu}}\ninstances: {a: 2}\nexpect: {devices: {role gpus: 2}}\n")


def test_the_groups_down_and_up_are_used_wherever_they_are() -> None:
    switch = (
        "{mgmt: {count: 1, lanes: 1, lane_rate: 1 Gb/s}, down: {count: 32, lanes: 1, lane_rate: 25 Gb/s}}"
    )
    fabric = fabric_of(
        "devices:\n"
        "  srv: {role: host, ports: {eth: {count: 1, lanes: 1, lane_rate: 25 Gb/s}}}\n"
        f"  sw: {{role: switch, ports: {switch}}}\n"
        "instances: {srv: 20}\n"
        "fabrics: {net: {network: front_end, pattern: fat_tree, tiers: 1, ends: srv.eth, switch: sw}}\n"
    )
    assert figure_of(fabric, "free_ports", "net/leaf.down") == 12
    assert figure_of(fabric, "free_ports", "net/leaf.mgmt") == 1


def test_a_ratio_of_two_figures_is_one_figure() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    assert figure_of(fabric, "ratio", "parts.engine_3t2 in scale_up / parts.engine_3t2 in scale_out") == 4.5
    assert figure_of(fabric, "ratio", "lasers / devices.role gpu") == 22
    assert figure_of(fabric, "ratio", "lasers.uhp_laser / lasers") == 1


@pytest.mark.parametrize("view", ["procurement", "content"])
def test_what_vendors_have_adds_up_to_the_interconnect(view: str) -> None:
    fabric = shipped_fabric("article-three-vendors")
    rollup = roll_up(fabric)
    vendors = {row.vendor for row in rollup.vendors if row.view == view and row.cost_scope == "interconnect"}
    shares = [figure_of(fabric, "ratio", f"{view}.{vendor} / cost_usd.interconnect") for vendor in vendors]
    assert sum(shares) == 1


def test_what_the_layers_earn_adds_up_to_the_interconnect() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    layers = {row.layer for row in roll_up(fabric).vendors if row.view == "content" and row.layer}
    total = sum(figure_of(fabric, "layers", layer) for layer in layers if _of_interconnect(fabric, layer))
    assert total == figure_of(fabric, "cost_usd", "interconnect")


def _of_interconnect(fabric: Fabric, layer: str) -> bool:
    rows = roll_up(fabric).vendors
    return any(
        row.layer == layer and row.cost_scope == "interconnect" and row.view == "content" for row in rows
    )


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("content.nobody / cost_usd", 'no vendor or layer "nobody" in the content view'),
        ("lasers.lamp / lasers", 'no lasers "lamp"'),
        ("lasers / parts.vcsel", "parts.vcsel is 0: no ratio"),
    ],
)
def test_a_ratio_of_what_is_not_there_says_so(key: str, words: str) -> None:
    with pytest.raises(NoFigureError, match=words):
        figure_of(shipped_fabric("rubin-ultra-cpo-648"), "ratio", key)


def test_a_ratio_is_expected_in_a_file_and_its_figures_are_known_ones() -> None:
    head = "devices: {gpu: {role: gpu}}\ninstances: {gpu: 4}\n"
    fabric = fabric_of(head + "expect: {ratio: {devices.gpu / devices.role gpu: 1}}")
    assert fabric.spec.expect.ratio
    with pytest.raises(InputError, match=r"E655 .*no figure .device.gpu."):
        fabric_of(head + "expect: {ratio: {device.gpu / devices.role gpu: 1}}")
    with pytest.raises(InputError, match=r"E109 .*is not a ratio of two figures"):
        fabric_of(head + "expect: {ratio: {devices.gpu: 1}}")


PARTLY_PRICED = """
devices:
  gpu: {role: gpu, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 2, sw: 1}
links: {l: {network: scale_out, a: gpu.p, b: sw.p, pattern: spread, medium: m, length: 1 m}}
catalog:
  parts: {priced: {is: a, price_usd: 10, power_w: 1}, open: {is: b}}
  media: {m: {kind: copper, recipe: {one: {part: priced, per: link}, two: {part: open, per: link}}}}
"""


@pytest.mark.parametrize(
    ("expected", "holds"),
    [("20", True), ("at least 20", True), ("at most 20", False), ("10 to 30", False)],
)
@pytest.mark.parametrize("figure_name", ["cost_usd in interconnect", "power_w"])
def test_a_total_that_lacks_something_meets_no_upper_limit(
    figure_name: str, expected: str, *, holds: bool
) -> None:
    scale = 10 if figure_name == "power_w" else 1
    words = " ".join(str(int(word) // scale) if word.isdigit() else word for word in expected.split())
    fabric = fabric_of(PARTLY_PRICED + f"expect: {{{figure_name}: {words}}}")
    (row,) = check_expectations(fabric, roll_up(fabric))
    assert row.found == f"at least {20 // scale}"
    assert row.holds == holds


def test_every_figure_can_be_asked_for_by_its_key() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    assert topogen.figure(fabric, "hops.compute") == 4
    assert topogen.figure(fabric, "media.nvl.nvlink_backplane", roll_up(fabric)) == 5184
    for key in ("hops.computer", "hop.compute"):
        with pytest.raises(InputError, match="E655"):
            topogen.figure(fabric, key)


@pytest.mark.parametrize("value", ["0", "about 0", "0 +- 1", "at most 0", "0 to 5"])
@pytest.mark.parametrize("kind", ["cost_usd", "power_w"])
def test_a_total_of_which_nothing_is_known_is_not_nothing(kind: str, value: str) -> None:
    fabric = fabric_of(f"{PAIR}expect: {{{kind}: {{network_device: {value}}}}}\n")
    (found,) = check_expectations(fabric, roll_up(fabric))
    assert (found.found, found.holds) == ("at least 0", False)


@pytest.mark.parametrize(
    "line", ["cost_usd: {storage: 0}", "cost_usd in storage: 0", "power_w: {storage: 0}"]
)
def test_a_network_without_links_costs_nothing(line: str) -> None:
    fabric = fabric_of(f"{PAIR}expect: {{{line}}}\n")
    (found,) = check_expectations(fabric, roll_up(fabric))
    assert (found.found, found.holds) == ("0", True)


DROPPED = """
include: [gb200-nvl72]
instances: {gpu: 4}
links: {out: {network: scale_up, a: gpu.nvl, pattern: external, to: chips, length: 1 m}}
"""


def test_a_dropped_link_group_is_accepted_by_what_it_comes_to() -> None:
    fabric = fabric_of(f"{DROPPED}expect: {{links: {{nvl: 0, c2c at gpu: 0}}}}\n", shipped=True)
    rows = {row.key: row.holds for row in check_expectations(fabric, roll_up(fabric))}
    assert rows == {"links.nvl": True, "links.c2c at gpu": False}
    assert [one.message for one in fabric.warnings if one.code == "W203"] == [
        'dropped: "cpu.c2c" matches nothing here'
    ]


def test_a_dropped_link_group_has_no_links() -> None:
    fabric = fabric_of(f"{DROPPED}expect: {{links: {{nvl: 3}}}}\n", shipped=True)
    (row,) = check_expectations(fabric, roll_up(fabric))
    assert (row.found, row.holds) == ("0", False)


def test_devices_of_one_name_in_several_racks_are_one_row_and_the_hint_of_their_free_ports_works() -> None:
    text = """\
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {net: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  tray: {level: tray, contains: {gpu: 4}}
  rk: {level: rack, contains: {tray: 2, sw: 1}}
instances: {r1: rk, r2: rk}
links:
  up: {network: scale_up, a: gpu.net, b: sw.net, within: rack, pattern: full_mesh}
"""
    fabric = fabric_of(text)
    rows = [(one.devices, one.n_devices, one.used, one.free) for one in port_uses(fabric)]
    assert rows == [("gpu", 16, 16, 0), ("sw", 2, 16, 16)]
    (warning,) = [one for one in fabric.warnings if one.code == "W202"]
    assert warning.hint.endswith("expect: {free_ports: {sw: 16}}")
    accepted = fabric_of(f"{text}expect: {{free_ports: {{sw: 16}}}}\n")
    assert "W202" not in {one.code for one in accepted.warnings}
    assert all(one.holds for one in check_expectations(accepted, roll_up(accepted)))
