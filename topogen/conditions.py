"""Conditions on values: ``about 1.47``, ``at most 1 m``, from text and back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

from topogen.records import dataclass
from topogen.units import AMOUNT, ReadError, exact, format_decimal, format_fixed, without_separators

_TOLERANCE = re.compile(r"(.+?) ?(?:\+-|\+/-|±) ?(.+)")


Kind = Literal["equal", "about", "within", "at_most", "at_least", "between"]


_CONDITION_UNITS = {"": "", "m": "m", "mm": "m", "%": "%"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a value: ``1296``, ``about 1.47``, ``1.469 +- 0.001``, ``at most 1 m``, ``3 m to 4 m``.

    Lengths are stored in metres, percentages as printed (``90%`` is 90), rates in Gb/s. A plain number is
    met exactly; ``about`` allows half a unit of the last digit written.
    """

    kind: Kind
    low: Fraction | None
    high: Fraction | None
    unit: str
    digits: int

    def holds(self, value: Fraction) -> bool:
        """Return whether ``value``, in the unit of this condition, meets it exactly."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def rounds_to(self, value: Fraction) -> bool:
        """Return whether ``value`` meets it when rounded to the digits written, as published figures are."""
        if self.kind != "equal" or self.low is None:
            return self.holds(value)
        return format_fixed(value, self.digits) == format_fixed(self.low, self.digits)

    @property
    def middle(self) -> Fraction | None:
        """Return the value that is meant, None where a limit or a range is stated."""
        if self.kind not in ("equal", "about", "within") or self.low is None or self.high is None:
            return None
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        """Return the condition as it is written in a file."""
        if self.middle is not None and self.high is not None:
            number = format_fixed(self.middle, self.digits)
            if self.kind == "about":
                return f"about {self._text(number)}"
            gap = format_decimal(self.high - self.middle, self.digits)
            return self._text(f"{number} +- {gap}" if self.kind == "within" else number)
        ends = (self.low, self.high)
        low, high = ("" if end is None else self._text(format_decimal(end, self.digits)) for end in ends)
        words = {"at_most": f"at most {high}", "at_least": f"at least {low}", "between": f"{low} to {high}"}
        return words[self.kind]

    def _text(self, number: str) -> str:
        return f"{number}{self.unit}" if self.unit in ("", "%") else f"{number} {self.unit}"


def parse_condition(text: str, units: tuple[str, ...] = ("", "m", "%")) -> Condition:
    """Return the condition written in ``text``; ``units`` are those allowed ("" = no unit)."""
    words = " ".join(text.split())
    if words.startswith(start := "at most "):
        number, unit, digits = _bound(words.removeprefix(start), units)
        return Condition("at_most", None, number, unit, digits)
    if words.startswith(start := "at least "):
        number, unit, digits = _bound(words.removeprefix(start), units)
        return Condition("at_least", number, None, unit, digits)
    if words.startswith(start := "about "):
        number, unit, digits = _bound(words.removeprefix(start), units)
        half = Fraction(1, 2 * 10**digits)
        return Condition("about", number - half, number + half, unit, digits)
    if tolerance := _TOLERANCE.fullmatch(words):
        return _within(text, tolerance, units)
    low_text, to, high_text = words.partition(" to ")
    if to:
        return _between(text, _bound(low_text, units), _bound(high_text, units))
    number, unit, digits = _bound(words, units)
    return Condition("equal", number, number, unit, digits)


def _within(text: str, found: re.Match[str], units: tuple[str, ...]) -> Condition:
    """Return a value with its tolerance: ``1.469 +- 0.001``, ``2 m +- 1 mm``, ``2 +- 0.1 m``."""
    gap, unit, gap_digits = _bound(found[2], units)
    written = found[1] if AMOUNT.fullmatch(found[1]) and not found[1][-1].isdigit() else f"{found[1]} {unit}"
    number, own_unit, digits = _bound(written.strip(), units)
    if own_unit != unit:
        raise ReadError("E108", f'"{text}" has two different units', 'write one unit, such as "2 +- 0.1 m"')
    return Condition("within", number - gap, number + gap, unit, max(digits, gap_digits))


def _between(text: str, low: tuple[Fraction, str, int], high: tuple[Fraction, str, int]) -> Condition:
    if low[1] != high[1]:
        raise ReadError(
            "E108", f'"{text}" has two different units', 'write the same unit twice, such as "1 m to 2 m"'
        )
    if low[0] > high[0]:
        smaller, _, larger = (part.strip() for part in reversed(text.partition(" to ")))
        raise ReadError("E108", f'"{text}" is a descending range', f'write "{smaller} to {larger}"')
    return Condition("between", low[0], high[0], low[1], max(low[2], high[2]))


def _bound(text: str, units: tuple[str, ...]) -> tuple[Fraction, str, int]:
    found = AMOUNT.fullmatch(text)
    if not found:
        raise _not_condition(text)
    written = found[2] or ""
    unit = _CONDITION_UNITS.get(written, written)
    if unit not in units:
        raise _wrong_condition_unit(text, written, units)
    digits = len(found[1].partition(".")[2])
    number = exact(found[1])
    return (number / 1_000, unit, digits + 3) if written == "mm" else (number, unit, digits)


def _not_condition(text: str) -> ReadError:
    hint = (
        'write a value, "about 1.47", "1.469 +- 0.001", "at most 1 m", "at least 90%" or "3000 m to 3400 m"'
    )
    if text[:1] in "<>=" and text:
        hint = '"<", "=" and ">" are not supported: write "at most 1 m", "at least 90%" or "3000 m to 3400 m"'
    return ReadError("E108", f'"{text}" is not a condition', hint)


def _wrong_condition_unit(text: str, written: str, units: tuple[str, ...]) -> ReadError:
    wanted = " or ".join(unit or "no unit" for unit in units)
    if re.match(r"[,_']\d", written):
        return ReadError("E603", f'"{text}" is not a number', without_separators(text))
    if written[:1].isdigit():
        return ReadError("E107", f'"{text}" is two numbers', "write only one")
    if not written:
        return ReadError("E103", f'"{text}" has no unit', f"use {wanted}")
    if units == ("",):
        return ReadError(
            "E105",
            f'"{text}" has a unit, but this key takes a number without one',
            f'the key name already gives the unit: write "{text.removesuffix(written).strip()}"',
        )
    return ReadError("E104", f'"{text}" has the unit "{written}", which does not fit here', f"use {wanted}")
