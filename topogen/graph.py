"""The fabric as networkx graphs: by device group, by place, or link by link.

All are ``MultiGraph``; parallel edges are link groups, or in the link graph the physical links. On every
edge ``rate_gbps`` is per direction and ``media`` names the medium of the a end and of the b end (None without
one); an undirected edge does not know which of its nodes is which end, so ``a`` names that of the a end, and
``a_is_lower`` tells it in the link graph. A far end that is not in the model is a node of role ``outside``:
shown, never bought.
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import networkx as nx
import numpy as np

from topogen.cables import UNKNOWN_MM, cable_of_link, link_lengths
from topogen.contract import contract, device_counts, device_names, node_names, node_types
from topogen.errors import LimitError, Problem
from topogen.expand import OUTSIDE
from topogen.fabric import path_name
from topogen.media import pairs, strands
from topogen.memory import needing
from topogen.touching import touching
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.catalog import Line
    from topogen.contract import Contraction
    from topogen.expand import Columns
    from topogen.fabric import Fabric, Ints, LinkBlock, LinkGroup, Terminal
    from topogen.touching import Touched

Graph: TypeAlias = "nx.MultiGraph[str]"
Parts: TypeAlias = dict[str, int]
Lines: TypeAlias = dict[str, str]
Attributes: TypeAlias = dict[str, object]
T = TypeVar("T")
Edge: TypeAlias = tuple[str, str, int, Attributes]

BYTES_PER_LINK = 360
BYTES_PER_DEVICE = 450
LINKS_PER_SECOND = 500_000
"""What a link graph costs, measured on two million links (``python -m benchmarks.graphs``)."""

AT_ONCE = 65_536
"""Links whose numbers are Python integers at one time."""

ALTERNATIVES = "group_graph and contracted_graph hold the same counts at any size"


@dataclass(frozen=True)
class LinkGraphCost:
    """What a link graph will hold, and about what it costs: ``bytes`` of memory and ``seconds``."""

    devices: int
    links: int

    @property
    def bytes(self) -> int:
        """Return the memory that nodes and edges take, as measured on CPython 3.11."""
        return self.devices * BYTES_PER_DEVICE + self.links * BYTES_PER_LINK

    @property
    def seconds(self) -> float:
        """Return the time, which differs by a factor of two or three between machines."""
        return self.links / LINKS_PER_SECOND


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


def link_graph_cost(fabric: Fabric) -> LinkGraphCost:
    """Return what the link graph of a whole fabric would cost; nothing is built."""
    return LinkGraphCost(fabric.n_devices, fabric.n_links)


def link_graph(fabric: Fabric, *, only: Sequence[str] = (), limit: int = 2_000_000) -> Graph:
    """Return the graph of devices and physical links: every one, or those that touch what is picked.

    Parameters
    ----------
    fabric
        The built fabric.
    only
        Selectors such as ``r01``, ``pod[1-2]`` or ``net/leaf``: only their devices become nodes, with the
        links that touch them and the devices at the far ends.
    limit
        The largest number of links that is built; ``link_graph_cost`` says what they cost.

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

        Links alike share one dict of attributes: copy the graph before changing one, or all change.
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
        _refuse_above(fabric, link_graph_cost(fabric), limit)
    touched = touching(fabric, only)
    shown = _shown(touched)
    cost = LinkGraphCost(len(shown), touched.n_links)
    _refuse_above(fabric, cost, limit)
    graph: Graph = nx.MultiGraph(name=fabric.name, cables={})
    firsts = np.cumsum([0, *(link.count for link in fabric.links)]).tolist()
    with _paused_collector(), needing(f"a link graph of {fabric.name}", cost.bytes, ALTERNATIVES):
        names = device_names(fabric, shown)
        graph.add_nodes_from(_device_nodes(fabric, shown, names))
        for first, link, columns, keep in zip(firsts, fabric.links, touched.columns, touched.links):  # noqa: B905 - one first more
            if not keep.any():
                continue
            _add_outside(graph, link, link.name, type=link.outside, device=OUTSIDE, rack=None, u=None)
            cable = cable_of_link(fabric, link, columns)
            graph.graph["cables"][link.name] = cable.astype(np.int32)
            number, classes = _classes(fabric, link, columns, cable)
            attributes = [_common(link) | {"first": first} | one for one in classes]
            named = [*names, _outside(link, link.name)]
            near, far = (_rows_of(shown, devices[keep]) for devices in (columns.a, columns.b))
            keys = _one_by_one(np.flatnonzero(keep) + first)
            _fill(
                graph,
                zip(_at(named, near), _at(named, far), keys, _at(attributes, number[keep]), strict=True),
            )
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


