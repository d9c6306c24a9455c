"""Structured cabling: trunks between patch panels, whole ones for all links that pass, polarity and loss.

A link through patch panels is a cord, a trunk and a cord. Each cord takes one position at the front of a
panel; the positions of a trunk are the fibres of its connectors.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.floor.routing import route_of
from topogen.media.fit import ends_of, panel_cords
from topogen.media.medium import strands
from topogen.model.expand import expand
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.records import dataclass
from topogen.units import MM_PER_KM, count_words, format_count, format_decimal, format_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Catalog, Loss, Part
    from topogen.errors import Path, Problems
    from topogen.media.fit import Cable
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, LinkGroup, PatchPanel

PAIR = 2
"""Fibres of a duplex position: one each way."""


@dataclass(frozen=True)
class TrunkRoute:
    """Trunks between two patch panels: ``cables`` of each link group, in turn, take one position each.

    ``positions`` and ``strands`` are those of one trunk, ``used`` the strands in use of all of them;
    ``first`` is how many positions earlier trunks take at either panel.
    """

    ends: tuple[PatchPanel, PatchPanel]
    cables: Mapping[str, int]
    positions: int
    strands: int
    used: int
    first: tuple[int, int]

    @property
    def part(self) -> str:
        """Return the part of the trunks."""
        return self.ends[0].trunk

    @property
    def taken(self) -> int:
        """Return the positions that cords take."""
        return sum(self.cables.values())

    @property
    def trunks(self) -> int:
        """Return the trunks: whole ones."""
        return -(-self.taken // self.positions)

    @property
    def spare(self) -> int:
        """Return the strands that no link uses."""
        return self.trunks * self.strands - self.used

    def start_of(self, group: str) -> int:
        """Return the first position of the cords of a link group, from 0."""
        names = list(self.cables)
        return sum(self.cables[name] for name in names[: names.index(group)])

    def is_turned(self, group: LinkGroup) -> bool:
        """Return whether the a ends of a link group are at the second panel."""
        return group.through[0].name != self.ends[0].name


# What the catalog says of a panel


def is_cassette(catalog: Catalog, panel: PatchPanel) -> bool:
    """Return whether a panel turns the connectors of its trunks into others, which is a mated pair more."""
    connectors = catalog.parts[panel.trunk].connectors
    return connectors is not None and connectors[0].type != panel.connector


def mated_pairs(catalog: Catalog, group: LinkGroup) -> int:
    """Return the mated pairs of connectors at the patch panels of a link: one each, two at a cassette."""
    return sum(2 if is_cassette(catalog, panel) else 1 for panel in group.through)


def fibres_of_position(catalog: Catalog, panel: PatchPanel) -> int | None:
    """Return the fibres of a front position: those of the cords with its connector, None if unclear."""
    found = {
        part.fibres
        for part in catalog.parts.values()
        for one in part.connectors or ()
        if one.type == panel.connector and part.fibres
    }
    return found.pop() if len(found) == 1 else None


def _positions(catalog: Catalog, panel: PatchPanel) -> int:
    """Return the front positions that one trunk serves, 0 if its connectors do not fit the panel."""
    trunk, each = catalog.parts[panel.trunk], fibres_of_position(catalog, panel)
    if not trunk.connectors or trunk.connectors[0] != trunk.connectors[1] or not trunk.fibres or not each:
        return 0
    if is_cassette(catalog, panel) and each > PAIR:
        return 0
    return trunk.connectors[0].count * (trunk.fibres // each)


# Trunks


def cords_of(fabric: Fabric, group: LinkGroup) -> tuple[Cable, Cable]:
    """Return the cords of a link group at a and at b."""
    recipe = fabric.catalog.media[group.media[0]].recipe if group.media else {}
    line = next(line for line in recipe.values() if line.per == "link")
    return panel_cords(fabric.catalog, group, line, ends_of(fabric, group))


def trunk_routes(fabric: Fabric) -> tuple[TrunkRoute, ...]:
    """Return the trunks of a fabric, a route for each two patch panels, in the order of the file."""
    routes: dict[frozenset[str], list[LinkGroup]] = {}
    for group in fabric.links:
        if group.through and group.count:
            routes.setdefault(frozenset(panel.name for panel in group.through), []).append(group)
    taken: dict[str, int] = {}
    found = []
    for groups in routes.values():
        ends = groups[0].through
        cables = {group.name: _cables(fabric, group) for group in groups}
        trunk = fabric.catalog.parts[ends[0].trunk]
        count = trunk.connectors[0].count if trunk.connectors else 0
        used = sum(_strands(fabric, group) for group in groups)
        first = (taken.get(ends[0].name, 0), taken.get(ends[1].name, 0))
        route = TrunkRoute(
            (ends[0], ends[1]),
            cables,
            _positions(fabric.catalog, ends[0]),
            count * (trunk.fibres or 0),
            used,
            first,
        )
        for panel, before in zip(ends, first, strict=True):
            taken[panel.name] = before + route.trunks * route.positions
        found.append(route)
    return tuple(found)


def _cables(fabric: Fabric, group: LinkGroup) -> int:
    return int(cable_of_link(fabric, group, expand(fabric, group)).max()) + 1


def _strands(fabric: Fabric, group: LinkGroup) -> int:
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    return (strands(group, medium) or 0) * group.count if medium else 0


# Lengths


@dataclass(frozen=True)
class CordEnds:
    """The cords of a link group at one side: device and coded length of each, shape (cables,)."""

    device: Ints
    length: Ints
    basis: Ints


def cord_ends(fabric: Fabric, group: LinkGroup) -> tuple[CordEnds, CordEnds]:
    """Return the cords of a link group at a and at b, cable by cable."""
    columns, routing = expand(fabric, group), route_of(fabric, group)
    cable = cable_of_link(fabric, group, columns)
    first = np.unique(cable, return_index=True)[1]
    rack, height = fabric.sites.rack, fabric.sites.height_mm
    found = []
    for devices, panel in zip((columns.a, columns.b), group.through, strict=True):
        device = devices[first].astype(np.int64)
        found.append(CordEnds(device, *routing.piece((rack[device], height[device]), panel.spot)))
    return found[0], found[1]


def trunk_length(fabric: Fabric, route: TrunkRoute) -> tuple[int, int]:
    """Return the length of the trunks of a route in mm (-1 unknown), and its basis.

    Slack is that of the first link group that passes.
    """
    group = next(one for one in fabric.links if one.name == next(iter(route.cables)))
    length, basis = route_of(fabric, group).piece(route.ends[0].spot, route.ends[1].spot)
    return int(length[0]), int(basis[0])


# Checks


def check_patching(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> None:
    """Note links that cannot pass through their patch panels, and what is not known of those that do."""
    groups = [group for group in fabric.links if group.through and group.count]
    before = len(problems.found)
    for group in groups:
        _check_parts(fabric, group, (paths[group.base or group.name], problems))
    if not groups or any(one.is_error for one in problems.found[before:]):
        return
    _refuse_overbooked(fabric, problems)
    for group in groups:
        at = paths[group.base or group.name]
        _check_polarity(fabric, group, (at, problems))
        _check_loss(fabric, group, (at, problems))
        _warn_of_order(fabric, group, (at, problems))


def _check_parts(fabric: Fabric, group: LinkGroup, to: tuple[Path, Problems]) -> None:
    """Note a medium without cords, and trunks that do not fit between the panels."""
    at, problems = to
    media = [fabric.catalog.media[name] for name in group.media or ()]
    lines = [line for one in media[:1] for line in one.recipe.values() if line.per == "link"]
    names = [line.part_for(1, group.lanes, group.lane_rate) for line in lines]
    cords = [name for name in names if name and fabric.catalog.parts[name].connectors]
    if not cords:
        what = " and ".join(dict.fromkeys(group.media or ())) or "no medium"
        message = f"{what} has no cords of fibre, so that its links cannot pass through patch panels"
        problems.add("E782", message, at, "use a medium of modules and cords, such as dr, or remove through")
        return
    one, other = group.through
    for key in ("trunk", "connector"):
        if getattr(one, key) != getattr(other, key):
            message = f"{one.name} has {key} {getattr(one, key)}, {other.name} {getattr(other, key)}"
            hint = f"write {key}: {getattr(one, key)} at {other.name}"
            problems.add("E783", message, ("patch_panels", other.name, key), hint)
            return
    _check_trunk(fabric, group, (fabric.catalog.parts[cords[0]].glass, problems))
    sides = {cable.links for cable in cords_of(fabric, group) if not cable.gap}
    if len(sides) > 1:
        message = f"a connector holds {min(sides)} and {max(sides)} links at the two ends of {group.name}"
        problems.add("E782", message, at, "use modules whose connectors hold equally many links")


def _check_trunk(fabric: Fabric, group: LinkGroup, to: tuple[str | None, Problems]) -> None:
    """Note a trunk of other fibre than the cords, and one whose connectors do not serve the positions."""
    glass, problems = to
    panel = group.through[0]
    trunk = fabric.catalog.parts[panel.trunk]
    if trunk.glass != glass:
        message = f"{trunk.id} is of {trunk.glass or 'unknown'} fibre, the cords of {group.name} of {glass}"
        hint = f"name a trunk of {glass} fibre"
        problems.add("E783", message, ("patch_panels", panel.name, "trunk"), hint)
    elif not _positions(fabric.catalog, panel):
        message = f"{trunk.id} does not fit panels of {panel.connector}"
        hint = "a trunk has equal connectors at both ends, such as 12 x mpo12, and states its fibres"
        problems.add("E783", message, ("patch_panels", panel.name, "trunk"), hint)


def _refuse_overbooked(fabric: Fabric, problems: Problems) -> None:
    """Note patch panels with fewer positions than their trunks have."""
    routes = trunk_routes(fabric)
    panels = {panel.name: panel for route in routes for panel in route.ends}
    for name, panel in panels.items():
        ended = [route for route in routes if name in (end.name for end in route.ends)]
        taken = sum(route.trunks * route.positions for route in ended)
        room = panel.positions * panel.panels
        if taken > room:
            trunks = sum(route.trunks for route in ended)
            message = (
                f"{name} has {format_count(room)} positions, {format_count(taken)} are needed "
                f"for {count_words(trunks, 'trunk')}"
            )
            hint = f"panels: {-(-taken // panel.positions)}"
            problems.add("E784", message, ("patch_panels", name), hint)


# Polarity


def _check_polarity(fabric: Fabric, group: LinkGroup, to: tuple[Path, Problems]) -> None:
    """Note links whose transmitters do not meet receivers, and parts that do not state their polarity."""
    at, problems = to
    catalog = fabric.catalog
    names = [cable.part for cable in cords_of(fabric, group)]
    if None in names or fibres_of_position(catalog, group.through[0]) == 1:
        return  # a cord that is a gap, or both ways on one fibre
    parts = [catalog.parts[name] for name in (names[0], group.through[0].trunk, names[1]) if name]
    unknown = list(dict.fromkeys(part.id for part in parts if part.polarity is None))
    if unknown:
        message = f"polarity of {group.name} not checked: {', '.join(unknown)} states none"
        hint = f"state it: catalog: {{parts: {{{unknown[0]}: {{polarity: b}}}}}}"
        problems.add("W780", message, (*at, "through"), hint)
        return
    duplex = (fibres_of_position(catalog, group.through[0]) or 0) <= PAIR
    types = [part.polarity or "" for part in parts]
    if meets_receivers(types, duplex=duplex):
        return
    words = ", ".join(f"{part.id} ({part.polarity})" for part in parts)
    message = f"transmitters would meet transmitters on {group.name}: {words}"
    panel, hint = _right_polarity(catalog, group, parts, duplex=duplex)
    problems.add("E790", message, ("patch_panels", panel), hint)


def meets_receivers(types: Sequence[str], *, duplex: bool) -> bool:
    """Return whether light of fibre 1 arrives where the receiver is, after pieces of some polarities.

    Duplex: an odd number of crossings. Parallel: reversed as a whole, as a receiver mirrors its transmitter.

    >>> meets_receivers(["b", "b", "b"], duplex=True), meets_receivers(["b", "a", "b"], duplex=True)
    (True, False)
    >>> meets_receivers(["a", "b", "a"], duplex=False), meets_receivers(["a", "c", "a"], duplex=False)
    (True, False)
    """
    if duplex:
        return sum(one in "bc" for one in types) % 2 == 1
    return types.count("b") % 2 == 1 and types.count("c") % 2 == 0


def _right_polarity(
    catalog: Catalog, group: LinkGroup, parts: Sequence[Part], *, duplex: bool
) -> tuple[str, str]:
    """Return the panel at which another part makes the polarity right, and the key to write there."""
    one, other = group.through
    for place in (1, 0, 2):
        for part in catalog.parts.values():
            own = parts[place]
            alike = (part.connectors, part.glass, part.fibres) == (own.connectors, own.glass, own.fibres)
            types = [(part if at == place else now).polarity or "" for at, now in enumerate(parts)]
            if alike and part.polarity and meets_receivers(types, duplex=duplex):
                if place == 1:
                    return one.name, f"trunk: {part.id}, also at {other.name}"
                return (one if place == 0 else other).name, f"cord: {part.id}"
    wanted = next(
        type_
        for type_ in "ab"
        if meets_receivers([parts[0].polarity or "", type_, parts[2].polarity or ""], duplex=duplex)
    )
    return one.name, f"use trunks of polarity {wanted}; the catalog has none like {parts[1].id}"


# Loss


def _check_loss(fabric: Fabric, group: LinkGroup, to: tuple[Path, Problems]) -> None:
    """Note links that lose more light than their medium allows, and media that do not say what they allow."""
    at, problems = to
    span = group.lengths.span_mm
    known = [loss for name in group.media or () if (loss := fabric.catalog.media[name].loss)]
    if not known or span is None:
        medium = (group.media or ("",))[0]
        what, hint = f"{medium} states no loss budget", f"state it under catalog.media.{medium}.loss"
        if known:
            what, hint = "the length is not known", "give layout rows, rack_pitch, row_pitch and tray"
        message = f"loss of {group.name} through patch panels not checked: {what}"
        problems.add("W780", message, (*at, "through"), hint)
        return
    budget, at_panels = min(one.budget_db for one in known), mated_pairs(fabric.catalog, group)
    lost = loss_db(known[0], span[1], at_panels)
    if lost > budget:
        pairs = count_words(at_panels + (known[0].connectors or 0), "mated pair")
        message = (
            f"{group.name} loses {format_decimal(lost, 3)} dB over {format_length(span[1])} and {pairs}, "
            f"its budget is {format_decimal(budget, 3)} dB"
        )
        hint = (
            "use panels whose connector is that of the trunk, shorter ways, or a medium with a larger budget"
        )
        problems.add("E791", message, (*at, "through"), hint)


def loss_db(loss: Loss, length_mm: int, pairs: int) -> Fraction:
    """Return the loss of a link: its fibre, the mated pairs its medium counts, and those of its panels."""
    fibre = loss.fibre_db_per_km * Fraction(length_mm, MM_PER_KM)
    return fibre + loss.connector_db * ((loss.connectors or 0) + pairs)


# The order of the panels


def _warn_of_order(fabric: Fabric, group: LinkGroup, to: tuple[Path, Problems]) -> None:
    """Warn of links that would be shorter through the same panels the other way round."""
    at, problems = to
    if group.joins_alike:
        return
    columns, routing = expand(fabric, group), route_of(fabric, group)
    ends = columns.a.astype(np.int64), columns.b.astype(np.int64)
    now, turned = (
        replace(routing, through=panels).routed(*ends)[0] for panels in (group.through, group.through[::-1])
    )
    if (now != UNKNOWN_MM).all() and turned.sum() < now.sum():
        names = ", ".join(panel.name for panel in group.through[::-1])
        message = f"{group.name} would be shorter through the panels the other way round"
        problems.add("W781", message, (*at, "through"), f"write through: [{names}]")
