"""Prices: what one piece costs, who says so, and what all of them come to."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.dies import good_dies, yield_facts
from topogen.catalog.pricing import unit_price
from topogen.explain.lengths import metres
from topogen.explain.steps import Step, count_of, exact, percent, provenance, spread, usd
from topogen.takeoff.bill import COUNTED
from topogen.units import to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.catalog.model import Part
    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.units import Triple

Priced = tuple[int | None, int]
"""A length in mm, None where none is ordered, and how many pieces."""


def price_steps(fabric: Fabric, part: Part, lengths: Sequence[int | None]) -> Iterator[Step]:
    """Yield what one piece costs and why."""
    value = unit_price(fabric.catalog, part.id, lengths[0] if lengths else None)
    if part.terms.length_prices:
        yield from _length_steps(part, lengths)
        return
    if value.usd is None:
        words = "an alternate has no price" if part.alternates else "none is known"
        yield Step("each", f"{words}: a gap, left out of every total")
        return
    if part.price_usd is None:
        yield from _mean_steps(fabric, part, value.usd)
    elif part.die is not None and part.die.wafer_price_usd and (good := good_dies(part.die)):
        formula = f"{usd(part.die.wafer_price_usd.base)} a wafer / {count_of(good, 'good die')}"
        yield Step("each", f"wafer {part.die.wafer}", f"{formula} = {usd(value.usd.base)}")
        for label, text in yield_facts(part.die):
            yield Step("", f"{label}: {text}")
    else:
        yield Step("each", _price_words(part.price_usd, "a piece"))
    yield from _metre_steps(fabric, part, lengths)


def _length_steps(part: Part, lengths: Sequence[int | None]) -> Iterator[Step]:
    """Yield the price of each length that is bought."""
    for mm in lengths:
        price = part.terms.length_prices.get(mm) if mm is not None else None
        words = _price_words(price, "a piece") if price else "no price is known: a gap"
        yield Step("each", f"of {metres(mm)}: {words}" if mm is not None else words)


def _price_words(value: Triple, unit: str) -> str:
    ends = spread(value, "USD")
    return f"{usd(value.base)} {unit}{f' ({ends})' if ends else ''}"


def _mean_steps(fabric: Fabric, part: Part, mean: Triple) -> Iterator[Step]:
    yield Step("each", "no price of its own: the mean of its alternates, by share")
    terms, shares = [], []
    for name, share in part.alternates.items():
        price = unit_price(fabric.catalog, name).usd
        if price is not None:
            ends = spread(price, "USD")
            yield Step("", f"{percent(share)} {name} at {usd(price.base)}{f' ({ends})' if ends else ''}")
            terms.append(f"{percent(share)} x {usd(price.base)}")
            shares.append(share)
    total = sum(shares, Fraction(0))
    lhs = " + ".join(terms) if total == 1 else f"({' + '.join(terms)}) / {percent(total)}"
    yield Step("", "", f"{lhs} = {usd(mean.base)}")


def _metre_steps(fabric: Fabric, part: Part, lengths: Sequence[int | None]) -> Iterator[Step]:
    each = part.price_per_m_usd
    if each is None:
        return
    yield Step("", f"and {_price_words(each, 'a metre')}")
    for mm in lengths:
        value = unit_price(fabric.catalog, part.id, mm).usd
        if mm is None:
            yield Step("", "no length is known: the metres are left out, a gap")
        elif value is not None and part.price_usd is not None:
            metre = f"{exact(to_metres(mm))} m x {usd(each.base)} per metre"
            yield Step("", f"of {metres(mm)}", f"{usd(part.price_usd.base)} + {metre} = {usd(value.base)}")


def price_origins(fabric: Fabric, part: Part) -> Iterator[Origin]:
    """Yield who says the price of a part, or those of its alternates."""
    for mm, price in part.terms.length_prices.items():
        yield provenance(
            fabric, part, "length_prices_usd", f"{_price_words(price, 'a piece')} of {metres(mm)}"
        )
    if part.price_usd is not None:
        yield provenance(fabric, part, "price_usd", _price_words(part.price_usd, "a piece"))
    if part.price_per_m_usd is not None:
        yield provenance(fabric, part, "price_per_m_usd", _price_words(part.price_per_m_usd, "a metre"))
    if part.alternates:
        shares = ", ".join(f"{percent(share)} {name}" for name, share in part.alternates.items())
        yield provenance(fabric, part, "alternates", shares)
        seen: set[tuple[str, str]] = set()
        for name in part.alternates:
            for origin in price_origins(fabric, fabric.catalog.parts[name]):
                if (origin.at, origin.says) not in seen:  # an alternate made like another has its price
                    seen.add((origin.at, origin.says))
                    yield origin


# All of them


def cost_lines(fabric: Fabric, part: Part, rows: Sequence[Priced]) -> tuple[list[Step], str]:
    """Return what all pieces of a part cost, low and high beside, and the equation of the base."""
    known = [(qty, value) for mm, qty in rows if (value := unit_price(fabric.catalog, part.id, mm).usd)]
    if not known:
        return [], ""
    unit = part.id if len(known) == 1 else ""
    base = _cost(known, "base", unit)
    steps = [Step("cost", "", base)]
    steps += [Step("", end, _cost(known, end, "")) for end in ("low", "high") if _has_range(known)]
    return steps, base


def _has_range(known: Sequence[tuple[int, Triple]]) -> bool:
    return any(spread(value, "USD") for _, value in known)


def end_of(value: Triple, end: str) -> Fraction:
    """Return low, base or high of a value; one without a range is its own low and high."""
    found: Fraction | None = getattr(value, end)
    return value.base if found is None else found


def _cost(known: Sequence[tuple[int, Triple]], end: str, unit: str) -> str:
    terms = [f"{f'{exact(qty)} {unit}'.strip()} x {usd(end_of(value, end))}" for qty, value in known]
    return (
        f"{' + '.join(terms)} = {usd(sum((qty * end_of(value, end) for qty, value in known), Fraction(0)))}"
    )


def counted(cost_scope: str) -> bool:
    """Return whether parts of a cost scope are summed."""
    return cost_scope in COUNTED


def line_term(line: BomLine, share: Fraction = Fraction(1)) -> str:
    """Return a line of the bill as quantity and name, its length joined to the name as in an order code."""
    length = f"-{exact(to_metres(line.length_mm))}m" if line.length_mm is not None else ""
    return f"{exact(line.qty * share)} {line.part}{length}"
