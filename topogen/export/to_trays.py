"""``trays.csv``: every segment of the cable trays with its cables, fill and weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.cable_trays.check import segment_loads, sized_tray
from topogen.cable_trays.segments import tray_segments
from topogen.columns.cells import csv_text
from topogen.columns.trays import TRAYS
from topogen.export.options import DEFAULT
from topogen.units import format_length, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def to_trays(fabric: Fabric, _: RollUp, _options: Options = DEFAULT) -> str:
    """Return the segments as CSV: rows in the order of the file, then cross-aisles."""
    return csv_text(TRAYS, _rows(fabric))


def _rows(fabric: Fabric) -> Iterator[Row]:
    tray, sites = sized_tray(fabric), fabric.sites
    if tray is None:
        return
    segments = tray_segments(fabric)
    rack_at = {(rack.row, rack.x_mm): rack.name for rack in sites.racks if rack.x_mm is not None}
    row_pitch = (fabric.spec.layout.row_pitch if fabric.spec.layout else 0) or 0
    sides = (side.tolist() for side in (segments.row, segments.to_row, segments.start, segments.end))
    loads = segment_loads(fabric, segments)
    for row, to_row, start, end, load in zip(*sides, loads, strict=True):
        name, to_name, along = sites.rows[row], sites.rows[to_row], row == to_row
        at, to = format_length(start), format_length(end)
        yield {
            "segment": f"{name} {at} to {to}" if along else f"{name} to {to_name} at {at}",
            "row": name,
            "to_row": None if along else to_name,
            "from_m": to_metres(start),
            "to_m": to_metres(end),
            "from_rack": rack_at.get((name, start)) if along else None,
            "to_rack": rack_at.get((name, end)) if along else None,
            "length_m": to_metres(end - start if along else row_pitch),
            "cables": load.cables,
            "cables_no_diameter": load.without_diameter,
            "area_mm2": load.area_mm2,
            "fill_percent": 100 * load.fill(tray.area_mm2),
            "fill_at_least": load.without_diameter > 0,
            "kg_per_metre": load.kg_per_m,
            "cables_no_weight": load.without_weight,
        }
