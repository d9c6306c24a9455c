"""The port allocation while links are created."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify_rows
from topogen.model.fabric import FREE
from topogen.model.runs import Rows, Runs, cuts, distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup


class PortBook:
    """Port maps of all device groups, one row per set of equal devices."""

    def __init__(self) -> None:
        self.maps: dict[tuple[int, int], Rows] = {}
        self.usable: dict[tuple[int, int], int] = {}
        """Ports of a group that may have a link; those after them are reserved."""
        self.refused: dict[tuple[int, int], int] = {}
        """Ends that found no port, of link groups that were refused: a later message counts them too."""

    def add(self, index: int, group: DeviceGroup) -> None:
        """Open the ports of a device group."""
        for port, ports in enumerate(group.type.ports):
            self.maps[index, port] = Rows.uniform(group.count, np.full(ports.count, FREE, np.int64))
            self.usable[index, port] = max(0, ports.usable)

    def free(
        self, key: tuple[int, int], devices: Callable[[], Ints], wanted: Sequence[int] | None = None
    ) -> Ints:
        """Return the free ports that a side may take, lowest first.

        Of shape (ports,), or (devices of the group, ports) padded with ``FREE`` where ``devices`` differ;
        those are only listed if some device of the group differs.
        """
        used = self.maps[key]
        allowed = np.zeros(used.rows.shape[-1], bool)
        allowed[list(wanted) if wanted is not None else slice(None)] = True
        allowed[self.usable[key] :] = False
        opened = (used.rows == FREE) & allowed
        if not _rows_equal(opened):
            there = distinct(used.kind.at(devices()))
            if not _rows_equal(opened[there]):
                return np.asarray(_ranked(opened)[used.kind.full()])
            opened = opened[there]
        return np.flatnonzero(opened[0])

    def take(self, key: tuple[int, int], table: Ints, degree: Runs, user: int) -> None:
        """Give the first ``degree`` ports of the table on each device of the group to a user."""
        used = self.maps[key]
        tables = [used.kind, degree] if table.ndim == 1 else [used.kind, degree, Runs.of(table)]
        starts = cuts(tables)
        kind, asked = used.kind.at(starts), degree.at(starts)
        same = np.arange(len(starts)) if table.ndim > 1 else kind * (int(asked.max()) + 1) + asked
        classes = classify_rows(same)
        first = classes.representatives
        rows = used.rows[kind[first]]
        row, index = np.nonzero(np.arange(table.shape[-1])[None, :] < asked[first][:, None])
        rows[row, table[index] if table.ndim == 1 else table[starts[first[row]], index]] = user
        self.maps[key] = Rows(Runs(used.kind.count, starts, classes.class_of), rows)


def _rows_equal(rows: Ints) -> bool:
    return len(rows) == 1 or bool((rows == rows[0]).all())


def _ranked(opened: Ints) -> Ints:
    """Return the open ports of each row, lowest first, padded with ``FREE``."""
    ranked = np.argsort(~opened, axis=1, kind="stable")
    counts = opened.sum(axis=1)
    ranked[np.arange(ranked.shape[1])[None, :] >= counts[:, None]] = FREE
    return np.asarray(ranked[:, : counts.max()])
