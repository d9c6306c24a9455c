"""Fewer lengths of a cable: what each coarser choice costs, and which pieces that are there can serve."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.ordering.rounding import price_of_order, rounded_up
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Catalog
    from topogen.ordering.orders import OrderLine


@dataclass(frozen=True)
class Choice:
    """Cables of one part in some lengths.

    ``order`` has the pieces to order of each length in mm, in whole packs of at least the minimum. ``cost``
    is theirs at base prices in US dollars, None where a price is unknown; ``extra_mm`` is what the cables
    are longer than with every length, in all.
    """

    part: str
    order: Mapping[int, int]
    cost: Fraction | None
    extra_mm: int


class Taken(NamedTuple):
    """Pieces of one length that serve where a shorter one, or the same, is needed."""

    part: str
    needed_mm: int
    used_mm: int
    pieces: int


def pieces_by_length(lines: Sequence[OrderLine]) -> dict[str, dict[int, int]]:
    """Return the pieces to have of each part that is sold by length, spares included, by length in mm."""
    found: dict[str, dict[int, int]] = {}
    for line in lines:
        wanted = line.required - line.inside
        if line.length_mm is not None and wanted > 0:
            found.setdefault(line.part, {})[line.length_mm] = wanted
    return found


def choices(catalog: Catalog, part: str, pieces: Mapping[int, int]) -> list[Choice]:
    """Return the cheapest choice of each number of lengths, from all of them to one.

    A cable takes the shortest length kept that is long enough. Where a price is unknown, the choice with the
    fewest extra metres stands in for the cheapest.
    """
    needed = sorted(pieces)
    served = {
        (first, last): _one_length(catalog, part, needed[first : last + 1], pieces)
        for last in range(len(needed))
        for first in range(last + 1)
    }
    by_cost = all(one.cost is not None for one in served.values())
    best: list[dict[int, Choice]] = [{0: Choice(part, {}, Fraction(0), 0)}]
    for last in range(len(needed)):
        best.append({})
        for first in range(last + 1):
            for count, before in best[first].items():
                found = _joined(before, served[first, last])
                held = best[-1].get(count + 1)
                if held is None or _rank(found, by_cost=by_cost) < _rank(held, by_cost=by_cost):
                    best[-1][count + 1] = found
    return [best[-1][count] for count in sorted(best[-1], reverse=True) if count]


def kept(catalog: Catalog, part: str, pieces: Mapping[int, int], lengths: Sequence[int]) -> Choice:
    """Return the choice of stated lengths in mm; what is longer than all of them keeps its own length."""
    ladder = sorted(lengths)
    served: dict[int, dict[int, int]] = {}
    for needed, count in pieces.items():
        at = bisect_left(ladder, needed)
        served.setdefault(ladder[at] if at < len(ladder) else needed, {})[needed] = count
    found = Choice(part, {}, Fraction(0), 0)
    for length, some in sorted(served.items()):
        found = _joined(found, _at(catalog, part, length, some))
    return found


def from_stock(
    pieces: Mapping[str, Mapping[int, int]], stock: Mapping[tuple[str, int | None], int]
) -> tuple[list[Taken], dict[str, dict[int, int]]]:
    """Return which pieces of a stock serve which need, and what is still to be bought.

    The longest need comes first and takes the shortest piece that is long enough: no other way serves more,
    or longer, needs.
    """
    taken, left = [], {}
    for part, needs in pieces.items():
        there = {mm: count for (name, mm), count in stock.items() if name == part and mm is not None}
        left[part] = dict(needs)
        for needed in sorted(needs, reverse=True):
            for used in sorted(mm for mm in there if mm >= needed):
                count = min(there[used], left[part][needed])
                if count:
                    taken.append(Taken(part, needed, used, count))
                    there[used] -= count
                    left[part][needed] -= count
    return taken, left


def _one_length(catalog: Catalog, part: str, needed: Sequence[int], pieces: Mapping[int, int]) -> Choice:
    return _at(catalog, part, needed[-1], {one: pieces[one] for one in needed})


def _at(catalog: Catalog, part: str, length: int, pieces: Mapping[int, int]) -> Choice:
    """Return the choice in which one length serves all of some needs."""
    terms = catalog.parts[part].terms
    order = rounded_up(sum(pieces.values()), terms.moq, terms.pack_qty)
    price = price_of_order(catalog, part, length, order)
    extra = sum((length - needed) * count for needed, count in pieces.items())
    return Choice(part, {length: order}, price.base * order if price else None, extra)


def _joined(one: Choice, other: Choice) -> Choice:
    cost = None if one.cost is None or other.cost is None else one.cost + other.cost
    return Choice(one.part, {**one.order, **other.order}, cost, one.extra_mm + other.extra_mm)


def _rank(choice: Choice, *, by_cost: bool) -> tuple[Fraction, int]:
    return (choice.cost or Fraction(0)) if by_cost else Fraction(0), choice.extra_mm
