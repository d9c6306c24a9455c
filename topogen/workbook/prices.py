"""The sheet ``Assumptions``: one row per part with what may be changed, and the price in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.catalog.pricing import contents, market_basis, unit_price
from topogen.catalog.terms import SparePolicy
from topogen.export.cells.part_cells import price_provenance
from topogen.units import format_decimal, to_metres
from topogen.workbook.cells import Book, Head, constant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from topogen.catalog.model import Part
    from topogen.columns.cells import Cell
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

SHEET = "Assumptions"
CASE = f"{SHEET}!$B$3"
CASE_NO = f"{SHEET}!$B$4"
GPUS = f"{SHEET}!$B$5"
CASES = ("low", "base", "high")
HEADINGS_ROW = 7
RATIO = "ratio: pieces per piece of the design"
HEADS = (
    Head("part_id", 22), Head("description", 38), Head("layer", 14),
    Head("price low, USD", 11, "input"), Head("price base, USD", 11, "input"),
    Head("price high, USD", 11, "input"),
    Head("per metre low, USD", 11, "input"), Head("per metre base, USD", 11, "input"),
    Head("per metre high, USD", 11, "input"),
    Head("basis", 9), Head("price_source", 18), Head("price_date", 11), Head("confidence", 11),
    Head(RATIO, 12, "input"),
    Head("spares, share", 9, "input share"), Head("spares, at least", 9, "input"),
    Head("spares, service level", 9, "input share"), Head("FIT", 9, "input"),
    Head("lead_time_weeks", 9, "input"),
    Head("attrition", 9, "input share"),
    Head("moq", 8, "input"), Head("pack_qty", 8, "input"),
    Head("price used, USD", 12, "usd"), Head("per metre used, USD", 12, "usd"),
)  # fmt: skip
COLUMN = {head.words: number for number, head in enumerate(HEADS)}
NOTES = (
    "Change the yellow cells: every sum of this workbook follows.",
    "An empty price is unknown: the sums are lower bounds until it is filled in.",
)


class Prices:
    """The part rows of the assumptions, written when made; ``price``, ``per_metre`` ... name their cells."""

    def __init__(self, book: Book, fabric: Fabric, rollup: RollUp) -> None:
        self._catalog, self._book = fabric.catalog, book
        self.rows = {key: HEADINGS_ROW + 1 + at for at, key in enumerate(_keys(fabric, rollup))}
        self._write_top(rollup)
        for (part, length_mm), row in self.rows.items():
            self._write_part(fabric.catalog.parts[part], length_mm, row)

    def cell(self, part: str, column: str, length_mm: int | None = None) -> str:
        """Return the cell of a part in a column; of its length if it has a price for each length."""
        row = self.rows.get((part, length_mm), self.rows.get((part, None), 0))
        return f"{SHEET}!${letters(COLUMN[column])}${row + 1}"

    def price(self, part: str, length_mm: int | None = None) -> str:
        """Return the price in use of one piece, metres not included."""
        return self.cell(part, "price used, USD", length_mm)

    def per_metre(self, part: str, length_mm: int | None = None) -> str:
        """Return the price in use of a metre."""
        return self.cell(part, "per metre used, USD", length_mm)

    def _write_top(self, rollup: RollUp) -> None:
        book, sheet = self._book, self._book.sheet(SHEET)
        sheet.write_string(0, 0, "Assumptions", book.styles["title"])
        for row, (words, value, style) in enumerate(
            (("prices used: low, base or high", "base", "input text"), ("", None, "text"),
             ("GPUs", rollup.totals.gpus, "input")),
            start=2,
        ):  # fmt: skip
            book.put(sheet, (row, 0), words)
            book.put(sheet, (row, 1), value, style)
        sheet.data_validation(2, 1, 2, 1, {"validate": "list", "source": list(CASES)})
        book.put(sheet, (3, 0), "number of the case")
        book.formula(sheet, (3, 1), f'MATCH({CASE},{{"low","base","high"}},0)', 2, "count")
        for row, note in enumerate(NOTES):
            sheet.write_string(row + 2, 3, note, book.styles["note"])
        book.headings(sheet, HEADINGS_ROW, HEADS)
        sheet.autofilter(HEADINGS_ROW, 0, HEADINGS_ROW + max(1, len(self.rows)), len(HEADS) - 1)

    def _write_part(self, part: Part, length_mm: int | None, row: int) -> None:
        said = price_provenance(self._catalog, part, unit_price(self._catalog, part.id).usd)
        terms = part.terms
        spare, weeks = terms.spare or SparePolicy(), terms.lead_time_weeks
        price = part.terms.length_prices.get(length_mm) if length_mm is not None else part.price_usd
        length = "" if length_mm is None else f", {format_decimal(to_metres(length_mm))} m"
        values: tuple[Cell, ...] = (
            part.id, f"{part.description}{length}", part.layer,
            *_range(price), *_range(part.price_per_m_usd),
            market_basis(self._catalog, part), said.source, said.as_of, said.confidence,
            1, spare.share, spare.least or None, spare.service,
            part.failures_fit.base if part.failures_fit else None, weeks.base if weeks else None,
            terms.attrition, terms.moq, terms.pack_qty,
        )  # fmt: skip
        sheet = self._book.sheet(SHEET)
        for column, value in enumerate(values):
            self._book.put(sheet, (row, column), value, HEADS[column].style)
        own = price or unit_price(self._catalog, part.id, 0).usd
        self._book.formula(
            sheet,
            (row, COLUMN["price used, USD"]),
            self._price_formula(part, length_mm),
            own.base if own else None,
        )
        metre = part.price_per_m_usd
        chosen = self._chosen(part.id, "per metre", length_mm)
        self._book.formula(sheet, (row, COLUMN["per metre used, USD"]), chosen, metre.base if metre else None)

    def _price_formula(self, part: Part, length_mm: int | None) -> str:
        """Return the price of a part: its own, else the mean of its alternates by their shares."""
        own = self._chosen(part.id, "price", length_mm)
        if length_mm is not None or part.price_usd is not None or not part.alternates:
            return own
        whole = sum(part.alternates.values())
        mean = "+".join(
            f"{constant(share / whole)}*{self.price(name)}" for name, share in part.alternates.items()
        )
        return f'IF({self.cell(part.id, "price base, USD")}="",{mean},{own})'

    def _chosen(self, part: str, kind: str, length_mm: int | None) -> str:
        """Return the price of the case in use; a missing end of a range is its base price."""
        ends = {case: self.cell(part, f"{kind} {case}, USD", length_mm) for case in CASES}
        base = ends["base"]
        either = [f'IF({ends[case]}="",{base},{ends[case]})' for case in ("low", "high")]
        return f'IF({base}="","",CHOOSE({CASE_NO},{either[0]},{base},{either[1]}))'


def _range(price: Triple | None) -> tuple[Fraction | None, ...]:
    """Return low, base and high price; the ends stay empty where there is no range."""
    return (price.low, price.base, price.high) if price else (None, None, None)


def _keys(fabric: Fabric, rollup: RollUp) -> Iterator[tuple[str, int | None]]:
    """Yield each part of the BOM, by length if each has a price, then what is inside and bought instead."""
    parts = fabric.catalog.parts
    seen: dict[tuple[str, int | None], None] = {}
    for line in rollup.lines:
        seen[line.part, line.length_mm if parts[line.part].terms.length_prices else None] = None
    for part in dict.fromkeys(line.part for line in rollup.lines):
        for name in (*contents(fabric.catalog, part), *_alternates(fabric, part)):
            lengths = (None, *parts[name].terms.length_prices)
            seen |= dict.fromkeys((name, length) for length in lengths)
    return iter(seen)


def _alternates(fabric: Fabric, part: str) -> Iterator[str]:
    for name in fabric.catalog.parts[part].alternates:
        yield name
        yield from _alternates(fabric, name)
        yield from contents(fabric.catalog, name)
