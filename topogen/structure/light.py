"""Light: what optical links lose against their budget, and what a laser leaves for each of its lanes."""

from __future__ import annotations

from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING

from topogen.catalog.pricing import contents
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
    """

    group: str
    medium: str
    length_mm: int
    budget_db: Fraction
    fibre_db: Fraction
    connector_db: Fraction
    connectors: int | None

    @property
    def margin_db(self) -> Fraction:
        """Return the budget less fibre and the connectors that are known."""
        return self.budget_db - self.fibre_db - self.connector_db * (self.connectors or 0)

    @property
    def estimate_db(self) -> Fraction | None:
        """Return fibre and connectors, None if the catalog does not say how many connectors there are."""
        return None if self.connectors is None else self.fibre_db + self.connector_db * self.connectors

    @property
    def most_connectors(self) -> int | None:
        """Return floor((budget - fibre) / connector): the pairs that fit; None where they lose nothing."""
        if not self.connector_db:
            return None
        return max(0, (self.budget_db - self.fibre_db) // self.connector_db)


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
    return tuple(row for group in fabric.links for row in _loss_of_group(fabric.catalog, group))


def _loss_of_group(catalog: Catalog, group: LinkGroup) -> Iterator[LossRow]:
    lengths = group.lengths.span_mm
    row = loss_of(catalog, group, lengths[1]) if lengths else None
    if row:
        yield row


def loss_of(catalog: Catalog, group: LinkGroup, length_mm: int | None) -> LossRow | None:
    """Return the loss of a link of a group at a length, None if it or the loss of its medium is unknown."""
    media = [catalog.media[name] for name in group.media or ()]
    known: list[Loss] = [medium.loss for medium in media if medium.loss]
    if not known or length_mm is None:
        return None
    line = known[0]
    connectors = line.connectors
    if group.through:
        connectors = (connectors or 0) + mated_pairs(catalog, group)
    return LossRow(
        group=group.name,
        medium=" / ".join(dict.fromkeys(group.media or ())),
        length_mm=length_mm,
        budget_db=min(loss.budget_db for loss in known),
        fibre_db=line.fibre_db_per_km * Fraction(length_mm, MM_PER_KM),
        connector_db=line.connector_db,
        connectors=connectors,
    )


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
