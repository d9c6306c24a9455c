"""Audit a catalog: how much of each total rests on which confidence, basis and age of its figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import market_basis, paid_to
from topogen.checks.prices import MAX_AGE, last_day
from topogen.records import dataclass
from topogen.takeoff.power import POWERED
from topogen.takeoff.roll_up import COST_SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.catalog.model import Basis, Catalog, Part, Provenance
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import BomLine, RollUp

YEAR = timedelta(days=365)
UNSTATED = "not stated"
PRICES = "catalog prices"


@dataclass(frozen=True)
class Audited:
    """How much of a total rests on figures of one kind.

    ``by`` is confidence, basis or age. ``value`` is in US dollars, in watts (totals that end in _w), or a
    number of prices (catalog prices).
    """

    total: str
    by: str
    kind: str
    value: Fraction
    share: Fraction


@dataclass(frozen=True)
class _Figure:
    """An amount of a total, and who says the figure behind it."""

    total: str
    value: Fraction
    says: Provenance

    def kinds(self, at: date) -> Iterator[tuple[str, str]]:
        """Yield the ways to sort it, and its kind in each; watts have no basis."""
        yield "confidence", self.says.confidence or UNSTATED
        if not self.total.endswith("_w"):
            yield "basis", self.says.basis or UNSTATED
        yield "age", age(self.says.as_of, at)


def audit(fabric: Fabric, rollup: RollUp, at: date) -> tuple[Audited, ...]:
    """Return the shares of every total of a fabric, base values; the shares of each sum to 1."""
    figures = [one for line in rollup.lines for one in _figures(fabric.catalog, line)]
    return _shares(figures, [f"{scope}_{unit}" for unit in ("usd", "w") for scope in COST_SCOPES], at)


def audit_catalog(catalog: Catalog, at: date) -> tuple[Audited, ...]:
    """Return the shares of the prices of a catalog, each price counted once."""
    priced = [part for part in catalog.parts.values() if part.price_usd is not None]
    figures = [_Figure(PRICES, Fraction(1), part.says("price_usd")) for part in priced]
    return _shares(figures, [PRICES], at)


def age(as_of: str | None, at: date) -> str:
    """Return how old a figure is on a day; a month or a year counts from its last day.

    >>> [age(text, date(2026, 11, 28)) for text in ("2026-11", "2026-01-31", "2023", None)]
    ['up to 180 days', '181 to 365 days', 'over 365 days', 'no date']
    """
    if as_of is None:
        return "no date"
    days = at - last_day(as_of)
    if days <= MAX_AGE:
        return f"up to {MAX_AGE.days} days"
    return f"{MAX_AGE.days + 1} to {YEAR.days} days" if days <= YEAR else f"over {YEAR.days} days"


def _figures(catalog: Catalog, line: BomLine) -> Iterator[_Figure]:
    """Yield the amounts of a line: of its price, of its metres, and of its watts."""
    total, basis = f"{line.cost_scope}_usd", market_basis(catalog, catalog.parts[line.part])
    for paid in paid_to(catalog, line.part, line.unit):
        if paid.unit is not None:
            part, pieces = catalog.parts[paid.part], line.qty * paid.share
            metres = _metres(part, paid.unit.base)
            yield _Figure(total, pieces * (paid.unit.base - metres), _priced(part, "price_usd", basis))
            if metres:
                yield _Figure(total, pieces * metres, _priced(part, "price_per_m_usd", basis))
    part = catalog.parts[line.part]
    if part.power_w is not None and line.cost_scope in POWERED:
        active = sum(row.qty_active for row in line.quantities)
        yield _Figure(f"{line.cost_scope}_w", part.power_w.base * active, part.says("power_w"))


def _priced(part: Part, key: str, basis: Basis | None) -> Provenance:
    """Return who says a price, with the basis of what is bought."""
    return replace(part.says(key), basis=basis)


def _metres(part: Part, unit: Fraction) -> Fraction:
    """Return how much of a price is for metres."""
    sold_by_length = part.price_per_m_usd is not None and part.price_usd is not None
    return unit - part.price_usd.base if sold_by_length and part.price_usd else Fraction(0)


def _shares(figures: Iterable[_Figure], totals: Iterable[str], at: date) -> tuple[Audited, ...]:
    """Return one row a total, way to sort and kind: the largest kind first."""
    sums: dict[tuple[str, str], dict[str, Fraction]] = {}
    for figure in figures:
        for by, kind in figure.kinds(at) if figure.value else ():
            held = sums.setdefault((figure.total, by), {})
            held[kind] = held.get(kind, Fraction(0)) + figure.value
    found = []
    for total in totals:
        for by in ("confidence", "basis", "age"):
            kinds = sums.get((total, by), {})
            whole = sum(kinds.values(), Fraction(0))
            for kind, value in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
                found.append(Audited(total, by, kind, value, value / whole))
    return tuple(found)
