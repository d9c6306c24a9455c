"""The order of installation: the cables between two racks are a bundle, and the longest is laid first.

Bundles are numbered by their longest cable, the longest first; so are the cables of a bundle. The longest
cable of a rack ends farthest from its tray, and lies below and behind those that are laid after it. Cables of
unknown length come last. Equal bundles come in the order of the racks, equal cables in that of the schedule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.length_histogram import BASES
from topogen.model.runs import cumcount
from topogen.model.text_buffer import Piece, Texts
from topogen.schedule.rack_pairs import first_of_pairs, rack_pairs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.schedule.cable_lines import Lines
    from topogen.schedule.line_texts import LineTexts

COLUMNS = frozenset({"bundle", "install_order"})
NONE = -1
"""The bundle of a line with an end that is in no rack."""


def bundle_columns(
    fabric: Fabric, groups: Sequence[LinkGroup], columns: Sequence[str]
) -> Callable[[LineTexts], None]:
    """Return what fills the columns in the lines of a link group, asked in the order of the schedule.

    Links through patch panels are pulled in pieces, and links outside racks lie on no known way: they have
    neither bundle nor place.
    """
    if COLUMNS.isdisjoint(columns):
        return lambda _: None
    order = _Order(fabric, [group for group in groups if group.has_b and not group.through])
    texts = [*map(str, range(1, order.bundles + 1)), ""]

    def fill(sheet: LineTexts) -> None:
        if order.bundles and sheet.group.has_b and not sheet.group.through:
            sheet.put_texts("bundle", {"bundle": texts})
            sheet.index["bundle"] = order.bundle_of
            sheet.put_made("install_order", lambda lines: [_numbers(order.places_of(sheet, lines))])

    return fill


class _Order:
    """The bundles of some link groups, and the next place for each length in each of them."""

    def __init__(self, fabric: Fabric, groups: Sequence[LinkGroup]) -> None:
        self._rack, self._racks = fabric.sites.rack, len(fabric.sites.x_mm)
        pair, length, lines = self._pulls(fabric, groups)
        self._pairs, index = np.unique(pair, return_inverse=True)
        longest = np.full(len(self._pairs), -1, np.int64)
        np.maximum.at(longest, index, length)
        self._rank = np.argsort(np.argsort(-longest, kind="stable"), kind="stable")
        self._span = int(length.max(initial=0)) + 2
        self._keys, index = np.unique(self._key(self._rank[index], length), return_inverse=True)
        count = np.bincount(index, lines, len(self._keys)).astype(np.int64)
        before = np.cumsum(count) - count
        self._next = before - before[np.searchsorted(self._keys, self._keys // self._span * self._span)]

    @property
    def bundles(self) -> int:
        """Return the number of bundles."""
        return len(self._pairs)

    def bundle_of(self, lines: Lines) -> Ints:
        """Return the bundle of each line, from 0, NONE where an end is in no rack."""
        a, b = self._rack[lines.a], self._rack[lines.b]
        at = np.searchsorted(self._pairs, self._pair(a, b)) % self.bundles
        return np.where(_in_racks(a, b), self._rank[at], NONE)

    def places_of(self, sheet: LineTexts, lines: Lines) -> Ints:
        """Return the place of each line in its bundle, from 1, else 0; asked for once, line after line.

        The lines that a shuffle cord has in a bundle share its place.
        """
        bundle, length = self.bundle_of(lines), _millimetres(sheet.lines.codes)[lines.length]
        held = np.flatnonzero(bundle != NONE)
        leader = np.arange(len(held))
        if sheet.group.shuffle:
            leader = first_of_pairs(lines.cable[held], bundle[held])
        laid = np.flatnonzero(leader == np.arange(len(held)))
        at = np.searchsorted(self._keys, self._key(bundle[held], length[held])[laid])
        of_laid = np.zeros(len(held), np.int64)
        of_laid[laid] = self._next[at] + cumcount(at) + 1
        self._next += np.bincount(at, minlength=len(self._next))
        places = np.zeros(len(lines), np.int64)
        places[held] = of_laid[leader]
        return places

    def _pulls(self, fabric: Fabric, groups: Sequence[LinkGroup]) -> tuple[Ints, Ints, Ints]:
        """Return the pair of racks, the length in mm and how many are laid in racks, summed."""
        none = np.zeros(0, np.int64)
        found = [(none, none, none)]
        for pulls in (rack_pairs_of(fabric, group) for group in groups):
            here = _in_racks(pulls.a, pulls.b)
            pair = self._pair(pulls.a[here], pulls.b[here])
            found.append((pair, _millimetres(pulls.length[here]), pulls.pulls[here]))
        pair, length, lines = (np.concatenate(column) for column in zip(*found, strict=True))
        return pair, length, lines

    def _pair(self, a: Ints, b: Ints) -> Ints:
        """Return a number for two racks, whichever is a."""
        return np.asarray(np.minimum(a, b) * self._racks + np.maximum(a, b))

    def _key(self, bundle: Ints, length: Ints) -> Ints:
        """Return a number that rises with the order of installation; a length of -1 is unknown."""
        return np.asarray(bundle * self._span + (self._span - 2 - length))


def _in_racks(a: Ints, b: Ints) -> Bools:
    return np.asarray((a >= 0) & (b >= 0))


def _millimetres(codes: Ints) -> Ints:
    """Return lengths without what they rest on, -1 for an unknown one."""
    return codes // len(BASES)


def _numbers(values: Ints) -> Piece:
    """Return numbers as texts, without a Python string for each; 0 as an empty one."""
    cells = values.astype("S16").view(np.uint8).reshape(len(values), -1)
    return Piece(Texts(cells, np.count_nonzero(cells, axis=1) * (values > 0)), np.arange(len(values)))
