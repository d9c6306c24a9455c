"""What other graph libraries are given is the link graph: the same links, under the same numbers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.errors import InputError, LimitError
from topogen.graph import library
from topogen.graph.by_link import link_graph
from topogen.graph.cost import FORMS, link_graph_cost
from topogen.graph.link_table import ATTRIBUTES
from topogen.graph.to_igraph import to_igraph
from topogen.graph.to_rustworkx import to_rustworkx
from topogen.graph.to_sparse import to_sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from topogen.model.fabric import Fabric

    Ends = frozenset[int | str]
    Edges = dict[int, tuple[Ends, Mapping[str, Any]]]

ALL: list[Callable[..., Any]] = [to_sparse, to_rustworkx, to_igraph]
SYSTEMS: list[tuple[str, str | None, list[str]]] = [
    ("gb200-nvl72", None, []),
    ("gb300-nvl72-row", "cpo", []),
    ("gb300-nvl72-row", "cpo", ["r3"]),
    ("gb300-nvl72-row", None, ["compute/leaf0", "r1"]),
    ("rubin-ultra-cpo-648", None, []),
    ("rubin-ultra-cpo-648", None, ["r1/canister2"]),
    ("hybrid-copper-cpo", None, []),
    ("tpu-v4-ocs", None, ["cube[0-3]"]),
]
every_system = pytest.mark.parametrize(("name", "scenario", "only"), SYSTEMS)


def edges_of_link_graph(fabric: Fabric, only: Sequence[str]) -> Edges:
    graph = link_graph(fabric, only=only)
    ids = {name: name if node["device"] < 0 else node["device"] for name, node in graph.nodes(data=True)}
    return {
        number: (frozenset((ids[a], ids[b])), _attributes(edge))
        for a, b, number, edge in graph.edges(keys=True, data=True)
    }


def _attributes(edge: Mapping[str, Any]) -> Mapping[str, Any]:
    word = "/".join(dict.fromkeys(edge["media"] or ()))
    return {name: word if name == "medium" else edge[name] for name in ATTRIBUTES}


def nodes_of(devices: Iterable[int], outside: Iterable[str]) -> list[int | str]:
    """Return what each node stands for: a device by its number, far ends by the name of their node."""
    names = iter(outside)
    return [f"outside: {next(names)}" if device < 0 else device for device in devices]


def edges_of_rustworkx(graph: Any) -> Edges:  # noqa: ANN401 - the library has no types
    ids = nodes_of(graph.nodes(), graph.attrs["outside"])
    rows = graph.edge_index_map().items()
    return {
        int(graph.attrs["numbers"][index]): (frozenset((ids[a], ids[b])), edge)
        for index, (a, b, edge) in rows
    }


def edges_of_igraph(graph: Any) -> Edges:  # noqa: ANN401 - the library has no types
    ids = nodes_of(graph.vs["device"], graph["outside"])
    return {
        int(graph["numbers"][edge.index]): (frozenset(ids[end] for end in edge.tuple), edge.attributes())
        for edge in graph.es
    }


def check(fabric: Fabric, only: Sequence[str] = ()) -> None:
    """Assert that all forms have the nodes and edges of the link graph."""
    expected = edges_of_link_graph(fabric, only)
    assert edges_of_rustworkx(to_rustworkx(fabric, only=only)) == expected
    assert edges_of_igraph(to_igraph(fabric, only=only)) == expected
    rates = {group.name: group.rate for group in fabric.links}
    words: tuple[Literal["links", "rate"], ...] = ("links", "rate")
    for data in words:
        adjacency = to_sparse(fabric, data=data, only=only)
        ids = nodes_of(adjacency.devices.tolist(), adjacency.outside)
        half = adjacency.matrix.tocoo()
        found = {
            frozenset((ids[a], ids[b])): int(value)
            for a, b, value in zip(half.row.tolist(), half.col.tolist(), half.data.tolist(), strict=True)
        }
        total: Counter[Ends] = Counter()
        for ends, edge in expected.values():
            total[ends] += rates[edge["link_group"]] if data == "rate" else 1
        assert found == total
        assert (adjacency.matrix != adjacency.matrix.T).nnz == 0


@every_system
def test_every_form_has_the_links_of_the_link_graph(name: str, scenario: str | None, only: list[str]) -> None:
    check(shipped_fabric(name, scenario), only)


@given(odd_fabrics())
@quick
def test_every_form_of_an_odd_fabric_has_the_links_of_the_link_graph(odd: Odd) -> None:
    check(odd.fabric)


@given(odd_fabrics())
@quick
def test_nodes_and_edges_of_a_whole_fabric_have_the_numbers_of_devices_and_links(odd: Odd) -> None:
    fabric = odd.fabric
    adjacency, one, other = to_sparse(fabric), to_rustworkx(fabric), to_igraph(fabric)
    devices = [*range(fabric.n_devices), *([-1] * len(adjacency.outside))]
    assert adjacency.devices.tolist() == one.nodes() == other.vs["device"] == devices
    assert one.attrs["numbers"].tolist() == other["numbers"].tolist() == list(range(fabric.n_links))


@every_system
def test_components_and_paths_are_those_of_the_link_graph(
    name: str, scenario: str | None, only: list[str]
) -> None:
    import rustworkx  # noqa: PLC0415 - an extra
    from scipy.sparse import csgraph  # noqa: PLC0415

    fabric = shipped_fabric(name, scenario)
    plain = link_graph(fabric, only=only)
    adjacency, one, other = (make(fabric, only=only) for make in ALL)
    ids = nodes_of(adjacency.devices.tolist(), adjacency.outside)
    sizes = sorted(len(part) for part in nx.connected_components(plain))
    labels = csgraph.connected_components(adjacency.matrix, directed=False)[1]
    assert sorted(np.bincount(labels).tolist()) == sizes
    assert sorted(map(len, rustworkx.connected_components(one))) == sizes
    assert sorted(other.components().sizes()) == sizes
    names = {name if node["device"] < 0 else node["device"]: name for name, node in plain.nodes(data=True)}
    hops = nx.single_source_shortest_path_length(plain, names[ids[0]])
    expected = [hops.get(names[node], np.inf) for node in ids]
    assert csgraph.shortest_path(adjacency.matrix, unweighted=True, indices=0).tolist() == expected
    assert other.distances(0)[0] == expected
    reached = dict(rustworkx.dijkstra_shortest_path_lengths(one, 0, lambda _: 1).items())
    assert [0, *(reached.get(node, np.inf) for node in range(1, len(ids)))] == expected


def test_links_alike_share_their_attributes() -> None:
    graph = to_rustworkx(shipped_fabric("gb200-nvl72"))
    edges = graph.edges()
    assert (
        len({id(edge) for edge in edges}) == len({tuple(edge.values()) for edge in edges}) < len(edges) / 40
    )


@pytest.mark.parametrize("make", ALL)
def test_too_many_links_are_refused_with_what_takes_less(make: Any) -> None:  # noqa: ANN401 - any of three
    with pytest.raises(LimitError, match=r'E703.*limit is 1,000\n.*only=\["r1"\] builds one rack'):
        make(shipped_fabric("gb200-nvl72"), limit=1_000)


@pytest.mark.parametrize("make", ALL)
def test_a_missing_library_is_named(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.setattr(library, "find_spec", lambda _: None)
    package = make.__name__.removeprefix("to_").replace("sparse", "scipy")
    with pytest.raises(InputError) as refused:
        make(shipped_fabric("gb200-nvl72"))
    assert str(refused.value) == (
        f'E654: {make.__name__} needs {package}\n    hint: pip install "topogen[graphs]"'
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_form_states_its_cost(form: str) -> None:
    cost = link_graph_cost(shipped_fabric("gb200-nvl72"), form)
    assert cost.bytes == 198 * FORMS[form].bytes_per_device + 1368 * FORMS[form].bytes_per_link
    assert 0 < cost.seconds < 1
