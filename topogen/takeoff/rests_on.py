"""What money and watts rest on: the amount of each total that each stated value of the catalog decides."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import market_basis, priced_by
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.power import POWERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.catalog.model import Basis, Catalog, Part, Provenance
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

PRICE, METRE, WATTS = "price_usd", "price_per_m_usd", "power_w"


@dataclass(frozen=True, slots=True)
class Stated:
    """A value of a part, and who says it; of a price with the basis of what is bought."""

    part: str
    key: str
    value: Triple | None
    says: Provenance


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a total, such as ``interconnect_usd``, a stated value decides; base value."""

    total: str
    amount: Fraction
    stated: Stated


@dataclass(frozen=True, slots=True)
class Footnote:
    """A price that money rests on: so many US dollars of it, and their share."""

    stated: Stated
    usd: Fraction
    share: Fraction


def amounts(catalog: Catalog, line: BomLine) -> Iterator[Amount]:
    """Yield the amounts of a line: of its price, of its metres, and of its watts."""
    part = catalog.parts[line.part]
    total, basis = f"{line.cost_scope}_usd", market_basis(catalog, part)
    for holder, share, unit in priced_by(catalog, line.part, line.unit):
        pieces, metres = line.qty * share, _metres(holder, unit.base)
        yield Amount(total, pieces * (unit.base - metres), _price(catalog, holder, PRICE, basis))
        if metres:
            yield Amount(total, pieces * metres, _price(catalog, holder, METRE, basis))
    if part.power_w is not None and line.cost_scope in POWERED:
        active = sum(row.qty_active for row in line.quantities)
        stated = Stated(part.id, WATTS, part.power_w, part.says(WATTS))
        yield Amount(f"{line.cost_scope}_w", part.power_w.base * active, stated)


def _price(catalog: Catalog, part: Part, key: str, basis: Basis | None) -> Stated:
    """Return a price with its source in words."""
    return Stated(part.id, key, getattr(part, key), replace(in_words(catalog, part.says(key)), basis=basis))


def in_words(catalog: Catalog, says: Provenance) -> Provenance:
    """Return a provenance with the text of its source, where that is a key of the catalog."""
    return replace(says, source=catalog.sources.get(says.source or "", says.source))


def _metres(part: Part, unit: Fraction) -> Fraction:
    """Return how much of a price is for metres."""
    sold_by_length = part.price_per_m_usd is not None and part.price_usd is not None
    return unit - part.price_usd.base if sold_by_length and part.price_usd else Fraction(0)


def footnotes(
    fabric: Fabric, rollup: RollUp, scopes: Sequence[str] = COUNTED, factor: Fraction = Fraction(1)
) -> tuple[Footnote, ...]:
    """Return the prices that the cost of a fabric rests on, the largest amount first; the shares sum to 1.

    ``scopes`` are the cost scopes that are counted; ``factor`` turns the cost into what a study shows of it.
    """
    totals = {f"{scope}_usd" for scope in scopes}
    sums: dict[Stated, Fraction] = {}
    for line in rollup.lines:
        for one in amounts(fabric.catalog, line):
            if one.total in totals:
                sums[one.stated] = sums.get(one.stated, Fraction(0)) + one.amount * factor
    return shared(sums)


def shared(usd: Mapping[Stated, Fraction]) -> tuple[Footnote, ...]:
    """Return amounts by price with their shares, the largest first, without those that decide nothing."""
    whole = sum(usd.values(), Fraction(0))
    found = [Footnote(stated, amount, amount / whole) for stated, amount in usd.items() if amount]
    return tuple(sorted(found, key=lambda one: (-one.usd, one.stated.part, one.stated.key)))


def joined(some: Iterable[Sequence[Footnote]]) -> tuple[Footnote, ...]:
    """Return the footnotes of several sums as those of all of them together."""
    sums: dict[Stated, Fraction] = {}
    for one in (one for found in some for one in found):
        sums[one.stated] = sums.get(one.stated, Fraction(0)) + one.usd
    return shared(sums)
