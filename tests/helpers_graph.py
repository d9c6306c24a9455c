"""The link graph made the plain way: a dict for each link, all handed to ``add_edges_from``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from topogen.cabling.cables import cable_of_link, link_lengths
from topogen.graph.contract import device_names
from topogen.graph.made_of import owned_parts, plugged_and_drawn
from topogen.model.expand import OUTSIDE, expand
from topogen.model.length_histogram import UNKNOWN_MM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.graph.edges import Attributes, Graph
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def plain_link_graph(fabric: Fabric) -> Graph:
    """Return the link graph with, on each edge, attributes of its own, the a end and the cable among them."""
    graph: Graph = nx.MultiGraph(name=fabric.name)
    names = device_names(fabric, np.arange(fabric.n_devices))
    graph.add_nodes_from(_nodes(fabric, names))
    first = 0
    for link in fabric.links:
        if not link.has_b:
            outside = {"device": OUTSIDE, "role": "outside", "type": link.outside, "rack": None, "u": None}
            graph.add_node(f"outside: {link.name}", **outside)
        edges = _edges(fabric, link, first, [*names, f"outside: {link.name}"])
        graph.add_edges_from(edges)  # type: ignore[arg-type] # the stubs do not know of keys
        first += link.count
    return graph


def _nodes(fabric: Fabric, names: list[str]) -> Iterator[tuple[str, Attributes]]:
    sites = fabric.sites
    for group in fabric.groups:
        for device in range(group.first, group.first + group.count):
            rack, unit = int(sites.rack[device]), int(sites.unit[device])
            yield (
                names[device],
                {
                    "device": device,
                    "role": group.type.role,
                    "type": group.type.name,
                    "rack": sites.racks[rack].name if rack >= 0 else None,
                    "u": unit if unit >= 0 else None,
                },
            )


def _edges(
    fabric: Fabric, link: LinkGroup, first: int, names: list[str]
) -> Iterator[tuple[str, str, int, Attributes]]:
    columns = expand(fabric, link)
    lengths = link_lengths(fabric, link, columns)[0].tolist()
    cables = cable_of_link(fabric, link, columns).tolist()
    parts = [owned_parts(fabric, link, cable=owns) for owns in (False, True)]
    ends, devices = columns.a.tolist(), columns.b.tolist()
    seen = set()
    for block, rows in columns.blocks:
        plugged, drawn = plugged_and_drawn(fabric, link, block)
        for row in range(rows.start, rows.stop):
            a, b, cable = ends[row], devices[row], cables[row]
            own: Attributes = {
                "link_group": link.name,
                "first": first,
                "network": link.network,
                "tier": link.tier,
                "rate_gbps": link.rate / 1_000,
                "media": link.media,
                "a_is_lower": a < b,
                "length_m": None if lengths[row] == UNKNOWN_MM else lengths[row] / 1_000,
                "parts": parts[cable not in seen],
                "ends": plugged,
                "pools": drawn,
                "a": names[a],
                "cable": cable,
            }
            seen.add(cable)
            yield names[a], names[b], first + row, own
