"""The bill recounted from the cable schedule alone: cables, modules, fibres and what a cage holds."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import ROOT, fabric_of, shipped_fabric
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.export.options import Options
from topogen.export.to_bom_flat import bom_flat_rows
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.model.path import level_depth
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.model.fabric import Fabric

SHIPPED = {file.stem for file in (ROOT / "topologies").glob("*.yaml")}
LARGE = {
    "hammingmesh-dragonfly", "hammingmesh-fat-tree", "hybrid-copper-cpo", "mrc-131072", "rail-only-32768",
    "rubin-ultra-nvl576", "scaleout-10368", "scaleout-131072", "scaleout-32768", "slingshot-dragonfly",
}  # fmt: skip
"""Systems of more than 30,000 links, which repeat what smaller ones have."""


def lines_of(fabric: Fabric) -> list[dict[str, str]]:
    """Return all lines of the full cable schedule."""
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True, columns="full")))
    return list(csv.DictReader(StringIO(text.decode())))


def _metres(cell: object) -> Fraction | None:
    return None if cell in (None, "") else Fraction(str(cell))


def cables(lines: list[dict[str, str]]) -> Counter[tuple[str, Fraction | None]]:
    """Return the cables of each part and length; the legs of a breakout are one cable."""
    first = {line["cable_id"]: line for line in lines if line["cable_part_id"]}
    return Counter((line["cable_part_id"], _metres(line["length_order_m"])) for line in first.values())


def cables_of_the_bill(fabric: Fabric) -> Counter[tuple[str, Fraction | None]]:
    """Return the same from the rows of parts that links own."""
    owned = {row.part for row in take_off(fabric) if row.per == "link"}
    found: Counter[tuple[str, Fraction | None]] = Counter()
    for row in bom_flat_rows(fabric, roll_up(fabric)):
        if row["part_id"] in owned:
            found[str(row["part_id"]), _metres(row["length_m"])] += int(str(row["qty_design"]))
    return found


def modules(fabric: Fabric, lines: list[dict[str, str]]) -> Counter[str]:
    """Return the modules of each part: one for each cage that some line names."""
    shared = {
        (group.label, port.name): depth
        for group in fabric.groups
        for port in group.type.ports
        if port.cage_on and (depth := level_depth(group.path, port.cage_on)) is not None
    }
    depths = {label: depth for (label, _), depth in shared.items()}
    plugged = {row.part for row in take_off(fabric) if row.per == "end" and row.part}
    cages: set[tuple[str, str, str, str]] = set()
    for line in lines:
        for side in "ab":
            device, part = line[f"{side}_device"], line[f"{side}_optic_part"]
            if part in plugged and line[f"{side}_cage"]:
                kind = device.split("/")[-1].rstrip("0123456789")
                depth = depths.get(kind)
                place = "/".join(device.split("/")[:depth]) if depth else device
                cages.add((place, kind, line[f"{side}_cage"], part))
    return Counter(part for *_, part in cages)


def modules_of_the_bill(fabric: Fabric) -> Counter[str]:
    """Return the same from the rows of parts that ends own."""
    found: Counter[str] = Counter()
    for row in take_off(fabric):
        if row.per == "end" and row.part:
            found[row.part] += row.qty
    return found


@pytest.mark.parametrize("name", sorted(SHIPPED - LARGE))
def test_a_shipped_bill_is_the_schedule_counted(name: str) -> None:
    fabric = shipped_fabric(name)
    lines = lines_of(fabric)
    assert cables(lines) == cables_of_the_bill(fabric)
    assert modules(fabric, lines) == modules_of_the_bill(fabric)


@quick
@given(odd_fabrics())
def test_an_odd_bill_is_the_schedule_counted(odd: Odd) -> None:
    lines = lines_of(odd.fabric)
    assert cables(lines) == cables_of_the_bill(odd.fabric)


def test_cages_of_two_port_groups_are_told_apart() -> None:
    fabric = fabric_of(
        """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw:
    role: switch
    ports:
      down: {count: 2, lanes: 4, lane_rate: 100 Gb/s}
      up: {count: 2, lanes: 4, lane_rate: 100 Gb/s}
instances: {nic: 2, sw: 1}
links:
  host: {network: scale_out, a: nic.eth, b: sw.down, pattern: spread, medium: dr, length: 5 m}
  out: {network: scale_out, a: sw.up, pattern: external, to: core, medium: dr, length: 10 m}
""",
        shipped=True,
    )
    lines = lines_of(fabric)
    assert [line["b_cage"] for line in lines if line["link_group"] == "host"] == ["0", "1"]
    assert [line["a_cage"] for line in lines if line["link_group"] == "out"] == ["2", "3"]
    assert modules(fabric, lines) == modules_of_the_bill(fabric) == {"osfp_400g_dr4": 6}
