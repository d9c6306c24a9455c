"""Rows of texts in few bytes, for the script of a page: a tenth of what they take in full."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Packed: TypeAlias = list[tuple[list[str], str]]
"""For each column its values, and which each row has: ``0x5 1`` is five times the first, then the next."""


def packed(rows: Iterable[Sequence[str]]) -> Packed:
    """Return rows column by column, each value once.

    >>> packed([("r1", "a"), ("r1", "b"), ("r2", "b")])
    [(['r1', 'r2'], '0x2 1'), (['a', 'b'], '0 1x2')]
    """
    return [_column(column) for column in zip(*rows, strict=True)]


def unpacked(columns: Packed) -> list[tuple[str, ...]]:
    """Return the rows again, as the script of a page does.

    >>> unpacked([(['r1', 'r2'], '0x2 1'), (['a', 'b'], '0 1x2')])
    [('r1', 'a'), ('r1', 'b'), ('r2', 'b')]
    """
    return list(zip(*(_values(*one) for one in columns), strict=True))


def _column(column: Sequence[str]) -> tuple[list[str], str]:
    number = {value: at for at, value in enumerate(dict.fromkeys(column))}
    runs = ((number[value], len(list(same))) for value, same in groupby(column))
    return list(number), " ".join(f"{at}x{count}" if count > 1 else str(at) for at, count in runs)


def _values(values: list[str], runs: str) -> list[str]:
    pairs = (run.partition("x") for run in runs.split())
    return [values[int(at)] for at, _, count in pairs for _ in range(int(count or 1))]
