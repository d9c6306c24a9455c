"""What a cable is plugged into: a cord that meets the connectors of both ends, and how many links it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.media.medium import line_lanes, strands
from topogen.records import dataclass
from topogen.units import count_words, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.catalog.model import Catalog, Line, Medium, Part
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, PatchPanel


@dataclass(frozen=True)
class End:
    """One kind of port at one side (0 for a, 1 for b) of links, with the medium that it gets."""

    side: int
    medium: Medium
    port: Port
    name: str = ""


NAMES_NO_PART = "names no part for"


@dataclass(frozen=True)
class Socket:
    """A fibre connector at one side of links: its type and how many links it takes.

    ``level`` is the place whose panel it belongs to; empty for the socket of a module in a cage.
    """

    side: int
    type: str
    links: int
    level: str = ""


@dataclass(frozen=True)
class Cable:
    """The part that carries links, None where ``gap`` says why there is none.

    ``links`` is how many one cable carries. ``split`` has the plugs or connectors at a and at b, which share
    the links of a cable equally; None where the catalog does not state them at every end.
    """

    part: str | None
    links: int
    gap: str = ""
    split: tuple[int, int] | None = None


def ends_of(fabric: Fabric, group: LinkGroup) -> list[End]:
    """Return the kinds of ports that a link group ends at, each once."""
    media = [fabric.catalog.media[name] for name in group.media or ()]
    kinds: dict[tuple[int, int, int], End] = {}
    for block in group.blocks if media else ():
        for side, terminal in enumerate((block.a, block.b)):
            if terminal is not None and (side, terminal.group, terminal.port) not in kinds:
                device = fabric.groups[terminal.group]
                port = device.type.ports[terminal.port]
                end = End(side, media[side], port, f"{device.label}.{port.name}")
                kinds[side, terminal.group, terminal.port] = end
    return list({(one.side, one.name): one for one in kinds.values()}.values())


def cable_of(fabric: Fabric, group: LinkGroup, line: Line) -> Cable:
    """Return what a recipe line per link orders for the links of a group."""
    return fitting_cable(fabric.catalog, group, line, ends_of(fabric, group))


def fitting_cable(catalog: Catalog, group: LinkGroup, line: Line, ends: Sequence[End]) -> Cable:
    """Return the cable for links between some ends; a cord is replaced by one that has their connectors.

    A cord carries as many of the ``links_per_cable`` as its connectors and its fibres do.
    """
    if group.through:
        cords = panel_cords(catalog, group, line, ends)
        gap = next((one.gap for one in cords if one.gap), "")
        return Cable(None, min(one.links for one in cords), gap, split=(1, 1))
    if group.shuffle:
        return _shuffle_cord(catalog, group, line, ends)
    most = group.links_per_cable
    part, cord = _named_parts(catalog, group, line)
    if cord is not None:
        return _fitting_cord(catalog, group, cord, ends)
    if part is None:
        gap = no_part(line, most, group.lanes, group.lane_rate)
        return Cable(None, most, gap + _other_medium(catalog, group))
    return Cable(part, most, split=catalog.parts[part].plugs)


def _named_parts(catalog: Catalog, group: LinkGroup, line: Line) -> tuple[str | None, Part | None]:
    """Return the part that a recipe line names for the links of a group, and the cord it names, if any."""
    named = [line.part_for(links, group.lanes, group.lane_rate) for links in (group.links_per_cable, 1)]
    cord = next((catalog.parts[part] for part in named if part and catalog.parts[part].connectors), None)
    return named[0], cord


def panel_cords(catalog: Catalog, group: LinkGroup, line: Line, ends: Sequence[End]) -> tuple[Cable, Cable]:
    """Return the cords from the devices at a and at b to the patch panel that their links pass through."""
    _, cord = _named_parts(catalog, group, line)
    if cord is None:
        none = Cable(None, 1, f"{line.name} of {group.media[0] if group.media else ''} is no fibre cord")
        return none, none
    a, b = (
        _panel_cord(catalog, group, (cord, panel), [end for end in ends if end.side == side])
        for side, panel in enumerate(group.through)
    )
    return a, b


def no_part(line: Line, links: int, lanes: int | None, lane_rate: int | None) -> str:
    """Return the sentence that a recipe line names no part for links of a kind."""
    rate = format_rate_long(lane_rate) if lane_rate else "unknown lane rate"
    return f'recipe line "{line.name}" {NAMES_NO_PART} {links} x {lanes or "?"} x {rate}'


def _other_medium(catalog: Catalog, group: LinkGroup) -> str:
    """Return which media of the same kind have a cable assembly for the links of a group."""
    medium = catalog.media.get(group.media[0]) if group.media else None
    if medium is None:  # a policy, of which no medium is chosen yet
        return ""
    named = (
        other.id
        for other in catalog.media.values()
        if other.kind == medium.kind
        for line in other.recipe.values()
        if line.per == "link"
        and not isinstance(line.part, str)
        and (part := line.part_for(group.links_per_cable, group.lanes, group.lane_rate))
        and catalog.parts[part].plugs
    )
    names = list(dict.fromkeys(named))
    return f"; {', '.join(names)} {'has' if len(names) == 1 else 'have'} one" if names else ""


def misfit(part: Part, links: int, ends: Sequence[End]) -> str:
    """Return why the plugs of an assembly do not fill the cages at its ends, empty where they do."""
    for end in ends:
        plugs = part.plugs[end.side] if part.plugs else 0
        if plugs and plugs * end.port.cage_links != links:
            cage = f"a cage of {end.name or end.port.name} holds {count_words(end.port.cage_links, 'link')}"
            own = f"{count_words(plugs, 'plug')} at {'ab'[end.side]} for {count_words(links, 'link')}"
            return f"{part.id} has {own}, but {cage}"
    return ""


# Sockets


def sockets_of(catalog: Catalog, group: LinkGroup, ends: Sequence[End]) -> list[Socket]:
    """Return the kinds of fibre connectors at the ends of links, as far as the catalog states them."""
    return list(dict.fromkeys(one for end in ends for one in _sockets_at(catalog, group, end)))


def _sockets_at(catalog: Catalog, group: LinkGroup, end: End) -> Iterator[Socket]:
    """Yield the connectors of the modules or of the panel at an end."""
    port = end.port
    for line in end.medium.recipe.values():
        if line.per == "end":
            part, links, level = (
                line.part_for(port.cage_links, port.lanes, port.lane_rate),
                port.cage_links,
                "",
            )
        elif line.per == "pool" and line.serves and line.serves[1] == "lanes":
            part, level = line.part_for(1, group.lanes, group.lane_rate), port.cage_on or line.round_per
            links = line.serves[0] // (
                line_lanes(port.lanes, port.lane_rate, end.medium) or line.serves[0] + 1
            )
        else:
            continue
        sockets = catalog.parts[part].sockets if part else None
        if sockets is not None:
            yield Socket(end.side, sockets.type, links // sockets.count, level)


# Cords


def _panel_cord(
    catalog: Catalog, group: LinkGroup, to: tuple[Part, PatchPanel], ends: Sequence[End]
) -> Cable:
    """Return the cord from the sockets of some ends to a patch panel: one connector at each of its ends."""
    cord, panel = to
    sockets = sockets_of(catalog, group, ends)
    if len({(one.type, one.links) for one in sockets}) > 1 or any(not one.links for one in sockets):
        return Cable(None, 1, f"no cord of one connector joins {_in_words(sockets)} and {panel.name}")
    own = cord.connectors[0].type if cord.connectors else ""
    needed = ((1, sockets[0].type if sockets else own), (1, panel.connector))
    words = f"from {needed[0][1]} to {panel.connector}"
    parts = [catalog.parts[panel.cord]] if panel.cord else list(catalog.parts.values())
    fitting = [part for part in parts if part.glass == cord.glass and _joins(part, needed)]
    if cord not in fitting and len(fitting) != 1:
        return Cable(None, 1, f"{len(fitting) or 'no'} {cord.glass or ''} cords {words} for {panel.name}")
    links = sockets[0].links if sockets else group.links_per_cable
    if group.links_per_cable < links:
        few = count_words(group.links_per_cable, "link")
        return Cable(None, 1, f"a connector takes {links} links, a cord {few}: links_per_cable: {links}")
    part = cord if cord in fitting else fitting[0]
    return _within_fibres(part, strands(group, ends[0].medium), links, None)


def _fitting_cord(catalog: Catalog, group: LinkGroup, cord: Part, ends: Sequence[End]) -> Cable:
    """Return the cord that meets the connectors of both ends: the given one, or another of its glass."""
    assert cord.connectors is not None  # noqa: S101 - only cords get here
    sockets = sockets_of(catalog, group, ends)
    sides = [[one for one in sockets if one.side == side] for side in (0, 1)]
    if any(len({(one.type, one.links) for one in side}) > 1 for side in sides):
        return Cable(None, 1, f"the ends have different connectors: {_in_words(sockets)}")
    if any(not one.links for one in sockets):
        return Cable(None, 1, f"a link needs more lanes than one connector has: {_in_words(sockets)}")
    a, b = (side[0] if side else None for side in sides)
    split = _split(cord, a, b)
    if split is None:
        return Cable(None, 1, f"no cord joins these connectors: {_in_words(sockets)}")
    full = a.links * split[0] if a else b.links * split[1] if b else 0
    types = [one.type if one else cord.connectors[side].type for side, one in enumerate((a, b))]
    needed = tuple(zip(split, types, strict=True))
    fitting = [part for part in catalog.parts.values() if part.glass == cord.glass and _joins(part, needed)]
    if cord not in fitting and len(fitting) != 1:
        words = " to ".join(kind if count == 1 else f"{count} x {kind}" for count, kind in needed)
        return Cable(None, 1, f"{len(fitting) or 'no'} {cord.glass or ''} cords from {words} in the catalog")
    part = cord if cord in fitting else fitting[0]
    if group.links_per_cable < full:
        few = count_words(group.links_per_cable, "link")
        cage = "" if max(end.port.cage_links for end in ends) >= full else f" and cage: {{links: {full}}}"
        return Cable(None, 1, f"a connector takes {full} links, a cord {few}: links_per_cable: {full}{cage}")
    stated = all(side or all(end.side != number for end in ends) for number, side in enumerate(sides))
    links = min(group.links_per_cable, full or group.links_per_cable)
    unknown = [end for end in ends if not sides[end.side]]
    each = strands(group, ends[0].medium)
    gap = _unknown_connectors(part, links, unknown)
    cable = Cable(None, links, gap) if gap else _within_fibres(part, each, links, split if stated else None)
    others = _media_for(catalog, group, ends) if cable.gap else ""
    return Cable(None, cable.links, f"{cable.gap}{others}") if others else cable


def _unknown_connectors(cord: Part, links: int, ends: Sequence[End]) -> str:
    """Return why a cord of some links cannot end in modules without known connectors, empty where it can.

    A module serves the links of its cage: a cord needs a connector for each module.
    """
    counts = [one.count for one in cord.connectors or ()]
    for end in ends:
        has_modules = any(line.per == "end" for line in end.medium.recipe.values())
        most = end.port.cage_links * (counts[end.side] if counts else 1)
        if has_modules and not end.port.cage_on and most < links:
            where = f"several modules of {end.name or end.port.name}, whose connectors are unknown"
            return f"a cord of {count_words(links, 'link')} would end in {where}"
    return ""


def _media_for(catalog: Catalog, group: LinkGroup, ends: Sequence[End]) -> str:
    """Return which media have a module for the ports of some links, as the end of a sentence."""
    found = [
        medium.id
        for medium in catalog.media.values()
        for line in medium.recipe.values()
        if line.per == "end"
        and not isinstance(line.part, str)
        and all((end.port.cage_links, end.port.lanes, end.port.lane_rate) in line.part for end in ends)
    ]
    rate = format_rate_long(group.lane_rate) if group.lane_rate else ""
    return f"; {' or '.join(found)} has modules for {group.lanes} x {rate}" if found else ""


def _within_fibres(part: Part, each: int | None, links: int, split: tuple[int, int] | None) -> Cable:
    """Return a cord with as many of some links as its fibres carry; ``each`` is the fibres of a link."""
    connectors = min(one.count for one in part.connectors or ())
    room = part.fibres * connectors // each if part.fibres and each else links
    if not room:
        return Cable(None, 1, f"a link takes {each} fibres, {part.id} has {part.fibres}")
    return Cable(part.id, min(links, room), split=split)


def _shuffle_cord(catalog: Catalog, group: LinkGroup, line: Line, ends: Sequence[End]) -> Cable:
    """Return the shuffle cord for the connectors of both ends, one of one link where there can be none."""
    sockets = sockets_of(catalog, group, ends)
    if gap := _no_modules(ends) or _unlike_connectors(sockets):
        return Cable(None, 1, gap)
    count, links = group.shuffle, sockets[0].links
    cord = _cord_of_rows(catalog, group, line, links)
    if cord is None:
        return Cable(None, 1, no_part(line, links, group.lanes, group.lane_rate))
    if links % count:
        return Cable(None, 1, f"a connector holds {count_words(links, 'link')}, no multiple of {count}")
    a, b = (next(one.type for one in sockets if one.side == side) for side in (0, 1))
    some = [part for part in catalog.parts.values() if part.glass == cord.glass]
    fitting = [part for part in some if _joins(part, ((count, a), (count, b)), shuffle=True)]
    part = cord if cord in fitting else fitting[0] if len(fitting) == 1 else None
    what = f"shuffle cords from {count} x {a} to {count} x {b} in the catalog"
    gap = f"{len(fitting) or 'no'} {cord.glass or ''} {what}"
    each = strands(group, ends[0].medium)
    if part and part.fibres and each and links * each > part.fibres:
        gap = f"a connector takes {links * each} fibres, {part.id} has {part.fibres}"
        part = None
    return Cable(part.id if part else None, links * count, "" if part else gap, split=(count, count))


def _no_modules(ends: Sequence[End]) -> str:
    """Return which rows of a recipe no module is named in for the cages of some ends, empty where all are."""
    lacking = (
        no_part(line, end.port.cage_links, end.port.lanes, end.port.lane_rate)
        for end in ends
        for line in end.medium.recipe.values()
        if line.per == "end"
        and line.part_for(end.port.cage_links, end.port.lanes, end.port.lane_rate) is None
    )
    return "; ".join(dict.fromkeys(f"{one}, so that no connector is known" for one in lacking))


def _unlike_connectors(sockets: Sequence[Socket]) -> str:
    """Return why connectors cannot be those of a shuffle cord: one type an end, all of equally many links."""
    types = [{one.type for one in sockets if one.side == side} for side in (0, 1)]
    if not all(types):
        return "the connectors of its modules are not known at both ends"
    held = {one.links for one in sockets}
    if max(map(len, types)) > 1 or len(held) > 1 or 0 in held:
        return f"its connectors are unlike, or hold no whole link: {_in_words(sockets)}"
    return ""


def _cord_of_rows(catalog: Catalog, group: LinkGroup, line: Line, links: int) -> Part | None:
    """Return the fibre cord that a recipe line names for connectors of so many links, or for one link."""
    rows = (line.part_for(held, group.lanes, group.lane_rate) for held in (links, 1))
    return next((catalog.parts[part] for part in rows if part and catalog.parts[part].connectors), None)


def _split(cord: Part, a: Socket | None, b: Socket | None) -> tuple[int, int] | None:
    """Return the connectors that a cord needs at both ends, None where links do not divide into them."""
    if a is None or b is None:
        return (cord.connectors[0].count, cord.connectors[1].count) if cord.connectors else None
    few, many = sorted((a.links, b.links))
    if many % few:
        return None
    return (many // a.links, many // b.links)


def _joins(part: Part, needed: tuple[tuple[int, str], ...], *, shuffle: bool = False) -> bool:
    """Return whether a cord has the connectors, either way round."""
    own = tuple((one.count, one.type) for one in part.connectors or ())
    return part.shuffle == shuffle and needed in (own, own[::-1])


def _in_words(sockets: Sequence[Socket]) -> str:
    """Return sockets as text, such as ``a: mpo12 of 1 link, b: mmc12 of 2 links``."""
    return ", ".join(f"{'ab'[one.side]}: {one.type} of {count_words(one.links, 'link')}" for one in sockets)
