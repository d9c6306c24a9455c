"""What networkx and plain enumeration say of a domain, for comparison."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from topogen.structure.domain import Domain


def graph_of(domain: Domain) -> nx.MultiGraph[int]:
    """Return every link as an edge."""
    return nx.MultiGraph(list(zip(domain.a.tolist(), domain.b.tolist(), strict=True)))


def hop_counts(domain: Domain) -> tuple[dict[int, int], int]:
    """Return ordered pairs of ends by distance and pairs without a path, one search an end."""
    graph, ends = graph_of(domain), domain.ends.tolist()
    found: Counter[int] = Counter()
    for one in ends:
        others = {end for end in ends if end != one and not domain.forwards[end]}
        reached = nx.single_source_shortest_path_length(graph.subgraph(set(graph) - others), one)
        for other in ends:
            if domain.forwards[other]:
                distances = [reached[other]] if other in reached else []
            else:
                distances = [reached[near] + 1 for near in graph[other] if near in reached]
            if other != one and distances:
                found[min(distances)] += 1
    return dict(sorted(found.items())), len(ends) * (len(ends) - 1) - found.total()


def least_cut(domain: Domain) -> int:
    """Return the least bandwidth between two halves of the ends: every halving, each by its largest flow."""
    ends = domain.ends.tolist()
    flat = _flat(domain)
    return min(_flow(flat, set(half), ends) for half in combinations(ends, len(ends) // 2))


def least_flow(domain: Domain, half: set[int]) -> int:
    """Return the least bandwidth between some ends and all others."""
    return _flow(_flat(domain), half, domain.ends.tolist())


def _flat(domain: Domain) -> nx.Graph[int | str]:
    flat: nx.Graph[int | str] = nx.Graph()
    rows = zip(domain.a.tolist(), domain.b.tolist(), domain.rate.tolist(), strict=True)
    for a, b, rate in rows:
        held = flat[a][b]["capacity"] if flat.has_edge(a, b) else 0
        flat.add_edge(a, b, capacity=held + rate)
    return flat


def _flow(flat: nx.Graph[int | str], half: set[int], ends: list[int]) -> int:
    graph = flat.copy()
    for end in ends:
        graph.add_edge(end, "one" if end in half else "other")
    return int(nx.maximum_flow_value(graph, "one", "other"))
