"""The sheets ``Content`` and ``Vendors``: who earns what inside each line, as formulas over the prices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.catalog.earnings import ITS_PRICE, shares
from topogen.catalog.pricing import UNASSIGNED, unit_price
from topogen.takeoff.bill import COUNTED
from topogen.workbook.cells import Book, Head, constant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.worksheet import Worksheet

    from topogen.catalog.earnings import Share
    from topogen.columns.cells import Cell
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.workbook.bom_sheet import BomSheet
    from topogen.workbook.prices import Prices

CONTENT, SHEET = "Content", "Vendors"
HEADS = (
    Head("line_no", 7, "count"), Head("line part_id", 22), Head("cost_scope", 14), Head("vendor", 18),
    Head("layer", 16),
    Head("part_id", 22), Head("value USD", 16, "usd"),
)  # fmt: skip


def write_vendors(book: Book, fabric: Fabric, rollup: RollUp, prices: Prices, bom: BomSheet) -> None:
    """Write content by line and the table of vendors by layer."""
    table, content = book.sheet(SHEET), book.sheet(CONTENT)
    book.headings(content, 0, HEADS)
    pairs: dict[tuple[str, str], Fraction] = {}
    row = 0
    for number, line in enumerate(rollup.lines):
        for share in shares(fabric.catalog, line.part):
            row += 1
            cells: tuple[Cell, ...] = (
                number + 1,
                line.part,
                line.cost_scope,
                share.vendor,
                share.layer or "none",
                share.part,
            )
            for column, value in enumerate(cells):
                book.put(content, (row, column), value, HEADS[column].style)
            formula, now = _value(fabric, rollup, number, share, prices, bom)
            book.formula(content, (row, len(HEADS) - 1), formula, now)
            if line.cost_scope in COUNTED:
                pair = share.vendor, share.layer or "none"
                pairs[pair] = pairs.get(pair, Fraction(0)) + now
    content.autofilter(0, 0, max(1, row), len(HEADS) - 1)
    _write_table(book, table, pairs, row)


def _write_table(book: Book, sheet: Worksheet, pairs: Mapping[tuple[str, str], Fraction], rows: int) -> None:
    """Write the table of vendors by layer over the rows of the content; ``pairs`` is what it comes to now."""
    if not pairs:
        book.put(sheet, (0, 0), "nothing that is summed has a part")
        return
    vendors = sorted({vendor for vendor, _ in pairs}, key=lambda one: (one == UNASSIGNED, one))
    layers = sorted({layer for _, layer in pairs})
    heads = (Head("vendor, content view", 22), *(Head(layer, 14, "usd") for layer in layers), Head("all", 16))
    book.headings(sheet, 0, heads)
    last, whole = len(vendors) + 1, len(layers) + 1
    for row, vendor in enumerate(vendors, start=1):
        book.put(sheet, (row, 0), vendor)
        for at, layer in enumerate(layers, start=1):
            now = pairs.get((vendor, layer), Fraction(0))
            book.formula(sheet, (row, at), _sums(row, at, rows), now)
        now = sum((value for (one, _), value in pairs.items() if one == vendor), Fraction(0))
        book.formula(sheet, (row, whole), f"SUM(B{row + 1}:{letters(whole - 1)}{row + 1})", now, "total")
    book.put(sheet, (last, 0), "all", "head")
    for at, layer in enumerate((*layers, ""), start=1):
        now = sum((value for (_, one), value in pairs.items() if layer in ("", one)), Fraction(0))
        book.formula(sheet, (last, at), f"SUM({letters(at)}2:{letters(at)}{last})", now, "total")
    total = letters(whole)
    names, values = f"={SHEET}!$A$2:$A${last}", f"={SHEET}!${total}$2:${total}${last}"
    book.bars(sheet, last + 2, "Content by vendor, USD", (names, values))


def _sums(row: int, at: int, rows: int) -> str:
    """Return the value of the vendor of a row in the layer of a column, of the scopes that are summed."""

    def column(name: str) -> str:
        found = letters([head.words for head in HEADS].index(name))
        return f"{CONTENT}!${found}$2:${found}${max(2, rows + 1)}"

    where = f"{column('vendor')},$A{row + 1},{column('layer')},{letters(at)}$1,{column('cost_scope')}"
    return "+".join(f'SUMIFS({column("value USD")},{where},"{scope}")' for scope in COUNTED)


def _value(
    fabric: Fabric, rollup: RollUp, number: int, share: Share, prices: Prices, bom: BomSheet
) -> tuple[str, Fraction]:
    """Return the value of a share of all pieces of a line, and what it is now."""
    line = rollup.lines[number]
    terms, now = [], Fraction(0)
    for name, factor in share.price.items():
        cell = bom.cell(number, "unit_cost") if name == ITS_PRICE else prices.price(name)
        terms.append(f"{constant(factor * share.quantity)}*N({cell})")
        price = line.unit if name == ITS_PRICE else unit_price(fabric.catalog, name).usd
        now += factor * share.quantity * (price.base if price else 0)
    sum_of = "+".join(terms).replace("+-", "-") or "0"
    return f"{bom.cell(number, 'qty_design')}*({sum_of})", now * line.qty
