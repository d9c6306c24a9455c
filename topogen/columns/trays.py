"""Columns of the segments of cable trays."""

from __future__ import annotations

from topogen.columns.column import Column

TRAYS = (
    Column("segment", "text", "row, or the two rows that a cross-aisle joins, and where along the rows"),
    Column("row", "text", "row of the layout"),
    Column("to_row", "text", "neighbouring row; empty for a segment of a row"),
    Column("from_m", "m", "begin along the rows, from the first rack; of a cross-aisle its position"),
    Column("to_m", "m", "end along the rows"),
    Column("from_rack", "text", "rack at the begin; empty at a cross-aisle"),
    Column("to_rack", "text", "rack at the end; empty at a cross-aisle"),
    Column("length_m", "m", "length of the segment"),
    Column("cables", "count", "cables in it; a splitter counts once for each two racks that it joins"),
    Column("cables_no_diameter", "count", "those of them whose diameter is not known"),
    Column("area_mm2", "number", "cross-sections of the others together, each pi / 4 x diameter_mm^2"),
    Column("fill_percent", "percent", "area_mm2 / (width x depth of the tray)"),
    Column("fill_at_least", "true/false", "whether diameters are missing, so that the true fill is higher"),
    Column("kg_per_metre", "number", "weight of the cables per metre"),
    Column("cables_no_weight", "count", "cables whose weight is not known: the true weight is higher"),
)
