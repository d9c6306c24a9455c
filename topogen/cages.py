"""Cages in use: what a module is plugged into holds one link or several, of one link group or two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import FREE, DeviceGroup, Fabric, Ints, place_ids
from topogen.wiring.block import occurrence

if TYPE_CHECKING:
    from topogen.errors import Problems
    from topogen.fabric import Port


def cage_users(fabric: Fabric, index: int, port: int) -> dict[int, int]:
    """Return how many cages of a device group's ports are in use, by the user of their lowest linked port.

    A user is ``2 * link group + (0 for a, 1 for b)``. A part-filled cage counts whole.
    """
    group = fabric.groups[index]
    used = fabric.ports[index, port]
    kind = group.type.ports[port]
    copies = group.count if used.ndim == 1 and kind.cage_on is None else 1
    owners = first_users(_rows(fabric, group, kind, used), kind.cage_links)
    users, counts = np.unique(owners[owners != FREE], return_counts=True)
    return {int(user): int(count) * copies for user, count in zip(users, counts, strict=True)}


def first_users(rows: Ints, links: int) -> Ints:
    """Return the user of the lowest linked port of each cage, FREE for an empty one, shape (rows, cages).

    >>> first_users(np.array([[4, 4, -1, 6, -1, -1, 6]]), 2).tolist()
    [[4, 6, -1, 6]]
    """
    boxes = _boxes(rows, links)
    lowest = (boxes != FREE).argmax(axis=2)
    return np.asarray(np.take_along_axis(boxes, lowest[:, :, None], axis=2)[:, :, 0])


def _boxes(rows: Ints, links: int) -> Ints:
    """Return ports cage by cage, the last cage filled up with FREE, shape (rows, cages, links)."""
    cages = -(-rows.shape[1] // links)
    padded = np.full((len(rows), cages * links), FREE, np.int64)
    padded[:, : rows.shape[1]] = rows
    return padded.reshape(len(rows), cages, links)


def check_cages(fabric: Fabric, problems: Problems) -> None:
    """Note cages whose level is missing, or that would hold modules of two media."""
    for (index, port), used in fabric.ports.items():
        group = fabric.groups[index]
        kind = group.type.ports[port]
        at = ("devices", group.type.name, "ports", kind.name, "cage")
        if not (used != FREE).any():
            continue
        if kind.cage_on and place_ids(fabric, group, kind.cage_on) is None:
            message = f'"{group.label}" stands in no place of the level "{kind.cage_on}"'
            problems.add("E213", message, (*at, "on"), "name a level above it, or leave `on` out")
        elif mixed := _mixed(fabric, _rows(fabric, group, kind, used), kind.cage_links):
            message = f"{group.label}.{kind.name}: a cage would hold modules of {' and '.join(mixed)}"
            problems.add("E306", message, at, "let link groups of two media begin at whole cages")


def _mixed(fabric: Fabric, rows: Ints, links: int) -> list[str]:
    """Return the media of the first cage that would need modules of two, none if there is no such cage."""
    media = [name for group in fabric.links for name in group.media or ("", "")]
    names = sorted(set(media))
    codes = np.array([names.index(name) for name in media] + [FREE])
    boxes = _boxes(codes[rows], links)
    least = np.where(boxes == FREE, len(names), boxes).min(axis=2)
    most = boxes.max(axis=2)
    wrong = np.argwhere((most != FREE) & (least != most))
    row, cage = wrong[0] if len(wrong) else (0, 0)
    return [names[least[row, cage]], names[most[row, cage]]] if len(wrong) else []


def _rows(fabric: Fabric, group: DeviceGroup, kind: Port, used: Ints) -> Ints:
    """Return the users of ports in the order that cages take them, one row an owner of cages."""
    return np.atleast_2d(used) if kind.cage_on is None else _rows_of_places(fabric, group, kind, used)


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
