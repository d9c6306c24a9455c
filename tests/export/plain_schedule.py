"""The cable schedule written link by link with the csv module: slow, and what the fast one must equal."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING

from topogen.cabling.cables import cable_of_link, link_lengths, order_length
from topogen.columns.cables import CABLE_SCHEDULE_DEFAULT
from topogen.media.fit import cable_of
from topogen.model.expand import expand
from topogen.model.fabric import device_name, place_ids
from topogen.model.length_histogram import BASES
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, Terminal

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

Key = tuple[object, ...]


@dataclass(frozen=True)
class Link:
    """One link as a person would write it down; ``cage`` is that of its b end."""

    cable: int
    a: int
    a_port: tuple[str, int]
    b: int
    b_port: tuple[str, int]
    cage: Key
    length: int
    basis: str


def plain_schedule(fabric: Fabric, *, all_links: bool) -> str:
    """Return the schedule in its default columns."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CABLE_SCHEDULE_DEFAULT)
    for group in fabric.links:
        medium = fabric.catalog.media[group.media[0]] if group.media else None
        installed = group.network != "board" and (medium is None or medium.field_installed)
        if group.count and (all_links or installed):
            writer.writerows(_rows(fabric, group))
    return text.getvalue()


def _rows(fabric: Fabric, group: LinkGroup) -> Iterator[list[str]]:
    cables: dict[int, list[Link]] = {}
    for link in _links(fabric, group):
        cables.setdefault(link.cable, []).append(link)
    for cable in sorted(cables):
        links = cables[cable]
        ordered = sorted(links, key=lambda link: (link.cage, link.b, link.a))
        longest = max(links, key=lambda link: (link.length < 0, link.length, BASES.index(link.basis)))
        lines = [list(leg) for _, leg in groupby(ordered, key=lambda link: (link.cage, link.b, link.a))]
        rows = [_row(fabric, group, leg, longest) for leg in lines]
        lowest = [min((link.a_port[1], link.a) for link in leg) for leg in lines]
        naming = rows[lowest.index(min(lowest))]
        code = _code(naming[4], naming[5]) * _code(naming[8], naming[9])
        for row in rows:
            yield [_id(code), *row]


def _id(code: int) -> str:
    digits = (code % 2**64) >> 4
    return "c" + "".join(ALPHABET[digits >> 5 * place & 31] for place in reversed(range(12)))


def _code(device: str, port: str) -> int:
    """Return the code of an end: odd."""
    if not port:
        return _hash(f"outside {device}") | 1
    steps = (re.fullmatch(r"(.*?)(\d*)", step) for step in device.split("/"))
    path = 0
    for depth, step in enumerate(steps):
        assert step is not None
        stem = f"step {depth} {step[1]}"
        path += _mix(_hash(f"{stem}#") + int(step[2])) if step[2] else _hash(stem)
    return (_mix(path) | 1) + (_hash(f"port {port}") & ~1)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(code: int) -> int:
    """Return splitmix64 of a code."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        code %= 2**64
        code = (code ^ code >> shift) * factor
    return code % 2**64


def _links(fabric: Fabric, group: LinkGroup) -> Iterator[Link]:
    columns = expand(fabric, group)
    cables = cable_of_link(fabric, group, columns)
    lengths, bases = link_lengths(fabric, group, columns)
    for block, rows in columns.blocks:
        for i in range(rows.start, rows.stop):
            a, b = int(columns.a[i]), int(columns.b[i])
            yield Link(
                cable=int(cables[i]),
                a=a,
                a_port=(_port(fabric, block.a), int(columns.a_port[i])),
                b=b,
                b_port=(_port(fabric, block.b), int(columns.b_port[i])),
                cage=_cage(fabric, block.b, b, int(columns.b_port[i])),
                length=int(lengths[i]),
                basis=BASES[bases[i]],
            )


def _port(fabric: Fabric, end: Terminal | None) -> str:
    return fabric.groups[end.group].type.ports[end.port].name if end else ""


def _cage(fabric: Fabric, end: Terminal | None, device: int, port: int) -> Key:
    if end is None:
        return ()
    group = fabric.groups[end.group]
    kind = group.type.ports[end.port]
    if kind.cage_on is None:
        return kind.name, device, port // kind.cage_links
    members = _sharing(fabric, group.type.name, kind.cage_on)
    (place, inside), *_ = [item for item in members.items() if device in item[1]]
    return kind.name, place, (port * len(inside) + inside.index(device)) // kind.cage_links


def _sharing(fabric: Fabric, type_name: str, level: str) -> dict[int, list[int]]:
    """Return the devices of a type in each place of a level."""
    found: dict[int, list[int]] = {}
    for group in fabric.groups:
        if group.type.name == type_name:
            places = place_ids(fabric, group, level)
            assert places is not None
            for device, place in enumerate(places.tolist(), start=group.first):
                found.setdefault(place, []).append(device)
    return found


def _row(fabric: Fabric, group: LinkGroup, leg: Sequence[Link], longest: Link) -> list[str]:
    first = leg[0]
    recipe = fabric.catalog.media[group.media[0]].recipe.values() if group.media else ()
    line = next((line for line in recipe if line.per == "link"), None)
    part = cable_of(fabric, group, line).part if line else None
    ladder = fabric.catalog.parts[part].lengths_mm if part else ()
    order = order_length(None if longest.length < 0 else longest.length, ladder)
    b = [*_end(fabric, first.b), _ports([link.b_port for link in leg])]
    return [
        group.network,
        group.name,
        *_end(fabric, first.a),
        _ports([link.a_port for link in leg]),
        *(b if group.has_b else ["", "", group.outside, ""]),
        "+".join(dict.fromkeys(group.media or ())),
        part or "",
        format_decimal(Fraction(group.rate * len(leg), 1000)),
        "" if order is None else format_decimal(Fraction(order, 1000)),
        longest.basis,
    ]


def _end(fabric: Fabric, device: int) -> list[str]:
    rack, unit = int(fabric.sites.rack[device]), int(fabric.sites.unit[device])
    name = device_name(fabric, device) if device >= 0 else ""
    return [fabric.sites.racks[rack].name if rack >= 0 else "", str(unit) if unit >= 0 else "", name]


def _ports(ports: Sequence[tuple[str, int]]) -> str:
    """Return ``up0``, ``up0-1`` or ``up0+2``."""
    text = ports[0][0]
    numbers = sorted(number for _, number in ports)
    for number in numbers:
        if number - 1 not in numbers:
            text += ("" if number == numbers[0] else "+") + str(number)
        elif number + 1 not in numbers:
            text += f"-{number}"
    return text
