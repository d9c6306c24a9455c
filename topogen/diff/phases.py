"""What each phase of an installation buys, pulls and touches again, and in which phase each cable is laid.

A cable stays the same cable while one of its lines keeps a port and its medium, part and length; where its
ends change it is re-terminated. What is taken out in a phase is used again in that phase only.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.cabling.port_uses import port_uses
from topogen.catalog.pricing import high, low, scaled
from topogen.diff.cables import cables_diff, kept_lines
from topogen.diff.parts import PRICED, parts_diff
from topogen.records import dataclass
from topogen.schedule.cable_ids import device_codes, id_number
from topogen.schedule.cable_lines import CableLines, scheduled
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.diff.cables import CableChange, Work
    from topogen.diff.parts import PartChange
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

PART_LINKS = 1 << 20


class Laid(NamedTuple):
    """The cables of a design: their ids, ascending, and the number of the phase in which each was laid."""

    ids: Ints
    phase: Ints

    def of(self, ids: Ints) -> Ints:
        """Return the phase of some cables."""
        return np.asarray(self.phase[np.searchsorted(self.ids, ids)])


class Recabled(NamedTuple):
    """A line of a cable that is touched after it was laid, and the phase in which it had been."""

    work: Work
    laid_in: str
    change: CableChange


class CableStep(NamedTuple):
    """What a phase does to cables, a splitter being one; replaced ones are removed and pulled.

    ``recabled`` are the lines of cables that were laid before, ``laid`` all cables after it.
    """

    pulled: int
    re_terminated: int
    removed: int
    relabelled: int
    recabled: tuple[Recabled, ...]
    laid: Laid


@dataclass(frozen=True)
class Phase:
    """A phase: its design, and what it changes of the design before."""

    fabric: Fabric
    rollup: RollUp
    parts: tuple[PartChange, ...]
    cables: CableStep

    @property
    def name(self) -> str:
        """Return its name."""
        return self.fabric.phase

    @property
    def need_by(self) -> str:
        """Return the day by which its parts must be there."""
        return str(self.fabric.spec.need_by)

    @property
    def switch_ports(self) -> tuple[int, int]:
        """Return the ports of its switches, and how many of them no link uses yet."""
        kinds = {group.type.name for group in self.fabric.groups if group.type.role == "switch"}
        uses = [use for use in port_uses(self.fabric) if use.type in kinds]
        return sum(use.used + use.free for use in uses), sum(use.free for use in uses)

    @property
    def usd(self) -> tuple[Fraction, Fraction, Fraction]:
        """Return low, base and high price of what is bought and has one; hosts and systems are not summed."""
        priced = [(self.unit_of(one), bought(one)) for one in self.parts]
        costs = [scaled(unit, Fraction(pieces)) for unit, pieces in priced if unit]
        nothing = Fraction(0)
        return (
            sum(map(low, costs), nothing),
            sum((one.base for one in costs), nothing),
            sum(map(high, costs), nothing),
        )

    def unit_of(self, one: PartChange) -> Triple | None:
        """Return the price per piece of a part whose cost is summed."""
        return self._units.get((one.part, one.length_mm)) if one.cost_scope in PRICED else None

    @cached_property
    def _units(self) -> dict[tuple[str, int | None], Triple | None]:
        return {(one.part, one.length_mm): one.unit for one in self.rollup.lines}

    @property
    def gaps(self) -> int:
        """Return how many gaps make the price of the design a lower bound."""
        return sum(gap.lacks_price for gap in self.rollup.gaps)


def bought(one: PartChange) -> int:
    """Return the pieces of a part that a phase adds."""
    return max(0, one.qty_new - one.qty_old)


def taken_out(one: PartChange) -> int:
    """Return the pieces of a part that a phase removes."""
    return max(0, one.qty_old - one.qty_new)


def phases_of(fabric: Fabric, rollup: RollUp, *, all_links: bool = False) -> tuple[Phase, ...]:
    """Return the phases of a fabric, in their order; none if its file has none."""
    if not fabric.phase:
        return ()
    designs = (*fabric.earlier, fabric)
    rolled = [*map(roll_up, fabric.earlier), rollup]
    empty = replace(rolled[0], lines=())
    parts = [tuple(parts_diff(old, new)) for old, new in pairwise([empty, *rolled])]
    steps = cable_steps(fabric, all_links=all_links)
    return tuple(map(Phase, designs, rolled, parts, steps))


def cable_steps(fabric: Fabric, *, all_links: bool = False) -> list[CableStep]:
    """Return what each phase of a fabric does to its cables."""
    designs = (*fabric.earlier, fabric)
    ids = _ids(designs[0], all_links=all_links)
    found = [CableStep(len(ids), 0, 0, 0, (), Laid(ids, np.zeros(len(ids), np.int64)))]
    for old, new in pairwise(designs):
        found.append(_next([one.phase for one in designs], found, (old, new), all_links=all_links))
    return found


def _next(
    names: Sequence[str], done: list[CableStep], both: tuple[Fabric, Fabric], *, all_links: bool
) -> CableStep:
    """Return what the phase after those done does to cables."""
    laid, changes = done[-1].laid, cables_diff(*both, all_links=all_links)
    ids = _ids(both[1], all_links=all_links)
    old, new = _same_cables(*both, changes, all_links=all_links)
    phase = np.full(len(ids), len(done), np.int64)
    phase[np.searchsorted(ids, new)] = laid.of(old)
    relabelled = {one.new.id for one in changes if one.work == "relabel" and one.new}
    return CableStep(
        pulled=len(ids) - len(new),
        re_terminated=len({*new[old != new].tolist(), *_with_new_legs(changes, (old, new))}),
        removed=len(laid.ids) - len(old),
        relabelled=len(relabelled),
        recabled=tuple(_recabled(changes, laid, (old, new), names)),
        laid=Laid(ids, phase),
    )


def _with_new_legs(changes: list[CableChange], same: tuple[Ints, Ints]) -> set[int]:
    """Return the ids after a phase of cables that stay and of which a leg is plugged or unplugged."""
    after = dict(zip(*(side.tolist() for side in same), strict=True))
    stay = {after.get(id_number(one.old.id)) for one in changes if one.change == "leg_removed" and one.old}
    come = {id_number(one.new.id) for one in changes if one.change == "leg_added" and one.new}
    return {one for one in (*stay, *come) if one is not None}


def _ids(fabric: Fabric, *, all_links: bool) -> Ints:
    """Return the ids of the cables of a schedule, ascending."""
    codes = device_codes(fabric)
    groups = scheduled(fabric, all_links=all_links)
    parts = [part.cable for group in groups for part in CableLines(fabric, group).parts(PART_LINKS, codes)]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *(one.astype(np.int64) for one in parts)]))


def _same_cables(
    old: Fabric, new: Fabric, changes: list[CableChange], *, all_links: bool
) -> tuple[Ints, Ints]:
    """Return the ids of cables that stay, in both designs, each cable once."""
    kept = np.stack(kept_lines(old, new, all_links=all_links), axis=1)
    ends: dict[str, list[tuple[int, int]]] = {"replace": [], "re-terminate": []}
    for one in changes:
        if one.work in ends and one.old and one.new:
            ends[one.work].append((id_number(one.old.id), id_number(one.new.id)))
    moved, replaced = (np.array(ends[work], np.int64).reshape(-1, 2) for work in ("re-terminate", "replace"))
    pairs = np.concatenate([kept, moved])
    if len(replaced):
        gone = np.isin(pairs[:, 0], replaced[:, 0]) & np.isin(pairs[:, 1], replaced[:, 1])
        pairs = pairs[~gone]
    pairs = pairs[np.argsort(pairs[:, 0] != pairs[:, 1], kind="stable")]  # those with all their ends first
    for side in (0, 1):
        pairs = pairs[np.sort(np.unique(pairs[:, side], return_index=True)[1])]
    return pairs[:, 0], pairs[:, 1]


def _recabled(
    changes: list[CableChange], laid: Laid, same: tuple[Ints, Ints], names: Sequence[str]
) -> list[Recabled]:
    """Return the lines of cables that were laid before and are touched, also those of a further leg."""
    after = dict(zip(same[1].tolist(), same[0].tolist(), strict=True))
    stay = set(same[0].tolist())
    found = []
    for one in changes:
        number = id_number(one.old.id) if one.old else after.get(id_number(one.new.id) if one.new else -1)
        if number is None:
            continue  # a cable that is laid in this phase
        work: Work = "re-terminate" if _is_leg(one, number, stay) else one.work
        found.append(Recabled(work, names[int(laid.of(np.array([number]))[0])], one))
    return found


def _is_leg(one: CableChange, number: int, stay: set[int]) -> bool:
    """Return whether only a leg of a cable that stays is added or removed."""
    return one.old is None or (one.new is None and number in stay)
