"""Fabrics under settings of their circuit switches, against networkx and the torus that they make."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING, TypeAlias

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.structure.bisection import cuts, spectral_bound
from topogen.structure.connectivity import connectivity
from topogen.structure.domain import domain
from topogen.structure.hops import hops
from topogen.structure.latency import latency

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

RATE = 400
Pairs = list[tuple[int, int]]
Graph: TypeAlias = "nx.MultiGraph[tuple[int, ...]]"


def behind_ocs(cubes: int, cube: tuple[int, ...], setting: dict[str, Pairs], planes: int = 1) -> Fabric:
    """Return cubes behind circuit switches, with one setting called ``set``."""
    lines = ", ".join(f"{key}: {[list(pair) for pair in pairs]}" for key, pairs in setting.items())
    size, ports = nodes(cube), 2 * len(cube) * planes
    return fabric_of(f"""
devices:
  tpu: {{role: gpu, ports: {{ici: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: ocs, ports: {{fibre: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{cube: {{level: rack, contains: {{tpu: {size}}}}}}}
instances: {{cube: {cubes}}}
fabrics:
  ici: {{network: scale_up, pattern: torus_ocs, ends: tpu.ici, switch: box, cube: {list(cube)},
        units_by: rack, planes: {planes}, settings: {{set: {{{lines}}}}}}}
""")


def nodes(cube: tuple[int, ...]) -> int:
    """Return the number of points of a cube."""
    size = 1
    for length in cube:
        size *= length
    return size


def by_hand(cubes: int, cube: tuple[int, ...], matchings: list[Pairs]) -> Graph:
    """Return points (cube, x, y, ...), joined inside cubes and by a matching for each dimension."""
    graph: Graph = nx.MultiGraph()
    points = list(product(*map(range, cube)))
    graph.add_nodes_from((box, *point) for box in range(cubes) for point in points)
    for dim, length in enumerate(cube):
        for box, point in product(range(cubes), points):
            if point[dim] + 1 < length:
                graph.add_edge((box, *point), (box, *point[:dim], point[dim] + 1, *point[dim + 1 :]))
        for point in (point for point in points if point[dim] == 0):
            last = (*point[:dim], length - 1, *point[dim + 1 :])
            at = [(box, *last) for box in range(cubes)] + [(box, *point) for box in range(cubes)]
            graph.add_edges_from((at[a], at[b]) for a, b in matchings[dim] if at[a] != at[b])
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return graph


def lines_of(cube: tuple[int, ...], matchings: list[Pairs]) -> dict[str, Pairs]:
    """Return a setting that joins the same ports at all switches of a dimension."""
    lines, first = {}, 0
    for length, pairs in zip(cube, matchings, strict=True):
        count = nodes(cube) // length
        lines[f"{first}-{first + count - 1}"] = pairs
        first += count
    return lines


def distances(graph: Graph) -> Counter[int]:
    """Return the ordered pairs of different nodes by the links between them."""
    ways = nx.all_pairs_shortest_path_length(graph)
    return Counter(links for _, found in ways for links in found.values() if links)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[int, tuple[int, ...], list[Pairs]]:
    """Return cubes, their shape and a matching of any ports for each dimension, some of them dark."""
    cubes = draw(st.integers(1, 4))
    cube = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    matchings: list[Pairs] = []
    for _ in cube:
        ports = draw(st.permutations(range(2 * cubes + 2)))  # the last two have no link
        kept = draw(st.integers(0, cubes))
        matchings.append(list(zip(ports[::2], ports[1::2], strict=True))[:kept])
    return cubes, cube, matchings


@settings(deadline=None, max_examples=40)
@given(drawn())
def test_any_matching_is_the_graph_that_it_makes(one: tuple[int, tuple[int, ...], list[Pairs]]) -> None:
    cubes, cube, matchings = one
    linked = [[pair for pair in pairs if max(pair) < 2 * cubes] for pairs in matchings]
    graph = by_hand(cubes, cube, linked)
    found = domain(behind_ocs(cubes, cube, lines_of(cube, matchings)), "ici/set")
    assert (len(found.nodes), len(found.a)) == (graph.number_of_nodes(), graph.number_of_edges())
    if not graph:
        return
    assert connectivity(found).parts == nx.number_connected_components(graph)
    reached = distances(graph)
    assert Counter(hops(found).pairs) == reached
    assert hops(found).no_path == len(graph) * (len(graph) - 1) - reached.total()


def halved(graph: Graph, side: set[tuple[int, ...]]) -> int:
    """Return the bandwidth between some nodes and the others, in Mb/s."""
    return sum((a in side) != (b in side) for a, b in graph.edges()) * RATE * 1000


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_the_bisection_lies_between_the_bounds(turn: int) -> None:
    cube, cubes = (2, 1), 4
    matchings = [
        [(box, cubes + (box + turn) % cubes) for box in range(cubes)],
        [(0, 5), (1, 6), (2, 7), (3, 4)],
    ]
    graph, fabric = by_hand(cubes, cube, matchings), behind_ocs(cubes, cube, lines_of(cube, matchings))
    found = domain(fabric, "ici/set")
    least = min(halved(graph, set(side)) for side in combinations(graph, len(graph) // 2))
    below = spectral_bound(found)
    (above,) = cuts(fabric, found)
    assert above.bandwidth == halved(graph, {node for node in graph if node[0] < cubes // 2})
    assert below
    assert below.bandwidth <= least <= above.bandwidth


# The shape of a twisted torus k x k x 2k, where the way around a short ring leads on by k along the long one:
# Jouppi et al., "TPU v4", ISCA 2023; Camara et al., "Twisted Torus Topologies for Enhanced Interconnection
# Networks", 2010.
def torus(shape: tuple[int, int, int], twist: int) -> Graph:
    """Return a torus whose rings of the first two dimensions come back ``twist`` further along the third."""
    graph: Graph = nx.MultiGraph()
    for x, y, z in product(*map(range, shape)):
        graph.add_edge((x, y, z), (x, y, (z + 1) % shape[2]))
        for dim in (0, 1):
            point = [x, y, z]
            point[dim] += 1
            if point[dim] == shape[dim]:
                point[dim], point[2] = 0, (z + twist) % shape[2]
            graph.add_edge((x, y, z), tuple(point))
    return graph


@pytest.mark.parametrize(("twist", "furthest"), [(0, 8), (4, 6)])
def test_plain_and_twisted_torus(twist: int, furthest: int) -> None:
    short = [(box, 2 + (box + twist // 4) % 2) for box in range(2)]
    setting = lines_of((4, 4, 4), [short, short, [(0, 3), (1, 2)]])
    found = domain(behind_ocs(2, (4, 4, 4), setting), "ici/set")
    graph = torus((4, 4, 8), twist)
    assert len(found.a) == graph.number_of_edges()
    assert Counter(hops(found).pairs) == distances(graph)
    assert hops(found).most == furthest


def test_each_plane_is_set_alike() -> None:
    pairs = {"0": [(0, 3), (1, 2)]}
    one, two = (domain(behind_ocs(2, (2,), pairs, planes), "ici/set") for planes in (1, 2))
    assert 2 * int(one.rate.sum()) == int(two.rate.sum())
    assert hops(one).pairs == hops(two).pairs


def test_light_passes_both_fibres_of_a_circuit() -> None:
    fabric = fabric_of("""
devices:
  tpu: {role: gpu, ports: {ici: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: ocs, ports: {fibre: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {cube: {level: rack, slots: {U1: tpu}}, net_rack: {level: rack}}
instances: {'c[0-1]': cube, net: net_rack}
layout: {rows: {A: ['c[0-1]', net]}, rack_pitch: 1 m, tray: {where: overhead, height: 3 m}, place: {ici: net}}
fabrics:
  ici: {network: scale_up, pattern: torus_ocs, ends: tpu.ici, cube: [1], units_by: rack, switch: box,
        settings: {set: {0: [[0, 3]]}}}
""")
    times = (Fraction(100), Fraction(5))
    light, ways = (latency(fabric, domain(fabric, name), *times) for name in ("ici/set", "ici"))
    assert light
    assert ways
    assert light.least == ways.least - 100 > 0  # no packet switch is passed
