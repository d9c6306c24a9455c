"""Rails and planes: kept by what a fabric makes, broken by links of the file, and then named."""

from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of
from topogen.structure.rails import Rule, check_rails

FABRIC = """
devices:
  nic:
    role: nic
    ports:
      net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}
      more: {count: 1, lanes: 4, lane_rate: 100 Gb/s}
  leaf:
    role: switch
    ports:
      down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}
      up: {count: 4, lanes: 4, lane_rate: 100 Gb/s}
      odd: {count: 2, lanes: 4, lane_rate: 100 Gb/s}
  spine: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {node: {level: node, contains: {nic: 2}}}
instances: {node: 8}
fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, planes: 2, rails_by: node,
  switch: {leaf: leaf, spine: spine}}}
"""


def with_link(one: str, other: str) -> tuple[Rule, ...]:
    stray = f'links: {{stray: {{network: scale_out, pattern: explicit, pairs: [["{one}", "{other}"]]}}}}'
    return check_rails(fabric_of(FABRIC + stray))


def test_a_fabric_keeps_its_rails_and_planes() -> None:
    rules = check_rails(fabric_of(FABRIC))
    assert [(rule.groups_checked, rule.violations) for rule in rules] == [(4, 0), (2, 0), (16, 0)]


def test_a_link_to_the_leaf_of_another_rail_is_named() -> None:
    rail, apart, every = with_link("node[3]/nic1.more", "f/leaf[0].odd[0]")
    assert rail == Rule("f", "each leaf serves one rail (rails_by: node)", 4, 1, ("node3/nic1 to f/leaf0",))
    assert (apart.violations, every.violations) == (0, 3)


def test_a_link_between_planes_is_named() -> None:
    _, apart, _ = with_link("f/leaf[0].odd[0]", "f/leaf[3].odd[0]")
    assert (apart.violations, apart.first) == (1, ("f/leaf0 to f/leaf3",))


def test_a_fabric_without_either_promises_nothing() -> None:
    assert check_rails(fabric_of(FABRIC.replace("planes: 2, rails_by: node,", ""))) == ()


@pytest.mark.parametrize(
    "keys",
    ["pattern: nd_full_mesh, dims: [3, 4]", "pattern: torus, dims: [3, 4]", "pattern: torus, dims: [4, 3]"],
)
def test_planes_without_switches_promise_nothing(keys: str) -> None:
    text = f"""
devices: {{npu: {{role: gpu, ports: {{net: {{count: 10, lanes: 4, lane_rate: 100 Gb/s}}}}}}}}
instances: {{npu: 12}}
fabrics: {{f: {{network: scale_up, ends: npu.net{{PORTS}}, planes: 2, {keys}}}}}
"""
    ports = "" if "mesh" in keys else "[0-7]"
    ends = f'"npu.net{ports}"' if ports else "npu.net"
    assert check_rails(fabric_of(text.replace("npu.net{PORTS}", ends))) == ()
