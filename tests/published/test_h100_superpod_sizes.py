"""NVIDIA RA-11333-001 V11 (2023), tables 3 and 4: the DGX H100 SuperPOD at every size, from one file."""

from __future__ import annotations

from functools import partial

import pytest

from tests.helpers_fabric import ROOT
from topogen.load.parse import parse_merged
from topogen.load.reading import Sources, merge_files
from topogen.study.sizing import Size, size_table

FILE = str(ROOT / "tests" / "language" / "h100-superpod-4su.yaml")
TABLE_3 = [  # SU, nodes, GPUs, leaf, spine, core, node-leaf, leaf-spine and spine-core cables
    (4, 128, 1024, 32, 16, 0, 1024, 1024, 0),
    (8, 256, 2048, 64, 32, 0, 2048, 2048, 0),
    (16, 512, 4096, 128, 128, 64, 4096, 4096, 4096),
    (32, 1024, 8192, 256, 256, 128, 8192, 8192, 8192),
    (64, 2048, 16384, 512, 512, 256, 16384, 16384, 16384),
]
TABLE_4 = [  # one node gives its place to a fabric manager of four links
    (1, 31, 248, 8, 4, 0, 252, 256, 0),
    (2, 63, 504, 16, 8, 0, 508, 512, 0),
    (3, 95, 760, 24, 16, 0, 764, 768, 0),
    (4, 127, 1016, 32, 16, 0, 1020, 1024, 0),
]


def sizes(scenario: str | None, over: dict[str, list[str]], *, fixed_tiers: bool = False) -> list[Size]:
    laid = merge_files(FILE, scenario, (), Sources())
    return size_table(partial(parse_merged, laid), over, fixed_tiers=fixed_tiers)


def printed(size: Size) -> tuple[int, ...]:
    roles = [size.switches.get(f"compute/{role}", 0) for role in ("leaf", "spine", "core")]
    cables = [size.cables.get(("scale_out", tier), 0) for tier in (1, 2, 3)]
    return (size.units["su"], size.units["node"], size.gpus, *roles, *cables)


FULL = {"fabrics.compute.tiers": ["2"], "instances.su": ["4", "8", "16", "32", "64"]}


def test_table_3_every_node_place_filled() -> None:
    rows = sizes("su16", FULL)
    assert [printed(row) for row in rows] == TABLE_3
    assert [row.tiers["compute"] for row in rows] == [2, 2, 3, 3, 3]
    assert [bool(row.steps) for row in rows] == [False, False, True, False, False]


def test_table_4_with_a_fabric_manager() -> None:
    rows = sizes(None, {"instances.su": ["null", "1", "2", "3"]})
    assert [printed(row) for row in rows] == TABLE_4


def test_with_fixed_tiers_two_tiers_end_at_eight_units() -> None:
    rows = sizes("su16", FULL, fixed_tiers=True)
    assert [printed(row) for row in rows if not row.refused] == TABLE_3[:2]
    assert rows[2].refused.startswith("E204 128 leaves of 32 ports down; two tiers of these switches join 64")


def test_more_than_four_tiers_hold_is_refused_with_the_reason() -> None:
    (row,) = sizes("su16", {"instances.su": ["9999"]})
    assert "four tiers of these switches join 65,536 leaves" in row.refused


@pytest.mark.parametrize("su", [4, 16])
def test_optics_are_two_and_a_half_or_three_and_a_half_ends_a_gpu(su: int) -> None:
    (row,) = sizes("su16", {"fabrics.compute.tiers": ["2"], "instances.su": [str(su)]})
    ends = 4 if su == 4 else 6  # of links, at both ends, twin-port modules for two
    assert row.modules * 2 == ends * row.gpus
