"""The sheet ``BOM``: one row per part and length, with quantity, price and cost as formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.export.cells.part_cells import identity
from topogen.units import to_metres
from topogen.workbook.cells import Book, Head
from topogen.workbook.prices import GPUS, RATIO

if TYPE_CHECKING:
    from topogen.columns.cells import Cell, Row
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp
    from topogen.workbook.prices import Prices

SHEET = "BOM"
HEADS = (
    Head("line_no", 7, "count"), Head("part_id", 22), Head("mpn", 24), Head("manufacturer", 14),
    Head("description", 38), Head("cost_scope", 14), Head("network", 14), Head("length_m", 9, "number"),
    Head("qty_model", 11, "count"),
    Head("qty_design", 11, "count"), Head("unit_cost", 12, "usd"), Head("extended_cost", 16, "usd"),
    Head("extended_cost per GPU", 12, "usd"), Head("power_w_each", 10, "number"),
    Head("pieces in use", 11, "count"),
    Head("power_w_total", 13, "number"),
)  # fmt: skip
COLUMN = {head.words: number for number, head in enumerate(HEADS)}


class BomSheet:
    """The rows of the BOM, written when made; sums over them by formula."""

    def __init__(self, book: Book, fabric: Fabric, rollup: RollUp, prices: Prices) -> None:
        self._book, self._prices, self.lines = book, prices, rollup.lines
        self.gpus = rollup.totals.gpus
        sheet = book.sheet(SHEET)
        book.headings(sheet, 0, HEADS)
        for row, line in enumerate(self.lines, start=1):
            self._write(fabric, line, row)
        sheet.autofilter(0, 0, max(1, len(self.lines)), len(HEADS) - 1)

    def cell(self, number: int, column: str) -> str:
        """Return the cell of a line, counted from 0, in a column."""
        return f"{SHEET}!${letters(COLUMN[column])}${number + 2}"

    def range(self, column: str) -> str:
        """Return all cells of a column."""
        name = letters(COLUMN[column])
        return f"{SHEET}!${name}$2:${name}${max(2, len(self.lines) + 1)}"

    def sum_of(self, column: str, scope: str) -> str:
        """Return the sum of a column over one cost scope."""
        return f'SUMIFS({self.range(column)},{self.range("cost_scope")},"{scope}")'

    def _write(self, fabric: Fabric, line: BomLine, row: int) -> None:
        book, sheet, part = self._book, self._book.sheet(SHEET), fabric.catalog.parts[line.part]
        watts_each = part.power_w.base if part.power_w else None
        in_use = sum(one.qty_active for one in line.quantities)
        cells: Row = identity(part, line.length_mm) | {
            "line_no": row,
            "cost_scope": line.cost_scope,
            "network": ";".join(line.networks),
            "length_m": None if line.length_mm is None else to_metres(line.length_mm),
            "qty_model": line.qty,
            "power_w_each": watts_each,
            "pieces in use": in_use,
        }
        for name, value in cells.items():
            book.put(sheet, (row, COLUMN[name]), value, HEADS[COLUMN[name]].style)
        own = {head: f"{letters(COLUMN[head])}{row + 1}" for head in COLUMN}
        ratio = self._prices.cell(line.part, RATIO, line.length_mm)
        price = self._prices.price(line.part, line.length_mm)
        per_metre = self._prices.per_metre(line.part, line.length_mm)
        unit = line.unit.base if line.unit else None
        cost = None if unit is None else unit * line.qty
        watts = None if watts_each is None else watts_each * in_use
        metres = f'IF({own["length_m"]}="",0,{own["length_m"]}*N({per_metre}))'
        formulas: dict[str, tuple[str, Cell]] = {
            "qty_design": (_rounded(f"{own['qty_model']}*{ratio}"), line.qty),
            "unit_cost": (f'IF({price}="","",{price}+{metres})', unit),
            "extended_cost": (f'IF({own["unit_cost"]}="","",{own["qty_design"]}*{own["unit_cost"]})', cost),
            "extended_cost per GPU": (
                f'IF(OR({own["extended_cost"]}="",N({GPUS})=0),"",{own["extended_cost"]}/{GPUS})',
                cost / self.gpus if cost is not None and self.gpus else None,
            ),
            "power_w_total": (
                f'IF({own["power_w_each"]}="","",{own["pieces in use"]}*{ratio}*{own["power_w_each"]})',
                watts,
            ),
        }  # fmt: skip
        for name, (text, value) in formulas.items():
            book.formula(sheet, (row, COLUMN[name]), text, value, HEADS[COLUMN[name]].style)


def _rounded(text: str) -> str:
    """Return a number rounded up to whole pieces, without the dust of binary fractions."""
    return f"ROUNDUP(ROUND({text},6),0)"
