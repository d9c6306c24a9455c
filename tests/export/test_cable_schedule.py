"""The cable schedule equals the one written link by link, byte for byte, and agrees with the BOM."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from tests.export.plain_schedule import plain_schedule
from tests.export.systems import ODD, SYSTEMS, System, built
from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.columns import CABLE_SCHEDULE, CABLE_SCHEDULE_DEFAULT, names_of
from topogen.export.cells.byte_cells import number_cells, path_cells, to_bytes
from topogen.export.options import DEFAULT, Options
from topogen.export.to_cable_schedule import is_installed, to_cable_schedule
from topogen.fabric import path_name
from topogen.rollup import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd


def schedule(system: System, options: Options = DEFAULT) -> str:
    """Return the whole schedule of a system."""
    return b"".join(to_cable_schedule(*built(system), options)).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the lines of a schedule by column."""
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("all_links", [False, True])
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_is_what_a_plain_writer_writes(system: System, all_links: bool) -> None:  # noqa: FBT001
    fabric, _ = built(system)
    assert schedule(system, Options(all_links=all_links)) == plain_schedule(fabric, all_links=all_links)


@quick
@given(odd=odd_fabrics())
def test_it_is_what_a_plain_writer_writes_for_odd_fabrics(odd: Odd) -> None:
    written = b"".join(to_cable_schedule(odd.fabric, roll_up(odd.fabric), Options(all_links=True)))
    assert written.decode() == plain_schedule(odd.fabric, all_links=True)


