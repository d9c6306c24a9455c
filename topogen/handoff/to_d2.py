"""D2: boxes and lines in the language of d2lang.com."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.handoff.outline import Outline


def to_d2(outline: Outline) -> bytes:
    """Return an outline as text of D2."""
    rows = [f"# {' '.join(outline.title.split())}", "direction: down"]
    for number, box in enumerate(outline.boxes):
        rows.append(f"n{number}: {_quoted(box.text)} {{style: {{stroke: '{box.colour}'; stroke-width: 2}}}}")
    for line in outline.lines:
        style = f"{{style.stroke: '{line.colour}'}}"
        rows.append(f"n{line.upper} -- n{line.lower}: {_quoted(line.text)} {style}")
    return ("\n".join(rows) + "\n").encode()


def _quoted(text: str) -> str:
    r"""Return a string of D2 between double quotes, in which `\`, `"` and `$` need care."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    return f'"{escaped}"'
