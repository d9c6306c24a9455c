"""Quantities: from text to exact numbers, and from exact numbers to text.

Rates are whole Mb/s, lengths whole mm, everything else a ``Fraction``. There is no float in this module.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeVar

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Given = TypeVar("Given")
Made = TypeVar("Made")

MM_PER_M = 1_000
MM_PER_KM = 1_000 * MM_PER_M
MBPS_PER_GBPS = 1_000
GBPS_PER_TBPS = 1_000
MBPS_PER_TBPS = GBPS_PER_TBPS * MBPS_PER_GBPS
W_PER_KW = 1_000
BYTES_PER_MB = 1_000_000
BYTES_PER_GB = 1_000 * BYTES_PER_MB
MM_PER_100_U = 4_445
"""A rack unit (U) is 44.45 mm high."""

MBPS_PER_UNIT = {
    "Gb/s": MBPS_PER_GBPS,
    "Tb/s": MBPS_PER_TBPS,
    "GB/s": 8 * MBPS_PER_GBPS,
    "TB/s": 8 * MBPS_PER_TBPS,
}
MM_PER_UNIT = {"mm": 1, "m": MM_PER_M}
MAX_DIGITS = 18
MAX_LENGTH_MM = 10**9
MAX_RATE_MBPS = 10**12
MAX_VALUE = 10**15
"""Larger values are typing mistakes, and sums of them could overflow 64 bits."""
BoundaryWord = Literal["engine", "laser", "module", "host"]
"""The boundary of an energy figure: what the energy per bit of a medium covers."""
CURRENCIES = ("EUR", "GBP", "CHF", "JPY", "CNY", "RMB", "TWD", "KRW", "SGD", "€", "£", "¥")
"""Currencies that get a message of their own; all prices are in US dollars."""

_NUMBER = r"\d+(?:\.\d+)?"
_WHOLE = re.compile(r"\d+", re.ASCII)
_DECIMAL = re.compile(_NUMBER, re.ASCII)
AMOUNT = re.compile(rf"({_NUMBER})\s*(\S.*)?", re.ASCII)
_IN_BYTES = re.compile(rf"({_NUMBER})\s*([GT])B/s", re.ASCII)
_RATIO = re.compile(r"(\d+)\s*/\s*(\d+)", re.ASCII)
_SURPRISING_NUMBER = re.compile(r"[+-]?(\d[\d_,]*\.?\d*[eE][+-]?\d+|0[xXoObB][0-9a-fA-F]+|\d[\d_,']*\d)")

_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
"""A decimal comma, or a separator of thousands: which of them cannot be told."""


class ReadError(ValueError):
    """A text that is not a valid quantity, name or selector."""

    def __init__(self, code: str, message: str, hint: str = "", at: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.at = at
        self.more: tuple[ReadError, ...] = ()


def read_each(mapping: Mapping[str, Given], read: Callable[[str, Given], Made]) -> list[Made]:
    """Return ``read(key, value)`` for each item; all failures are raised as one error, each at its key."""
    made: list[Made] = []
    failed: list[ReadError] = []
    for key, value in mapping.items():
        try:
            made.append(read(key, value))
        except ReadError as error:
            error.at = (key, *error.at)
            failed.append(error)
    if failed:
        failed[0].more = tuple(failed[1:])
        raise failed[0]
    return made


@dataclass(frozen=True, slots=True)
class Triple:
    """A value with its range; without a range only ``base`` is known."""

    low: Fraction | None
    base: Fraction
    high: Fraction | None


# Conversions


def to_metres(length_mm: int) -> Fraction:
    """Return a length in metres.

    >>> to_metres(1500)
    Fraction(3, 2)
    """
    return Fraction(length_mm, MM_PER_M)


def to_gbps(rate_mbps: int) -> Fraction:
    """Return a rate in Gb/s.

    >>> to_gbps(106250)
    Fraction(425, 4)
    """
    return Fraction(rate_mbps, MBPS_PER_GBPS)


# Whole numbers, decimals, shares


def parse_whole(text: str, least: int = 0) -> int:
    """Return the whole number written as plain digits."""
    text = text.strip()
    if not _WHOLE.fullmatch(text):
        raise _not_whole(text)
    if len(text) > MAX_DIGITS:
        raise ReadError("E106", f'"{text[:20]}..." is too large', f"use at most {MAX_DIGITS} digits")
    if int(text) < least:
        raise ReadError("E106", f'"{text}" is too small', f"the minimum is {least}")
    return int(text)


def _not_whole(text: str) -> ReadError:
    if _SURPRISING_NUMBER.fullmatch(text):
        return ReadError("E603", f'"{text}" is not a plain number', 'write plain digits, such as "1000"')
    return ReadError("E106", f'"{text}" is not a whole number', 'write plain digits, such as "18"')


def read_finite(text: str) -> Decimal | None:
    """Return the number that a text is, None for anything else; exponents are allowed.

    >>> read_finite("50e6"), read_finite("nan"), read_finite("x")
    (Decimal('5.0E+7'), None, None)
    """
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def parse_decimal(text: str) -> Fraction:
    """Return the number written as digits with at most one point."""
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        raise _not_decimal(text)
    return exact(text)


def exact(digits: str) -> Fraction:
    """Return the number written in digits; raises ``ReadError`` for one too long or too large."""
    if len(digits) > 2 * MAX_DIGITS:
        raise ReadError("E106", f'"{digits[:20]}..." has too many digits', f"use at most {MAX_DIGITS} digits")
    if (value := Fraction(digits)) > MAX_VALUE:
        raise ReadError(
            "E106", f'"{digits}" is too large', "the maximum is 10^15; check the digits and the unit"
        )
    return value


def _not_decimal(text: str) -> ReadError:
    if _COMMA.fullmatch(text):
        hint = f'write a decimal with a point, "{text.replace(",", ".")}"; thousands have no separator'
        return ReadError("E685", f'"{text}" has a comma', hint)
    if _SURPRISING_NUMBER.fullmatch(text):
        return ReadError(
            "E603", f'"{text}" is not a plain number', 'write plain digits, such as "1000" or "0.5"'
        )
    found = AMOUNT.fullmatch(text)
    if found and found[2] in CURRENCIES:
        raise other_currency(text)
    if found and found[2] and not found[2][0].isdigit():
        hint = f'the key name already gives the unit: write "{found[1]}"'
        return ReadError("E105", f'"{text}" has a unit, but this key takes a number without one', hint)
    return ReadError("E107", f'"{text}" is not a number', 'write plain digits, such as "1000" or "0.5"')


def other_currency(text: str) -> ReadError:
    """Return the error of an amount or a key in another currency than US dollars."""
    hint = 'convert it to US dollars and give the exchange rate and its date in "source"'
    return ReadError("E504", f'"{text}" is not in US dollars', hint)


def parse_ratio(text: str) -> Fraction:
    """Return the number written as a decimal or as an exact fraction ``1/4``."""
    found = _RATIO.fullmatch(text.strip())
    if not found:
        return parse_decimal(text)
    whole, parts = parse_whole(found[1]), parse_whole(found[2], 1)
    return Fraction(whole, parts)


def parse_share(text: str) -> Fraction:
    """Return the share of one written as ``25%`` or ``1/4``."""
    text = text.strip()
    if text.endswith("%") and _DECIMAL.fullmatch(text[:-1].strip()):
        share = exact(text[:-1].strip()) / 100
    elif _RATIO.fullmatch(text):
        share = parse_ratio(text)
    else:
        raise _not_share(text)
    if share > 1:
        raise ReadError("E112", f'"{text}" is more than 100%', "a share is at most 100%")
    return share


def _not_share(text: str) -> ReadError:
    hint = (
        f'write "{text}%" or a fraction such as "1/4"' if _DECIMAL.fullmatch(text) else 'write "25%" or "1/4"'
    )
    return ReadError("E112", f'"{text}" is not a share', hint)


# Rates and lengths


def parse_rate(text: str) -> int:
    """Return the Mb/s of one lane and direction, from ``200 Gb/s``."""
    if found := _IN_BYTES.fullmatch(text.strip()):
        number, bits = found[1], f"{found[2]}b/s"
        meant = format_decimal(exact(number) * 8)
        hint = f'write "{number} {bits}", or "{meant} {bits}" if bytes are meant'
        raise ReadError("E102", f'"{text}" is in bytes (GB), but a lane rate is in bits (Gb)', hint)
    number, unit = _amount(text, ("Gb/s", "Tb/s"))
    return _rate(text, number * MBPS_PER_UNIT[unit])


def _rate(text: str, mbps: Fraction) -> int:
    if mbps > MAX_RATE_MBPS:
        raise ReadError("E117", f'"{text}" is too fast', "the maximum is 1,000,000 Tb/s")
    return _whole_units(text, mbps, "Mb/s")


def parse_bandwidth(text: str) -> int:
    """Return the Mb/s of one direction, from ``1.8 TB/s bidir`` or ``7.2 Tb/s per_dir``."""
    amount, _, direction = text.strip().rpartition(" ")
    if direction not in ("bidir", "per_dir"):
        raise _no_direction(text)
    number, unit = _amount(amount, tuple(MBPS_PER_UNIT))
    total = number * MBPS_PER_UNIT[unit]
    return _rate(text, total / 2 if direction == "bidir" else total)


def _no_direction(text: str) -> ReadError:
    number, unit = _amount(text, tuple(MBPS_PER_UNIT))
    one_way = format_rate_long(int(number * MBPS_PER_UNIT[unit] / 2))
    hint = f'write "{text} bidir" (= {one_way} per_dir) or "{text} per_dir"'
    return ReadError("E101", f'bandwidth "{text}" needs a direction', hint)


def parse_length(text: str) -> int:
    """Return the whole mm, from ``0.62 m`` or ``600 mm``."""
    number, unit = _amount(text, tuple(MM_PER_UNIT))
    length = _whole_units(text, number * MM_PER_UNIT[unit], "mm")
    refuse_far(text, length)
    return length


def parse_metres(text: str) -> int:
    """Return the whole mm of a bare number of metres."""
    length = parse_decimal(text) * MM_PER_M
    if length.denominator != 1:
        raise ReadError("E111", f'"{text}" is not a whole number of mm', "use at most 3 decimals")
    refuse_far(text, length.numerator)
    return length.numerator


def refuse_far(text: str, length_mm: int) -> None:
    """Raise for a length that is a typing mistake and could overflow 64 bits in a sum."""
    if length_mm > MAX_LENGTH_MM:
        raise ReadError("E117", f'"{text}" is too long', "the maximum length is 1,000 km")


def _amount(text: str, units: tuple[str, ...]) -> tuple[Fraction, str]:
    found = AMOUNT.fullmatch(text.strip())
    if not found:
        raise ReadError("E107", f'"{text}" is not a number with a unit', f'write it like "100 {units[0]}"')
    if not found[2]:
        hint = " or ".join(f'"{text.strip()} {unit}"' for unit in units)
        raise ReadError("E103", f'"{text}" has no unit', f"write {hint}")
    if found[2] not in units:
        raise ReadError("E104", f'"{text}" has the unknown unit "{found[2]}"', f"use {' or '.join(units)}")
    return exact(found[1]), found[2]


def _rounded(value: Fraction, unit: str) -> str:
    low = value.numerator // value.denominator
    return f'write "{low} {unit}" or "{low + 1} {unit}"'


def _whole_units(text: str, value: Fraction, unit: str) -> int:
    if value.denominator != 1:
        raise ReadError("E111", f'"{text}" is not a whole number of {unit}', _rounded(value, unit))
    return value.numerator


# Numbers as text


def format_decimal(value: Fraction, places: int = 6) -> str:
    """Return the number in plain notation, rounded half-even, without trailing zeros.

    >>> format_decimal(Fraction(125, 3))
    '41.666667'
    >>> format_decimal(Fraction(1000))
    '1000'
    """
    fixed = format_fixed(value, places)
    return (fixed.rstrip("0").rstrip(".") if places else fixed) or "0"


def format_fixed(value: Fraction, places: int) -> str:
    """Return the number with exactly ``places`` decimals, rounded half-even."""
    scaled = round(abs(value) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{rest:0{places}d}" if places else f"{sign}{whole}"


def format_count(count: int) -> str:
    """Return a whole number with thousands separators: ``1,296``."""
    return f"{count:,}"


def rounded_to_sum(values: Sequence[Fraction]) -> list[int]:
    """Return whole numbers near to some values, none below 0, that add up to the rounded sum of these.

    The largest remainders are rounded up, the first of equal ones first.

    >>> rounded_to_sum([Fraction(5, 4), Fraction(5, 2), Fraction(9, 4)])
    [1, 3, 2]
    """
    whole = [int(one) for one in values]
    left = round(sum(values, Fraction(0))) - sum(whole)
    for number in sorted(range(len(values)), key=lambda one: whole[one] - values[one])[:left]:
        whole[number] += 1
    return whole


def count_words(count: int, noun: str) -> str:
    """Return a number of things: ``1 link``, ``1,296 links``."""
    return f"{format_count(count)} {noun if count == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Return the plural of a noun.

    >>> plural("link"), plural("leaf switch"), plural("leaf"), plural("box")
    ('links', 'leaf switches', 'leaves', 'boxes')
    """
    if noun.endswith("leaf"):
        return f"{noun.removesuffix('f')}ves"
    return f"{noun}{'es' if noun.endswith(('ch', 'sh', 'x')) else 's'}"


