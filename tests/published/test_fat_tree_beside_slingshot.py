"""The fat tree beside the Slingshot dragonfly: Feng and Ma, "Switch-Less Dragonfly on Wafers", table III."""

from __future__ import annotations

from tests.helpers_fabric import fabric_of

# 2024, the counting script was read. Cabinets: 128 end points with their 4 leaves, the 3,072 switches above
# them 32 to a cabinet.
TREE = """
devices:
  nic: {role: nic, ports: {hs: {count: 1, lanes: 4, lane_rate: 50 Gb/s}}}
  box: {role: switch, ports: {hs: {count: 64, lanes: 4, lane_rate: 50 Gb/s}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 3
    create: nic.hs
    switch: box
    per_rack: {leaf: 4, spine: 32, core: 32}
"""


def test_the_tree_comes_out_as_printed() -> None:
    fabric = fabric_of(TREE)
    counts = {group.label: group.count for group in fabric.groups}
    assert counts.pop("nic") == 65_536
    assert sum(counts.values()) == 5_120
    assert fabric.n_links == 196_608
    assert len(fabric.sites.racks) == 512 + 96 == 608
