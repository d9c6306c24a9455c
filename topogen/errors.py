"""Errors and warnings: one form for every message, with place, sentence and hint.

TopogenError
    InputError    an invalid topology, catalog or command line; nothing is written
    LimitError    a request above a stated limit; the message names an alternative
"""

from __future__ import annotations

from dataclasses import field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Path: TypeAlias = tuple[str, ...]
"""Keys from the top of a file down to a value: ``("links", "nvl", "a")``; list indices count from 0."""


SHOWN_COLUMNS = 100
"""Longer lines are shown in part: flow maps can be hundreds of columns wide."""

SHOWN_NAMES = 12
SHOWN_CHARACTERS = 500
SHOWN_PROBLEMS = 100
"""A file with more errors of one kind is probably not a topology at all."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a text; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return ``file:line:column``."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error (code ``E...``) or warning (code ``W...``)."""

    code: str
    message: str
    path: str = ""
    mark: Mark | None = None
    hint: str = ""
    line: str = ""

    @property
    def is_error(self) -> bool:
        """Return whether this is an error."""
        return self.code.startswith("E")

    def __str__(self) -> str:
        """Return the message: place, sentence, the line with a caret, hint."""
        place = " ".join(word for word in (self.code, str(self.mark or ""), self.path) if word)
        rows = [f"{place}: {self.message}"]
        if self.line and self.mark:
            shown, at = _window(self.line, self.mark.column - 1)
            rows += [f"    {shown}", f"    {' ' * at}^"]
        if self.hint:
            rows.append(f"    hint: {self.hint}")
        return "\n".join(map(_harmless, rows))


def _harmless(row: str) -> str:
    """Return a row of at most 500 characters without control characters."""
    row = row if len(row) <= SHOWN_CHARACTERS else f"{row[:SHOWN_CHARACTERS]} ..."
    return row if row.isprintable() else "".join(char if char.isprintable() else "?" for char in row)


def _window(line: str, at: int) -> tuple[str, int]:
    """Return the part of a long line around column ``at``, and the position of that column in it."""
    if len(line) <= SHOWN_COLUMNS:
        return line, at
    start = max(0, min(at - SHOWN_COLUMNS // 3, len(line) - SHOWN_COLUMNS))
    before, after = "... " if start else "", " ..." if start + SHOWN_COLUMNS < len(line) else ""
    return before + line[start : start + SHOWN_COLUMNS] + after, at - start + len(before)


class TopogenError(Exception):
    """Base class of all errors; ``problems`` has every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[TopogenError], tuple[tuple[Problem, ...]]]:
        """Return what another process makes the same error of."""
        return type(self), (self.problems,)


class InputError(TopogenError):
    """An invalid topology, catalog or command line."""


class LimitError(TopogenError):
    """A request above a stated limit."""


@dataclass
class Marks:
    """Positions by path in the files, so that every later stage can refer to a line."""

    places: Mapping[Path, Mark] = field(default_factory=dict)
    texts: dict[str, Sequence[str]] = field(default_factory=dict)

    def find(self, path: Path) -> Mark | None:
        """Return the position of ``path``, or of the nearest key above it that is in a file."""
        for end in range(len(path), 0, -1):
            if mark := self.places.get(path[:end]):
                return mark
        return None

    def line(self, mark: Mark | None) -> str:
        """Return the text of the marked line, without line break."""
        if mark is None or mark.file not in self.texts:
            return ""
        lines = self.texts[mark.file]
        line = lines[mark.line - 1].rstrip() if mark.line <= len(lines) else ""
        return line.replace("\t", " ")


class Problems:
    """Collects the problems of a stage, so that a user sees all of them at once."""

    def __init__(self, marks: Marks | None = None) -> None:
        self.marks = marks or Marks()
        self.found: list[Problem] = []

    def add(self, code: str, message: str, path: Path = (), hint: str = "") -> None:
        """Add one problem at ``path``."""
        mark = self.marks.find(path)
        self.found.append(Problem(code, message, ".".join(path), mark, hint, self.marks.line(mark)))

    def add_at(self, code: str, message: str, mark: Mark, path: str = "", hint: str = "") -> None:
        """Add one problem at a position in a text."""
        self.found.append(Problem(code, message, path, mark, hint, self.marks.line(mark)))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return the warnings."""
        return tuple(problem for problem in self.found if not problem.is_error)

    def raise_errors(self) -> None:
        """Raise everything found, warnings included, if any of it is an error."""
        if any(problem.is_error for problem in self.found):
            raise InputError(self.found)


def nearest(word: str, known: Iterable[str] | Mapping[str, object]) -> str:
    """Return a hint such as ``did you mean "gpu"?``, or the known words if none is similar."""
    names = sorted(known)
    close = get_close_matches(word, names, n=3, cutoff=0.6)
    close = close or [name for name in names if name.startswith(word) or word.startswith(name)][:3]
    if close and word:
        return "did you mean " + " or ".join(f'"{name}"' for name in close) + "?"
    shown = ", ".join(names[:SHOWN_NAMES]) + (", ..." if len(names) > SHOWN_NAMES else "")
    return f"available: {shown}" if names else ""
