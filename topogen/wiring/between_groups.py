"""Links between groups of switches, the same to every other group as far as it goes: of both dragonflies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import arange
from topogen.wiring.block import Block, PatternError
from topogen.wiring.plan import one_by_one

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


def refuse_groups(groups: int, switches: int, each: int, keys: tuple[str, str], alone: str) -> None:
    """Raise where the global ports of a group do not reach every other group, or one port stays alone.

    A group has ``switches`` with ``each`` global ports; ``keys`` are their names in a file, ``alone`` is
    what to use instead of a single group.
    """
    others, ports = groups - 1, switches * each
    terms = f"{switches} x {each} = {ports:,}"
    if not others:
        raise PatternError("E204", "one group has no other to be joined to", f"at least 2 groups, or {alone}")
    if ports < others:
        short = others - ports
        message = (
            f"groups {groups:,} needs {others:,} global links per group, have {terms}: short by {short:,}"
        )
        raise PatternError("E204", message, f"at most {ports + 1:,} groups, or more {' or '.join(keys)}")
    if ports * groups % 2:
        message = f"{groups:,} groups of {terms} global ports are {ports * groups:,}: one stays alone"
        raise PatternError("E204", message, f"make groups, {' or '.join(keys)} even")


def between_groups(groups: int, switches: int, each: int) -> Block:
    """Return the links between groups: each is counted where it leads less than half around.

    The ports of a group go to the other groups evenly, so that pair counts differ by at most 1: port q
    leads 1 + q mod (groups - 1) groups ahead, and what does not go round goes to the nearest groups on both
    sides. Port q is on switch q // ``each``. groups x switches x each / 2 links.
    """
    ahead, back = _global_ports(groups, switches * each)
    port, other = np.nonzero(2 * ahead < groups)[0], arange(groups)
    group, port = np.repeat(other, len(port)), np.tile(port, groups)
    half = np.nonzero(2 * ahead == groups)[0]
    group = np.concatenate([group, np.repeat(arange(groups // 2), len(half))])
    port = np.concatenate([port, np.tile(half, groups // 2)])
    far = (group + ahead[port]) % groups
    near_switch, near_slot = np.divmod(port, each)
    far_switch, far_slot = np.divmod(back[port], each)
    return one_by_one(group * switches + near_switch, far * switches + far_switch, near_slot, far_slot)


def _global_ports(groups: int, ports: int) -> tuple[Ints, Ints]:
    """Return of each global port of a group how many groups ahead it leads, and to which port there.

    >>> [side.tolist() for side in _global_ports(4, 5)]
    [[1, 2, 3, 1, 3], [2, 1, 0, 4, 3]]
    """
    rounds, rest = divmod(ports, groups - 1)
    near = 1 + arange(rest // 2)
    left = np.concatenate([near, np.full(rest % 2, groups // 2), groups - near[::-1]])
    ahead = np.concatenate([np.tile(1 + arange(groups - 1), rounds), left])
    back = np.concatenate(
        [arange(rounds * (groups - 1)).reshape(rounds, -1)[:, ::-1].ravel(), ports - 1 - arange(rest)]
    )
    return ahead, back
