"""The sheet ``Summary``: what a reader sees first, each figure a formula over the other sheets."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.bill import COST_SCOPES
from topogen.takeoff.power import POWERED, total_power
from topogen.workbook.bom_sheet import COLUMN
from topogen.workbook.bom_sheet import SHEET as BOM
from topogen.workbook.prices import CASE, GPUS

if TYPE_CHECKING:
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.workbook.bom_sheet import BomSheet
    from topogen.workbook.cells import Book

WORDS = {
    "interconnect": "interconnect: cables, modules, engines, light, fibre",
    "network_device": "switches and NICs",
    "host": "GPUs and hosts, where they are bought one by one",
    "system": "systems bought whole",
}
CHART_ROWS = 12


def write_summary(
    book: Book,
    fabric: Fabric,
    rollup: RollUp,
    made: tuple[BomSheet, tuple[str, Fraction]],
    options: Options,
) -> None:
    """Write title, basis, counts, cost and watts."""
    bom, (order, cost) = made
    sheet, styles = book.sheet("Summary"), book.styles
    for column, width in enumerate((52, 18, 18, 40)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, fabric.spec.title or fabric.name, styles["title"])
    sheet.write_string(1, 0, footer_of(fabric, rollup), styles["note"])
    revisions = f"topology revision {options.topology_rev}, catalog revision {options.catalog_rev}"
    sheet.write_string(2, 0, revisions, styles["note"])
    if lacking := {gap.part for gap in rollup.gaps if gap.lacks_price}:
        words = f"No price for {len(lacking)} parts: cost is a lower bound. See Gaps."
        sheet.write_string(3, 0, words, styles["note"])
    row = _counts(book, rollup, 5)
    row = _costs(book, rollup, bom, row + 1)
    book.put(sheet, (row, 0), "order, with attrition, spares and packs: see Order")
    book.formula(sheet, (row, 1), order, cost)
    row = _watts(book, rollup, bom, row + 2)
    _chart(book, rollup, row + 1)


def _counts(book: Book, rollup: RollUp, row: int) -> int:
    totals, sheet = rollup.totals, book.sheet("Summary")
    book.put(sheet, (row, 0), "GPUs")
    book.formula(sheet, (row, 1), GPUS, totals.gpus, "count")
    counts: dict[str, int | Fraction] = {
        "links": totals.links, "optical engines": totals.engines_fitted, "external light sources": totals.els,
        "lasers": totals.lasers, "data fibres": totals.fibres, "laser fibres": totals.laser_fibres,
    }  # fmt: skip
    book.put(sheet, (row, 2), "per GPU", "head")
    shown = {words: count for words, count in counts.items() if count}
    for at, (words, count) in enumerate(shown.items(), start=row + 1):
        book.put(sheet, (at, 0), words)
        book.put(sheet, (at, 1), count, "count")
        if totals.gpus:
            book.formula(sheet, (at, 2), f"B{at + 1}/{GPUS}", Fraction(count) / totals.gpus, "number")
    return row + 1 + len(shown)


def _costs(book: Book, rollup: RollUp, bom: BomSheet, row: int) -> int:
    """Write the cost of each scope; return the next row."""
    sheet, totals = book.sheet("Summary"), rollup.totals
    book.put(sheet, (row, 0), "USD, as modelled", "head")
    book.formula(sheet, (row, 1), f'{CASE}&" prices"', "base prices", "head")
    book.put(sheet, (row, 2), "per GPU", "head")
    now = (totals.cost_usd, totals.network_device_usd, totals.host_usd, totals.system_usd)
    for at, (scope, value) in enumerate(zip(COST_SCOPES, now, strict=True), start=row + 1):
        book.put(sheet, (at, 0), WORDS[scope])
        book.formula(sheet, (at, 1), bom.sum_of("extended_cost", scope), value.base)
        if totals.gpus:
            book.formula(sheet, (at, 2), f"B{at + 1}/{GPUS}", value.base / totals.gpus)
    return row + 1 + len(COST_SCOPES)


def _watts(book: Book, rollup: RollUp, bom: BomSheet, row: int) -> int:
    sheet = book.sheet("Summary")
    book.put(sheet, (row, 0), "watts, base values, parts in use", "head")
    for at, scope in enumerate(POWERED, start=row + 1):
        now = total_power(rollup.totals.power, [scope]).watts.base
        book.put(sheet, (at, 0), WORDS[scope])
        book.formula(sheet, (at, 1), bom.sum_of("power_w_total", scope), now, "number")
    return row + 1 + len(POWERED)


def _chart(book: Book, rollup: RollUp, row: int) -> None:
    """Draw the cost of the first lines of the interconnect."""
    lines = [at for at, line in enumerate(rollup.lines) if line.cost_scope == "interconnect"]
    if lines:
        first, last = lines[0] + 2, min(lines[-1], lines[0] + CHART_ROWS - 1) + 2
        part, cost = letters(COLUMN["part_id"]), letters(COLUMN["extended_cost"])
        names, values = (f"={BOM}!${one}${first}:${one}${last}" for one in (part, cost))
        book.bars(book.sheet("Summary"), row, "Interconnect by part and length, USD", (names, values))
