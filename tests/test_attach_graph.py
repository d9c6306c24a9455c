"""An attachment in graphs and pictures: an edge of its own kind on request, and never a link."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from tests.structure.test_end_to_end import text as rail_only
from tests.structure.test_shared_nics import text as shared
from topogen.draw.group import draw_groups
from topogen.graph.by_group import group_graph
from topogen.graph.by_link import link_graph
from topogen.graph.formats import GRAPH_FORMATS
from topogen.graph.plain import plain_graph
from topogen.takeoff.roll_up import roll_up

ATTACH = "attach: {nic: gpu}\n"


@settings(quick, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_no_total_changes_with_attach(nics: int, share: int, nodes: int, nvlink: bool) -> None:  # noqa: FBT001 - drawn
    form = shared(nics, share, nodes, nvlink=nvlink)
    with wirable():
        one, other = fabric_of(form), fabric_of(form.replace(ATTACH, ""))
    assert one.n_links == other.n_links
    assert roll_up(one).totals == roll_up(other).totals
    assert roll_up(one).quantities == roll_up(other).quantities
    assert link_graph(one).edges(keys=True) == link_graph(other).edges(keys=True)
    assert group_graph(one).edges(keys=True) == group_graph(other).edges(keys=True)


def test_an_edge_of_its_own_kind_joins_a_nic_and_its_gpus() -> None:
    fabric = fabric_of(shared(2, 2, 2))
    graph, plain = link_graph(fabric, attached=True), link_graph(fabric)
    own = [(a, b) for a, b, key in graph.edges(keys=True) if key == "attach"]
    assert len(own) == 8
    assert graph.number_of_edges() == plain.number_of_edges() + 8
    assert all(graph.edges[a, b, "attach"] == {"kind": "attach"} for a, b in own)
    assert graph.has_edge("node0/nic1", "node0/gpu2")


@pytest.mark.parametrize("form", sorted(GRAPH_FORMATS))
def test_formats_hold_it(form: str) -> None:
    fabric = fabric_of(shared(2, 2, 2))
    assert b"attach" in GRAPH_FORMATS[form](plain_graph(link_graph(fabric, attached=True)))


def test_the_group_picture_joins_them() -> None:
    fabric = fabric_of(rail_only("rail-only", 2, 1, 2))
    (line,) = [
        edge for edge in draw_groups(fabric, roll_up(fabric)).edges if edge.tip == "nic attached to gpu"
    ]
    assert {line.tail, line.head} == {"gpu", "nic"}
