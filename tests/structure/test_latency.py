"""Latency against a search by hand and on a shipped system."""

from __future__ import annotations

from fractions import Fraction

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.structure.domain import domain
from topogen.structure.latency import latency

TWO_WAYS = """
devices:
  nic: {role: nic, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 2, box: 2}
links:
  near: {network: scale_out, a: "nic.net[0]", b: "box[0].net", pattern: planes, length: 3 m}
  far: {network: scale_out, a: "nic.net[1]", b: "box[1].net", pattern: planes, length: 8 m}
"""


def test_of_two_ways_of_two_links_the_shorter_counts() -> None:
    fabric = fabric_of(TWO_WAYS)
    found = latency(fabric, domain(fabric, "scale_out"), Fraction(500), Fraction(5))
    assert found is not None
    assert found.least == found.most == 500 + 6 * 5
    assert (found.sources, found.ends) == (2, 2)


def test_a_tree_is_as_slow_as_three_switches_and_the_longest_cables() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = latency(fabric, domain(fabric, "compute"), Fraction(0), Fraction(1), sources=288)
    alone = latency(fabric, domain(fabric, "compute"), Fraction(1), Fraction(0))
    assert found is not None
    assert alone is not None
    assert (alone.least, alone.most) == (Fraction(1), Fraction(3))
    assert found.most <= 2 * Fraction(7160, 1000) + 2 * Fraction(1934, 1000)
