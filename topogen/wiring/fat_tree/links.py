"""Who is joined to whom in a fat tree."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.runs import arange, cumcount, distinct, zeros
from topogen.records import dataclass
from topogen.wiring.block import Block, PatternError, biclique, degrees, repeat
from topogen.wiring.fat_tree.pairs import PAIR, pair_of_ends, shares
from topogen.wiring.fat_tree.sizes import refuse_size
from topogen.wiring.plan import EndPoints, one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.wiring.fat_tree.sizes import Leaves, Ports, Tier
    from topogen.wiring.plan import Units


@dataclass(frozen=True)
class Hosts:
    """Ends under their leaves.

    One port an end fills leaf after leaf of its rail, or blocks of neighbours where leaves are even; several
    are distributed over its leaves.
    Where some ends bring several, the links of all are distributed, end after end.

    >>> from topogen.wiring.fat_tree.sizes import Leaves
    >>> block = Hosts(EndPoints.uniform(4, rails=2), Leaves(1, 2, 1, 2, 2)).blocks[0]
    >>> block.b.device.tolist(), block.b.slot[0].tolist()
    ([0, 1, 0, 1], [0, 0, 1, 1])
    """

    ends: EndPoints
    leaves: Leaves
    extra: tuple[Block, ...] = ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Return the links of the ends to the leaves of their rails: ends x ports links.

        Units whose ends stand alike are copies of one block.
        """
        if self.ends.listed:
            return (_to_leaves(self.ends, self.leaves),)
        return tuple(block for kind in self.ends.kinds for block in self._units(kind))

    def _units(self, kind: Units) -> Iterator[Block]:
        """Yield the links of units alike: leaf after leaf where each rail fills its own, else as copies."""
        leaf = kind.number * self.leaves.per_unit
        if self.leaves.even or self.ends.ports > 1 or len(distinct(kind.rails)) < len(kind.rails):
            one = EndPoints.of(self.ends.ports, np.tile(kind.rails, kind.rounds), zeros(kind.size))
            yield repeat(_to_leaves(one, self.leaves), kind.first, leaf)
            return
        full, rest = divmod(kind.rounds, self.leaves.down)
        for rounds, leaves in ((self.leaves.down, arange(full)), (rest, np.array([full]))):
            if rounds and len(leaves):
                turn = leaves * (self.leaves.down * len(kind.rails))
                first = (kind.first[:, None] + turn[None, :]).ravel()
                yield repeat(self._rounds(kind, rounds), first, (leaf[:, None] + leaves[None, :]).ravel())

    def _rounds(self, kind: Units, rounds: int) -> Block:
        """Return the links of some rounds of ends to one leaf of each rail."""
        rail, count = np.tile(kind.rails, rounds), rounds * len(kind.rails)
        slot = np.repeat(arange(rounds), len(kind.rails))
        return one_by_one(arange(count), rail * self.leaves.per_rail, zeros(count), slot)

    def with_extra(self, extra: EndPoints) -> Hosts:
        """Return the hosts with further ends on the free leaf ports of their unit, leaf after leaf."""
        leaf, _ = self.free_ports()
        unit = leaf // self.leaves.per_unit
        end, port = np.divmod(arange(extra.count * extra.ports), extra.ports)
        place = np.searchsorted(unit, extra.unit[end]) + cumcount(extra.unit[end])
        short = (place >= len(leaf)) | (unit[np.minimum(place, len(leaf) - 1)] != extra.unit[end])
        if short.any():
            there = int(extra.unit[end[short.argmax()]])
            free, request = int((unit == there).sum()), int((extra.unit[end] == there).sum())
            message = f"extra_ends have {request} links in unit {there}, whose leaves have {free} ports free"
            raise PatternError("E201", message, "leave room for them: fewer ends in that unit")
        return replace(self, extra=(one_by_one(end, leaf[place], port, cumcount(leaf[place])),))

    def free_ports(self) -> tuple[Ints, Ints]:
        """Return the leaf of each port down that no end uses, and its turn among the free ones there."""
        used = degrees([*self.blocks, *self.extra], ("b",), self.leaves.count).full()
        leaf = np.repeat(arange(self.leaves.count), self.leaves.down - used)
        return leaf, cumcount(leaf)


def _to_leaves(ends: EndPoints, leaves: Leaves) -> Block:
    """Return the links of ends to the leaves of their rails, one by one.

    >>> from topogen.wiring.fat_tree.sizes import Leaves
    >>> _to_leaves(EndPoints.uniform(7), Leaves(1, 1, 3, 8, 8, even=True)).b.device.tolist()
    [0, 0, 0, 1, 1, 2, 2]
    """
    end = np.repeat(arange(ends.count), ends.ports if ends.each is None else ends.each)
    port = cumcount(end)
    rail = (ends.unit * leaves.rails + ends.rail)[end]
    turn = cumcount(rail)
    if leaves.paired:
        pairs = leaves.per_rail // PAIR
        pair = pair_of_ends(ends, pairs, leaves.down, even=leaves.even)
        inside = PAIR * pair[end] + port % PAIR
    elif ends.ports > 1:
        inside = turn % leaves.per_rail
    elif leaves.even:
        inside = shares(turn, np.bincount(rail)[rail], leaves.per_rail)
    else:
        inside = turn // leaves.down
    leaf = rail * leaves.per_rail + inside
    return one_by_one(end, leaf, port, cumcount(leaf))


