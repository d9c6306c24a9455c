"""The contracted diagram: places as boxes, parallel links merged, parts where they stand.

One rack is drawn by trays, several by racks. The counts are those of ``contracted_graph`` and of the roll-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.contract import OUTSIDE, Contraction, contract, device_counts, islands, node_names, node_types
from topogen.draw.contracted.merging import Merged, merge
from topogen.draw.contracted.standing import Standing, standing_parts
from topogen.draw.contracted.words import (
    alert_of,
    bundle_words,
    heading_lines,
    listed,
    medium_name,
    medium_words,
    names_of,
    notes_of,
    title_of,
    units_of,
    wrapped,
)
from topogen.draw.picture import Edge, Frame, LegendRow, Node, Picture, stroke_of
from topogen.fabric import path_name
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.contracted.merging import Box, DrawnFrame
    from topogen.draw.picture import Kind
    from topogen.fabric import Fabric, Ints, LinkGroup
    from topogen.rollup import RollUp

KINDS: tuple[Kind, ...] = ("compute", "mixed", "switch")
"""The kind of a box by its height."""


def draw_fabric(fabric: Fabric, roll_up: RollUp) -> Picture:
    """Return the contracted diagram of a built fabric."""
    level = level_to_draw(fabric)
    contraction = contract(fabric, level)
    scene = Scene(
        fabric=fabric,
        contraction=contraction,
        merged=merge(fabric, contraction),
        names=tuple(node_names(fabric, contraction)),
        types=tuple(node_types(fabric, contraction)),
        devices=device_counts(fabric, contraction),
        parts=standing_parts(fabric, contraction, roll_up.quantities),
    )
    return Picture(
        name=fabric.name,
        title=title_of(fabric),
        alert=alert_of(fabric),
        lines=(*heading_lines(fabric, roll_up, level, "interconnect"), *_island_lines(scene)),
        frames=tuple(scene.frames()),
        nodes=tuple(scene.nodes()),
        edges=tuple(scene.edges()),
        legend=tuple(_legend(fabric)),
        notes=tuple(notes_of(roll_up, scene.elsewhere())),
    )


def level_to_draw(fabric: Fabric) -> str:
    """Return ``rack`` for several racks, else ``tray``, else the level of most places above a board."""
    if len(fabric.sites.racks) > 1:
        return "rack"
    sizes: dict[str, int] = {}
    for place in fabric.places:
        sizes[place.level] = sizes.get(place.level, 0) + place.count
    if "tray" in sizes:
        return "tray"
    return max((level for level in sizes if level != "board"), key=lambda level: sizes[level], default="device")
