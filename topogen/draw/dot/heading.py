"""What stands above and below a picture in DOT: the finding, figures, the legend, and on what they rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.contrast import LARGE_CONTRAST, readable
from topogen.draw.dot.samples import SAMPLE_WIDTH, sample, swatch
from topogen.draw.dot.text import cell, cell_width, escaped, fixed, marked, table, text_row
from topogen.draw.lettering import HEADLINE, PAGE, SMALLEST, wrapped_to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.draw.picture import LegendRow, Picture
    from topogen.draw.sheet import Figure

VALUE_SIZE, SUBHEADLINE = 24, 16
OVER_FIGURES, BADGE_HEIGHT = 14, 24
"""Points between what is said and the figures, and that a badge is high."""
BETWEEN = 20
"""Points between two figures, and between two columns of the legend."""


def heading(picture: Picture, colours: Mapping[str, str]) -> str:
    """Return the finding, what must not be overlooked, how it is drawn, and the figures."""
    ink, soft = colours["ink"], colours["soft"]
    rows = [
        text_row(line, ink, HEADLINE, bold=True)
        for line in wrapped_to(picture.title, HEADLINE, PAGE, bold=True)
    ]
    if picture.alert:
        rows.append(_badge(picture.alert, colours))
    for said in picture.lines:
        rows += [text_row(line, soft, SUBHEADLINE) for line in wrapped_to(said, SUBHEADLINE, PAGE)]
    if picture.figures:
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
    room = PAGE / len(figures) - BETWEEN
    notes = [wrapped_to(one.note, SMALLEST, room - 12) for one in figures]
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


def footer(picture: Picture, colours: Mapping[str, str]) -> str:
    """Return legend, notes and the footer."""
    soft = colours["soft"]
    rows = [f'<TR><TD ALIGN="LEFT">{_legend(picture.legend, colours)}</TD></TR>'] if picture.legend else []
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


def _key(row: LegendRow, colours: Mapping[str, str]) -> str:
    if isinstance(row.sample, str):
        return marked(swatch(row.sample, colours), SAMPLE_WIDTH, row.text, colours["ink"])
    return marked(sample(row.sample, colours), SAMPLE_WIDTH, row.text, colours["ink"])
