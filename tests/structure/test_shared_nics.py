"""NICs that several GPUs share: ways start at each of them, and bandwidth is there once."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from topogen.errors import InputError
from topogen.graph.by_link import link_graph
from topogen.structure.bisection import bisection_bounds, end_bandwidth
from topogen.structure.connectivity import connectivity
from topogen.structure.disjoint_paths import disjoint_paths
from topogen.structure.domain import END_TO_END, domain
from topogen.structure.hops import hops
from topogen.study.throughput import throughput

TEXT = """
devices:
  gpu: {{role: gpu, ports: {{nvl: {{count: 2, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  nvs: {{role: switch, ports: {{nvl: {{count: {gpus}, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  nic: {{role: nic, ports: {{ib: {{count: {planes}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{ib: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{gpu: {gpus}, nvs: 2, nic: {nics}}}}}}}
instances: {{node: {nodes}}}
attach: {{nic: gpu}}
links: {{{links}}}
fabrics:
  rails: {{network: scale_out, pattern: fat_tree, planes: {planes}, ends: nic.ib, switch: sw, {fabric}}}
"""
NVLINK = "nvl: {network: scale_up, a: gpu.nvl, b: nvs.nvl, within: node, pattern: planes}"


def text(
    nics: int, share: int, nodes: int, planes: int = 1, *, nvlink: bool = True, rails: bool = True
) -> str:
    """Return nodes of NICs, each shared by some GPUs."""
    fabric = "tiers: 1, rails_by: node" if rails else "tiers: 2"
    links = NVLINK if nvlink else ""
    return TEXT.format(gpus=nics * share, nics=nics, nodes=nodes, planes=planes, links=links, fabric=fabric)


def sharers(name: str, share: int) -> list[str]:
    """Return the GPUs of a NIC by its name, or the device itself."""
    node, _, number = name.rpartition("/nic")
    if not node:
        return [name]
    first = int(number or 0) * share
    return [f"{node}/gpu{gpu}" for gpu in range(first, first + share)]


def oracle(fabric_text: str, share: int) -> tuple[nx.Graph[str], nx.DiGraph[str], list[str]]:
    """Return links from each sharer, and a network of flows in which nothing passes through a NIC."""
    graph = link_graph(fabric_of(fabric_text))
    ways: nx.Graph[str] = nx.Graph()
    flow: nx.DiGraph[str] = nx.DiGraph()
    for pair in ((a, b) for a, b, _ in graph.edges(keys=True)):
        for a, b in (pair, pair[::-1]):
            ways.add_edges_from((one, other) for one in sharers(a, share) for other in sharers(b, share))
            tail, head = (f"{a} out" if "/nic" in a else a), (f"{b} in" if "/nic" in b else b)
            more = flow.edges[tail, head]["capacity"] if flow.has_edge(tail, head) else 0
            flow.add_edge(tail, head, capacity=more + 1)
    for nic in (name for name in graph if "/nic" in name):
        flow.add_edges_from((gpu, f"{nic} out") for gpu in sharers(nic, share))
        flow.add_edges_from((f"{nic} in", gpu) for gpu in sharers(nic, share))
    return ways, flow, sorted(name for name in ways if "/gpu" in name)


DRAWN = {
    "nics": st.integers(2, 3), "share": st.integers(2, 3), "nodes": st.integers(2, 3),
    "planes": st.integers(1, 2), "nvlink": st.booleans(), "rails": st.booleans(),
}  # fmt: skip


@settings(quick, deadline=None)
@given(st.fixed_dictionaries(DRAWN))
def test_ways_are_those_that_networkx_finds(drawn: dict[str, int]) -> None:
    form = text(**drawn)  # type: ignore[arg-type]
    with wirable():
        fabric = fabric_of(form)
    ways, _, ends = oracle(form, drawn["share"])
    stops = set() if drawn["nvlink"] else set(ends)
    pairs: Counter[int] = Counter()
    for one in ends:
        inner = ways.subgraph(name for name in ways if name not in stops or name == one)
        way = nx.single_source_shortest_path_length(inner, one)
        for other in set(ends) - {one}:
            near = [way[last] for last in ways[other] if last in way and (last not in stops or last == one)]
            pairs[1 + min(near, default=-1)] += 1
    found, one_domain = hops(domain(fabric, END_TO_END)), domain(fabric, END_TO_END)
    assert (found.pairs, found.no_path) == ({n: c for n, c in sorted(pairs.items()) if n}, pairs[0])
    assert connectivity(one_domain).parts == nx.number_connected_components(ways)
    assert connectivity(one_domain).devices == len(ways)


@settings(quick, deadline=None)
@given(st.fixed_dictionaries(DRAWN))
def test_disjoint_paths_are_the_flow_of_networkx(drawn: dict[str, int]) -> None:
    form = text(**drawn)  # type: ignore[arg-type]
    with wirable():
        fabric = fabric_of(form)
    _, flow, ends = oracle(form, drawn["share"])
    counts = []
    for one, other in combinations(ends, 2):
        kept = flow if drawn["nvlink"] else flow.subgraph(set(flow) - set(ends) | {one, other})
        counts.append(nx.maximum_flow_value(kept, one, other))
    found = disjoint_paths(domain(fabric, END_TO_END), pairs=300)
    assert found
    assert (found.least, found.most) == (min(counts), max(counts))


def test_two_gpus_have_half_of_their_nic_each() -> None:
    fabric = fabric_of(text(2, 2, 4, nvlink=False, rails=False))
    one = domain(fabric, END_TO_END)
    assert end_bandwidth(one) == 8 * 400_000
    rows = throughput(fabric, only=[END_TO_END], traffic=["all-to-all", "permutation"]).rows
    assert rows[0].mbps == Fraction(200_000)
    assert {row.ends for row in rows} == {16}
    (cut,) = bisection_bounds(fabric, one)
    assert cut.bandwidth == 4 * 400_000


def test_a_shared_nic_on_two_planes_is_no_way_between_them() -> None:
    fabric = fabric_of(text(2, 2, 3, planes=2, nvlink=False, rails=False))
    one = domain(fabric, END_TO_END)
    leaves = [group for group in fabric.groups if group.label.startswith("rails/")]
    assert len(one.nodes) == 12 + 6 * 2 + sum(group.count for group in leaves)


@pytest.mark.parametrize(("gpus", "nics"), [(3, 2), (4, 3), (2, 3)])
def test_uneven_shares_are_refused(gpus: int, nics: int) -> None:
    form = text(2, 2, 2, rails=False).replace("gpu: 4, nvs: 2, nic: 2", f"gpu: {gpus}, nvs: 2, nic: {nics}")
    with pytest.raises(InputError) as refused:
        fabric_of(form)
    assert "E759" in {one.code for one in refused.value.problems}
