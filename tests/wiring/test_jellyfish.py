"""Jellyfishes: random, but regular, connected and the same each time."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wiring.planned import counts, graph_of, planned, routers_of
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints, Faces


@given(st.integers(2, 40), st.integers(1, 12), st.integers(0, 9), st.integers(1, 80))
def test_a_jellyfish_is_regular_simple_and_connected(
    switches: int, degree: int, seed: int, ends: int
) -> None:
    assume(degree < switches and switches * degree % 2 == 0 and (degree > 1 or switches == 2))
    plan = planned("jellyfish", EndPoints.uniform(ends), 128, switches=switches, degree=degree, seed=seed)
    assert graph_of(plan).number_of_edges() == ends + switches * degree // 2
    routers = routers_of(plan)
    assert {links for _, links in routers.degree} == {degree}
    assert nx.is_connected(routers)


def test_a_seed_makes_one_graph() -> None:
    one, same, other = (
        graph_of(planned("jellyfish", None, 12, switches=30, degree=6, seed=seed)) for seed in (4, 4, 5)
    )
    assert nx.utils.graphs_equal(one, same)
    assert not nx.utils.graphs_equal(one, other)


# Singla et al., NSDI 2012, section 4: RRG(N, k, r) holds N (k - r) servers; a fat tree of k-port switches has
# 5 k^2 / 4 of them and k^3 / 4 servers. Here the equipment of the tree of k = 14 with r = 10.
def test_servers_and_links_of_the_paper() -> None:
    plan = planned("jellyfish", None, 14, switches=245, degree=10, seed=0)
    assert plan.ends == 245 * (14 - 10) == 980 > 14**3 // 4
    assert counts(plan) == {"hosts": 980, "fabric": 245 * 10 // 2}


def test_of_a_full_mesh_the_diameter_is_known() -> None:
    assert planned("jellyfish", None, 8, switches=6, degree=5, seed=1).diameter == 3
    assert planned("jellyfish", None, 8, switches=6, degree=4, seed=1).diameter is None


def test_created_ends_take_the_ports_that_face_down() -> None:
    plan = planned("jellyfish", None, Faces("box", 16, 6, 10), switches=20, degree=8, seed=1, created_ports=2)
    assert (plan.ends, counts(plan)) == (60, {"hosts": 120, "fabric": 80})


@pytest.mark.parametrize(
    ("sizes", "message", "hint"),
    [
        (
            (9, 3),
            "9 switches x degree 3 = 27, odd: a link has two ends",
            "an even degree, or an even number of switches",
        ),
        ((8, 8), "degree 8 among 8 switches: each has only 7 others", "degree: at most 7"),
        ((8, 1), "8 switches of degree 1 are 4 pairs that nothing joins", "degree: at least 2"),
        (
            (20, 12),
            "a router of 1 links to ends and 12 to routers needs 13 ports; box has 12",
            "switches with more ports",
        ),
    ],
)
def test_what_is_no_graph_is_refused(sizes: tuple[int, int], message: str, hint: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned("jellyfish", None, 12, switches=sizes[0], degree=sizes[1], seed=7)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_the_next_seed_is_tried_where_a_graph_falls_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: dict[str, Any] = {"switches": 40, "degree": 2, "seed": 3}
    assert nx.is_connected(routers_of(planned("jellyfish", None, 3, **keys)))
    monkeypatch.setattr(import_module("topogen.wiring.jellyfish"), "TRIES", 1)
    with pytest.raises(PatternError) as refused:
        planned("jellyfish", None, 3, **keys)
    assert refused.value.message == "no connected graph of 40 switches of degree 2 with seeds 3 to 3"
    assert refused.value.hint == "a higher degree"
