"""The id of a cable comes from the names of its ends: nothing else that changes renames it."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

Ends = frozenset[tuple[str, str]]


def ids(fabric: Fabric) -> dict[Ends, str]:
    """Return the id of each line of the schedule by the two ends of the line."""
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()
    rows = list(csv.DictReader(StringIO(text)))
    found = {
        frozenset((row[f"{side}_device"], row[f"{side}_port"]) for side in "ab"): row["cable_id"]
        for row in rows
    }
    assert len(found) == len(rows)
    return found


def renamed(old: Fabric, new: Fabric) -> int:
    """Return how many cables keep their ends and not their id; an id is never used again for others."""
    before, after = ids(old), ids(new)
    was = {name: ends for ends, name in before.items()}
    for ends, name in after.items():
        assert name not in was or before.get(ends) == name or name == before[was[name]]
    return sum(before[ends] != after[ends] for ends in before.keys() & after.keys())


PORT = "lanes: 4, lane_rate: 100 Gb/s, cage: {links: 1}"
NET = f"""
devices:
  gpu: {{role: gpu, ports: {{net: {{count: 4, {PORT}}}, far: {{count: 1, {PORT}}}}}}}
  leaf: {{role: switch, height_u: 1, ports: {{net: {{count: 64, {PORT}}}}}}}
templates:
  node: {{level: node, height_u: 2, contains: {{gpu: 2}}}}
  shelf: {{level: rack, height_u: 60, slots: {{U1-TOP: node, U50-53: leaf}}}}
instances:
  r[1-RACKS]: shelf
links:
"""
WAYS = {
    "rails": ("gpu.net", "leaf.net", "pattern: rails, within: rack, rails_by: node"),
    "planes": ("gpu.net", "leaf.net", "pattern: planes, within: rack"),
    "spread": ("gpu.net", "leaf.net", "pattern: spread, within: rack"),
}


def net(way: str, racks: int, nodes: int, *, turned: bool = False, more: str = "medium: aoc") -> Fabric:
    """Return a small fabric of racks of nodes and leaves."""
    a, b, how = WAYS[way]
    a, b = (b, a) if turned else (a, b)
    text = NET.replace("TOP", str(2 * nodes)).replace("RACKS", str(racks))
    return fabric_of(text + f"  x: {{network: scale_out, a: {a}, b: {b}, {how}, {more}}}\n", shipped=True)


@settings(max_examples=20)
@given(way=st.sampled_from(list(WAYS)), racks=st.integers(1, 12), nodes=st.integers(1, 8))
def test_medium_length_and_another_rack_rename_nothing(way: str, racks: int, nodes: int) -> None:
    old = net(way, racks, nodes)
    kept = ids(old)
    for more in ("medium: dr", "medium: aoc, length: 2.5 m"):
        assert ids(net(way, racks, nodes, more=more)) == kept
    grown = ids(net(way, racks + 1, nodes))
    assert kept.items() <= grown.items()
    assert len(set(grown.values())) == len(grown)


MESH = """
devices:
  gpu: {role: gpu, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
  chip: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {shelf: {level: rack, contains: {gpu: 4, chip: 4}}}
instances: {r1: shelf}
links:
  x: {network: scale_up, pattern: PATTERN, ENDS}
"""


@pytest.mark.parametrize("pattern", ["one_to_one", "spread", "full_mesh"])
def test_an_id_has_no_direction(pattern: str) -> None:
    text = MESH.replace("PATTERN", pattern)
    some, others = "gpu.net", "'chip.net[0-7]'"
    one = fabric_of(text.replace("ENDS", f"a: {some}, b: {others}"))
    other = fabric_of(text.replace("ENDS", f"a: {others}, b: {some}"))
    assert renamed(one, other) == 0
    assert ids(one).keys() & ids(other).keys()


@quick
@given(odd=odd_fabrics())
def test_lines_share_an_id_only_where_they_share_a_cage(odd: Odd) -> None:
    text = b"".join(
        to_cable_schedule(odd.fabric, roll_up(odd.fabric), Options(all_links=True, columns="full"))
    )
    rows = list(csv.DictReader(StringIO(text.decode())))
    whole: dict[str, dict[str, str]] = {}
    for row in rows:
        first = whole.setdefault(row["cable_id"], row)
        assert (row["link_group"], row["a_cage"]) == (first["link_group"], first["a_cage"])
