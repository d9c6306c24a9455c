"""``to_igraph``: the links as an igraph graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.library import library
from topogen.graph.link_table import ATTRIBUTES, links_of
from topogen.graph.objects import at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from igraph import Graph

    from topogen.model.fabric import Fabric


def to_igraph(fabric: Fabric, *, only: str | Sequence[str] = (), limit: int | None = None) -> Graph:
    """Return devices and physical links as an ``igraph.Graph``, about 120 bytes a link.

    Parameters
    ----------
    fabric
        The built fabric.
    only
        Selectors, as in ``link_graph``.
    limit
        The largest number of links, twenty million if it is not given.

    Returns
    -------
    igraph.Graph
        Vertex = device, ``device`` its number; then one vertex for the far ends of each external link group,
        with -1. Edge = physical link: ``link_group``, ``network``, ``tier``, ``rate_gbps``, ``length_m`` and
        ``medium``. In a whole fabric the index of a vertex is the number of the device and the index of an
        edge that of the link, the key of ``link_graph``.
        Graph: ``name``; ``numbers``, the number of each edge's link, shape (links,); ``outside``, the link
        groups of the outside vertices in their order.

    Raises
    ------
    LimitError
        E703, if there are more links than the limit.
    InputError
        E654 without igraph (the extra ``graphs``); E109 or E203, if a selector names nothing.

    Examples
    --------
    >>> from topogen.load.reading import read_fabric
    >>> graph = to_igraph(read_fabric("gb200-nvl72"))
    >>> graph.vcount(), graph.ecount(), graph.es[0]["medium"]
    (198, 1368, 'nvlink_backplane')
    """
    igraph = library("igraph", "to_igraph")
    links = links_of(fabric, "to_igraph", only, limit)
    nodes = links.node_devices
    graph: Graph = igraph.Graph(len(nodes), edges=np.column_stack([links.a, links.b]))
    graph["name"], graph["numbers"], graph["outside"] = fabric.name, links.number, links.outside
    graph.vs["device"] = nodes.tolist()
    for name in ATTRIBUTES:
        values = [getattr(one, name) for one in links.kinds]
        graph.es[name] = list(at(values, links.kind))
    return graph
