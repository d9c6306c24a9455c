"""The graph of devices and physical links.

Equal links share one dict of attributes, so that a link costs only its key and its entry in the graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import networkx as nx
import numpy as np

from topogen.cabling.cables import cable_of_link, link_lengths
from topogen.graph.contract import device_names
from topogen.graph.cost import LinkGraphCost, link_graph_cost, needing_memory, refuse_above
from topogen.graph.edges import add_outside, common, outside_name
from topogen.graph.made_of import owned_parts, plugged_and_drawn
from topogen.graph.objects import at, one_by_one, paused_collector
from topogen.graph.selection import rows_of, select
from topogen.model.equivalence import classify_values
from topogen.model.expand import OUTSIDE
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.units import MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.graph.edges import Attributes, Graph
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

ATTACH = "attach"
"""The key and the kind of an edge that is no link."""

Edge: TypeAlias = "tuple[str, str, int, Attributes]"


def link_graph(
    fabric: Fabric, *, only: str | Sequence[str] = (), limit: int | None = None, attached: bool = False
) -> Graph:
    """Return the graph of devices and physical links: every one, or those that touch what is picked.

    Parameters
    ----------
    fabric
        The built fabric.
    only
        Selectors such as ``r01``, ``pod[1-2]`` or ``net/leaf``: only their devices become nodes, with the
        links that touch them and the devices at the far ends.
    limit
        The largest number of links that is built, two million if it is not given; ``link_graph_cost`` says
        what they cost.
    attached
        Whether a device and the one it is attached to are joined by an edge too. It is no link: its key is
        ``attach``, and its one attribute ``kind`` is ``attach``.

    Returns
    -------
    networkx.MultiGraph
        Node = device by its full name: ``device`` (its number, as in the columns of ``expand``), ``role``,
        ``type``, ``rack`` and ``u`` (None where the file does not say). The far ends of an external link
        group are one node ``outside: GROUP`` of device number -1, its ``type`` the label.
        Edge = physical link, its key the number of the link in the fabric, counted through all link groups
        and the same with and without ``only``: ``link_group``, ``first`` (the key of the first link of the
        group, so that key - first is the row of the link in ``expand``), ``a_is_lower`` (whether the a end is
        the node of the lower device number), ``network``, ``tier``, ``rate_gbps``, ``length_m`` (slack
        included, None = unknown), ``media``, and what it is made of:

        ``parts``
            What the link owns: part to quantity, cable and lanes. Of the links of one cable the first owns
            it, so that ``parts`` of all edges sum to the BOM.
        ``ends``
            What is plugged in at the a end and at the b end: (line to part, line to part). Shared by the
            links of a cage.
        ``pools``
            What each end draws on together with other links, in the same form: engines, light sources.

        Equal links share one dict of attributes: copy the graph before changing one, or all change.
        Graph: ``name``, and ``cables``, which maps a link group to the cable of each of its links by
        key - first, numbered from 0 within the group, shape (links,).

    Raises
    ------
    LimitError
        If there are more links than ``limit`` (E703) or the graph takes more memory than there is (E704); no
        node or edge has been built then.
    InputError
        E109 or E203, if a selector names nothing.
    """
    if not only:
        refuse_above(fabric, link_graph_cost(fabric), limit)
    touched = select(fabric, only)
    shown = touched.joined
    cost = LinkGraphCost(len(shown), touched.n_links)
    refuse_above(fabric, cost, limit)
    graph: Graph = nx.MultiGraph(name=fabric.name, cables={})
    node = np.full(fabric.n_devices + 1, len(shown), np.int32)  # one more, the outside
    node[shown] = np.arange(len(shown))
    firsts = np.cumsum([0, *(link.count for link in fabric.links)]).tolist()
    with paused_collector(), needing_memory(fabric, cost):
        names = device_names(fabric, shown)
        graph.add_nodes_from(_device_nodes(fabric, shown, names))
        for first, link, columns, keep in zip(firsts, fabric.links, touched.columns, touched.links):  # noqa: B905 - one first more
            rows = np.flatnonzero(keep)
            if len(rows):
                _add_links(graph, fabric, (link, first), (columns, rows), (names, node))
        for one in fabric.attached if attached else ():
            pairs = zip(node[one.device].tolist(), node[one.to].tolist(), strict=True)
            both = [pair for pair in pairs if len(shown) not in pair]
            for a, b in both:
                graph.add_edge(names[a], names[b], ATTACH, kind=ATTACH)
    return graph


def _add_links(
    graph: Graph,
    fabric: Fabric,
    group: tuple[LinkGroup, int],
    selected: tuple[Columns, Ints],
    nodes: tuple[list[str], NDArray[np.int32]],
) -> None:
    """Add the selected rows of a link group, whose first link has the given key, between nodes by device."""
    (link, first), (columns, rows), (names, node) = group, selected, nodes
    add_outside(graph, link, link.name, type=link.outside, device=OUTSIDE, rack=None, u=None)
    cable = cable_of_link(fabric, link, columns)
    graph.graph["cables"][link.name] = cable.astype(np.int32)
    number, classes = _classes(fabric, link, columns, rows, cable)
    attributes = [common(link) | {"first": first} | one for one in classes]
    named = [*names, outside_name(link.name)]
    near, far = (node[devices[rows]] for devices in (columns.a, columns.b))
    keys = one_by_one(rows + first)
    edges = zip(at(named, near), at(named, far), keys, at(attributes, number), strict=True)
    _fill(graph, edges)


# Nodes


def _device_nodes(fabric: Fabric, shown: Ints, names: list[str]) -> Iterator[tuple[str, Attributes]]:
    racks, units = fabric.sites.rack[shown].tolist(), fabric.sites.unit[shown].tolist()
    groups = np.searchsorted([group.first for group in fabric.groups], shown, side="right") - 1
    rows = zip(shown.tolist(), names, groups.tolist(), racks, units, strict=True)
    for device, name, group, rack, unit in rows:
        kind = fabric.groups[group].type
        yield (
            name,
            {
                "device": device,
                "role": kind.role,
                "type": kind.name,
                "rack": fabric.sites.racks[rack].name if rack >= 0 else None,
                "u": unit if unit >= 0 else None,
            },
        )


# Edges


def _fill(graph: Graph, edges: Iterable[Edge]) -> None:
    """Add edges between nodes that are there, with attributes that they share.

    As ``add_edges_from``, which copies the attributes of each edge and looks up each node several times.
    """
    rows = graph._adj  # type: ignore[attr-defined]  # noqa: SLF001 - no public way; a test holds it to add_edges_from
    for near, far, key, attributes in edges:
        row = rows[near]
        if far in row:
            row[far][key] = attributes
        else:
            row[far] = rows[far][near] = {key: attributes}


def _classes(
    fabric: Fabric, link: LinkGroup, columns: Columns, rows: Ints, cable: Ints
) -> tuple[NDArray[np.int32], list[Attributes]]:
    """Return the class of some links, shape (rows,), and the attributes that differ between classes."""
    kept = rows_of(columns, rows)
    length = link_lengths(fabric, link, kept)[0]
    carried = [plugged_and_drawn(fabric, link, block) for block, _ in columns.blocks]
    kinds = [one for number, one in enumerate(carried) if carried.index(one) == number]
    block = np.searchsorted([part.stop for _, part in columns.blocks], rows, side="right")
    kind = np.array([kinds.index(one) for one in carried])[block]
    # Cables are numbered in the order of their first links.
    owns_cable = (np.diff(np.maximum.accumulate(cable), prepend=-1) > 0)[rows]
    code = (((length - UNKNOWN_MM) * len(kinds) + kind) * 2 + owns_cable) * 2 + (kept.a < kept.b)
    number, distinct = classify_values(code)
    parts = [owned_parts(fabric, link, cable=owns) for owns in (False, True)]
    attributes: list[Attributes] = []
    for one_code in distinct:
        rest, a_is_lower = divmod(one_code, 2)
        rest, owns = divmod(rest, 2)
        length_mm, which = divmod(rest, len(kinds))
        ends, pools = kinds[which]
        length_m = (length_mm + UNKNOWN_MM) / MM_PER_M if length_mm else None
        one = {"a_is_lower": bool(a_is_lower), "length_m": length_m, "parts": parts[owns]}
        attributes.append(one | {"ends": ends, "pools": pools})
    return number, attributes
