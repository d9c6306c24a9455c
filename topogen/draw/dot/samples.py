"""Samples of lines and fills in DOT, for the legend and inside boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.dot.text import fixed, table
from topogen.draw.lettering import PAGE
from topogen.palette import shaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.draw.picture import CellKind, Ink, Picture, Pieces, Stroke

SAMPLE_WIDTH = 48
PARALLEL = 2
"""Points apart that Graphviz draws the lines of a list of colours; thicker ones cover each other."""
BETWEEN = 2
"""Points between two squares."""
FILLS = {
    "compute": "compute_tray",
    "switch": "switch_tray",
    "mixed": "mixed_tray",
    "outside": "outside",
    "dark": "els",
}
"""The colour of a box or cell by its kind."""

SIDES = (12, 10, 8, 6, 5)
"""Points that a square is high and wide, the largest that fits."""
TALLEST, FLAT = 92, 7
"""Points that the squares of a kind are high at most, or a seventh of the width, while smaller ones exist."""
NARROWEST, WIDEST = 200, 900
"""Points that the squares of a box are wide at most: four boxes fill a page, one alone has all of it."""
BESIDE_BOX, UNFRAMED = 150, 80
"""Points beside a box that its frames and the text of lines take, and without any frame."""
BAR = 60
"""Points that a bar is wide, which stands for what is too many to count."""
APART = 4
"""Points between the squares of two places, besides ``BETWEEN``."""


class Scale(NamedTuple):
    """How large squares are, and how wide they may be side by side, in points."""

    side: int
    room: int


def painted(ink: Ink, colours: Mapping[str, str]) -> str:
    """Return the colour of a line in a theme."""
    return shaded(colours[ink[0]], ink[1])


def filled(kind: CellKind, colours: Mapping[str, str]) -> str:
    """Return the fill of a kind of cell: what goes dark is light, so that its text and lines stand out."""
    return shaded(colours[FILLS[kind]], 1.6 if kind == "dark" else 1)


def swatch(kind: CellKind, colours: Mapping[str, str]) -> str:
    """Return a patch of the colour of a cell."""
    fill = f' BGCOLOR="{filled(kind, colours)}"' if kind in FILLS else ""
    return table([f'<TR><TD BORDER="1" COLOR="{colours["rule"]}" {fixed(SAMPLE_WIDTH, 14)}{fill}></TD></TR>'])


def sample(stroke: Stroke, colours: Mapping[str, str]) -> str:
    """Return a stretch of a line, made of coloured cells."""
    tall = max(1, round(stroke.width))
    first, last = (painted(stroke.inks[at], colours) for at in (0, -1))
    if stroke.style in ("double", "double_dashed"):
        side = PARALLEL * max(1, round(stroke.width / PARALLEL))
        along = [(SAMPLE_WIDTH, first)] if stroke.style == "double" else _dashes(12, 4, first, last)
        rows = [_cells(along, side), _cells([(wide, "") for wide, _ in along], PARALLEL), _cells(along, side)]
        tall = 2 * side + PARALLEL
    elif stroke.style == "solid":
        half = SAMPLE_WIDTH // 2
        rows = [_cells([(SAMPLE_WIDTH, first)] if first == last else [(half, first), (half, last)], tall)]
    else:
        on, off = (8, 4) if stroke.style == "dashed" else (2, 4)
        rows = [_cells(_dashes(on, off, first, last), tall)]
    return table(rows, f'CELLPADDING="0" {fixed(SAMPLE_WIDTH, tall)}')


def _dashes(on: int, off: int, first: str, last: str) -> list[tuple[int, str]]:
    """Return dashes and what is between them, the first half in one colour and the other in another."""
    count = SAMPLE_WIDTH // (on + off)
    return [part for at in range(count) for part in ((on, first if at < count / 2 else last), (off, ""))]


def _cells(parts: Iterable[tuple[int, str]], tall: int) -> str:
    made = [
        f"<TD {fixed(wide, tall)}" + (f' BGCOLOR="{ink}"' if ink else "") + "></TD>" for wide, ink in parts
    ]
    return f"<TR>{''.join(made)}</TR>"


def scale_of(picture: Picture) -> Scale:
    """Return how the squares of a picture are drawn: one size for all, which the most of a kind fill.

    What shares the width of the page is boxes side by side that hold something.
    """
    filled_boxes = {node.id for node in picture.nodes if node.pieces}
    widest = max((len(filled_boxes & {*row}) for row in picture.rows), default=len(filled_boxes)) or 1
    room = max(NARROWEST, min(WIDEST, PAGE // widest - (BESIDE_BOX if picture.frames else UNFRAMED)))
    held = [*(node.pieces for node in picture.nodes), *(frame.pieces for frame in picture.frames)]
    counted = [one for pieces in held for one in pieces if one.is_counted]
    for side in SIDES:
        scale = Scale(side, room)
        if all(_height(one, scale) <= max(TALLEST, room // FLAT) for one in counted):
            return scale
    return Scale(SIDES[-1], room)


def squares(pieces: Pieces, scale: Scale, colours: Mapping[str, str]) -> str:
    """Return a square for each piece where they can be counted, else a bar; places stand apart."""
    each = _each(pieces, scale)
    between = f'<TR><TD HEIGHT="{APART}"></TD></TR>' if each else ""
    rows = [
        f"<TR>{_row_of_squares(pieces, count, scale, colours[pieces.colour])}</TR>"
        for count in _rows(pieces, scale)
    ]
    size = fixed(squares_width(pieces, scale), _height(pieces, scale))
    look = f'BORDER="0" CELLBORDER="0" CELLSPACING="{BETWEEN}" CELLPADDING="0" ALIGN="LEFT" {size}'
    return f"<TABLE {look}>{between.join(rows)}</TABLE>"


def squares_width(pieces: Pieces, scale: Scale) -> int:
    """Return how wide the squares of some pieces are."""
    if not pieces.is_counted:
        return BAR + 2 * BETWEEN
    widest, each = max(_rows(pieces, scale), default=0), _each(pieces, scale)
    gaps = (widest - 1) // each if each else 0
    return widest * (scale.side + BETWEEN) + gaps * (APART + BETWEEN) + BETWEEN


def stands_in_a_row(pieces: Pieces, scale: Scale) -> bool:
    """Return whether the squares of some pieces stand side by side."""
    return len(_rows(pieces, scale)) == 1


def _row_of_squares(pieces: Pieces, count: int, scale: Scale, colour: str) -> str:
    side = scale.side
    if not pieces.is_counted:
        return f'<TD {fixed(BAR, side)} BGCOLOR="{colour}"></TD>'
    one, gap = f'<TD {fixed(side, side)} BGCOLOR="{colour}"></TD>', f"<TD {fixed(APART, side)}></TD>"
    each = _each(pieces, scale) or count
    return gap.join(one * min(each, count - start) for start in range(0, count, each))


def _height(pieces: Pieces, scale: Scale) -> int:
    rows = len(_rows(pieces, scale))
    gaps = (rows - 1) * (APART + BETWEEN) if _each(pieces, scale) else 0
    return rows * (scale.side + BETWEEN) + gaps + BETWEEN


def _each(pieces: Pieces, scale: Scale) -> int:
    """Return how many squares stand together, 0 where nothing stands apart: a gap always means a place."""
    beside = (scale.room - BETWEEN) // (scale.side + BETWEEN)
    return pieces.each if pieces.is_counted and 1 < pieces.each <= beside else 0


def _rows(pieces: Pieces, scale: Scale) -> list[int]:
    """Return how many squares stand in each row: whole places where one fits into a row."""
    if not pieces.is_counted:
        return [1]
    step, each = scale.side + BETWEEN, _each(pieces, scale) or 1
    place = each * step + (APART + BETWEEN if each > 1 else 0)
    most = (scale.room - BETWEEN + place - each * step) // place
    beside = _whole_rows(-(-pieces.count // each), most) * each
    return [min(beside, pieces.count - start) for start in range(0, pieces.count, beside)]


def _whole_rows(count: int, most: int) -> int:
    """Return how many of ``count`` stand in a row, at most ``most``: such that all rows are full if they can.

    >>> _whole_rows(72, 34), _whole_rows(18, 8), _whole_rows(97, 40), _whole_rows(4, 40)
    (24, 6, 33, 4)
    """
    full = next((beside for beside in range(most, most // 2, -1) if count % beside == 0), 0)
    return full or -(-count // max(1, -(-count // most)))
