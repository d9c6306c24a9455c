"""Who earns what in an assembly: its price, split among the makers of all parts inside it.

The split is linear in prices, so it is worked out once as sums of prices (`shares`) and read twice: as
money at the prices of the catalog (`earnings`), and as formulas where prices may still change.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from topogen.catalog.pricing import UNASSIGNED, high, low, plus, scaled, unit_price
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.catalog.model import Catalog, Part
    from topogen.units import Triple

MARGIN = "margin"
ITS_PRICE = ""
"""The price of the assembly itself, among the parts whose prices are summed."""

Sum: TypeAlias = dict[str, Fraction]
"""A sum of prices: the part of each, and its factor."""


@dataclass(frozen=True)
class Share:
    """What one maker earns in one piece of an assembly: ``quantity`` of a part at ``price`` each."""

    vendor: str
    layer: str
    part: str
    quantity: Fraction
    price: Sum


@dataclass(frozen=True)
class Earning:
    """What one maker earns in an assembly, by layer and part."""

    vendor: str
    layer: str
    part: str
    quantity: Fraction
    usd: Triple


class ContentError(ValueError):
    """A part whose price contradicts its contents or its alternates."""

    def __init__(self, part: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.part, self.message, self.hint = part, message, hint


def earnings(
    catalog: Catalog, part_id: str, price: Triple, quantity: Fraction = Fraction(1)
) -> Iterator[Earning]:
    """Yield who earns what in ``quantity`` pieces bought at ``price`` each; the sum is exactly their cost.

    A maker earns the price minus margin and priced contents. If a content has no price, that is an upper
    bound: ``unpriced_contents`` names what it still includes.

    Raises
    ------
    ContentError
        If a maker would earn a negative amount, at low, base or high.
    """
    for share in shares(catalog, part_id):
        usd = _value(catalog, share.price, price)
        if usd is None:
            continue
        _refuse_negative(share.part, usd)
        pieces = quantity * share.quantity
        yield Earning(share.vendor, share.layer, share.part, pieces, scaled(usd, pieces))


def least_price(catalog: Catalog, part_id: str) -> Fraction:
    """Return the price in US dollars below which contents and margin cost more than the part; 0 without."""
    part = catalog.parts[part_id]
    held = [(count, unit_price(catalog, name).usd) for name, count in part.contains.items()]
    inside = sum((count * max(high(usd), usd.base) for count, usd in held if usd), Fraction(0))
    return inside / (1 - (part.margin or 0))


def shares(catalog: Catalog, part_id: str) -> Iterator[Share]:
    """Yield who earns what in one piece of a part; quantities times prices sum to the price of the piece."""
    return _inside(catalog, part_id, {ITS_PRICE: Fraction(1)}, Fraction(1))


def _inside(catalog: Catalog, part_id: str, price: Sum, quantity: Fraction) -> Iterator[Share]:
    part = catalog.parts[part_id]
    if part.alternates:
        yield from _of_alternates(catalog, part, price, quantity)
        return
    rest = price
    for name, count in part.contains.items():
        inner = {name: Fraction(1)}
        rest = _sum(rest, inner, Fraction(-count))
        if unit_price(catalog, name).usd is None:
            content = catalog.parts[name]
            yield from _split(content, content.layer or "", inner, quantity * count)
        else:
            yield from _inside(catalog, name, inner, quantity * count)
    if part.margin:
        margin = _sum({}, price, part.margin)
        rest = _sum(rest, margin, Fraction(-1))
        yield from _split(part, MARGIN, margin, quantity)
    yield from _split(part, part.layer or "", rest, quantity)


def _of_alternates(catalog: Catalog, part: Part, price: Sum, quantity: Fraction) -> Iterator[Share]:
    """Yield who earns what in alternates: at a stated price of the part, else each at its own.

    An own price is shifted as the price of the part is from the mean of its alternates.
    """
    own = dict.fromkeys(part.alternates, price)
    if part.price_usd is None and all(unit_price(catalog, name).usd is not None for name in own):
        whole = sum(part.alternates.values(), Fraction(0))
        mean = {name: share / whole for name, share in part.alternates.items()}
        shift = _sum(price, mean, Fraction(-1))
        own = {name: _sum(shift, {name: Fraction(1)}, Fraction(1)) for name in own}
    rest = price
    for name, share in part.alternates.items():
        rest = _sum(rest, own[name], -share)
        yield from _inside(catalog, name, own[name], quantity * share)
    if rest:
        yield Share(UNASSIGNED, part.layer or "", part.id, quantity, rest)


def _split(part: Part, layer: str, price: Sum, quantity: Fraction) -> Iterator[Share]:
    """Yield a price split among the makers of a part; a missing share is unassigned."""
    missing = 1 - sum(part.made_by.values(), Fraction(0))
    for vendor, share in (dict(part.made_by) | ({UNASSIGNED: missing} if missing else {})).items():
        yield Share(vendor, layer, part.id, quantity * share, price)


def _sum(one: Sum, other: Mapping[str, Fraction], times: Fraction) -> Sum:
    """Return ``one + times x other`` without terms that cancel."""
    found = dict(one)
    for name, factor in other.items():
        found[name] = found.get(name, Fraction(0)) + times * factor
    return {name: factor for name, factor in found.items() if factor}


def _value(catalog: Catalog, terms: Sum, price: Triple) -> Triple | None:
    """Return a sum of prices at those of the catalog; unknown ones are left out, None if all are unknown."""
    value: Triple | None = None
    for name, factor in terms.items():
        usd = price if name == ITS_PRICE else unit_price(catalog, name).usd
        if usd is not None:
            value = scaled(usd, factor) if value is None else plus(value, usd, factor)
    return value


def _refuse_negative(part: str, usd: Triple) -> None:
    if min(low(usd), usd.base, high(usd)) < 0:
        message = f'contents and margin of "{part}" cost more than its price'
        raise ContentError(
            part, message, "compare low, base and high of its price_usd with those of its contents"
        )
