"""Graphs in the formats that networkx reads and writes: GraphML, GEXF, GML, node-link JSON."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import TYPE_CHECKING

import networkx as nx

from topogen.graph.by_group import group_graph
from topogen.graph.by_link import link_graph
from topogen.graph.by_place import contracted_graph
from topogen.graph.plain import plain_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.graph.edges import Graph
    from topogen.model.fabric import Fabric

LINKS, GROUPS = "links", "groups"
STAMP = re.compile(rb' lastmodifieddate="[^"]*"')
"""The day that networkx writes into GEXF: the same graph is to give the same bytes."""


def graph_of(fabric: Fabric, what: str = LINKS) -> Graph:
    """Return a graph with plain attributes: ``links``, ``groups``, or the places of a level: ``rack``.

    Raises
    ------
    InputError
        If no template has that level.
    LimitError
        E703 or E704, if there are too many links for a graph of each.
    """
    if what == LINKS:
        return plain_graph(link_graph(fabric))
    return plain_graph(group_graph(fabric) if what == GROUPS else contracted_graph(fabric, what))


def to_graphml(graph: Graph) -> bytes:
    """Return a graph as GraphML."""
    return _written(lambda file: nx.write_graphml_xml(graph, file, named_key_ids=True))


def to_gexf(graph: Graph) -> bytes:
    """Return a graph as GEXF."""
    return STAMP.sub(b"", _written(lambda file: nx.write_gexf(graph, file)))


def to_gml(graph: Graph) -> bytes:
    """Return a graph as GML."""
    return _written(lambda file: nx.write_gml(graph, file))


def to_node_link(graph: Graph) -> bytes:
    """Return a graph as node-link JSON."""
    return (json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False) + "\n").encode()


def _written(write: Callable[[BytesIO], None]) -> bytes:
    file = BytesIO()
    write(file)
    return file.getvalue()


GRAPH_FORMATS: dict[str, Callable[[Graph], bytes]] = {
    "graphml": to_graphml,
    "gexf": to_gexf,
    "gml": to_gml,
    "node-link": to_node_link,
}
"""Each format by its name on the command line."""

ENDINGS = {"graphml": ".graphml", "gexf": ".gexf", "gml": ".gml", "node-link": ".json"}
