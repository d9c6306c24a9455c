"""The fabric as networkx graphs: by device group, by place, or link by link.

All are ``MultiGraph``; parallel edges are link groups, or in the link graph the physical links. On every
edge ``rate_gbps`` is per direction and ``media`` names the medium of the a end and of the b end (None without
one); an undirected edge does not know which of its nodes is which end, so ``a`` names that of the a end. A
far end that is not in the model is a node of role ``outside``: shown, never bought.
"""

from __future__ import annotations

from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING, TypeAlias

import networkx as nx
import numpy as np

from topogen.cables import UNKNOWN_MM, cable_of_link, link_lengths
from topogen.contract import contract, device_counts, device_names, node_names, node_types
from topogen.errors import LimitError, Problem
from topogen.expand import OUTSIDE, expand
from topogen.media import pairs, strands
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog import Line
    from topogen.contract import Contraction
    from topogen.expand import Columns
    from topogen.fabric import Fabric, LinkBlock, LinkGroup, Terminal

Graph: TypeAlias = "nx.MultiGraph[str]"
Parts: TypeAlias = dict[str, int]
Lines: TypeAlias = dict[str, str]
Attributes: TypeAlias = dict[str, object]

BYTES_PER_LINK = 1_000
LINKS_PER_SECOND = 100_000
"""What a link graph costs with all attributes, measured on half a million links of copper."""


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
        _add_outside(graph, link, count=0)
        for one in link.lengths:
            far = one.b_type if link.has_b else _outside(link)
            if not graph.has_edge(one.a_type, far, link.name):
                common = _common(link) | {"a": one.a_type, "links": 0, "lengths_mm": Counter()}
                graph.add_edge(one.a_type, far, link.name, **common)
            edge = graph.edges[one.a_type, far, link.name]
            edge["links"] += one.links
            edge["lengths_mm"][one.length_mm] += one.links
    return graph


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
        _add_outside(graph, link, level="outside", type="outside", devices={}, inside={})
        common = _common(link) | {"medium": medium_word(link)}
        for a, b, links in zip(bundles.a.tolist(), bundles.b.tolist(), bundles.links.tolist(), strict=True):
            if a == b:
                graph.nodes[names[a]]["inside"][link.name] = links
            else:
                far = names[b] if b != OUTSIDE else _outside(link)
                graph.add_edge(names[a], far, link.name, **common, a=names[a], links=links)
    return graph


def link_graph(fabric: Fabric, *, limit: int = 2_000_000) -> Graph:
    """Return the graph of every device and every physical link.

    Parameters
    ----------
    fabric
        The built fabric.
    limit
        The largest number of links that is built: a link costs about 1 kB and 10 microseconds.

    Returns
    -------
    networkx.MultiGraph
        Node = device by its full name: ``name``, ``role``, ``type``, ``rack`` and ``u`` (None where the file
        does not say). The far ends of an external link group are one node ``outside: GROUP``, its ``type``
        the label.
        Edge = physical link: ``link_group``, ``link`` (number within the group), ``a``, ``network``,
        ``tier``, ``rate_gbps``, ``length_m`` (slack included, None = unknown), ``media``, ``cable`` (number
        of its cable within the group), and what it is made of:

        ``parts``
            What the link owns: part to quantity, cable and lanes. Of the links of one cable the first owns
            it, so that ``parts`` of all edges sum to the BOM.
        ``ends``
            What is plugged in at the a end and at the b end: (line to part, line to part). Shared by the
            links of a cage.
        ``pools``
            What each end draws on together with other links, in the same form: engines, light sources.

        Links alike share these dicts: copy before changing one.

    Raises
    ------
    LimitError
        If the fabric has more links than ``limit``; nothing has been built then.
    """
    _refuse_above(fabric, limit)
    graph: Graph = nx.MultiGraph(name=fabric.name)
    names = device_names(fabric, np.arange(fabric.n_devices))
    graph.add_nodes_from(_device_nodes(fabric, names))
    for link in fabric.links:
        _add_outside(graph, link, link.name, type=link.outside, rack=None, u=None, name=link.outside)
        for near, far, edge in _link_edges(fabric, link, names):
            graph.add_edge(near, far, **edge)  # add_edges_from copies the attributes twice
    return graph


def medium_word(link: LinkGroup) -> str:
    """Return the medium of a link group as one word, both where its ends differ; empty without one."""
    return "/".join(dict.fromkeys(link.media or ()))


# Nodes


def _outside(link: LinkGroup, label: str = "") -> str:
    return f"outside: {label or link.outside}"


def _add_outside(graph: Graph, link: LinkGroup, label: str = "", **attributes: object) -> None:
    if not link.has_b:
        attributes = {"type": "outside", "role": "outside"} | attributes
        graph.add_node(_outside(link, label), **attributes)


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