def joins(tier: Tier) -> tuple[Block, ...]:
    """Return the links of a tier to the one below: a biclique for each pod and each j, as copies.

    >>> from topogen.wiring.fat_tree.sizes import Leaves, Ports, size_tiers
    >>> sum(block.count for block in joins(size_tiers(Leaves(1, 4, 1, 72, 72), [Ports(144, 0)])[0]))
    288
    """
    full = tier.pods if tier.last == tier.joined else tier.pods - 1
    pods = [(arange(full), tier.joined), (arange(tier.pods)[full:], tier.last)]
    return tuple(_join(tier, pod, joined) for pod, joined in pods if len(pod))


def _join(tier: Tier, pod: Ints, joined: int) -> Block:
    """Return the bicliques of some pods that join equally many lower pods."""
    block = biclique(joined, tier.group, tier.per_pair)
    apart = replace(block, a=replace(block.a, device=block.a.device * tier.width))
    turn = arange(tier.width)
    below = (pod[:, None] * (tier.joined * tier.width) + turn[None, :]).ravel()
    above = (pod[:, None] * tier.per_pod + turn[None, :] * tier.group).ravel()
    return repeat(apart, below, above)


@dataclass(frozen=True)
class UnevenTier:
    """A tier whose ``switches`` take links from below in turn; ``lower`` and ``upper``, shape (links,)."""

    switches: int
    lower: Ints
    upper: Ints

    @property
    def block(self) -> Block:
        """Return the links between the tiers."""
        return one_by_one(self.lower, self.upper, cumcount(self.lower), cumcount(self.upper))

    @property
    def is_complete(self) -> bool:
        """Return whether every lower switch has a link to every upper one."""
        return bool((np.bincount(self.lower) >= self.switches).all())

    @property
    def uneven(self) -> bool:
        """Return whether some lower switch has more links to one upper switch than to another."""
        every = np.bincount(self.lower)
        return bool((every % self.switches).any()) or bool((every != every[0]).any())


def deal(
    leaves: Leaves, above: Sequence[Ports], stated: tuple[int | None, int | None] = (None, None)
) -> list[UnevenTier]:
    """Return the tiers above the leaves with the least switches that hold the links, dealt in turn.

    Switches = ceil(links from below / ports down). Each sends up as many links as it takes from below or,
    where fewer ports face up than down, that share of them, rounded up.

    >>> from topogen.wiring.fat_tree.sizes import Leaves, Ports
    >>> [tier.switches for tier in deal(Leaves(1, 1, 391, 42, 22), [Ports(32, 32), Ports(64, 0)])]
    [269, 135]
    >>> [tier.switches for tier in deal(Leaves(1, 1, 12, 4, 4), [Ports(6, 2), Ports(8, 0)])]
    [8, 2]
    """
    if len(above) == 1 and leaves.count > above[0].down:
        refuse_size(leaves, above)
    tiers: list[UnevenTier] = []
    lower = np.repeat(arange(leaves.count), leaves.up)
    for number, ports in enumerate(above):
        top = number == len(above) - 1
        wanted = stated[number] if number < len(stated) else None
        needed = max(1, -(-len(lower) // ports.down))
        switches = wanted or needed
        if switches < needed:
            held = switches * ports.down
            message = f"{len(lower):,} links from below; {switches:,} switches hold {held:,}"
            raise PatternError("E204", message, f"at least {needed:,}, or leave the number out")
        upper = arange(len(lower)) % switches
        tiers.append(UnevenTier(switches, lower, upper))
        taken = np.bincount(upper, minlength=switches)
        share = taken if top or ports.up >= ports.down else -(-taken * ports.up // ports.down)
        lower = np.repeat(arange(switches), share)
    if tiers:
        _refuse_parts(leaves.count, tiers)
    return tiers


def _refuse_parts(leaves: int, tiers: Sequence[UnevenTier]) -> None:
    """Raise where links dealt in turn leave switches that no path connects."""
    first = np.cumsum([0, leaves, *(tier.switches for tier in tiers)])
    a = np.concatenate([tier.lower + first[number] for number, tier in enumerate(tiers)])
    b = np.concatenate([tier.upper + first[number + 1] for number, tier in enumerate(tiers)])
    part, before = arange(int(first[-1])), None
    while before is None or (part != before).any():
        before = part.copy()
        np.minimum.at(part, a, part[b])
        np.minimum.at(part, b, part[a])
        part = part[part]
    if parts := len(distinct(part)) - 1:
        message = f"links dealt in turn leave {parts + 1} parts that no path connects"
        raise PatternError("E204", message, "write even: true, or use switches with more ports")
