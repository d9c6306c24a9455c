"""Selectors and containment lines: how a file refers to places, and how places get their names."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.units import ReadError, parse_whole, read_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PICKED = 1_000_000
MAX_NUMBER = 10**9

NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_STEP = re.compile(r"([a-z][a-z0-9_]*)(?:\[([^\[\]]*)\])?", re.ASCII)
_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10})(?::(\d{1,10}))?)?", re.ASCII)
_NUMBERED = re.compile(r"([a-z][a-z0-9_]*?)(_?)(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pick:
    """One step of a selector: a name, and the numbers selected (``None`` = all)."""

    name: str
    numbers: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Selector:
    """A path of steps, each at any depth below the one before, down to a port group."""

    text: str
    steps: tuple[Pick, ...]
    port: str | None
    port_numbers: tuple[int, ...] | None

    def __str__(self) -> str:
        """Return the selector as written."""
        return self.text


def parse_selector(text: str) -> Selector:
    """Return the selector written as ``step/step/type.port``."""
    text = text.strip()
    places, dot, port_text = text.partition(".")
    steps = tuple(_pick(step, text) for step in places.split("/"))
    port = _pick(port_text, text) if dot else None
    return Selector(text, steps, port.name if port else None, port.numbers if port else None)


def _pick(step: str, text: str) -> Pick:
    found = _STEP.fullmatch(step)
    if not found:
        raise ReadError("E109", f'"{text}" is not a selector', _selector_hint(text))
    return Pick(found[1], None if found[2] is None else _picked(found[2], text))


def _picked(bracket: str, text: str) -> tuple[int, ...]:
    numbers = parse_numbers(bracket, text)
    if len(numbers) > MAX_PICKED:
        raise ReadError(
            "E110",
            f'"{text}" selects too many numbers',
            f"select at most {MAX_PICKED:,}, or all without brackets",
        )
    return tuple(numbers)


def _selector_hint(text: str) -> str:
    if "*" in text:
        return '"*" is not supported: a name without brackets selects all'
    if "//" in text:
        return 'a single "/" already matches at any depth below'
    if ":" in text.partition("[")[0] or "]:" in text:
        return 'write the port after a dot, such as "gpu.nvl"'
    if text.count("[") != text.count("]"):
        return 'close each "[" with "]"; inside {} and [], quote a selector that has brackets'
    if text != text.lower():
        return "use lower-case letters, digits and _"
    return 'write it like "r[01-02]/gpu.nvl": "/" between steps, numbers in [], the port after a dot'


def parse_numbers(text: str, whole: str) -> range | tuple[int, ...]:
    """Return the numbers of a bracket such as ``0-3,8,10-20:2``; ``whole`` is the text shown in messages."""
    ranges = [_range(item.strip(), whole) for item in text.split(",")]
    if len(ranges) == 1:
        return ranges[0]
    if sum(map(len, ranges)) > MAX_PICKED:
        raise ReadError("E110", f'"{whole}" lists too many numbers', f"list at most {MAX_PICKED:,}")
    numbers = sorted(number for item in ranges for number in item)
    twice = next((one for one, other in pairwise(numbers) if one == other), None)
    if twice is not None:
        raise ReadError("E110", f'"{whole}" lists {twice} twice', "list each number once")
    return tuple(number for item in ranges for number in item)


def _range(item: str, whole: str) -> range:
    found = _RANGE.fullmatch(item)
    if not found:
        raise ReadError(
            "E110",
            f'"{whole}" has "{item}" in its brackets, not a number or range',
            'write numbers such as "[0-3,8,10-20:2]"',
        )
    first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
    if last < first or not step:
        hint = f'write "{found[2]}-{found[1]}"' if step else "the step after ':' must be at least 1"
        raise ReadError("E110", f'"{whole}" has the empty range "{item}"', hint)
    if last > MAX_NUMBER:
        raise ReadError(
            "E110", f'"{whole}" has the number {last}, which is too large', f"the maximum is {MAX_NUMBER:,}"
        )
    return range(first, last + 1, step)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``contains`` or ``instances``: a type and the names of its places."""

    type: str
    stem: str
    numbers: range | tuple[int, ...]
    width: int
    separator: str
    plain: bool

    @property
    def count(self) -> int:
        """Return the number of places of this line."""
        return len(self.numbers)

    def name(self, i: int) -> str:
        """Return the name of the ``i``-th place of this line."""
        return self.label(self.numbers[i])

    def label(self, number: int) -> str:
        """Return the name of the place that has ``number``."""
        return self.stem if self.plain else f"{self.stem}{self.separator}{number:0{self.width}d}"

    def names(self) -> list[str]:
        """Return the names of all places of this line."""
        if self.plain:
            return [self.stem] * self.count
        ahead, width = f"{self.stem}{self.separator}", self.width
        return [f"{ahead}{number:0{width}d}" for number in self.numbers]


