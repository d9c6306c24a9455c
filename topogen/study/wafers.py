"""Wafers: the dies that builds take, the wafers they are cut from, and what the wafers cost."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from topogen.catalog.dies import good_dies, gross_readings, implied, yield_share
from topogen.catalog.pricing import NOTHING, plus, scaled
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.pieces import made_for_one, pieces_of, refuse_unknown_parts
from topogen.takeoff.rests_on import Stated, in_words, shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.dies import GrossDies
    from topogen.catalog.model import Catalog, Part, Provenance
    from topogen.model.fabric import Fabric
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

WAFER = "wafer_price_usd"
CHIP_LAYERS = ("laser_chip", "pic_foundry", "eic", "dsp")
"""Layers of the value chain whose parts are cut from wafers, whether or not the catalog has their die."""


@dataclass(frozen=True)
class Wafers:
    """The wafers for one kind of die; None is what the catalog does not say.

    Attributes
    ----------
    units
        Dies to make, as in `demand`: with spares, divided by the yield after the wafer, rounded up.
    gross
        Dies per wafer, good and bad, and how they are counted.
    yield_share
        Good dies as a share of the gross dies: stated, from the defect density, or implied by the good dies.
    is_implied
        Whether the yield is implied by a stated number of good dies.
    wafers
        Whole wafers.
    said
        Source, date and confidence of the die.
    """

    part: str
    units: int
    said: Provenance
    wafer: str = ""
    area_mm2: Fraction | None = None
    gross: GrossDies | None = None
    yield_share: Fraction | None = None
    is_implied: bool = False
    good: int | None = None
    wafers: int | None = None
    wafer_price_usd: Triple | None = None

    @property
    def spend_usd(self) -> Triple | None:
        """Return the price of the wafers."""
        if self.wafers is None or self.wafer_price_usd is None:
            return None
        return scaled(self.wafer_price_usd, Fraction(self.wafers))


@dataclass(frozen=True)
class WafersOfBuilds:
    """The wafers for the dies of ``builds`` builds of ``gpus`` GPU packages each."""

    rows: tuple[Wafers, ...]
    builds: int
    gpus: int

    @property
    def spend_usd(self) -> Triple:
        """Return the price of all wafers whose price is known."""
        total = NOTHING
        for row in self.rows:
            total = plus(total, row.spend_usd or NOTHING)
        return total

    @property
    def prices(self) -> tuple[Footnote, ...]:
        """Return the wafer prices that the spend rests on."""
        known = [(row, row.spend_usd) for row in self.rows if row.spend_usd is not None]
        return shared(
            {
                Stated(row.part, WAFER, row.wafer_price_usd, replace(row.said, basis=None)): usd.base
                for row, usd in known
            }
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the parts whose wafers or price are not known."""
        return tuple(row.part for row in self.rows if row.spend_usd is None)


def wafers(  # noqa: PLR0913 - one argument an option
    fabric: Fabric,
    rollup: RollUp,
    *,
    builds: int = 1,
    yields: Mapping[str, Fraction] | None = None,
    spares: Mapping[str, Fraction] | None = None,
    network: str = "",
    far_ends: Sequence[str] = (),
) -> WafersOfBuilds:
    """Return the wafers that builds of a fabric take.

    Parameters
    ----------
    builds, spares, network, far_ends
        As for `demand`.
    yields
        Share of the dies that is good after the wafer, by part id; default 1. The yield of the wafer is that
        of the die in the catalog.

    Raises
    ------
    InputError
        E658 for a part that the fabric does not take, E663 for a network or link group that it does not have.
    """
    needed = pieces_of(fabric, rollup, network, far_ends)
    refuse_unknown_parts({**(yields or {}), **(spares or {})}, list(needed))
    found = [part for name, part in fabric.catalog.parts.items() if name in needed and _is_chip(part)]
    rows = (
        _wafers(
            fabric.catalog,
            part,
            ceil(needed[part.id] * builds * made_for_one(part.id, yields or {}, spares or {})),
        )
        for part in found
    )
    return WafersOfBuilds(tuple(rows), builds, n_gpus(fabric))


def _is_chip(part: Part) -> bool:
    return part.die is not None or (part.layer in CHIP_LAYERS and not part.alternates)


def _wafers(catalog: Catalog, part: Part, units: int) -> Wafers:
    die = part.die
    if die is None:
        return Wafers(part.id, units=units, said=in_words(catalog, part.says("price_usd")))
    good, claimed = good_dies(die), next(implied(die), None)
    return Wafers(
        part=part.id,
        wafer=die.wafer,
        area_mm2=die.area_mm2,
        gross=next(gross_readings(die), None),
        yield_share=claimed.yield_share if claimed else yield_share(die),
        is_implied=claimed is not None,
        good=good,
        units=units,
        wafers=ceil(Fraction(units, good)) if good else None,
        wafer_price_usd=die.wafer_price_usd,
        said=in_words(catalog, part.says("price_usd")),
    )
