"""Reports as data: tables of exact values, whose columns know how a value reads, and notes between them."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from topogen.catalog.pricing import high, low
from topogen.html_text import html_table
from topogen.records import dataclass
from topogen.units import (
    MBPS_PER_GBPS,
    MM_PER_M,
    Triple,
    format_count,
    format_decimal,
    format_fixed,
    format_length,
    format_rate,
    format_rate_long,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Value: TypeAlias = "str | int | Fraction | Triple | Ends | EmptyCell | tuple[str, ...] | None"
Row: TypeAlias = "tuple[Value, ...]"
STAYS = 0
"""``drop`` of a column that is always shown."""


@dataclass(frozen=True)
class Ends:
    """The least and the greatest of some values."""

    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class EmptyCell:
    """A value that is not there, and the word that people read in its place."""

    word: str


@dataclass(frozen=True)
class Column:
    """A column of a report.

    Parameters
    ----------
    heading, key
        What stands above the column for people, and its name in CSV and JSON.
    show
        How a value that is known reads; an unknown one is shown as ``unknown``.
    number
        Whether values stand at the right.
    wraps
        Whether values are sentences that may run over several lines. Numbers and ids never do.
    drop
        Rank for narrow terminals: the column of the highest rank goes first, one of rank 0 never.
    style
        Colour of a value: ``green``, ``red``, ``dim``, or ``range`` to dim a range in parentheses.
    """

    heading: str
    key: str
    show: Callable[[Any], str] = str
    number: bool = False
    wraps: bool = False
    drop: int = STAYS
    unknown: str = ""
    style: Callable[[Any], str] = lambda _: ""

    def text(self, value: Value) -> str:
        """Return a value as people read it."""
        if isinstance(value, EmptyCell):
            return value.word
        return self.unknown if value is None else self.show(value)


@dataclass(frozen=True)
class Table:
    """Rows of exact values under columns; ``name`` is the key of the table in JSON.

    People are shown the first ``most`` rows, programs get all.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    title: str = ""
    most: int | None = None
    for_people: bool = True

    @property
    def shown(self) -> Sequence[Row]:
        """Return the rows that people are shown."""
        return self.rows[: self.most] if self.for_people else ()

    @property
    def texts(self) -> list[list[str]]:
        """Return the rows that people are shown, as text."""
        pairs = [zip(self.columns, row, strict=True) for row in self.shown]
        return [[column.text(cell) for column, cell in row] for row in pairs]

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        headings = [f"{'#' if column.number else ''}{column.heading}" for column in self.columns]
        return html_table(self.title, headings, self.texts)


