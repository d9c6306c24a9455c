"""Mermaid: a flowchart of boxes and lines, which Markdown pages of GitHub and GitLab draw."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from topogen.errors import LimitError, Problem
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.handoff.outline import Outline

CHARACTERS = 50_000
"""The characters that Mermaid reads at most, unless the page allows more."""

PLAIN = re.compile(r"[A-Za-z0-9 ]|(?<=[A-Za-z0-9])[_./:,-](?=[A-Za-z0-9])")
"""Characters that mean nothing to Mermaid, Markdown or HTML: every other is written as its number."""

STARTS = re.compile(r"[\\$]|:(?=fa-)")
"""What starts a line break, a formula or an icon, even where it is written as its number."""

NOTHING = "\u200b"
"""A space without width, which ends them."""


def to_mermaid(outline: Outline) -> bytes:
    """Return an outline as a flowchart of Mermaid.

    Raises
    ------
    LimitError
        E744, if the text is longer than Mermaid reads.
    """
    rows = ["---", f"title: {json.dumps(outline.title)}", "---", "flowchart TD"]
    rows += [f'  n{number}["{_escaped(box.text)}"]' for number, box in enumerate(outline.boxes)]
    rows += [f'  n{line.upper} ---|"{_escaped(line.text)}"| n{line.lower}' for line in outline.lines]
    for number, (colour, names) in enumerate(_by_colour("n", [box.colour for box in outline.boxes])):
        rows += [f"  classDef c{number} fill:{colour}22,stroke:{colour}", f"  class {names} c{number}"]
    for colour, numbers in _by_colour("", [line.colour for line in outline.lines]):
        rows.append(f"  linkStyle {numbers} stroke:{colour},stroke-width:2px")
    text = "\n".join(rows) + "\n"
    if len(text) > CHARACTERS:
        message = (
            f"the flowchart would have {format_count(len(text))} characters; "
            f"Mermaid reads at most {format_count(CHARACTERS)}"
        )
        hint = "`--graph groups` draws device types; `topogen export drawio` and `d2` hold more"
        raise LimitError([Problem("E744", message, hint=hint)])
    return text.encode()


def _escaped(text: str) -> str:
    """Return a text that Mermaid shows as it is, whatever it says."""
    return "<br/>".join(map(_line, text.split("\n")))


def _line(text: str) -> str:
    shown = STARTS.sub(lambda found: found[0] + NOTHING, text)
    return "".join(one if PLAIN.match(shown, at) else f"#{ord(one)};" for at, one in enumerate(shown))


def _by_colour(before: str, colours: list[str]) -> list[tuple[str, str]]:
    """Return each colour with the numbers of those that have it, as a list of Mermaid."""
    return [
        (colour, ",".join(f"{before}{number}" for number, one in enumerate(colours) if one == colour))
        for colour in dict.fromkeys(colours)
    ]
