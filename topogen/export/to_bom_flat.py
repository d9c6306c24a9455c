"""``bom_flat.csv``: one row an orderable part and length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.catalog.pricing import high, low, market_basis
from topogen.columns.cells import csv_text
from topogen.columns.parts import BOM_FLAT
from topogen.export.cells.part_cells import (
    categories,
    identity,
    price_basis,
    price_provenance,
)
from topogen.export.options import DEFAULT
from topogen.model.length_histogram import BASES
from topogen.ordering.orders import order_lines
from topogen.ordering.sole_source import sole_source
from topogen.takeoff.gaps import gaps_of
from topogen.takeoff.power import POWERED
from topogen.takeoff.quantities import LinkQuantity
from topogen.takeoff.roll_up import buildable_rows
from topogen.units import format_count, to_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.catalog.model import Part
    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import OrderLine
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp

SAMPLE = 3


def to_bom_flat(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> str:
    """Return the flat BOM as CSV; `extended_cost` adds up to interconnect plus network devices."""
    return csv_text(BOM_FLAT, bom_flat_rows(fabric, rollup, options))


def bom_flat_rows(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> list[Row]:
    """Return one row a part and length; columns `BOM_FLAT`."""
    rows = []
    orders = order_lines(fabric, rollup, options.buying)
    for number, line in enumerate(rollup.lines, start=1):
        part = fabric.catalog.parts[line.part]
        head: Row = {
            "line_no": number,
            "topology_rev": options.topology_rev,
            "catalog_rev": options.catalog_rev,
        }
        made_of = (
            identity(part, line.length_mm),
            _what(line),
            _quantities(line, orders),
            _costs(line),
            _price(fabric, part, line),
            _sourcing(part),
            _power(part, line),
        )
        rows.append(head | {key: cell for cells in made_of for key, cell in cells.items()})
        rows[-1]["notes"] = _notes(fabric, line)
    return rows


def _what(line: BomLine) -> Row:
    users = list(dict.fromkeys(name for name in _users(line) if name))
    return {
        "category": categories(line.quantities),
        "cost_scope": line.cost_scope,
        "network": ";".join(line.networks),
        "medium": ";".join(line.media),
        "uom": "each",
        "length_m": None if line.length_mm is None else to_metres(line.length_mm),
        "length_basis": ";".join(_length_basis(line)),
        "where_used_count": len(users),
        "where_used_sample": ";".join(users[:SAMPLE]),
    }


def _length_basis(line: BomLine) -> list[str]:
    """Return what the lengths of a line rest on, nothing for what is not sold by length."""
    found = {one for row in line.quantities if isinstance(row, LinkQuantity) for one in row.length_basis}
    return sorted(found, key=BASES.index)


def _users(line: BomLine) -> list[str]:
    """Return the link groups, device types and templates that ask for a part, in their order there."""
    found: list[str] = []
    for row in line.quantities:
        found += row.groups or (one.host for one in row.classes)
    return found


def _quantities(line: BomLine, orders: Sequence[OrderLine]) -> Row:
    """Return the pieces of a line, and those of the order of its part or of its alternates."""
    own = [
        one
        for one in orders
        if one.length_mm == line.length_mm and line.part in {one.part, *one.alternate_of}
    ]
    return {
        "qty_design": line.qty,
        "qty_required": sum(one.required for one in own),
        "qty_order": sum(one.order or 0 for one in own) or None,
    }


def _costs(line: BomLine) -> Row:
    cells: Row = {"currency": "USD"}
    if line.unit:
        unit = line.unit
        cells |= {"unit_cost": unit.base, "unit_cost_low": unit.low, "unit_cost_high": unit.high}
    if line.extended:
        cells["extended_cost"] = line.extended.base
        cells["extended_cost_low"] = low(line.extended)
        cells["extended_cost_high"] = high(line.extended)
    return cells


def _price(fabric: Fabric, part: Part, line: BomLine) -> Row:
    said = price_provenance(fabric.catalog, part, line.unit)
    return {
        "price_basis": price_basis(part, line.unit),
        "basis": market_basis(fabric.catalog, part) if line.unit else None,
        "price_source": said.source,
        "price_date": said.as_of,
        "confidence": said.confidence,
    }


def _sourcing(part: Part) -> Row:
    return {"sole_source": sole_source(part), "alternates": ";".join(part.alternates)}


def _power(part: Part, line: BomLine) -> Row:
    if part.power_w is None:
        return {}
    active = sum(row.qty_active for row in line.quantities)
    total = part.power_w.base * active if line.cost_scope in POWERED else None
    return {"power_w_each": part.power_w.base, "power_w_total": total}


def _notes(fabric: Fabric, line: BomLine) -> str:
    """Return what the price of a line lacks, and where its buildable count differs."""
    gaps = [gap.what for gap in gaps_of(fabric, line)]
    differ = [
        f"buildable {format_count(row.buildable)} in {row.network}, rounded per {row.buildable_scope}, "
        f"not {format_count(row.qty)}"
        for row in buildable_rows(line.quantities)
    ]
    return "; ".join(dict.fromkeys(gaps + differ))
