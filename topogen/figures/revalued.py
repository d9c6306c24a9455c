"""A fabric valued again with other values of its parts: what each price and each watt decides.

Cost, power and what vendors earn are sums of prices and watts, so a figure has one slope for each value; that
this holds is checked, exactly, wherever slopes are used.
"""

from __future__ import annotations

from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.build.stages import build
from topogen.catalog.pricing import contents, high, low
from topogen.errors import InputError
from topogen.figures.figures import quantity, quantity_bound
from topogen.language.quantity import Ask
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.roll_up import roll_up, value
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.build.parsed import Parsed
    from topogen.catalog.model import Catalog, Part
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

VALUES = ("price_usd", "price_per_m_usd", "power_w")
"""The values of a part that figures depend on."""


@dataclass(frozen=True)
class PartValue:
    """A value of a part that has a range, with its path in the file."""

    part: str
    key: str
    value: Triple

    @property
    def path(self) -> str:
        """Return the path of the value, as a scenario has it."""
        return f"catalog.parts.{self.part}.{self.key}"

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Return the low and the high end."""
        return low(self.value), high(self.value)


@dataclass(frozen=True)
class Revalued:
    """A built fabric, and what it takes to value it again."""

    parsed: Parsed = field(repr=False)
    fabric: Fabric = field(repr=False)
    rollup: RollUp = field(repr=False)

    @property
    def ranged(self) -> tuple[PartValue, ...]:
        """Return the values with a range of what is bought and contained, part by part."""
        catalog = self.fabric.catalog
        bought = [line.part for line in self.rollup.lines if line.cost_scope in COUNTED]
        names = dict.fromkeys(
            name
            for part in bought
            for name in (part, *contents(catalog, part), *catalog.parts[part].alternates)
        )
        found = (_ranged(catalog.parts[name]) for name in names)
        return tuple(one for some in found for one in some)

    @property
    def is_rebuilt(self) -> bool:
        """Return whether prices decide media, so that another price is another fabric."""
        return any(policy.choice for policy in self.parsed.spec.policies.values())

    def at(self, values: Mapping[tuple[str, str], Fraction]) -> tuple[Fabric, RollUp]:
        """Return the fabric and its roll-up with other values, by part and key.

        Raises
        ------
        InputError
            E514 where contents would cost more than what holds them.
        """
        catalog = with_values(self.fabric.catalog, values)
        if self.is_rebuilt:
            fabric = build(replace(self.parsed, catalog=catalog))
            return fabric, roll_up(fabric)
        fabric = replace(self.fabric, catalog=catalog)
        return fabric, value(fabric, self.rollup.quantities)

    def bound(self, ask: Ask) -> str:
        """Return which way a quantity is open, because a price or watts are not known."""
        return quantity_bound(self.fabric, self.rollup, ask)

    def found(self, asks: Sequence[Ask], values: Mapping[tuple[str, str], Fraction]) -> tuple[Fraction, ...]:
        """Return the base values of quantities with other values of parts."""
        fabric, rollup = self.at(values)
        return tuple(quantity(fabric, rollup, ask).base for ask in asks)


def _ranged(part: Part) -> list[PartValue]:
    values = [(key, getattr(part, key)) for key in VALUES]
    return [PartValue(part.id, key, one) for key, one in values if one and low(one) != high(one)]


def with_values(catalog: Catalog, values: Mapping[tuple[str, str], Fraction]) -> Catalog:
    """Return a catalog with other values of its parts, by part and key."""
    changed = dict(catalog.parts)
    for (part, key), number in values.items():
        held: dict[str, Any] = {key: Triple(None, number, None)}
        changed[part] = replace(changed[part], **held)
    return replace(catalog, parts=changed)


@dataclass(frozen=True)
class Slopes:
    """How figures depend on values of parts: ``base`` plus the sum of slopes times what a value differs.

    Attributes
    ----------
    base
        By term of a quantity, in order.
    slopes
        By value, then by term.
    """

    values: tuple[PartValue, ...]
    base: tuple[Fraction, ...]
    slopes: tuple[tuple[Fraction, ...], ...]

    def found(self, values: Mapping[tuple[str, str], Fraction]) -> tuple[Fraction, ...]:
        """Return each term with other values of parts."""
        total = list(self.base)
        for one, slopes in zip(self.values, self.slopes, strict=True):
            differs = values.get((one.part, one.key), one.value.base) - one.value.base
            total = [sum_ + differs * slope for sum_, slope in zip(total, slopes, strict=True)]
        return tuple(total)


def slopes_of(revalued: Revalued, asks: Sequence[Ask]) -> Slopes | None:
    """Return how the terms of quantities depend on values, None where they are no plain sums of them."""
    if revalued.is_rebuilt:
        return None
    terms = [Ask(term) for ask in asks for term in ask.terms]
    values = revalued.ranged
    base = revalued.found(terms, {})
    slopes = tuple(_slope(revalued, terms, base, one) for one in values)
    found = Slopes(values, base, slopes)
    return found if all(_holds(revalued, terms, found, share) for share in CHECKED) else None


CHECKED = (Fraction(1, 7), Fraction(-1, 5))
"""How far from the base towards an end the slopes are checked, all values at once."""


def _slope(
    revalued: Revalued, terms: Sequence[Ask], base: Sequence[Fraction], one: PartValue
) -> tuple[Fraction, ...]:
    for share in (Fraction(1), Fraction(-1), Fraction(1, 100)):
        point = _towards(one, share)
        if point == one.value.base:
            continue
        try:
            moved = revalued.found(terms, {(one.part, one.key): point})
        except InputError:  # contents dearer than what holds them: try nearer the base
            continue
        step = point - one.value.base
        return tuple((after - before) / step for before, after in zip(base, moved, strict=True))
    return (Fraction(0),) * len(terms)


def _towards(one: PartValue, share: Fraction) -> Fraction:
    """Return the value at a share of the way from base to high, to low if it is negative."""
    base, (least, most) = one.value.base, one.ends
    return base + share * (most - base) if share > 0 else base - share * (least - base)


def _holds(revalued: Revalued, terms: Sequence[Ask], found: Slopes, share: Fraction) -> bool:
    values = {(one.part, one.key): _towards(one, share) for one in found.values}
    try:
        return revalued.found(terms, values) == found.found(values)
    except InputError:  # no such catalog
        return True
