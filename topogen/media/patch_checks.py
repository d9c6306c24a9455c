"""What is refused, and what is not known, of links through patch panels: parts, room, polarity and loss."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.floor.routing import route_of
from topogen.media.fit import panel_cords
from topogen.media.patching import (
    PAIR,
    cords_of,
    fibres_of_position,
    mated_pairs,
    positions_of_trunk,
    trunk_routes,
)
from topogen.model.expand import expand
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.units import MM_PER_KM, count_words, format_count, format_decimal, format_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Catalog, Loss, Medium, Part
    from topogen.errors import Path, Problems
    from topogen.media.fit import End
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


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


def cannot_pass(catalog: Catalog, medium: Medium, group: LinkGroup, ends: Sequence[End]) -> str:
    """Return why links of a medium cannot pass through the panels of a link group, nothing where they can."""
    lines = [line for line in medium.recipe.values() if line.per == "link"]
    names = [line.part_for(1, group.lanes, group.lane_rate) for line in lines]
    if not any(name and catalog.parts[name].connectors for name in names):
        return "has no cords of fibre"
    if sum(line.qty for line in lines) > 1:
        return "has several pieces per link"
    near, far = panel_cords(catalog, group, lines[0], ends)
    if near.gap or far.gap or near.links != far.links:
        return near.gap or far.gap or "connectors hold unlike numbers of links at the two ends"
    glass, trunk = (catalog.parts[name].glass for name in (near.part or "", group.through[0].trunk))
    return "" if glass == trunk else f"its cords are of {glass} fibre, the trunks of {trunk}"


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
    pieces = sum(line.qty for line in lines)
    if pieces > 1:
        message = f"{media[0].id} has {pieces} pieces per link; links through patch panels have one cord"
        problems.add("E782", message, at, "use a medium of one cord per link, such as dr, or remove through")
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
    elif not positions_of_trunk(fabric.catalog, panel):
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
