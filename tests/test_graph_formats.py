"""Graph formats: networkx reads back an equal graph from every one of them."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given

from tests.export.systems import PATCHED, built
from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cli import group
from topogen.cli.export_command import GRAPHS as FORMATS
from topogen.graph.formats import ENDINGS, GRAPH_FORMATS, graph_of
from topogen.load.files import shipped_names
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.graph.edges import Graph

OURS = {"graphml": set(), "gexf": {"label", "id"}, "gml": set(), "node-link": set()}
"""What a reader adds to nodes and edges."""


def read_back(form: str, content: bytes) -> Any:  # noqa: ANN401 - networkx has several types for it
    file = BytesIO(content)
    if form == "graphml":
        return nx.read_graphml(file, force_multigraph=True, edge_key_type=int)
    if form == "gexf":
        return nx.read_gexf(file)
    if form == "gml":
        return nx.read_gml(file)
    return nx.node_link_graph(json.loads(content), edges="edges")


def contents(graph: nx.Graph[Any], added: set[str]) -> tuple[dict[str, Any], Counter[Any]]:
    """Return nodes and edges of a graph without what a format adds; an edge has no direction."""
    nodes = {name: bare(data, added) for name, data in graph.nodes(data=True)}
    edges = Counter((frozenset((a, b)), bare(data, added)) for a, b, data in graph.edges(data=True))
    return nodes, edges


def bare(data: dict[str, Any], added: set[str]) -> frozenset[Any]:
    return frozenset((name, value) for name, value in data.items() if name not in added)


def check(graph: Graph, form: str) -> None:
    found = read_back(form, GRAPH_FORMATS[form](graph))
    assert contents(found, OURS[form]) == contents(graph, OURS[form])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("what", ["groups", "rack", "links"])
def test_networkx_reads_back_an_equal_graph(what: str, form: str) -> None:
    check(graph_of(shipped_fabric("gb300-nvl72-row"), what), form)


@pytest.mark.parametrize("form", FORMATS)
def test_links_through_patch_panels_name_them(form: str) -> None:
    graph = graph_of(built(PATCHED)[0], "links")
    assert {data["through"] for _, _, data in graph.edges(data=True)} == {"hall_a, hall_b"}
    check(graph, form)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_system_can_be_read_back_by_group(name: str, form: str) -> None:
    check(graph_of(shipped_fabric(name), "groups"), form)


@given(odd_fabrics())
@quick
def test_odd_fabrics_can_be_read_back_link_by_link(odd: Odd) -> None:
    graph = graph_of(odd.fabric)
    for form in FORMATS:
        check(graph, form)


def test_the_parts_of_the_edges_are_those_of_the_bill() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = read_back("graphml", GRAPH_FORMATS["graphml"](graph_of(fabric)))
    pieces: Counter[str] = Counter()
    for _, _, data in found.edges(data=True):
        pieces.update(json.loads(data["parts"]))
    cords = sum(row.qty for row in roll_up(fabric).quantities if row.part == "mpo12_cord")
    assert pieces["mpo12_cord"] == cords
    assert len({(data["link_group"], data["cable"]) for _, _, data in found.edges(data=True)}) >= cords


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_writes_the_same_bytes_twice(form: str, tmp_path: Path) -> None:
    assert tuple(GRAPH_FORMATS) == FORMATS
    files = [tmp_path / f"{number}{ENDINGS[form]}" for number in (1, 2)]
    for file in files:
        words = ["export", form, "gb300-nvl72-row", "--graph", "rack", "-o", str(file)]
        done = CliRunner().invoke(group, words)
        assert (done.exit_code, done.output) == (0, f"Written: {file}\n")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_level_that_there_is_not_is_refused() -> None:
    done = CliRunner().invoke(group, ["export", "graphml", "gb200-nvl72", "--graph", "canister"])
    assert done.exit_code == 2
    assert "canister" in done.output
