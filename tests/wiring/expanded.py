"""Blocks written out link by link in plain Python, and what must hold of any of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from topogen.wiring.plan import ENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.wiring.block import Block, BlockSide
    from topogen.wiring.plan import Plan

OUTSIDE = -1


class Link(NamedTuple):
    """One link: device and slot at both ends; the far end may be ``OUTSIDE``."""

    a: int
    a_slot: int
    b: int
    b_slot: int


def links_of(blocks: Iterable[Block]) -> list[Link]:
    """Return every link of some blocks, one index tuple of the box after the other."""
    return [link for block in blocks for link in _links(block)]


def _links(block: Block) -> Iterator[Link]:
    for copy in range(block.copies):
        for index in product(*(range(size) for size in block.shape)):
            yield Link(*_end(block.a, copy, index), *_end(block.b, copy, index))


def _end(side: BlockSide | None, copy: int, index: Sequence[int]) -> tuple[int, int]:
    if side is None:
        return OUTSIDE, OUTSIDE
    slot = sum(int(slots[i]) for slots, i in zip(side.slot, index, strict=True))
    return int(side.first[copy] + side.device[index[side.axis]]), slot


def degrees_of(links: Iterable[Link]) -> tuple[list[int], list[int]]:
    """Return the links at each a and at each b, in the order of their numbers."""
    links = list(links)
    sides = (Counter(link.a for link in links), Counter(link.b for link in links))
    a, b = ([count[device] for device in sorted(count)] for count in sides)
    return a, b


def pair_counts(links: Iterable[Link]) -> Counter[tuple[int, int]]:
    """Return how many links join each two devices, whichever way round."""
    return Counter((min(link.a, link.b), max(link.a, link.b)) for link in links)


def slots_have_gaps(links: Iterable[Link], *, same: bool = False) -> bool:
    """Return whether some device takes other slots than 0, 1, 2 ..., each once."""
    taken: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for link in links:
        taken[0, link.a].append(link.a_slot)
        if link.b != OUTSIDE:
            taken[0 if same else 1, link.b].append(link.b_slot)
    return any(sorted(slots) != list(range(len(slots))) for slots in taken.values())


def links_named(plan: Plan, name: str) -> list[Link]:
    """Return all links of a group of a plan, in one row."""
    return links_of(block for made in plan.links if made.name == name for block in made.blocks)


def counts_of(plan: Plan) -> dict[str, int]:
    """Return the links of each group of a plan."""
    total: Counter[str] = Counter()
    for made in plan.links:
        total[made.name] += sum(block.count for block in made.blocks)
    return dict(total)


Node = tuple[str, int]


def graph_of(plan: Plan) -> nx.MultiGraph[Node]:
    """Return a plan as a graph: a node is a role and a number, an edge one link."""
    graph: nx.MultiGraph[Node] = nx.MultiGraph()
    graph.add_nodes_from((role, number) for role, count in plan.switches.items() for number in range(count))
    for made in plan.links:
        far = made.b.role if made.b else ""
        graph.add_edges_from(((made.a.role, row.a), (far, row.b)) for row in links_of(made.blocks))
    return graph


def ports_used(plan: Plan) -> Counter[tuple[str, int, int]]:
    """Return how often each port is taken: role, device and port, where faces say which ports they are."""
    used: Counter[tuple[str, int, int]] = Counter()
    for made in plan.links:
        for row in links_of(made.blocks):
            for face, device, slot in ((made.a, row.a, row.a_slot), (made.b, row.b, row.b_slot)):
                if face and face.ports is not None:
                    used[face.role, device, face.ports[slot]] += 1
    return used


def farthest_ends(plan: Plan) -> int:
    """Return the most links between two ends, by breadth-first search from each."""
    graph = graph_of(plan)
    ends = [node for node in graph if node[0] == ENDS]
    away = (nx.single_source_shortest_path_length(graph, end) for end in ends)
    return max((far[end] for far in away for end in ends), default=0)
