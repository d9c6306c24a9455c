"""The contracted diagram: places as boxes, parallel links merged, parts where they stand.

One rack is drawn by trays, several by racks. The counts are those of ``contracted_graph`` and of the roll-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.contract import contract, device_counts, node_names, node_types
from topogen.draw.contracted.lines import edges_of, legend_of
from topogen.draw.contracted.merging import merge
from topogen.draw.contracted.scene import Scene, frames_of, nodes_of, parts_elsewhere, split_words
from topogen.draw.contracted.standing import standing_parts
from topogen.draw.contracted.words import alert_of, heading_lines, notes_of, title_of
from topogen.draw.picture import Picture

if TYPE_CHECKING:
    from topogen.fabric import Fabric
    from topogen.rollup import RollUp


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
        lines=(*heading_lines(fabric, roll_up, level), *split_words(scene)),
        frames=frames_of(scene),
        nodes=nodes_of(scene),
        edges=edges_of(scene),
        legend=legend_of(scene),
        notes=notes_of(roll_up, parts_elsewhere(scene)),
    )


def level_to_draw(fabric: Fabric) -> str:
    """Return ``rack`` for several racks, else ``tray``, else the level of most places above a board."""
    if len(fabric.sites.racks) > 1:
        return "rack"
    sizes: dict[str, int] = {}
    for place in fabric.places:
        if place.level != "board":
            sizes[place.level] = sizes.get(place.level, 0) + place.count
    return "tray" if "tray" in sizes else max(sizes, key=lambda level: sizes[level], default="device")
