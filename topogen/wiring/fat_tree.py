"""``fat_tree`` of two tiers: leaves that face the ends, spines that join the leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.wiring.block import Block, BlockSide, Ints, PatternError, biclique, none, occurrence, run

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class FatTree:
    """Sizes of a two-tier fat tree: ``per_pair`` links join every leaf to every spine."""

    rails: int
    leaves_per_rail: int
    down: int
    up: int
    spines: int
    per_pair: int

    @property
    def leaves(self) -> int:
        """Return the number of leaves."""
        return self.rails * self.leaves_per_rail


@dataclass(frozen=True)
class Asked:
    """What the file asks of a fat tree; None is chosen here."""

    down: int
    up: int
    spine_ports: int
    spines: int | None = None
    even: bool = True


def size_fat_tree(links_by_rail: Sequence[int], asked: Asked) -> FatTree:
    """Return the sizes for so many host links on each rail.

    Leaves a rail = ceil(links / down). Spines = the smallest divisor of a leaf's uplinks that is not below
    leaves x up / spine ports, so that every leaf has equally many links to every spine; with ``even`` off,
    that division rounded up. Switches L + S; links N at the hosts and L x up between the tiers. Source of the
    divisor rule: NVIDIA RA-11333-001 V11, tables 3 and 4.

    >>> size_fat_tree([72] * 4, Asked(72, 72, 144))
    FatTree(rails=4, leaves_per_rail=1, down=72, up=72, spines=2, per_pair=36)
    >>> size_fat_tree([95] * 8, Asked(32, 32, 64)).spines
    16
    """
    leaves_per_rail = max(-(-links // asked.down) for links in links_by_rail)
    leaves = len(links_by_rail) * leaves_per_rail
    needed = max(1, -(-leaves * asked.up // asked.spine_ports))
    spines = asked.spines or _even(asked.up, needed)
    if asked.up % spines:
        divisors = ", ".join(str(n) for n in range(1, asked.up + 1) if asked.up % n == 0)
        message = f"{asked.up} uplinks of a leaf do not divide evenly over {spines} spines"
        raise PatternError("E204", message, f"spines: one of {divisors}")
    per_pair = asked.up // spines
    if leaves * per_pair > asked.spine_ports:
        limit = asked.spine_ports * asked.down
        message = (
            f"{leaves} leaves x {per_pair} = {leaves * per_pair} links at each of {spines} spines, "
            f"which have {asked.spine_ports} ports; two tiers of these switches reach {limit:,} host links"
        )
        hint = "use switches with more ports or fewer ends"
        raise PatternError("E204", message, f"{hint}, or leave spines out" if asked.spines else hint)
    return FatTree(len(links_by_rail), leaves_per_rail, asked.down, asked.up, spines, per_pair)


def _even(up: int, needed: int) -> int:
    """Return the smallest divisor of ``up`` not below ``needed``; ``up`` itself if there is none."""
    return next((count for count in range(needed, up + 1) if up % count == 0), up)


def hosts(rail: Ints, ports: int, tree: FatTree) -> Block:
    """Return the links of ends to the leaves of their rails: ends x ports links.

    ``rail``, shape (ends,), is the rail of each end. One port an end fills leaf after leaf; several are dealt
    over the leaves of the rail, so that one leaf does not hold an end alone.

    >>> block = hosts(np.array([0, 1, 0, 1]), 1, FatTree(2, 1, 2, 2, 1, 2))
    >>> block.b.device.tolist(), block.b.slot[0].tolist()
    ([0, 1, 0, 1], [0, 0, 1, 1])
    """
    end, port = np.divmod(run(len(rail) * ports), ports)
    turn = occurrence(rail[end])
    inside = turn // tree.down if ports == 1 else turn % tree.leaves_per_rail
    leaf = rail[end] * tree.leaves_per_rail + inside
    return Block((len(end),), BlockSide(0, end, (port,)), BlockSide(0, leaf, (occurrence(leaf),)))


def leaf_spine(tree: FatTree) -> Block:
    """Return the links between the tiers: leaves x up.

    >>> leaf_spine(size_fat_tree([72] * 4, Asked(72, 72, 144))).count
    288
    """
    return biclique(tree.leaves, tree.spines, tree.per_pair)


def rails_of(position: Ints, rails_by: str | None) -> Ints:
    """Return the rail of each end: its number in its place of ``rails_by``, or one rail for all."""
    return position if rails_by else none(len(position))
