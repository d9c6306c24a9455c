"""Copper racks of Vera Rubin and Kyber, facts G7, G8 and G9.

G7: NVIDIA Technical Blog, Inside the NVIDIA Rubin platform, January 2026 (official: 36 chips); SemiAnalysis,
Vera Rubin - Extreme Co-Design, 25 February 2026 (analyst: 200G each way at once on a pair); 5,184 pairs are
derived. G8: The Wheeler's Network, November 2025 (analyst) and NVIDIA pages: 8 ConnectX-9 and 1 BlueField-4 a
tray. G9: SemiAnalysis, Nvidia - The Inference Kingdom Expands, 24 March 2026 (analyst).
"""

from __future__ import annotations

from tests.helpers_fabric import shipped_fabric
from topogen.media.medium import links_pairs
from topogen.takeoff.roll_up import roll_up


def test_g7_36_chips_and_5184_pairs_both_ways() -> None:
    fabric = shipped_fabric("vr-nvl72")
    nvl = next(group for group in fabric.links if group.name == "nvl")
    chips = next(group for group in fabric.groups if group.type.name == "nvswitch")
    assert chips.count == 72 * 14_400 // 28_800 == 36
    assert nvl.count == 72 * 36 == 2592
    assert links_pairs(fabric, nvl) == 72 * 72 == 5184


def test_g7_as_many_pairs_as_gb200_in_as_many_cartridges() -> None:
    for name in ("gb200-nvl72", "vr-nvl72"):
        rolled = roll_up(shipped_fabric(name))
        cartridges = [line.qty for line in rolled.lines if line.part == "nvlink_cartridge"]
        assert cartridges == [4]
        assert rolled.content["nvlink_pair"] == 5184


def test_g8_144_connectx_9_and_18_bluefield_4() -> None:
    bought = {line.part: line.qty for line in roll_up(shipped_fabric("vr-nvl72")).lines}
    assert (bought["connectx9"], bought["bluefield4"]) == (18 * 8, 18 * 1) == (144, 18)


def test_g9_72_chips_10368_pairs_and_no_engine() -> None:
    fabric = shipped_fabric("kyber-nvl144")
    (nvl,) = fabric.links
    chips = next(group for group in fabric.groups if group.type.name == "nvswitch")
    assert chips.count == 144 * 14_400 // 28_800 == 12 * 6 == 72
    assert links_pairs(fabric, nvl) == 144 * 72 == 12 * 6 * 144 == 10_368
    totals = roll_up(fabric).totals
    assert (totals.engines_fitted, totals.els, totals.fibres) == (0, 0, 0)