def _shown(touched: Touched) -> Ints:
    """Return the numbers of the devices that are picked or joined to one by a link, ascending."""
    shown = np.append(touched.devices, False)  # one more, the outside
    for columns, keep in zip(touched.columns, touched.links, strict=True):
        shown[columns.a[keep]] = True
        shown[columns.b[keep]] = True
    return np.flatnonzero(shown[:OUTSIDE])


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


def _common(link: LinkGroup) -> Attributes:
    return {
        "link_group": link.name,
        "network": link.network,
        "tier": link.tier,
        "rate_gbps": link.rate / 1_000,
        "media": link.media,
    }


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Pause the cyclic collector, which would look through every new dict again and again for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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


def _rows_of(shown: Ints, devices: NDArray[np.int32]) -> Ints:
    """Return the place of each device among those shown, one past them for the outside."""
    return np.where(devices == OUTSIDE, len(shown), np.searchsorted(shown, devices))


def _at(values: list[T], indices: Ints) -> Iterator[T]:
    return map(values.__getitem__, _one_by_one(indices))


def _one_by_one(numbers: Ints) -> Iterator[int]:
    """Return numbers as Python has them, never all at once: each takes 32 bytes."""
    return chain.from_iterable(
        numbers[first : first + AT_ONCE].tolist() for first in range(0, len(numbers), AT_ONCE)
    )


def _classes(fabric: Fabric, link: LinkGroup, columns: Columns, cable: Ints) -> tuple[Ints, list[Attributes]]:
    """Return the class of each link, shape (links,), and the attributes that differ between classes."""
    length = link_lengths(fabric, link, columns)[0]
    kinds: list[tuple[tuple[Lines, Lines], tuple[Lines, Lines]]] = []
    kind = np.empty(len(columns), np.int64)
    for block, rows in columns.blocks:
        carried = plugged_and_drawn(fabric, link, block)
        if carried not in kinds:
            kinds.append(carried)
        kind[rows] = kinds.index(carried)
    # Cables are numbered in the order of their first links.
    owns_cable = np.diff(np.maximum.accumulate(cable), prepend=-1) > 0
    code = (((length - UNKNOWN_MM) * len(kinds) + kind) * 2 + owns_cable) * 2 + (columns.a < columns.b)
    distinct = np.unique(code)
    parts = [owned_parts(fabric, link, cable=owns) for owns in (False, True)]
    attributes: list[Attributes] = []
    for number in distinct.tolist():
        rest, a_is_lower = divmod(number, 2)
        rest, owns = divmod(rest, 2)
        length_mm, which = divmod(rest, len(kinds))
        ends, pools = kinds[which]
        length_m = (length_mm + UNKNOWN_MM) / 1_000 if length_mm else None
        one = {"a_is_lower": bool(a_is_lower), "length_m": length_m, "parts": parts[owns]}
        attributes.append(one | {"ends": ends, "pools": pools})
    return np.searchsorted(distinct, code), attributes


def owned_parts(fabric: Fabric, link: LinkGroup, *, cable: bool) -> Parts:
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


def plugged_and_drawn(
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


def _refuse_above(fabric: Fabric, cost: LinkGraphCost, limit: int) -> None:
    if cost.links <= limit:
        return
    message = (
        f"a link graph of {fabric.name} would have {format_count(cost.links)} edges, about "
        f"{cost.bytes / 1e9:,.1f} GB and {cost.seconds:,.0f} s; the limit is {format_count(limit)}"
    )
    part = next((path_name(place.path, 0) for place in fabric.places), "")
    hint = (
        f"{ALTERNATIVES}; "
        + (f'only=["{part}"] builds one part; ' if part else "")
        + "the columns of expand, 12 bytes a link, fill a scipy sparse matrix; or pass a higher limit"
    )
    raise LimitError([Problem("E703", message, hint=hint)])