def format_rate(mbps: int) -> str:
    """Return a rate in the short form of port names: ``400G``, ``1.6T``."""
    number, unit = _scaled_rate(mbps)
    return number + unit


def format_rate_long(mbps: int) -> str:
    """Return a rate as it is written in a file: ``200 Gb/s``."""
    number, unit = _scaled_rate(mbps)
    return f"{number} {unit}b/s"


def format_bandwidth(mbps: int) -> str:
    """Return a bandwidth with its direction: ``7.2 Tb/s per_dir``."""
    return f"{format_rate_long(mbps)} per_dir"


def _scaled_rate(mbps: int) -> tuple[str, str]:
    if mbps >= MBPS_PER_UNIT["Tb/s"]:
        return format_decimal(Fraction(mbps, MBPS_PER_UNIT["Tb/s"])), "T"
    return format_decimal(Fraction(mbps, MBPS_PER_UNIT["Gb/s"])), "G"


def format_length(mm: int) -> str:
    """Return a length in metres: ``1.5 m``."""
    return f"{format_decimal(Fraction(mm, 1_000))} m"


def without_separators(text: str) -> str:
    """Return the hint that shows a number without its thousands separators."""
    plain = re.sub(r"(?<=\d)[,_'](?=\d)", "", text)
    return f'write it without thousands separators: "{plain}"'
