"""The share of parts per link of a medium, and its cost, power or optical content.

A share is exact and does not depend on what else is there: a cable is shared by the links it carries, a
module by the links of its cage, a pooled piece by the lanes it serves, a part per device by the ports of
that kind on the device. What rounding up, fitted spares and unlinked ports add is left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.cabling.cables import order_length
from topogen.catalog.pricing import unit_price
from topogen.media.fit import End, fitting_cable, panel_cords
from topogen.media.medium import pairs, port_lanes, strands
from topogen.records import dataclass
from topogen.units import format_decimal, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Catalog, Line, Medium
    from topogen.model.devices import Port
    from topogen.model.links import LinkGroup

UNITS = {"cheapest": "USD", "lowest_power": "W", "lowest_content": "USD optical content"}
"""What each way to choose compares, of one link."""


@dataclass(frozen=True)
class LinkClass:
    """Links that every medium treats alike; ``ports`` are those of the ends that are in the model.

    ``length_mm`` is that of the cable, ``cords_mm`` those of the cords to patch panels at a and at b; None
    where one is not known.
    """

    group: LinkGroup
    ports: tuple[Port, ...]
    length_mm: int | None
    cords_mm: tuple[int | None, ...] = ()

    def ends(self, medium: Medium) -> list[End]:
        """Return the ends with a medium at each."""
        return [End(side, medium, port) for side, port in enumerate(self.ports)]


@dataclass(frozen=True)
class Share:
    """How much of one part one link takes, and how long it is."""

    part: str
    qty: Fraction
    length_mm: int | None


class NotComparableError(ValueError):
    """A value of a medium is unknown, so it cannot be compared."""


def measure(catalog: Catalog, medium: Medium, link: LinkClass, choose: str) -> Fraction:
    """Return what a way to choose compares, for one link: USD or W, at base values; the least is best.

    ``cheapest``: what is bought for the link. ``lowest_power``: watts of the same parts, so of modules,
    engines, light sources and active cables but not of the SerDes in a chip. ``lowest_content``: what is
    bought where the medium is optical, else 0. Trunks and patch panels are left out: all media share them.

    Raises
    ------
    NotComparableError
        With the figure that is missing.
    """
    taken = tuple(shares(catalog, medium, link))
    if choose == "lowest_content" and medium.kind != "optical":
        return Fraction(0)
    value = _watts if choose == "lowest_power" else _dollars
    return sum((value(catalog, one) * one.qty for one in taken), Fraction(0))


def _watts(catalog: Catalog, share: Share) -> Fraction:
    watts = catalog.parts[share.part].power_w
    if watts is None:
        raise NotComparableError(f"no power given for {share.part}")
    return watts.base


def _dollars(catalog: Catalog, share: Share) -> Fraction:
    ladder = catalog.parts[share.part].lengths_mm
    length = order_length(share.length_mm, ladder)
    price = unit_price(catalog, share.part, length)
    if price.usd is None:
        raise NotComparableError(f"no price for {share.part}")
    if price.gap and share.length_mm is not None:
        raise NotComparableError(f"{share.part} is not sold at {format_length(share.length_mm)}")
    if price.gap:
        raise NotComparableError(f"length unknown, so no price for {share.part}")
    return price.usd.base


def shares(catalog: Catalog, medium: Medium, link: LinkClass) -> Iterator[Share]:
    """Yield how much of each part one link takes of a medium at both its ends."""
    if not medium.recipe and medium.kind != "board":
        raise NotComparableError("no recipe")
    for line in medium.recipe.values():
        if line.per == "link" and link.group.through:
            yield from _shares_of_cords(catalog, medium, line, link)
        elif line.per == "link":
            yield _share_of_cable(catalog, medium, line, link)
        else:
            owned = _shares_of_lanes if line.per == "lane" else _shares_of_ends
            yield from owned(medium, line, link)


def _share_of_cable(catalog: Catalog, medium: Medium, line: Line, link: LinkClass) -> Share:
    """Return the share of the cable that carries a link."""
    cable = fitting_cable(catalog, link.group, line, link.ends(medium))
    if cable.part is None:
        raise NotComparableError(cable.gap)
    return Share(cable.part, Fraction(line.qty, cable.links), link.length_mm)


def _shares_of_cords(catalog: Catalog, medium: Medium, line: Line, link: LinkClass) -> Iterator[Share]:
    """Yield the shares of the cords from both ends of a link to its patch panels."""
    cords = panel_cords(catalog, link.group, line, link.ends(medium))
    for cord, length in zip(cords, link.cords_mm, strict=True):
        if cord.part is None:
            raise NotComparableError(cord.gap)
        yield Share(cord.part, Fraction(line.qty, cord.links), length)


def _shares_of_lanes(medium: Medium, line: Line, link: LinkClass) -> Iterator[Share]:
    """Yield what belongs to the lanes of a link."""
    group = link.group
    each = strands(group, medium) if medium.kind == "optical" else pairs(group, medium)
    if each is None:
        raise NotComparableError(f"lanes unknown, so no {line.name}")
    yield Share(_part(line, 1, group.lanes, group.lane_rate), Fraction(line.qty * each), link.length_mm)


def _shares_of_ends(medium: Medium, line: Line, link: LinkClass) -> Iterator[Share]:
    """Yield what belongs to ends, devices and pools; a passive port brings no lanes to a pool."""
    for port in link.ports:
        if line.per == "end":
            part = _part(line, port.cage_links, port.lanes, port.lane_rate)
            yield Share(part, Fraction(line.qty, port.cage_links), link.length_mm)
        elif line.per == "device":
            yield Share(_part(line, 1, None, None), Fraction(line.qty, port.count), link.length_mm)
        elif lanes := port_lanes(port, medium):
            part = _part(line, 1, link.group.lanes, link.group.lane_rate)
            each = 2 if port.bidi and line.serves and line.serves[1] == "pairs" else 1
            yield Share(part, lanes * _pieces_per_lane(medium, line) / each, link.length_mm)
        elif port.rate is not None:
            raise NotComparableError(f"lanes unknown, so no {line.name}")


def _pieces_per_lane(medium: Medium, line: Line) -> Fraction:
    """Return the pieces of a pooled line for one lane: by what a piece serves, without rounding."""
    serves, unit = line.serves or (1, "lanes")
    served = Fraction(1) if unit in ("lanes", "pairs") else _pieces_per_lane(medium, medium.recipe[unit])
    return served * line.qty / serves


def _part(line: Line, links: int, lanes: int | None, lane_rate: int | None) -> str:
    part = line.part_for(links, lanes, lane_rate)
    if part is None:
        rate = format_rate_long(lane_rate) if lane_rate else "unknown lane rate"
        raise NotComparableError(f"no {line.name} part for {links} x {lanes or '?'} x {rate}")
    return part


def in_words(value: Fraction, choose: str) -> str:
    """Return a measure of one link with its unit.

    >>> in_words(Fraction(1625, 2), "cheapest")
    '812.5 USD per link'
    """
    return f"{format_decimal(value)} {UNITS[choose]} per link"
