"""Dragonfly+ against its published size and against what must hold of any of them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wiring.planned import counts, ends_apart, graph_of, planned
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints

KEYS = ("leaves_per_group", "spines_per_group", "hosts_per_leaf", "globals_per_spine")


# Shpiner et al., HiPINEB 2017: the largest of 8-port switches has 272 hosts and 136 switches.
def test_the_published_size_of_eight_ports() -> None:
    plan = planned("dragonfly_plus", None, 8, groups=17, **dict.fromkeys(KEYS, 4))
    assert (plan.ends, plan.switches) == (272, {"leaf": 68, "spine": 68})
    assert counts(plan) == {"hosts": 272, "local": 272, "global": 136}
    assert ends_apart(graph_of(plan)) == plan.diameter == 5


@given(st.integers(2, 7), *(st.integers(1, 4) for _ in KEYS), st.integers(1, 2))
def test_groups_are_joined_evenly_and_no_two_ends_are_more_than_five_links_apart(
    groups: int, leaves: int, spines: int, hosts: int, out: int, per_pair: int
) -> None:
    assume(spines * out >= groups - 1 and groups * spines * out % 2 == 0)
    sizes = dict(zip(KEYS, (leaves, spines, hosts, out), strict=True))
    plan = planned("dragonfly_plus", None, 64, groups=groups, links_per_pair=per_pair, **sizes)
    graph = graph_of(plan)
    degrees = {
        role: {degree for (kind, _), degree in graph.degree if kind == role} for role in ("leaf", "spine")
    }
    assert degrees == {"leaf": {hosts + spines * per_pair}, "spine": {leaves * per_pair + out}}
    between = Counter(
        tuple(sorted((a[1] // spines, b[1] // spines))) for a, b in graph.edges() if a[0] == b[0] == "spine"
    )
    pairs = [between[pair] for pair in combinations(range(groups), 2)]
    assert sum(pairs) == groups * spines * out // 2
    assert max(pairs) - min(pairs) <= 1
    assert min(pairs) >= 1
    assert nx.is_connected(graph)
    assert ends_apart(graph) <= (plan.diameter or 0)


def test_too_few_global_ports_are_refused() -> None:
    with pytest.raises(
        PatternError, match="groups 9 needs 8 global links per group, have 2 x 2 = 4: short by 4"
    ):
        planned("dragonfly_plus", EndPoints.uniform(4), 8, groups=9, **dict.fromkeys(KEYS, 2))
