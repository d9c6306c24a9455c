"""The front panel of a box or card: its cages, the modes they run in, and the names of their ports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from topogen.errors import nearest
from topogen.language.cages import Mode, StatedMode, format_cages, parse_cages, parse_mode
from topogen.records import dataclass
from topogen.units import ReadError, format_rate_long, read_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIELD = re.compile(r"\{(\w*)(?::0(\d))?\}", re.ASCII)
NAME_FIELDS = {
    "cage": "number printed at the cage",
    "cage0": "cages before this one",
    "card": "card of the cage, from 1",
    "card0": "card of the cage, from 0",
    "card_letter": "card of the cage, from A",
    "port": "cage within its card, from 1",
    "port0": "cage within its card, from 0",
    "leg": "link within the cage, from 1",
    "leg0": "link within the cage, from 0",
    "letter": "link within the cage, from a",
    "lane": "first lane of the link within the cage, from 1",
    "lane0": "first lane of the link within the cage, from 0",
    "box_lane0": "first lane of the link within the box, from 0",
}
"""Fields of a naming pattern, with their meaning."""

SPLIT = "split"
"""Key of the pattern for every number of links above 1 that has none of its own."""


@dataclass(frozen=True, slots=True)
class Cages:
    """Equal cages of a panel. ``lane_rates`` are in Mb/s, fastest first.

    ``disabling`` are modes that only some cages have, and that disable the cage after each of them.
    """

    numbers: tuple[int, ...]
    lanes: int
    lane_rates: tuple[int, ...]
    form_factor: str
    plug: str
    top: str | None
    modes: tuple[Mode, ...]
    disabling: Mapping[Mode, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Panel:
    """The cages of one box or card, how they are numbered and named, and who says so."""

    of: str
    rows: tuple[Cages, ...]
    reserved: Mapping[int, str]
    cages_per_card: int | None
    printed: str
    names: Mapping[str, Mapping[str, str]]
    source: str | None
    as_of: str | None
    confidence: str | None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of all cages, in order."""
        return tuple(sorted(number for row in self.rows for number in row.numbers))


@dataclass(frozen=True, slots=True)
class PortName:
    """A port of a panel: its cage and link, and its names; ``nos`` is empty where no name is known."""

    cage: int
    leg: int
    printed: str
    nos: str


def row_of(panel: Panel, number: int) -> Cages:
    """Return the equal cages that a cage belongs to."""
    return next(row for row in panel.rows if number in row.numbers)


def modes_of(row: Cages, number: int) -> list[Mode]:
    """Return the modes that a cage has, as the panel lists them."""
    return [*row.modes, *(mode for mode, at in row.disabling.items() if number in at)]


def modes_meant(row: Cages, number: int, stated: StatedMode) -> list[Mode]:
    """Return the modes of a cage that a stated one may mean: as listed, else a listed one run slower."""
    listed = [mode for mode in modes_of(row, number) if stated.is_met_by(mode)]
    if listed:
        return listed
    slower = (
        Mode(mode.links, mode.lanes, rate)
        for mode in row.modes
        for rate in row.lane_rates
        if rate < mode.lane_rate
    )
    return list(dict.fromkeys(mode for mode in slower if stated.is_met_by(mode)))


def cages_for(panel: Panel, wanted: Mode) -> frozenset[int]:
    """Return the cages that can hold some links: by their modes, else by their lanes if no mode says so."""
    free = [(row, number) for row in panel.rows for number in row.numbers if number not in panel.reserved]
    by_mode = frozenset(number for row, number in free if _has_mode_for(row, number, wanted))
    if by_mode:
        return by_mode
    return frozenset(
        number
        for row, number in free
        if wanted.links * wanted.lanes <= row.lanes and wanted.lane_rate in row.lane_rates
    )


def cages_at(panel: Panel, links: int, rate: int) -> frozenset[int]:
    """Return the cages that have a mode of at least so many links, each of this rate in Mb/s."""
    return frozenset(
        number
        for row in panel.rows
        for number in row.numbers
        if number not in panel.reserved
        and any(
            mode.links >= links and modes_meant(row, number, StatedMode(mode.links, None, rate))
            for mode in modes_of(row, number)
        )
    )


def _has_mode_for(row: Cages, number: int, wanted: Mode) -> bool:
    """Return whether a cage has a mode of at least so many links, at this lane rate or a faster one."""
    return any(
        mode.links >= wanted.links and mode.lanes == wanted.lanes and _runs_at(row, mode, wanted.lane_rate)
        for mode in modes_of(row, number)
    )


def _runs_at(row: Cages, mode: Mode, lane_rate: int) -> bool:
    slower = mode in row.modes and lane_rate in row.lane_rates and lane_rate < mode.lane_rate
    return slower or lane_rate == mode.lane_rate


# Names


