"""Read files of cables of every format, for ``verify`` and ``import``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.found.rows import FoundTable

FORMATS = {
    "p2p": "a P2P sheet, CSV or XLSX",
    "ptm": "a topology file of PTM, DOT",
    "ibnetdiscover": "the output of ibnetdiscover",
    "lldp": "a table of LLDP neighbours, CSV or XLSX",
    "infragraph": "an InfraGraph infrastructure, JSON or YAML",
}
DOT = (".dot", ".gv")
INFRAGRAPH = (".json", ".yaml", ".yml")


def read_found(path: Path, form: str = "") -> FoundTable:
    """Return the cables of a file; without a format it is known by its ending or its first node."""
    from topogen.found.dot import read_dot
    from topogen.found.ibnetdiscover import is_ibnetdiscover, read_ibnetdiscover
    from topogen.found.infragraph import read_infragraph
    from topogen.found.tables import read_table
    from topogen.load.files import read_text

    ending = path.suffix.lower()
    if ending == ".xlsx" and form in {"", "p2p", "lldp"}:
        return _workbook(path)
    text = read_text(path)
    if form == "ptm" or (not form and ending in DOT):
        return read_dot(text, str(path))
    if form == "infragraph" or (not form and ending in INFRAGRAPH):
        return read_infragraph(text, str(path))
    if form == "ibnetdiscover" or (not form and is_ibnetdiscover(text)):
        return read_ibnetdiscover(text, str(path))
    return read_table(text, str(path))


def _workbook(path: Path) -> FoundTable:
    """Return the cables of the first worksheet that has any."""
    from topogen.errors import InputError
    from topogen.found.tables import table_of_rows
    from topogen.load.files import read_bytes
    from topogen.quotes.workbook import refuse_missing_openpyxl, xlsx_tables

    refuse_missing_openpyxl(path.name)
    refused: InputError | None = None
    for title, rows in xlsx_tables(read_bytes(path), path.name):
        try:
            return table_of_rows(list(enumerate(rows, start=1)), f"{path}[{title}]")
        except InputError as error:
            refused = refused or error
    assert refused is not None  # noqa: S101 - a workbook has a worksheet
    raise refused