def ranges(numbers: Sequence[int], prefix: str = "") -> str:
    """Return rising numbers as ranges.

    >>> ranges([11, 12, 13, 28, 30, 31], "U")
    'U11-13, U28, U30-31'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{prefix}{run[0]}" + (f"-{run[-1]}" if len(run) > 1 else "") for run in runs)


def not_a_name(text: str, what: str = "name", more: str = "_") -> ReadError:
    """Return the error that a text is no name: what is wrong in it, and the rule."""
    wrong = next((char for char in text if char not in more and not NAME.fullmatch("a" + char)), "")
    kind = "the capital letter " if wrong.isupper() else ""
    why = f'it has {kind}"{wrong}"' if wrong else "it does not start with a letter"
    message = f'"{text}" is not a valid {what}: {why}' if text else f"the {what} is empty"
    rule = "letters a to z, digits, _ and -" if "-" in more else "letters a to z, digits and _"
    return ReadError("E644", message, f"use {rule}, a letter first")


def parse_entries(mapping: Mapping[str, object]) -> tuple[Entry, ...]:
    """Return the lines of a ``contains`` or ``instances`` map, no name twice."""
    entries: list[Entry] = []

    def read(key: str, value: object) -> None:
        entry = _entry(key, value)
        for other in entries:
            _refuse_shared_name(entry, other)
        entries.append(entry)

    read_each(mapping, read)
    return tuple(entries)


def made_entry(type_name: str, count: int) -> Entry:
    """Return the line ``TYPE: COUNT``: numbers from 0, unpadded, so that a larger count renames nothing."""
    return Entry(type_name, type_name, range(count), 1, _separator(type_name), plain=False)


def _entry(key: str, value: object) -> Entry:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ReadError("E642", f'"{key}" needs a count or a type', 'write "gpu: 4" or "r[01-04]: nvl72"')
    text = str(value).strip()
    counted = text[:1].isdigit()
    found = _STEP.fullmatch(key)
    stem = key.partition("[")[0].strip()
    if not found and not NAME.fullmatch(stem):
        raise not_a_name(stem)
    if not found or (counted and found[2] is not None):
        hint = 'write "gpu: 4", "r1: nvl72" or "r[01-04]: nvl72"'
        raise ReadError("E109", f'"{key}: {text}" is neither TYPE: COUNT nor NAME[RANGE]: TYPE', hint)
    return made_entry(key, parse_whole(text)) if counted else _named_entry(key, found[1], found[2], text)


def _named_entry(key: str, stem: str, bracket: str | None, type_name: str) -> Entry:
    if not NAME.fullmatch(type_name):
        raise not_a_name(type_name, "type name")
    if bracket is not None:
        width = len(bracket.partition(",")[0].partition("-")[0].strip())
        return Entry(type_name, stem, parse_numbers(bracket, key), width, _separator(stem), plain=False)
    if numbered := _NUMBERED.fullmatch(key):
        return Entry(type_name, numbered[1], (int(numbered[3]),), len(numbered[3]), numbered[2], plain=False)
    return Entry(type_name, key, (0,), 0, "", plain=True)


def _separator(stem: str) -> str:
    return "_" if stem[-1].isdigit() else ""


def _refuse_shared_name(one: Entry, other: Entry) -> None:
    # Names of different stems can meet too (a[1-2] and a1_[..]), but only through unusual names.
    if (one.stem, one.separator, one.plain) != (other.stem, other.separator, other.plain):
        return
    few, many = sorted((one, other), key=lambda entry: entry.count)
    taken = many.numbers if isinstance(many.numbers, range) else set(many.numbers)
    for number in islice(few.numbers, MAX_PICKED):
        if number in taken:
            names = dict.fromkeys(f'"{entry.label(number)}"' for entry in (one, other))
            twice = "is defined twice" if len(names) == 1 else "differ only in leading zeros"
            raise ReadError("E601", f"{' and '.join(names)} {twice}", "give the places different names")