def _device_nodes(fabric: Fabric, names: list[str]) -> Iterator[tuple[str, Attributes]]:
    racks, units = fabric.sites.rack.tolist(), fabric.sites.unit.tolist()
    for group in fabric.groups:
        for device in range(group.first, group.first + group.count):
            rack = fabric.sites.racks[racks[device]].name if racks[device] >= 0 else None
            unit = units[device] if units[device] >= 0 else None
            yield (
                names[device],
                {
                    "name": names[device],
                    "role": group.type.role,
                    "type": group.type.name,
                    "rack": rack,
                    "u": unit,
                },
            )


# Edges


def _common(link: LinkGroup) -> Attributes:
    return {
        "link_group": link.name,
        "network": link.network,
        "tier": link.tier,
        "rate_gbps": link.rate / 1_000,
        "media": link.media,
    }


def _link_edges(fabric: Fabric, link: LinkGroup, names: list[str]) -> Iterator[tuple[str, str, Attributes]]:
    """Yield the links of a group in the order of its columns."""
    columns = expand(fabric, link)
    common = _common(link)
    shared = (pair for block in link.blocks for pair in repeat(_of_block(fabric, link, block), block.count))
    lengths = [
        None if mm == UNKNOWN_MM else mm / 1_000 for mm in link_lengths(fabric, link, columns)[0].tolist()
    ]
    cables, parts = _cables(fabric, link, columns)
    rows = zip(columns.a.tolist(), columns.b.tolist(), lengths, cables, parts, shared, strict=True)
    for number, (a, b, length, cable, owned, (ends, pools)) in enumerate(rows):
        near, far = names[a], names[b] if b != OUTSIDE else _outside(link, link.name)
        own = {"link": number, "a": near, "length_m": length, "cable": cable}
        yield near, far, {**common, **own, "parts": owned, "ends": ends, "pools": pools}


def _cables(fabric: Fabric, link: LinkGroup, columns: Columns) -> tuple[list[int], Iterator[Parts]]:
    """Return the cable of each link, and what each link owns."""
    cable = cable_of_link(fabric, link, columns)
    first = np.zeros(len(cable), bool)
    first[np.unique(cable, return_index=True)[1]] = True
    others, firsts = _owned(fabric, link, cable=False), _owned(fabric, link, cable=True)
    return cable.tolist(), (firsts if is_first else others for is_first in first.tolist())


def _owned(fabric: Fabric, link: LinkGroup, *, cable: bool) -> Parts:
    """Return the parts a link owns: those of its lanes, and its cable where it is the first link of one."""
    owned: Counter[str] = Counter()
    medium = fabric.catalog.media[link.media[0]] if link.media else None
    for line in medium.recipe.values() if medium else ():
        if line.per == "link" and cable:
            part, qty = line.part_for(link.links_per_cable, link.lanes, link.lane_rate), 1
        elif line.per == "lane" and medium:
            part = line.part_for(1, link.lanes, link.lane_rate)
            qty = (strands if medium.kind == "optical" else pairs)(link, medium) or 0
        else:
            continue
        if part and qty:
            owned[part] += qty * line.qty
    return dict(owned)


def _of_block(
    fabric: Fabric, link: LinkGroup, block: LinkBlock
) -> tuple[tuple[Lines, Lines], tuple[Lines, Lines]]:
    """Return what is plugged in at both ends of a block's links, and what they draw on there."""
    ends, pools = [], []
    for medium, terminal in zip(link.media or ("", ""), (block.a, block.b), strict=True):
        recipe = fabric.catalog.media[medium].recipe.values() if medium and terminal else ()
        ends.append({line.name: part for line in recipe if (part := _plugged(fabric, terminal, line))})
        pools.append({line.name: part for line in recipe if (part := _drawn_on(link, line))})
    return (ends[0], ends[1]), (pools[0], pools[1])


def _plugged(fabric: Fabric, terminal: Terminal | None, line: Line) -> str | None:
    if line.per != "end" or terminal is None:
        return None
    port = fabric.groups[terminal.group].type.ports[terminal.port]
    return line.part_for(port.cage_links, port.lanes, port.lane_rate)


def _drawn_on(link: LinkGroup, line: Line) -> str | None:
    return line.part_for(1, link.lanes, link.lane_rate) if line.per in ("pool", "device") else None


def _refuse_above(fabric: Fabric, limit: int) -> None:
    if fabric.n_links <= limit:
        return
    gigabytes = fabric.n_links * BYTES_PER_LINK / 1e9
    seconds = fabric.n_links / LINKS_PER_SECOND
    message = (
        f"a link graph of {fabric.name} would have {format_count(fabric.n_links)} edges, about "
        f"{gigabytes:,.1f} GB and {seconds:,.0f} s; the limit is {format_count(limit)}"
    )
    hint = (
        "group_graph and contracted_graph hold the same counts at any size, expand gives columns at 24 bytes "
        "a link; or build one rack alone, or pass a higher limit"
    )
    raise LimitError([Problem("E703", message, hint=hint)])
