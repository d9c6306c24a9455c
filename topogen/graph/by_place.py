"""The graph of places of one level, parallel links merged; what people draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from topogen.graph.contract import contract, device_counts, node_names, node_types
from topogen.graph.edges import add_outside, common, medium_word, outside_name
from topogen.model.expand import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.graph.contract import Contraction
    from topogen.graph.edges import Attributes, Graph
    from topogen.model.fabric import Fabric


def contracted_graph(fabric: Fabric, by: str = "tray") -> Graph:
    """Return the graph of places of one level, parallel links merged; what people draw.

    Parameters
    ----------
    fabric
        The built fabric.
    by
        A level of the file (``tray``, ``rack``, ``canister`` ...), or ``device``.

    Returns
    -------
    networkx.MultiGraph
        Node = a place of that level, or a device that stands in none: ``level``, ``type`` (template or
        device label), ``role`` (that of a device, else ``place``), ``devices`` (label to number of devices)
        and ``inside`` (link group to number of links between its own devices). Far ends outside are nodes
        ``outside: LABEL``.
        Edge = all links of a group between two nodes, its key the name of the link group: ``link_group``,
        ``links``, ``rate_gbps``, ``network``, ``tier``, ``media``, ``medium`` (one word: ``dr``, or
        ``dr/cpo_siph_1t6`` where the ends differ) and ``a``.

    Raises
    ------
    InputError
        If no template has that level.
    """
    contraction = contract(fabric, by)
    names = node_names(fabric, contraction)
    graph: Graph = nx.MultiGraph(name=fabric.name, by=by)
    graph.add_nodes_from(_place_nodes(fabric, contraction, names))
    for link, bundles in zip(fabric.links, contraction.bundles, strict=True):
        add_outside(graph, link, level="outside", type="outside", devices={}, inside={})
        shared = common(link) | {"medium": medium_word(link)}
        for a, b, links in zip(bundles.a.tolist(), bundles.b.tolist(), bundles.links.tolist(), strict=True):
            if a == b:
                graph.nodes[names[a]]["inside"][link.name] = links
            else:
                far = names[b] if b != OUTSIDE else outside_name(link.outside)
                graph.add_edge(names[a], far, link.name, **shared, a=names[a], links=links)
    return graph


def _place_nodes(
    fabric: Fabric, contraction: Contraction, names: list[str]
) -> Iterator[tuple[str, Attributes]]:
    types = node_types(fabric, contraction)
    counts = {label: count.tolist() for label, count in device_counts(fabric, contraction).items()}
    roles = {group.label: group.type.role for group in fabric.groups}
    for number, (name, kind) in enumerate(zip(names, types, strict=True)):
        single = number >= contraction.n_places
        yield (
            name,
            {
                "level": "device" if single else contraction.level,
                "type": kind,
                "role": roles[kind] if single else "place",
                "devices": {label: count[number] for label, count in counts.items() if count[number]},
                "inside": {},
            },
        )
