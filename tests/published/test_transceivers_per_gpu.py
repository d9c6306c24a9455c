"""Modules per GPU of a fat tree with optics on every link: 1/n + (2T - 1)/s.

n links a module at the NIC, s links a module at the switch, T tiers, nothing tapered. Figures in use are 2
(H100 SuperPOD: 2 tiers, twin-port on both sides), 2.5 and 3.5 (2 and 3 tiers, single at the NIC, twin at the
switch) and 6 (3 tiers, single everywhere; NVIDIA GTC 2025, "larger scale"). "About 655,000" modules of a data
centre of "128,000" GPUs (Lambda and NVIDIA, 2026) are the switch side alone of 131,072.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of
from topogen.takeoff.roll_up import RollUp, roll_up

CATALOG = """
parts: {nic_module: {is: module at a NIC}, switch_module: {is: module at a switch}}
media:
  at_nic: {kind: optical, interface: dr, recipe: {module: {part: nic_module, per: end}}}
  at_switch: {kind: optical, interface: dr, recipe: {module: {part: switch_module, per: end}}}
"""
FABRIC = """
devices:
  gpu:
    role: gpu
    ports: {{net: {{count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {at_nic}, on: node}}}}}}
  box:
    role: switch
    ports: {{net: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {at_switch}}}}}}}
templates: {{node: {{level: node, contains: {{gpu: 8}}}}}}
instances: {{node: {nodes}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: {tiers}
    ends: gpu.net
    switch: box
    medium: {{hosts: {{a: at_nic, b: at_switch}}, leaf_spine: at_switch, spine_core: at_switch}}
"""


def modules(tiers: int, at_nic: int, at_switch: int, *, gpus: int, radix: int) -> tuple[int, int]:
    """Return the modules at NICs and at switches."""
    text = FABRIC.format(tiers=tiers, at_nic=at_nic, at_switch=at_switch, nodes=gpus // 8, radix=radix)
    return at_both(roll_up(fabric_of(text, catalog=CATALOG)))


def at_both(rolled: RollUp) -> tuple[int, int]:
    found = {line.part: line.qty for line in rolled.lines}
    return found["nic_module"], found["switch_module"]


@pytest.mark.parametrize(
    ("tiers", "at_nic", "at_switch", "per_gpu"),
    [(2, 2, 2, "2"), (2, 1, 2, "2.5"), (3, 1, 2, "3.5"), (3, 1, 1, "6")],
)
@pytest.mark.parametrize("gpus", [1_024, 2_048])
def test_modules_per_gpu_are_those_in_use(
    tiers: int, at_nic: int, at_switch: int, per_gpu: str, gpus: int
) -> None:
    found = modules(tiers, at_nic, at_switch, gpus=gpus, radix=64)
    assert Fraction(sum(found), gpus) == Fraction(per_gpu)
    assert Fraction(per_gpu) == Fraction(1, at_nic) + Fraction(2 * tiers - 1, at_switch)


def test_655_360_modules_at_the_switches_of_131_072_gpus() -> None:
    at_nics, at_switches = modules(3, 1, 1, gpus=131_072, radix=128)
    assert at_switches == 655_360 == 5 * 131_072
    assert at_nics + at_switches == 6 * 131_072


def test_modules_round_up_per_device_and_cables_do_not() -> None:
    """Seven GPUs of a node fill three twin-port modules and half a fourth."""
    text = """
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2, on: node}}}}
  leaf: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {node: {level: node, contains: {gpu: 7}}}
instances: {node: 1, leaf: 1}
links: {up: {network: scale_out, a: gpu.net, b: leaf.net, pattern: planes, medium: dr}}
"""
    found = {line.part: line.qty for line in roll_up(fabric_of(text, shipped=True)).lines}
    assert found == {"osfp_800g_2xdr4": 4 + 4, "mpo12_cord": 7}
