"""Whole pieces: shares by largest remainder, orders in packs of at least a minimum, prices by quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from topogen.catalog.pricing import plus, unit_price
from topogen.units import to_metres

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topogen.catalog.model import Catalog
    from topogen.units import Triple

Key = TypeVar("Key")


def rounded_up(pieces: int, moq: int | None, pack_qty: int | None) -> int:
    """Return the least order of whole packs that covers some pieces and the minimum; 0 for none.

    >>> rounded_up(98, None, 12), rounded_up(34, 100, 12), rounded_up(34, None, None), rounded_up(0, 100, 12)
    (108, 108, 34, 0)
    """
    if pieces <= 0:
        return 0
    pack = pack_qty or 1
    return -(-max(pieces, moq or 1) // pack) * pack


def whole_pieces(total: int, shares: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Return a total in whole pieces by shares that sum to 1: the largest remainders are rounded up.

    >>> from fractions import Fraction
    >>> whole_pieces(96, {"a": Fraction(6, 10), "b": Fraction(4, 10)})
    {'a': 58, 'b': 38}
    """
    pieces = {key: int(total * share) for key, share in shares.items()}
    by_remainder = sorted(shares, key=lambda key: pieces[key] - total * shares[key])
    for key in by_remainder[: total - sum(pieces.values())]:
        pieces[key] += 1
    return pieces


def price_break(breaks: Mapping[int, object], pieces: int) -> int | None:
    """Return the highest break that an order reaches, None if it reaches none."""
    return max((least for least in breaks if least <= pieces), default=None)


def price_of_order(catalog: Catalog, part_id: str, length_mm: int | None, pieces: int) -> Triple | None:
    """Return the price per piece of an order of some pieces, metres included; None where it is unknown."""
    part = catalog.parts[part_id]
    reached = price_break(part.terms.price_breaks, pieces)
    if reached is None:
        return unit_price(catalog, part_id, length_mm).usd
    unit = part.terms.price_breaks[reached]
    if part.price_per_m_usd is None:
        return unit
    return None if length_mm is None else plus(unit, part.price_per_m_usd, to_metres(length_mm))
