"""Cells of supplier sheets: numbers in every usual notation, days, units; what is ambiguous is refused."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from topogen.units import MAX_DIGITS, MM_PER_M

PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_THREE_AFTER_POINT = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
_GROUPED_BY_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+\.\d+|[1-9]\d{0,2}(?:,\d{3}){2,}", re.ASCII)
_GROUPED_BY_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+|[1-9]\d{0,2}(?:\.\d{3}){2,}", re.ASCII)
_GROUPED_BY_SPACE = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d+)?", re.ASCII)
_COMMA = re.compile(r"\d+,\d+", re.ASCII)
_COMMA_OR_GROUP = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_WITH_CURRENCY = re.compile(
    r"(?P<before>[A-Za-z]{3}|[$\u20ac\u00a3\u00a5])?\s*(?P<number>\d.*?)\s*(?P<after>[A-Za-z]{3}|[$\u20ac\u00a3\u00a5])?"
)
SYMBOLS = {"\u20ac": "EUR", "\u00a3": "GBP"}
OF_SEVERAL = ("$", "\u00a5")
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_BY_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_DAY_BY_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
MOST_MONTHS = 12
KEPT = 4096
"""Cells whose reading is kept: packs, days and lengths are few in sheets of many rows."""
UNITS = {
    "piece": ("piece", "pieces", "each", "ea", "pc", "pcs", "unit"),
    "pack": ("pack", "pk", "box", "carton", "ctn"),
    "m": ("m", "metre", "meter", "metres", "meters"),
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
FORMULA = ("=", "+", "@")


class CellError(ValueError):
    """A cell that is refused: its kind, and why."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Read(NamedTuple):
    """A number, and how its notation was read where it is not plain."""

    value: Fraction
    kind: str = ""
    note: str = ""


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would compute a cell."""
    return text.startswith(FORMULA)


@lru_cache(KEPT)
def read_number(text: str, *, commas: bool) -> Read:
    """Return a number that is not negative; ``commas`` says that the sheet has decimal commas elsewhere.

    >>> read_number("24,50", commas=False)
    Read(value=Fraction(49, 2), kind='decimal_comma', note='"24,50" read as 24.50')
    >>> read_number("1.234,56", commas=False).value, read_number("1'234.50", commas=False).value
    (Fraction(30864, 25), Fraction(2469, 2))
    """
    if len(text) > 2 * MAX_DIGITS:
        raise CellError(
            "not_a_number", f'"{text[:MAX_DIGITS]}..." is no number of at most {MAX_DIGITS} digits'
        )
    if PLAIN.fullmatch(text):
        if commas and _THREE_AFTER_POINT.fullmatch(text):
            raise CellError("ambiguous_number", _ambiguous(text, text.replace(".", "")))
        return Read(Fraction(text))
    if is_formula(text):
        raise CellError("formula", f'"{text}" is a formula: paste its value')
    for pattern, kind in _NOTATIONS:
        if pattern.fullmatch(text):
            plain = kind(text)
            name = "decimal_comma" if _has_decimal_comma(text) else "thousands"
            return Read(Fraction(plain), name, f'"{text}" read as {plain}')
    if _COMMA.fullmatch(text):
        if _COMMA_OR_GROUP.fullmatch(text):
            raise CellError("ambiguous_number", _ambiguous(text.replace(",", "."), text.replace(",", "")))
        plain = text.replace(",", ".")
        return Read(Fraction(plain), "decimal_comma", f'"{text}" read as {plain}')
    if text.startswith("-") and PLAIN.fullmatch(text[1:]):
        raise CellError("not_a_number", f"{text} is negative")
    raise CellError("not_a_number", f'"{text}" is not a number')


def _ambiguous(small: str, large: str) -> str:
    return f"it may be {small} or {large}: write it without separators, such as {small}0 or {large}"


def _has_decimal_comma(text: str) -> bool:
    return text.count(",") == 1 and text.rfind(",") > text.rfind(".") and not text.endswith(".")


_NOTATIONS = (
    (_GROUPED_BY_COMMA, lambda text: text.replace(",", "")),
    (_GROUPED_BY_POINT, lambda text: text.replace(".", "").replace(",", ".")),
    (_GROUPED_BY_SPACE, lambda text: re.sub(r"[^\d.,]", "", text).replace(",", ".")),
)


def shows_commas(text: str) -> bool:
    """Return whether a cell is a number that can only have a decimal comma."""
    if "," not in text:
        return False
    try:
        return read_number(text, commas=False).kind == "decimal_comma"
    except CellError:
        return False


class Money(NamedTuple):
    """An amount, and the currency in its cell if there is one."""

    amount: Fraction
    currency: str
    notes: tuple[tuple[str, str], ...] = ()


@lru_cache(KEPT)
def read_money(text: str, column: str, *, commas: bool) -> Money:
    """Return a price of which ``column`` is the cell beside that names the currency.

    Raises
    ------
    CellError
        For what is no amount above 0, and for a currency that is missing or named twice differently.
    """
    notes = []
    if PLAIN.fullmatch(text):
        number, inside = text, ""
    else:
        found = _WITH_CURRENCY.fullmatch(text)
        number = found["number"] if found else text
        words = [found[side] for side in ("before", "after") if found and found[side]]
        inside = words[0] if words else ""
        if len(words) > 1 and len({_code(word) for word in words}) > 1:
            raise CellError("currency_conflict", f'"{text}" names two currencies')
    read = read_number(number, commas=commas)
    if not read.value:
        raise CellError(
            "not_a_number", "a price of 0 is no price: leave the cell empty where nothing is offered"
        )
    if read.note:
        notes.append((read.kind, read.note))
    code = read_currency(column)
    if code != column.upper():
        notes.append(("currency_in_cell", f'"{column}" read as {code}'))
    if inside:
        code = _agreed(inside, code)
        notes.append(("currency_in_cell", f'"{inside}" taken off the price'))
    if not code:
        raise CellError("currency_missing", "no currency: write one, such as USD or EUR")
    return Money(read.value, code, tuple(notes))


def read_currency(text: str) -> str:
    """Return the ISO code of a currency, nothing for nothing.

    >>> read_currency("eur"), read_currency("\u20ac"), read_currency("")
    ('EUR', 'EUR', '')
    """
    code = _code(text)
    if code in OF_SEVERAL:
        raise CellError("currency_missing", f'"{text}" is of several currencies: write one, such as USD')
    if code and not _CODE.fullmatch(code):
        raise CellError("currency_unknown", f'"{text}" is not an ISO currency code: write one, such as USD')
    return code


def _code(word: str) -> str:
    return SYMBOLS.get(word, word.upper())


def _agreed(inside: str, column: str) -> str:
    """Return the currency that a symbol or code in a cell and the column beside agree on."""
    code = _code(inside)
    if code in OF_SEVERAL:
        if column:
            return column
        raise CellError("currency_missing", f'"{inside}" is of several currencies: write one, such as USD')
    if column and code != column:
        raise CellError("currency_conflict", f"the price is in {code}, the column says {column}")
    return code


def read_pieces(text: str, *, commas: bool) -> Read:
    """Return a whole number from 1."""
    read = read_number(text, commas=commas)
    if read.value.denominator != 1 or not read.value:
        raise CellError("not_a_number", f'"{text}" is not a whole number from 1')
    return read


@lru_cache(KEPT)
def read_length(text: str, *, commas: bool) -> tuple[int, str]:
    """Return a length in mm, and how its notation was read where it is not plain."""
    read = read_number(text, commas=False if PLAIN.fullmatch(text) else commas)
    if (read.value * MM_PER_M).denominator != 1:
        raise CellError("not_a_number", f'"{text}" is not a length in whole mm')
    return int(read.value * MM_PER_M), read.note


@lru_cache(KEPT)
def read_per(text: str) -> tuple[str, str]:
    """Return what a price is for, and a note where the word is not that of the template."""
    unit = UNIT_OF.get(text.lower().removeprefix("per ").strip().rstrip("."))
    if unit is None:
        raise CellError("unit_unknown", f'"{text}" is not piece, pack or m')
    return unit, "" if text == unit else f'"{text}" read as {unit}'


@lru_cache(KEPT)
def read_valid_until(text: str) -> tuple[date, str]:
    """Return the last day of a quote, and how it was read where it is not written like 2026-12-31.

    >>> read_valid_until("31.12.2026")
    (datetime.date(2026, 12, 31), '"31.12.2026" read as 2026-12-31')
    """
    if found := _DAY.fullmatch(text):
        return _day(text, *found.groups()), ""
    if found := _DAY_BY_POINTS.fullmatch(text):
        day, month, year = found.groups()
    elif found := _DAY_BY_SLASHES.fullmatch(text):
        day, month, year = found.groups()
        if int(day) <= MOST_MONTHS and int(month) <= MOST_MONTHS and day != month:
            raise CellError("not_a_date", f'"{text}" may be of two months: write 2026-12-31')
        if int(month) > MOST_MONTHS:
            day, month = month, day
    else:
        raise CellError("not_a_date", f'"{text}" is not a day: write it like 2026-12-31')
    read = _day(text, year, month, day)
    return read, f'"{text}" read as {read.isoformat()}'


def _day(text: str, year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellError("not_a_date", f'"{text}" is not in the calendar') from None
