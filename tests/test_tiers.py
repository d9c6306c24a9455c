from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric

PORT = "{count: 9, lanes: 1, lane_rate: 100 Gb/s}"
PLANT = f"""
devices:
  gpu: {{role: gpu, ports: {{p: {PORT}, q: {PORT}}}}}
  nic: {{role: nic, ports: {{p: {PORT}}}}}
  low: {{role: switch, ports: {{p: {PORT}, q: {PORT}}}}}
  high: {{role: switch, ports: {{p: {PORT}, q: {PORT}}}}}
  ocs: {{role: ocs, ports: {{p: {{count: 9}}}}}}
instances: {{gpu: 2, nic: 2, low: 2, high: 2, ocs: 2}}
"""
MESH = "pattern: full_mesh"


def tiers(**links: str) -> dict[str, int]:
    lines = "".join(f"  {name}: {{network: {line}}}\n" for name, line in links.items())
    return {group.name: group.tier for group in fabric_of(f"{PLANT}links:\n{lines}").links}


@pytest.mark.parametrize("network", ["scale_up", "scale_out", "front_end", "storage", "management"])
def test_an_end_to_its_first_switch_is_tier_1(network: str) -> None:
    assert tiers(x=f"{network}, a: gpu.p, b: low.p, {MESH}") == {"x": 1}


def test_a_link_on_a_board_is_tier_0() -> None:
    assert tiers(x=f"board, a: gpu.p, b: nic.p, {MESH}") == {"x": 0}


def test_each_row_of_switches_is_one_higher() -> None:
    x, y = f"scale_out, a: gpu.p, b: low.p, {MESH}", f"scale_out, a: low.q, b: high.p, {MESH}"
    assert tiers(x=x, y=y) == {"x": 1, "y": 2}
    assert tiers(y=y, x=x) == {"x": 1, "y": 2}


def test_each_side_may_be_the_higher_one() -> None:
    assert tiers(x=f"scale_out, a: low.p, b: gpu.p, {MESH}") == {"x": 1}


def test_ends_joined_without_a_switch_are_tier_1() -> None:
    assert tiers(x=f"scale_up, a: gpu.p, b: gpu.p, {MESH}") == {"x": 1}


def test_switches_of_one_height_are_joined_above_them() -> None:
    x, y = f"scale_up, a: gpu.p, b: low.p, {MESH}", f"scale_up, a: low.q, b: low.q, {MESH}"
    assert tiers(x=x, y=y) == {"x": 1, "y": 2}


def test_an_external_link_is_one_above_its_device() -> None:
    x, out = f"scale_up, a: gpu.p, b: low.p, {MESH}", "scale_up, a: low.q, pattern: external, to: peers"
    assert tiers(x=x, out=out) == {"x": 1, "out": 2}
    assert tiers(out="scale_out, a: nic.p, pattern: external, to: leaf") == {"out": 1}


def test_networks_do_not_lift_each_other() -> None:
    x, y = f"scale_up, a: gpu.p, b: low.p, {MESH}", f"scale_out, a: nic.p, b: low.q, {MESH}"
    z = f"scale_out, a: high.p, b: high.p, {MESH}"
    assert tiers(x=x, y=y, z=z) == {"x": 1, "y": 1, "z": 1}


def test_a_passive_crossconnect_is_a_switch_too() -> None:
    assert tiers(x=f"scale_up, a: gpu.p, b: ocs.p, {MESH}") == {"x": 1}


def test_tiers_of_the_shipped_fabrics() -> None:
    found = {group.name: group.tier for group in shipped_fabric("gb300-nvl72-row").links}
    assert found == {"nvl": 1, "c2c": 0, "compute/hosts": 1, "compute/leaf_spine": 2}
    rubin = {group.name: group.tier for group in shipped_fabric("rubin-ultra-cpo-648").links}
    assert rubin == {"inside": 1, "peers": 2, "nic_out": 1}
