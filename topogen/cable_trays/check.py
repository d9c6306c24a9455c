"""Refuse cable trays that are too full, and say what is not known of those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.cable_trays.load import load_of
from topogen.cable_trays.segments import tray_segments
from topogen.units import format_decimal, format_length

if TYPE_CHECKING:
    from fractions import Fraction

    from topogen.cable_trays.load import Load
    from topogen.cable_trays.segments import Segments
    from topogen.errors import Problems
    from topogen.language.layout import TraySpec
    from topogen.model.fabric import Fabric

TRAY = ("layout", "tray")
PERCENT = 100
NAMED = 6
"""Racks in no row that a warning names."""


def sized_tray(fabric: Fabric) -> TraySpec | None:
    """Return the tray of a floor where its cross-section is stated."""
    layout = fabric.spec.layout
    return layout.tray if layout and layout.tray and layout.tray.area_mm2 and fabric.sites.rows else None


def segment_loads(fabric: Fabric, segments: Segments) -> list[Load]:
    """Return the load of each segment."""
    return [load_of(fabric.catalog, segments.parts, cables) for cables in segments.cables.T.tolist()]


def check_trays(fabric: Fabric, problems: Problems) -> None:
    """Refuse trays that are fuller than the file allows; warn of what their fill leaves out."""
    tray = sized_tray(fabric)
    if tray is None:
        return
    segments = tray_segments(fabric)
    loads = segment_loads(fabric, segments)
    _refuse_overfull(fabric, tray, segments, loads, problems)
    _warn_of_no_diameter(fabric, segments, loads, problems)
    _warn_of_no_way(fabric, segments, problems)


def _refuse_overfull(
    fabric: Fabric, tray: TraySpec, segments: Segments, loads: list[Load], problems: Problems
) -> None:
    full = [at for at, load in enumerate(loads) if tray.max_fill and load.fill(tray.area_mm2) > tray.max_fill]
    if not full or tray.max_fill is None or tray.depth is None:
        return
    worst = max(full, key=lambda at: loads[at].area_mm2)
    load = loads[worst]
    least = "at least " if load.without_diameter else ""
    others = f"; {len(full):,} segments are too full" if len(full) > 1 else ""
    message = (
        f"{segment_words(fabric, segments, worst)} holds {load.cables:,} cables of {least}"
        f"{format_decimal(load.area_mm2, 1)} mm2, {_percent(load.fill(tray.area_mm2))}% of the tray; "
        f"max_fill is {_percent(tray.max_fill)}%{others}"
    )
    width = -(-load.area_mm2 // (tray.max_fill * tray.depth))
    fill = -(-load.fill(tray.area_mm2) * 100 // 1)
    hint = f"write width: {width} mm or more"
    hint += f", or max_fill: {fill}% or more" if fill <= PERCENT else ""
    problems.add("E792", message, (*TRAY, "max_fill"), hint)


def _percent(share: Fraction) -> str:
    return format_decimal(100 * share, 3)


def segment_words(fabric: Fabric, segments: Segments, at: int) -> str:
    """Return where a segment is, in words."""
    rows = fabric.sites.rows
    start, end = (format_length(int(side[at])) for side in (segments.start, segments.end))
    row, to_row = rows[int(segments.row[at])], rows[int(segments.to_row[at])]
    if row != to_row:
        return f"the cross-aisle at {start} between rows {row} and {to_row}"
    return f"the tray of row {row} from {start} to {end}"


def _warn_of_no_diameter(fabric: Fabric, segments: Segments, loads: list[Load], problems: Problems) -> None:
    unknown: list[str] = []
    for name, most in zip(segments.parts, segments.cables.max(axis=1, initial=0).tolist(), strict=True):
        if most and not (name and fabric.catalog.parts[name].diameter_mm):
            unknown.append(name or "cables without a part")
    if unknown:
        parts = [name for name in unknown if name in fabric.catalog.parts]
        less = sum(1 for load in loads if load.without_diameter)
        message = (
            f"{less:,} of {len(loads):,} segments of cable trays are fuller than trays.csv says: "
            f"the diameter is not known of {', '.join(unknown)}"
        )
        hint = (
            f"state it under catalog.parts.{parts[0]}.diameter_mm"
            if parts
            else "give the links a medium whose cables are parts of the catalog"
        )
        problems.add("W792", message, TRAY, hint)


def _warn_of_no_way(fabric: Fabric, segments: Segments, problems: Problems) -> None:
    if segments.uncrossed:
        message = (
            f"{segments.uncrossed:,} cables between rows are in no segment: where they cross is not known"
        )
        problems.add("W793", message, TRAY, "add to layout where they cross, such as cross_aisles: [0 m]")
    if segments.unplaced:
        message = f"{segments.unplaced:,} cables are in no segment: an end of each is in no rack of a row"
        names = [fabric.sites.racks[rack].name for rack in segments.unlisted[:NAMED].tolist()]
        more = len(segments.unlisted) - len(names)
        some = ", ".join(names) + (f" and {more:,} more" if more else "")
        hint = f"list {some} in layout.rows" if names else "place the devices in racks of layout.rows"
        problems.add("W793", message, TRAY, hint)
