"""Watts of every rack against the power budget of its template: devices, modules, engines, light, cables."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.cabling.port_uses import links_of_users
from topogen.media.fit import cable_of
from topogen.media.medium import pairs, strands
from topogen.media.patching import cords_of
from topogen.model.expand import expand
from topogen.model.fabric import racks_of_places
from topogen.model.path import path_name
from topogen.records import dataclass
from topogen.takeoff.placed_parts import NOWHERE, nodes_of_places, placed_parts
from topogen.takeoff.pools import users_of
from topogen.takeoff.power import POWERED
from topogen.takeoff.take_off import NETWORK_ROLES, is_inside, scope_of_place
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Line
    from topogen.errors import Problems
    from topogen.model.arrays import Ints
    from topogen.model.devices import PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity

RACK = "rack"
LARGEST = 3


@dataclass(frozen=True)
class Draw:
    """What pieces of one kind draw in each rack: ``each`` watts, None where they are not known.

    ``pieces`` has shape (racks,) and counts in ``parts`` of a piece: half a cable at each of its ends.
    ``part`` is what the watts are of, if anything is bought.
    """

    name: str
    each: Fraction | None
    pieces: Ints
    parts: int = 1
    part: str | None = None
    cost_scope: str = "interconnect"

    def watts(self, rack: int) -> Fraction:
        """Return the known watts in a rack."""
        return (self.each or Fraction(0)) * int(self.pieces[rack]) / self.parts


def warn_of_racks_over_budget(fabric: Fabric, quantities: Iterable[Quantity], problems: Problems) -> None:
    """Note racks that draw more than ``power_w`` of their template, or whose watts are not all known."""
    budgets = {name: one.power_w for name, one in fabric.spec.templates.items() if one.power_w}
    racks = [place for place in fabric.places if place.level == RACK and place.template in budgets]
    if not racks:
        return
    draws = list(rack_draws(fabric, tuple(quantities)))
    for name, budget in budgets.items():
        mine = [place for place in racks if place.template == name]
        if mine:
            _check(mine, int(budget or 0), draws, problems)


def rack_draws(fabric: Fabric, quantities: Sequence[Quantity]) -> Iterator[Draw]:
    """Yield what draws power in the racks, kind by kind; spares draw none."""
    for draw in (
        *_of_places(fabric),
        *_of_devices(fabric),
        *_of_placed_parts(fabric, quantities),
        *_of_media_devices(fabric),
        *_of_links(fabric),
    ):
        if draw.each != 0 and draw.pieces.any():
            yield draw


def _check(places: Sequence[PlaceGroup], budget: int, draws: Sequence[Draw], problems: Problems) -> None:
    """Note the racks of one template that are over their budget, or are not known to be within it."""
    numbers = np.concatenate([place.first + np.arange(place.count) for place in places])
    every = dict.fromkeys(numbers.tolist(), Fraction(0))
    for draw in draws:
        if draw.each:
            for kind in np.unique(draw.pieces[numbers]).tolist():
                for rack in numbers[draw.pieces[numbers] == kind].tolist() if kind else ():
                    every[rack] += draw.each * kind / draw.parts
    over = [rack for rack, watts in every.items() if watts > budget]
    unsure = [rack for rack in every if any(draw.each is None and draw.pieces[rack] for draw in draws)]
    named = over or unsure
    if not named:
        return
    worst = max(named, key=lambda rack: every[rack])
    unknown = [draw.name for draw in draws if draw.each is None and draw.pieces[worst]]
    template = places[0].template
    words = _words(_name(places, worst), every[worst], budget, unknown)
    if over:
        words += f": {_largest(draws, worst)}"
    if others := len(named) - 1:
        words += f"; likewise {format_count(others)} other rack{'s' * (others > 1)}"
    hint = f"move devices to other racks, or set power_w: {-(-every[worst] // 1)} on {template}"
    if not over:
        hint = f"add power_w to their parts, or remove power_w from {template}"
    problems.add("W405", words, ("templates", template, "power_w"), hint)


def _words(name: str, watts: Fraction, budget: int, unknown: Sequence[str]) -> str:
    least = "at least " if unknown else ""
    words = f"{name} draws {least}{_number(watts)} W, its power_w is {format_count(budget)}"
    if not unknown:
        return words
    more = f" and {len(unknown) - LARGEST} more" if len(unknown) > LARGEST else ""
    return f"{words}; no watts known for {', '.join(unknown[:LARGEST])}{more}"


def _largest(draws: Sequence[Draw], rack: int) -> str:
    """Return the largest contributors of a rack in words."""
    pieces, watts = defaultdict[str, Fraction](Fraction), defaultdict[str, Fraction](Fraction)
    for draw in draws:
        if draw.each and draw.pieces[rack]:
            pieces[draw.name] += Fraction(int(draw.pieces[rack]), draw.parts)
            watts[draw.name] += draw.watts(rack)
    ranked = sorted(watts, key=lambda name: -watts[name])[:LARGEST]
    return ", ".join(f"{_number(pieces[one])} x {one} {_number(watts[one])} W" for one in ranked)


def _number(value: Fraction) -> str:
    return format_count(int(value)) if value.denominator == 1 else format_decimal(value, 3)


def _name(places: Sequence[PlaceGroup], rack: int) -> str:
    place = next(place for place in places if place.first <= rack < place.first + place.count)
    return path_name(place.path, rack - place.first)


# What stands in a rack


def _n_racks(fabric: Fabric) -> int:
    return len(fabric.sites.x_mm)


def _counted(fabric: Fabric, racks: Ints, weights: Ints | None = None) -> Ints:
    """Return how often each rack is named, shape (racks,); NOWHERE is left out."""
    found = np.zeros(_n_racks(fabric), np.int64)
    np.add.at(found, racks[racks >= 0], 1 if weights is None else weights[racks >= 0])
    return found


def _watts(fabric: Fabric, part: str | None) -> Fraction | None:
    watts = fabric.catalog.parts[part].power_w if part else None
    return watts.base if watts else None


def _bought_whole(fabric: Fabric) -> list[PlaceGroup]:
    return [place for place in fabric.places if place.part and scope_of_place(fabric, place) in POWERED]


def _of_places(fabric: Fabric) -> Iterator[Draw]:
    """Yield the places bought whole that are a rack or stand in one."""
    for place in _bought_whole(fabric):
        numbers = racks_of_places(fabric, place.path)
        if numbers is not None:
            pieces, scope = _counted(fabric, numbers), scope_of_place(fabric, place)
            watts = _watts(fabric, place.part)
            yield Draw(place.template, watts, pieces, part=place.part, cost_scope=scope)


def _of_devices(fabric: Fabric) -> Iterator[Draw]:
    """Yield the devices, apart from those inside a place that is bought whole."""
    whole = [place.path for place in _bought_whole(fabric)]
    for group, stand in zip(fabric.groups, fabric.sites.stands, strict=True):
        if not any(is_inside(group.path, path) for path in whole):
            racks = stand.rack(np.arange(group.count))
            scope = "network_device" if group.type.role in NETWORK_ROLES else "host"
            watts, part = _watts(fabric, group.type.part), group.type.part
            yield Draw(group.label, watts, _counted(fabric, racks), part=part, cost_scope=scope)


def _of_placed_parts(fabric: Fabric, quantities: Sequence[Quantity]) -> Iterator[Draw]:
    """Yield modules and pooled parts; the watts of a pool that several racks share are known of none."""
    racks = fabric.sites.rack
    for one in placed_parts(fabric, quantities, spares=False):
        at = nodes_of_places(fabric, racks, one)
        found = _counted(fabric, at, one.pieces)
        yield Draw(one.part, _watts(fabric, one.part), found, part=one.part)
        if (one.pieces[at == NOWHERE] > 0).any() and _watts(fabric, one.part) != 0:
            devices = np.concatenate([racks[group.first : group.first + group.count] for group in one.groups])
            sharing = (_counted(fabric, devices) > 0) & (found == 0)
            yield Draw(f"{one.part} shared by racks", None, sharing.astype(np.int64))


def _of_media_devices(fabric: Fabric) -> Iterator[Draw]:
    """Yield what a medium owns once for each device that ends one of its links."""
    kinds = dict.fromkeys((name, link.network) for link in fabric.links for name in link.media or ())
    for name, network in kinds:
        medium = fabric.catalog.media[name]
        users = list(users_of(fabric, medium, network))
        for line in (line for line in medium.recipe.values() if line.per == "device"):
            part = line.part_for(1, None, None)
            for index, stand in enumerate(fabric.sites.stands):
                linked = links_of_users(fabric, index, users).full() > 0
                racks = stand.rack(np.flatnonzero(linked))
                pieces = _counted(fabric, racks) * line.qty
                yield Draw(part or f'{line.name} of "{name}"', _watts(fabric, part), pieces, part=part)


# Cables: half of their watts at each end


def _of_links(fabric: Fabric) -> Iterator[Draw]:
    for group in fabric.links:
        if group.media is None:
            yield Draw(f'links "{group.name}"', None, _ends(fabric, group))
            continue
        for line in fabric.catalog.media[group.media[0]].recipe.values():
            if line.per in ("link", "lane"):
                yield from _of_cables(fabric, group, line)


def _of_cables(fabric: Fabric, group: LinkGroup, line: Line) -> Iterator[Draw]:
    """Yield cables and strands; the watts of a cable are those of its links in equal parts."""
    medium = fabric.catalog.media[(group.media or ("",))[0]]
    lane = line.per == "lane"
    part = line.part_for(1, group.lanes, group.lane_rate) if lane else cable_of(fabric, group, line).part
    each = _watts(fabric, part)
    if each == 0 or (group.through and not lane and _is_passive(fabric, group)):
        return
    name = part or f'{line.name} of "{medium.id}"'
    if lane:
        strand = strands(group, medium) if medium.kind == "optical" else pairs(group, medium)
        pieces = _ends(fabric, group) * (strand or 0) * line.qty
        yield Draw(name, each, pieces, 2, part)
        return
    columns = expand(fabric, group)
    cable = cable_of_link(fabric, group, columns)
    shared = np.bincount(cable)[cable]
    for links in np.unique(shared).tolist():
        pieces = _ends(fabric, group, shared == links) * line.qty
        yield Draw(name, each, pieces, 2 * links, part)


def _is_passive(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether no cord or trunk of links through patch panels draws power."""
    parts = [*(cord.part for cord in cords_of(fabric, group)), group.through[0].trunk]
    return all(_watts(fabric, part) == 0 for part in parts)


def _ends(fabric: Fabric, group: LinkGroup, chosen: np.ndarray | None = None) -> Ints:
    """Return how many ends of links, all or some, are in each rack: of side a, and of side b if modelled."""
    columns, racks = expand(fabric, group), fabric.sites.rack
    rows = slice(None) if chosen is None else chosen
    found = _counted(fabric, racks[columns.a[rows]])
    return found + _counted(fabric, racks[columns.b[rows]]) if group.has_b else found
