"""Demand: what a number of builds takes of each part, and how many builds a capacity is enough for."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from topogen.catalog.dies import good_dies
from topogen.catalog.pricing import contents
from topogen.errors import InputError, Problem, nearest
from topogen.model.fabric import n_gpus
from topogen.records import dataclass

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


def demand(
    fabric: Fabric,
    rollup: RollUp,
    *,
    builds: int = 1,
    capacity: Mapping[str, Fraction] | None = None,
    yields: Mapping[str, Fraction] | None = None,
    spares: Mapping[str, Fraction] | None = None,
) -> Demands:
    """Return what builds of a fabric take of each part of the interconnect.

    Parameters
    ----------
    capacity
        Pieces that can be made, by part id.
    yields
        Share of the pieces made that are good, by part id; default 1.
    spares
        Spare pieces as a share of those fitted, by part id; default 0.

    Raises
    ------
    InputError
        E658 for a part that the fabric does not take.
    """
    needed = pieces_of(fabric, rollup)
    given = {**(capacity or {}), **(yields or {}), **(spares or {})}
    _refuse_unknown(given, list(needed))
    rows = []
    for part in (name for name in fabric.catalog.parts if name in needed):
        factor = (1 + (spares or {}).get(part, Fraction(0))) / (yields or {}).get(part, Fraction(1))
        made = needed[part] * factor
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


def pieces_of(fabric: Fabric, rollup: RollUp) -> dict[str, Fraction]:
    """Return the pieces of each part of the interconnect, bought or contained at any depth."""
    found: dict[str, Fraction] = {}
    for row in rollup.quantities:
        if row.part and row.cost_scope == "interconnect":
            for part, each in {row.part: Fraction(1), **contents(fabric.catalog, row.part)}.items():
                found[part] = found.get(part, Fraction(0)) + row.qty * each
    return {part: pieces for part, pieces in found.items() if pieces}


def _refuse_unknown(given: Mapping[str, Fraction], known: Sequence[str]) -> None:
    problems = [
        Problem("E658", f'the interconnect has no part "{part}"', hint=nearest(part, known))
        for part in given
        if part not in known
    ]
    if problems:
        raise InputError(problems)
