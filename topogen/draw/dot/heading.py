"""What stands above and below a picture in DOT: the finding, figures, the legend, and on what they rest."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from topogen.draw.contrast import LARGE_CONTRAST, readable
from topogen.draw.dot.samples import SAMPLE_WIDTH, sample, swatch
from topogen.draw.dot.text import cell, cell_width, escaped, fixed, marked, table, text_row
from topogen.draw.lettering import HEADLINE, PAGE, SMALLEST, wrapped_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.picture import LegendRow, Picture, SquareKey
    from topogen.draw.sheet import Figure

VALUE_SIZE, SUBHEADLINE = 24, 16
OVER_FIGURES, BADGE_HEIGHT = 14, 24
"""Points between what is said and the figures, and that a badge is high."""
FIGURE_PADDING = 12
SHORTEST_NOTE = 150
"""Points around a figure, and that the column below one is wide at least."""
SQUARE, SQUARES_HEIGHT = 12, 28
ONE_SQUARE = "A square is one"
COLUMN, BETWEEN_ROWS = 200, 8
"""Points that the words below a figure are wide where figures stand beside boxes, and below these words."""
BETWEEN = 20
"""Points between two figures, and between two columns of the legend."""


def heading(picture: Picture, colours: Mapping[str, str], *, inside: bool = False) -> str:
    """Return the finding, what must not be overlooked, how it is drawn, and the figures if not ``inside``."""
    ink, soft = colours["ink"], colours["soft"]
    rows = [
        text_row(line, ink, HEADLINE, bold=True)
        for line in wrapped_to(picture.title, HEADLINE, PAGE, bold=True)
    ]
    if picture.alert:
        rows.append(_badge(picture.alert, colours))
    for said in picture.lines:
        rows += [text_row(line, soft, SUBHEADLINE) for line in wrapped_to(said, SUBHEADLINE, PAGE)]
    if picture.figures and not inside:
        rows.append(f'<TR><TD HEIGHT="{OVER_FIGURES}"></TD></TR>')
        rows.append(f'<TR><TD ALIGN="LEFT">{_figures(picture.figures, colours)}</TD></TR>')
    return table(rows)


def _badge(alert: str, colours: Mapping[str, str]) -> str:
    """Return a row with what must not be overlooked, no wider than it is."""
    look = f'ALIGN="LEFT" BGCOLOR="{colours["alert"]}"'
    size = fixed(cell_width(alert, bold=True) + 10, BADGE_HEIGHT)
    words = f'<FONT POINT-SIZE="{SMALLEST}" COLOR="{colours["paper"]}"><B>{escaped(alert)}</B></FONT>'
    badge = f"<TR><TD {look} {size}>{words}</TD><TD></TD></TR>"  # what is empty takes the rest of the row
    return f'<TR><TD ALIGN="LEFT">{table([badge], _padded(4))}</TD></TR>'


def _padded(points: int) -> str:
    return f'CELLPADDING="{points}"'


def _figures(figures: Sequence[Figure], colours: Mapping[str, str]) -> str:
    """Return the figures side by side, each over what it says, all of one height."""
    notes = wrapped_alike([one.note for one in figures], PAGE - len(figures) * (BETWEEN + FIGURE_PADDING))
    most = max(map(len, notes))
    soft = colours["soft"]
    inks = [readable(colours[one.colour], colours["paper"], LARGE_CONTRAST) for one in figures]
    rows = [
        "".join(cell(one.value, ink, VALUE_SIZE, bold=True) for one, ink in zip(figures, inks, strict=True))
    ]
    rows += [
        "".join(cell(some[line] if line < len(some) else " ", soft) for some in notes) for line in range(most)
    ]
    return table([f"<TR>{row}</TR>" for row in rows], _padded(2))


def stacked_figures(figures: Sequence[Figure], colours: Mapping[str, str]) -> str:
    """Return the figures in two columns, to stand where boxes leave room."""
    pairs = (figures[at : at + 2] for at in range(0, len(figures), 2))
    return table((row for pair in pairs for row in _figure_rows(pair, colours)), _padded(1))


def _figure_rows(figures: Sequence[Figure], colours: Mapping[str, str]) -> Iterator[str]:
    """Yield the rows of two figures side by side, one of them empty where there is one."""
    inks = [readable(colours[one.colour], colours["paper"], LARGE_CONTRAST) for one in figures]
    values = (cell(one.value, ink, VALUE_SIZE, bold=True) for one, ink in zip(figures, inks, strict=True))
    yield f"<TR>{''.join(values)}</TR>"
    notes = [wrapped_to(one.note, SMALLEST, COLUMN) for one in figures]
    for line in range(max(map(len, notes))):
        words = (cell(some[line] if line < len(some) else " ", colours["soft"]) for some in notes)
        yield f"<TR>{''.join(words)}</TR>"
    yield f'<TR><TD HEIGHT="{BETWEEN_ROWS}"></TD></TR>'


def wrapped_alike(notes: Sequence[str], room: float) -> list[list[str]]:
    """Return notes side by side in as few lines as fit into a room: a longer note has a wider column."""
    for lines in range(1, max(len(note.split()) for note in notes) + 1):
        found = [_in_lines(note, lines, room) for note in notes]
        if all(found) and sum(map(_note_width, found)) <= room:
            return _shorter(notes, found, room)
    return [wrapped_to(note, SMALLEST, room / len(notes)) for note in notes]


def _in_lines(note: str, lines: int, room: float) -> list[str]:
    """Return a note in so many lines at most, as narrow as can be; nothing if it does not fit."""
    tries = (wrapped_to(note, SMALLEST, width) for width in range(SHORTEST_NOTE, int(room) + 1, 10))
    return next((one for one in tries if len(one) <= lines), [])


def _shorter(notes: Sequence[str], found: list[list[str]], room: float) -> list[list[str]]:
    """Return wrapped notes, in fewer lines where the rest of the room is enough; short ones first."""
    shown = list(found)
    for at in sorted(range(len(notes)), key=lambda at: len(notes[at])):
        for lines in range(1, len(shown[at])):
            fewer = [*shown[:at], _in_lines(notes[at], lines, room), *shown[at + 1 :]]
            if fewer[at] and sum(map(_note_width, fewer)) <= room:
                shown = fewer
                break
    return shown


def _note_width(lines: Sequence[str]) -> int:
    return max(SHORTEST_NOTE, *map(cell_width, lines))


def footer(picture: Picture, colours: Mapping[str, str]) -> str:
    """Return legend, notes and the footer."""
    soft = colours["soft"]
    rows = [f'<TR><TD ALIGN="LEFT">{_legend(picture.legend, colours)}</TD></TR>'] if picture.legend else []
    rows += [f'<TR><TD ALIGN="LEFT">{line}</TD></TR>' for line in _square_keys(picture.squares, colours)]
    for note in picture.notes:
        rows += [text_row(line, colours["ink"]) for line in wrapped_to(note, SMALLEST, PAGE)]
    if picture.footer:
        rows += [text_row(line, soft) for line in wrapped_to(picture.footer, SMALLEST, PAGE)]
    return table(rows or [text_row(" ", soft)], _padded(3))


def _legend(rows: Sequence[LegendRow], colours: Mapping[str, str]) -> str:
    """Return the legend in as many columns as the page is wide."""
    widest = max(cell_width(row.text) for row in rows) + SAMPLE_WIDTH + BETWEEN
    beside = max(1, PAGE // widest)
    lines = (rows[start : start + beside] for start in range(0, len(rows), beside))
    cells = ("".join(f'<TD ALIGN="LEFT">{_key(row, colours)}</TD>' for row in line) for line in lines)
    return table([f"<TR>{line}</TR>" for line in cells], _padded(2))


def _square_keys(keys: Sequence[SquareKey], colours: Mapping[str, str]) -> Iterator[str]:
    """Yield lines that say what a square of each colour is."""
    if not keys:
        return
    marks = [(cell(ONE_SQUARE, colours["ink"]), cell_width(ONE_SQUARE))]
    for key in keys:
        square = f'<TD {fixed(SQUARE, SQUARE)} BGCOLOR="{colours[key.colour]}"></TD>'
        box = table([f"<TR>{square}</TR>"], f'CELLPADDING="0" {fixed(SQUARE, SQUARE)}')
        mark = f'<TD ALIGN="LEFT">{marked(box, SQUARE, key.text, colours["ink"])}</TD>'
        marks.append((mark, SQUARE + cell_width(key.text) + BETWEEN))
    while marks:
        ends = list(accumulate(width for _, width in marks))
        beside = max(1, sum(end <= PAGE for end in ends))
        size = f'CELLPADDING="0" ALIGN="LEFT" {fixed(ends[beside - 1], SQUARES_HEIGHT)}'
        yield table([f"<TR>{''.join(mark for mark, _ in marks[:beside])}</TR>"], size)
        marks = marks[beside:]


def _key(row: LegendRow, colours: Mapping[str, str]) -> str:
    if isinstance(row.sample, str):
        return marked(swatch(row.sample, colours), SAMPLE_WIDTH, row.text, colours["ink"])
    return marked(sample(row.sample, colours), SAMPLE_WIDTH, row.text, colours["ink"])
