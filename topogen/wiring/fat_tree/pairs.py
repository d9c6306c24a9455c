"""Leaves in pairs (MLAG): every end is homed to both leaves of a pair, which peer links join."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import arange, cumcount, zeros
from topogen.wiring.block import Block, PatternError, matching

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.wiring.fat_tree.spec import FatTree
    from topogen.wiring.plan import EndPoints, Faces

PAIR = 2
"""Leaves that an end is homed to."""


def without_peers(faces: Faces, peers: int) -> Faces:
    """Return the ports of a leaf that are left for ends and uplinks beside its peer links.

    Peer links have a port group of the name ``peer``; else they take the last ports of those that face up.

    >>> from topogen.wiring.plan import Faces
    >>> without_peers(Faces("box", 64), 2).total, without_peers(Faces("box", 54, 48, 6), 2).up
    (62, 4)
    """
    if faces.peer is not None:
        _refuse_few_ports(faces.type, "peer", faces.peer, peers, kept=0)
        return faces
    name = "up" if faces.up is not None else "down" if faces.down is not None else ""
    held = peer_ports(faces)
    _refuse_few_ports(faces.type, name, held, peers, kept=1 if name else 2)
    left = replace(faces, total=faces.total - peers)
    if name == "up":
        return replace(left, up=held - peers)
    return replace(left, down=held - peers) if name else left


def peer_ports(faces: Faces) -> int:
    """Return the ports of the port group that peer links are in."""
    of = (faces.peer, faces.up, faces.down, faces.total)
    return next(count for count in of if count is not None)


def _refuse_few_ports(box: str, group: str, held: int, peers: int, *, kept: int) -> None:
    if peers + kept > held:
        words = f'port group "{group}" of {box} has {held}' if group else f"{box} has {held} ports"
        message = f"{peers} peer links of a leaf; {words}"
        hint = f"peer_links: at most {held - kept}" if held > kept else "a leaf with more ports"
        raise PatternError("E823", message, hint)


def refuse_one_homed(ends: EndPoints, spec: FatTree) -> None:
    """Raise for ends that cannot bring as many ports to one leaf of a pair as to the other."""
    if spec.extra_ends:
        message = (
            "extra_ends take single leaf ports; with peer_links every end is homed to both leaves of a pair"
        )
        raise PatternError("E822", message, "name them in ends, with two ports each")
    each = np.array([ends.ports]) if ends.each is None else ends.each
    odd: list[int] = each[each % PAIR > 0].tolist()
    if odd:
        ports = f"{odd[0]} port{'s' * (odd[0] > 1)}"
        message = f"an end brings {ports} to a plane, which two leaves of a pair cannot share"
        hint = "ends with an even number of ports a plane, in ends; the others in a fabric without peer_links"
        raise PatternError("E822", message, hint)


def refuse_odd_leaves(stated: int, sets: int) -> None:
    """Raise for a stated number of leaves that does not come in pairs."""
    if stated % (PAIR * sets):
        of = f" in each of {sets:,} rails of units" if sets > 1 else ""
        message = f"{stated:,} leaves do not come in pairs{of}"
        raise PatternError("E821", message, f"leaves: a multiple of {PAIR * sets}, or leave leaves out")


def leaves_needed(ends: EndPoints, down: int) -> int:
    """Return the leaves of the fullest rail of a unit, two for every pair; an end stays within one pair.

    >>> from topogen.wiring.plan import EndPoints
    >>> [leaves_needed(EndPoints.uniform(49, ports), 48) for ports in (2, 4)]
    [4, 6]
    """
    homes = ends.ports // PAIR
    if homes > down:
        message = f"an end brings {homes} ports to each leaf of a pair, which has {down} ports down"
        raise PatternError("E823", message, "leaves with more ports down, or ends with fewer ports")
    if ends.each is None:
        return PAIR * -(-ends.fullest // (down // homes))
    rails = ends.unit * ends.n_rails + ends.rail
    return PAIR * int(
        max(_filled(ends.each[rails == one] // PAIR, down).max() for one in np.unique(rails)) + 1
    )


def pair_of_ends(ends: EndPoints, pairs: int, down: int, *, even: bool) -> Ints:
    """Return the pair of leaves of its rail that each end is homed to, shape (ends,).

    Pair after pair of the rail is filled; where they are even, all take as many neighbours.

    >>> from topogen.wiring.plan import EndPoints
    >>> pair_of_ends(EndPoints.uniform(5, 2), 2, 4, even=True).tolist()
    [0, 0, 0, 1, 1]
    """
    rail = ends.unit * ends.n_rails + ends.rail
    if ends.each is None:
        turn = cumcount(rail)
        if even:
            return shares(turn, np.bincount(rail)[rail], pairs)
        return np.asarray(turn // (down // (ends.ports // PAIR)))
    found = zeros(ends.count)
    for one in np.unique(rail):
        here = np.flatnonzero(rail == one)
        found[here] = _within_pairs(ends.each[here] // PAIR, down, pairs if even else 0)
    return found


def _within_pairs(homes: Ints, down: int, pairs: int) -> Ints:
    """Return the pair of each end; where the number of pairs is stated, each takes as few as that allows."""
    least = max(int(homes.max()), -(-int(homes.sum()) // pairs)) if pairs else down
    filled = (_filled(homes, limit) for limit in range(least, down + 1))
    return next(pair for pair in filled if not pairs or pair[-1] < pairs)


def _filled(homes: Ints, down: int) -> Ints:
    """Return the pair of each end where ends with so many ports to each leaf fill pair after pair.

    >>> _filled(np.array([1, 2, 2, 1]), 3).tolist()
    [0, 0, 1, 1]
    """
    until = np.cumsum(homes)
    firsts, taken = [0], 0
    while (end := int(np.searchsorted(until, taken + down, "right"))) < len(homes):
        firsts.append(end)
        taken = int(until[end - 1])
    return np.asarray(np.searchsorted(np.array(firsts), arange(len(homes)), "right") - 1)


def joined_peers(leaves: int, links: int) -> Block:
    """Return the links between the two leaves of every pair.

    >>> joined_peers(6, 2).count
    6
    """
    first = PAIR * arange(leaves // PAIR)
    return matching(first, first + 1, links, same=True)


def shares(turn: Ints, among: Ints, shares: int) -> Ints:
    """Return the share of each of some things in a row: the first r take q + 1 neighbours, the others q."""
    each, rest = np.divmod(among, shares)
    wide = rest * (each + 1)
    share: Ints = np.where(turn < wide, turn // (each + 1), rest + (turn - wide) // np.maximum(each, 1))
    return share
