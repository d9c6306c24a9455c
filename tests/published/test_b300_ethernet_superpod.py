"""NVIDIA DGX B300 SuperPOD, case 02: the Ethernet, busbar edition, 2025, table 3 (official), every row.

One input is inferred, two planes of 128 x 400G: with one plane of 64 x 800G the last two rows are impossible.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric
from topogen.errors import InputError

# SU: nodes, GPUs, leaf, spine; node-leaf and leaf-spine cables of 800G
TABLE_3 = [
    (1, (64, 512, 16, 8), (512, 512)),
    (2, (128, 1024, 32, 16), (1024, 1024)),
    (4, (256, 2048, 64, 32), (2048, 2048)),
    (8, (512, 4096, 128, 64), (4096, 4096)),
    (16, (1024, 8192, 256, 128), (8192, 8192)),
]
BOXES = ("dgx", "gpu", "compute/leaf", "compute/spine")
CABLES = ("compute/hosts", "compute/leaf_spine")

ONE_PLANE = {
    "devices.nic.ports.eth": "{count: 1, lanes: 8, lane_rate: 100 Gb/s}",
    "devices.sn5600.ports.eth": "{count: 64, lanes: 8, lane_rate: 100 Gb/s}",
    "fabrics.compute": "{network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.eth, rails_by: node,"
    " units_by: su, switch: sn5600}",
}


@pytest.mark.parametrize(("su", "boxes", "cables"), TABLE_3)
def test_table_3(su: int, boxes: tuple[int, ...], cables: tuple[int, ...]) -> None:
    fabric = shipped_fabric("b300-ethernet-superpod", changed={"instances.su": str(su)})
    assert counts_of(fabric, "devices", BOXES) == boxes
    cords = tuple(2 * cable for cable in cables)  # of 400G: a twin-port module of 800G has two connectors
    assert counts_of(fabric, "cables", CABLES) == cords


@pytest.mark.parametrize(("su", "boxes", "cables"), TABLE_3[:3])
def test_one_plane_of_64_ports_of_800g_gives_the_same_rows_up_to_4_su(
    su: int, boxes: tuple[int, ...], cables: tuple[int, ...]
) -> None:
    fabric = shipped_fabric("b300-ethernet-superpod", changed={"instances.su": str(su), **ONE_PLANE})
    assert counts_of(fabric, "devices", BOXES) == boxes
    assert counts_of(fabric, "cables", CABLES) == cables


@pytest.mark.parametrize("su", [8, 16])
def test_one_plane_of_64_ports_of_800g_has_no_8_and_no_16_su(su: int) -> None:
    with pytest.raises(InputError, match="reach 2,048 host links"):
        shipped_fabric("b300-ethernet-superpod", changed={"instances.su": str(su), **ONE_PLANE})
