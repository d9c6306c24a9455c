"""The rack elevation: front view, U by U, with the contents of each tray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.elevation.items import NO_RACK, RackContents, racked
from topogen.draw.elevation.panels import panel, top_of
from topogen.draw.picture import LegendRow, Picture
from topogen.draw.shown.heading import alert_of, heading_lines, title_of
from topogen.draw.shown.shelves import shelved
from topogen.draw.shown.words import with_type
from topogen.model.equivalence import classify
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.draw.picture import CellKind
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MANY_RACKS = 12
"""Up to this number racks are drawn individually; above it, identical racks are merged."""

LEGEND: tuple[tuple[CellKind, str], ...] = (
    ("compute", "compute"),
    ("switch", "switch"),
    ("mixed", "compute and switch"),
    ("plain", "not selected by --only"),
)


def draw_elevation(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Picture:
    """Return the racks of a fabric side by side; devices outside racks are a list."""
    racks = _identical_racks(racked(fabric, roll_up, touched))
    top = top_of([copies[0] for copies in racks])
    panels = [panel(*_panel_title(fabric, copies), copies[0], top) for copies in racks]
    kinds = {cell.kind for one in panels for row in one.rows for cell in row}
    return Picture(
        name=fabric.name,
        title=title_of(fabric),
        alert=alert_of(fabric),
        lines=heading_lines(fabric, roll_up, "rack elevation (front view)", touched),
        frames=(),
        nodes=(),
        edges=(),
        legend=tuple(LegendRow(kind, text) for kind, text in LEGEND if kind in kinds),
        notes=(),
        shelves=shelved(panels),
    )


def _identical_racks(racks: list[RackContents]) -> list[list[RackContents]]:
    """Return racks one by one up to ``MANY_RACKS`` of them, else grouped by contents."""
    if len(racks) <= MANY_RACKS:
        return [[rack] for rack in racks]
    classes = classify((rack.items, tuple(rack.shared.items()), rack.rack == NO_RACK) for rack in racks)
    return [[racks[number] for number in numbers] for numbers in classes.members]


def _panel_title(fabric: Fabric, copies: list[RackContents]) -> tuple[str, list[str]]:
    """Return the title of a panel, and a line where it stands for several racks."""
    if copies[0].rack == NO_RACK:
        return "not in a rack", []
    kinds = [place.template for place in fabric.places if place.level == "rack" for _ in range(place.count)]
    names = [fabric.sites.racks[one.rack].name for one in copies]
    kind = kinds[copies[0].rack]
    if len(names) == 1:
        return with_type(names[0], kind), []
    return f"{format_count(len(names))} x {kind}", [f"{names[0]} to {names[-1]}: identical, one is drawn"]
