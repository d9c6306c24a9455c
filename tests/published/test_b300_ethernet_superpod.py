"""NVIDIA DGX B300 SuperPOD, case 02: the Ethernet, busbar edition, 2025, table 3 (official), every row.

One input is inferred, two planes of 128 x 400G: with one plane of 64 x 800G the last two rows are impossible.
"""

from __future__ import annotations

import csv

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

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
    "devices.nic.ports.eth": "{count: 1, lanes: 8, lane_rate: 100 Gb/s, on_panel: false}",
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


def test_cables_end_at_the_ports_of_the_panel() -> None:
    fabric = shipped_fabric("b300-ethernet-superpod", changed={"instances.su": "1"})
    pieces = to_cable_schedule(fabric, roll_up(fabric), Options(columns="full"))
    lines = list(csv.DictReader(b"".join(pieces).decode().splitlines()))
    hosts = [line for line in lines if line["link_group"] == "compute/hosts"]
    assert {line["b_form_factor"] for line in hosts} == {"osfp"}
    assert (hosts[0]["b_cage"], hosts[0]["b_leg"], hosts[0]["b_port_name"]) == ("1", "1", "swp1s0")
    assert {line["b_cage"] for line in hosts} == {str(cage) for cage in range(1, 33)}
