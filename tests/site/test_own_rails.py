"""Rails with spines and cores of their own: each rail is the fat tree of its endpoints alone."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick, wirable
from topogen.errors import InputError
from topogen.graph.by_link import link_graph
from topogen.naming.rail_numbers import rails_of
from topogen.structure.domain import domain
from topogen.structure.hops import hops
from topogen.structure.separate_rails import SeparateRails, separate_rails

TEXT = """
devices:
  nic: {{role: gpu, ports: {{ib: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{ib: {{count: {radix}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: {rails}}}}},
  su: {{level: su, contains: {{node: {nodes}}}}}}}
instances: {{su: {units}}}
fabrics:
  r: {{network: scale_out, pattern: fat_tree, tiers: {tiers}, ends: nic.ib, rails_by: node, planes: {planes},
       units_by: su, switch: sw{more}}}
"""
PODS = {"rails": 2, "nodes": 4, "units": 8, "radix": 8, "tiers": 3, "ports": 1, "planes": 1, "more": ""}
OWN = ", separate_rails: true"
FORMS = st.fixed_dictionaries(
    {
        "rails": st.integers(1, 4),
        "nodes": st.integers(1, 9),
        "units": st.integers(1, 5),
        "radix": st.sampled_from((4, 8, 12)),
        "tiers": st.integers(2, 4),
        "ports": st.integers(1, 2),
        "planes": st.integers(1, 2),
        "more": st.sampled_from(("", ", even: false", ", core_wiring: full_mesh, tiers: 3")),
    }
)


def shape(graph: nx.MultiGraph[str]) -> tuple[object, ...]:
    """Return what isomorphic graphs have in common: devices, links, and who meets whom how often, hashed."""
    simple: nx.Graph[str] = nx.Graph()
    simple.add_nodes_from(graph)
    for a, b, _ in graph.edges(keys=True):
        links = simple.edges[a, b]["links"] + 1 if simple.has_edge(a, b) else 1
        simple.add_edge(a, b, links=links)
    nx.set_node_attributes(simple, {name: graph.nodes[name]["role"] for name in graph}, "role")
    code = nx.weisfeiler_lehman_graph_hash(simple, edge_attr="links", node_attr="role", iterations=4)
    return graph.number_of_nodes(), graph.number_of_edges(), code


@settings(quick, deadline=None)
@given(FORMS)
def test_each_rail_is_the_fat_tree_of_its_endpoints(form: dict[str, object]) -> None:
    if "tiers" in str(form["more"]):
        form = form | {"tiers": 3, "more": ", core_wiring: full_mesh"}
    form["planes"] = min(int(str(form["planes"])), int(str(form["ports"])))
    with wirable():
        fabric = fabric_of(TEXT.format(**form | {"more": f"{form['more']}{OWN}"}))
        alone = link_graph(fabric_of(TEXT.format(**form | {"rails": 1})))
    graph, rail = link_graph(fabric), rails_of(fabric)
    of = {name: int(rail[graph.nodes[name]["device"]]) for name in graph}
    for one in range(int(str(form["rails"]))):
        assert shape(graph.subgraph(name for name in graph if of[name] == one)) == shape(alone)
    assert all(of[a] == of[b] >= 0 for a, b, _ in graph.edges(keys=True))


@settings(quick, deadline=None)
@given(FORMS)
def test_the_diameter_is_that_of_endpoints_that_reach_each_other(form: dict[str, object]) -> None:
    form = form | {"more": OWN, "ports": 1, "planes": 1}
    with wirable():
        fabric = fabric_of(TEXT.format(**form))
    stated = fabric.made["r"].diameter
    if int(str(form["nodes"])) * int(str(form["units"])) > 1 and stated is not None:
        assert hops(domain(fabric, "r")).most == stated


def test_pods_of_two_rails() -> None:
    shared, own = (fabric_of(TEXT.format(**PODS | {"more": more})) for more in ("", OWN))
    assert separate_rails(shared) == ()
    assert separate_rails(own) == (SeparateRails("r", 2, 2),)
    counts = {group.role: group.count for group in own.groups if group.role}
    assert counts == {"r/leaf": 16, "r/spine": 16, "r/core": 8}


def test_leaves_of_a_rail_that_no_pod_holds_whole() -> None:
    """Six leaves per rail and unit, of which a spine joins four: pods begin in the middle of a unit."""
    form = PODS | {"rails": 2, "nodes": 12, "units": 2, "radix": 4, "tiers": 4, "more": OWN}
    fabric = fabric_of(TEXT.format(**form))
    rail, a_b = rails_of(fabric), domain(fabric, "r")
    assert np.array_equal(rail[a_b.a], rail[a_b.b])
    assert len(separate_rails(fabric)) == 1


@pytest.mark.parametrize(
    ("key", "stated"), [("spines", 16), ("spines", "auto"), ("cores", 8), ("cores", "auto")]
)
def test_stated_numbers_are_of_all_rails(key: str, stated: object) -> None:
    fabric = fabric_of(TEXT.format(**PODS | {"more": f"{OWN}, {key}: {stated}"}))
    assert {group.role: group.count for group in fabric.groups}["r/spine"] == 16


@pytest.mark.parametrize(
    ("more", "code", "hint"),
    [
        (", spines: 15", "E757", "a multiple of 2"),
        (", spines: 2", "E204", "leave spines out"),
        (", tiers: 2, spines: 8, cores: 4", "E751", "tiers: 3"),
    ],
)
def test_wrong_numbers_are_refused(more: str, code: str, hint: str) -> None:
    form = PODS | ({"tiers": 2} if "tiers" in more else {})
    with pytest.raises(InputError) as refused:
        fabric_of(TEXT.format(**form | {"more": OWN + more.replace(", tiers: 2", "")}))
    assert refused.value.problems[0].code == code
    assert hint in refused.value.problems[0].hint
