"""Demand: what a number of builds takes of each part, and how many builds a capacity is enough for."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from topogen.catalog.dies import good_dies
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.pieces import made_for_one, pieces_of, refuse_unknown_parts
from topogen.takeoff.take_off import is_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


@dataclass(frozen=True)
class Demand:
    """What builds take of one part, contained pieces included.

    Attributes
    ----------
    per_build
        Pieces in one build, fitted spares included.
    pieces
        Pieces to make for all builds: with spares, divided by the yield, rounded up.
    wafers
        Wafers for these pieces, None for what is not cut from one.
    capacity
        Pieces that can be made, None where it is not limited.
    enough_for
        Whole builds that the capacity is enough for.
    """

    part: str
    layer: str
    per_build: Fraction
    pieces: int
    wafers: int | None
    capacity: Fraction | None
    enough_for: int | None


@dataclass(frozen=True)
class Demands:
    """Demand for the parts of ``builds`` builds of ``gpus`` GPU packages each, part by part."""

    rows: tuple[Demand, ...]
    builds: int
    gpus: int

    @property
    def binding(self) -> Demand | None:
        """Return the part whose capacity is enough for the fewest builds."""
        limited = [row for row in self.rows if row.enough_for is not None]
        return min(limited, key=lambda row: row.enough_for or 0) if limited else None


def demand(  # noqa: PLR0913 - one argument an option
    fabric: Fabric,
    rollup: RollUp,
    *,
    builds: int = 1,
    capacity: Mapping[str, Fraction] | None = None,
    yields: Mapping[str, Fraction] | None = None,
    spares: Mapping[str, Fraction] | None = None,
    network: str = "",
    far_ends: Sequence[str] = (),
) -> Demands:
    """Return what builds of a fabric take of each part of the interconnect.

    Parameters
    ----------
    builds
        Builds of the file.
    capacity
        Pieces that can be made, by part id.
    yields
        Share of the pieces made that are good, by part id; default 1.
    spares
        Spare pieces as a share of those fitted, by part id; default 0.
    network
        Count only what links of this network take; what serves several networks counts in each.
    far_ends
        External link groups whose other end, outside the model, is counted too: it takes what this end takes.

    Raises
    ------
    InputError
        E658 for a part that the fabric does not take, E663 for a network or link group that it does not have.
    """
    needed = pieces_of(fabric, rollup, network, far_ends)
    given = {**(capacity or {}), **(yields or {}), **(spares or {})}
    refuse_unknown_parts(given, list(needed))
    rows = []
    for part in (name for name in fabric.catalog.parts if name in needed):
        made = needed[part] * made_for_one(part, yields or {}, spares or {})
        limit = (capacity or {}).get(part)
        found = fabric.catalog.parts[part]
        good = good_dies(found.die) if found.die else None
        pieces = ceil(made * builds)
        rows.append(
            Demand(
                part=part,
                layer=found.layer or "",
                per_build=needed[part],
                pieces=pieces,
                wafers=ceil(Fraction(pieces, good)) if good else None,
                capacity=limit,
                enough_for=None if limit is None else floor(limit / made),
            )
        )
    return Demands(tuple(rows), builds, n_gpus(fabric))


# Over periods


@dataclass(frozen=True)
class Deployment:
    """Racks of one fabric that are built in a period; ``period`` is any word."""

    period: str
    racks: int
    fabric: Fabric
    rollup: RollUp

    @property
    def builds(self) -> Fraction:
        """Return how many times the file is built."""
        return Fraction(self.racks, racks_of(self.fabric))


@dataclass(frozen=True)
class PeriodDemand:
    """Demand for one part in one period, or up to its end if demand is cumulated.

    Attributes
    ----------
    units
        Pieces fitted, contained pieces included, rounded up.
    units_with_yield
        Pieces to make so that these are good, rounded up.
    units_with_spares
        Pieces to make for these and their spares, rounded up.
    capacity
        Pieces that can be made, None where it is not stated.
    """

    period: str
    racks: int
    gpus: Fraction
    part: str
    units: int
    units_with_yield: int
    units_with_spares: int
    capacity: Fraction | None

    @property
    def utilisation(self) -> Fraction | None:
        """Return the pieces to make as a share of the capacity; None without one."""
        return self.units_with_spares / self.capacity if self.capacity else None

    @property
    def gap(self) -> Fraction | None:
        """Return the pieces that the capacity is short of, 0 if it is enough; None if it is not stated."""
        return None if self.capacity is None else max(self.units_with_spares - self.capacity, Fraction(0))


def racks_of(fabric: Fabric) -> int:
    """Return the racks that hold GPUs; all racks if none does."""
    racks = [place for place in fabric.places if place.level == "rack"]
    gpus = [group.path for group in fabric.groups if group.type.role == "gpu"]
    some = [place for place in racks if any(is_inside(path, place.path) for path in gpus)]
    return sum(place.count for place in some or racks)


def ramp_demand(  # noqa: PLR0913 - one argument an option
    deployments: Sequence[Deployment],
    *,
    capacity: Mapping[str, Fraction] | None = None,
    capacity_of: Mapping[tuple[str, str], Fraction] | None = None,
    yields: Mapping[str, Fraction] | None = None,
    spares: Mapping[str, Fraction] | None = None,
    network: str = "",
    far_ends: Sequence[str] = (),
    cumulate: bool = False,
) -> tuple[PeriodDemand, ...]:
    """Return what racks built over several periods take of each part, period by period.

    Parameters
    ----------
    deployments
        Racks by period; periods stay in the order in which they first appear.
    capacity, capacity_of
        Pieces that can be made in each period by part id, and by period and part id; the second counts where
        both are stated.
    yields, spares, network, far_ends
        As for `demand`; every fabric must have the network and the link groups.
    cumulate
        Whether demand and capacity are those of all periods up to each.

    Raises
    ------
    InputError
        E658 for a part that no fabric takes, E663 as for `demand`.
    """
    taken = _pieces_by_deployment(deployments, network, far_ends)
    parts = list(dict.fromkeys(part for pieces in taken for part in pieces))
    named = dict.fromkeys([*(capacity or {}), *(part for _, part in capacity_of or {})])
    refuse_unknown_parts({**named, **(yields or {}), **(spares or {})}, parts)
    rows: list[PeriodDemand] = []
    until: list[str] = []
    for period in dict.fromkeys(one.period for one in deployments):
        until = [*until, period] if cumulate else [period]
        some = [(one, pieces) for one, pieces in zip(deployments, taken, strict=True) if one.period in until]
        racks = sum(one.racks for one, _ in some)
        gpus = sum((n_gpus(one.fabric) * one.builds for one, _ in some), Fraction(0))
        for part in parts:
            units = sum((one.builds * pieces.get(part, 0) for one, pieces in some), Fraction(0))
            stated = [(capacity_of or {}).get((each, part), (capacity or {}).get(part)) for each in until]
            known = [one for one in stated if one is not None]
            rows.append(
                PeriodDemand(
                    period, racks, gpus, part, ceil(units),
                    ceil(units * made_for_one(part, yields or {}, {})),
                    ceil(units * made_for_one(part, yields or {}, spares or {})),
                    sum(known, Fraction(0)) if len(known) == len(stated) else None,
                )
            )  # fmt: skip
    return tuple(rows)


def _pieces_by_deployment(
    deployments: Sequence[Deployment], network: str, far_ends: Sequence[str]
) -> list[dict[str, Fraction]]:
    """Return the pieces in one build of each deployment; a fabric that is there twice is counted once."""
    found: dict[int, dict[str, Fraction]] = {}
    for one in deployments:
        if id(one.fabric) not in found:
            found[id(one.fabric)] = pieces_of(one.fabric, one.rollup, network, far_ends)
    return [found[id(one.fabric)] for one in deployments]
