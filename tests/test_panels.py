"""Panels: port groups drawn on cages, the sum of the cages, and the names of the ports."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import shipped_catalog, shipped_file
from topogen.build.stages import build
from topogen.cabling.port_names import names_of_ports
from topogen.catalog.panel import NAME_FIELDS, port_names
from topogen.cli import group as topogen
from topogen.errors import InputError
from topogen.language.cages import Mode, format_cages, parse_cages, parse_mode
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_catalog, parse_topology
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric

ROOT = Path(__file__).parents[1]
CATALOG = parse_catalog([list(shipped_catalog())])
PANELS = {key: part.panel for key, part in CATALOG.parts.items() if part.panel}


def fabric_of(text: str) -> Fabric:
    return build(parse_topology(Source("it.yaml", text), layers=[list(shipped_catalog())], load=shipped_file))


def switch(ports: str, part: str = "sn5600", nos: str = "") -> str:
    """Return a file of one switch whose ports lead out of it."""
    return f"""
topogen: 1
name: it
devices: {{leaf: {{role: switch, part: {part}, {nos}ports: {ports}}}}}
instances: {{leaf: 1}}
expect: {{free_ports: {{leaf: 1}}}}
links: {{up: {{network: scale_out, a: leaf.down, pattern: external, to: core}}}}
"""


def port_of(text: str, name: str) -> Port:
    fabric = fabric_of(text)
    return next(port for port in fabric.groups[0].type.ports if port.name == name)


def names(ports: str, port: str, part: str = "sn5600", nos: str = "") -> list[str]:
    fabric = fabric_of(switch(ports, part, f"nos: {nos}, " if nos else ""))
    device = fabric.groups[0].type
    found = next(one for one in device.ports if one.name == port)
    return [one.nos for one in names_of_ports(fabric.catalog, device, found)]


def codes(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        fabric_of(text)
    return [problem.code for problem in refused.value.problems]


def test_cages_and_mode_are_count_lanes_rate_and_cage() -> None:
    port = port_of(
        switch("{down: {cages: 1-32, mode: 2 x 400G}, up: {cages: 33-64, mode: 1 x 800G}}"), "down"
    )
    assert (port.count, port.lanes, port.lane_rate, port.cage_links) == (64, 4, 100_000, 2)
    assert port.cages == tuple(range(1, 33))


@pytest.mark.parametrize(
    ("mode", "shape"),
    [
        ("1 x 800G", (1, 8, 100_000)),
        ("4 x 200G", (4, 2, 100_000)),
        ("2 x 200G", (2, 4, 50_000)),
        ("2 x 100G", (2, 4, 25_000)),
        ("2 x 4 x 50 Gb/s", (2, 4, 50_000)),
    ],
)
def test_a_mode_runs_slower_with_the_same_lanes(mode: str, shape: tuple[int, int, int]) -> None:
    port = port_of(switch(f"{{down: {{cages: 1-8, mode: {mode}}}}}"), "down")
    assert (port.cage_links, port.lanes, port.lane_rate) == shape


def test_eight_links_need_odd_cages_and_take_the_next() -> None:
    assert port_of(switch("{down: {cages: '1-63:2', mode: 8 x 100G}}"), "down").count == 256
    assert codes(switch("{down: {cages: 1-32, mode: 8 x 100G}}")) == ["E713"]
    taken = "{down: {cages: '1-15:2', mode: 8 x 100G}, up: {cages: 2, mode: 1 x 800G}}"
    assert codes(switch(taken)) == ["E714"]


@pytest.mark.parametrize(
    ("ports", "nos", "first"),
    [
        ("{down: {cages: 1-32, mode: 2 x 400G}}", "cumulus", ["swp1s0", "swp1s1", "swp2s0"]),
        ("{down: {cages: 1-32, mode: 2 x 400G}}", "sonic", ["etp1a", "etp1b", "etp2a"]),
        ("{down: {cages: 5-8, mode: 1 x 800G}}", "", ["swp5", "swp6", "swp7"]),
    ],
)
def test_ports_are_named_as_the_system_names_them(ports: str, nos: str, first: list[str]) -> None:
    assert names(ports, "down", nos=nos)[:3] == first


def test_names_of_infiniband() -> None:
    assert names("{down: {cages: 1-72, mode: 2 x 800G}}", "down", "q3400_ra")[-2:] == ["sw72p1", "sw72p2"]
    assert names("{down: {cages: 3-4, mode: 2 x 400G}}", "down", "qm9700") == [
        "1/3/1",
        "1/3/2",
        "1/4/1",
        "1/4/2",
    ]


def test_a_name_that_was_not_found_stays_empty() -> None:
    assert set(names("{down: {cages: 1-4, mode: 4 x 200G}}", "down", "qm9700")) == {""}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Ethernet1/{cage}/{leg}", "Ethernet1/34/2"),
        ("et-0/0/{cage0}:{leg0}", "et-0/0/33:1"),
        ("Ethernet{cage}/{lane}", "Ethernet34/5"),
        ("Ethernet{box_lane0}", "Ethernet268"),
        ("E{card}/{port:02}/{leg}", "E3/02/2"),
        ("etp{cage}{letter}", "etp34b"),
    ],
)
def test_the_patterns_of_other_systems(pattern: str, expected: str) -> None:
    text = f"""
