"""Columns of the cable schedule that tell of its ends: devices, ports, cages, legs and labels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cages import cage_order, first_cage
from topogen.columns.cells import cell_text, quoted
from topogen.model.text_buffer import Piece, texts_of
from topogen.schedule.end_texts import PortLabels, chips_of, form_factor
from topogen.schedule.labels import LabelEnd, label_form, labels
from topogen.schedule.line_texts import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import Port
    from topogen.model.text_buffer import Texts
    from topogen.schedule.cable_lines import Lines
    from topogen.schedule.line_texts import Framed, LineTexts


def put_devices(sheet: LineTexts, side: str) -> None:
    """Add position and name of each device."""
    fabric, sites = sheet.fabric, sheet.sites
    groups = sorted({end.group for end in sheet.lines.ports[side].ends})
    positions, names = sites.named(*groups)

    def picked(texts: Texts, of: Ints, before: str, after: str) -> Callable[[Ints], Sequence[Piece]]:
        table = texts.framed(before, after)
        return lambda some: [Piece(table, of[positions.numbers(some)])]

    said: dict[str, Framed] = {
        "row": partial(picked, sites.row, fabric.sites.rack),
        "rack": partial(picked, sites.rack, fabric.sites.rack),
        "u": partial(picked, sites.unit, fabric.sites.unit),
        "device": names.framed,
    }
    if f"{side}_name" in sheet.columns:
        said["name"] = sites.site_named(*groups).framed
    sheet.named[side] = positions, said
    sheet.index[side] = lambda lines: lines.a if side == "a" else lines.b
    sheet.parts.update({f"{side}_{name}": [Part(side, of=name)] for name in said})


def put_ports(sheet: LineTexts, side: str) -> None:
    """Add the ports of one end, the breakout leg, and the module or engine there."""
    ports = sheet.lines.ports[side]
    sheet.put_texts(
        f"{side}_block", {f"{side}_optic_part": [_optic_part(sheet, side, kind) for kind in ports.kinds]}
    )
    sheet.index[f"{side}_block"] = lambda lines: lines.block
    sheet.parts[f"{side}_port"] = [Part(f"{side}_port", ports.texts)]
    sheet.index[f"{side}_port"] = lambda lines: lines.a_port if side == "a" else lines.b_port
    if f"{side}_cage" in sheet.columns:
        _put_cages(sheet, side)
    if side == "a" and sheet.lines.legs:
        sheet.parts["a_breakout"] = [
            Part("leg", [cell_text(leg or None) for leg in range(sheet.lines.legs + 1)])
        ]
        sheet.index["leg"] = lambda lines: lines.leg


def _put_cages(sheet: LineTexts, side: str) -> None:
    """Add the number of the cage at each end (`cages.first_cage` says how they are numbered)."""
    fabric, ports = sheet.fabric, sheet.lines.ports[side]
    names = list(dict.fromkeys(kind.name for kind in ports.kinds))
    members, rank = (np.full((len(names), fabric.n_devices), value, np.int64) for value in (1, 0))
    first_cages = {key: first_cage(fabric, *key) for key in {(end.group, end.port) for end in ports.ends}}
    for index, port in first_cages:
        group = fabric.groups[index]
        order, devices = cage_order(fabric, index, port), slice(group.first, group.first + group.count)
        kind = names.index(group.type.ports[port].name)
        members[kind, devices], rank[kind, devices] = order.members, order.rank
    kinds = np.array([names.index(kind.name) for kind in ports.kinds])
    links, first_ports = np.array([kind.cage_links for kind in ports.kinds]), np.array(ports.first_ports)
    before = np.array([first_cages[end.group, end.port] for end in ports.ends])
    most = int(before.max()) + max(kind.count for kind in ports.kinds) * int(members.max())

    def turns(lines: Lines) -> Ints:
        device, port = (lines.a, lines.a_port) if side == "a" else (lines.b, lines.b_port)
        kind = kinds[lines.block]
        return np.asarray(first_ports[port] * members[kind, device] + rank[kind, device])

    def cages(lines: Lines) -> Ints:
        turn = turns(lines)
        cage = turn // links[lines.block]
        if not on_panel.any():
            return np.asarray(before[lines.block] + cage)
        shared = chip(lines.block, lines.a if side == "a" else lines.b) * each[lines.block]
        number = printed[lines.block, np.minimum(shared + cage, printed.shape[1] - 1)]
        return np.asarray(np.where(on_panel[lines.block], number, before[lines.block] + cage))

    printed = np.full((len(kinds), max(len(kind.cages) for kind in ports.kinds) + 1), 0, np.int64)
    for number, one in enumerate(ports.kinds):
        printed[number, : len(one.cages)] = one.cages
    on_panel, chip = np.array([bool(kind.cages) for kind in ports.kinds]), chips_of(fabric, ports)
    each = np.array([len(kind.cages) // kind.chips for kind in ports.kinds])
    most = max(most, int(printed.max()) + 1)

    sheet.parts[f"{side}_cage"] = [Part(f"{side}_cage", [str(cage) for cage in range(most)])]
    sheet.index[f"{side}_cage"] = cages
    if f"{side}_leg" in sheet.columns:
        _put_legs(sheet, side, turns)


def _put_legs(sheet: LineTexts, side: str, turns: Callable[[Lines], Ints]) -> None:
    """Add the link within its cage, the connector of a twin plug, and the form factor."""
    fabric, ports = sheet.fabric, sheet.lines.ports[side]
    links = np.array([kind.cage_links for kind in ports.kinds])
    seen = [form_factor(fabric, fabric.groups[end.group].type, kind) for end, kind in ports.of_ends]
    twin = np.array([is_twin for _, is_twin in seen]) & (links > 1)
    numbers = [*map(str, range(1, int(links.max()) + 1)), ""]

    def leg(lines: Lines) -> Ints:
        each = links[lines.block]
        return np.where(each > 1, turns(lines) % each, -1)

    def plug(lines: Lines) -> Ints:
        each = links[lines.block]
        return np.where(twin[lines.block], turns(lines) % each * 2 // each, -1)

    faces = [kind.face for kind in ports.kinds]
    sheet.put_texts(
        f"{side}_block", {f"{side}_form_factor": [factor for factor, _ in seen], f"{side}_face": faces}
    )
    for name, index in (("leg", leg), ("plug", plug)):
        if (links > 1).any() if name == "leg" else twin.any():
            sheet.parts[f"{side}_{name}"] = [Part(f"{side}_{name}", numbers)]
            sheet.index[f"{side}_{name}"] = index


def put_port_names(sheet: LineTexts, side: str) -> None:
    """Add the names of the ports at one end."""
    names = PortLabels(sheet.fabric, sheet.lines.ports[side])
    sheet.parts[f"{side}_port_name"] = [Part(f"{side}_port_name", names.texts)]
    sheet.index[f"{side}_port_name"] = lambda lines: (
        names.of(lines.block, lines.a, lines.a_port)
        if side == "a"
        else names.of(lines.block, lines.b, lines.b_port)
    )


def put_labels(sheet: LineTexts) -> None:
    """Add the labels of both ends."""
    sides = {side: _label_end(sheet, side) for side in ("a", "b")}
    for side, other in (("a", "b"), ("b", "a")):
        ends, form = (sides[side], sides[other]), label_form(sheet.fabric)
        sheet.put_made(f"label_{side}", partial(_by_plug, side, labels(ends, side, sheet.group.name, form)))


def _by_plug(side: str, make: Callable[[Lines], list[Piece]], lines: Lines) -> list[Piece]:
    """Return the label of the connector at an end of each line, which all lines that end in it share."""
    return make(lines.by_plug(side))


def _label_end(sheet: LineTexts, side: str) -> LabelEnd:
    if side == "b" and not sheet.group.has_b:
        outside = texts_of([quoted(sheet.group.outside)])
        return LabelEnd(
            lambda lines: [Piece(outside, np.zeros(len(lines), np.int64))], lambda _: [], lambda _: [], None
        )
    ports = sheet.lines.ports[side]
    groups = sorted({end.group for end in ports.ends})
    positions, _ = sheet.sites.named(*groups)
    names, port_names = sheet.sites.site_named(*groups), PortLabels(sheet.fabric, ports)
    texts = texts_of(port_names.texts)

    def device(lines: Lines) -> Sequence[Piece]:
        numbers = lines.a if side == "a" else lines.b
        return names.pieces(numbers - positions.offset(numbers))

    def port(lines: Lines) -> Sequence[Piece]:
        ends = (lines.a, lines.a_port) if side == "a" else (lines.b, lines.b_port)
        return [Piece(texts, port_names.of(lines.block, *ends))]

    def place(texts: Texts, of: Ints) -> Callable[[Lines], Sequence[Piece]]:
        return lambda lines: [Piece(texts, of[lines.a if side == "a" else lines.b])]

    sites = sheet.fabric.sites
    return LabelEnd(device, place(sheet.sites.rack, sites.rack), place(sheet.sites.unit, sites.unit), port)


def _optic_part(sheet: LineTexts, side: str, kind: Port) -> str:
    """Return the module at an end, else the engine of its medium."""
    media = sheet.group.media
    recipe = sheet.fabric.catalog.media[media["ab".index(side)]].recipe if media else {}
    module = next((line for line in recipe.values() if line.per == "end"), recipe.get("engine"))
    links = kind.cage_links if module and module.per == "end" else 1
    return (module.part_for(links, kind.lanes, kind.lane_rate) if module else None) or ""
