"""The contracted diagrams: places as boxes, parallel links merged, parts where they stand.

One draws racks, one trays. The counts are those of ``contracted_graph`` and of the roll-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.contracted.lines import badges_of, box_links, edges_of, levels_of_boxes
from topogen.draw.contracted.merging import merge
from topogen.draw.contracted.scene import Scene, frames_of, nodes_of, parts_elsewhere, split_words
from topogen.draw.contracted.words import notes_of
from topogen.draw.picture import LegendRow, Picture
from topogen.draw.shown.finding import alert_words
from topogen.draw.shown.heading import figures_of, finding_of, said_below, unknown_notes
from topogen.draw.shown.levels import rows_of
from topogen.draw.shown.part_pieces import part_pieces
from topogen.draw.shown.strokes import legend_rows
from topogen.draw.shown.tips import Tips
from topogen.errors import InputError, Problem
from topogen.graph.contract import contract, device_counts, narrow, node_names, node_types
from topogen.takeoff.basis_line import footer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Kind, Node
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def draw_racks(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the fabric by racks; raises ``InputError`` (E203) where it has none."""
    if all(place.level != "rack" for place in fabric.places):
        raise InputError([Problem("E203", 'no template has the level "rack"')])
    return draw_places(fabric, roll_up, "rack", touched)


def draw_trays(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the fabric by trays, or where it has none by the level of most places above a board."""
    sizes: dict[str, int] = {}
    for place in fabric.places:
        if place.level != "board":
            sizes[place.level] = sizes.get(place.level, 0) + place.count
    level = "tray" if "tray" in sizes else max(sizes, key=lambda level: sizes[level], default="device")
    return draw_places(fabric, roll_up, level, touched)


HOLDS: dict[Kind, str] = {
    "mixed": "box with GPUs and switches",
    "compute": "box without switches",
    "switch": "box of switches",
}


def _box_colours(nodes: Sequence[Node]) -> tuple[LegendRow, ...]:
    """Return what the colours of boxes mean, where some hold both GPUs and switches."""
    kinds = {node.kind for node in nodes}
    return tuple(LegendRow(kind, HOLDS[kind]) for kind in HOLDS if kind in kinds) if "mixed" in kinds else ()


def draw_places(fabric: Fabric, roll_up: RollUp, level: str, touched: Selection | None = None) -> Picture:
    """Return the fabric by places of a level; with ``touched`` only what it joins."""
    contraction = contract(fabric, level)
    if touched:
        contraction = narrow(contraction, touched)
    scene = Scene(
        fabric=fabric,
        contraction=contraction,
        merged=merge(fabric, contraction),
        names=tuple(node_names(fabric, contraction)),
        types=tuple(node_types(fabric, contraction)),
        devices=device_counts(fabric, contraction),
        parts=part_pieces(fabric, contraction.node, contraction.n_nodes, roll_up.quantities),
        touched=touched,
        tips=Tips(fabric, roll_up),
    )
    whole = touched is None  # a part of a fabric says nothing about its connectivity or its unused parts
    joined = box_links(scene)
    nodes = nodes_of(scene, badges_of(scene, joined))
    levels = levels_of_boxes(scene, nodes, joined)
    return Picture(
        name=fabric.name,
        title=finding_of(fabric, roll_up, touched),
        alert=alert_words(fabric),
        lines=(
            *said_below(fabric, f"one box per {level}", touched),
            *(split_words(scene) if whole else ()),
        ),
        frames=frames_of(scene),
        nodes=nodes,
        edges=edges_of(scene, joined, levels),
        legend=(*legend_rows(fabric, scene.links), *_box_colours(nodes)),
        notes=(*notes_of(roll_up, parts_elsewhere(scene)), *unknown_notes(fabric, roll_up)) if whole else (),
        rows=rows_of(levels),
        figures=figures_of(fabric, roll_up, touched),
        footer=footer_of(fabric, roll_up),
    )
