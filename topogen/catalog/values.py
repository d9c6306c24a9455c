"""Values of catalog entries: dates, reach, part tables, capacities, figures with a source of their own."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, get_args

from pydantic import model_validator

from topogen.catalog.model import Basis, Confidence, Connectors, Distribution, Polarity, Replaceable
from topogen.language.fields import (
    Bandwidth,
    Number,
    Positive,
    Range,
    Reads,
    Share,
    Strict,
    Text,
    one_of,
    read_triple,
    scalar_text,
    shape,
)
from topogen.selector import NAME
from topogen.units import BoundaryWord, ReadError, parse_metres, parse_rate, parse_whole, read_each

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)


_PART_ROW = re.compile(r"(\d+)\s*x\s*(\d+)\s*x\s*(.+)", re.ASCII)


_CONNECTORS = re.compile(r"(?:(\d+)\s*x\s*)?([a-z][a-z0-9_]*)", re.ASCII)


_SERVES = re.compile(r"(\d+)\s+([a-z][a-z0-9_]*)", re.ASCII)


PartTable = dict[tuple[int, int, int], str]


def _read_date(text: str) -> str:
    if not _DATE.fullmatch(text) or not _is_in_the_calendar(text):
        raise ReadError("E114", f'"{text}" is not a date', 'write "2026-11-23", "2026-11" or "2026"')
    return text


def _is_in_the_calendar(text: str) -> bool:
    year, month, day = (*text.split("-"), "01", "01")[:3]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _read_mm(value: object) -> int:
    """Return whole mm from a bare number of metres."""
    return parse_metres(scalar_text(value))


def _read_reach(value: object) -> dict[int, int]:
    """Return the reach in mm by lane rate; the base value of a range is the one that is checked."""
    if not isinstance(value, Mapping):
        hint = 'write it like "{100 Gb/s: 500, 200 Gb/s: 500}"'
        raise ReadError("E642", f"expected a map of reach by lane rate, not {shape(value)}", hint)
    return dict(read_each(value, _reach_row))


def _reach_row(rate: str, item: object) -> tuple[int, int]:
    if isinstance(item, list | tuple):
        read_triple(item)
        item = item[1]
    return parse_rate(rate), _read_mm(item)


def _read_part(value: object) -> str | PartTable:
    return dict(read_each(value, _part_row)) if isinstance(value, Mapping) else _part_id(value)


def _part_id(value: object) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ReadError("E642", f"expected a part id, not {shape(value)}")
    return value


def _part_row(key: str, value: object) -> tuple[tuple[int, int, int], str]:
    found = _PART_ROW.fullmatch(key.strip())
    if not found:
        hint = 'write "links x lanes x lane rate", such as "2 x 4 x 100 Gb/s"'
        raise ReadError("E115", f'"{key}" is not a row of a part table', hint)
    return (parse_whole(found[1], 1), parse_whole(found[2], 1), parse_rate(found[3])), _part_id(value)


def _read_serves(text: str) -> tuple[int, str]:
    found = _SERVES.fullmatch(text.strip())
    if not found:
        raise ReadError("E116", f'"{text}" is not a capacity', 'write it like "32 lanes" or "2 engine"')
    return parse_whole(found[1], 1), found[2]


def _read_connectors(text: str) -> Connectors:
    """Return a number of connectors of one type.

    >>> _read_connectors("2 x mpo12"), _read_connectors("lc_duplex")
    (Connectors(count=2, type='mpo12'), Connectors(count=1, type='lc_duplex'))
    """
    found = _CONNECTORS.fullmatch(text.strip())
    if not found:
        raise ReadError("E118", f'"{text}" is not a connector', 'write it like "mpo12" or "2 x mpo12"')
    return Connectors(parse_whole(found[1] or "1", 1), found[2])


def _read_replaceable(text: str) -> str:
    words = {"true": "yes", "false": "no", "with_tray": "with_tray"}
    if text not in words:
        raise ReadError("E643", f'"{text}" is not a valid value', "write true, false or with_tray")
    return words[text]


Date = Annotated[str, Reads(_read_date)]


Reach = Annotated[dict[int, int], Reads(_read_reach, {"type": "object"}, scalar=False)]


PartOrTable = Annotated[str | PartTable, Reads(_read_part, {"type": ["string", "object"]}, scalar=False)]


Serves = Annotated[tuple[int, str], Reads(_read_serves)]


ConnectorText = Annotated[Connectors, Reads(_read_connectors)]


Boundary = Annotated[BoundaryWord, one_of(get_args(BoundaryWord))]


BasisWord = Annotated[Basis, one_of(get_args(Basis))]


PolarityWord = Annotated[Polarity, one_of(get_args(Polarity))]


DistributionWord = Annotated[Distribution, one_of(get_args(Distribution))]


Trust = Annotated[Confidence, one_of(get_args(Confidence))]


ReplaceableWord = Annotated[Replaceable, Reads(_read_replaceable, {"enum": [True, False, "with_tray"]})]


class Sourced(Strict):
    """A set of figures with its source."""

    source: Text | None = None
    """where the figures come from: a key of `sources`, or a text"""
    as_of: Date | None = None
    """date of the figures, such as 2026-11-23, 2026-11 or 2026"""
    confidence: Trust | None = None
    """how reliable the figures are"""


class Valued(Sourced):
    """A value, with a source of its own if that differs from the source of the entry."""

    value: Any
    """the value, or [low, base, high]"""

    @model_validator(mode="before")
    @classmethod
    def _bare_value(cls, value: object) -> object:
        return value if isinstance(value, Mapping) else {"value": value}


class ValuedRange(Valued):
    """A number or a range, with a source of its own if needed."""

    value: Range
    """the value, or [low, base, high]"""
    distribution: DistributionWord | None = None
    """distribution of random draws from low to high; default: triangular, with its top at base"""


class ValuedPrice(ValuedRange):
    """A price, with a source and a basis of its own if needed, and a source of its low and high ends."""

    low: Sourced | None = None
    """source of the low end, if it has one of its own"""
    high: Sourced | None = None
    """source of the high end, if it has one of its own"""
    basis: BasisWord | None = None
    """market of the price, if it is not that of the entry"""


class ValuedNumber(Valued):
    """A number, with a source of its own if needed."""

    value: Number
    """the value"""


class ValuedPositive(Valued):
    """A number above 0, with a source of its own if needed."""

    value: Positive
    """the value"""


class ValuedBandwidth(Valued):
    """A bandwidth, with a source of its own if needed."""

    value: Bandwidth
    """the value"""


class ValuedShare(Valued):
    """A share, with a source of its own if needed."""

    value: Share
    """the value"""
