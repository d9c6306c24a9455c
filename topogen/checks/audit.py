"""Audit a catalog: how much of each total rests on which confidence, basis and age of its figures."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.checks.prices import MAX_AGE, last_day
from topogen.records import dataclass
from topogen.takeoff.bill import COST_SCOPES
from topogen.takeoff.rests_on import PRICE, Amount, Stated, amounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.catalog.model import Catalog
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

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


def _kinds(one: Amount, at: date) -> Iterator[tuple[str, str]]:
    """Yield the ways to sort an amount, and its kind in each; watts have no basis."""
    says = one.stated.says
    yield "confidence", says.confidence or UNSTATED
    if not one.total.endswith("_w"):
        yield "basis", says.basis or UNSTATED
    yield "age", age(says.as_of, at)


def audit(fabric: Fabric, rollup: RollUp, at: date) -> tuple[Audited, ...]:
    """Return the shares of every total of a fabric, base values; the shares of each sum to 1."""
    figures = [one for line in rollup.lines for one in amounts(fabric.catalog, line)]
    return _shares(figures, [f"{scope}_{unit}" for unit in ("usd", "w") for scope in COST_SCOPES], at)


def audit_catalog(catalog: Catalog, at: date) -> tuple[Audited, ...]:
    """Return the shares of the prices of a catalog, each price counted once."""
    priced = [part for part in catalog.parts.values() if part.price_usd is not None]
    figures = [
        Amount(PRICES, Fraction(1), Stated(part.id, PRICE, part.price_usd, part.says(PRICE)))
        for part in priced
    ]
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


def _shares(figures: Iterable[Amount], totals: Iterable[str], at: date) -> tuple[Audited, ...]:
    """Return one row a total, way to sort and kind: the largest kind first."""
    sums: dict[tuple[str, str], dict[str, Fraction]] = {}
    for figure in figures:
        for by, kind in _kinds(figure, at) if figure.amount else ():
            held = sums.setdefault((figure.total, by), {})
            held[kind] = held.get(kind, Fraction(0)) + figure.amount
    found = []
    for total in totals:
        for by in ("confidence", "basis", "age"):
            kinds = sums.get((total, by), {})
            whole = sum(kinds.values(), Fraction(0))
            for kind, value in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
                found.append(Audited(total, by, kind, value, value / whole))
    return tuple(found)