@pytest.mark.parametrize("size", [1, 7, 55, 56])
def test_pieces_of_any_size_make_the_same_file(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = schedule(ODD)
    monkeypatch.setattr(sys.modules[to_cable_schedule.__module__], "CHUNK", size)
    assert schedule(ODD) == whole


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_full_columns_say_the_same_and_more(system: System) -> None:
    full = rows_of(schedule(system, Options(columns="full", all_links=True)))
    few = rows_of(schedule(system, Options(all_links=True)))
    assert [{name: row[name] for name in CABLE_SCHEDULE_DEFAULT} for row in full] == few
    assert tuple(full[0]) == names_of(CABLE_SCHEDULE)


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_cables_and_their_rates_are_those_of_the_model(system: System) -> None:
    fabric, rollup = built(system)
    rows = rows_of(schedule(system, Options(all_links=True)))
    rates: Counter[str] = Counter()
    for row in rows:
        rates[row["link_group"]] += Fraction(row["rate_gbps"])  # type: ignore[assignment]
    assert rates == {group.name: Fraction(group.rate * group.count, 1000) for group in fabric.links}
    cables = Counter(part for _, part in {(row["cable_id"], row["cable_part_id"]) for row in rows} if part)
    bought = Counter[str]()
    for one in rollup.quantities:
        if one.per == "link" and one.part:
            bought[one.part] += one.qty
    assert cables == bought


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_ordered_lengths_are_those_of_the_bom(system: System) -> None:
    _, rollup = built(system)
    rows = rows_of(schedule(system))
    cables = {(row["cable_id"], row["cable_part_id"], row["length_order_m"]) for row in rows}
    bought = Counter[tuple[str, str]]()
    for one in rollup.quantities:
        if one.per == "link" and one.part:
            length = "" if one.length_mm is None else str(Fraction(one.length_mm, 1000))
            bought[one.part, length] += one.qty
    assert Counter((part, length) for _, part, length in cables if part) == bought


def test_what_comes_with_the_rack_is_left_out_unless_asked_for() -> None:
    fabric, _ = built(("gb300-nvl72-row", None))
    assert [group.name for group in fabric.links if is_installed(fabric, group)] == [
        "compute/hosts",
        "compute/leaf_spine",
    ]
    assert len(rows_of(schedule(("gb200-nvl72", None)))) == 0


def test_a_cable_is_named_by_its_place_its_group_and_a_number() -> None:
    names = [row["cable_id"] for row in rows_of(schedule(("gb200-nvl72", None), Options(all_links=True)))]
    assert names[0] == "r1/nvl/0"
    assert names[1295:1299] == [
        "r1/nvl/1295",
        "r1/compute_tray00/superchip0/c2c/0",
        "r1/compute_tray00/superchip0/c2c/1",
        "r1/compute_tray00/superchip1/c2c/0",
    ]
    assert len(set(names)) == len(names)


def test_a_breakout_has_one_line_a_leg() -> None:
    rows = rows_of(schedule(ODD, Options(columns="full")))
    legs = [row for row in rows if row["cable_id"] == "b1/up/0"]
    assert [(row["a_breakout"], row["a_port"], row["b_device"], row["b_port"]) for row in legs] == [
        ("1", "up0+2", "b1/chips0/chip0", "down0-1"),
        ("2", "up1+3", "b1/chips0/chip1", "down0-1"),
    ]
    assert {row["a_optic_part"] for row in legs} == {"mod"}
    assert {row["b_optic_part"] for row in legs} == {"engine"}


SPLITTERS = """
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, height_u: 2, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {shelf: {level: rack, slots: {U10-17: gpu, U20-21: leaf}}}
instances: {r1: shelf}
links:
  down:
    network: scale_out
    a: leaf.net
    b: gpu.net
    pattern: one_to_one
    links_per_cable: 2
    medium: dac_splitter
"""


def test_a_splitter_has_one_plug_at_the_switch_and_a_tail_at_each_nic() -> None:
    fabric = fabric_of(SPLITTERS, shipped=True)
    rollup = roll_up(fabric)
    rows = rows_of(b"".join(to_cable_schedule(fabric, rollup, Options(columns="full"))).decode())
    assert [(row["cable_id"], row["a_port"], row["a_breakout"], row["b_device"]) for row in rows[:2]] == [
        ("down/0", "net0", "1", "r1/gpu0"),
        ("down/0", "net1", "2", "r1/gpu1"),
    ]
    assert {line.part: line.qty for line in rollup.lines} == {"dac_800g_splitter": 4}


def test_a_shared_cage_is_no_breakout() -> None:
    rows = rows_of(schedule(ODD, Options(columns="full")))
    both = [row for row in rows if row["cable_id"] == "s7/side/0"]
    assert [(row["a_breakout"], row["b_device"]) for row in both] == [
        ("", "s7/tray0/sled0/nic0"),
        ("", "s7/tray0/sled0/nic1"),
    ]


def test_lengths_split_into_way_and_slack() -> None:
    row = rows_of(schedule(ODD, Options(columns="full")))[0]
    # U1 to U10: 445 - 45 = 400 mm, 7% of it rounded up and 0.1 m at each end; the cord is sold from 1 m
    assert (row["length_route_m"], row["length_slack_m"], row["length_order_m"]) == ("0.4", "0.228", "1")
    assert (row["reach_m"], row["margin_m"], row["a_row"], row["mpn"]) == ("", "", 'A, "1"', "")


def test_free_text_is_quoted_and_what_is_not_known_is_empty() -> None:
    text = schedule(ODD)
    assert ',,,"far ""side"", left",,packaged,,100,,unknown\n' in text
    assert not any(line.endswith("nan") for line in text.splitlines())


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_names_of_a_group_are_those_of_its_devices(system: System) -> None:
    fabric, _ = built(system)
    for group in fabric.groups:
        written = [to_bytes(cells[None]).decode() for cells in path_cells(group.path)]
        assert written == [path_name(group.path, number) for number in range(group.count)]


def test_numbers_are_written_with_and_without_zeros() -> None:
    numbers = np.array([0, 7, 10, 4294967295])
    assert [to_bytes(row[None]) for row in number_cells(numbers)] == [b"0", b"7", b"10", b"4294967295"]
    assert [to_bytes(row[None]) for row in number_cells(numbers[:3], 3)] == [b"000", b"007", b"010"]


RACK_CAGES = """
devices:
  gpu: {role: gpu, ports: {mesh: {count: 3, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 3, on: rack}}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  shelf: {level: rack, slots: {U5-6: tray}}
instances: {r1: shelf}
links:
  x: {network: scale_up, pattern: full_mesh, a: gpu.mesh, b: gpu.mesh, within: tray, links_per_cable: 2}
"""


def test_a_cable_of_a_cage_that_spans_two_trays_has_one_id() -> None:
    fabric = fabric_of(RACK_CAGES)
    rows = rows_of(b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode())
    assert [(row["cable_id"], row["a_device"]) for row in rows] == [
        ("r1/tray0/x/0", "r1/tray0/gpu0"),
        ("r1/tray0/x/0", "r1/tray1/gpu0"),
    ]
