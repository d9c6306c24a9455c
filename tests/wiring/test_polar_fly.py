"""PolarFly against its published sizes and against what must hold of any of them."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest

from tests.wiring.planned import counts, ends_apart, graph_of, planned, routers_of
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9, 11, 13, 16])
def test_any_two_routers_are_two_links_apart_and_quadrics_have_one_link_fewer(q: int) -> None:
    routers = routers_of(planned("polar_fly", EndPoints.uniform(1), 64, q=q))
    assert Counter(degree for _, degree in routers.degree) == {q + 1: q * q, q: q + 1}
    assert nx.number_of_selfloops(routers) == 0
    assert nx.diameter(routers) == 2


@pytest.mark.parametrize("q", [3, 5, 7, 11])
def test_a_prime_polar_fly_is_the_polarity_graph(q: int) -> None:
    """Built anew from vectors and their products, without a table of the field."""
    points = [(1, y, z) for y in range(q) for z in range(q)] + [(0, 1, z) for z in range(q)] + [(0, 0, 1)]
    graph = nx.Graph(
        (a, b)
        for a in points
        for b in points
        if a < b and sum(x * y for x, y in zip(a, b, strict=True)) % q == 0
    )
    routers = nx.Graph(routers_of(planned("polar_fly", EndPoints.uniform(1), 64, q=q)))
    assert nx.utils.graphs_equal(nx.relabel_nodes(graph, {one: n for n, one in enumerate(points)}), routers)


# Lakhotia et al., SC22: q^2 + q + 1 routers, q (q + 1)^2 / 2 links; q = 31 on 32-port routers has 993.
@pytest.mark.parametrize(("q", "links"), [(2, 9), (3, 24), (5, 90), (7, 224), (11, 792), (31, 15872)])
def test_published_sizes(q: int, links: int) -> None:
    plan = planned("polar_fly", EndPoints.uniform(1), 64, q=q)
    assert plan.switches == {"router": q * q + q + 1}
    assert counts(plan)["fabric"] == links


def test_two_ends_are_at_most_four_links_apart() -> None:
    plan = planned("polar_fly", None, 6, q=3)
    assert (plan.ends, plan.diameter) == (26, 4)
    assert ends_apart(graph_of(plan)) == 4


@pytest.mark.parametrize(("q", "near"), [(1, "2"), (6, "5 or 7"), (10, "9 or 11")])
def test_a_size_without_a_field_is_refused_with_the_nearest(q: int, near: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned("polar_fly", None, 64, q=q)
    assert (refused.value.code, refused.value.hint) == ("E204", f"nearest q that can be wired: {near}")
