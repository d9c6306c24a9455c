"""Spares by policy: of the part itself, or of the tray where it is not replaced in the field."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from topogen.ordering.stock import Stock
from topogen.records import dataclass
from topogen.structure.elements import tray_of
from topogen.takeoff.placed_parts import nodes_of_places
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from topogen.catalog.model import Part
    from topogen.catalog.terms import SparePolicy
    from topogen.model.fabric import Fabric
    from topogen.ordering.inside import Inside


class Spares(NamedTuple):
    """Spares of a part; ``pieces`` is None where FIT or lead time is missing, which ``lacks`` names."""

    pieces: int | None = 0
    rule: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class Tray:
    """What is replaced as a whole: a tray, or a device outside trays, with the part that it is bought as."""

    name: str
    part: str | None
    count: int


def spares_of(policy: SparePolicy | None, count: int, fit: Fraction | None, weeks: Fraction | None) -> Spares:
    """Return the spares of ``count`` pieces whose failures add up to ``fit``; none of no pieces."""
    if policy is None or not count:
        return Spares()
    if policy.service is None:
        share = policy.share or 0
        return Spares(max(ceil(share * count), policy.least), _words(policy))
    lacks = [name for name, value in (("failures_fit", fit), ("lead_time_weeks", weeks)) if value is None]
    if fit is None or weeks is None:
        return Spares(None, _words(policy), " and ".join(lacks))
    stock = Stock(policy.service, weeks)
    rule = f"{_words(policy)} over {format_decimal(weeks)} weeks"
    return Spares(max(stock.pieces(fit), policy.least), rule)


def _words(policy: SparePolicy) -> str:
    words = []
    if policy.share:
        words.append(f"{format_decimal(100 * policy.share)}%")
    if policy.service:
        words.append(f"service level {format_decimal(policy.service)}")
    if policy.least:
        words.append(f"at least {policy.least}")
    return ", ".join(words)


def largest(found: Iterable[Spares]) -> Spares:
    """Return the largest of several numbers of spares; unknown if one is unknown."""
    known = list(found)
    unknown = [one for one in known if one.pieces is None]
    return unknown[0] if unknown else max(known, key=lambda one: one.pieces or 0, default=Spares())


def is_spared_by_tray(part: Part) -> bool:
    """Return whether a failed piece of a part is not replaced by itself in the field."""
    return part.field_replaceable in ("no", "with_tray")


def trays_of(fabric: Fabric, part: str, inside: Inside) -> dict[str, int]:
    """Return the trays that hold the pieces of a part, with their pieces; of links there are none."""
    trays = [tray_of(fabric, group) for group in fabric.groups]
    found: Counter[str] = Counter()
    for group, tray in zip(fabric.groups, trays, strict=True):
        if group.type.part == part:
            found[tray] += group.count
    placed = inside.placed(part)
    for name in dict.fromkeys(trays) if placed else ():
        node = inside.marked([tray == name for tray in trays])
        for one in placed:
            found[name] += int(one.pieces[nodes_of_places(fabric, node, one) == 1].sum())
    return {name: pieces for name, pieces in found.items() if pieces}


def tray_named(fabric: Fabric, name: str) -> Tray:
    """Return the trays of a template, or the devices of a name, with what they are bought as."""
    places = [place for place in fabric.places if place.template == name and place.level != "rack"]
    if places:
        parts = {place.part for place in places}
        return Tray(name, parts.pop() if len(parts) == 1 else None, sum(place.count for place in places))
    groups = [group for group in fabric.groups if group.label == name]
    made = {group.type.part for group in groups}
    return Tray(name, made.pop() if len(made) == 1 else None, sum(group.count for group in groups))


def spares_of_tray(
    tray: Tray, own: Mapping[str, tuple[SparePolicy, int, Fraction | None]], weeks: Fraction | None
) -> Spares:
    """Return the spare trays for the parts in them: of shares the largest, of failures the sum.

    ``own`` has by part its policy, its pieces in these trays, and its FIT per piece.
    """
    shares = [one for one in own.values() if one[0].service is None]
    found = [spares_of(policy, tray.count, None, None) for policy, _, _ in shares]
    failing = [one for one in own.values() if one[0].service is not None]
    if failing:
        strictest = max((policy for policy, _, _ in failing), key=lambda one: one.service or 0)
        fits = [fit * pieces for _, pieces, fit in failing if fit is not None]
        fit = sum(fits[1:], fits[0]) if len(fits) == len(failing) else None
        found.append(spares_of(strictest, tray.count, fit, weeks))
    most = largest(found)
    return most._replace(rule=f"{most.rule}, for {', '.join(own)}")
