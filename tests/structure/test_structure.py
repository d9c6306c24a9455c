"""Structure against networkx and against enumeration, on odd fabrics, small trees and published systems."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import ROOT, fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick, wirable
from tests.structure.oracles import graph_of, hop_counts, least_cut
from topogen.load.reading import read_fabric
from topogen.structure.bisection import ALL_HALVES, bisection, cuts, spectral_bound
from topogen.structure.connectivity import connectivity
from topogen.structure.disjoint_paths import disjoint_paths
from topogen.structure.domain import domain, names
from topogen.structure.hops import Hops, hops
from topogen.structure.oversubscription import switch_uses, tier_ratios

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

TREE = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {planes}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: {each}}}}}}}
instances: {{node: {nodes}}}
fabrics:
  f:
    {{network: scale_out, pattern: fat_tree, ends: nic.net, switch: box, tiers: {tiers}, planes: {planes}
    {more}}}
"""
MORE = ("", ", rails_by: node", ", leaf: {down: 3, up: 1}", ", leaf: {down: 2, up: 2}", ", even: false")
QUIET = settings(quick, suppress_health_check=list(HealthCheck))


def tree(nodes: int, each: int, radix: int, tiers: int = 2, planes: int = 1, more: str = "") -> Fabric:
    return fabric_of(TREE.format(nodes=nodes, each=each, radix=radix, tiers=tiers, planes=planes, more=more))


@QUIET
@given(odd_fabrics())
def test_parts_and_hops_are_those_of_networkx(odd: Odd) -> None:
    for name in names(odd.fabric):
        one = domain(odd.fabric, name)
        graph = graph_of(one)
        parts = list(nx.connected_components(graph))
        found = connectivity(one)
        assert (found.devices, found.parts, found.largest) == (len(graph), len(parts), max(map(len, parts)))
        counted = hops(one)
        assert (counted.pairs, counted.no_path) == hop_counts(one)


