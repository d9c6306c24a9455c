"""Refuse shuffle cords that links do not go with: connectors that do not divide, links that go elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.cabling.shuffles import misplaced, shuffled
from topogen.media.fit import NAMES_NO_PART, cable_of, ends_of, sockets_of
from topogen.model.expand import expand
from topogen.model.fabric import device_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.errors import Path, Problems
    from topogen.media.fit import Cable
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, Terminal

OUTSIDE_THE_FILE = (
    'remove shuffle, or say what sorts the fibres instead: fibre_shuffle: "panel bought separately"'
)


def refuse_unshuffled(
    fabric: Fabric, group: LinkGroup, cables: Sequence[Cable], to: tuple[Path, Problems]
) -> LinkGroup:
    """Return links with as many on a cord as a shuffle cord carries; what none can carry is noted."""
    at, problems = (*to[0], "shuffle"), to[1]
    if why := _no_cords(fabric, group):
        problems.add("E842", why[0], at, why[1])
        return group
    cable = cables[0]
    if cable.links == 1:
        message = f"no shuffle cord of {group.shuffle} x {group.shuffle} for {group.name}: {cable.gap}"
        some = _that_fit(fabric, group) if _held(fabric, group) else []
        hint = f'shuffle: "{some[0]} x {some[0]}"' if some else OUTSIDE_THE_FILE
        if NAMES_NO_PART in cable.gap:
            rows = f"name one in the recipe of {(group.media or ('',))[0]}, as docs/topology-language.md does"
            hint = f"{rows}; or {OUTSIDE_THE_FILE}"
        problems.add("E843", message, at, hint)
        return group
    columns = expand(fabric, group)
    found = shuffled(fabric, columns, cable.links // group.shuffle)
    if pair := misplaced(found, group.shuffle, cable.links // group.shuffle):
        form = f"{group.shuffle} x {group.shuffle}"
        message = f"no shuffle cord of {form} carries {_words(fabric, columns, pair)}"
        some = _that_fit(fabric, group)
        hint = f'shuffle: "{some[0]} x {some[0]}"' if some else OUTSIDE_THE_FILE
        problems.add("E844", message, at, hint)
        return group
    return replace(group, links_per_cable=cable.links)


def _no_cords(fabric: Fabric, group: LinkGroup) -> tuple[str, str] | None:
    """Return why links cannot have shuffle cords of any size, and what to do."""
    if not group.has_b or group.joins_alike:
        where = "among equal devices" if group.joins_alike else "to the outside"
        message = f"a shuffle cord has two ends, but {group.name} is of links {where}"
        return message, "remove shuffle; links between two kinds of devices can have it"
    media = [fabric.catalog.media[name] for name in group.media or ()]
    lines = [line for medium in media[:1] for line in medium.recipe.values() if line.per == "link"]
    if sum(line.qty for line in lines) == 1 and media[0].kind == "optical":
        return None
    if not media:
        return f"{group.name} has no medium, so no fibre cord to shuffle", "name one, such as medium: dr"
    what = " and ".join(dict.fromkeys(group.media or ()))
    message = f"{what} has no fibre cord of one piece per link, so that {group.name} has none to shuffle"
    return message, "use a medium of modules and cords, such as dr, or remove shuffle"


def _held(fabric: Fabric, group: LinkGroup) -> int:
    """Return how many links each connector at both ends holds, 0 where they differ or are unknown."""
    held = {one.links for one in sockets_of(fabric.catalog, group, ends_of(fabric, group))}
    return held.pop() if len(held) == 1 else 0


def _that_fit(fabric: Fabric, group: LinkGroup) -> list[int]:
    """Return the connectors at each end of the shuffle cords that links go with, most first."""
    columns, held = expand(fabric, group), _held(fabric, group)
    line = next(
        line for line in fabric.catalog.media[(group.media or ("",))[0]].recipe.values() if line.per == "link"
    )
    divisors = [count for count in range(held, 1, -1) if held % count == 0]
    found = shuffled(fabric, columns, held) if divisors else None
    return [
        count
        for count in divisors
        if found
        and not misplaced(found, count, held)
        and cable_of(fabric, replace(group, shuffle=count), line).links > 1
    ]


def _words(fabric: Fabric, columns: Columns, rows: list[int]) -> str:
    """Return links by the ports of both ends, such as ``nic0:net1 - box1:net0``."""
    found = []
    for row in dict.fromkeys(rows):
        block = next(block for block, span in columns.blocks if span.start <= row < span.stop)
        ends = ((block.a, columns.a, columns.a_port), (block.b, columns.b, columns.b_port))
        names = [
            f"{device_name(fabric, int(device[row]))}:{_port_group(fabric, end)}{port[row]}"
            for end, device, port in ends
            if end
        ]
        found.append(" - ".join(names))
    return " and ".join(found)


def _port_group(fabric: Fabric, end: Terminal) -> str:
    return fabric.groups[end.group].type.ports[end.port].name
