"""Text and tables of DOT: whatever a name holds stays text, and every cell is as wide as its text may get."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.picture import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK_HEIGHT, MARK_SPACE = 24, 6
SPACE = 4
"""Points that a cell is wider than its text in the widest font."""


def quoted(text: str) -> str:
    r"""Return an id or plain string of DOT, whatever it holds.

    Graphviz would expand a backslash and a letter (``\N`` is the name of the node), and HTML entities.

    >>> print(quoted('say "no"'), quoted(r"a\N &lt;"))
    "say \"no\"" "a\\N &amp;lt;"
    """
    plain = text.replace("&", "&amp;").encode("ascii", "xmlcharrefreplace").decode()
    plain = plain.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(plain.split()) + '"'


def quoted_tip(text: str) -> str:
    r"""Return what shows under the pointer as a string of DOT.

    Graphviz expands backslashes there twice, however they are written: a character of the same look is safe.

    >>> print(quoted_tip("\\N & co\nboards"))
    "&#8726;N &amp; co\nboards"
    """
    lines = (quoted(line)[1:-1] for line in text.replace("\\", "\u2216").split("\n"))
    return '"' + r"\n".join(lines) + '"'


def pointed(tip: str, key: str) -> str:
    """Return the attributes for what shows under the pointer and what a click looks for."""
    shown = f" tooltip={quoted_tip(tip)}" if tip else ""
    return f"{shown} id={quoted(KEY + key)}" if key else shown


def escaped(text: str) -> str:
    r"""Return text for an HTML-like label, in ASCII; Graphviz would expand a backslash and a letter.

    >>> print(escaped("A<B & \u00b5"), escaped(r"\G"))
    A&lt;B &amp; &#181; \\G
    """
    plain = "".join(char if char.isprintable() else " " for char in text)
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\\", "\\\\")):
        plain = plain.replace(char, name)
    return plain.encode("ascii", "xmlcharrefreplace").decode()


def cell(text: str, colour: str, size: float = SMALLEST, *, bold: bool = False, more: str = "") -> str:
    """Return a cell with one line of text, at least as wide as the text is in the widest font."""
    if not text:
        return f"<TD{more}></TD>"
    width = cell_width(text, size, bold=bold)
    words = f"<B>{escaped(text)}</B>" if bold else escaped(text)
    font = f'<FONT POINT-SIZE="{size:g}" COLOR="{colour}">{words}</FONT>'
    return f'<TD ALIGN="LEFT" WIDTH="{width}"{more}>{font}</TD>'


def text_row(text: str, colour: str, size: float = SMALLEST, *, bold: bool = False, more: str = "") -> str:
    """Return a row of a table that is one line of text."""
    return f"<TR>{cell(text, colour, size, bold=bold, more=more)}</TR>"


def table(rows: Iterable[str], attributes: str = 'CELLPADDING="1"') -> str:
    """Return a table without borders."""
    return f'<TABLE BORDER="0" CELLSPACING="0" {attributes}>{"".join(rows)}</TABLE>'


def fixed(width: float, height: float) -> str:
    """Return the attributes of a table or cell that Graphviz may not stretch."""
    return f'WIDTH="{ceil(width)}" HEIGHT="{ceil(height)}" FIXEDSIZE="TRUE"'


def cell_width(text: str, size: float = SMALLEST, *, bold: bool = False) -> int:
    """Return how wide a cell with a text is at least."""
    return ceil(width_of(text, size, bold=bold)) + SPACE


def marked(mark: str, width: int, text: str, colour: str) -> str:
    """Return a mark and the text beside it, which Graphviz may not pull apart."""
    size = fixed(width + cell_width(text) + 2 * MARK_SPACE, MARK_HEIGHT)
    cells = (
        f"<TD {fixed(width + MARK_SPACE, MARK_HEIGHT - 2)}>{mark}</TD>{cell(text, colour) if text else ''}"
    )
    return table([f"<TR>{cells}</TR>"], f'CELLPADDING="1" ALIGN="LEFT" {size}')
