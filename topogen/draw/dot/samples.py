"""Samples of lines and fills in DOT, for the legend and inside boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.dot.text import fixed, table
from topogen.draw.lettering import PAGE
from topogen.palette import shaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.draw.picture import CellKind, Ink, Picture, Pieces, Stroke

SAMPLE_WIDTH, SAMPLE_HEIGHT = 48, 6
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
TALLEST = 92
"""Points that the squares of a kind are high at most, while there are smaller squares."""
NARROWEST, WIDEST = 200, 480
"""Points that the squares of a box are wide at most: four boxes fill a page, one alone has room."""
BESIDE_BOX = 150
"""Points beside a box that its frames and the text of lines take."""
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
    tall = max(2, round(stroke.width))
    first, last = (painted(stroke.inks[at], colours) for at in (0, -1))
    if stroke.style == "double":
        rows = [_cells([(SAMPLE_WIDTH, one)], 2) for one in (first, "", first)]
    elif stroke.style == "solid":
        half = SAMPLE_WIDTH // 2
        rows = [_cells([(SAMPLE_WIDTH, first)] if first == last else [(half, first), (half, last)], tall)]
    else:
        on, off = (8, 4) if stroke.style == "dashed" else (2, 4)
        count = SAMPLE_WIDTH // (on + off)
        dashes = [
            part for at in range(count) for part in ((on, first if at < count / 2 else last), (off, ""))
        ]
        rows = [_cells(dashes, tall)]
    high = SAMPLE_HEIGHT if stroke.style == "double" else tall
    return table(rows, f'CELLPADDING="0" {fixed(SAMPLE_WIDTH, high)}')


def _cells(parts: Iterable[tuple[int, str]], tall: int) -> str:
    made = [
        f"<TD {fixed(wide, tall)}" + (f' BGCOLOR="{ink}"' if ink else "") + "></TD>" for wide, ink in parts
    ]
    return f"<TR>{''.join(made)}</TR>"


def scale_of(picture: Picture) -> Scale:
    """Return how the squares of a picture are drawn: one size for all, which the most of a kind fill."""
    widest = max(map(len, picture.rows), default=len(picture.nodes)) or 1
    room = max(NARROWEST, min(WIDEST, PAGE // widest - BESIDE_BOX))
    held = [*(node.pieces for node in picture.nodes), *(frame.pieces for frame in picture.frames)]
    counted = [one for pieces in held for one in pieces if one.is_counted]
    for side in SIDES:
        scale = Scale(side, room)
        if all(_height(one, scale) <= TALLEST for one in counted):
            return scale
    return Scale(SIDES[-1], room)


def squares(pieces: Pieces, scale: Scale, colours: Mapping[str, str]) -> str:
    """Return a square for each piece where they can be counted, else a bar; places stand apart."""
    rows = [
        f"<TR>{_row_of_squares(pieces, count, scale.side, colours[pieces.colour])}</TR>"
        for count in _rows(pieces, scale)
    ]
    size = fixed(squares_width(pieces, scale), _height(pieces, scale))
    look = f'BORDER="0" CELLBORDER="0" CELLSPACING="{BETWEEN}" CELLPADDING="0" ALIGN="LEFT" {size}'
    return f"<TABLE {look}>{''.join(rows)}</TABLE>"


def squares_width(pieces: Pieces, scale: Scale) -> int:
    """Return how wide the squares of some pieces are."""
    if not pieces.is_counted:
        return BAR + 2 * BETWEEN
    widest = max(_rows(pieces, scale), default=0)
    gaps = (widest - 1) // pieces.each if pieces.each else 0
    return widest * (scale.side + BETWEEN) + gaps * (APART + BETWEEN) + BETWEEN


def stands_in_a_row(pieces: Pieces, scale: Scale) -> bool:
    """Return whether the squares of some pieces stand side by side."""
    return len(_rows(pieces, scale)) == 1


def _row_of_squares(pieces: Pieces, count: int, side: int, colour: str) -> str:
    if not pieces.is_counted:
        return f'<TD {fixed(BAR, side)} BGCOLOR="{colour}"></TD>'
    one, gap = f'<TD {fixed(side, side)} BGCOLOR="{colour}"></TD>', f"<TD {fixed(APART, side)}></TD>"
    each = pieces.each or count
    return gap.join(one * min(each, count - start) for start in range(0, count, each))


def _height(pieces: Pieces, scale: Scale) -> int:
    return len(_rows(pieces, scale)) * (scale.side + BETWEEN) + BETWEEN


def _rows(pieces: Pieces, scale: Scale) -> list[int]:
    """Return how many squares stand in each row: whole places where one fits into a row."""
    if not pieces.is_counted:
        return [1]
    step = scale.side + BETWEEN
    beside = (scale.room - BETWEEN) // step
    if pieces.each:
        place = pieces.each * step + APART + BETWEEN
        abreast = (scale.room + APART) // place
        lines = -(-pieces.count // (pieces.each * max(1, abreast)))
        beside = -(-pieces.count // (pieces.each * lines)) * pieces.each if abreast else beside
    return [min(beside, pieces.count - start) for start in range(0, pieces.count, beside)]
