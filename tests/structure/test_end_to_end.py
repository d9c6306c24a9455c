"""From GPU to GPU over all networks: hops, parts and disjoint paths as networkx finds them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from topogen.errors import InputError
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.graph.by_link import link_graph
from topogen.structure.connectivity import connectivity
from topogen.structure.disjoint_paths import disjoint_paths
from topogen.structure.domain import END_TO_END, domain, names
from topogen.structure.hops import hops
from topogen.structure.survey import survey
from topogen.study.throughput import throughput
from topogen.takeoff.roll_up import roll_up

TEXT = """
devices:
  gpu: {{role: gpu, ports: {{nvl: {{count: {nvl}, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  nvs: {{role: switch, ports: {{nvl: {{count: {gpus}, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  nic: {{role: nic, ports: {{ib: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  store: {{role: host, ports: {{ib: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{ib: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates:
  board: {{level: board, contains: {{gpu: {gpus}}}}}
  node: {{level: node, contains: {{board: 1, nvs: {nvl}, nic: {nics}}}}}
instances: {{node: {nodes}{more}}}
attach: {{nic: gpu}}
links: {{{links}}}
fabrics: {{rails: {{network: scale_out, pattern: fat_tree, {fabric}, switch: sw}}}}
"""
NVLINK = "nvl: {network: scale_up, a: gpu.nvl, b: nvs.nvl, within: node, pattern: planes}"
FABRICS = {
    "rail-only": "tiers: 1, rails_by: node, ends: nic.ib",
    "spines": "tiers: 2, rails_by: node, ends: nic.ib",
    "own spines": "tiers: 2, rails_by: node, separate_rails: true, leaf: {down: 2, up: 2}, ends: nic.ib",
    "storage": "tiers: 1, ends: [nic.ib, store.ib]",
}


def text(kind: str, gpus: int, each: int, nodes: int, *, nvlink: bool = True, nvl: int = 2) -> str:
    """Return nodes of GPUs and NICs, ``each`` NICs to a GPU, on a fabric of some kind."""
    return TEXT.format(
        gpus=gpus, nics=gpus * each, nodes=nodes, nvl=nvl, fabric=FABRICS[kind],
        links=NVLINK if nvlink else "", more=", store: 2" if kind == "storage" else "",
    )  # fmt: skip


def whole(graph: nx.MultiGraph[str], each: int) -> tuple[nx.MultiDiGraph[str], list[str]]:
    """Return the graph with each NIC merged into its GPU, and the GPUs."""
    to = {name: name for name in graph}
    for name in graph:
        node, _, nic = name.rpartition("/nic")
        if node:
            to[name] = f"{node}/board0/gpu{int(nic) // each}" if f"{node}/board0/gpu0" in graph else ""
            to[name] = to[name] or f"{node}/board/gpu{int(nic) // each}"
    merged: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for a, b, _ in graph.edges(keys=True):
        for near, far in ((to[a], to[b]), (to[b], to[a])):
            merged.add_edge(near, far)
    gpus = sorted(name for name in graph if graph.nodes[name]["role"] == "gpu")
    return merged, gpus


def reached(graph: nx.MultiDiGraph[str], source: str, stops: set[str]) -> dict[str, int]:
    """Return the fewest links to each node over nodes that are no stops."""
    kept = graph.subgraph(name for name in graph if name == source or name not in stops)
    way = nx.single_source_shortest_path_length(kept, source) if source in graph else {}
    found = dict(way)
    for stop in stops & set(graph) - {source}:
        near = [way[one] + 1 for one in graph.predecessors(stop) if one in way]
        found |= {stop: min(near)} if near else {}
    return found


@settings(quick, deadline=None)
@given(
    st.sampled_from(sorted(FABRICS)), st.integers(1, 4), st.integers(1, 2), st.integers(1, 5), st.booleans()
)
def test_ways_are_those_that_networkx_finds(
    kind: str,
    gpus: int,
    each: int,
    nodes: int,
    nvlink: bool,  # noqa: FBT001 - drawn
) -> None:
    with wirable():
        fabric = fabric_of(text(kind, gpus, each, nodes, nvlink=nvlink))
    one = domain(fabric, END_TO_END)
    graph, ends = whole(link_graph(fabric), each)
    stops = {name for name in graph if "store" in name} | (set() if nvlink else set(ends))
    pairs = Counter(
        way.get(other, 0)
        for end in ends
        for way in [reached(graph, end, stops)]
        for other in ends
        if other != end
    )
    found = hops(one)
    assert len(one.ends) == len(ends)
    assert (found.pairs, found.no_path) == ({n: c for n, c in sorted(pairs.items()) if n}, pairs[0])
    linked = graph.to_undirected()
    assert connectivity(one).parts == nx.number_connected_components(linked)


@settings(quick, deadline=None)
@given(
    st.sampled_from(("rail-only", "spines", "own spines")),
    st.integers(2, 3),
    st.integers(1, 2),
    st.integers(2, 3),
)
def test_disjoint_paths_are_the_flow_of_networkx(kind: str, gpus: int, each: int, nodes: int) -> None:
    with wirable():
        fabric = fabric_of(text(kind, gpus, each, nodes))
    graph, ends = whole(link_graph(fabric), each)
    flow: nx.DiGraph[str] = nx.DiGraph()
    for a, b, _ in graph.edges(keys=True):
        flow.add_edge(a, b, capacity=(flow.edges[a, b]["capacity"] if flow.has_edge(a, b) else 0) + 1)
    counts = [nx.maximum_flow_value(flow, *pair) for pair in combinations(ends, 2)]
    found = disjoint_paths(domain(fabric, END_TO_END), pairs=200)
    assert found
    assert (found.least, found.most) == (min(counts), max(counts))


def test_rail_only_takes_nvlink_to_the_rail() -> None:
    fabric = fabric_of(text("rail-only", 8, 1, 16))
    found = hops(domain(fabric, END_TO_END))
    assert found.pairs == {2: 128 * (7 + 15), 4: 128 * 7 * 15}
    assert names(fabric) == ["rails", "scale_up", END_TO_END]


def test_an_attachment_is_no_link() -> None:
    with_it = text("rail-only", 8, 1, 4)
    one, other = (fabric_of(form) for form in (with_it, with_it.replace("attach: {nic: gpu}\n", "")))
    assert one.n_links == other.n_links
    assert roll_up(one).totals == roll_up(other).totals
    assert roll_up(one).quantities == roll_up(other).quantities
    assert [*to_cable_schedule(one, roll_up(one))] == [*to_cable_schedule(other, roll_up(other))]
    assert END_TO_END not in names(other)


def test_nics_of_two_to_a_gpu_follow_one_another() -> None:
    (one,) = fabric_of(text("rail-only", 2, 2, 1)).attached
    first = int(one.device.min())
    assert (one.device - first).tolist() == [0, 1, 2, 3]
    assert (one.to - one.to.min()).tolist() == [0, 0, 1, 1]


def test_a_template_attaches_in_its_own_places() -> None:
    at_top = text("rail-only", 4, 1, 3)
    in_node = at_top.replace("attach: {nic: gpu}\n", "").replace(
        "{level: node,", "{level: node, attach: {nic: gpu},"
    )
    one, other = (fabric_of(form).attached[0] for form in (at_top, in_node))
    assert np.array_equal(one.device, other.device)
    assert np.array_equal(one.to, other.to)


def test_throughput_counts_all_ports_of_a_gpu() -> None:
    (row,) = throughput(fabric_of(text("rail-only", 2, 1, 2)), only=[END_TO_END], traffic=["all-to-all"]).rows
    assert (row.ends, row.port_mbps) == (4, 2 * 400_000 + 400_000)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("attach: {nic: gpu}", "attach: {nic: gpx}", "E758"),
        ("nic: 4}", "nic: 3}", "E759"),
        ("attach: {nic: gpu}", "attach: {nic: gpu, gpu: nic}", "E760"),
        ("attach: {nic: gpu}", "attach: {nic: nvs}", "E761"),
        ("rails: {network", "end_to_end: {network", "E762"),
    ],
)
def test_wrong_forms_are_refused(old: str, new: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        fabric_of(text("rail-only", 4, 1, 3).replace(old, new))
    assert code in {one.code for one in refused.value.problems}
    assert all(one.hint for one in refused.value.problems)


@pytest.mark.parametrize(
    "links", ["", "pcie: {network: management, a: gpu.nvl, b: nic.ib, within: node, pattern: one_to_one}"]
)
def test_without_links_beyond_the_attached_there_is_no_end_to_end(links: str) -> None:
    fabric = fabric_of(
        text("storage", 2, 1, 2, nvlink=False)
        .replace("[nic.ib, store.ib]", "store.ib")
        .replace("links: {}", f"links: {{{links}}}")
        .replace("count: 2, lanes: 2, lane_rate: 200", "count: 1, lanes: 4, lane_rate: 100")
    )
    assert END_TO_END not in names(fabric)
    assert all(one.name != END_TO_END for one in survey(fabric).connectivity)
