"""The pull sheet says what the cable schedule says, added up, and buys what the BOM buys."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.export.systems import SYSTEMS, System, built
from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_pull_sheet import to_pull_sheet
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.properties.odd_fabrics import Odd
    from topogen.model.fabric import Fabric

Row = dict[str, str]
Amounts = tuple[int, int, int]
LIKE_THE_SCHEDULE = (
    "network",
    "link_group",
    "medium",
    "cable_part_id",
    "length_order_m",
    "length_basis",
    "notes",
)


def sheet(fabric: Fabric, rollup: RollUp, *, all_links: bool) -> list[Row]:
    """Return the lines of the pull sheet by column."""
    text = b"".join(to_pull_sheet(fabric, rollup, Options(all_links=all_links))).decode()
    return list(csv.DictReader(StringIO(text), strict=True))


def lines_of(fabric: Fabric, rollup: RollUp, *, all_links: bool) -> Iterator[tuple[Row, Amounts]]:
    """Yield each line of the schedule with its cables (1 for the first of a cable), lines and links."""
    options = Options(columns="full", all_links=all_links)
    text = b"".join(to_cable_schedule(fabric, rollup, options)).decode()
    groups = {group.name: group for group in fabric.links}
    seen = set()
    for row in csv.DictReader(StringIO(text)):
        rate = groups[row["link_group"]].rate / 1000
        yield row, (int(row["cable_id"] not in seen), 1, round(float(row["rate_gbps"]) / rate))
        seen.add(row["cable_id"])


def summed(fabric: Fabric, rollup: RollUp, *, all_links: bool) -> dict[tuple[str, ...], Amounts]:
    """Return what the pull sheet should hold: the lines of the schedule added up one by one."""
    total: dict[tuple[str, ...], Amounts] = {}
    order = {rack.name: number for number, rack in enumerate(fabric.sites.racks)}
    groups = {group.name: group for group in fabric.links}
    for row, amounts in lines_of(fabric, rollup, all_links=all_links):
        group = groups[row["link_group"]]
        ends = [(row["a_row"], row["a_rack"] or "no rack")]
        ends.append((row["b_row"], row["b_rack"] or "no rack") if group.has_b else ("", "outside"))
        if group.joins_alike:
            ends.sort(key=lambda end: order.get(end[1], len(order)))
        key = (str(group.tier), *ends[0], *ends[1], *(row[name] for name in LIKE_THE_SCHEDULE))
        before = total.get(key, (0, 0, 0))
        total[key] = (before[0] + amounts[0], before[1] + amounts[1], before[2] + amounts[2])
    return total


def as_read(rows: list[Row]) -> dict[tuple[str, ...], Amounts]:
    """Return the lines of a pull sheet; each key stands in one of them."""
    keys = [
        tuple(row[name] for name in ("tier", "a_row", "a_rack", "b_row", "b_rack", *LIKE_THE_SCHEDULE))
        for row in rows
    ]
    assert len(set(keys)) == len(rows)
    amounts = [(int(row["cables"]), int(row["lines"]), int(row["links"])) for row in rows]
    return dict(zip(keys, amounts, strict=True))


def bought(rollup: RollUp) -> Counter[tuple[str, float | None]]:
    """Return how many of each cable of each length the BOM has."""
    found = Counter[tuple[str, float | None]]()
    for one in rollup.quantities:
        if one.per == "link" and one.part:
            found[one.part, None if one.length_mm is None else one.length_mm / 1000] += one.qty
    return found


def pulled(rows: list[Row]) -> Counter[tuple[str, float | None]]:
    """Return how many of each cable of each length a pull sheet has."""
    found = Counter[tuple[str, float | None]]()
    for row in rows:
        if row["cable_part_id"]:
            length = row["length_order_m"]
            found[row["cable_part_id"], float(length) if length else None] += int(row["cables"])
    return found


@pytest.mark.parametrize("all_links", [False, True])
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_is_the_schedule_added_up(system: System, all_links: bool) -> None:  # noqa: FBT001
    fabric, rollup = built(system)
    rows = sheet(fabric, rollup, all_links=all_links)
    assert as_read(rows) == summed(fabric, rollup, all_links=all_links)


@quick
@given(odd=odd_fabrics())
def test_it_is_the_schedule_added_up_for_odd_fabrics(odd: Odd) -> None:
    rollup = roll_up(odd.fabric)
    rows = sheet(odd.fabric, rollup, all_links=True)
    assert as_read(rows) == summed(odd.fabric, rollup, all_links=True)
    assert pulled(rows) == bought(rollup)
    assert sum(int(row["links"]) for row in rows) == odd.fabric.n_links


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_buys_what_the_bom_buys(system: System) -> None:
    _, rollup = built(system)
    assert pulled(sheet(*built(system), all_links=True)) == bought(rollup)


WHERE = """
devices:
  gpu: {role: gpu, ports: {up: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {down: {count: 4, lanes: 1, lane_rate: 100 Gb/s}}}
templates: {shelf: {level: rack, contains: {gpu: 2}}}
instances: {b: shelf, a: shelf, box: box}
links:
  far: {network: scale_out, pattern: external, a: 'b/gpu[0].up', to: '"the" hall'}
  near: {network: scale_out, pattern: one_to_one, a: 'a/gpu.up', b: box.down}
"""


def test_devices_in_no_rack_and_far_ends_are_named_as_such() -> None:
    fabric = fabric_of(WHERE)
    rows = sheet(fabric, roll_up(fabric), all_links=True)
    assert [(row["a_rack"], row["b_rack"], row["links"]) for row in rows] == [
        ("b", "outside", "2"),
        ("a", "no rack", "4"),
    ]


def test_rows_are_in_the_order_of_the_file() -> None:
    fabric, rollup = built(("gb300-nvl72-row", None))
    rows = [row for row in sheet(fabric, rollup, all_links=True) if row["link_group"] == "compute/hosts"]
    order = [rack.name for rack in fabric.sites.racks]
    keys = [
        (order.index(row["a_rack"]), order.index(row["b_rack"]), float(row["length_order_m"])) for row in rows
    ]
    assert keys == sorted(keys)
