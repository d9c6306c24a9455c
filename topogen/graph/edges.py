"""What edges have in common, whatever graph they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from topogen.units import MBPS_PER_GBPS

if TYPE_CHECKING:
    import networkx as nx

    from topogen.model.links import LinkGroup

Graph: TypeAlias = "nx.MultiGraph[str]"
Attributes: TypeAlias = dict[str, object]


def common(link: LinkGroup) -> Attributes:
    """Return the attributes that an edge has in every graph; ``through`` where panels are passed."""
    panels = {"through": ", ".join(panel.name for panel in link.through)} if link.through else {}
    return {
        "link_group": link.name,
        "network": link.network,
        "tier": link.tier,
        "rate_gbps": link.rate / MBPS_PER_GBPS,
        "media": link.media,
        **panels,
    }


def medium_word(link: LinkGroup) -> str:
    """Return the medium of a link group as one word, both where its ends differ; empty without one."""
    return "/".join(dict.fromkeys(link.media or ()))


def outside_name(label: str) -> str:
    """Return the name of the node that stands for far ends outside the model."""
    return f"outside: {label}"


def add_outside(graph: Graph, link: LinkGroup, label: str = "", **attributes: object) -> None:
    """Add the node for far ends that are outside, named by ``label``, or else by that of the link group."""
    if not link.has_b:
        attributes = {"type": "outside", "role": "outside"} | attributes
        graph.add_node(outside_name(label or link.outside), **attributes)
