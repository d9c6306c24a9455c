"""What one link is made of: the parts it owns, what is plugged in at its ends, and what they draw on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from topogen.media.fit import cable_of
from topogen.media.medium import pairs, strands

if TYPE_CHECKING:
    from topogen.catalog.model import Line
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup, Terminal

Parts: TypeAlias = dict[str, int]
Lines: TypeAlias = dict[str, str]


def owned_parts(fabric: Fabric, link: LinkGroup, *, cable: bool) -> Parts:
    """Return the parts a link owns: those of its lanes, and its cable where it is the first link of one."""
    owned: Counter[str] = Counter()
    medium = fabric.catalog.media[link.media[0]] if link.media else None
    for line in medium.recipe.values() if medium else ():
        if line.per == "link" and cable:
            part, qty = cable_of(fabric, link, line).part, 1
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
