"""Tables of cables in the forms in use: found neighbours, LLDP, P2P sheets; by the names of their columns."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import UNKNOWN_RATE, FoundRow, FoundTable, RowProblem, read_found_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DELIMITERS = (",", ";", "\t")
NEEDED = ("a_device", "a_port", "b_device", "b_port")
HEADINGS = {
    "a_device": (
        "a_device", "a_node", "a_node_name", "local_host", "localhost", "local_device", "local_system",
        "src_name", "src_node",
    ),
    "a_port": (
        "a_port", "local_port", "localport", "local_interface", "interface", "src_hca_port", "src_port",
    ),
    "b_device": (
        "b_device", "z_device", "z_node", "z_node_name", "remote_host", "remotehost", "remote_device",
        "remote_system", "neighbor", "neighbour", "dst_name", "dst_node",
    ),
    "b_port": (
        "b_port", "z_port", "remote_port", "remoteport", "remote_interface", "neighbor_port",
        "neighbour_port", "dst_port", "dst_hca_port",
    ),
    "rate": ("rate", "rate_gbps", "speed", "speed_gbps", "link_speed"),
    "a_kind": ("a_type", "src_rackrole"),
    "b_kind": ("z_type", "b_type", "dst_rackrole"),
    "a_part": ("a_module_pn", "a_transceiver", "src_transceiver"),
    "b_part": ("z_module_pn", "b_module_pn", "z_transceiver", "b_transceiver", "dst_transceiver"),
}  # fmt: skip
"""How columns are called, in small letters with _ for what is no letter or digit."""

MEANINGS = {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings}
INFINIBAND = {2: "a_device", 3: "a_port", 6: "b_device", 7: "b_port"}
"""The cells of a row of Rack, U, Name, HCA/Port twice, whose names do not tell its columns apart."""

HINT = (
    "the header needs a_device, a_port, b_device, b_port, or the columns of an LLDP table (local host, local "
    "port, remote host, remote port) or of a P2P sheet"
)


class _Header(NamedTuple):
    """Where the columns are: the cell of each meaning, the headings as written, and the line."""

    line: int
    cells: dict[str, int]
    headings: Sequence[str]


def read_table(text: str, name: str) -> FoundTable:
    """Return the cables of a CSV table, separated by commas, semicolons or tabs.

    Raises
    ------
    InputError
        E805 without a header that names both ends, or without rows; E806 for a column that is there twice.
    """
    best: tuple[int, list[tuple[int, list[str]]]] = (-1, [])
    for delimiter in DELIMITERS:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        try:
            rows = [(reader.line_num, row) for row in reader]
        except csv.Error as error:
            mark = Mark(name, reader.line_num, 1)
            raise InputError(
                [Problem("E805", f"not CSV: {error}", mark=mark, hint="save it again")]
            ) from None
        known = max((len(_meanings(row)) for _, row in rows[:_TOP]), default=0)
        best = max(best, (known, rows), key=lambda one: one[0])
    return table_of_rows(best[1], name)


_TOP = 20
"""Rows among which the header is; sheets have a title above it."""


def table_of_rows(rows: Sequence[tuple[int, Sequence[str]]], name: str) -> FoundTable:
    """Return the cables of rows of cells, each with its line, below the first row that names both ends."""
    header = _header_of(rows, name)
    found: list[FoundRow] = []
    problems: list[RowProblem] = []
    columns = [header.headings[header.cells[meaning]].strip() or meaning for meaning in NEEDED]
    a, a_port, b, b_port = columns
    for line, cells in rows:
        if line <= header.line or not any(cell.strip() for cell in cells):
            continue
        wrong = list(_problems_of(line, cells, header))
        problems += wrong
        if not any(one.column in columns or one.kind == "cells" for one in wrong):
            found.append(_row(line, cells, header))
    if not found and not problems:
        raise InputError(
            [Problem("E805", "no row below the header", mark=Mark(name, header.line, 1), hint=HINT)]
        )
    return FoundTable(name, found, problems, (a, a_port, b, b_port))


def _header_of(rows: Sequence[tuple[int, Sequence[str]]], name: str) -> _Header:
    best: dict[str, list[int]] = {}
    for line, row in rows[:_TOP]:
        meanings = _meanings(row)
        if set(NEEDED) <= meanings.keys():
            twice = [meaning for meaning, cells in meanings.items() if len(cells) > 1]
            for meaning in twice:
                both = " and ".join(f'"{row[cell].strip()}"' for cell in meanings[meaning])
                mark, message = Mark(name, line, 1), f"two columns for {meaning}: {both}"
                raise InputError([Problem("E806", message, mark=mark, hint="keep one of them")])
            return _Header(line, {meaning: cells[0] for meaning, cells in meanings.items()}, row)
        best = max(best, meanings, key=len)
    missing = ", ".join(one for one in NEEDED if one not in best)
    message = f"no column for {missing}" if best else "no row is a header"
    raise InputError([Problem("E805", message, mark=Mark(name, rows[0][0] if rows else 1, 1), hint=HINT)])


def _meanings(row: Sequence[str]) -> dict[str, list[int]]:
    """Return the cells of a header by what they mean."""
    names = [re.sub(r"[^a-z0-9]+", "_", cell.strip().lower()).strip("_") for cell in row]
    if names[:4] == ["rack", "u", "name", "hca_port"] and len(names) > max(INFINIBAND):
        return {meaning: [cell] for cell, meaning in INFINIBAND.items()}
    found: dict[str, list[int]] = {}
    for cell, name in enumerate(names):
        if name in MEANINGS:
            found.setdefault(MEANINGS[name], []).append(cell)
    return found


def _problems_of(line: int, cells: Sequence[str], header: _Header) -> Iterator[RowProblem]:
    extra = [cell for cell in cells[len(header.headings) :] if cell.strip()]
    if extra:
        message = f"cells in this row: {len(cells)}, columns in the header: {len(header.headings)}"
        yield RowProblem(line, "", "cells", message)
        return
    for meaning in NEEDED:
        if not _cell(cells, header, meaning):
            heading = header.headings[header.cells[meaning]].strip()
            yield RowProblem(line, heading, "empty_cell", f"{heading or meaning} is empty")
    rate = _cell(cells, header, "rate")
    if rate and _rate(rate, header) is None:
        heading = header.headings[header.cells["rate"]].strip()
        yield RowProblem(line, heading, "bad_rate", f'"{rate}" is no rate: write it like 400G')


def _cell(cells: Sequence[str], header: _Header, meaning: str) -> str:
    at = header.cells.get(meaning, len(cells))
    return cells[at].strip() if at < len(cells) else ""


def _rate(text: str, header: _Header) -> int | None:
    return read_found_rate(text, in_gbps="gbps" in header.headings[header.cells["rate"]].lower())


def _row(line: int, cells: Sequence[str], header: _Header) -> FoundRow:
    a, a_port, b, b_port, rate, a_kind, b_kind, a_part, b_part = (
        _cell(cells, header, meaning) for meaning in HEADINGS
    )
    mbps = (_rate(rate, header) if rate else None) or UNKNOWN_RATE
    return FoundRow(line, a, a_port, b, b_port, mbps, (a_kind, b_kind), (a_part, b_part))