parts:
  box:
    is: a box
    panel:
      of: box
      cages: {{1-64: {{form_factor: osfp, lanes: 8, lane_rates: [100 Gb/s], modes: [2 x 400G]}}}}
      cages_per_card: 16
      names: {{own: {{split: "{pattern}"}}}}
"""
    panel = parse_catalog([[Source("box.yaml", text)]]).parts["box"].panel
    assert panel is not None
    assert port_names(panel, [34], Mode(2, 4, 100_000))[1].nos == expected


def test_every_field_is_documented() -> None:
    page = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")
    assert all(f"`{{{field}}}`" in page for field in NAME_FIELDS)


# The sum of the cages


def test_the_overbooked_plans() -> None:
    counted = """{down: {count: 66, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}},
      up: {count: 32, lanes: 8, lane_rate: 100 Gb/s}}"""
    assert codes(switch(counted)) == ["E710"]
    assert codes(switch("{down: {cages: 1-33, mode: 2 x 400G}, up: {cages: 33-64, mode: 1 x 800G}}")) == [
        "E711"
    ]
    assert fabric_of(switch(counted.replace("66", "64"))).links


def test_cages_that_are_stated_leave_the_rest_to_others() -> None:
    ports = "{down: {cages: 1-60, mode: 2 x 400G}, up: {count: %d, lanes: 8, lane_rate: 100 Gb/s}}"
    assert fabric_of(switch(ports % 4)).links
    assert codes(switch(ports % 5)) == ["E710"]


@pytest.mark.parametrize(
    "port",
    [
        "count: 99, lanes: 16, lane_rate: 64 Gb/s",
        "count: 1, lanes: 1, lane_rate: 400 Gb/s",
        "count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 4}",
        "count: 4, bandwidth: 1 Tb/s per_dir",
    ],
)
def test_ports_fit_a_cage_or_are_said_to_be_elsewhere(port: str) -> None:
    zones = "{down: {cages: 1-64, mode: 2 x 400G}, other: {%s}}"
    assert codes(switch(zones % port)) == ["E743"]
    assert fabric_of(switch(zones % f"{port}, on_panel: false")).links


def test_slow_ports_on_a_panel_of_slower_cages() -> None:
    panel = "{of: a box, cages: {1-48: {form_factor: sfp, lanes: 1, lane_rates: [1 Gb/s], modes: [1 x 1G]}}}"
    own = f"catalog: {{parts: {{box: {{is: a box, panel: {panel}}}}}}}\n"
    for ports in ("{down: {count: 8, lanes: 1, lane_rate: 10 Gb/s}}", "{down: {cages: 1-8, mode: 1 x 10G}}"):
        with pytest.raises(InputError, match=r"E7[14]3.*(?s:.)*1 x 1G"):
            fabric_of(switch(ports, "box") + own)
    assert fabric_of(switch("{down: {count: 8, lanes: 1, lane_rate: 1 Gb/s}}", "box") + own).links


def test_a_bandwidth_is_compared_with_the_modes() -> None:
    ports = "{down: {count: 64, bandwidth: 800 Gb/s per_dir}, up: {count: 1, bandwidth: 25 Gb/s per_dir}}"
    assert fabric_of(switch(ports)).links
    assert codes(switch("{down: {count: 65, bandwidth: 800 Gb/s per_dir}}")) == ["E710"]


@settings(max_examples=60, deadline=None)
@given(part=st.sampled_from(sorted(PANELS)), data=st.data())
def test_modes_of_a_panel_fit_it_and_no_more_lanes(part: str, data: st.DataObject) -> None:
    panel = PANELS[part]
    assert panel is not None
    row = data.draw(st.sampled_from([row for row in panel.rows if row.numbers[0] not in panel.reserved]))
    mode = data.draw(st.sampled_from(row.modes))
    shape = f"lanes: {mode.lanes}, lane_rate: {mode.lane_rate // 1000} Gb/s, cage: {{links: {mode.links}}}"
    text = "{down: {count: %d, %s}}"
    assert fabric_of(switch(text % (mode.links, shape), part)).links
    other = shape.replace(f"lanes: {mode.lanes}", f"lanes: {mode.lanes + 16}")
    assert codes(switch(text % (mode.links, other), part)) == ["E743"]


SHAPES = [
    (part, row.numbers, mode, legs)
    for part, panel in PANELS.items()
    for row in panel.rows
    for mode in row.modes
    for legs in (2, 4, 8)
    if mode.lanes % legs == 0 and not set(row.numbers) & set(panel.reserved)
]


@pytest.mark.parametrize(("part", "cages", "mode", "legs"), SHAPES, ids=str)
@pytest.mark.parametrize("stated", [True, False])
def test_the_advice_on_a_breakout_is_one_that_the_panel_has(
    part: str, cages: tuple[int, ...], mode: Mode, legs: int, *, stated: bool
) -> None:
    rate = f"lane_rate: {mode.lane_rate // 1000} Gb/s"
    counted = f"count: {len(cages) * mode.links}, lanes: {mode.lanes}, {rate}, cage: {{links: {mode.links}}}"
    ports = f"cages: '{format_cages(cages)}', mode: {mode.in_lanes}" if stated else counted
    text = f"""
