"""Slim flies against published sizes and against what must hold of any of them."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.planned import counts, ends_apart, graph_of, planned, routers_of
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints, Faces


@pytest.mark.parametrize("q", [3, 4, 5, 7, 8, 9, 11, 13, 16, 17])
def test_a_slim_fly_is_regular_and_any_two_routers_are_two_links_apart(q: int) -> None:
    plan = planned("slim_fly", EndPoints.uniform(1), 64, q=q)
    routers = routers_of(plan)
    offset = {0: 0, 1: 1, 3: -1}[q % 4]
    assert len(routers) == plan.switches["router"] == 2 * q * q
    assert {degree for _, degree in routers.degree} == {(3 * q - offset) // 2}
    assert nx.diameter(routers) == 2


# q = 5: Hoffman and Singleton, IBM Journal, 1960: the only graph of 50 vertices, degree 7 and girth 5.
def test_the_slim_fly_of_5_is_the_hoffman_singleton_graph() -> None:
    routers = routers_of(planned("slim_fly", EndPoints.uniform(1), 64, q=5))
    assert nx.is_isomorphic(routers, nx.hoffman_singleton_graph())


# Besta, Hoefler, SC14: the design they study, 10,830 ends on 722 routers of 44 ports, 29 of them to routers.
# Besta et al., NSDI 2024 ("A High-Performance Design, Implementation, Deployment, and Evaluation of The Slim
# Fly Network"): the installed one, 200 ends on 50 routers of 36 ports, degree 7. Both from memory.
@pytest.mark.parametrize(
    ("q", "ports", "ends", "routers", "links"), [(19, 44, 10830, 722, 10469), (5, 36, 200, 50, 175)]
)
def test_published_sizes(q: int, ports: int, ends: int, routers: int, links: int) -> None:
    plan = planned("slim_fly", None, ports, q=q)
    assert (plan.ends, plan.switches) == (ends, {"router": routers})
    assert counts(plan) == {"hosts": ends, "fabric": links}


@given(st.integers(1, 90), st.integers(1, 2), st.sampled_from([3, 4, 5]))
def test_ends_are_dealt_evenly(count: int, ports: int, q: int) -> None:
    plan = planned("slim_fly", EndPoints.uniform(count, ports), 64, q=q)
    graph = graph_of(plan)
    shares = [sum(1 for end in graph[("router", router)] if end[0] == "ends") for router in range(2 * q * q)]
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1
    assert all(graph.degree(("ends", end)) == ports for end in range(count))
    if plan.diameter is not None:
        assert ends_apart(graph) == plan.diameter == 4


def test_routers_without_an_end_are_named() -> None:
    plan = planned("slim_fly", EndPoints.uniform(10), q=3)
    assert plan.notes == (("W212", "8 of 18 routers have no end", "fewer routers do, or more ends"),)
    assert plan.diameter is None


@pytest.mark.parametrize(
    ("q", "message", "hint"),
    [
        (
            15,
            (
                "q = 15 is no prime power above 2: 2 x 15^2 = 450 routers of degree 23 with 12 links to "
                "ends each can be counted, but there is no wiring for them"
            ),
            "nearest q that can be wired: 13 or 16",
        ),
        (
            6,
            (
                "q = 6 is no prime power above 2: 2 x 6^2 = 72 routers can be counted, "
                "but there is no wiring for them"
            ),
            "nearest q that can be wired: 5 or 7",
        ),
        (
            2,
            (
                "q = 2 is no prime power above 2: 2 x 2^2 = 8 routers can be counted, "
                "but there is no wiring for them"
            ),
            "nearest q that can be wired: 3",
        ),
        (
            10**9 + 1,
            (
                "q = 1000000001 is no prime power above 2: 2 x 1000000001^2 = 2,000,000,004,000,000,002 "
                "routers of degree 1500000001 with 750000001 links to ends each can be counted, "
                "but there is no wiring for them"
            ),
            "nearest q that can be wired: 999999937 or 1000000007",
        ),
    ],
)
def test_a_q_that_is_no_prime_power_is_counted_and_refused(q: int, message: str, hint: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned("slim_fly", None, q=q)
    assert (refused.value.message, refused.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("ends", "faces", "message", "hint"),
    [
        (
            EndPoints.uniform(800),
            Faces("box", 20),
            "a router of 16 links to ends and 7 to routers needs 23 ports; box has 20",
            "switches with more ports, or at most 650 ends",
        ),
        (
            EndPoints.uniform(800, 2),
            Faces("box", 20, 12, 8),
            "a router of 16 x 2 links to ends and 7 to routers needs 39 ports; box has 12 down and 8 up",
            "switches with more ports, or at most 300 ends",
        ),
        (
            None,
            Faces("box", 10),
            "a router of 4 links to ends and 7 to routers needs 11 ports; box has 10",
            "switches with more ports",
        ),
    ],
)
def test_a_router_has_to_hold_its_links(
    ends: EndPoints | None, faces: Faces, message: str, hint: str
) -> None:
    with pytest.raises(PatternError) as refused:
        planned("slim_fly", ends, faces, q=5)
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_more_links_than_are_listed_one_by_one_are_refused() -> None:
    with pytest.raises(PatternError) as refused:
        planned("slim_fly", EndPoints.uniform(1), 1000, q=499)
    assert refused.value.code == "E702"
    assert refused.value.message == "498,002 routers x 749 / 2 = 186,501,749 links between routers"
