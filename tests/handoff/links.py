"""The links of a fabric, one by one and by names alone: what every file for another program is held to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from topogen.cabling.port_names import names_of_ports
from topogen.media.medium import is_installed
from topogen.model.expand import expand
from topogen.model.fabric import device_name

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal

Link = frozenset[str]
"""The full names of the ports at both ends; a link has no direction."""


def links_of(fabric: Fabric, *names: str) -> Counter[Link]:
    """Return the links that are pulled on site between modelled ends."""
    found: Counter[Link] = Counter()
    for group in fabric.links:
        if not (group.count and group.has_b and is_installed(fabric, group)):
            continue
        if names and not {group.name, group.network} & set(names):
            continue
        columns = expand(fabric, group)
        for block, rows in columns.blocks:
            near, far = block.ends
            sides = (columns.a[rows], columns.a_port[rows], columns.b[rows], columns.b_port[rows])
            for a, a_port, b, b_port in zip(*(side.tolist() for side in sides), strict=True):
                found[frozenset((port_name(fabric, near, a, a_port), port_name(fabric, far, b, b_port)))] += 1
    return found


def port_name(fabric: Fabric, end: Terminal, device: int, number: int) -> str:
    """Return the full name of a port; that of its device where it is the only port of a card in a box."""
    kind = fabric.groups[end.group].type
    port = kind.ports[end.port]
    name = device_name(fabric, device)
    if sum(one.count for one in kind.ports) == 1 and kind.role not in ("switch", "host"):
        return name
    named = names_of_ports(fabric.catalog, kind, port)
    own = (named[number].nos or named[number].printed) if named else f"{port.name}{number}"
    return f"{name}/{own}"
