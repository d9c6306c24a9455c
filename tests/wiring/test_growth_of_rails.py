"""Growth of a fabric in rails: what the documentation says to state keeps every cable as it is."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.helpers_fabric import fabric_of
from topogen.export import export_bytes
from topogen.takeoff.roll_up import roll_up

FILE = """
devices:
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: 32, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{dgx: {{level: node, contains: {{nic: 2}}}}}}
instances: {{dgx: {nodes}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    ends: nic.net
    switch: box
    medium: dr
    rails_by: node
    tiers: 2
    {keys}
"""
STATED = "leaves: 4\n    spines: 4\n    spread_ends: packed"


def cables(nodes: int, keys: str) -> set[str]:
    fabric = fabric_of(FILE.format(nodes=nodes, keys=keys), shipped=True)
    text = b"".join(export_bytes("cable_schedule.csv", fabric, roll_up(fabric))).decode()
    return {row["cable_id"] for row in csv.DictReader(StringIO(text))}


@pytest.mark.parametrize("more", range(1, 17))
def test_stated_leaves_and_spines_keep_every_cable(more: int) -> None:
    before, after = cables(16, STATED), cables(16 + more, STATED)
    assert before <= after
    assert len(after - before) == 2 * more


def test_one_more_leaf_of_a_rail_moves_cables_of_the_next() -> None:
    assert not cables(16, "") <= cables(18, "")
