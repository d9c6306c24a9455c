"""The links of a group as numbers of ports, and how new ports get back into its blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.expand import ends_of
from topogen.model.fabric import FREE
from topogen.model.links import LinkBlock, Terminal
from topogen.model.runs import arange, distinct, zeros

if TYPE_CHECKING:
    from topogen.build.draft import Draft
    from topogen.build.pins import PortIds
    from topogen.model.arrays import Bools, Ints
    from topogen.model.links import LinkGroup


class Links(NamedTuple):
    """The links of a group inside the model, arrays of shape (links,): block and ports at the two ends.

    Where both ends are the same devices, the lower port comes first.
    """

    user: int
    block: Ints
    a: Ints
    b: Ints
    turned: Bools

    @classmethod
    def of(cls, ids: PortIds, index: int, group: LinkGroup) -> Links:
        """Return the links of a group."""
        inside = [(number, block) for number, block in enumerate(group.blocks) if block.b is not None]
        sides: list[Ints] = []
        for side in (0, 1):
            parts = [zeros(0)]
            for _, block in inside:
                end = block.ends[side]
                key = ids.number_of(end.group, end.port)
                device, number = ends_of(block, end)
                parts.append(ids.bases[key] + device * ids.counts[key] + number)
            sides.append(np.concatenate(parts))
        a, b = sides
        turned = (a > b) & group.joins_alike
        numbers = [np.full(block.count, number, np.int64) for number, block in inside]
        return cls(
            index,
            np.concatenate([zeros(0), *numbers]),
            np.where(turned, b, a),
            np.where(turned, a, b),
            turned,
        )


def enter(draft: Draft, ids: PortIds, links: Links, a: Ints, b: Ints) -> None:
    """Write the ports into the blocks of the group and into the port maps."""
    group = draft.links[links.user]
    changed = (a != links.a) | (b != links.b)
    if not changed.any():
        return
    was = [np.where(links.turned, two, one) for one, two in ((links.a, links.b), (links.b, links.a))]
    new = [np.where(links.turned, two, one) for one, two in ((a, b), (b, a))]
    apart = set(distinct(links.block[changed]).tolist())
    blocks: list[LinkBlock] = []
    for number, block in enumerate(group.blocks):
        rows = np.flatnonzero(links.block == number) if number in apart else zeros(0)
        blocks += _listed(ids, new[0][rows], new[1][rows]) if number in apart else [block]
    draft.links[links.user] = replace(group, blocks=tuple(blocks))
    uses = [(was, new)] if not group.joins_alike else [([np.concatenate(was)], [np.concatenate(new)])]
    for old_sides, new_sides in uses:
        for side, (one, two) in enumerate(zip(old_sides, new_sides, strict=True)):
            left = np.setdiff1d(one, two)
            user = 2 * links.user + side
            _mark(draft, ids, left[users_of(draft, ids, left) == user], FREE)
            _mark(draft, ids, np.setdiff1d(two, one), user)


def _listed(ids: PortIds, a: Ints, b: Ints) -> list[LinkBlock]:
    """Return links listed one by one, a block for each two kinds of ports that they join."""
    ends = [ids.split(ports) for ports in (a, b)]
    code = ends[0][0] * len(ids.keys) + ends[1][0]
    found = []
    for one in distinct(code).tolist():
        rows = np.flatnonzero(code == one)
        terminals = [
            _terminal(ids, int(key[rows[0]]), device[rows], number[rows]) for key, device, number in ends
        ]
        found.append(LinkBlock((len(rows),), *terminals))
    return found


def _terminal(ids: PortIds, key: int, device: Ints, number: Ints) -> Terminal:
    table = arange(int(ids.counts[key]))
    return Terminal(*ids.keys[key], zeros(1), 0, device, (number,), table)


def users_of(draft: Draft, ids: PortIds, ports: Ints) -> Ints:
    """Return who uses some ports, as the port maps number it."""
    found = np.full(len(ports), FREE, np.int64)
    key, device, number = ids.split(ports)
    for one in distinct(key).tolist():
        rows, used = key == one, draft.ports.maps[ids.keys[one]]
        found[rows] = used.rows[used.kind.at(device[rows]), number[rows]]
    return found


def _mark(draft: Draft, ids: PortIds, ports: Ints, user: int) -> None:
    """Enter who uses some ports."""
    key, device, number = ids.split(ports)
    for one in distinct(key).tolist():
        rows = key == one
        used = draft.ports.maps[ids.keys[one]]
        draft.ports.maps[ids.keys[one]] = used.entered(zeros(1), device[rows], number[rows], user)
