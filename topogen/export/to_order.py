"""``order.csv``: what is ordered of each part and length, with attrition, spares and whole packs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.catalog.pricing import high, low
from topogen.columns.cells import csv_text
from topogen.columns.parts import ORDER
from topogen.export.cells.part_cells import identity, price_provenance
from topogen.export.options import DEFAULT
from topogen.ordering.arrivals import boxes_of, weight_each, weight_of
from topogen.ordering.orders import order_lines
from topogen.ordering.sole_source import sole_source
from topogen.units import to_metres

if TYPE_CHECKING:
    from topogen.catalog.model import Part
    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import OrderLine
    from topogen.takeoff.roll_up import RollUp


def to_order(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> str:
    """Return the order as CSV."""
    return csv_text(ORDER, order_rows(fabric, rollup, options))


def order_rows(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> list[Row]:
    """Return one row a part and length, ordered or not; columns `ORDER`."""
    rows = []
    for number, line in enumerate(order_lines(fabric, rollup, options.buying), start=1):
        part = fabric.catalog.parts[line.part]
        said = price_provenance(fabric.catalog, part, line.unit)
        row: Row = {
            "line_no": number,
            "cost_scope": ";".join(line.cost_scopes),
            "uom": "each",
            "length_m": None if line.length_mm is None else to_metres(line.length_mm),
            "price_source": said.source,
            "price_date": said.as_of,
            "confidence": said.confidence,
            "sole_source": sole_source(part),
            "alternate_of": ";".join(line.alternate_of),
            "topology_rev": options.topology_rev,
            "catalog_rev": options.catalog_rev,
            "notes": notes_of(line),
        }
        made_of = (identity(part, line.length_mm), _quantities(line), _costs(line), _terms(part, line))
        rows.append(row | {key: cell for cells in made_of for key, cell in cells.items()})
    return rows


def _quantities(line: OrderLine) -> Row:
    return {
        "qty_design": line.design,
        "qty_inside": line.design if line.opened else line.inside,
        "attrition_qty": line.attrition,
        "spare_qty": line.spares.pieces,
        "spare_rule": line.spares.rule,
        "qty_required": line.required,
        "qty_order": line.order,
    }


def _costs(line: OrderLine) -> Row:
    cells: Row = {"currency": "USD", "price_break_qty": line.reached}
    if line.unit and line.cost:
        cells |= {
            "unit_cost": line.unit.base,
            "unit_cost_low": line.unit.low,
            "unit_cost_high": line.unit.high,
            "order_cost": line.cost.base,
            "order_cost_low": low(line.cost),
            "order_cost_high": high(line.cost),
        }
    return cells


def _terms(part: Part, line: OrderLine) -> Row:
    terms = part.terms
    return {
        "supplier": terms.supplier,
        "moq": terms.moq,
        "pack_qty": terms.pack_qty,
        "lead_time_weeks": terms.lead_time_weeks.base if terms.lead_time_weeks else None,
        "phase": line.phase or None,
        "left_over": line.left_over if line.phase else None,
        "qty_ordered": line.ordered,
        "need_by": line.need_by.isoformat() if line.need_by else None,
        "order_by": line.order_by.isoformat() if line.order_by else None,
        "slack_days": line.slack_days,
        "lifecycle": terms.lifecycle,
        "country_of_origin": terms.country_of_origin,
        "hs_code": terms.hs_code,
        "weight_kg_each": weight_each(part, line.length_mm),
        "weight_kg_total": weight_of(part, line.length_mm, line.order),
        "boxes": boxes_of(part, line.order),
    }


def notes_of(line: OrderLine) -> str:
    """Return why nothing, or less than the design, is ordered, and what is not known."""
    notes = []
    if line.opened:
        notes.append("bought as its parts")
    elif line.inside:
        notes.append("all inside what is bought whole" if line.inside == line.design else "partly inside")
    if line.spares.lacks:
        notes.append(f"spares not known: {line.spares.lacks} is missing")
    if line.order and line.unit is None:
        notes.append("no price at this quantity")
    return "; ".join(notes)
