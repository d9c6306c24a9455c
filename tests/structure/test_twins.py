"""Twins stand for each other: hops and parts are those of a search from every end, link by link."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from topogen.structure.connectivity import connectivity
from topogen.structure.domain import Domain
from topogen.structure.hops import hops
from topogen.structure.twins import twins

if TYPE_CHECKING:
    import pytest

NODES = 9


@st.composite
def domains(draw: st.DrawFn) -> Domain:
    """Return a few devices joined at random, links doubled and to themselves too, some of them copied."""
    place = st.integers(0, NODES - 1)
    links = draw(st.lists(st.tuples(place, place), min_size=1, max_size=14))
    copies = draw(st.lists(st.tuples(place, st.integers(1, 3)), max_size=2))
    size = NODES
    for of, count in copies:
        for _ in range(count):
            links += [(size, b if a == of else a) for a, b in links if (a == of) != (b == of)]
            size += 1
    a, b = np.array(links, np.int64).T
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    is_end, passing = np.array(draw(flags)), np.array(draw(flags))
    rate = np.array(draw(st.lists(st.sampled_from([1, 5]), min_size=len(a), max_size=len(a))), np.int64)
    return Domain("net", a, b, rate, is_end, (), passing=passing)


@settings(deadline=None, max_examples=200)
@given(one=domains())
def test_hops_and_parts_are_those_of_every_node(one: Domain) -> None:
    graph = nx.Graph(zip(one.a.tolist(), one.b.tolist(), strict=True))
    ends = one.ends.tolist()
    found: Counter[int] = Counter()
    for source in ends:
        ways = nx.DiGraph((a, b) for a, b in graph.to_directed().edges if one.forwards[a] or a == source)
        ways.add_nodes_from(graph)
        lengths = nx.single_source_shortest_path_length(ways, source)
        found.update(lengths[end] for end in ends if end != source and end in lengths)
    assert hops(one).pairs == dict(sorted(found.items()))
    parts = sorted(len(part) for part in nx.connected_components(graph))
    assert (connectivity(one).parts, connectivity(one).largest) == (len(parts), parts[-1])


@settings(deadline=None, max_examples=100)
@given(one=domains())
def test_pairs_are_counted_once_with_all_their_links(one: Domain) -> None:
    links: Counter[tuple[int, int]] = Counter()
    rates: Counter[tuple[int, int]] = Counter()
    for a, b, rate in zip(one.a.tolist(), one.b.tolist(), one.rate.tolist(), strict=True):
        pair = min(a, b), max(a, b)
        links[pair] += 1
        rates[pair] += rate
    near, far, rate = one.capacity
    pairs = list(zip(one.nodes[near].tolist(), one.nodes[far].tolist(), strict=True))
    assert pairs == sorted(links)
    assert rate.tolist() == [rates[pair] for pair in pairs]
    assert one.links_between[2].tolist() == [links[pair] for pair in pairs]


def test_nodes_that_only_weigh_the_same_are_no_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Same:
        def integers(self, *_: object) -> np.ndarray:
            return np.ones(6, np.uint64)

    a, b = np.array([0, 1, 2]), np.array([3, 4, 3])
    one = Domain("net", a, b, np.ones(3, np.int64), np.array([True] * 3 + [False] * 2), ())
    assert twins(one).tolist() == [0, 1, 0, 3, 4]
    monkeypatch.setattr(np.random, "default_rng", lambda _: Same())
    assert twins(one).tolist() == [0, 1, 0, 3, 4]
