"""Flow: published examples, closed forms against the linear program, and that against all paths."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from tests.structure.oracles import least_cut
from topogen.structure.concurrent_flow import arcs_of, concurrent_flow, distance_bound, shortest_path_flow
from topogen.structure.domain import Domain, domain
from topogen.structure.hops import hops
from topogen.structure.tree_flow import star_flow, tree_flow

QUIET = settings(quick, suppress_health_check=list(HealthCheck))
ENDS = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{nic: {ends}}}
fabrics: {{f: {{network: scale_out, ends: nic.p, {wiring}}}}}
"""


def made(ends: int, ports: int, radix: int, wiring: str) -> str:
    return ENDS.format(ends=ends, ports=ports, radix=radix, wiring=wiring)


PUBLISHED = {
    "fat_tree, k = 8": (made(128, 1, 8, "pattern: fat_tree, switch: box, tiers: 3"), "400"),
    "6 : 2 taper": (
        made(24, 1, 8, "pattern: fat_tree, switch: box, tiers: 2, leaf: {down: 6, up: 2}"),
        "170.4",
    ),
    "dragonfly": (
        made(
            24, 1, 6,
            "pattern: dragonfly, switch: box, groups: 3, routers_per_group: 4, hosts_per_router: 2, "
            "globals_per_router: 1",
        ),
        "287.5",
    ),
    "hyperx, 1 host": (
        made(16, 1, 8, "pattern: hyperx, switch: box, dims: [4, 4], hosts_per_router: 1"), "400",
    ),
    "hyperx, 2 hosts": (
        made(32, 1, 8, "pattern: hyperx, switch: box, dims: [4, 4], hosts_per_router: 2"), "400",
    ),
    "torus": (made(16, 4, 8, "pattern: torus, dims: [4, 4]"), "750"),
    "hx_mesh": (made(16, 4, 8, "pattern: hx_mesh, switch: box, board: [2, 2], boards: [2, 2]"), "750"),
    "mesh": (made(8, 3, 8, "pattern: torus, dims: [2, 2, 2], wrap: [false, false, false]"), "700"),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_all_to_all_of_published_examples(name: str) -> None:
    text, gbps = PUBLISHED[name]
    fabric = fabric_of(text)
    one = domain(fabric, "f")
    tree = tree_flow(fabric, one)
    if tree:
        mbps, exact = tree.mbps, True
    else:
        flow = concurrent_flow(arcs_of(one))
        mbps, exact = flow.mbps, flow.exact
    assert exact
    assert round(float(mbps / 1000), 1) == float(gbps)
    assert (tree is not None) == (name in {"fat_tree, k = 8", "6 : 2 taper"})


def test_a_taper_is_exact() -> None:
    """Of 24 ends 6 share a leaf with 2 uplinks: 18 of the 23 others are beyond it."""
    fabric = fabric_of(PUBLISHED["6 : 2 taper"][0])
    found = tree_flow(fabric, domain(fabric, "f"))
    assert found is not None
    assert (found.mbps, found.tier) == (Fraction(2 * 400_000, 6) * Fraction(23, 18), 1)
    assert concurrent_flow(arcs_of(domain(fabric, "f"))).mbps == found.mbps


MORE = ("", ", leaf: {down: 3, up: 1}", ", leaf: {down: 2, up: 2}", ", rails_by: node", ", even: false")
TREE = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {planes}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: {each}}}}}}}
instances: {{node: {nodes}}}
fabrics:
  f: {{network: scale_out, pattern: fat_tree, ends: nic.p, switch: box, tiers: {tiers}, planes: {planes}
    {more}}}
