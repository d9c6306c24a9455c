"""InfraGraph 3.1: instances of devices made of components, and one edge a link, as JSON.

A device is a kind of box. Its components are the devices in it and their ports, joined by its own edges; a
device with a single port is its own port. InfraGraph knows no parallel edges, so that links end at ports.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np

from topogen.handoff.link_ends import ends_in_parts
from topogen.model.text_buffer import Page, Piece, texts_of
from topogen.records import dataclass
from topogen.units import MBPS_PER_GBPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.handoff.boxes import Boxes, BoxGroup
    from topogen.handoff.link_ends import Handed
    from topogen.model.devices import DeviceType
    from topogen.model.links import LinkGroup

KINDS = {"gpu": "xpu", "cpu": "cpu", "nic": "nic", "switch": "switch"}
"""Kind of component by role; all others are ``custom``."""

INSIDE = "inside"
"""The link between a device and its ports: of no bandwidth, because it is no link of the fabric."""

Json = dict[str, object]


@dataclass(frozen=True)
class Component:
    """A device in a box with its ports: names that InfraGraph takes, unique in the box."""

    name: str
    kind: DeviceType
    each: int
    ports: tuple[str, ...]

    @property
    def is_its_port(self) -> bool:
        """Return whether links end at the device itself."""
        return _port_count(self.kind) <= 1


def to_infragraph(boxes: Boxes, links: Handed) -> Iterator[bytes]:
    """Yield an infrastructure as JSON: one line an edge."""
    found = [_components(boxes, group) for group in boxes.groups]
    names = _unique([group.type for group in boxes.groups])
    head = {
        "name": _plain(boxes.fabric.name),
        "devices": [_device(*pair) for pair in zip(names, found, strict=True)],
        "instances": [
            {"name": name, "device": name, "count": group.count, "description": _first_and_last(boxes, group)}
            for name, group in zip(names, boxes.groups, strict=True)
        ],
        "links": [_link(group, name) for group, name in _named_links(links)],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "edges": [\n'
    yield from _edges(boxes, links, names, found)
    yield b" ]\n}\n"


def _edges(boxes: Boxes, links: Handed, names: list[str], found: list[list[Component]]) -> Iterator[bytes]:
    numbered = zip(names, boxes.groups, strict=True)
    rows = [f"{name}[{number}]" for name, group in numbered for number in range(group.count)]
    ports = _port_texts(boxes, found)
    tables = [
        texts_of([f'"ep1": {{"instance": "{row}", ' for row in rows]),
        texts_of([f'"component": "{port}"}}, ' for port in ports]),
        texts_of([f'"ep2": {{"instance": "{row}", ' for row in rows]),
        texts_of([f'"component": "{port}"}}}}' for port in ports]),
    ]
    page, comma = Page(), "  "
    for group, name in _named_links(links):
        ahead = f'{{"scheme": "one2one", "link": "{name}", '
        for ends in ends_in_parts(boxes, group):
            start = Piece(texts_of([f"{comma}{ahead}", f",\n  {ahead}"]), np.minimum(np.arange(len(ends)), 1))
            columns = (ends.a, ends.a_port, ends.b, ends.b_port)
            yield bytes(page.write([start, *(Piece(*pair) for pair in zip(tables, columns, strict=True))]))
            comma = ",\n  "
    yield b"\n"


def _port_texts(boxes: Boxes, found: list[list[Component]]) -> list[str]:
    """Return the component that each port of `Boxes` is."""
    texts = [""] * len(boxes.ports)
    for group, components in zip(boxes.groups, found, strict=True):
        for member, component in zip(group.members, components, strict=True):
            for start, port, name in zip(member.ports, component.kind.ports, component.ports, strict=True):
                for number in range(member.each * port.count):
                    texts[start + number] = f"{name}[{number}]"
    return texts


# Devices


def _components(boxes: Boxes, group: BoxGroup) -> list[Component]:
    """Return the devices in a box of a group."""
    kinds = [boxes.fabric.groups[member.group].type for member in group.members]
    wanted = [kind.name for kind in kinds]
    wanted += [f"{kind.name}_{port.name}" for kind in kinds for port in kind.ports]
    names = iter(_unique(wanted))
    devices = [next(names) for _ in kinds]
    made = []
    for device, kind, member in zip(devices, kinds, group.members, strict=True):
        ports = tuple(next(names) for _ in kind.ports)
        own = (device,) * len(ports) if _port_count(kind) <= 1 else ports
        made.append(Component(device, kind, member.each, own))
    return made


def _device(name: str, components: list[Component]) -> Json:
    listed: list[Json] = []
    edges: list[Json] = []
    for one in components:
        listed.append(_component(one.name, one.each, KINDS.get(one.kind.role, "custom"), one.kind.part))
        if one.is_its_port:
            continue
        for port, ports in zip(one.kind.ports, one.ports, strict=True):
            if port.count:
                listed.append(_component(ports, one.each * port.count, "port", None))
                edges += [_inside(one.name, number, ports, port.count) for number in range(one.each)]
    return {"name": name, "components": listed, "links": [{"name": INSIDE}], "edges": edges}


def _component(name: str, count: int, kind: str, part: str | None) -> Json:
    choice = {"custom": {"type": name}} if kind == "custom" else {kind: {}}
    described = {"description": part} if part else {}
    return {"name": name, "count": count, **described, "choice": kind, **choice}


def _inside(device: str, number: int, ports: str, each: int) -> Json:
    own = f"{ports}[{number * each}:{(number + 1) * each}]"
    ends = {"ep1": {"component": f"{device}[{number}]"}, "ep2": {"component": own}}
    return {**ends, "scheme": "many2many", "link": INSIDE}


def _port_count(kind: DeviceType) -> int:
    return sum(port.count for port in kind.ports)


# Links and names


def _named_links(links: Handed) -> list[tuple[LinkGroup, str]]:
    return list(zip(links.groups, _unique([one.name for one in links.groups]), strict=True))


def _link(group: LinkGroup, name: str) -> Json:
    rate = {"choice": "gigabits_per_second", "gigabits_per_second": group.rate / MBPS_PER_GBPS}
    return {"name": name, "physical": {"bandwidth": rate}}


def _first_and_last(boxes: Boxes, group: BoxGroup) -> str:
    first, last = boxes.names[group.first], boxes.names[group.first + group.count - 1]
    return first if group.count == 1 else f"{first} to {last}"


def _plain(text: str) -> str:
    """Return a name of letters, digits, - and _: what InfraGraph takes and an index can follow.

    >>> _plain("compute/leaf_spine")
    'compute_leaf_spine'
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "_", text) or "_"


def _unique(texts: list[str]) -> list[str]:
    """Return plain names, numbered from 2 where they would be alike.

    >>> _unique(["a/b", "a_b", "c"])
    ['a_b', 'a_b_2', 'c']
    """
    found: dict[str, None] = {}
    for text in map(_plain, texts):
        name, number = text, 2
        while name in found:
            name, number = f"{text}_{number}", number + 1
        found[name] = None
    return list(found)
