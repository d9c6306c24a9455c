"""Prices and contents: the cost of one piece, the parts inside it, and who is paid for it.

All money is in US dollars as exact fractions, rounded only for display.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.units import Triple, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.catalog.model import Basis, Catalog, Part

UNASSIGNED = "unassigned"
NOTHING = Triple(Fraction(0), Fraction(0), Fraction(0))


def low(value: Triple) -> Fraction:
    """Return the low end; a value without a range is its own low end."""
    return value.base if value.low is None else value.low


def high(value: Triple) -> Fraction:
    """Return the high end; a value without a range is its own high end."""
    return value.base if value.high is None else value.high


def plus(one: Triple, other: Triple, times: Fraction = Fraction(1)) -> Triple:
    """Return ``one + times x other``, end by end."""
    return Triple(
        low(one) + times * low(other), one.base + times * other.base, high(one) + times * high(other)
    )


def scaled(value: Triple, times: Fraction) -> Triple:
    """Return a value times a count or share; a missing range stays missing."""
    return Triple(
        None if value.low is None else value.low * times,
        value.base * times,
        None if value.high is None else value.high * times,
    )


@dataclass(frozen=True)
class UnitPrice:
    """Price of one piece; ``gap`` names what is unknown (``price`` or ``length``)."""

    usd: Triple | None
    gap: str = ""


def unit_price(catalog: Catalog, part_id: str, length_mm: int | None = None) -> UnitPrice:
    """Return the price of one piece, including its metres if it is sold by length.

    Without a price of its own a part costs the mean of its alternates, weighted by their shares.
    """
    part = catalog.parts[part_id]
    if part.terms.length_prices:
        own = part.terms.length_prices.get(length_mm) if length_mm is not None else None
        return UnitPrice(own, "" if own else "price")
    price = part.price_usd or _mean_of_alternates(catalog, part)
    if price is None:
        return UnitPrice(None, "price")
    if part.price_per_m_usd is None:
        return UnitPrice(price)
    if length_mm is None:
        return UnitPrice(price, "length")
    return UnitPrice(plus(price, part.price_per_m_usd, to_metres(length_mm)))


def market_basis(catalog: Catalog, part: Part) -> Basis | None:
    """Return at which market the price of a part holds; a mean is as its first alternate, unless stated."""
    if part.basis is None and part.price_usd is None and part.alternates:
        return market_basis(catalog, catalog.parts[next(iter(part.alternates))])
    return part.says("price_usd").basis


def _mean_of_alternates(catalog: Catalog, part: Part) -> Triple | None:
    prices = [(share, unit_price(catalog, name).usd) for name, share in part.alternates.items()]
    known = [(share, price) for share, price in prices if price is not None]
    total = sum((share for share, _ in known), Fraction(0))
    if not total or len(known) < len(prices):
        return None
    mean = NOTHING
    for share, price in known:
        mean = plus(mean, price, share / total)
    return mean


def contents(catalog: Catalog, part_id: str) -> dict[str, Fraction]:
    """Return the quantity of each part inside one piece, at any depth, alternates by their shares."""
    found: dict[str, Fraction] = {}
    for name, count in _direct(catalog.parts[part_id]).items():
        inside = contents(catalog, name)
        if name not in catalog.parts[part_id].alternates:
            inside = inside | {name: inside.get(name, Fraction(0)) + 1}
        for inner, held in inside.items():
            found[inner] = found.get(inner, Fraction(0)) + held * count
    return found


def _direct(part: Part) -> Mapping[str, Fraction]:
    direct = {name: Fraction(count) for name, count in part.contains.items()}
    return direct | dict(part.alternates)


def unpriced_contents(catalog: Catalog, part_id: str) -> tuple[str, ...]:
    """Return the direct contents of a part that have no price: its maker earns at most what is left."""
    return tuple(name for name in catalog.parts[part_id].contains if unit_price(catalog, name).usd is None)


NO_MAKER = "no_maker"
NOT_PRICED = "content_not_priced"


def why_unassigned(catalog: Catalog, part_id: str) -> str:
    """Return why value of a part is nobody's: unpriced contents, or else an unpublished maker."""
    return NOT_PRICED if unpriced_contents(catalog, part_id) else NO_MAKER


def candidates_text(part: Part) -> str:
    """Return the makers named for what ``made_by`` leaves open; a share is never guessed.

    >>> from topogen.catalog.model import Part
    >>> candidates_text(Part("fau", "fibre array", candidates=("tfc", "senko")))
    'one of tfc, senko'
    >>> candidates_text(Part("cartridge", "cables", candidates=("amphenol",)))
    'amphenol or others'
    """
    if len(part.candidates) == 1:
        return f"{part.candidates[0]} or others"
    return f"one of {', '.join(part.candidates)}" if part.candidates else ""


@dataclass(frozen=True)
class Payment:
    """Who is paid for a share of the pieces of a part, and how much per piece."""

    vendor: str
    part: str
    share: Fraction
    unit: Triple | None


def paid_to(catalog: Catalog, part_id: str, price: Triple | None) -> Iterator[Payment]:
    """Yield who is paid for a piece bought at ``price``: alternates by share, each split among its makers.

    The shares sum to 1, and share times unit sums to ``price`` exactly. Alternates are paid at their own
    prices if the price is their mean, else all at the price of the part.
    """
    part = catalog.parts[part_id]
    for name, share in part.alternates.items():
        for one in paid_to(catalog, name, _price_of_alternate(catalog, part, name, price)):
            yield Payment(one.vendor, one.part, share * one.share, one.unit)
    shares = part.alternates or part.made_by
    if not part.alternates:
        for vendor, share in part.made_by.items():
            yield Payment(vendor, part_id, share, price)
    missing = 1 - sum(shares.values(), Fraction(0))
    if missing:
        yield Payment(UNASSIGNED, part_id, missing, price)


def priced_by(
    catalog: Catalog, part_id: str, price: Triple | None
) -> Iterator[tuple[Part, Fraction, Triple]]:
    """Yield the parts whose stated prices a piece rests on: share of the piece, and price.

    A part with a price of its own rests on it alone, a mean on the price of each alternate. The shares sum
    to 1, and share times price sums to ``price`` exactly; nothing for a part without a price.
    """
    part = catalog.parts[part_id]
    if price is None:
        return
    if part.price_usd is not None or not part.alternates:
        yield part, Fraction(1), price
        return
    for name, share in part.alternates.items():
        for one, inner, unit in priced_by(catalog, name, _price_of_alternate(catalog, part, name, price)):
            yield one, share * inner, unit
    if missing := 1 - sum(part.alternates.values(), Fraction(0)):
        yield part, missing, price


def _price_of_alternate(catalog: Catalog, part: Part, name: str, price: Triple | None) -> Triple | None:
    """Return the price of an alternate: its own price, shifted as the part's price is from the mean."""
    own, mean = unit_price(catalog, name).usd, _mean_of_alternates(catalog, part)
    if part.price_usd is not None or price is None or own is None or mean is None:
        return price
    return plus(own, plus(price, mean, Fraction(-1)))
