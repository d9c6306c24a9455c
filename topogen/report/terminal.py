"""Reports as text: columns that never break a number or an id, fitted to the width of the terminal."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

from topogen.report.table import STAYS, Note, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.report.table import Column, Report

PIPED_WIDTH = 120
NARROW = 100
"""Below so many columns of a terminal, columns of a table that does not fit are dropped."""

LEAST_WRAPPED = 24
"""Columns of sentences are not made narrower than this, or than their longest word."""

GAP = "  "


def print_report(report: Report) -> None:
    """Print a report for people: in colour on a terminal, plain in a pipe or with ``NO_COLOR``."""
    for line in report_lines(report.items, width(), colour=in_colour()):
        click.echo(line, color=True)


def report_lines(items: Iterable[Table | Note], room: int, *, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a report for a terminal of so many columns; none ends in a blank."""
    first = True
    for item in items:
        if isinstance(item, Note):
            for line in _note_lines(harmless(item.text), room):
                yield _styled(line, item.style, colour=colour)
        elif item.shown:
            if item.title:
                yield from ([] if first else [""])
                yield from (_styled(line, "bold", colour=colour) for line in _note_lines(item.title, room))
            yield from table_lines(item, room, colour=colour)
        first = False


def _note_lines(text: str, room: int) -> Iterator[str]:
    """Yield a note; a narrow terminal, which would break it anywhere, is given it broken between words."""
    if room >= NARROW:
        yield text
        return
    for line in text.split("\n"):
        yield from _broken(line, room)


def _broken(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


def width() -> int:
    """Return the columns of the terminal, or those that ``COLUMNS`` asks for; 120 in a pipe."""
    return shutil.get_terminal_size((PIPED_WIDTH, 0)).columns


def in_colour() -> bool:
    """Return whether colours are wanted: on a terminal, and ``NO_COLOR`` is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def harmless(text: str) -> str:
    """Return a text that no terminal obeys; line feeds and blanks stay."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


# Tables


def table_lines(table: Table, room: int, *, colour: bool = False) -> Iterator[str]:
    """Yield heading and rows; below 100 columns the last line names what was dropped."""
    cells = [[harmless(cell) for cell in row] for row in table.texts]
    widths = [
        max(len_shown(one.heading), *(len_shown(row[i]) for row in cells))
        for i, one in enumerate(table.columns)
    ]
    least = [_least(one, [row[i] for row in cells], widths[i]) for i, one in enumerate(table.columns)]
    kept = _kept(table.columns, least, room)
    widths = _fitted(table.columns, widths, least, kept, room)
    heading = [_padded(table.columns[i], table.columns[i].heading, widths[i]) for i in kept]
    yield GAP.join(heading).rstrip()
    for row, values in zip(cells, table.shown, strict=True):
        wrapped = {i: _wrapped(table.columns[i], row[i], widths[i]) for i in kept}
        for n in range(max(map(len, wrapped.values()))):
            line = [_cell(table.columns[i], wrapped[i], n, widths[i]) for i in kept]
            styles = [table.columns[i].style(values[i]) for i in kept]
            yield _coloured(line, styles, colour=colour)
    if left := [one.heading for i, one in enumerate(table.columns) if i not in kept]:
        note = f"(columns left out at this width: {', '.join(left)})"
        yield from (_styled(piece, "dim", colour=colour) for piece in _note_lines(note, room))


def len_shown(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(char) in "WF") for char in text)


def _least(column: Column, cells: Sequence[str], widest: int) -> int:
    """Return how narrow a column may become: no word is broken, and no heading."""
    if not column.wraps:
        return widest
    longest = max((len_shown(word) for cell in cells for word in cell.split()), default=0)
    return min(widest, max(LEAST_WRAPPED, longest, len_shown(column.heading)))


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[i] for i in kept) + len(GAP) * (len(kept) - 1)


def _kept(columns: Sequence[Column], least: Sequence[int], room: int) -> list[int]:
    """Return the numbers of the columns that are shown: all, or on a narrow terminal those that fit."""
    kept = list(range(len(columns)))
    if room >= NARROW:
        return kept
    while _total(least, kept) > room:
        goes = max(kept, key=lambda i: (columns[i].drop, i))
        if columns[goes].drop == STAYS:
            break
        kept.remove(goes)
    return kept


def _fitted(
    columns: Sequence[Column], widths: Sequence[int], least: Sequence[int], kept: Sequence[int], room: int
) -> list[int]:
    """Return widths that fit, as far as columns that wrap can make them: the widest gives way first."""
    fitted = list(widths)
    wrapping = [i for i in kept if columns[i].wraps]
    while (over := _total(fitted, kept) - room) > 0:
        can = [i for i in wrapping if fitted[i] > least[i]]
        if not can:
            break
        widest = max(can, key=lambda i: fitted[i])
        fitted[widest] = max(least[widest], fitted[widest] - over)
    return fitted


def _wrapped(column: Column, text: str, room: int) -> list[str]:
    if not column.wraps or len_shown(text) <= room:
        return [text]
    return _broken(text, room)


def _cell(column: Column, lines: Sequence[str], n: int, room: int) -> str:
    return _padded(column, lines[n] if n < len(lines) else "", room)


def _padded(column: Column, text: str, room: int) -> str:
    blanks = " " * (room - len_shown(text))
    return blanks + text if column.number else text + blanks


# Colours


def _styled(text: str, style: str, *, colour: bool) -> str:
    if not colour or not style:
        return text
    if style in ("bold", "dim"):
        return click.style(text, bold=style == "bold" or None, dim=style == "dim" or None)
    return click.style(text, fg=style)


def _coloured(cells: Sequence[str], styles: Sequence[str], *, colour: bool) -> str:
    """Return a line of cells without blanks at its end, in colour where that is wanted."""
    last = max((i for i, cell in enumerate(cells) if cell.strip()), default=0)
    shown = [*cells[:last], cells[last].rstrip()]
    if colour:
        shown = [_coloured_cell(cell, style) for cell, style in zip(shown, styles, strict=False)]
    return GAP.join(shown)


def _coloured_cell(cell: str, style: str) -> str:
    """Return a cell in its colour; of a number with a range only the range is dimmed."""
    if style != "range":
        return _styled(cell, style, colour=True)
    base, bracket, ends = cell.partition("(")
    return base + _styled(bracket + ends, "dim", colour=True)
