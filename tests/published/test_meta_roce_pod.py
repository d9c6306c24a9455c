"""One pod of Meta's RoCE cluster of 24,576 GPUs: Llama 3 paper, 2024 (16 GPUs a rack, 192 racks, 8 pods).

Uplinks: Meta at SIGCOMM 2024, read in a summary: 1:1.125 spare above the racks, chassis of up to 576 ports.
"""

from __future__ import annotations

from fractions import Fraction

from tests.helpers_fabric import shipped_fabric
from topogen.model.expand import expand


def test_a_pod_is_192_racks_of_16_and_8_pods_are_the_cluster() -> None:
    fabric = shipped_fabric("meta-roce-pod")
    gpus = sum(group.count for group in fabric.groups if group.type.name == "gpu")
    assert gpus == 192 * 16 == 3072
    assert 8 * gpus == 24_576


def test_each_rack_has_its_switch_with_an_eighth_more_above_than_below() -> None:
    fabric = shipped_fabric("meta-roce-pod")
    hosts, above = fabric.links
    assert Fraction(above.count, hosts.count) == Fraction("1.125")
    ends = expand(fabric, hosts)
    assert (fabric.sites.rack[ends.a] == fabric.sites.rack[ends.b]).all()
