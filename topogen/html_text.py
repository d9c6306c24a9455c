"""Tables as HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def html_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a caption; a heading that starts with ``#`` is that of a column of numbers.

    >>> html_table("", ["#links"], [["1,296"]])[:44]
    '<table><thead><tr><th style="text-align:righ'
    """
    sides = ["right" if heading.startswith("#") else "left" for heading in headings]
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    head = _row("th", [heading.removeprefix("#") for heading in headings], sides)
    body = "".join(_row("td", row, sides) for row in rows)
    return f"<table>{caption}<thead>{head}</thead><tbody>{body}</tbody></table>"


def html_lines(*lines: str) -> str:
    """Return lines of text, the first one bold."""
    first, *rest = [escape(line) for line in lines if line] or [""]
    return "<br>".join([f"<b>{first}</b>", *rest])


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    shown = zip(cells, sides, strict=True)
    return (
        "<tr>"
        + "".join(f'<{tag} style="text-align:{side}">{escape(cell)}</{tag}>' for cell, side in shown)
        + "</tr>"
    )
