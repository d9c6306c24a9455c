"""Where devices stand: racks on the floor, and the rack and U of each device."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.path import path_names
from topogen.records import dataclass
from topogen.units import MM_PER_100_U

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.devices import PlaceGroup


@dataclass(frozen=True)
class Rack:
    """A rack on the floor; ``x_mm`` along its row, ``y_mm`` across the rows, None where no row holds it."""

    name: str
    row: str = ""
    x_mm: int | None = None
    y_mm: int | None = None


@dataclass(frozen=True)
class Position:
    """Where the devices of a group stand: in racks of ``per_rack`` devices each from ``first`` on.

    In each rack or above it they take the U of ``units`` in turn, ``per_unit`` devices each. ``listed`` has
    rack and U of each where a generator or the layout stood them one by one. -1 where unknown.
    """

    count: int
    first: int = -1
    per_rack: int = 1
    units: tuple[int, ...] = (-1,)
    per_unit: int = 1
    listed: tuple[Ints, Ints] | None = None

    @cached_property
    def in_racks(self) -> bool:
        """Return whether every device is in a rack."""
        return self.first >= 0 if self.listed is None else bool((self.listed[0] >= 0).all())

    @cached_property
    def nowhere(self) -> bool:
        """Return whether no device is in a rack."""
        return self.first < 0 if self.listed is None else bool((self.listed[0] < 0).all())

    @property
    def period(self) -> int:
        """Return after how many devices they stand in a new rack and at the same U's again."""
        return lcm(self.per_rack, self._cycle)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Return the lowest and the highest number of a rack in which a device stands."""
        if self.listed is None:
            return self.first, self.first + (self.count - 1) // self.per_rack if self.first >= 0 else -1
        return int(self.listed[0].min()), int(self.listed[0].max())

    def is_apart_from(self, other: Position) -> bool:
        """Return whether every device is in a rack, all racks before or behind those of another."""
        both = self.in_racks and other.in_racks
        return both and (self.span[1] < other.span[0] or other.span[1] < self.span[0])

    def rack(self, numbers: Ints) -> Ints:
        """Return the rack of some devices."""
        if self.listed is not None:
            return np.asarray(self.listed[0][numbers])
        return self.first + numbers // self.per_rack if self.first >= 0 else np.full_like(numbers, -1)

    def unit(self, numbers: Ints) -> Ints:
        """Return the U of some devices."""
        return np.asarray(self._units[self._turn(numbers)])

    def height(self, numbers: Ints) -> Ints:
        """Return how high some devices stand in mm, -1 where unknown."""
        return np.asarray(self._heights[self._turn(numbers)])

    def _turn(self, numbers: Ints) -> Ints:
        """Return the devices, of those in ``_units``, that stand as high as some others."""
        return numbers if self.listed else numbers - numbers // self._cycle * self._cycle  # faster than %

    @property
    def _cycle(self) -> int:
        """Return after how many devices they stand at the same U's again."""
        return self.per_unit * len(self.units)

    @cached_property
    def _units(self) -> Ints:
        return self.listed[1] if self.listed else np.repeat(np.array(self.units, np.int64), self.per_unit)

    @cached_property
    def _heights(self) -> Ints:
        return height_mm(self._units)

    def highest_in(self, racks: Ints) -> Ints:
        """Return the highest U that a device of the group takes in some racks, -1 where none does."""
        low, high = self.span
        if self.listed is None:
            inside = (racks >= low) & (racks <= high) & (low >= 0)
            return np.where(inside, int(self.unit(np.arange(self.per_rack)).max()), -1)
        found = np.full(high + 2, -1, np.int64)  # one more, for racks beyond
        np.maximum.at(found, self.listed[0], self.listed[1])
        found[-1] = -1
        return np.asarray(found[np.minimum(racks, high + 1)])

    @property
    def highest_mm(self) -> int:
        """Return how high the highest device stands, 0 where no U is known."""
        return int(self._heights.max(initial=0))


def height_mm(unit: Ints) -> Ints:
    """Return how high each U stands: ceil(44.45 u) mm, computed here and nowhere else; -1 stays -1.

    >>> height_mm(np.array([1, 20, -1])).tolist()
    [45, 889, -1]
    """
    return np.where(unit >= 0, (MM_PER_100_U * unit + 99) // 100, -1)


@dataclass(frozen=True)
class Placement:
    """Where every device stands: a stand for each device group.

    ``x_mm`` and ``y_mm``, shape (racks,), are where racks stand on the floor, -1 where no row holds them;
    ``row`` is the number of each one's row in ``rows``, or -1. ``pairs``, shape (measured,), are two racks
    whose way was measured, as lower x racks + higher, ascending; ``ways`` are those ways in mm.
    """

    stands: tuple[Position, ...]
    places: tuple[PlaceGroup, ...]
    x_mm: Ints
    y_mm: Ints
    row: Ints
    rows: tuple[str, ...]
    pairs: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ways: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    crossings: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Where cross-aisles are along the rows in mm, ascending; empty where cables may cross anywhere."""
    rack_names: tuple[str, ...] = ()
    """Names of the racks as the site has them; empty where they have their design names."""

    @cached_property
    def rack(self) -> Ints:
        """Return the rack of every device, shape (devices,), -1 where the file does not say."""
        return np.concatenate([stand.rack(np.arange(stand.count)) for stand in self.stands])

    @cached_property
    def unit(self) -> Ints:
        """Return the U of every device, shape (devices,), -1 where the file does not say."""
        return np.concatenate([stand.unit(np.arange(stand.count)) for stand in self.stands])

    @cached_property
    def height_mm(self) -> Ints:
        """Return how high every device stands, shape (devices,), -1 where the file does not say."""
        return height_mm(self.unit)

    @cached_property
    def racks(self) -> tuple[Rack, ...]:
        """Return the racks in the order of their numbers."""
        names = self.rack_names or [name for place in self.places for name in path_names(place.path)]
        rows = zip(self.row.tolist(), self.x_mm.tolist(), self.y_mm.tolist(), strict=True)
        return tuple(
            Rack(name, self.rows[row], x, y) if row >= 0 else Rack(name)
            for name, (row, x, y) in zip(names, rows, strict=True)
        )

    def measured_mm(self, a: Ints, b: Ints) -> Ints:
        """Return the measured way between racks, -1 where there is none; racks are broadcast."""
        if not len(self.pairs):
            return np.broadcast_to(np.int64(-1), np.broadcast_shapes(a.shape, b.shape))
        pair = np.minimum(a, b) * len(self.x_mm) + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        found = (self.pairs[at] == pair) & (a >= 0) & (b >= 0)
        return np.where(found, self.ways[at], -1)
