"""Graphs with plain attributes, which every graph format can hold: texts, numbers, true and false."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.graph.edges import Attributes, Graph


def plain_graph(graph: Graph) -> Graph:
    """Return a copy of a graph of topogen whose attributes are texts, numbers, true and false.

    What is None is left out. A pair for the two ends of a link becomes two attributes, ``media_a`` and
    ``media_b``; a map becomes JSON text, ``{"gpu": 72}``. The cable of each link of ``link_graph`` becomes
    its attribute ``cable``, numbered from 0 within the link group.

    Examples
    --------
    >>> import topogen
    >>> row = topogen.read_fabric("gb300-nvl72-row")
    >>> plain_graph(topogen.contracted_graph(row, "rack")).nodes["net1"]["devices"]
    '{"compute/leaf": 4, "compute/spine": 2}'
    """
    cables = graph.graph.get("cables", {})
    plain: Graph = nx.MultiGraph()
    plain.graph |= _plain({name: value for name, value in graph.graph.items() if name != "cables"})
    plain.add_nodes_from((name, _plain(data)) for name, data in graph.nodes(data=True))
    for a, b, key, data in graph.edges(keys=True, data=True):
        cable = cables.get(data.get("link_group"))
        more = {} if cable is None else {"cable": int(cable[key - data["first"]])}
        plain.add_edge(a, b, key, **_plain(data), **more)
    return plain


def _plain(data: Mapping[str, object]) -> Attributes:
    return dict(pair for name, value in data.items() for pair in _values(name, value))


def _values(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield name, json.dumps({str(key): one for key, one in value.items()})
    elif isinstance(value, tuple):
        for side, one in zip("ab", value, strict=True):
            yield from _values(f"{name}_{side}", one)
    elif value is not None:
        yield name, value