topogen: 1
name: it
devices:
  leaf: {{role: switch, part: {part}, ports: {{down: {{{ports}}}}}}}
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: {mode.lanes // legs}, {rate}}}}}}}
instances: {{leaf: 1, nic: {len(cages) * mode.links * legs}}}
links: {{up: {{network: scale_out, a: leaf.down, b: nic.net, pattern: one_to_one}}}}
"""
    with pytest.raises(InputError) as refused:
        fabric_of(text)
    assert [one.code for one in refused.value.problems] == ["E206"]
    found = re.search(r"links_per_cable: (\d) .* down: \{(.*)\}$", refused.value.problems[0].hint)
    if not found:
        assert "cannot have" in refused.value.problems[0].hint
        return
    advised = text.replace(ports, found[2]).replace("one_to_one", f"one_to_one, links_per_cable: {found[1]}")
    size = re.search(r"cages: \"(.*)\", mode: (\d+)", found[2])
    ends = len(parse_cages(size[1])) * int(size[2]) if size else len(cages) * mode.links * legs
    assert fabric_of(re.sub(r"nic: \d+\}", f"nic: {ends}}}", advised)).links


def test_another_box_has_a_part_of_its_own_without_a_panel() -> None:
    ports = "{down: {count: 80, lanes: 8, lane_rate: 100 Gb/s}}"
    assert codes(switch(ports)) == ["E710"]
    own = "catalog: {parts: {sn5600_own: {like: sn5600, panel: null}}}\n"
    assert fabric_of(switch(ports, "sn5600_own") + own).links


@settings(max_examples=40, deadline=None)
@given(
    down=st.integers(1, 70),
    up=st.integers(1, 70),
    mode=st.sampled_from(["1 x 800G", "2 x 400G", "4 x 200G"]),
)
def test_zones_are_refused_exactly_where_counts_of_the_same_ports_are(down: int, up: int, mode: str) -> None:
    links = int(mode[0])
    shape = f"lanes: {8 // links}, lane_rate: 100 Gb/s, cage: {{links: {links}}}"
    counted = f"{{down: {{count: {down * links}, {shape}}}, up: {{count: {up * links}, {shape}}}}}"
    last = max(1, 65 - up)
    zones = (
        f"{{down: {{cages: 1-{down}, mode: {mode}}}, up: {{cages: {last}-{last + up - 1}, mode: {mode}}}}}"
    )
    fits = down + up <= 64
    for ports, refusals in ((counted, {"E710"}), (zones, {"E711", "E712", "E713"})):
        if fits:
            assert fabric_of(switch(ports)).links
        else:
            assert set(codes(switch(ports))) <= refusals


@given(st.sets(st.integers(0, 200), min_size=1))
def test_ranges_are_read_as_they_are_written(numbers: set[int]) -> None:
    assert parse_cages(format_cages(numbers)) == tuple(sorted(numbers))


# What is shipped


@pytest.mark.parametrize("part", PANELS)
def test_each_shipped_panel_says_who_says_so(part: str) -> None:
    panel = PANELS[part]
    assert panel is not None
    assert panel.source in CATALOG.sources
    assert panel.as_of
    assert panel.confidence


@pytest.mark.parametrize("part", PANELS)
def test_names_of_a_shipped_panel_are_unique(part: str) -> None:
    panel = PANELS[part]
    assert panel is not None
    for nos in panel.names:
        for row in panel.rows:
            for mode in row.modes:
                known = [one.nos for one in port_names(panel, row.numbers, mode, nos) if one.nos]
                assert len(known) == len(set(known))


def test_modes_are_read_as_they_are_shown() -> None:
    for panel in PANELS.values():
        for row in panel.rows:
            for mode in (*row.modes, *row.disabling):
                assert parse_mode(str(mode)).is_met_by(mode)
                assert parse_mode(mode.in_lanes).is_met_by(mode)


def test_a_part_without_a_panel_is_listed() -> None:
    printed = CliRunner().invoke(topogen, ["catalog", "panels", "--format", "json"])
    assert printed.exit_code == 0
    assert '"part": "th5_box"' in printed.output.partition('"no_panel"')[2]


# The example


def test_the_example_has_the_totals_of_the_same_ports_by_count() -> None:
    text = (ROOT / "docs" / "examples" / "panel.yaml").read_text(encoding="utf-8")
    counted = text
    for stated, plain in (
        ("{cages: 1, mode: 1 x 400G}", "{count: 1, lanes: 4, lane_rate: 100 Gb/s}"),
        ("{cages: 1-32, mode: 2 x 400G}", "{count: 64, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}"),
        ("{cages: 33-64, mode: 1 x 800G}", "{count: 32, lanes: 8, lane_rate: 100 Gb/s}"),
        ("{cages: 1-64, mode: 1 x 800G}", "{count: 64, lanes: 8, lane_rate: 100 Gb/s}"),
    ):
        assert stated in counted
        counted = counted.replace(stated, plain)
    drawn, plain_one = (
        [(line.part, line.qty) for line in roll_up(fabric_of(one)).lines] for one in (text, counted)
    )
    assert drawn == plain_one


def test_explain_shows_cages_names_and_source() -> None:
    printed = (
        CliRunner().invoke(topogen, ["explain", str(ROOT / "docs/examples/panel.yaml"), "net/leaf"]).output
    )
    assert "net/leaf.down: cages 1-32, 2 x 400G: 32 cages x 2 = 64 ports" in printed
    assert "cumulus swp1s0 to swp32s1; printed 1 to 32" in printed
    assert "catalog.parts.sn5600.panel" in printed
