"""Plans of generators from the keys of a file, and their links as a graph."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from tests.wiring.expanded import links_of, slots_have_gaps
from topogen.wiring import generator
from topogen.wiring.plan import ENDS, EndPoints, Faces, GeneratorRequest, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.wiring.plan import PlannedLinks


def planned(
    pattern: str, ends: EndPoints | None, faces: Faces | int = 64, *, created_ports: int = 1, **keys: object
) -> Plan:
    """Return the plan of a pattern with equal switches; ends are created where none are given."""
    source = "ends" if ends else "create"
    kind = Faces("box", faces) if isinstance(faces, int) else faces
    record = generator(pattern)
    switch = {"switch": "box"} if record.spec.roles else {}
    text = {"network": "scale_out", "pattern": pattern, source: "nic.p", **switch, **_written(keys)}
    spec = record.spec.model_validate(text)
    return record.make(GeneratorRequest(spec, lambda _: kind, ends, created_ports=created_ports))


def _written(keys: dict[str, object]) -> dict[str, Any]:
    return {
        key: [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
        for key, value in keys.items()
    }


def counts(plan: Plan) -> dict[str, int]:
    """Return the links of each group by the formula of its blocks."""
    return {made.name: sum(block.count for block in made.blocks) for made in plan.links}


def graph_of(plan: Plan) -> nx.MultiGraph[tuple[str, int]]:
    """Return every link of a plan; each group counts as its blocks say and leaves no slot out."""
    graph: nx.MultiGraph[tuple[str, int]] = nx.MultiGraph()
    for made in plan.links:
        rows = list(_edges(made))
        assert len(rows) == sum(block.count for block in made.blocks)
        assert not slots_have_gaps(links_of(made.blocks), same=made.a == made.b)
        graph.add_edges_from(rows)
    return graph


def _edges(made: PlannedLinks) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    assert made.b is not None
    for link in links_of(made.blocks):
        yield (made.a.role, link.a), (made.b.role, link.b)


def routers_of(plan: Plan) -> nx.Graph[int]:
    """Return the routers of a direct network; no two are joined twice, none to itself."""
    (fabric,) = (made for made in plan.links if made.name == "fabric")
    pairs = {(min(link.a, link.b), max(link.a, link.b)) for link in links_of(fabric.blocks)}
    assert len(pairs) == counts(plan)["fabric"]
    assert all(a < b for a, b in pairs)
    return nx.Graph(pairs)


def ends_apart(graph: nx.MultiGraph[tuple[str, int]]) -> int:
    """Return the most links between two ends."""
    ends = [node for node in graph if node[0] == ENDS]
    return max(
        links
        for end in ends
        for node, links in nx.single_source_shortest_path_length(graph, end).items()
        if node[0] == ENDS
    )


def least_cut(graph: nx.MultiGraph[tuple[str, int]]) -> int:
    """Return the least links between two halves of the ends, where no switch meets another: tried out."""
    ends = sorted(node for node in graph if node[0] == ENDS)
    number = {end: place for place, end in enumerate(ends)}
    halves = np.array([[end in half for end in range(len(ends))] for half in _halves(len(ends))])
    cut = np.zeros(len(halves), np.int64)
    for a, b, _ in graph.edges:
        if a in number and b in number:
            cut += halves[:, number[a]] != halves[:, number[b]]
    for switch in set(graph) - set(ends):
        near = [number[node] for node in graph[switch] for _ in range(graph.number_of_edges(switch, node))]
        inside = halves[:, near].sum(axis=1)
        cut += np.minimum(inside, len(near) - inside)
    return int(cut.min())


def _halves(count: int) -> list[set[int]]:
    """Return every half of the ends that holds end 0."""
    return [{0, *rest} for rest in combinations(range(1, count), count // 2 - 1)]
