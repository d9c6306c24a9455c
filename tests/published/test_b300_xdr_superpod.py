"""DGX SuperPOD of DGX B300 with XDR InfiniBand: table 3 of its reference architecture (official).

72 nodes a unit. The row of 18 units prints 9,216 GPUs where 1,296 nodes have 10,368, as
many as its cables.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import shipped_fabric

TABLE_3 = [  # units, nodes, leaves, spines, node-leaf, leaf-spine
    (1, 72, 8, 4, 576, 576),
    (2, 144, 16, 8, 1152, 1152),
    (4, 288, 32, 18, 2304, 2304),
    (8, 576, 64, 36, 4608, 4608),
    (18, 1296, 144, 72, 10368, 10368),
]


@pytest.mark.parametrize("row", TABLE_3, ids=lambda row: f"{row[0]} units")
def test_switches_and_cables_of_the_table(row: tuple[int, ...]) -> None:
    fabric = shipped_fabric("b300-xdr-superpod", None if row[0] == 8 else f"su{row[0]}")
    made = {group.label: group.count for group in fabric.groups}
    links = {group.name: group.count for group in fabric.links}
    found = (made["compute/leaf"], made["compute/spine"], links["compute/hosts"], links["compute/leaf_spine"])
    assert found == row[2:]
    assert sum(group.count for group in fabric.groups if group.type.name == "gpu") == 8 * row[1]
