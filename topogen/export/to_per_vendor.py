"""``per_vendor.csv``: who is paid (procurement) and who earns what inside it (content); never added."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.earnings import MARGIN
from topogen.catalog.pricing import UNASSIGNED, high, low, unit_price, unpriced_contents, why_unassigned
from topogen.columns.cells import csv_text
from topogen.columns.count_basis import AS_MODELLED
from topogen.columns.totals import PER_VENDOR
from topogen.export.cells.part_cells import is_counted, n_racks, price_provenance
from topogen.export.options import DEFAULT
from topogen.takeoff.count_bases import Gpus, gpus_of

if TYPE_CHECKING:
    from topogen.catalog.model import Catalog
    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp, VendorRow
    from topogen.units import Triple


def to_per_vendor(fabric: Fabric, rollup: RollUp, _: Options = DEFAULT) -> str:
    """Return both views as CSV; each adds up to what the flat BOM comes to."""
    return csv_text(PER_VENDOR, per_vendor_rows(fabric, rollup))


def per_vendor_rows(fabric: Fabric, rollup: RollUp) -> list[Row]:
    """Return one row a view, vendor, part, layer and cost scope; columns `PER_VENDOR`."""
    lines = _lines_of_parts(fabric.catalog, rollup)
    gpus, racks = gpus_of(fabric), n_racks(fabric)
    totals = _totals(rollup)
    rows = []
    for row in rollup.vendors:
        head: Row = {
            "scenario": fabric.scenario,
            "view": row.view,
            "vendor": row.vendor,
            "layer": row.layer,
            "category": "+".join(lines.get((row.part, row.cost_scope), ())),
            "cost_scope": row.cost_scope,
            "part_id": row.part,
            "share_pct": None if row.share is None else 100 * row.share,
            "qty": row.qty,
            "currency": "USD",
            "count_basis": AS_MODELLED.replace("_", " x ", 1),
        }
        rows.append(
            head
            | _value(
                row.value, row.qty, gpus, racks, (totals[row.view, ""], totals[row.view, row.cost_scope])
            )
            | _said(fabric.catalog, row)
        )
    return rows


def _totals(rollup: RollUp) -> dict[tuple[str, str], Fraction]:
    """Return the value of each view in all, and of each cost scope in it."""
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in rollup.vendors:
        for scope in ("", row.cost_scope):
            found[row.view, scope] += row.value.base if row.value else 0
    return found


def _percent(value: Fraction, total: Fraction) -> Fraction | None:
    return 100 * value / total if total else None


def _value(
    value: Triple | None, qty: Fraction, gpus: Gpus, racks: int, totals: tuple[Fraction, Fraction]
) -> Row:
    """Return the money columns, empty where a price is missing."""
    if value is None:
        return {}
    return {
        "unit_value": value.base / qty,
        "unit_value_low": None if value.low is None else value.low / qty,
        "unit_value_high": None if value.high is None else value.high / qty,
        "value_total": value.base,
        "value_total_low": low(value),
        "value_total_high": high(value),
        "value_per_gpu": gpus.per(value.base),
        "value_per_rack": value.base / racks if racks else None,
        "value_pct_of_view": _percent(value.base, totals[0]),
        "value_pct_of_scope": _percent(value.base, totals[1]),
    }


def _said(catalog: Catalog, row: VendorRow) -> Row:
    """Return on what the value rests."""
    part = catalog.parts[row.part]
    open_to: Row = {"candidates": ";".join(part.candidates)} if row.vendor == UNASSIGNED else {}
    if row.value is None:
        return open_to | {"notes": f"give {row.part} a price_usd"}
    said = price_provenance(catalog, part, unit_price(catalog, row.part).usd)
    unpriced = unpriced_contents(catalog, row.part) if row.view == "content" else ()
    return open_to | {
        "value_basis": _value_basis(catalog, row),
        "confidence": said.confidence,
        "source": said.source,
        "as_of": said.as_of,
        "notes": f"without a price: {', '.join(unpriced)}" if unpriced else None,
    }


def _value_basis(catalog: Catalog, row: VendorRow) -> str:
    if row.view == "procurement":
        return "price"
    if row.vendor == UNASSIGNED:
        return why_unassigned(catalog, row.part)
    if row.layer == MARGIN:
        return "margin"
    return "upper_bound" if unpriced_contents(catalog, row.part) else "value_added"


def _lines_of_parts(catalog: Catalog, rollup: RollUp) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return under which recipe lines a part is bought, by part and cost scope, also deep inside another."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in rollup.quantities:
        if one.part and is_counted(one.cost_scope):
            for name in _inside(catalog, one.part):
                found.setdefault((name, one.cost_scope), {})[one.line] = None
    return {key: tuple(lines) for key, lines in found.items()}


def _inside(catalog: Catalog, name: str) -> set[str]:
    """Return a part with its alternates and contents at any depth."""
    part = catalog.parts[name]
    inner = [_inside(catalog, other) for other in (*part.alternates, *part.contains)]
    return {name}.union(*inner)
