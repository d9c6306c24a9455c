"""Modules of a two-layer scale-out behind GB300, fact G29.

SemiAnalysis CPO Book, 2 January 2026 (analyst): 18,432 GPUs on two layers take 18,432 modules of 800G (N, one
at each NIC) and 27,648 of 1.6T (1.5 N: a twin-port one holds two links, at three switch ends). The ratio is
checked where switches of 144 x 800G reach: two tiers end at 144 x 72 = 10,368; 18,432 needs other boxes.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.errors import InputError
from topogen.takeoff.roll_up import RollUp, roll_up

ROW = """
devices:
  gpu: {{role: gpu}}
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 4, lane_rate: 200 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: 144, lanes: 4, lane_rate: 200 Gb/s, cage: {{links: 2}}}}}}}}
templates:
  tray: {{level: tray, contains: {{gpu: 4, nic: 4}}}}
  nvl72: {{level: rack, contains: {{tray: 18}}}}
instances: {{nvl72: {racks}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 2
    ends: nic.net
    rails_by: tray
    switch: box
    medium: dr
"""


def modules(rolled: RollUp) -> tuple[int, int]:
    """Return modules of 800G and of 1.6T."""
    bought = {line.part: line.qty for line in rolled.lines}
    return bought["osfp_800g_dr4"], bought["osfp_1t6_2xdr4"]


@pytest.mark.parametrize("racks", [4, 36, 144])
def test_g29_n_at_the_nics_and_one_and_a_half_n_at_the_switches(racks: int) -> None:
    n = racks * 72
    found = modules(roll_up(fabric_of(ROW.format(racks=racks), shipped=True)))
    assert found == (n, n * 27_648 // 18_432)


def test_the_row_of_four_racks_has_288_and_432() -> None:
    assert modules(roll_up(shipped_fabric("gb300-nvl72-row", "pluggable"))) == (288, 432)


def test_the_row_of_four_racks_with_cpo_switches_keeps_its_nic_modules() -> None:
    totals = roll_up(shipped_fabric("gb300-nvl72-row", "cpo")).totals
    assert (totals.engines_active, totals.els) == (432, 108)
    assert totals.lasers_by_kind == {"uhp_laser": 864, "eml_200g": 1152}


def test_two_tiers_of_144_ports_end_at_10_368() -> None:
    with pytest.raises(
        InputError, match="two tiers of these switches join 144 leaves and reach 10,368 host links"
    ):
        fabric_of(ROW.format(racks=145), shipped=True)
