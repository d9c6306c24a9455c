"""Terms of a part: how it is packed, priced by quantity, delivered, spared and shipped."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topogen.units import Triple

MOST_WEEKS = 520
"""The longest lead time, ten years."""
Lifecycle = Literal["announced", "active", "last_time_buy", "end_of_life"]


@dataclass(frozen=True, slots=True)
class SparePolicy:
    """How many spares are kept: a share of the pieces, or enough for a service level; at least ``least``."""

    share: Fraction | None = None
    least: int = 0
    service: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a buyer knows of a part; None is unknown."""

    supplier: str | None = None
    moq: int | None = None
    pack_qty: int | None = None
    price_breaks: Mapping[int, Triple] = field(default_factory=dict)
    """US dollars per piece, by the least quantity of an order."""
    length_prices: Mapping[int, Triple] = field(default_factory=dict)
    """US dollars per piece, by length in mm; other lengths have no price."""
    lead_time_weeks: Triple | None = None
    lifecycle: Lifecycle | None = None
    spare: SparePolicy | None = None
    attrition: Fraction | None = None
    weight_kg: Fraction | None = None
    hs_code: str | None = None
    country_of_origin: str | None = None
    bought_inside: tuple[str, ...] | None = None
    """Parts that come with it; None where the catalog does not say."""
    mpns: Mapping[int, str] = field(default_factory=dict)
    """Part numbers by length in mm."""


NO_TERMS = Terms()
