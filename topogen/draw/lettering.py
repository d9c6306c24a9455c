"""How wide text is: the widths of DejaVu Sans, the widest of the fonts that a viewer may have.

Pictures ask for Arimo, Liberation Sans, Helvetica or Arial, which are all of one width and narrower: what
fits in DejaVu Sans fits in each of them.
"""

from __future__ import annotations

FONTS = "Arimo, 'Liberation Sans', Helvetica, Arial, sans-serif"
SMALLEST = 15
"""The smallest letters of a picture 1,200 px wide: 10 px where it is shown 800 px wide."""

PAGE = 1140
"""Points that a picture of Graphviz is wide at most, without its margin: 15 of them are 10 pixels of 800."""

HEADLINE = 26
"""Points of the title of a picture of Graphviz."""

# fmt: off
REGULAR = (
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79,
    69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28,
    58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
)
BOLD = (
    35, 46, 52, 84, 70, 100, 87, 31, 46, 46, 52, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70,
    70, 40, 40, 84, 84, 84, 58, 100, 77, 76, 73, 83, 68, 68, 82, 84, 37, 37, 77, 64, 100, 84, 85, 73,
    85, 77, 72, 68, 81, 77, 110, 77, 72, 73, 46, 37, 46, 84, 50, 50, 67, 72, 59, 72, 68, 44, 72, 71, 34,
    34, 67, 34, 104, 71, 69, 72, 72, 49, 60, 48, 71, 65, 92, 65, 65, 58, 71, 37, 71, 84,
)
# fmt: on
"""Advance widths of the characters from space to tilde, in hundredths of the size."""

OTHER = 100
"""The width of any other character."""

ELLIPSIS = "..."


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text in pixels, at most.

    >>> width_of("GPU", 20), width_of("GPU", 20, bold=True)
    (42.0, 47.2)
    """
    widths = BOLD if bold else REGULAR
    return sum(widths[ord(char) - 32] if " " <= char <= "~" else OTHER for char in text) * size / 100


def fitted(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, float]:
    """Return a text and its size so that it is no wider than ``room``: smaller first, then cut.

    >>> fitted("leaf", 20, 100)
    ('leaf', 20)
    >>> fitted("a_very_long_name_of_a_switch", 20, 120)
    ('a_very_lon...', 15)
    """
    if width_of(text, size, bold=bold) <= room:
        return text, size
    smaller: float = max(SMALLEST, int(size * room / width_of(text, size, bold=bold)))
    if smaller > size or width_of(text, smaller, bold=bold) > room:
        smaller = min(size, SMALLEST)
    while text and width_of(text, smaller, bold=bold) > room:
        cut = text.removesuffix(ELLIPSIS)[:-1].rstrip(" ,")
        text = f"{cut}{ELLIPSIS}" if cut else ""
    return text, smaller


def wrapped_to(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return a text broken at spaces into lines no wider than ``room``; a longer word stays whole.

    >>> wrapped_to("72 racks in nine rows", 10, 70)
    ['72 racks in', 'nine rows']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def one_line(text: str) -> str:
    r"""Return the lines of a tip as one.

    >>> one_line("up: 4 links\ncopper")
    'up: 4 links; copper'
    """
    return "; ".join(text.split("\n"))
