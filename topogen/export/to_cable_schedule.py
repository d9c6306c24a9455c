"""``cable_schedule.csv``: from where to where each cable runs, one line a cable, one a leg of a breakout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.columns import CABLE_SCHEDULE, CABLE_SCHEDULE_DEFAULT, names_of
from topogen.expand import expand
from topogen.export.cells.byte_cells import Cells, join, number_cells, to_bytes
from topogen.export.cells.cable_cells import CONSTANT, NUMBER, Piece, constant, sheet_of
from topogen.export.cells.cable_rows import cable_rows
from topogen.export.options import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.export.cells.cable_cells import Sheet
    from topogen.export.options import Options
    from topogen.fabric import Fabric, LinkGroup
    from topogen.rollup import RollUp

CHUNK = 16_384
"""Lines that are laid out at a time: few enough to stay in the cache of a processor."""


def to_cable_schedule(fabric: Fabric, _: RollUp, options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the schedule as CSV in pieces of whole lines: installed links only, unless all are asked for."""
    full = options.columns == "full"
    columns = names_of(CABLE_SCHEDULE) if full else CABLE_SCHEDULE_DEFAULT
    yield (",".join(columns) + "\n").encode()
    for group in fabric.links:
        if group.count and (options.all_links or is_installed(fabric, group)):
            links = expand(fabric, group)
            sheet = sheet_of(fabric, group, links, cable_rows(fabric, group, links), options.topology_rev)
            yield from _lines(sheet, _merged(_row(sheet, columns)))


def is_installed(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether somebody pulls the cables of a link group on site."""
    if group.network == "board":
        return False
    return group.media is None or fabric.catalog.media[group.media[0]].field_installed


def _row(sheet: Sheet, columns: Sequence[str]) -> Iterator[Piece]:
    """Yield the pieces of a line, commas and line end included."""
    for number, name in enumerate(columns):
        if number:
            yield constant(",")
        yield from sheet.pieces.get(name, ())
    yield constant("\n")


def _merged(pieces: Iterator[Piece]) -> list[Piece]:
    """Return pieces with neighbours joined: constants, and tables of one index with what is between them."""
    done: list[Piece] = []
    for piece in pieces:
        before = done[-1] if done else None
        if before and before.key == piece.key != NUMBER:
            done[-1] = Piece(piece.key, join(before.table, piece.table))
        elif (
            len(done) > 1 and done[-2].key == piece.key not in (NUMBER, CONSTANT) and done[-1].key == CONSTANT
        ):
            between = done.pop()
            done[-1] = Piece(piece.key, join(done[-1].table, between.table, piece.table))
        else:
            done.append(piece)
    return done


def _lines(sheet: Sheet, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """Yield the lines of a link group, chunk by chunk; what is the same in all of them is laid out once."""
    stops = np.cumsum([piece.table.shape[1] for piece in pieces]).tolist()
    spans = [slice(stop - piece.table.shape[1], stop) for stop, piece in zip(stops, pieces, strict=True)]
    buffer = np.zeros((min(CHUNK, len(sheet.rows)), stops[-1]), np.uint8)
    for piece, span in zip(pieces, spans, strict=True):
        if piece.key == CONSTANT:
            buffer[:, span] = piece.table
    changing = [(piece, span) for piece, span in zip(pieces, spans, strict=True) if piece.key != CONSTANT]
    for start in range(0, len(sheet.rows), CHUNK):
        lines = slice(start, min(start + CHUNK, len(sheet.rows)))
        cells = buffer[: lines.stop - start]
        for piece, span in changing:
            cells[:, span] = _picked(sheet, piece, lines)
        yield to_bytes(cells)


def _picked(sheet: Sheet, piece: Piece, lines: slice) -> Cells:
    picks = sheet.index[piece.key](lines)
    if piece.key == NUMBER:
        return number_cells(picks, digits=piece.table.shape[1])
    return np.take(piece.table, picks, axis=0)
