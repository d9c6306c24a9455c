"""Workbooks: the template as one, and the worksheets of one as rows of text. Needs openpyxl."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from topogen.columns.prices import PRICE_TEMPLATE
from topogen.errors import InputError, Mark, Problem
from topogen.quotes.sheets import cell_of, sheets_of_workbook
from topogen.quotes.template import template_rows
from topogen.units import BYTES_PER_MB

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from topogen.columns.cells import Cell as CsvCell
    from topogen.quotes.sheets import Sheet
    from topogen.quotes.template import Wanted

MOST_BYTES = 500 * BYTES_PER_MB
"""Of a workbook once it is unpacked."""
FILLED_IN_BY_SUPPLIER = "to fill in"
TEXT_FORMAT = "@"
WIDTHS = {"part_id": 28, "description": 44, "mpn": 22, "supplier": 20, "remark": 30}
USUAL_WIDTH = 13


def refuse_missing_openpyxl(what: str) -> None:
    """Raise E789 where openpyxl is not installed, before anything is counted or written."""
    if find_spec("openpyxl") is None:
        raise InputError([Problem("E789", f"{what} needs openpyxl", hint='pip install "topogen[xlsx]"')])


def template_xlsx(lines: tuple[Wanted, ...]) -> bytes:
    """Return the template as a workbook: ids as text, what is to be filled in with a coloured heading."""
    from openpyxl import Workbook  # noqa: PLC0415 - an extra

    book = Workbook(write_only=True)
    sheet = book.create_sheet("quote")
    sheet.freeze_panes = "B2"
    for number, column in enumerate(PRICE_TEMPLATE, start=1):
        letter = _letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(column.name, USUAL_WIDTH)
    sheet.append(_headings(sheet))
    for row in template_rows(lines):
        sheet.append([_cell(sheet, column.unit, row.get(column.name)) for column in PRICE_TEMPLATE])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra

    return get_column_letter(number)


def _headings(sheet: WriteOnlyWorksheet) -> list[Cell]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415 - an extra

    cells = []
    for column in PRICE_TEMPLATE:
        cell = WriteOnlyCell(sheet, column.name)
        cell.font = Font(bold=True)
        if column.meaning.startswith(FILLED_IN_BY_SUPPLIER):
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
        cells.append(cell)
    return cells


def _cell(sheet: WriteOnlyWorksheet, unit: str, value: CsvCell) -> Cell:
    """Return a cell; a text stays text, also one that a spreadsheet would run or turn into a number."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra

    if value is None:
        return WriteOnlyCell(sheet)
    cell = WriteOnlyCell(sheet, float(value) if isinstance(value, Fraction) else value)
    if unit in ("text", "id"):
        cell.data_type = "s"
        cell.number_format = TEXT_FORMAT
    return cell


def xlsx_sheets(content: bytes, name: str) -> list[Sheet]:
    """Return the worksheets of a workbook that hold anything; formulas are kept as they are written.

    Raises
    ------
    InputError
        E785 for what is no workbook, is too large, or has no header in any worksheet.
    """
    return sheets_of_workbook(xlsx_tables(content, name), name)


def xlsx_tables(content: bytes, name: str) -> list[tuple[str, list[list[str]]]]:
    """Return the title and the cells of every worksheet of a workbook.

    Raises
    ------
    InputError
        E785 for what is no workbook, or is too large.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - an extra

    try:
        size = sum(one.file_size for one in ZipFile(BytesIO(content)).infolist())
        if size > MOST_BYTES:
            words = f"it unpacks to more than {MOST_BYTES // BYTES_PER_MB} MB"
            raise _no_workbook(name, words, "split it, or save it as CSV")
        book = load_workbook(BytesIO(content), read_only=True)
        return [
            (sheet.title, [[cell_of(value) for value in row] for row in sheet.iter_rows(values_only=True)])
            for sheet in book.worksheets
        ]
    except (BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        words = f"it is no workbook: {error}"
        raise _no_workbook(name, words, "save it again as .xlsx, or as CSV") from None


def _no_workbook(name: str, words: str, hint: str) -> InputError:
    return InputError([Problem("E785", words, mark=Mark(name, 1, 1), hint=hint)])
