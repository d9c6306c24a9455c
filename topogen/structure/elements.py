"""The elements of a fabric that can fail, by kind: lasers, engines, cables, devices, places, rows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.placement import AT_ROW
from topogen.cabling.cables import cable_of_link
from topogen.catalog.pricing import contents
from topogen.language.device import SWITCH_ROLES
from topogen.media.fit import cable_of
from topogen.media.medium import pairs, strands
from topogen.model.path import count_of
from topogen.model.runs import distinct
from topogen.records import dataclass
from topogen.structure.outage import Elements
from topogen.takeoff.feeds import feeds
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.catalog.model import Catalog
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.structure.wires import Wires
    from topogen.takeoff.feeds import Feed


@dataclass(frozen=True)
class Kind:
    """The elements of one kind; ``count`` of them are in use, if not all are told apart."""

    element: str
    kind: str
    part: str | None
    elements: Elements
    count: int
    is_place: bool = False
    """Whether it holds what is bought separately; a box of switch chips is a switch."""
    held_in: tuple[tuple[str, int], ...] = ()


def kinds_of(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield every kind of element of a fabric, from lasers out to rows of racks."""
    yield from _light(fabric, wires)
    yield from _cables(fabric, wires)
    yield from _devices(fabric, wires)
    yield from _places(fabric, wires)
    yield from _rows(fabric, wires)


class _Pairs:
    """Elements of one kind, gathered place after place."""

    def __init__(self) -> None:
        self.count = 0
        self.owner: list[Ints] = []
        self.link: list[Ints] = []

    def add(self, element: Ints, link: Ints) -> None:
        """Add elements by any numbers of their own, each with a link that it carries."""
        found, owner = np.unique(element, return_inverse=True)
        self.owner.append(owner + self.count)
        self.link.append(link)
        self.count += len(found)

    @property
    def elements(self) -> Elements:
        """Return all elements added."""
        none = np.zeros(0, np.int64)
        owner, link = np.concatenate([none, *self.owner]), np.concatenate([none, *self.link])
        return Elements(self.count, owner, link, none, none)


# Lasers, engines, light sources, modules and whatever else ports share


