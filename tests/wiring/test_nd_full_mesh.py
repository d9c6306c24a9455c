"""Full meshes of several dimensions against products of complete graphs, and a published rack and pod."""

from __future__ import annotations

from functools import reduce
from math import prod

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.planned import counts, ends_apart, graph_of, planned
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints


# Liao et al., arXiv 2503.20377 (UB-Mesh): a rack is 8 x 8 accelerators, a pod 4 x 4 racks.
@pytest.mark.parametrize(
    ("dims", "ends", "links"), [((8, 8), 64, [224, 224]), ((4, 4, 8, 8), 1024, [1536, 1536, 3584, 3584])]
)
def test_a_published_rack_and_pod(dims: tuple[int, ...], ends: int, links: list[int]) -> None:
    plan = planned("nd_full_mesh", EndPoints.uniform(ends, 20), dims=dims)
    assert plan.switches == {}
    assert list(counts(plan).values()) == links


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.integers(1, 2))
def test_it_is_the_product_of_complete_graphs(dims: list[int], per_pair: int) -> None:
    ports = sum(size - 1 for size in dims) * per_pair
    if not ports:
        return
    plan = planned(
        "nd_full_mesh", EndPoints.uniform(prod(dims), ports), dims=tuple(dims), links_per_pair=per_pair
    )
    graph = graph_of(plan)
    product = reduce(nx.cartesian_product, (nx.complete_graph(size) for size in dims))
    assert graph.number_of_edges() == per_pair * product.number_of_edges()
    assert nx.is_isomorphic(nx.Graph(list(graph.edges())), product)
    assert ends_apart(graph) == plan.diameter


def test_the_bisection_cuts_the_shortest_even_dimension() -> None:
    assert planned("nd_full_mesh", EndPoints.uniform(16, 6), dims=(4, 4)).bisection == 16
    assert planned("nd_full_mesh", EndPoints.uniform(9, 4), dims=(3, 3)).bisection is None


@pytest.mark.parametrize(
    ("ends", "ports", "words"),
    [(63, 14, "63 ends; dims 8 x 8 = 64"), (64, 13, r"7 \+ 7 = 14 ports along 2 dimensions; it has 13")],
)
def test_ends_that_do_not_fit_are_refused(ends: int, ports: int, words: str) -> None:
    with pytest.raises(PatternError, match=words):
        planned("nd_full_mesh", EndPoints.uniform(ends, ports), dims=(8, 8))