@QUIET
@given(
    st.integers(1, 5), st.integers(1, 2), st.integers(4, 8), st.integers(1, 3), st.integers(1, 2),
    st.sampled_from(MORE),
)  # fmt: skip
def test_a_closed_form_is_the_least_of_all_cuts(
    nodes: int, each: int, radix: int, tiers: int, planes: int, more: str
) -> None:
    with wirable():
        fabric = tree(nodes, each, radix, tiers, planes, more)
    one = domain(fabric, "f")
    assume(2 <= len(one.ends) <= 8)
    least, closed = least_cut(one), bisection(fabric, one)
    if closed:
        assert closed.bandwidth == least
    assert all(cut.bandwidth >= least for cut in cuts(fabric, one) if min(cut.sides) == len(one.ends) // 2)
    bound = spectral_bound(one)
    assert bound is None or bound.bandwidth <= least


def test_a_tapered_tree_is_cut_at_its_leaves() -> None:
    fabric = tree(4, 3, 4, more=", leaf: {down: 3, up: 1}")
    one = domain(fabric, "f")
    closed = bisection(fabric, one)
    assert closed is not None
    assert closed.basis == "closed form"
    assert closed.share == Fraction(1, 3)
    assert closed.bandwidth == least_cut(one)


def test_rails_without_a_second_tier_have_no_path_and_no_bandwidth_between_halves() -> None:
    fabric = tree(4, 2, 8, tiers=1, more=", rails_by: node")
    one = domain(fabric, "f")
    assert hops(one) == Hops("f", 8, 8, {2: 24}, 32)
    assert connectivity(one).parts == 2
    found = bisection(fabric, one)
    assert found is not None
    assert (found.basis, int(found.bandwidth)) == (ALL_HALVES, 0)


def test_a_nic_is_no_way_between_two_planes() -> None:
    text = """
devices:
  nic: {role: nic, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 3, box: 2}
links:
  x:
    network: scale_out
    pattern: explicit
    pairs:
      - ["nic0.net[0]", "box0.net[0]"]
      - ["nic1.net[0]", "box0.net[1]"]
      - ["nic1.net[1]", "box1.net[0]"]
      - ["nic2.net[0]", "box1.net[1]"]
"""
    one = domain(fabric_of(text), "scale_out")
    assert connectivity(one).parts == 1
    assert hops(one) == Hops("scale_out", 3, 3, {2: 4}, 2)


def test_a_ring_of_gpus_passes_traffic_on() -> None:
    text = """
devices: {gpu: {role: gpu, ports: {ici: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 7}
links: {x: {network: scale_up, pattern: ring, a: gpu.ici}}
"""
    one = domain(fabric_of(text), "scale_up")
    assert hops(one).pairs == {1: 14, 2: 14, 3: 14}
    paths = disjoint_paths(one)
    assert paths is not None
    assert (paths.least, paths.most) == (2, 2)


def test_beyond_the_work_a_stated_sample_is_searched() -> None:
    one = domain(tree(50, 4, 32), "f")
    found = hops(one, work=1)
    assert (found.exact, found.sources, found.ends) == (False, 50, 200)
    assert found.pairs.keys() == hops(one).pairs.keys()


def published(name: str) -> Fabric:
    return read_fabric(str(ROOT / "tests" / "language" / f"{name}.yaml"))


def test_every_gpu_of_an_nvl72_is_two_links_from_every_other() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    one = domain(fabric, "scale_up")
    assert hops(one).pairs == {2: 72 * 71}
    closed = bisection(fabric, one)
    assert closed is not None
    assert closed.bandwidth == 259_200_000  # half of 518.4 Tb/s per direction
    assert closed.share == 1
    paths = disjoint_paths(one)
    assert paths is not None
    assert (paths.least, paths.most) == (18, 18)


def test_the_h100_superpod_does_not_block() -> None:
    fabric = published("h100-superpod-4su")
    closed = bisection(fabric, domain(fabric, "compute"))
    assert closed is not None
    assert closed.bandwidth == 509 * 400_000  # 1,016 NICs and 2 managers, halved


def test_the_switch_of_an_hpn_segment_is_a_little_oversubscribed() -> None:
    (leaf,) = switch_uses(published("alibaba-hpn-segment"))
    assert (leaf.down, leaf.up) == (16 * 136 * 200_000, 16 * 60 * 400_000)
    assert tier_ratios((leaf,)) == {("scale_out", 1): (Fraction(17, 15), Fraction(17, 15))}


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "rubin-ultra-cpo-648", "vr-nvl72"])
def test_the_rate_of_a_role_is_what_its_links_carry(name: str) -> None:
    fabric = shipped_fabric(name)
    for use in switch_uses(fabric):
        assert use.down + use.up > 0
        assert use.ports_free >= 0


MANAGED = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box:
    role: switch
    ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}, mgmt: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}
  oob: {role: switch, ports: {acc: {count: 24, lanes: 1, lane_rate: 1 Gb/s}}}
templates:
  node: {level: node, contains: {nic: 4}}
  racks: {level: rack, contains: {node: 4, oob: 1}}
instances: {racks: 1}
fabrics:
  f: {network: scale_out, pattern: fat_tree, ends: nic.net, switch: box, switch_ports: net, tiers: 2}
links:
  oob: {network: management, pattern: spread, a: [f/leaf.mgmt, f/spine.mgmt], b: oob.acc}
"""


def test_management_ports_are_no_uplinks_of_a_switch_that_they_manage() -> None:
    uses = {(use.device_role, use.network): use for use in switch_uses(fabric_of(MANAGED))}
    leaf, managed = uses["f/leaf", "scale_out"], uses["f/leaf", "management"]
    assert (leaf.ports_total, leaf.ports_used, leaf.most) == (4 * 8, 4 * 8, Fraction(1))
    assert (managed.ports_total, managed.ports_used, managed.up, managed.most) == (4, 4, 4 * 1_000, None)
    assert ("management", 1) not in tier_ratios([managed])
