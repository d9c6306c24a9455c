"""P2P: point-to-point sheets of cables, one row a link, as the cable validation of UFM reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.columns.cells import quoted
from topogen.graph.made_of import plugged_and_drawn
from topogen.handoff.boxes import switches
from topogen.handoff.link_ends import Handed, block_ends, nothing_left
from topogen.handoff.protocols import protocol_of
from topogen.model.text_buffer import Page, Piece, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.handoff.boxes import Boxes
    from topogen.model.links import LinkBlock, LinkGroup

COLUMNS = {
    "links": "A-Node,A-Port,Z-Node,Z-Port,Protocol,A-Module-PN,Z-Module-PN,Source-Ref",
    "ib": "Rack,U,Name,HCA/Port,Rack,U,Name,Port",
    "ethernet": "A-Rack,A-U,A-Node Name,A-Type,A-Port,Z-Rack,Z-RU,Z-Node Name,Z-Type,Z-Port",
}
"""Columns of the sheets: the form of version 1.7.1 for all protocols, and the older one of each protocol."""

Table = tuple[list[str], list[str]]
"""The cells of each box and of each port, in the order of the columns."""


def handed_p2p(boxes: Boxes, links: Handed, sheet: str, protocol: str | None) -> Handed:
    """Return the link groups of a sheet: all, or those of its protocol.

    Raises
    ------
    InputError
        E797, where the protocol of a link group is unknown; E796, if no link is left.
    """
    found = {one.name: protocol_of(boxes.fabric, one, protocol) for one in links.groups}
    if sheet == "links":
        return links
    others = tuple(
        f"{one.count:,} links of {one.name}: they are {found[one.name]}"
        for one in links.groups
        if found[one.name] != sheet
    )
    kept = tuple(one for one in links.groups if found[one.name] == sheet)
    if not kept:
        raise nothing_left(f"the {sheet} sheet would have no link", (*links.left_out, *others))
    return Handed(kept, (*links.left_out, *others))


def to_p2p(boxes: Boxes, links: Handed, sheet: str, protocol: str | None) -> Iterator[bytes]:
    """Yield a sheet as CSV."""
    yield f"{COLUMNS[sheet]}\n".encode()
    box, port = _CELLS[sheet](boxes, links)
    a_box, port_text, b_box = texts_of(box), texts_of(port), texts_of([f",{cell}" for cell in box])
    page = Page()
    for group in links.groups:
        word = protocol_of(boxes.fabric, group, protocol)
        for block in group.blocks:
            behind = texts_of([f"{_behind(boxes, group, block, word) if sheet == 'links' else ''}\n"])
            for ends in block_ends(boxes, block):
                row = [Piece(a_box, ends.a), Piece(port_text, ends.a_port), Piece(b_box, ends.b)]
                end = Piece(behind, np.zeros(len(ends), np.int64))
                yield bytes(page.write([*row, Piece(port_text, ends.b_port), end]))


def _behind(boxes: Boxes, group: LinkGroup, block: LinkBlock, protocol: str) -> str:
    """Return what all links of a block share: protocol, part numbers of the modules, link group."""
    parts = boxes.fabric.catalog.parts
    ends, _ = plugged_and_drawn(boxes.fabric, group, block)
    modules = [next((parts[part].mpn or "" for part in lines.values()), "") for lines in ends]
    return "".join(f",{quoted(cell)}" for cell in (protocol, *modules, group.name))


# Cells


def _of_links(boxes: Boxes, _: Handed) -> Table:
    return [f"{quoted(name)}," for name in boxes.names], [quoted(port) for port in boxes.ports]


def _of_ethernet(boxes: Boxes, _: Handed) -> Table:
    kinds = [
        "Switch" if is_switch else "Host"
        for group, is_switch in zip(boxes.groups, switches(boxes), strict=True)
        for _ in range(group.count)
    ]
    cells = [f"{place},{kind}," for place, kind in zip(_placed(boxes), kinds, strict=True)]
    return cells, [quoted(port) for port in boxes.ports]


def _of_infiniband(boxes: Boxes, links: Handed) -> Table:
    """Return the cells of boxes and ports; the ports of a host are numbered from 1, as its HCAs are."""
    ports = [quoted(port) for port in boxes.ports]
    used = used_ports(boxes, links)
    for group, is_switch in zip(boxes.groups, switches(boxes), strict=True):
        if not is_switch:
            for number, port in enumerate((port for port in boxes.stretch(group) if port in used), 1):
                ports[port] = str(number)
    return [f"{place}," for place in _placed(boxes)], ports


def _placed(boxes: Boxes) -> list[str]:
    """Return rack, U and name of each box."""
    racks, units = boxes.places
    names = [quoted(name) for name in boxes.racks]
    rows = zip(racks.tolist(), units.tolist(), boxes.names, strict=True)
    return [f"{names[rack]},{unit if unit >= 0 else ''},{quoted(name)}" for rack, unit, name in rows]


def used_ports(boxes: Boxes, links: Handed) -> set[int]:
    """Return the ports, as numbered in `Boxes`, that links end at in some box."""
    used: set[int] = set()
    for group in links.groups:
        for block in group.blocks:
            for ends in block_ends(boxes, block):
                used.update(np.unique(ends.a_port).tolist(), np.unique(ends.b_port).tolist())
    return used


_CELLS: dict[str, Callable[[Boxes, Handed], Table]] = {
    "links": _of_links,
    "ib": _of_infiniband,
    "ethernet": _of_ethernet,
}
