"""What is called a bisection halves the endpoints: closed forms with an odd number, and cuts by places."""

from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of, figure_of
from topogen.structure.bisection import cuts
from topogen.structure.domain import domain


@pytest.mark.parametrize("ports", range(2, 20))
def test_one_big_switch_cuts_the_smaller_half(ports: int) -> None:
    fabric = fabric_of(f"""
devices:
  gpu: {{role: gpu, ports: {{p: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
fabrics: {{net: {{network: scale_out, pattern: one_big_switch, create: gpu.p, switch: box}}}}
""")
    assert figure_of(fabric, "bisection", "net") == ports // 2 * 400


BY_RACK, BY_NUMBER = {"cut by rack"}, {"cut by number"}


@pytest.mark.parametrize(("racks", "bases"), [(2, BY_RACK), (3, BY_NUMBER), (4, BY_RACK)])
def test_only_cuts_that_halve_are_named(racks: int, bases: set[str]) -> None:
    fabric = fabric_of(f"""
devices:
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: 8, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{rack: {{level: rack, slots: {{U1-6: {{nic: 6}}}}}}}}
instances: {{"r[1-{racks}]": rack}}
fabrics:
  net: {{network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box,
        leaf: {{down: 6, up: 2}}}}
""")
    found = cuts(fabric, domain(fabric, "net"))
    assert {cut.basis for cut in found} == bases
    assert all(abs(cut.sides[0] - cut.sides[1]) <= 1 for cut in found)
