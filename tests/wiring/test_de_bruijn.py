"""De Bruijn networks against a graph made from digits, and against their counts."""

from __future__ import annotations

from itertools import product

import networkx as nx
import pytest

from tests.wiring.planned import counts, ends_apart, graph_of, planned, routers_of
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints

SIZES = [(2, 1), (2, 2), (2, 3), (2, 6), (3, 1), (3, 2), (3, 3), (4, 2), (4, 4), (5, 3)]


@pytest.mark.parametrize(("base", "digits"), SIZES)
def test_a_router_meets_what_its_shifted_number_names(base: int, digits: int) -> None:
    words = list(product(range(base), repeat=digits))
    number = {word: place for place, word in enumerate(words)}
    graph = nx.Graph((number[word], number[(*word[1:], last)]) for word in words for last in range(base))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    routers = routers_of(planned("de_bruijn", EndPoints.uniform(1), 64, base=base, digits=digits))
    assert nx.utils.graphs_equal(graph, nx.Graph(routers))
    assert nx.diameter(routers) == digits


@pytest.mark.parametrize(("base", "digits"), SIZES)
def test_links_are_those_of_the_formula(base: int, digits: int) -> None:
    plan = planned("de_bruijn", EndPoints.uniform(1), 64, base=base, digits=digits)
    loops, pairs = base, base * (base - 1) // 2
    expected = pairs if digits == 1 else base ** (digits + 1) - loops - pairs
    assert counts(plan)["fabric"] == expected


@pytest.mark.parametrize(("base", "digits"), SIZES)
def test_a_router_has_ports_for_its_routers_and_no_more(base: int, digits: int) -> None:
    plan = planned("de_bruijn", EndPoints.uniform(1), 64, base=base, digits=digits)
    (fabric,) = (made for made in plan.links if made.name == "fabric")
    assert fabric.a.ports is not None
    assert len(fabric.a.ports) == max(degree for _, degree in routers_of(plan).degree)


def test_two_ends_are_two_links_farther_apart_than_their_routers() -> None:
    plan = planned("de_bruijn", None, 6, base=2, digits=4)
    assert (plan.ends, plan.diameter) == (32, 6)
    assert ends_apart(graph_of(plan)) == 6


def test_base_one_is_refused() -> None:
    with pytest.raises(PatternError, match="base 1 makes a single router"):
        planned("de_bruijn", None, base=1, digits=4)