@dataclass(frozen=True)
class Note:
    """A sentence between tables; ``style`` is a colour, ``bold``, or nothing."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Report:
    """What a command answers: tables and notes in the order of the terminal.

    ``facts`` are single values that JSON has in front of the tables; ``csv`` names the tables that CSV has,
    all if it is empty.
    """

    items: Sequence[Table | Note]
    facts: Mapping[str, str | None] = field(default_factory=dict)
    csv: Sequence[str] = ()

    @property
    def tables(self) -> list[Table]:
        """Return the tables without the notes."""
        return [item for item in self.items if isinstance(item, Table)]


# How values read


def money(value: Fraction) -> str:
    """Return dollars rounded for reading: whole dollars from 100, else cents."""
    whole = abs(value) >= 100 or value.denominator == 1  # noqa: PLR2004
    return f"{round(value):,}" if whole else format_decimal(value, 2)


def span(value: Triple | int | Fraction) -> str:
    """Return base with its range, where there is one."""
    if not isinstance(value, Triple):
        return quantity(value)
    ends = f"  ({money(low(value))} to {money(high(value))})" if low(value) != high(value) else ""
    return money(value.base) + ends


def metres(value: Fraction) -> str:
    """Return a length; 0 is the length of a link that never leaves its board.

    >>> metres(Fraction(3, 2)), metres(Fraction(0))
    ('1.5 m', 'on board')
    """
    return format_length(int(value * MM_PER_M)) if value else "on board"


def metres_span(value: Ends) -> str:
    """Return a range of lengths, one length where both ends are alike."""
    least, most = metres(value.least), metres(value.most)
    return least if least == most else f"{least} to {most}"


def rate(gbps: Fraction) -> str:
    """Return a rate in Gb/s as ports are called."""
    return format_rate(int(gbps * MBPS_PER_GBPS))


def rate_long(gbps: Fraction) -> str:
    """Return a rate in Gb/s as it is written in a file."""
    return format_rate_long(int(gbps * MBPS_PER_GBPS))


def percent(value: Fraction) -> str:
    """Return a percentage with one decimal."""
    return f"{format_fixed(value, 1)}%"


def decimal(places: int) -> Callable[[Fraction], str]:
    """Return what shows a number with at most so many decimals; more where it would read as 0 and is not."""

    def shown(value: Fraction) -> str:
        text = format_decimal(Fraction(value), places)
        return figure_text(Fraction(value)) if value and text.lstrip("-") == "0" else text

    return shown


def fixed(places: int) -> Callable[[Fraction], str]:
    """Return what shows a number with exactly so many decimals."""
    return lambda value: format_fixed(Fraction(value), places)


def quantity(value: int | Fraction) -> str:
    """Return a number with its thousands set off, at most three decimals."""
    value = Fraction(value)
    return format_count(value.numerator) if value.denominator == 1 else format_decimal(value, 3)


def revision_line(topology: str | None, catalog: str | None) -> str:
    """Return the sentence that names the revisions of the input."""
    return f"Topology revision {topology}, catalog revision {catalog}."


def figure_text(value: Fraction) -> str:
    """Return a figure for reading: whole from 1,000, else four digits that count.

    >>> from fractions import Fraction
    >>> figure_text(Fraction(123456, 10)), figure_text(Fraction(7168, 1000)), figure_text(Fraction(1, 300))
    ('12,346', '7.168', '0.003333')
    """
    if value.denominator == 1 or abs(value) >= 1000:  # noqa: PLR2004 - see the docstring
        return format_count(round(value))
    places = 3
    while places < 9 and abs(value) * 10 ** (places - 3) < 1:  # noqa: PLR2004 - four digits
        places += 1
    return format_decimal(value, places)


def joined(value: Sequence[str]) -> str:
    """Return words with commas between them."""
    return ", ".join(value)


# Columns that many tables have


def text(
    heading: str,
    key: str = "",
    show: Callable[[Any], str] = str,
    *,
    drop: int = STAYS,
    unknown: str = "",
) -> Column:
    """Return a column of ids or short words, which never wrap."""
    return Column(heading, key or heading, show, drop=drop, unknown=unknown)


def words(heading: str, key: str = "", *, drop: int = STAYS, unknown: str = "") -> Column:
    """Return a column of sentences, which wrap where the terminal is narrow."""
    return Column(heading, key or heading, wraps=True, drop=drop, unknown=unknown)


def names(heading: str, key: str = "", *, drop: int = STAYS) -> Column:
    """Return a column of several names each."""
    return Column(heading, key or heading, joined, wraps=True, drop=drop)


def number(
    heading: str,
    key: str = "",
    show: Callable[[Any], str] = quantity,
    *,
    drop: int = STAYS,
    unknown: str = "",
    style: str = "",
) -> Column:
    """Return a column of numbers."""
    return Column(
        heading, key or heading, show, number=True, drop=drop, unknown=unknown, style=lambda _: style
    )


def spans(heading: str, key: str, *, drop: int = STAYS, unknown: str = "") -> Column:
    """Return a column of numbers with low and high."""
    return Column(heading, key, span, number=True, drop=drop, unknown=unknown, style=lambda _: "range")


def holds(good: str, bad: str, key: str, heading: str = "") -> Column:
    """Return a column of true and false, green and red."""
    return Column(
        heading, key, lambda value: good if value else bad, style=lambda value: "green" if value else "red"
    )