def port_names(panel: Panel, cages: Sequence[int], mode: Mode, nos: str = "") -> list[PortName]:
    """Return the names of the ports of some cages, cage by cage; ``nos`` is the first of the panel if empty.

    A number of links per cage that the naming scheme has no pattern for has no names.
    """
    patterns = panel.names.get(nos or next(iter(panel.names), ""), {})
    own = patterns.get(str(mode.links)) or (patterns.get(SPLIT) if mode.links > 1 else None) or ""
    named = []
    for number in cages:
        for leg in range(mode.links):
            fields = _fields(panel, number, mode, leg)
            named.append(PortName(number, leg, _filled(panel.printed, fields), _filled(own, fields)))
    return named


def _fields(panel: Panel, number: int, mode: Mode, leg: int) -> dict[str, int | str]:
    before = sum(1 for other in panel.numbers if other < number)
    lanes = sum(row.lanes * sum(1 for other in row.numbers if other < number) for row in panel.rows)
    card, port = divmod(before, panel.cages_per_card or len(panel.numbers))
    lane = leg * mode.lanes
    return {
        "cage": number,
        "cage0": before,
        "card": card + 1,
        "card0": card,
        "card_letter": chr(ord("A") + card),
        "port": port + 1,
        "port0": port,
        "leg": leg + 1,
        "leg0": leg,
        "letter": chr(ord("a") + leg),
        "lane": lane + 1,
        "lane0": lane,
        "box_lane0": lanes + lane,
    }


def _filled(pattern: str, fields: Mapping[str, int | str]) -> str:
    """Return a pattern with its fields filled in, numbers padded with zeros where it says so."""
    return _FIELD.sub(lambda found: str(fields[found[1]]).zfill(int(found[2] or 0)), pattern)


def check_pattern(pattern: str) -> None:
    """Raise where a naming pattern has a field that does not exist, or a lone brace."""
    for name, _ in _FIELD.findall(pattern):
        if name not in NAME_FIELDS:
            message = f'"{pattern}" has no field {{{name}}}'
            raise ReadError(
                "E718", message, nearest(name, NAME_FIELDS) or f"fields: {', '.join(NAME_FIELDS)}"
            )
    if re.search(r"[{}]", _FIELD.sub("", pattern)):
        hint = 'write fields as "{cage}" or "{cage:02}"'
        raise ReadError("E718", f'"{pattern}" has a brace without a field', hint)


def read_names(names: Mapping[str, Mapping[str, str]]) -> None:
    """Raise where a naming scheme has a key that is no number of links, or a wrong pattern."""

    def read_scheme(_: str, patterns: Mapping[str, str]) -> None:
        read_each(patterns, read_one)

    def read_one(key: str, pattern: str) -> None:
        if key != SPLIT and not (key.isascii() and key.isdigit() and int(key)):
            hint = f'write a number of links per cage, or "{SPLIT}" for all numbers above 1'
            raise ReadError("E718", f'"{key}" is not a number of links per cage', hint)
        check_pattern(pattern)

    read_each(names, read_scheme)


# From what a file says


def whole_mode(stated: StatedMode, lanes: int, lane_rates: Sequence[int]) -> Mode:
    """Return a mode of a cage with its lanes: as stated, or at the fastest lane rate that fits."""
    found = list(_shapes(stated, lanes, lane_rates))
    if not found:
        rates = ", ".join(format_rate_long(rate) for rate in lane_rates)
        message = f'"{stated}" does not fit a cage of {lanes} lanes at {rates}'
        raise ReadError("E717", message, "lower the links or the rate, or correct lanes or lane_rates")
    return found[0]


def _shapes(stated: StatedMode, lanes: int, lane_rates: Sequence[int]) -> Iterator[Mode]:
    for rate in sorted(lane_rates, reverse=True):
        each, rest = (stated.lanes, 0) if stated.lanes else divmod(stated.rate, rate)
        of_lanes = not stated.lanes or stated.rate == rate
        if each and not rest and of_lanes and stated.links * each <= lanes:
            yield Mode(stated.links, each, rate)


def disabling_modes(
    stated: Mapping[str, tuple[int, ...]], numbers: Sequence[int], lanes: int, lane_rates: Sequence[int]
) -> dict[Mode, tuple[int, ...]]:
    """Return the modes that disable the next cage, with the cages that have them."""

    def read(key: str, at: tuple[int, ...]) -> tuple[Mode, tuple[int, ...]]:
        missing = [n for number in at for n in (number, number + 1) if n not in numbers]
        if missing:
            message = f"cage {missing[0]} is not among cages {format_cages(numbers)}"
            raise ReadError("E717", message, "name cages that have a next one in the same row of `cages`")
        return whole_mode(parse_mode(key), lanes, lane_rates), at

    return dict(read_each(stated, read))


def reserved_cages(stated: Mapping[str, str], numbers: Sequence[int]) -> dict[int, str]:
    """Return the reserved cages, each with its reason."""

    def read(key: str, reason: str) -> dict[int, str]:
        cages = parse_cages(key)
        missing = [number for number in cages if number not in numbers]
        if missing:
            hint = f"this panel has cages {format_cages(numbers)}"
            raise ReadError("E717", f"the panel has no cage {missing[0]}", hint)
        return dict.fromkeys(cages, reason)

    found: dict[int, str] = {}
    for some in read_each(stated, read):
        found |= some
    return found
