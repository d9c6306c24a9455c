"""A column of an output table: its name, its unit and what it means."""

from __future__ import annotations

from typing import Literal, TypeAlias

from topogen.records import dataclass

Unit: TypeAlias = Literal[
    "text", "count", "number", "USD", "USD/(Tb/s)", "m", "W", "Gb/s", "Tb/s", "pJ/bit", "percent",
    "date", "true/false", "id", "mm", "Mb/s",
]  # fmt: skip
"""What a cell holds; ``count`` is whole wherever things are bought whole, shares of makers may divide it."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    unit: Unit
    meaning: str


def names_of(table: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the header of a table."""
    return tuple(column.name for column in table)
