"""What the squares of the lowest row are: racks, nodes, or the ends themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.tiers.places import GUTTER
from topogen.model.fabric import place_ids
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.tiers.tower import Tower
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

NOT = -1
MOSTLY = 0.9
MOST_KINDS = 3
"""So many groups of ends are counted apart."""


class Ends(NamedTuple):
    """What is counted in the lowest row: ``each`` is how many GPUs one has, 0 where they differ.

    ``counts`` has shape (columns,).
    """

    noun: str
    each: int
    counts: Ints

    def stand_alone(self, tower: Tower) -> bool:
        """Return whether a column is of GPUs, each in a node of its own at most."""
        return self.noun == "GPU" and tower.units in {"", "node"}

    def named_by(self, tower: Tower) -> str:
        """Return what columns are named by, empty where it has no word."""
        return self.noun if self.noun == "host" or self.stand_alone(tower) else tower.units

    @property
    def key(self) -> str:
        """Return what a legend calls them."""
        return f"{self.noun}s of {format_count(self.each)} GPUs" if self.each > 1 else f"{self.noun}s"


def ends_of(fabric: Fabric, tower: Tower) -> Ends:
    """Return what the ends are counted by: racks, nodes, or themselves where a node has one GPU."""
    level, held = holders(fabric, tower.rows[0].block)
    columns = len(tower.rows[0].names)
    pairs = np.unique((held * columns + tower.rows[0].block)[held >= 0])
    counts = np.bincount(pairs % max(1, columns), minlength=columns)
    each = gpus_of_each(fabric, level) if level else 0
    gpus = int(tower.gpus.sum())
    if each * int(counts.sum()) != gpus:
        each = 0
    if gpus and np.array_equal(counts, tower.gpus):
        return Ends("GPU", 1, counts)
    return Ends(level or (_own_noun(fabric, tower.rows[0].block) if gpus else "host"), each, counts)


def ends_words(tower: Tower, ends: Ends, *, apart: bool, named: bool) -> Iterator[str]:
    """Yield how many ends there are, of each group if ``apart``, and what they stand in.

    Also what columns are ``named`` by, where there is room for it.
    """
    gpus, count = int(tower.gpus.sum()), int(ends.counts.sum())
    kinds = [int(tower.gpus[kind.first : kind.end].sum()) for kind in tower.kinds]
    if apart and 1 < len(kinds) <= MOST_KINDS and all(kinds):
        yield f"{' + '.join(map(format_count, kinds))} GPUs"
    else:
        yield count_words(gpus, "GPU") if gpus else count_words(int(tower.rows[0].counts.sum()), "host")
    if ends.noun in {"rack", "node"}:
        yield f"in {count_words(count, ends.noun)}{f' of {format_count(ends.each)}' if ends.each else ''}"
    elif gpus and ends.noun != "GPU":
        yield f"with {count_words(count, ends.noun)}"
    columns, merge = len(tower.rows[0].names), tower.columns_merge
    units = f" {tower.units}s" if tower.units else ""
    if columns > 1 and ends.stand_alone(tower) and int(ends.counts.max()) > 1:
        yield f"up to {format_count(int(ends.counts.max()))} GPUs a column"
    elif columns > 1 and merge > 1:
        yield f"up to {format_count(merge)}{units} a column"
    elif columns > 1:
        text = f"{columns} columns, one {tower.units} each"
        wide = width_of(text, SMALLEST) > GUTTER - 12
        yield f"one {tower.units} a column" if wide else text if tower.units else f"{columns} columns"
    if named and columns > 1 and merge > 1 and ends.noun not in {"rack", "node"}:
        yield f"named by the first {ends.named_by(tower)}"


def _own_noun(fabric: Fabric, block: Ints) -> str:
    shown = (group for group in fabric.groups if (block[group.first : group.first + group.count] >= 0).any())
    return "NIC" if {group.type.role for group in shown} == {"nic"} else "host"


def holders(fabric: Fabric, ends: Ints) -> tuple[str, Ints]:
    """Return what to count the ends by, racks, nodes or themselves, and the holder of each device or -1."""
    for level in ("rack", "node"):
        held = np.full(fabric.n_devices, NOT, np.int64)
        for group in fabric.groups:
            if (ends[group.first : group.first + group.count] >= 0).any():
                ids = place_ids(fabric, group, level)
                if ids is not None:
                    held[group.first : group.first + group.count] = ids
        places = held[ends >= 0]
        if len(np.unique(places)) > 1 and (places >= 0).mean() > MOSTLY:
            return level, np.where(ends >= 0, held, NOT)
    return "", np.where(ends >= 0, np.arange(fabric.n_devices), NOT)


def gpus_of_each(fabric: Fabric, level: str) -> int:
    """Return how many GPUs each place of a level has that has any; 0 where they differ, or have no place."""
    counts = np.zeros(1, np.int64)
    for group in fabric.groups:
        if group.type.role == "gpu":
            ids = place_ids(fabric, group, level)
            if ids is None:
                return 0
            more = np.bincount(ids)
            counts = np.concatenate([counts, np.zeros(max(0, len(more) - len(counts)), np.int64)])
            counts[: len(more)] += more
    found = np.unique(counts[counts > 0])
    return int(found[0]) if len(found) == 1 else 0