def _light(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield lasers, then the pooled lines and the modules of all media, by line and part.

    Which links run through a piece of a copper pool, such as a cable cartridge, is not modelled.
    """
    lasers: dict[str, _Pairs] = {}
    found: dict[tuple[str, str], _Pairs] = {}
    held: dict[tuple[str, str], Counter[str]] = {}
    for feed in feeds(fabric, every=True):
        held.setdefault((feed.line, feed.part), Counter()).update(_holders(fabric, feed))
        link = wires.at_ports(feed.ports.keys(fabric))
        pieces = found.setdefault((feed.line, feed.part), _Pairs())
        if fabric.catalog.media[feed.medium].kind != "optical":
            continue
        _deal(pieces, feed, link, 1)
        for chip, inside in _lasers_in(fabric.catalog, feed.part):
            _deal(lasers.setdefault(chip, _Pairs()), feed, link, inside)
    counts = _counts(fabric)
    for chip, pieces in lasers.items():
        count = sum(
            pieces_of * dict(_lasers_in(fabric.catalog, part)).get(chip, 0)
            for (_, part), pieces_of in counts.items()
        )
        yield Kind(chip, "laser", chip, pieces.elements, count)
    for (line, part), pieces in found.items():
        trays = held[line, part]
        whole = sum(trays.values()) == counts[line, part]
        yield Kind(
            part or line, line, part or None, pieces.elements, counts[line, part],
            held_in=tuple(trays.items()) if whole else (),
        )  # fmt: skip


def _holders(fabric: Fabric, feed: Feed) -> dict[str, int]:
    """Return the trays that hold the pieces of a feed, with their pieces; none where a piece is in two."""
    first, last = feed.parts()
    port, piece = _pieces_of(feed, first, last)
    groups = np.searchsorted([one.first for one in fabric.groups], feed.ports.device, side="right") - 1
    trays = [tray_of(fabric, one) for one in fabric.groups]
    names = list(dict.fromkeys(trays))
    holder = np.array([names.index(tray) for tray in trays])[groups][port]
    both = distinct(piece * len(names) + holder)
    if len(both) != len(distinct(piece)):
        return {}
    counts = np.bincount(both % len(names), minlength=len(names)).tolist()
    return {one: number for one, number in zip(names, counts, strict=True) if number}


def tray_of(fabric: Fabric, group: DeviceGroup) -> str:
    """Return the innermost place of some devices, or their name where that is a rack."""
    around = [one for one in fabric.places if one.path and group.path[: len(one.path)] == one.path]
    inner = max(around, key=lambda one: len(one.path), default=None)
    return group.label if inner is None or inner.level == "rack" else inner.template


def _deal(pieces: _Pairs, feed: Feed, link: Ints, inside: int) -> None:
    """Add the pieces of a feed, or the parts inside them, with the links that they carry."""
    port, piece = _pieces_of(feed, *feed.parts(inside))
    pieces.add(piece, link[port])


def _pieces_of(feed: Feed, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return each port of a feed with each piece that carries it, pieces numbered over all places."""
    each = last - first + 1
    port = np.repeat(np.arange(len(first)), each)
    turn = np.arange(len(port)) - np.repeat(np.cumsum(each) - each, each)
    return port, feed.place[port] * (int(last.max(initial=0)) + 1) + first[port] + turn


def _lasers_in(catalog: Catalog, part: str) -> Iterator[tuple[str, int]]:
    """Yield the laser chips inside a part, those of which every piece holds a whole number."""
    for chip, inside in (contents(catalog, part) if part else {}).items():
        if catalog.parts[chip].layer == "laser_chip" and inside.denominator == 1:
            yield chip, int(inside)


def _counts(fabric: Fabric) -> dict[tuple[str, str], int]:
    """Return the pieces in use of each pooled line and module, by line and part."""
    found: dict[tuple[str, str], int] = {}
    for row in take_off(fabric):
        if row.per in ("pool", "end"):
            key = row.line, row.part or ""
            found[key] = found.get(key, 0) + row.qty_active
    return found


# Cables and fibres


def _cables(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield what links and their lanes own, by line and part."""
    found: dict[tuple[str, str], _Pairs] = {}
    counts: dict[tuple[str, str], int] = {}
    for group, columns, at in wires.rows:
        medium = fabric.catalog.media[group.media[0]] if group.media else None
        links = np.arange(at.start, at.stop)
        for line in medium.recipe.values() if medium else ():
            if line.per not in ("link", "lane"):
                continue
            if line.per == "link":
                part, cable, each = (
                    cable_of(fabric, group, line).part,
                    cable_of_link(fabric, group, columns),
                    1,
                )
            else:
                assert medium  # noqa: S101 - it has a recipe
                part, cable = line.part_for(1, group.lanes, group.lane_rate), links
                each = (strands if medium.kind == "optical" else pairs)(group, medium) or 0
            key = line.name, part or ""
            pieces = found.setdefault(key, _Pairs())
            before = pieces.count
            pieces.add(cable, links)
            counts[key] = counts.get(key, 0) + (pieces.count - before) * each * line.qty
    for (name, made), pieces in found.items():
        yield Kind(made or name, name, made or None, pieces.elements, counts[name, made])


# Devices and places


def _devices(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield the devices, by name and part."""
    kinds: dict[tuple[str, str, str | None], Ints] = {}
    for group in fabric.groups:
        key = group.label, group.type.role, group.type.part
        owner = kinds.setdefault(key, np.full(wires.n_nodes, -1, np.int64))
        owner[group.first : group.first + group.count] = np.arange(group.count) + int(owner.max() + 1)
    for (label, role, part), owner in kinds.items():
        yield _held(wires, (label, role, part), owner, int(owner.max() + 1), place=False)


def _places(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield the places of each template, from the innermost out; racks hold what stands in them."""
    kinds: dict[tuple[str, str, str | None], list[PlaceGroup]] = {}
    for place in sorted(fabric.places, key=lambda one: -len(one.path)):
        made = next((at for at in AT_ROW if place.template.startswith(f"{at}_")), "")
        name = made if place.template not in fabric.spec.templates and made else place.template
        kinds.setdefault((name, place.level, place.part), []).append(place)
    for key, places in kinds.items():
        owner, count = np.full(wires.n_nodes, -1, np.int64), 0
        for place in places:
            if place.level == "rack":
                _stand_in(fabric, place, owner, count)
            else:
                _inside(fabric, place, owner, count)
            count += place.count
        yield _held(wires, key, owner, count, place=not _is_switch(fabric, places))


def _is_switch(fabric: Fabric, places: Sequence[PlaceGroup]) -> bool:
    """Return whether places are boxes of switch chips only: each of them is one switch that is bought."""
    roles = {
        group.type.role
        for place in places
        for group in fabric.groups
        if place.level != "rack" and group.path[: len(place.path)] == place.path
    }
    return bool(roles) and roles <= set(SWITCH_ROLES)


def _inside(fabric: Fabric, place: PlaceGroup, owner: Ints, first: int) -> None:
    """Enter which of some equal places holds each device of the tree."""
    depth = len(place.path)
    for group in fabric.groups:
        if group.path[:depth] == place.path:
            here = np.arange(group.count) // count_of(group.path[depth:])
            owner[group.first : group.first + group.count] = first + here


def _stand_in(fabric: Fabric, place: PlaceGroup, owner: Ints, first: int) -> None:
    """Enter which of some equal racks holds each device, wherever the tree or the layout put it there."""
    rack = fabric.sites.rack - place.first
    here = np.flatnonzero((rack >= 0) & (rack < place.count))
    owner[here] = first + rack[here]


def _rows(fabric: Fabric, wires: Wires) -> Iterator[Kind]:
    """Yield the rows of racks."""
    sites = fabric.sites
    if not sites.rows:
        return
    owner = np.full(wires.n_nodes, -1, np.int64)
    placed = np.flatnonzero(sites.rack >= 0)
    owner[placed] = sites.row[sites.rack[placed]]
    yield _held(wires, ("row", "row", None), owner, len(sites.rows))


def _held(
    wires: Wires, of: tuple[str, str, str | None], owner: Ints, count: int, *, place: bool = True
) -> Kind:
    """Return elements that fail with the devices they hold: ``owner`` has the element of each node, or -1."""
    ends = np.concatenate([owner[wires.a], owner[wires.b]])
    links = np.tile(np.arange(len(wires.a)), 2)
    device = np.flatnonzero(owner >= 0)
    elements = Elements(count, ends[ends >= 0], links[ends >= 0], owner[device], device)
    return Kind(*of, elements, count, place)
