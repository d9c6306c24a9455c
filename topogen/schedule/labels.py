"""Labels of cables: by the pattern of the site, else both ends, else the id of the cable."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.columns.cells import inert
from topogen.language.names import NameField
from topogen.model.site_names import LABEL_LENGTH
from topogen.model.text_buffer import Piece, Texts, table_of, texts_of
from topogen.records import dataclass
from topogen.schedule.cable_ids import id_texts
from topogen.schedule.end_texts import quoted_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.language.names import NamePattern
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.schedule.cable_lines import Lines

    Pieces: TypeAlias = "Callable[[Lines], Sequence[Piece]]"

_CONTINUES, _CONTINUATION = 0xC0, 0x80
_FORMULA = b"=+-@\t\r'0123456789"
"""First characters of cells that a spreadsheet may take for a formula or a number."""
_TO_QUOTE = b',"\n'


@dataclass(frozen=True)
class LabelEnd:
    """One end of the lines of a link group: names of its devices and racks, and of ports where it has any."""

    device: Pieces
    rack: Pieces
    unit: Pieces
    port: Pieces | None


@dataclass(frozen=True)
class LabelForm:
    """How labels are made: ``pattern``, None for both ends, and the most characters of one."""

    pattern: NamePattern | None
    longest: int


def label_form(fabric: Fabric) -> LabelForm:
    """Return how the labels of a fabric are made."""
    names = fabric.names
    return LabelForm(names.label, names.label_length) if names else LabelForm(None, LABEL_LENGTH)


def labels(
    ends: tuple[LabelEnd, LabelEnd], side: str, group: str, form: LabelForm
) -> Callable[[Lines], list[Piece]]:
    """Return a function from lines to the label at their near end, the first of ``ends``.

    Without a pattern it names this end and the far one: ``leaf-1:swp1/spine-2:swp3``. One that would be
    longer than the form allows is then the id of the cable with the end, and the leg of a breakout.
    """
    if form.pattern is None:
        return lambda lines: _one(_shortened(table_of(_both_ends(ends, lines)), lines, side, form.longest))
    pattern = form.pattern
    return lambda lines: _one(_cells(_filled(pattern, ends, lines, (side, group))))


def _one(texts: Texts) -> list[Piece]:
    return [Piece(texts, np.arange(len(texts)))]


def _alike(text: str, lines: Lines) -> Piece:
    return Piece(texts_of([text]), np.zeros(len(lines), np.int64))


def _both_ends(ends: tuple[LabelEnd, LabelEnd], lines: Lines) -> list[Piece]:
    one, other = (
        [*end.device(lines), *((_alike(":", lines), *end.port(lines)) if end.port else ())] for end in ends
    )
    return [*one, _alike("/", lines), *other]


# By the pattern of the site


def _filled(
    pattern: NamePattern, ends: tuple[LabelEnd, LabelEnd], lines: Lines, said: tuple[str, str]
) -> list[Piece]:
    """Return the pieces of a pattern; ``said`` are the side and the link group."""
    side, group = said
    fixed: dict[str, Pieces] = {
        "cable_id": lambda lines: _one(id_texts(lines.cable)),
        "side": lambda lines: [_alike(side, lines)],
        "link_group": lambda lines: [_alike(group, lines)],
        "leg": lambda lines: _legs(lines, side),
    }
    for before, end in zip(("", "to_"), ends, strict=True):
        fixed |= {f"{before}name": end.device, f"{before}rack": end.rack, f"{before}u": end.unit}
        fixed[f"{before}port"] = end.port or (lambda _: [])
    return [
        piece
        for part in pattern.parts
        for piece in (fixed[part.name](lines) if isinstance(part, NameField) else [_alike(part, lines)])
    ]


def _leg(lines: Lines, side: str) -> Ints:
    return lines.leg_a if side == "a" else lines.leg


def _legs(lines: Lines, side: str) -> list[Piece]:
    leg = _leg(lines, side)
    return [Piece(texts_of(["", *map(str, range(1, int(leg.max(initial=0)) + 1))]), leg)]


def _cells(pieces: Sequence[Piece]) -> Texts:
    """Return labels as CSV cells: quoted where needed, and inert in a spreadsheet."""
    made = table_of(pieces)
    inside = np.arange(made.cells.shape[1])[None, :] < made.widths[:, None]
    special = np.isin(made.cells, list(_TO_QUOTE)) & inside
    rows = np.flatnonzero(special.any(axis=1) | np.isin(made.cells[:, 0], list(_FORMULA)))
    if not len(rows):
        return made
    texts = texts_of([quoted_cell(inert(_raw(pieces, row))) for row in rows.tolist()])
    return _replaced(made, rows, texts)


def _raw(pieces: Sequence[Piece], row: int) -> str:
    """Return the text of a row of pieces, of which any may be a quoted cell."""
    return "".join(unquoted(text_at(piece.table, int(piece.rows[row]))) for piece in pieces)


def text_at(texts: Texts, row: int) -> str:
    """Return one text of a table."""
    return texts.cells[row, : texts.widths[row]].tobytes().decode()


def unquoted(cell: str) -> str:
    """Return the text of a CSV cell.

    >>> unquoted('"leaf 7, spare"')
    'leaf 7, spare'
    """
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


# Too long


def characters(texts: Texts) -> Ints:
    """Return the characters of each text, which may have several bytes."""
    inside = np.arange(texts.cells.shape[1])[None, :] < texts.widths[:, None]
    return np.asarray((inside & ((texts.cells & _CONTINUES) != _CONTINUATION)).sum(axis=1))


def _shortened(made: Texts, lines: Lines, side: str, longest: int) -> Texts:
    """Return labels, those that are too long replaced by the id of the cable."""
    inside = np.arange(made.cells.shape[1])[None, :] < made.widths[:, None]
    quotes = ((made.cells == ord('"')) & inside).any(axis=1)
    long = np.flatnonzero((characters(made) > longest) | quotes)
    if not len(long):
        return made
    leg = _leg(lines, side)[long]
    ends = texts_of([f"-{side}{number or ''}" for number in range(int(leg.max()) + 1)])
    short = table_of([Piece(id_texts(lines.cable[long]), np.arange(len(long))), Piece(ends, leg)])
    return _replaced(made, long, short)


def _replaced(made: Texts, rows: Ints, texts: Texts) -> Texts:
    """Return a table with some rows replaced."""
    room = max(made.cells.shape[1], texts.cells.shape[1])
    cells = np.zeros((len(made), room), np.uint8)
    cells[:, : made.cells.shape[1]] = made.cells
    cells[rows, : texts.cells.shape[1]] = texts.cells
    widths = np.array(made.widths)
    widths[rows] = texts.widths
    return Texts(cells, widths)