"""


@QUIET
@given(
    st.tuples(st.integers(1, 8), st.integers(1, 3)), st.integers(4, 8), st.integers(1, 3), st.integers(1, 2),
    st.sampled_from(MORE), st.integers(0, 9),
)  # fmt: skip
def test_the_closed_form_of_a_tree_is_that_of_the_program(
    size: tuple[int, int], radix: int, tiers: int, planes: int, more: str, seed: int
) -> None:
    with wirable():
        fabric = fabric_of(
            TREE.format(nodes=size[0], each=size[1], radix=radix, tiers=tiers, planes=planes, more=more)
        )
    one = domain(fabric, "f")
    assume(len(one.ends) > 1)
    arcs = arcs_of(one)
    for to in (None, np.random.default_rng(seed).permutation(len(one.ends))):
        closed, solved = tree_flow(fabric, one, to), concurrent_flow(arcs, to)
        assert solved.exact
        assert closed is None or closed.mbps == solved.mbps


@st.composite
def domains(draw: st.DrawFn) -> Domain:
    """Return some ends and switches with links between any two, not all joined."""
    ends, switches = draw(st.integers(2, 4)), draw(st.integers(0, 3))
    size = ends + switches
    pair = st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda two: two[0] != two[1])
    links = draw(st.lists(pair, min_size=2, max_size=9))
    if draw(st.booleans()):
        links = [two for two in links if max(two) >= ends] or [(0, size - 1)]
    rates = draw(st.lists(st.sampled_from([100, 200, 400]), min_size=len(links), max_size=len(links)))
    a, b = (np.array(side, np.int64) for side in zip(*links, strict=True))
    return Domain("f", a, b, np.array(rates, np.int64), np.arange(size) < ends, ())


@QUIET
@given(domains(), st.integers(0, 9))
def test_the_program_is_the_best_mix_of_all_paths(one: Domain, seed: int) -> None:
    count = len(one.ends)
    assume(count > 1)
    for to in (None, np.random.default_rng(seed).permutation(count)):
        found = concurrent_flow(arcs_of(one), to)
        assert float(found.mbps) == pytest.approx(_by_paths(one, to), rel=1e-6)
        assert found.exact
        arcs, below = arcs_of(one), (1 + 1e-9) * float(found.mbps)
        assert shortest_path_flow(arcs, to) <= below
        assert not found.mbps or distance_bound(arcs, to) >= found.mbps
        star = star_flow(one)
        assert star is None or star == found.mbps or (to is not None and (to == np.arange(count)).all())
        if to is None:
            _is_below_the_bounds(one, found.mbps)


def _is_below_the_bounds(one: Domain, mbps: Fraction) -> None:
    """Compare with the least cut between halves, and with the links that pairs cannot do without."""
    count = len(one.ends)
    crossing = Fraction((count // 2) * (count - count // 2), count - 1)
    assert mbps * crossing <= least_cut(one)
    away = hops(one)
    if not away.no_path:
        assert mbps * away.mean * count <= 2 * int(one.rate.sum())


def _by_paths(one: Domain, to: np.ndarray | None) -> float:
    """Return what each end can send over all simple paths that enter only what forwards."""
    graph: nx.Graph[int] = nx.Graph()
    for a, b, rate in zip(one.a.tolist(), one.b.tolist(), one.rate.tolist(), strict=True):
        held = graph[a][b]["rate"] if graph.has_edge(a, b) else 0
        graph.add_edge(a, b, rate=held + rate)
    ends = one.ends.tolist()
    pairs = (
        [(a, b, 1 / (len(ends) - 1)) for a in ends for b in ends if a != b]
        if to is None
        else [(a, ends[to[i]], 1.0) for i, a in enumerate(ends)]
    )
    arcs = {arc: number for number, arc in enumerate(graph.to_directed().edges)}
    columns, owner = [], []
    for number, (a, b, _) in enumerate(pairs):
        for path in nx.all_simple_paths(graph, a, b) if a != b else []:
            if one.forwards[path[1:-1]].all():
                columns.append([arcs[step] for step in pairwise(path)])
                owner.append(number)
    own = min(sum(graph[end][other]["rate"] for other in graph[end]) for end in ends)
    load = np.zeros((len(arcs), len(columns) + 1))
    share = np.zeros((len(pairs), len(columns) + 1))
    for column, (path, number) in enumerate(zip(columns, owner, strict=True)):
        load[path, column] = 1
        share[number, column] = 1
    share[:, -1] = [-part if a != b else 0 for a, b, part in pairs]
    rates = [graph[a][b]["rate"] for a, b in arcs]
    found = linprog(
        np.append(np.zeros(len(columns)), -1), A_ub=load, b_ub=rates, A_eq=share, b_eq=np.zeros(len(pairs)),
        bounds=[(0, None)] * len(columns) + [(0, own)],
    )  # fmt: skip
    return float(found.x[-1])
