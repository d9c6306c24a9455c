"""How many links of a group have which length: arrays of classes, never a row a link.

A length and what it rests on are one number, so that classes are added up and looked up as numbers.
"""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.model.equivalence import changes
from topogen.model.runs import distinct
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.model.arrays import Ints


BASES = ("routed", "default", "measured", "stated", "board", "unknown")
"""What a length may rest on. As one number a length is its mm x the number of these + its basis."""

UNKNOWN_MM = -1

DENSE = 16
"""How many whole numbers a value may take before counting by number is given up for sorting."""

Counted: TypeAlias = "tuple[Ints, Ints]"
"""Values and how often each occurs, both of one shape."""


@dataclass(frozen=True)
class LengthClass:
    """How many links of a group have one routed length (mm, slack included; None = unknown)."""

    a_type: str
    b_type: str
    length_mm: int | None
    basis: str
    links: int


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class LengthClasses:
    """The length classes of a link group, those between the same kinds of devices together, shortest first.

    Arrays of shape (classes,): ``between`` numbers the two ``types``, what the devices at both ends are
    called, ``coded`` is the length with its basis, ``links`` how many have it.
    """

    types: tuple[tuple[str, str], ...] = ()
    between: Ints = field(default_factory=_none)
    coded: Ints = field(default_factory=_none)
    links: Ints = field(default_factory=_none)

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.coded)

    def __iter__(self) -> Iterator[LengthClass]:
        """Yield the classes one by one."""
        columns = (self.between, self.coded, self.links)
        for between, coded, links in zip(*(column.tolist() for column in columns), strict=True):
            (a_type, b_type), (length_mm, basis) = self.types[between], split_length(coded)
            yield LengthClass(a_type, b_type, length_mm, basis, links)

    @cached_property
    def mm(self) -> Ints:
        """Return the length of each class in mm, -1 where it is unknown."""
        return self.coded // len(BASES)

    @cached_property
    def basis(self) -> Ints:
        """Return what the length of each class rests on, an index of ``BASES``."""
        return self.coded % len(BASES)

    @cached_property
    def codes(self) -> Ints:
        """Return the different lengths with their basis, ascending."""
        return distinct(self.coded) if len(self.types) > 1 else self.coded

    @cached_property
    def span_mm(self) -> tuple[int, int] | None:
        """Return the shortest and the longest known length, None where none is known."""
        known = self.mm[self.mm != UNKNOWN_MM]
        return (int(known.min()), int(known.max())) if len(known) else None

    def with_basis(self, basis: str) -> int:
        """Return how many links have a length that rests on this."""
        return int(self.links[self.basis == BASES.index(basis)].sum())

    @property
    def one_mm(self) -> bool:
        """Return whether all links are equally long, or of unknown length."""
        return bool((self.mm == self.mm[0]).all())


def code_length(length: Ints, basis: Ints) -> Ints:
    """Return a length in mm (-1 unknown) and the index of its basis as one number, longer ones larger."""
    return length * len(BASES) + basis


def split_length(coded: int) -> tuple[int | None, str]:
    """Return a coded length in mm, None where it is unknown, and its basis."""
    length, basis = divmod(coded, len(BASES))
    return known_mm(length), BASES[basis]


def known_mm(length: int) -> int | None:
    """Return a length in mm, None for that which stands for an unknown one."""
    return None if length == UNKNOWN_MM else length


def one_length(length_mm: int | None, basis: str, links: int) -> Counted:
    """Return the coded length (None if unknown) of links that are all equally long."""
    length = UNKNOWN_MM if length_mm is None else length_mm
    return np.array([length * len(BASES) + BASES.index(basis)]), np.array([links])


def classes_of(found: Iterable[tuple[tuple[str, str], Counted]]) -> LengthClasses:
    """Return coded lengths between two kinds of devices as classes, equal ones added up."""
    parts: dict[tuple[str, str], list[Counted]] = {}
    for types, counted in found:
        parts.setdefault(types, []).append(counted)
    if not parts:
        return LengthClasses()
    kinds = tuple(sorted(parts))
    coded, links = zip(*(added_up(*joined(parts[types])) for types in kinds), strict=True)
    between = np.repeat(np.arange(len(kinds)), [len(one) for one in coded])
    return LengthClasses(kinds, between, np.concatenate(coded), np.concatenate(links))


def joined(parts: Iterable[Counted]) -> Counted:
    """Return what was counted in several parts, one after another."""
    values, counts = zip(*parts, strict=True)
    return np.concatenate(values), np.concatenate(counts)


def added_up(values: Ints, counts: Ints) -> Counted:
    """Return different values, ascending, with their counts added up.

    >>> [column.tolist() for column in added_up(np.array([7, 5, 7]), np.array([1, 2, 3]))]
    [[5, 7], [2, 4]]
    """
    low = int(values.min())
    if int(values.max()) - low < DENSE * values.size:  # far faster than sorting them
        total = np.zeros(int(values.max()) - low + 1, np.int64)
        np.add.at(total, values - low, counts)
        kinds = np.flatnonzero(total)
        return kinds + low, total[kinds]
    order = np.argsort(values)
    ordered = values[order]
    starts = np.flatnonzero(changes(ordered))
    return ordered[starts], np.add.reduceat(counts[order], starts)
