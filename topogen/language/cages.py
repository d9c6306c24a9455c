"""Cages of a panel and the modes they run in, as a file writes them: ``1-32``, ``1-63:2``, ``2 x 400G``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from topogen.language.fields import Reads, scalar_text, shape
from topogen.records import dataclass
from topogen.units import ReadError, format_rate, format_rate_long, parse_rate, parse_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_CAGES = 4096
"""Cages of one panel; the largest chassis sold have fewer than a thousand."""

_RANGE = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4})(?::(\d{1,3}))?)?", re.ASCII)
_MODE = re.compile(r"(\d{1,3})\s*x\s*(?:(\d{1,3})\s*x\s*)?(\d+(?:\.\d+)?)\s*([GT])(?:b/s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mode:
    """So many links per cage, each of ``lanes`` lanes at ``lane_rate`` Mb/s."""

    links: int
    lanes: int
    lane_rate: int

    @property
    def rate(self) -> int:
        """Return the Mb/s of one link."""
        return self.lanes * self.lane_rate

    def __str__(self) -> str:
        return f"{self.links} x {format_rate(self.rate)}"

    @property
    def in_lanes(self) -> str:
        """Return the mode with its lanes: ``2 x 4 x 100 Gb/s``."""
        return f"{self.links} x {self.lanes} x {format_rate_long(self.lane_rate)}"


@dataclass(frozen=True, slots=True)
class StatedMode:
    """A mode as written; without ``lanes``, ``rate`` is that of a link, else that of a lane."""

    links: int
    lanes: int | None
    rate: int

    def __str__(self) -> str:
        if self.lanes is None:
            return f"{self.links} x {format_rate(self.rate)}"
        return f"{self.links} x {self.lanes} x {format_rate_long(self.rate)}"

    def is_met_by(self, mode: Mode) -> bool:
        """Return whether a mode is what this one asks for."""
        if self.lanes is None:
            return (self.links, self.rate) == (mode.links, mode.rate)
        return (self.links, self.lanes, self.rate) == (mode.links, mode.lanes, mode.lane_rate)


def parse_cages(text: str) -> tuple[int, ...]:
    """Return the numbers of cages, in the order written.

    >>> parse_cages("1-4"), parse_cages("1-7:2"), parse_cages("1-2, 8")
    ((1, 2, 3, 4), (1, 3, 5, 7), (1, 2, 8))
    """
    numbers: list[int] = []
    for piece in text.split(","):
        found = _RANGE.fullmatch(piece.strip())
        if not found or int(found[1]) > int(found[2] or found[1]) or found[3] in ("0", "00", "000"):
            raise _no_cages(text)
        numbers.extend(range(int(found[1]), int(found[2] or found[1]) + 1, int(found[3] or 1)))
    twice = sorted(number for number in set(numbers) if numbers.count(number) > 1)
    if twice:
        raise ReadError("E716", f'"{text}" names cage {twice[0]} twice', "name each cage once")
    if numbers[-1] > MAX_CAGES:
        hint = "check the digits"
        raise ReadError("E716", f'"{text}": a panel has at most {MAX_CAGES:,} cages', hint)
    return tuple(numbers)


def _no_cages(text: str) -> ReadError:
    hint = 'write "1-32", "1-63:2" for every second cage, or a list such as [1-8, 12]'
    return ReadError("E716", f'"{text}" is not a list of cages', hint)


def read_cages(value: object) -> tuple[int, ...]:
    """Return the numbers of cages from a text, or from a list of texts."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, list):
        return parse_cages(", ".join(scalar_text(item) for item in value))
    if not isinstance(value, str | int):
        raise _no_cages(shape(value).strip('"'))
    return parse_cages(str(value))


def format_cages(numbers: Iterable[int]) -> str:
    """Return numbers as ranges, as a file writes them.

    >>> format_cages([1, 2, 3, 8]), format_cages([1, 3, 5, 7])
    ('1-3, 8', '1-7:2')
    """
    ordered = sorted(numbers)
    steps = {after - before for before, after in pairwise(ordered)}
    if len(ordered) > 2 and len(steps) == 1 and steps != {1}:  # noqa: PLR2004 - two are shorter as a list
        return f"{ordered[0]}-{ordered[-1]}:{steps.pop()}"
    runs: list[list[int]] = []
    for number in ordered:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def parse_mode(text: str) -> StatedMode:
    """Return a mode: links per cage and the rate of each, or links, lanes and lane rate.

    >>> str(parse_mode("2 x 400G")), str(parse_mode("2 x 4 x 100 Gb/s"))
    ('2 x 400G', '2 x 4 x 100 Gb/s')
    """
    found = _MODE.fullmatch(text.strip())
    if not found:
        hint = 'write links per cage x rate, such as "2 x 400G", or with lanes "2 x 4 x 100 Gb/s"'
        raise ReadError("E716", f'"{text}" is not a mode of a cage', hint)
    lanes = parse_whole(found[2], 1) if found[2] else None
    return StatedMode(parse_whole(found[1], 1), lanes, parse_rate(f"{found[3]} {found[4]}b/s"))


CageNumbers = Annotated[tuple[int, ...], Reads(read_cages, {"type": ["string", "array"]}, scalar=False)]
ModeText = Annotated[StatedMode, Reads(parse_mode)]
