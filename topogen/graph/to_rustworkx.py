"""``to_rustworkx``: the links as a rustworkx graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.graph.library import library
from topogen.graph.link_table import links_of
from topogen.graph.objects import paused_collector, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustworkx import PyGraph

    from topogen.model.fabric import Fabric


def to_rustworkx(fabric: Fabric, *, only: str | Sequence[str] = (), limit: int | None = None) -> PyGraph:
    """Return devices and physical links as a ``rustworkx.PyGraph``, about 50 bytes a link.

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
    rustworkx.PyGraph
        Node = device, its number as the payload; then one node for the far ends of each external link group,
        with -1. Edge = physical link; its payload, shared by links alike, has ``link_group``, ``network``,
        ``tier``, ``rate_gbps``, ``length_m`` and ``medium``. In a whole fabric the index of a node is the
        number of the device and the index of an edge that of the link, the key of ``link_graph``.
        ``attrs``: ``name``; ``numbers``, the number of each edge's link, shape (links,); ``outside``, the
        link groups of the outside nodes in their order.

    Raises
    ------
    LimitError
        E703, if there are more links than the limit.
    InputError
        E654 without rustworkx (the extra ``graphs``); E109 or E203, if a selector names nothing.

    Examples
    --------
    >>> from topogen.load.reading import read_fabric
    >>> graph = to_rustworkx(read_fabric("gb200-nvl72"))
    >>> graph.num_nodes(), graph.num_edges()
    (198, 1368)
    """
    rustworkx = library("rustworkx", "to_rustworkx")
    links = links_of(fabric, "to_rustworkx", only, limit)
    nodes = links.node_devices.tolist()
    about = {"name": fabric.name, "numbers": links.number, "outside": links.outside}
    graph: PyGraph = rustworkx.PyGraph(attrs=about, node_count_hint=len(nodes), edge_count_hint=len(links.a))
    graph.add_nodes_from(nodes)
    kinds = [kind.attributes for kind in links.kinds]
    with paused_collector():
        for some in runs(len(links.a)):
            a, b, kind = (column[some].tolist() for column in (links.a, links.b, links.kind))
            graph.add_edges_from(list(zip(a, b, map(kinds.__getitem__, kind), strict=True)))
    return graph
