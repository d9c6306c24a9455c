"""The floor plan: rows, their racks, and the paths with the most links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.floor.panels import ends_words, floor_panel, paths_panel
from topogen.draw.floor.paths import by_row, heaviest, links_inside, links_leaving, numbers_at, paths_of
from topogen.draw.floor.plan import plan_of
from topogen.draw.picture import LegendRow, Picture
from topogen.draw.shown.heading import alert_of, heading_lines, title_of
from topogen.draw.shown.strokes import legend_rows
from topogen.errors import InputError, Problem
from topogen.graph.contract import contract, narrow
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.floor.paths import Path
    from topogen.draw.picture import CellKind
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

LEGEND: tuple[tuple[CellKind, str], ...] = (
    ("compute", "compute racks"),
    ("switch", "switch racks"),
    ("mixed", "compute and switch racks"),
    ("plain", "no link to the --only selection"),
)


def draw_floor(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the floor of a fabric; raises ``InputError`` (E203) where no rack is placed in a row."""
    if not (fabric.sites.row >= 0).any():
        raise InputError([_no_rows(fabric)])
    contraction = contract(fabric, "rack")
    if touched:
        contraction = narrow(contraction, touched)
    plan = plan_of(fabric, contraction)
    areas, paths = by_row(plan, paths_of(fabric, contraction, plan))
    drawn, rest = heaviest(paths)
    panels = (
        (floor_panel(fabric, plan, areas, ends_words(links_leaving(paths), numbers_at(drawn))),),
        (paths_panel(fabric, contraction, areas, drawn, touched),),
    )
    links = list({path.link.name: path.link for path in drawn}.values())
    kinds = {cell.kind for row in panels[0][0].rows for cell in row}
    return Picture(
        name=fabric.name,
        title=title_of(fabric),
        alert=alert_of(fabric),
        lines=heading_lines(fabric, roll_up, "floor plan", touched),
        frames=(),
        nodes=(),
        edges=(),
        legend=(
            *(LegendRow(kind, text) for kind, text in LEGEND if kind in kinds),
            *legend_rows(fabric, links, dict.fromkeys(link.network for link in links)),
        ),
        notes=_path_notes(drawn, rest, links_inside(contraction)),
        shelves=panels if drawn else panels[:1],
    )


def _no_rows(fabric: Fabric) -> Problem:
    racks = fabric.sites.racks
    if racks:
        hint = f"list the racks in layout.rows, such as rows: {{A: [{racks[0].name}]}}"
    else:
        hint = 'add "level: rack" to a template and list its racks in layout.rows'
    return Problem("E203", "no rack is placed in a row, so there is no floor plan", hint=hint)


def _path_notes(drawn: Sequence[Path], rest: Sequence[Path], inside: int) -> tuple[str, ...]:
    """Return what the paths leave out, so that everything adds up to all links."""
    total = sum(path.links for path in drawn)
    notes = [f"paths above: {format_count(total)} links"]
    if rest:
        left, most = sum(path.links for path in rest), max(path.links for path in rest)
        many = f"{format_count(len(rest))} more path{'s' if len(rest) > 1 else ''}"
        notes.append(f"{many} (up to {format_count(most)} links each): {format_count(left)} links")
        total += left
    notes.append(f"inside racks: {format_count(inside)} links")
    return (*notes, f"total: {format_count(total + inside)} links")
