"""Refuse cables that cannot be plugged: plugs without a cage of their size, links that part inside a plug."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.cabling.cages import meeting_groups
from topogen.cabling.shuffles import parted
from topogen.cabling.turns import turns_in_cages
from topogen.media.fit import cable_of, ends_of, misfit, sockets_of
from topogen.media.medium import NO_REACH, reach_for
from topogen.media.shuffle_checks import refuse_unshuffled
from topogen.model.equivalence import changes
from topogen.model.expand import expand
from topogen.model.fabric import device_name, place_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.catalog.model import Line, Medium
    from topogen.errors import Path, Problems
    from topogen.media.fit import Cable, End
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def fit_cables(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> Fabric:
    """Return the fabric with the links that each cable really carries; what cannot be plugged is noted."""
    links = [_fitted(fabric, group, paths[group.base or group.name], problems) for group in fabric.links]
    _refuse_meeting_groups(fabric, paths, problems)
    return replace(fabric, links=tuple(links))


def _fitted(fabric: Fabric, group: LinkGroup, at: Path, problems: Problems) -> LinkGroup:
    cables = [cable_of(fabric, group, line) for line in _cable_lines(fabric, group)]
    if group.shuffle:
        return refuse_unshuffled(fabric, group, cables, (at, problems))
    if not cables:
        return group
    _refuse_plugs(fabric, group, cables, ends_of(fabric, group), (at, problems))
    done = replace(group, links_per_cable=min(cable.links for cable in cables))
    if all(not one.is_error for one in problems.found) and not group.fibre_shuffle:
        _refuse_parting(fabric, done, cables, (at, problems))
    return done


def _refuse_meeting_groups(fabric: Fabric, paths: Mapping[str, Path], problems: Problems) -> None:
    """Note cages that the plugs of two link groups would share."""
    plugged = {
        index for index, group in enumerate(fabric.links) if group.shuffle or _has_plugs(fabric, group)
    }
    for host, (one, two) in meeting_groups(fabric, plugged):
        first, second = fabric.links[one], fabric.links[two]
        message = f"a cage of {host} would take plugs of {first.name} and of {second.name}"
        hint = "start link groups of cable assemblies at separate cages: select ports by number"
        problems.add("E308", message, paths[second.base or second.name], hint)


def _has_plugs(fabric: Fabric, group: LinkGroup) -> bool:
    cables = (cable_of(fabric, group, line) for line in _cable_lines(fabric, group))
    return any(fabric.catalog.parts[cable.part].plugs for cable in cables if cable.part)


def _cable_lines(fabric: Fabric, group: LinkGroup) -> Iterator[Line]:
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    yield from (line for line in (medium.recipe.values() if medium else ()) if line.per == "link")


# Plugs and cages


def _refuse_plugs(
    fabric: Fabric, group: LinkGroup, cables: Sequence[Cable], ends: Sequence[End], to: tuple[Path, Problems]
) -> None:
    """Note a cable assembly whose plugs do not fill the cages of its ends."""
    at, problems = to
    for part in (fabric.catalog.parts[cable.part] for cable in cables if cable.part):
        if message := misfit(part, group.links_per_cable, ends):
            problems.add("E307", message, (*at, "medium"), _what_fits(fabric, group, ends))


def _what_fits(fabric: Fabric, group: LinkGroup, ends: Sequence[End]) -> str:
    """Return the media whose plugs or modules fit the cages of both ends."""
    cages = [sorted({end.port.cage_links for end in ends if end.side == side}) for side in (0, 1)]
    if len(cages[0]) > 1 or len(cages[1]) > 1:
        return "give the ports of each end cages of one size, or a link group of their own"
    sizes = (cages[0][0], cages[1][0] if cages[1] else cages[0][0])
    found = [_assembly_words(fabric, group, medium, sizes) for medium in fabric.catalog.media.values()]
    modules = [
        medium.id
        for medium in fabric.catalog.media.values()
        if _reaches(medium, group) and _has_modules(medium, group, sizes)
    ]
    words = [one for one in found if one] + ([f"medium: {' or '.join(modules)}"] if modules else [])
    return "; or ".join(words) or "no medium of the catalog has plugs for these cages"


def _assembly_words(fabric: Fabric, group: LinkGroup, medium: Medium, sizes: tuple[int, int]) -> str:
    """Return the keys of a medium of cable assemblies that fill cages of some sizes, empty if none does."""
    if not _reaches(medium, group):
        return ""
    for (links, lanes, lane_rate), part in _rows_per_link(medium):
        plugs = fabric.catalog.parts[part].plugs
        if plugs is None or (lanes, lane_rate) != (group.lanes, group.lane_rate):
            continue
        fills = [(plugs[0] * a, plugs[1] * b) == (links, links) for a, b in (sizes, sizes[::-1])]
        if any(fills):  # a cable begins at the end whose cages hold its links, whichever of a and b it is
            return f"links_per_cable: {links}, medium: {medium.id}"
    return ""


def _rows_per_link(medium: Medium) -> Iterator[tuple[tuple[int, int, int], str]]:
    """Yield the rows of the tables of a recipe that name a cable."""
    for line in medium.recipe.values():
        if line.per == "link" and not isinstance(line.part, str):
            yield from line.part.items()


def _has_modules(medium: Medium, group: LinkGroup, sizes: tuple[int, int]) -> bool:
    """Return whether a medium has a module for cages of both sizes."""
    lines = [line for line in medium.recipe.values() if line.per == "end"]
    return bool(lines) and all(
        line.part_for(size, group.lanes, group.lane_rate) for line in lines for size in sizes
    )


def _reaches(medium: Medium, group: LinkGroup) -> bool:
    """Return whether a medium runs at the rate of links and spans the longest of them."""
    reach, span = reach_for(medium, group), group.lengths.span_mm
    return reach is None or (reach != NO_REACH and reach >= (span[1] if span else 0))


# Links of one plug that end in several places


def _refuse_parting(
    fabric: Fabric, group: LinkGroup, cables: Sequence[Cable], to: tuple[Path, Problems]
) -> None:
    """Note the first cable with links of one plug or connector that end in two cages or panels."""
    splits = [one.split for one in cables if one.split]
    if group.links_per_cable == 1 or not splits:
        return
    at, problems = to
    columns = expand(fabric, group)
    cable = cable_of_link(fabric, group, columns)
    _, turn, _ = turns_in_cages(fabric, columns, 0)
    order = np.lexsort((turn, cable))
    first = np.flatnonzero(changes(cable[order]))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    for side in (0, 1) if group.has_b else (0,):
        share = max(group.links_per_cable // max(split[side] for split in splits), 1)
        plug = cable[order] * group.links_per_cable + place // share
        mouth, panel = _mouths(fabric, group, columns, side, share)
        if pair := parted(plug, mouth[order]):
            words = _parting_words(fabric, columns, order[pair], side)
            problems.add("E308", words, at, PARTING_HINT)
            return
        if not panel and (pair := parted(mouth[order], plug)):
            words = _meeting_words(fabric, columns, order[pair], side)
            problems.add("E308", words, at, "use links_per_cable: 1 with a medium of modules, such as dr")
            return


PARTING_HINT = (
    "let the ports of both devices share cages, such as cage: {links: 4, on: tray}; or state shuffle cords; "
    'or say what sorts the fibres and is not in this file, such as fibre_shuffle: "panel bought separately"'
)


def _mouths(fabric: Fabric, group: LinkGroup, columns: Columns, side: int, links: int) -> tuple[Ints, bool]:
    """Return a number for what each link is plugged into at a side, and whether that is a panel.

    It is a cage, a socket in it, or a panel with many connectors.

    Cages that several devices share are wired on their board, so that any links of one can share a socket.
    """
    ends = [end for end in ends_of(fabric, group) if end.side == side]
    panels = {socket.level for socket in sockets_of(fabric.catalog, group, ends)}
    if panels and "" not in panels:
        return _places(fabric, columns, side, next(iter(panels))), True
    owner, turn, size = turns_in_cages(fabric, columns, side)
    shared = any(end.port.cage_on for end in ends)
    return owner * (int(turn.max()) + 1) + turn // (size if shared else links), shared


def _places(fabric: Fabric, columns: Columns, side: int, level: str) -> Ints:
    """Return the place of a level that each link ends in, the device itself where it is in none."""
    found = np.asarray(columns.b if side else columns.a).astype(np.int64)
    for block, rows in columns.blocks:
        terminal = block.b if side else block.a
        group = fabric.groups[terminal.group] if terminal else None
        ids = place_ids(fabric, group, level, found[rows] - group.first) if group else None
        if ids is not None:
            found[rows] = ids
    return found


def _meeting_words(fabric: Fabric, columns: Columns, rows: Ints, side: int) -> str:
    here, there = (columns.b, columns.a) if side else (columns.a, columns.b)
    one, two = (device_name(fabric, int(there[row])) for row in rows)
    cage = device_name(fabric, int(here[rows[0]]))
    return f"two plugs would meet in one cage of {cage}: from {one} and {two}"


def _parting_words(fabric: Fabric, columns: Columns, rows: Ints, side: int) -> str:
    here, there = (columns.b, columns.a) if side else (columns.a, columns.b)
    one, two = (device_name(fabric, int(here[row])) for row in rows)
    ends = f"{one} and {two}" if one != two else f"two cages of {one}"
    return f"the links of one cable from {device_name(fabric, int(there[rows[0]]))} end at {ends}"
