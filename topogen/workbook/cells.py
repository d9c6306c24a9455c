"""Cells of the workbook: formats, headings, and values as numbers or as texts that nothing runs."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from topogen.columns.cells import Cell

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EDEDED"},
    "text": {"num_format": "@"},
    "note": {"italic": True, "font_color": "#555555"},
    "count": {"num_format": "#,##0"},
    "number": {"num_format": "#,##0.######"},
    "usd": {"num_format": "#,##0.00"},
    "date": {"num_format": "yyyy-mm-dd"},
    "share": {"num_format": "0.0%"},
    "input": {"num_format": "#,##0.######", "bg_color": "#FFF7D6", "border": 1, "border_color": "#CCCCCC"},
    "input share": {"num_format": "0.0##%", "bg_color": "#FFF7D6", "border": 1, "border_color": "#CCCCCC"},
    "input text": {"num_format": "@", "bg_color": "#FFF7D6", "border": 1, "border_color": "#CCCCCC"},
    "total": {"bold": True, "num_format": "#,##0.00", "top": 1},
}


@dataclass(frozen=True)
class Head:
    """The heading of a column: its words, its width in characters, and the format of its cells."""

    words: str
    width: int = 10
    style: str = "text"


@dataclass(frozen=True)
class Book:
    """A workbook in the making, with its sheets in order."""

    file: Workbook
    sheets: list[Worksheet]

    @cached_property
    def styles(self) -> dict[str, Format]:
        """Return the formats of cells by name."""
        return {name: self.file.add_format(properties) for name, properties in FORMATS.items()}

    def sheet(self, name: str) -> Worksheet:
        """Return a sheet by its name; one that is not there yet comes last."""
        found = next((one for one in self.sheets if one.get_name() == name), None)
        if found is None:
            found = self.file.add_worksheet(name)
            self.sheets.append(found)
        return found

    def headings(self, sheet: Worksheet, row: int, heads: Sequence[Head]) -> None:
        """Write headings that stay in view."""
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head.words, self.styles["head"])
            sheet.set_column(column, column, head.width)
        sheet.freeze_panes(row + 1, 2)

    def put(self, sheet: Worksheet, place: tuple[int, int], value: Cell, style: str = "text") -> None:
        """Write a value; unknown stays empty."""
        row, column = place
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.styles[style])
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self.styles[style])
        else:
            sheet.write_number(row, column, float(value), self.styles[style])

    def formula(
        self, sheet: Worksheet, place: tuple[int, int], text: str, value: Cell, style: str = "usd"
    ) -> None:
        """Write a formula with the value that it has now."""
        shown = "" if value is None else value if isinstance(value, str) else float(value)
        sheet.write_formula(*place, f"={text}", self.styles[style], shown)

    def bars(self, sheet: Worksheet, row: int, title: str, drawn: tuple[str, str]) -> None:
        """Insert a bar chart of values by name; ``drawn`` are the ranges of names and values."""
        chart = self.file.add_chart({"type": "bar"})
        names, values = drawn
        chart.add_series({"name": "USD", "categories": names, "values": values})
        chart.set_title({"name": title})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        sheet.insert_chart(row, 0, chart, {"x_scale": 1.6, "y_scale": 1.2})


def constant(value: Fraction | int) -> str:
    """Return an exact number of a formula.

    >>> constant(Fraction(1, 3)), constant(Fraction(5, 2)), constant(-4)
    ('1/3', '5/2', '-4')
    """
    value = Fraction(value)
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
