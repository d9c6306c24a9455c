"""Link-disjoint paths are those of the largest flow: random graphs, some nodes of which pass nothing on."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topogen.structure.disjoint_paths import _Graph, _paths_between

NODES = 9


@given(
    st.dictionaries(
        st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)).filter(
            lambda pair: pair[0] < pair[1]
        ),
        st.integers(1, 4),
        min_size=1,
    ),
    st.lists(st.booleans(), min_size=NODES, max_size=NODES),
)
def test_paths_between_two_ends_are_the_largest_flow(
    joined: dict[tuple[int, int], int], forwards: list[bool]
) -> None:
    a, b = (np.array(side) for side in zip(*joined, strict=True))
    graph = _Graph.of(NODES, (a, b, np.array(list(joined.values()))), np.array(forwards))
    whole: nx.Graph[int] = nx.Graph()
    whole.add_nodes_from(range(NODES))
    whole.add_weighted_edges_from(((a, b, links) for (a, b), links in joined.items()), weight="capacity")
    blocked = {node for node in range(NODES) if not forwards[node]}
    for one, other in ((0, 1), (2, 8), (5, 3)):
        ways = nx.restricted_view(whole, blocked - {one, other}, [])
        assert _paths_between(graph, one, other) == nx.maximum_flow_value(ways, one, other)


def test_a_path_may_take_back_what_an_earlier_one_took() -> None:
    a, b = np.array([0, 0, 1, 1, 2, 3, 4]), np.array([1, 2, 3, 4, 4, 5, 5])
    graph = _Graph.of(6, (a, b, np.ones(7, np.int64)), np.ones(6, bool))
    assert _paths_between(graph, 0, 5) == 2
