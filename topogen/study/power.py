"""Power: the watts of a fabric by device, part, network, tier, medium and rack; each split adds up.

Watts are those of the parts, as in the BOM. Racks have those of their devices, modules, engines and light,
and half of each cable at each end, as for the power budget of a rack.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.catalog.pricing import NOTHING, plus, scaled
from topogen.errors import InputError, Problem, nearest
from topogen.figures.revalued import with_values
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.power import POWERED, power_by_scope, total_power
from topogen.takeoff.rack_power import rack_draws
from topogen.takeoff.take_off import network_share
from topogen.units import MM_PER_M, Triple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.power import ScopePower
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp

BOUNDARIES = {"engine": "engine", "els": "laser"}
"""Boundaries of recipe lines; other lines of the interconnect have ``module``, devices ``device``."""
SPLITS = ("scope", "device", "part", "boundary", "network", "tier", "medium", "rack")
NO_RACK = "no one rack"
SCOPE_WORDS = {"network_device": "network devices", "host": "hosts"}


@dataclass(frozen=True)
class Draw:
    """What the pieces of one part draw that serve the same links, or are the same devices.

    ``device`` is the device type or place bought, empty for the interconnect. Spares are fitted dark.
    """

    cost_scope: str
    device: str
    part: str
    boundary: str
    network: str
    tier: str
    medium: str
    count: int
    each: Triple

    @property
    def watts(self) -> Triple:
        """Return the watts of all pieces."""
        return scaled(self.each, Fraction(self.count))


@dataclass(frozen=True)
class RackPower:
    """What one rack draws, by cost scope; ``row`` is empty where no row holds it.

    ``unknown`` names what in it has no known watts, so that its sum is a lower bound.
    """

    rack: str
    row: str
    gpus: int
    watts_by_scope: dict[str, Triple]
    unknown: tuple[str, ...] = ()

    @property
    def watts(self) -> Triple:
        """Return the watts of all scopes together."""
        return _sum(self.watts_by_scope.values())


@dataclass(frozen=True)
class Power:
    """The power of a fabric.

    ``racks`` are those with devices, ``unplaced`` is the rest: what stands in no rack, is shared by several,
    or belongs to the far end of an external link.

    ``floor_m2`` and ``row_m`` are the area and the length of the rows, at the pitch of racks and rows; None
    where the file does not give a pitch, or stands a rack in no row.
    """

    draws: tuple[Draw, ...]
    racks: tuple[RackPower, ...]
    unplaced: RackPower
    total: ScopePower
    gpus: int
    row_m: Fraction | None
    floor_m2: Fraction | None

    def split(self, by: str) -> dict[str, Triple]:
        """Return the watts by one of `SPLITS`; they add up to the total."""
        found: dict[str, Triple] = {}
        for key, watts in self._shares(by):
            found[key] = plus(found.get(key, NOTHING), watts)
        return found

    def _shares(self, by: str) -> Iterator[tuple[str, Triple]]:
        if by == "rack":
            racks = (*self.racks, *([self.unplaced] if self.unplaced.watts_by_scope else []))
            yield from ((one.rack, one.watts) for one in racks)
            return
        for draw in self.draws:
            yield _key(draw, by), draw.watts

    @property
    def per_rack(self) -> tuple[RackPower, Fraction] | None:
        """Return the rack that draws most, and the mean of all racks in W; None without a rack."""
        if not self.racks:
            return None
        most = max(self.racks, key=lambda rack: rack.watts.base)
        return most, _sum(rack.watts for rack in self.racks).base / len(self.racks)


def _key(draw: Draw, by: str) -> str:
    if by == "scope":
        return draw.cost_scope
    if by == "device":
        return draw.device or "interconnect"
    return str(getattr(draw, by)) or SCOPE_WORDS.get(draw.cost_scope, draw.cost_scope)


def _sum(values: Iterable[Triple]) -> Triple:
    total = NOTHING
    for value in values:
        total = plus(total, value)
    return total


def power(fabric: Fabric, rollup: RollUp, watts: Mapping[str, Fraction] | None = None) -> Power:
    """Return the power of a fabric and of its racks.

    A system bought whole is not counted beside the devices inside it.

    Parameters
    ----------
    watts
        Watts of one piece that replace those of the catalog, by part id.

    Raises
    ------
    InputError
        E660 for a part of ``watts`` that is not in the fabric.
    """
    known = list(dict.fromkeys(row.part for row in rollup.quantities if row.part))
    fabric = _with_watts(fabric, known, watts or {})
    draws = tuple(_draws(fabric, rollup.quantities))
    racks, unplaced = _racks(fabric, rollup.quantities, draws)
    row_m, floor_m2 = _floor(fabric)
    total = total_power(power_by_scope(fabric, rollup.quantities))
    return Power(draws, racks, unplaced, total, n_gpus(fabric), row_m, floor_m2)


def _with_watts(fabric: Fabric, known: Sequence[str], watts: Mapping[str, Fraction]) -> Fabric:
    """Return a fabric whose catalog has the watts given."""
    problems = [
        Problem("E660", f'the fabric has no part "{part}"', hint=nearest(part, known))
        for part in watts
        if part not in known
    ]
    if problems:
        raise InputError(problems)
    given = {(part, "power_w"): value for part, value in watts.items()}
    return replace(fabric, catalog=with_values(fabric.catalog, given))


def _draws(fabric: Fabric, quantities: Sequence[Quantity]) -> Iterator[Draw]:
    for row in quantities:
        watts = fabric.catalog.parts[row.part].power_w if row.part else None
        if row.cost_scope not in POWERED or not row.part or watts is None or not row.qty_active:
            continue
        inside = row.cost_scope == "interconnect"
        yield Draw(
            cost_scope=row.cost_scope,
            device="" if inside else ", ".join(dict.fromkeys(one.host for one in row.classes)),
            part=row.part,
            boundary=BOUNDARIES.get(row.line, "module") if inside else "device",
            network=network_share(row),
            tier=f"{row.network}, tier {'+'.join(map(str, row.tiers))}" if inside else "",
            medium=row.medium,
            count=row.qty_active,
            each=watts,
        )


# Racks


def _racks(
    fabric: Fabric, quantities: Sequence[Quantity], draws: Sequence[Draw]
) -> tuple[tuple[RackPower, ...], RackPower]:
    """Return the racks with devices, and the rest of the watts, which stand in no one rack."""
    rack, racks = fabric.sites.rack, fabric.sites.racks
    held: list[dict[str, Triple]] = [{} for _ in racks]
    unknown: list[dict[str, None]] = [{} for _ in racks]
    for draw in rack_draws(fabric, quantities):
        watts = fabric.catalog.parts[draw.part].power_w if draw.part else None
        for at in np.flatnonzero(draw.pieces).tolist():
            if watts is None or draw.each is None:
                unknown[at][draw.name] = None
                continue
            pieces = Fraction(int(draw.pieces[at]), draw.parts)
            held[at][draw.cost_scope] = plus(held[at].get(draw.cost_scope, NOTHING), watts, pieces)
    gpus = np.zeros(len(racks), np.int64)
    for group in fabric.groups:
        if group.type.role == "gpu":
            gpus += _counts(rack[group.first : group.first + group.count], len(racks))
    found = tuple(
        RackPower(racks[at].name, racks[at].row, int(gpus[at]), held[at], tuple(unknown[at]))
        for at in np.flatnonzero(_counts(rack, len(racks))).tolist()
    )
    return found, RackPower(NO_RACK, "", n_gpus(fabric) - int(gpus.sum()), _rest(draws, found))


def _counts(rack: Ints, racks: int) -> Ints:
    """Return how often each rack occurs; -1, no rack, is left out."""
    return np.bincount(rack[rack >= 0], minlength=racks)


def _rest(draws: Sequence[Draw], racks: Sequence[RackPower]) -> dict[str, Triple]:
    """Return the watts of each scope that are in none of the racks."""
    rest: dict[str, Triple] = {}
    for draw in draws:
        rest[draw.cost_scope] = plus(rest.get(draw.cost_scope, NOTHING), draw.watts)
    for rack in racks:
        for scope, watts in rack.watts_by_scope.items():
            rest[scope] = plus(rest[scope], watts, Fraction(-1))
    return {scope: watts for scope, watts in rest.items() if watts != NOTHING}


def _floor(fabric: Fabric) -> tuple[Fraction | None, Fraction | None]:
    """Return the length of all rows in m and their area in m2, at the pitch of racks and rows."""
    layout = fabric.spec.layout
    rows = fabric.sites.row
    if layout is None or layout.rack_pitch is None or not len(rows) or bool((rows < 0).any()):
        return None, None
    length = Fraction(len(rows) * layout.rack_pitch, MM_PER_M)
    return length, length * layout.row_pitch / MM_PER_M if layout.row_pitch else None
