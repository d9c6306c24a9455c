"""NVIDIA Spectrum-X Photonics SN6810-LD and SN6800-LD, facts G19 and G20.

NVIDIA developer blog, 26 August 2025 (official: engines, ELS, lasers), NVIDIA Ethernet switch table of 30
July 2026 (official: ports), SemiAnalysis CPO Book, 2 January 2026 (analyst: 36 engines a chip, 4 spare).
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.roll_up import roll_up


@pytest.mark.parametrize(("name", "chips"), [("sn6810-cpo-switch", 1), ("sn6800-cpo-switch", 4)])
def test_g19_g20_engines_els_lasers_and_fibres(name: str, chips: int) -> None:
    rolled = roll_up(shipped_fabric(name))
    totals = rolled.totals
    assert (totals.engines_active, totals.engines_fitted) == (chips * 512 // 16, chips * 36)
    assert (totals.els, int(totals.lasers)) == (chips * 16, chips * 512 // 4)
    assert (totals.fibres, totals.laser_fibres) == (chips * 512 * 2, chips * 128)
    bought = {line.part: line.qty for line in rolled.lines}
    assert bought["mmc12_panel"] == totals.links == chips * 128
