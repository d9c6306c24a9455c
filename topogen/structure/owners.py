"""Whose ports those of attached devices are: of one device they belong to, or of several that share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric


@dataclass(frozen=True)
class Apart:
    """Links with shared devices as nodes: ``near`` and ``far`` have shape (links,).

    A shared device that passes nothing on is a node for each device that it is linked to, so that no way
    leads through it; ``extra`` such nodes are numbered after the devices. Each ``node`` of a shared device is
    listed with each ``sharer``, shape (pairs,).
    """

    near: Ints
    far: Ints
    node: Ints
    sharer: Ints
    extra: int


@dataclass(frozen=True)
class Owners:
    """What devices belong to.

    ``owner``, shape (devices,), is the one device that each belongs to, or itself; ``is_end``, of the same
    shape, marks those that others belong to. ``shared`` and ``sharer``, shape (pairs,), are each device that
    belongs to several, ascending, with each of these.
    """

    owner: Ints
    is_end: Bools
    shared: Ints
    sharer: Ints

    def linked(self, devices: Ints) -> Ints:
        """Return whom some devices belong to, each once, with all that share one."""
        return np.unique(np.concatenate([self.owner[devices], self.sharer[np.isin(self.shared, devices)]]))

    def spread(self, near: Ints, far: Ints) -> tuple[Ints, Ints, Ints]:
        """Return links with one for each sharer of their ends, and the link that each was."""
        a, link = self._spread(near)
        b, which = self._spread(far[link])
        return a[which], b, link[which]

    def apart(self, near: Ints, far: Ints, passing: Bools) -> Apart:
        """Return links with shared devices as nodes; one ``passing``, shape (devices,), stays one node."""
        size = len(self.owner)
        is_shared = np.zeros(size, bool)
        is_shared[self.shared] = True
        ways = [(one, other, is_shared[one] & ~passing[one]) for one, other in ((near, far), (far, near))]
        keys = [one * size + other for one, other, _ in ways]
        found = np.unique(np.concatenate([key[cut] for key, (_, _, cut) in zip(keys, ways, strict=True)]))
        ends = [
            np.where(cut, size + np.searchsorted(found, key), one)
            for key, (one, _, cut) in zip(keys, ways, strict=True)
        ]
        linked = np.unique(np.concatenate([near, far]))
        whole = linked[is_shared[linked] & passing[linked]]
        sharer, which = self._spread(np.concatenate([found // size, whole]))
        node = np.concatenate([size + np.arange(len(found)), whole])[which]
        return Apart(ends[0], ends[1], node, sharer, len(found))

    def _spread(self, devices: Ints) -> tuple[Ints, Ints]:
        """Return the sharers of some devices, or one itself without any, and which device each is for."""
        start = np.searchsorted(self.shared, devices)
        sharers = np.searchsorted(self.shared, devices, side="right") - start
        each = np.maximum(sharers, 1)
        which = np.repeat(np.arange(len(devices)), each)
        turn = np.arange(len(which)) - np.repeat(np.cumsum(each) - each, each)
        known = np.append(self.sharer, -1)[np.minimum(start[which] + turn, len(self.sharer))]
        return np.where(sharers[which] > 0, known, devices[which]), which


def owners_of(fabric: Fabric) -> Owners:
    """Return what the devices of a fabric belong to."""
    none = np.zeros(0, np.int64)
    device = np.concatenate([none, *(one.device for one in fabric.attached)])
    to = np.concatenate([none, *(one.to for one in fabric.attached)])
    order = np.argsort(device, kind="stable")
    device, to = device[order], to[order]
    alone = np.bincount(device, minlength=fabric.n_devices)[device] == 1
    owner, is_end = np.arange(fabric.n_devices), np.zeros(fabric.n_devices, bool)
    owner[device[alone]] = to[alone]
    is_end[to] = True
    return Owners(owner, is_end, device[~alone], to[~alone])
