"""Cages in use: what a module is plugged into holds one link or several, of one link group or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import FREE, DeviceGroup, Fabric, Ints, place_ids
from topogen.wiring.block import occurrence

if TYPE_CHECKING:
    from topogen.fabric import Port


def cage_users(fabric: Fabric, index: int, port: int) -> dict[int, int]:
    """Return how many cages of a device group's ports are in use, by the user of their lowest linked port.

    A user is ``2 * link group + (0 for a, 1 for b)``. A part-filled cage counts whole.
    """
    group = fabric.groups[index]
    used = fabric.ports[index, port]
    kind = group.type.ports[port]
    if kind.cage_on is not None:
        rows = _rows_of_places(fabric, group, kind, used)
        copies = 1
    else:
        rows, copies = np.atleast_2d(used), group.count if used.ndim == 1 else 1
    owners = first_users(rows, kind.cage_links)
    users, counts = np.unique(owners[owners != FREE], return_counts=True)
    return {int(user): int(count) * copies for user, count in zip(users, counts, strict=True)}


def first_users(rows: Ints, links: int) -> Ints:
    """Return the user of the lowest linked port of each cage, FREE for an empty one, shape (rows, cages).

    >>> first_users(np.array([[4, 4, -1, 6, -1, -1, 6]]), 2).tolist()
    [[4, 6, -1, 6]]
    """
    cages = -(-rows.shape[1] // links)
    padded = np.full((len(rows), cages * links), FREE, np.int64)
    padded[:, : rows.shape[1]] = rows
    boxes = padded.reshape(len(rows), cages, links)
    lowest = (boxes != FREE).argmax(axis=2)
    return np.asarray(np.take_along_axis(boxes, lowest[:, :, None], axis=2)[:, :, 0])


def _rows_of_places(fabric: Fabric, group: DeviceGroup, kind: Port, used: Ints) -> Ints:
    """Return one row a place, its ports as its cages take them: port 0 of each device, then port 1."""
    places = place_ids(fabric, group, kind.cage_on or "device")
    assert places is not None  # noqa: S101 - build refuses a level that is missing
    position = occurrence(places)
    _, row = np.unique(places, return_inverse=True)
    members = int(position.max()) + 1
    rows = np.full((int(row.max()) + 1, kind.count * members), FREE, np.int64)
    serial = np.arange(kind.count)[None, :] * members + position[:, None]
    rows[row[:, None], serial] = used
    return rows


def side_of(user: int) -> tuple[int, int]:
    """Return the link group and the side (0 for a, 1 for b) of a user."""
    return divmod(user, 2)
