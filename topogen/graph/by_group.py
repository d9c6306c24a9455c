"""The graph of device groups: tens of nodes at any size."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import networkx as nx

from topogen.graph.edges import add_outside, common, outside_name

if TYPE_CHECKING:
    from topogen.graph.edges import Graph
    from topogen.model.fabric import Fabric


def group_graph(fabric: Fabric) -> Graph:
    """Return the graph of device groups: tens of nodes at any size.

    Parameters
    ----------
    fabric
        The built fabric.

    Returns
    -------
    networkx.MultiGraph
        Node = device label (device type, or ``fabric/role`` of a made switch): ``type``, ``role``, ``count``.
        Far ends outside are nodes ``outside: LABEL`` with a ``count`` of 0.
        Edge = a link group between two labels, its key the name of the link group: ``link_group``, ``links``,
        ``rate_gbps``, ``network``, ``tier``, ``media``, ``a``, and ``lengths_mm``, which maps a length in mm,
        slack included (None = unknown), to its number of links.
    """
    graph: Graph = nx.MultiGraph(name=fabric.name)
    for group in fabric.groups:
        before = graph.nodes[group.label]["count"] if group.label in graph else 0
        graph.add_node(group.label, type=group.type.name, role=group.type.role, count=before + group.count)
    for link in fabric.links:
        add_outside(graph, link, count=0)
        for one in link.lengths:
            far = one.b_type if link.has_b else outside_name(link.outside)
            if not graph.has_edge(one.a_type, far, link.name):
                shared = common(link) | {"a": one.a_type, "links": 0, "lengths_mm": Counter()}
                graph.add_edge(one.a_type, far, link.name, **shared)
            edge = graph.edges[one.a_type, far, link.name]
            edge["links"] += one.links
            edge["lengths_mm"][one.length_mm] += one.links
    return graph
