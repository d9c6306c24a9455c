"""What became of the rows of supplier sheets, and who is awarded what."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.quotes.offers import RESULTS
from topogen.report.table import Note, Report, Table, money, names, number, text, words
from topogen.units import MM_PER_M, count_words, format_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.columns.cells import Row as CsvRow
    from topogen.quotes.merge import Award, Merged
    from topogen.quotes.offers import Judged
    from topogen.quotes.template import Wanted
    from topogen.report.table import Column, Row


MOST_ROWS = 40
"""Rows of a table that people are shown; programs get all."""
PLAIN = ("applied", "not_quoted")


def merge_rows(merged: Merged) -> list[CsvRow]:
    """Return one row a row of a sheet; columns `PRICE_MERGE`."""
    rows = []
    for one in merged.rows:
        cells, offer = one.line.cells, one.offer
        row: CsvRow = {
            "sheet": one.line.sheet,
            "row": one.line.row,
            "result": one.result,
            "kind": ";".join(_kinds(one)),
            "columns": ";".join(_columns(one)),
            "part_id": offer.wanted.part if offer else cells.get("part_id"),
            "supplier": offer.supplier if offer else cells.get("supplier"),
            "unit_price": cells.get("unit_price"),
            "currency": cells.get("currency"),
            "price_per": offer.per if offer else cells.get("price_per"),
            "message": _message(one),
        }
        if offer:
            row |= {"unit_price_usd": offer.usd, "qty_order": offer.order, "award_qty": one.award}
        row["length_m"] = _metres(offer.wanted) if offer else cells.get("length_m")
        rows.append(row)
    return rows


def _kinds(one: Judged) -> list[str]:
    return list(dict.fromkeys(finding.kind for finding in one.findings)) or ["matched"]


def _columns(one: Judged) -> list[str]:
    return list(dict.fromkeys(column for finding in one.findings for column in finding.columns))


def _message(one: Judged) -> str:
    return "; ".join(finding.words for finding in one.findings)


def quotes_report(merged: Merged, facts: Mapping[str, str | None], of: str = "") -> Report:
    """Return the merge; people see the rows that are not plain, programs all. ``of`` is the table in CSV."""
    counts = Counter(one.result for one in merged.rows)
    said = ", ".join(f"{counts[result]:,} {result}" for result in RESULTS if counts[result])
    head = Note(f"{count_words(len(merged.rows), 'row')}: {said or 'none'}.", "bold")
    tables = [
        _counts(merged.rows),
        _shown(merged.rows),
        _rows(merged.rows),
        _awards(merged),
        _open(merged.open),
    ]
    style = "red" if counts["refused"] else ""
    notes = [
        Note(f"{count_words(counts['refused'], 'row')} refused: correct the sheets, merge again.", style)
    ]
    return Report([head, *tables, *(notes if counts["refused"] else [])], facts, csv=(of or "rows",))


def _counts(rows: Sequence[Judged]) -> Table:
    counts = Counter((one.line.sheet, one.result) for one in rows)
    sheets = dict.fromkeys(one.line.sheet for one in rows)
    columns = (text("sheet"), *(number(result) for result in RESULTS), number("rows"))
    found: list[Row] = []
    for sheet in sheets:
        each = [counts[sheet, result] for result in RESULTS]
        found.append((sheet, *each, sum(each)))
    return Table("sheets", columns, found, "Sheets")


def _row_columns() -> tuple[Column, ...]:
    return (
        text("sheet"), number("row"), text("result"), names("kind"), names("columns", drop=5),
        text("part", "part_id"), text("length", "length_m", _length, drop=4), text("supplier", drop=3),
        text("price", "unit_price", drop=2), text("currency", drop=2), text("per", "price_per", drop=2),
        number("USD a piece", "unit_price_usd", money, drop=1), number("order", "qty_order", drop=6),
        number("awarded", "award_qty", drop=6), words("message"),
    )  # fmt: skip


def _row(one: Judged) -> Row:
    cells, offer = one.line.cells, one.offer
    length = _metres(offer.wanted) if offer else cells.get("length_m") or None
    return (
        one.line.sheet, one.line.row, one.result, tuple(_kinds(one)), tuple(_columns(one)),
        offer.wanted.part if offer else cells.get("part_id") or None, length,
        offer.supplier if offer else cells.get("supplier") or None,
        cells.get("unit_price") or None, cells.get("currency") or None,
        offer.per if offer else cells.get("price_per") or None,
        offer.usd if offer else None, offer.order if offer else None, one.award, _message(one) or None,
    )  # fmt: skip


def _rows(rows: Sequence[Judged]) -> Table:
    return Table("rows", _row_columns(), [_row(one) for one in rows], "Rows", for_people=False)


def _shown(rows: Sequence[Judged]) -> Table:
    """Return the rows that people have to read, refused ones first."""
    some = [one for one in rows if one.result not in PLAIN or (one.result == "applied" and one.findings)]
    ranked = sorted(some, key=lambda one: RESULTS.index(one.result) if one.result != "refused" else -1)
    columns = (
        text("sheet"), number("row"), text("result"), text("part"),
        text("length", "length_m", _length, drop=1), names("kind"), words("message"),
    )  # fmt: skip
    found = [
        (
            one.line.sheet, one.line.row, one.result,
            one.offer.wanted.part if one.offer else one.line.cells.get("part_id") or None,
            _metres(one.offer.wanted) if one.offer else one.line.cells.get("length_m") or None,
            tuple(_kinds(one)), _message(one),
        )
        for one in ranked
    ]  # fmt: skip
    return Table("to_read", columns, found, "Rows to read", most=MOST_ROWS)


def _awards(merged: Merged) -> Table:
    columns = (
        text("part", "part_id"), text("length", "length_m", _length), text("supplier"), text("sheet", drop=3),
        number("row", drop=3), number("pieces", "award_qty"), number("USD a piece", "unit_price_usd", money),
        number("USD", "cost_usd", money), number("catalog", "catalog_usd", money, drop=2),
        number("change", "change_pct", _percent, drop=1),
    )  # fmt: skip
    rows = [_award(one) for one in merged.awards]
    return Table("awards", columns, rows, "Awards", most=MOST_ROWS)


def _award(one: Award) -> tuple[str | int | Fraction | None, ...]:
    offer, known = one.offer, one.offer.wanted.known_usd(one.pieces)
    return (
        offer.wanted.part, _metres(offer.wanted), offer.supplier, one.row.line.sheet, one.row.line.row,
        one.pieces, offer.usd, offer.usd * one.pieces, known,
        (offer.usd / known - 1) * 100 if known else None,
    )  # fmt: skip


def _open(wanted: Sequence[Wanted]) -> Table:
    columns = (text("part", "part_id"), text("length", "length_m", _length), number("pieces", "qty_order"))
    rows = [(one.part, _metres(one), one.order) for one in wanted]
    return Table("open", columns, rows, "Without an offer", most=MOST_ROWS)


def _metres(wanted: Wanted) -> Fraction | None:
    return None if wanted.length_mm is None else Fraction(wanted.length_mm, MM_PER_M)


def _length(value: Fraction | str) -> str:
    return f"{format_decimal(value, 3)} m" if isinstance(value, Fraction) else value


def _percent(value: Fraction) -> str:
    return f"{'+' if value > 0 else ''}{format_decimal(value, 1)}%"
