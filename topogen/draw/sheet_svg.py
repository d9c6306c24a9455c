"""A sheet as SVG: the same bytes for the same sheet, text as text, names that cannot break the markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.contrast import contrast, contrast_wanted, readable
from topogen.draw.furniture import furniture
from topogen.draw.lettering import FONTS
from topogen.draw.sheet import HEIGHT, WIDTH, Box, Disc, Label, Squares, Stroke
from topogen.palette import PRINT, shaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.draw.sheet import Mark, Sheet

PATCH, TWO = 3, 2
"""How far the patch behind a label reaches beyond its letters, and the points of a straight line."""


def to_svg(sheet: Sheet, colours: Mapping[str, str] = PRINT) -> str:
    """Return a sheet as SVG, ``WIDTH`` by ``HEIGHT``; ``colours`` are those of a theme."""
    return "\n".join(_lines(sheet, colours)) + "\n"


def _lines(sheet: Sheet, colours: Mapping[str, str]) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="{FONTS}">'
    )
    yield f"<title>{clean(sheet.title)}</title>"
    yield f"<desc>{clean(described(sheet))}</desc>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["paper"]}"/>'
    for mark in (*sheet.marks, *furniture(sheet)):
        yield from _mark(mark, colours)
    yield "</svg>"


def described(sheet: Sheet) -> str:
    """Return the sheet in words, for who cannot see it."""
    figures = "; ".join(f"{one.value}: {one.note}" for one in sheet.figures)
    return ". ".join(words for words in (sheet.alert, sheet.subtitle, figures, sheet.footer) if words)


def clean(text: str) -> str:
    r"""Return text for SVG: no markup, no character that XML forbids.

    >>> clean('<b>&"\x01')
    '&lt;b&gt;&amp;&quot; '
    """
    plain = "".join(char if char.isprintable() else " " for char in text)
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(char, name)
    return plain


def cleaned_lines(text: str) -> str:
    r"""Return text of several lines for SVG.

    >>> cleaned_lines("a & b\n<c>")
    'a &amp; b&#10;&lt;c&gt;'
    """
    return "&#10;".join(clean(line) for line in text.split("\n"))


def _mark(mark: Mark, colours: Mapping[str, str]) -> Iterator[str]:
    if isinstance(mark, Label):
        yield from _text(mark, colours)
    elif isinstance(mark, Box):
        yield _element("rect", _placed(mark), mark, colours)
    elif isinstance(mark, Disc):
        at = f' cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}"'
        yield _element("circle", at + _paint(mark, colours), mark, colours)
    elif isinstance(mark, Squares):
        yield _element("path", _squares(mark, colours), mark, colours)
    else:
        yield _element("path", f' d="{_route(mark)}"{_pen(mark, colours)}', mark, colours)


def _squares(mark: Squares, colours: Mapping[str, str]) -> str:
    """Return squares as one path; the outline of hollow ones is inside of them."""
    pen = min(2.0, mark.width / 3, mark.height / 3) if mark.hollow else 0.0
    wide, high = mark.width - pen, mark.height - pen
    shape = "".join(
        f"M{_n(x + pen / 2)} {_n(y + pen / 2)}h{_n(wide)}v{_n(high)}h{_n(-wide)}z" for x, y in mark.at
    )
    colour = colours[mark.fill]
    if not mark.hollow:
        return f' d="{shape}" fill="{colour}"'
    return f' d="{shape}" fill="{colours["paper"]}" stroke="{colour}" stroke-width="{_n(pen)}"'


def _element(
    name: str, attributes: str, mark: Box | Disc | Squares | Stroke, colours: Mapping[str, str]
) -> str:
    key = f' data-key="{clean(mark.key)}"' if mark.key else ""
    paint = _paint(mark, colours) if isinstance(mark, Box) else ""
    tip = f"<title>{cleaned_lines(mark.tip)}</title>" if mark.tip else ""
    body = f"{name}{attributes}{paint}{key}"
    return f"<{body}>{tip}</{name}>" if tip else f"<{body}/>"


def _placed(mark: Box) -> str:
    corner = f' rx="{_n(mark.round)}"' if mark.round else ""
    return f' x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"{corner}'


def _paint(mark: Box | Disc, colours: Mapping[str, str]) -> str:
    fill = colours[mark.fill] if mark.fill else "none"
    if isinstance(mark, Box) and mark.shade != 1:
        fill = shaded(fill, mark.shade)
    line = f' stroke="{colours[mark.line]}" stroke-width="{_n(mark.thick)}"' if mark.line else ""
    return f' fill="{fill}"{line}{_dashed("5 4") if mark.dashed else ""}'


def _dashed(dash: str) -> str:
    return f' stroke-dasharray="{dash}"' if dash else ""


def _route(mark: Stroke) -> str:
    (first, *others) = mark.points
    if not mark.curved:
        return f"M{_at(first)}" + "".join(f"L{_at(point)}" for point in others)
    return f"M{_at(first)}C" + " ".join(_at(point) for point in others)


def _pen(mark: Stroke, colours: Mapping[str, str]) -> str:
    colour = shaded(colours[mark.colour], mark.shade)
    clear = f' stroke-opacity="{_n(mark.opacity)}"' if mark.opacity < 1 else ""
    fill = "" if len(mark.points) == TWO else ' fill="none"'  # a line from point to point has no inside
    return f'{fill} stroke="{colour}" stroke-width="{_n(mark.width)}"{clear}{_dashed(mark.dash)}'


def _text(mark: Label, colours: Mapping[str, str]) -> Iterator[str]:
    if mark.back:
        x, wide, high = mark.left - PATCH, mark.width + 2 * PATCH, mark.size + 2 * PATCH
        top = mark.y - mark.size + 1 - PATCH / 2
        yield from _mark(Box(x, top, wide, high, "paper"), colours)
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    bold = ' font-weight="bold"' if mark.bold else ""
    colour = _letters(mark, colours)
    yield (
        f'<text x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"{bold}{anchor}'
        f' fill="{colour}">{clean(mark.text)}</text>'
    )


def _letters(mark: Label, colours: Mapping[str, str]) -> str:
    """Return the colour of a text: as stated, or what can be read on the box that it stands on."""
    if mark.on:
        return max((colours["ink"], colours["paper"]), key=lambda one: contrast(one, colours[mark.on]))
    colour = colours[mark.colour]
    if mark.colour == "paper":
        return colour
    return readable(colour, colours["paper"], contrast_wanted(mark.size, bold=mark.bold))


def _at(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(value: float) -> str:
    """Return a number with two decimals at most.

    >>> _n(12.0), _n(0.333333), _n(-0.001)
    ('12', '0.33', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
