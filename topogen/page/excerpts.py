"""The lines of topology and catalog that reasons name, so that a page can lead to them."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.errors import Path
    from topogen.explain import Origin
    from topogen.model.fabric import Fabric

MOST_LINES = 40


class Excerpt(NamedTuple):
    """A block of a file with the numbers of its lines; ``title`` is the file and what the block is."""

    id: str
    title: str
    text: str


def excerpts(fabric: Fabric, origins: Iterable[Origin]) -> dict[str, Excerpt]:
    """Return the block behind each ``file:line`` that origins name: a part, a medium, a group, a template."""
    found: dict[str, Excerpt] = {}
    blocks: dict[tuple[str, int], Excerpt] = {}
    for origin in origins:
        file, _, line = origin.at.rpartition(":")
        if origin.at in found or file not in fabric.marks.texts:
            continue
        what, start = _start(fabric, origin.path, file, int(line))
        if (file, start) not in blocks:
            text = _block(fabric.marks.texts[file], start, int(line))
            blocks[file, start] = Excerpt(f"at-{len(blocks)}", f"{file}:{start} {what}", text)
        found[origin.at] = blocks[file, start]
    return found


def _start(fabric: Fabric, path: str, file: str, line: int) -> tuple[str, int]:
    """Return what holds a line, such as a part of the catalog, and the line at which it begins."""
    steps: Path = tuple(path.split("."))
    for depth in (3, 2) if steps[0] == "catalog" else (2,):
        mark = fabric.marks.places.get(steps[:depth])
        if mark and mark.file == file and line - MOST_LINES < mark.line <= line:
            return ".".join(steps[:depth]), mark.line
    return path, line


def _block(lines: Sequence[str], start: int, to: int) -> str:
    """Return a line and those that are indented deeper below it; at least those up to ``to``."""
    depth = _indent(lines[start - 1])
    below = lines[start:][: MOST_LINES - 1]
    inside = len(list(takewhile(lambda one: not one.strip() or _indent(one) > depth, below)))
    end = max(start + inside, to)
    while end > to and not lines[end - 1].strip():
        end -= 1
    return "\n".join(f"{at:>5}  {lines[at - 1].rstrip()}" for at in range(start, end + 1))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
