"""One big switch: as many links as its ends bring."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.planned import counts, ends_apart, graph_of, least_cut, planned
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints, Faces


@given(st.integers(2, 12).filter(lambda count: count % 2 == 0), st.integers(1, 4))
def test_every_end_is_two_links_from_every_other(count: int, ports: int) -> None:
    plan = planned("one_big_switch", EndPoints.uniform(count, ports), 48)
    graph = graph_of(plan)
    assert plan.switches == {"router": 1}
    assert counts(plan) == {"hosts": count * ports}
    assert ends_apart(graph) == plan.diameter == 2
    assert least_cut(graph) == plan.bisection == count * ports // 2


def test_ends_are_created_for_all_ports() -> None:
    assert planned("one_big_switch", None, 64, created_ports=3).ends == 21
    assert planned("one_big_switch", None, Faces("box", 64, 48, 16)).ends == 48


@pytest.mark.parametrize(
    ("ends", "ports", "message"),
    [
        (EndPoints.uniform(72, 18), 1, "72 ends x 18 ports = 1,296 links on one switch; box has 144 ports"),
        (None, 145, "an end of 145 ports on one switch; box has 144 ports"),
    ],
)
def test_a_switch_too_small_is_refused(ends: EndPoints | None, ports: int, message: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned("one_big_switch", ends, 144, created_ports=ports)
    assert refused.value.message == message
    assert refused.value.hint == "a switch with more ports, or another pattern, such as fat_tree"
