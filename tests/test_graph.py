"""The three graphs count what the model counts."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.helpers_graph import plain_link_graph
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.errors import InputError, LimitError
from topogen.graph.by_group import group_graph
from topogen.graph.by_link import link_graph
from topogen.graph.by_place import contracted_graph
from topogen.graph.contract import contract, islands
from topogen.graph.cost import link_graph_cost
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from topogen.graph.edges import Attributes, Graph
    from topogen.model.fabric import Fabric

    Edges = dict[tuple[int, frozenset[str]], Attributes]

SYSTEMS = [
    ("gb200-nvl72", None),
    ("q3450-cpo-switch", None),
    ("gb300-nvl72-row", None),
    ("gb300-nvl72-row", "cpo"),
    ("rubin-ultra-cpo-648", None),
    ("rubin-ultra-cpo-648", "els-1-per-engine"),
    ("rubin-ultra-cpo-648", "canister-mesh"),
]
every_system = pytest.mark.parametrize(("name", "scenario"), SYSTEMS)


def links_of(fabric: Fabric) -> Counter[str]:
    """Return the number of links by link group."""
    return Counter({group.name: group.count for group in fabric.links})


def contracted_links(graph: Graph) -> Counter[str]:
    """Return the links on the edges and inside the nodes, by link group."""
    found: Counter[str] = Counter()
    for _, _, edge in graph.edges(data=True):
        found[edge["link_group"]] += edge["links"]
    for _, node in graph.nodes(data=True):
        found.update(node["inside"])
    return found


def check_counts(fabric: Fabric) -> None:
    """Assert that all graphs have the links and devices of the fabric."""
    graph = link_graph(fabric)
    assert graph.number_of_edges() == fabric.n_links
    assert Counter(edge["link_group"] for _, _, edge in graph.edges(data=True)) == links_of(fabric)
    assert graph.number_of_nodes() == fabric.n_devices + sum(not group.has_b for group in fabric.links)
    groups = group_graph(fabric)
    assert sum(node["count"] for _, node in groups.nodes(data=True)) == fabric.n_devices
    for by in {place.level for place in fabric.places} | {"device"}:
        assert contracted_links(contracted_graph(fabric, by)) == links_of(fabric)
    by_group: Counter[str] = Counter()
    for _, _, edge in groups.edges(data=True):
        by_group[edge["link_group"]] += edge["links"]
        assert sum(edge["lengths_mm"].values()) == edge["links"]
    assert by_group == links_of(fabric)


def check_parts(fabric: Fabric) -> None:
    """Assert that what links own sums to the take-off, and that every other part is named at an end."""
    owned: Counter[str] = Counter()
    named: set[str] = set()
    for _, _, edge in link_graph(fabric).edges(data=True):
        owned.update(edge["parts"])
        for lines in (*edge["ends"], *edge["pools"]):
            named.update(lines.values())
    rows = [row for row in take_off(fabric) if row.cost_scope == "interconnect" and row.part and row.qty]
    expected: Counter[str] = Counter()
    for row in rows:
        if row.per in ("link", "lane"):
            expected[row.part or ""] += row.qty
    assert +owned == +expected
    assert {row.part for row in rows if row.per in ("pool", "device")} <= named


@every_system
def test_counts_of_the_systems(name: str, scenario: str | None) -> None:
    fabric = shipped_fabric(name, scenario)
    check_counts(fabric)
    check_parts(fabric)


@given(odd_fabrics())
@quick
def test_counts_of_odd_fabrics(odd: Odd) -> None:
    check_counts(odd.fabric)
    check_parts(odd.fabric)


@given(odd_fabrics())
@quick
def test_contracting_by_place_equals_contracting_the_link_graph(odd: Odd) -> None:
    graph = contracted_graph(odd.fabric)
    trays = [name for name, node in graph.nodes(data=True) if node["level"] == "tray"]
    end_of = {device: _place_of(device, trays) for device in link_graph(odd.fabric)}
    end_of |= {f"outside: {group.name}": f"outside: {group.outside}" for group in odd.fabric.links}
    expected = Counter(
        (edge["link_group"], frozenset((end_of[a], end_of[b])))
        for a, b, edge in link_graph(odd.fabric).edges(data=True)
    )
    found: Counter[tuple[str, frozenset[str]]] = Counter()
    for a, b, edge in graph.edges(data=True):
        found[edge["link_group"], frozenset((a, b))] += edge["links"]
    for name, node in graph.nodes(data=True):
        found.update({(group, frozenset((name,))): links for group, links in node["inside"].items()})
    assert found == expected


def _place_of(device: str, places: list[str]) -> str:
    return next((place for place in places if device.startswith(f"{place}/")), device)


def test_trays_of_an_nvl72() -> None:
    graph = contracted_graph(shipped_fabric("gb200-nvl72"), by="tray")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (27, 162)
    tray = graph.nodes["r1/compute_tray0"]
    assert tray["devices"] == {"gpu": 4, "cpu": 2, "nic": 4}
    assert tray["inside"] == {"c2c": 4}
    edge = graph.edges["r1/compute_tray0", "r1/switch_tray8", "nvl"]
    assert (edge["links"], edge["rate_gbps"], edge["medium"]) == (8, 400.0, "nvlink_backplane")


def test_mixed_ends_say_which_is_which() -> None:
    graph = contracted_graph(shipped_fabric("gb300-nvl72-row", "cpo"), by="rack")
    edge = graph.edges["r1", "net1", "compute/hosts"]
    assert (edge["a"], edge["media"], edge["medium"]) == ("r1", ("dr", "cpo_siph_1t6"), "dr/cpo_siph_1t6")


def test_far_ends_outside_are_one_node_a_label() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    graph = contracted_graph(fabric, by="canister")
    assert [name for name, node in graph.nodes(data=True) if node["role"] == "outside"] == [
        "outside: peer racks",
        "outside: leaf",
    ]
    assert graph.edges["r1/canister2", "outside: peer racks", "peers"]["links"] == 1296


def test_canisters_are_islands_unless_meshed() -> None:
    contraction = contract(shipped_fabric("rubin-ultra-cpo-648"), "tray")
    assert islands(contraction).max() + 1 == 4
    meshed = contract(shipped_fabric("rubin-ultra-cpo-648", "canister-mesh"), "tray")
    assert islands(meshed).max() + 1 == 1


def test_a_link_knows_its_length_its_cable_and_its_parts() -> None:
    graph = link_graph(shipped_fabric("gb300-nvl72-row", "cpo"))
    hosts = [edge for _, _, edge in graph.edges(data=True) if edge["link_group"] == "compute/hosts"]
    edge = hosts[0]
    assert edge["parts"] == {"mpo12_cord": 1}
    assert edge["ends"] == ({"module": "osfp_800g_dr4"}, {})
    assert edge["pools"][0] == {}
    assert edge["pools"][1]["engine"] == "engine_1t6"
    assert 4 < edge["length_m"] < 10
    assert graph.graph["cables"]["compute/hosts"].tolist() == list(range(288))


def test_two_links_of_a_cable_own_it_once() -> None:
    graph = link_graph(shipped_fabric("rubin-ultra-cpo-648"))
    peers = [edge for _, _, edge in graph.edges(data=True) if edge["link_group"] == "peers"]
    assert [edge["parts"] for edge in peers[:4]] == [{"mpo12_cord": 1}, {}, {"mpo12_cord": 1}, {}]
    assert graph.graph["cables"]["peers"][:4].tolist() == [0, 0, 1, 1]


def test_an_unknown_level_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r'no template has the level "trai"\n.*did you mean "tray"\?'):
        contracted_graph(shipped_fabric("gb200-nvl72"), by="trai")


def test_too_many_links_are_refused_before_building() -> None:
    fabric = fabric_of(
        "devices: {gpu: {role: gpu, ports: {n: {count: 60, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 100000}\n"
        "links: {out: {network: scale_out, a: gpu.n, pattern: external, to: beyond}}\n"
    )
    with pytest.raises(LimitError) as refused:
        link_graph(fabric)
    assert str(refused.value) == (
        "E703: a link graph of small would have 6,000,000 edges, about 2.2 GB and 12 s; "
        "the limit is 2,000,000\n"
        "    hint: group_graph and contracted_graph hold the same counts at any size; to_igraph (1.3 GB), "
        "to_rustworkx (331 MB), to_sparse (331 MB) hold every link in less; or pass a higher limit"
    )


def test_a_refusal_names_a_part_that_can_be_built_alone() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    with pytest.raises(LimitError, match=r'only=\["r1"\] builds one rack;'):
        link_graph(fabric, limit=2_000)
    assert link_graph(fabric, only=["r1"], limit=2_000).number_of_edges() == 1_296 + 72 + 72
    with pytest.raises(LimitError, match=r"would have 2,880 edges"):
        link_graph(fabric, only=["r[1-2]"], limit=2_000)


def edges_of(graph: Graph) -> Edges:
    """Return the attributes of each edge by its key and its ends, without what only the plain one has."""
    return {
        (key, frozenset((a, b))): {name: one for name, one in edge.items() if name not in ("a", "cable")}
        for a, b, key, edge in graph.edges(keys=True, data=True)
    }


def check_against_plain(fabric: Fabric) -> None:
    """Assert that the link graph is the one that ``add_edges_from`` makes, and knows a ends and cables."""
    graph, plain = link_graph(fabric), plain_link_graph(fabric)
    assert list(graph.nodes(data=True)) == list(plain.nodes(data=True))
    assert edges_of(graph) == edges_of(plain)
    assert {node: list(row) for node, row in graph.adj.items()} == {
        node: list(row) for node, row in plain.adj.items()
    }
    for near, far, key, own in plain.edges(keys=True, data=True):
        edge = graph.edges[near, far, key]
        ends = sorted((near, far), key=lambda node: graph.nodes[node]["device"])
        assert own["a"] == ends[0 if edge["a_is_lower"] else -1]
        assert own["cable"] == graph.graph["cables"][edge["link_group"]][key - edge["first"]]


@every_system
def test_the_link_graph_is_that_of_add_edges_from(name: str, scenario: str | None) -> None:
    check_against_plain(shipped_fabric(name, scenario))


@given(odd_fabrics())
@quick
def test_the_link_graph_of_an_odd_fabric_is_that_of_add_edges_from(odd: Odd) -> None:
    check_against_plain(odd.fabric)


def test_the_link_graph_can_be_added_to_and_taken_from() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    graph, plain = link_graph(fabric), plain_link_graph(fabric)
    for one in (graph, plain):
        near, far, key = next(iter(one.edges(keys=True)))
        one.add_edge(near, far, rate_gbps=1)
        one.remove_edge(near, far, key)
        one.remove_node(far)
    assert edges_of(graph) == edges_of(plain)


def test_links_alike_share_their_attributes() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    edges = [edge for _, _, edge in link_graph(fabric).edges(data=True)]
    assert len({id(edge) for edge in edges}) <= 4 * len(fabric.links) < len(edges)


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was(*, on: bool) -> None:
    fabric = shipped_fabric("gb200-nvl72")
    try:
        (gc.enable if on else gc.disable)()
        link_graph(fabric)
        assert gc.isenabled() is on
    finally:
        gc.enable()


def check_part(fabric: Fabric, only: str) -> Graph:
    """Assert that a part is the whole graph without what does not touch the picked devices."""
    part, whole = link_graph(fabric, only=[only]), link_graph(fabric)
    picked = {node for node in part if node == only or node.startswith(f"{only}/")}
    assert picked == {node for node in whole if node == only or node.startswith(f"{only}/")}
    touched = {key: edge for key, edge in edges_of(whole).items() if key[1] & picked}
    assert edges_of(part) == touched
    joined = picked.union(*(ends for _, ends in touched))
    assert {node: part.nodes[node] for node in part} == {node: whole.nodes[node] for node in joined}
    return part


@pytest.mark.parametrize(
    ("name", "only"),
    [
        ("gb300-nvl72-row", "r3"),
        ("gb300-nvl72-row", "compute/leaf0"),
        ("rubin-ultra-cpo-648", "r1/canister2"),
        ("rubin-ultra-cpo-648", "r1"),
    ],
)
def test_a_part_is_built_alone(name: str, only: str) -> None:
    assert check_part(shipped_fabric(name), only).number_of_edges() > 0


def test_what_is_not_there_cannot_be_picked() -> None:
    with pytest.raises(InputError, match=r'E203.*"r77" matches nothing'):
        link_graph(shipped_fabric("gb200-nvl72"), only=["r77"])


def test_the_cost_is_stated_beforehand() -> None:
    cost = link_graph_cost(shipped_fabric("gb200-nvl72"))
    assert (cost.devices, cost.links) == (198, 1368)
    assert cost.bytes == 198 * 450 + 1368 * 360


def test_one_selector_may_be_a_text() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    one, many = (link_graph(fabric, only=only) for only in ("r1", ["r1"]))
    assert set(one) == set(many)
    assert sorted(one.edges(keys=True)) == sorted(many.edges(keys=True))
    assert 0 < len(one) < fabric.n_devices
