"""NVIDIA DGX H100 SuperPOD, case 01: RA-11333-001 V11, 2023, tables 3 and 4 (official), every printed figure.

The DGX B200 edition, 2024, has the same table with a row of 2 SU. Misprints of a later web edition: 1,024 and
2,048 spine-core cables in the two rows of two tiers, and 56 SU in the row of 2,048 nodes, which are 64.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric

PLAIN = {"fabrics.compute.extra_ends": "~"}

# SU: nodes, GPUs, leaf, spine, core; node-leaf, leaf-spine, spine-core
TABLE_3 = [
    (2, (64, 512, 16, 8, 0), (512, 512, 0)),  # DGX B200 edition
    (4, (128, 1024, 32, 16, 0), (1024, 1024, 0)),
    (8, (256, 2048, 64, 32, 0), (2048, 2048, 0)),
    (16, (512, 4096, 128, 128, 64), (4096, 4096, 4096)),
    (32, (1024, 8192, 256, 256, 128), (8192, 8192, 8192)),
    (64, (2048, 16384, 512, 512, 256), (16384, 16384, 16384)),
]

# SU: nodes, GPUs, leaf, spine; node and UFM cables, leaf-spine
TABLE_4 = [
    (1, (31, 248, 8, 4), (252, 256)),
    (2, (63, 504, 16, 8), (508, 512)),
    (3, (95, 760, 24, 16), (764, 768)),
    (4, (127, 1016, 32, 16), (1020, 1024)),
]

BOXES = ("dgx", "gpu", "compute/leaf", "compute/spine", "compute/core")
CABLES = ("compute/hosts", "compute/leaf_spine", "compute/spine_core")


@pytest.mark.parametrize(("su", "boxes", "cables"), TABLE_3)
def test_table_3_every_slot_filled(su: int, boxes: tuple[int, ...], cables: tuple[int, ...]) -> None:
    tiers = {"fabrics.compute.tiers": "3"} if boxes[-1] else {}
    fabric = shipped_fabric("h100-superpod", changed={"instances": f"{{su: {su}}}", **PLAIN, **tiers})
    made = 3 + bool(tiers)
    assert counts_of(fabric, "devices", BOXES[: 1 + made]) == boxes[: 1 + made]
    assert counts_of(fabric, "links", CABLES[: made - 1]) == cables[: made - 1]
    assert counts_of(fabric, "cables", CABLES[: made - 1]) == cables[: made - 1]


@pytest.mark.parametrize(("su", "boxes", "cables"), TABLE_4)
def test_table_4_one_slot_given_to_the_fabric_managers(
    su: int, boxes: tuple[int, ...], cables: tuple[int, ...]
) -> None:
    instances = f"{{su: {su - 1}, su_ufm: 1}}" if su > 1 else "{su_ufm: 1}"
    fabric = shipped_fabric("h100-superpod", changed={"instances": instances})
    assert counts_of(fabric, "devices", BOXES[:4]) == boxes
    assert counts_of(fabric, "links", CABLES[:2]) == cables


def test_56_su_are_1792_nodes_and_not_the_2048_of_the_web_edition() -> None:
    changed = {"instances": "{su: 56}", "fabrics.compute.tiers": "3", **PLAIN}
    assert counts_of(shipped_fabric("h100-superpod", changed=changed), "devices", ("dgx",)) == (1792,)
