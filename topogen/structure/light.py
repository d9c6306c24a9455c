"""Light: what optical links lose against their budget, and what a laser leaves for each of its lanes."""

from __future__ import annotations

from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING

from topogen.catalog.pricing import contents
from topogen.media.fit import cable_of
from topogen.media.patching import mated_pairs
from topogen.records import dataclass
from topogen.units import MM_PER_KM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Catalog, Line, Loss, Medium
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@dataclass(frozen=True)
class LossRow:
    """The longest links of a group against their budget, in dB, exact.

    ``connectors`` is how many mated pairs the catalog puts on a link, None where it does not say: then
    ``margin_db`` is before connectors. ``most_connectors`` is how many the budget has room for.
    ``shuffle_db`` is the loss of a shuffle cord, 0 without one, None where the catalog does not say it.
    """

    group: str
    medium: str
    length_mm: int
    budget_db: Fraction
    fibre_db: Fraction
    connector_db: Fraction
    connectors: int | None
    shuffle_db: Fraction | None = Fraction(0)

    @property
    def margin_db(self) -> Fraction:
        """Return the budget less fibre, and connectors and shuffle cord as far as they are known."""
        return self._left_db - self.connector_db * (self.connectors or 0)

    @property
    def estimate_db(self) -> Fraction | None:
        """Return fibre, connectors and shuffle cord, None if the catalog does not say it of one of them."""
        if self.connectors is None or self.shuffle_db is None:
            return None
        return self.budget_db - self.margin_db

    @property
    def _left_db(self) -> Fraction:
        return self.budget_db - self.fibre_db - (self.shuffle_db or 0)

    @property
    def most_connectors(self) -> int | None:
        """Return floor((budget - fibre - shuffle) / connector): pairs that fit; None if they lose nothing."""
        if not self.connector_db:
            return None
        return max(0, self._left_db // self.connector_db)


@dataclass(frozen=True)
class LaserRow:
    """One laser of a medium's light sources: its output shared by ``lanes`` lanes."""

    medium: str
    laser: str
    output_mw: Fraction
    lanes: Fraction

    @property
    def dbm(self) -> float:
        """Return the output in dBm: 10 log10 of the milliwatts."""
        return 10 * log10(self.output_mw)

    @property
    def dbm_a_lane(self) -> float:
        """Return what is left for a lane before any loss: the output less 10 log10 of the lanes a laser."""
        return self.dbm - 10 * log10(self.lanes)


def loss_rows(fabric: Fabric) -> tuple[LossRow, ...]:
    """Return the loss of the longest links of each group whose medium says what is lost.

    Fibre and connectors are those of the a end's medium, the budget the lesser of both ends'.
    """
    return tuple(row for group in fabric.links for row in _loss_of_group(fabric, group))


def _loss_of_group(fabric: Fabric, group: LinkGroup) -> Iterator[LossRow]:
    lengths = group.lengths.span_mm
    row = loss_of(fabric, group, lengths[1]) if lengths else None
    if row:
        yield row


def loss_of(fabric: Fabric, group: LinkGroup, length_mm: int | None) -> LossRow | None:
    """Return the loss of a link of a group at a length, None if it or the loss of its medium is unknown."""
    media = [fabric.catalog.media[name] for name in group.media or ()]
    known: list[Loss] = [medium.loss for medium in media if medium.loss]
    if not known or length_mm is None:
        return None
    line = known[0]
    connectors = line.connectors
    if group.through:
        connectors = (connectors or 0) + mated_pairs(fabric.catalog, group)
    return LossRow(
        group=group.name,
        medium=" / ".join(dict.fromkeys(group.media or ())),
        length_mm=length_mm,
        budget_db=min(loss.budget_db for loss in known),
        fibre_db=line.fibre_db_per_km * Fraction(length_mm, MM_PER_KM),
        connector_db=line.connector_db,
        connectors=connectors,
        shuffle_db=_of_shuffle_cord(fabric, group, media[0]) if group.shuffle else Fraction(0),
    )


def _of_shuffle_cord(fabric: Fabric, group: LinkGroup, medium: Medium) -> Fraction | None:
    """Return the loss of one pass through the shuffle cord of links, None if it is not known."""
    cords = (cable_of(fabric, group, line).part for line in medium.recipe.values() if line.per == "link")
    part = next(cords, None)
    return fabric.catalog.parts[part].loss_db if part else None


def laser_rows(fabric: Fabric) -> tuple[LaserRow, ...]:
    """Return the lasers of each medium in use whose light sources say how many lanes they serve."""
    names = dict.fromkeys(name for group in fabric.links for name in group.media or ())
    return tuple(
        row for name in names for row in _lasers_of_medium(fabric.catalog, fabric.catalog.media[name])
    )


def _lasers_of_medium(catalog: Catalog, medium: Medium) -> Iterator[LaserRow]:
    line = medium.recipe.get("els")
    if line is None or not isinstance(line.part, str):
        return
    lanes = _lanes_served(medium, line)
    for name, count in contents(catalog, line.part).items():
        output = catalog.parts[name].output_mw
        if output and lanes:
            yield LaserRow(medium.id, name, Fraction(output.base), lanes / (count * line.qty))


def _lanes_served(medium: Medium, line: Line) -> Fraction | None:
    """Return how many lanes one piece of a line serves, through the lines it serves."""
    if line.serves is None:
        return None
    number, what = line.serves
    if what == "lanes":
        return Fraction(number)
    below = _lanes_served(medium, medium.recipe[what])
    return None if below is None else number * below / medium.recipe[what].qty
