"""Quantities: how many of one part something needs, and the classes that it is counted over."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.takeoff.pools import WHOLE, Basis, DemandClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Side
    from topogen.model.links import LinkGroup


class LinkSet(NamedTuple):
    """Links of one group: those of block number ``piece``, or of the cables that ``piece`` describes."""

    group: str
    piece: int | str
    links: int


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """How many of one part a recipe line, device type or template needs, and the classes it is counted over.

    Attributes
    ----------
    part
        Part id, None where the recipe names no part for these links; ``gap`` says why.
    per
        The owner: ``link``, ``lane``, ``end``, ``pool`` or ``device``.
    qty
        Pieces as modelled, ``spare`` included.
    classes
        Owners that need equally many pieces; their pieces and ``spare`` add up to ``qty``.
    length_mm
        The length ordered, None for what is not sold by length or where it is not known.
    affects
        The links that use the pieces.
    """

    part: str | None
    line: str
    per: str
    cost_scope: str
    medium: str
    network: str
    groups: tuple[str, ...]
    tiers: tuple[int, ...]
    qty: int
    classes: tuple[DemandClass, ...]
    unit: str
    spare: int = 0
    length_mm: int | None = None
    basis: Basis = WHOLE
    gap: str = ""
    affects: tuple[LinkSet, ...] = ()

    @property
    def qty_active(self) -> int:
        """Return the pieces in use: spares are fitted dark."""
        return self.qty - self.spare


@dataclass(frozen=True, kw_only=True)
class LinkQuantity(Quantity):
    """What links and their lanes own.

    ``route_mm`` is the longest route where nothing that long is sold; ``length_basis`` are the bases of the
    lengths of what is sold by length, several of a row in the order of ``BASES``.
    """

    route_mm: int | None = None
    length_basis: tuple[str, ...] = ()

    @property
    def has_unknown_length(self) -> bool:
        """Return whether no cable of this row has a known length."""
        return self.length_basis == ("unknown",)


@dataclass(frozen=True, kw_only=True)
class EndQuantity(Quantity):
    """Modules at one side of a link group, one piece per cage in use."""

    side: Side


@dataclass(frozen=True, kw_only=True)
class PoolQuantity(Quantity):
    """Pieces shared inside a place and rounded up there.

    A step of the recipe line ``serves`` so many lanes or pieces in a place of level ``scope``. ``buildable``
    is the least that can really be fitted, rounded up in ``buildable_scope``.
    """

    scope: str
    serves: int
    buildable: int
    buildable_scope: str
    buildable_classes: tuple[DemandClass, ...]


def link_basis(links: Sequence[LinkGroup]) -> Basis:
    """Return the basis of links and their cables: one each in every basis; uplinks are no links of NICs."""
    near = sum(link.count for link in links if link.network != "scale_out" or link.tier == 1)
    share = Fraction(near, sum(link.count for link in links))
    return Basis(Fraction(1), share, share)
