"""Samples of lines and fills in DOT, for the legend and inside boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.dot.text import fixed, table
from topogen.palette import shaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.draw.picture import CellKind, Ink, Pieces, Stroke

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

FEW_PIECES = 36


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


def squares(pieces: Pieces, colours: Mapping[str, str]) -> str:
    """Return a square for each piece where they can be counted, else one square."""
    count, side, beside = _arranged(pieces)
    one = f'<TD {fixed(side, side)} BGCOLOR="{colours[pieces.colour]}"></TD>'
    rows = [f"<TR>{one * min(beside, count - start)}</TR>" for start in range(0, count, beside)]
    size = fixed(squares_width(pieces), len(rows) * (side + BETWEEN) + BETWEEN)
    look = f'BORDER="0" CELLBORDER="0" CELLSPACING="{BETWEEN}" CELLPADDING="0" ALIGN="LEFT" {size}'
    return f"<TABLE {look}>{''.join(rows)}</TABLE>"


def squares_width(pieces: Pieces) -> int:
    """Return how wide the squares of some pieces are."""
    count, side, beside = _arranged(pieces)
    return min(beside, count) * (side + BETWEEN) + BETWEEN


def _arranged(pieces: Pieces) -> tuple[int, int, int]:
    """Return how many squares are drawn, how large, and how many side by side."""
    count = pieces.count if pieces.is_counted else 1
    return (count, 10, 18) if count <= FEW_PIECES else (count, 7, 24)
