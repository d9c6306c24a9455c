"""Columns of the cable schedule as text: a column is a list of parts, an index picks a text per line."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.cabling.cages import cage_order, first_cage
from topogen.columns.cells import cell_text, quoted
from topogen.floor.routing import slack_of
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.media.medium import links_reach, medium_name, strands
from topogen.model.length_histogram import BASES, UNKNOWN_MM, split_length
from topogen.model.name_texts import NameWindow, Numbering, PathTexts
from topogen.model.text_buffer import Piece, texts_of
from topogen.naming.rail_numbers import planes_of, pods_of, rails_of
from topogen.records import dataclass
from topogen.schedule.cable_ids import id_texts
from topogen.schedule.end_texts import ListedNames, PortLabels, chips_of, form_factor
from topogen.schedule.labels import LabelEnd, label_form, labels
from topogen.structure.light import loss_of
from topogen.units import MBPS_PER_GBPS, MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.model.text_buffer import Texts
    from topogen.schedule.cable_lines import CableLines, Lines

CABLE = "cable"
"""The key of cable ids, which are nearly all different: their texts are made anew for each part."""


@dataclass(frozen=True)
class Part:
    """A part of a column: ``key`` picks one of ``texts`` per line, or ``of`` names a property of a device."""

    key: str
    texts: Sequence[str] = ()
    of: str = ""


Parts: TypeAlias = "list[Part | str]"
"""Parts, and the constant text between them."""

Framed: TypeAlias = "Callable[[str, str], Callable[[Ints], Sequence[Piece]]]"
"""Makes the texts of some places or devices, by position, each between two constant texts."""


class SiteTexts:
    """Rows, racks and U positions of a fabric as texts; index -1 (unknown) picks the last text, an empty one.

    Device names are cached, because several link groups share their devices.
    """

    def __init__(self, fabric: Fabric) -> None:
        self._fabric, self._groups = fabric, fabric.groups
        self._site_named: dict[tuple[int, ...], ListedNames] = {}
        self._with_names = frozenset(fabric.names.devices) if fabric.names else frozenset[int]()
        self._named: dict[tuple[int, ...], tuple[Numbering, PathTexts]] = {}
        racks = fabric.sites.racks
        cells = {row: quoted(row) if row else "" for row in {one.row for one in racks}}
        self.row = texts_of([*(cells[one.row] for one in racks), ""])
        self.rack = texts_of([*(quoted(one.name) for one in racks), ""])
        self.unit = texts_of([*map(str, range(int(fabric.sites.unit.max(initial=0)) + 1)), ""])

    def site_named(self, *groups: int) -> PathTexts | ListedNames:
        """Return the names of the devices of some groups as the site has them."""
        _, design = self.named(*groups)
        if not self._with_names.intersection(groups):
            return design
        if groups not in self._site_named:
            self._site_named[groups] = ListedNames(self._fabric, groups, design)
        return self._site_named[groups]

    @cached_property
    def numbers(self) -> dict[str, Ints]:
        """Return rail, plane and pod of each device, from 0, -1 for none."""
        return {
            "rail": rails_of(self._fabric),
            "plane": planes_of(self._fabric),
            "pod": pods_of(self._fabric),
        }

    def named(self, *groups: int) -> tuple[Numbering, PathTexts]:
        """Return the positions of the devices of some groups, and their names."""
        if groups not in self._named:
            some = [self._groups[index] for index in groups]
            positions = Numbering(some)
            self._named[groups] = positions, PathTexts(some, positions)
        return self._named[groups]


@dataclass
class LineTexts:
    """The lines of one link group as text: the parts of each column, and the index of each part.

    ``index`` maps a key to a function from lines to the number of a text per line. ``named`` has, for places
    and devices, their positions and the texts of each property. A column without parts stays empty.
    """

    lines: CableLines
    sites: SiteTexts
    columns: Sequence[str]
    parts: dict[str, Parts] = field(default_factory=dict)
    index: dict[str, Callable[[Lines], Ints]] = field(default_factory=dict)
    named: dict[str, tuple[Numbering, dict[str, Framed]]] = field(default_factory=dict)

    made: dict[str, Callable[[Lines], Sequence[Piece]]] = field(default_factory=dict)
    """Texts that are made anew for each part, because they are nearly all different."""

    @property
    def fabric(self) -> Fabric:
        """Return the fabric."""
        return self.lines.fabric

    @property
    def group(self) -> LinkGroup:
        """Return the link group."""
        return self.lines.group

    def put(self, columns: Mapping[str, str]) -> None:
        """Add columns with the same text in all lines."""
        self.parts.update({name: [text] for name, text in columns.items()})

    def put_texts(self, key: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Add columns that share one index; a column with a single distinct text needs none."""
        for name, texts in columns.items():
            self.parts[name] = [texts[0]] if len(set(texts)) == 1 else [Part(key, texts)]

    def put_made(self, name: str, make: Callable[[Lines], Sequence[Piece]]) -> None:
        """Add a column whose texts are nearly all different."""
        self.parts[name] = [Part(name)]
        self.made[name] = make

    def pieces(self) -> Callable[[Lines], list[Piece]]:
        """Return a function from lines to pieces; adjacent parts with one key become one piece."""
        makers = [self._maker(key, together) for key, together in _merged(self._row())]
        return lambda lines: [piece for make in makers for piece in make(lines)]

    def _row(self) -> Iterator[Part | str]:
        """Yield the parts of a line with commas and the line end."""
        for number, name in enumerate(self.columns):
            if number:
                yield ","
            yield from self.parts.get(name, ())
        yield "\n"

    def _maker(self, key: str, parts: Parts) -> Callable[[Lines], Sequence[Piece]]:
        if key == CABLE:
            behind = texts_of(["".join(part for part in parts if isinstance(part, str))])
            return lambda lines: _id_pieces(lines, behind)
        if key in self.made:
            return _made_anew(self.made[key], parts)
        index = self.index[key]
        if key in self.named:
            positions, properties = self.named[key]
            makers = [properties[part.of](before, after) for part, before, after in _with_neighbours(parts)]
            table = NameWindow(positions, lambda some: [piece for make in makers for piece in make(some)])
            return lambda lines: table.pieces(index(lines))
        texts = texts_of(_joined(parts))
        return lambda lines: [Piece(texts, index(lines))]


def _made_anew(make: Callable[[Lines], Sequence[Piece]], parts: Parts) -> Callable[[Lines], Sequence[Piece]]:
    """Return texts of one column, and the constants around them."""
    at = next(number for number, part in enumerate(parts) if isinstance(part, Part))
    before, after = (
        texts_of(["".join(part for part in some if isinstance(part, str))])
        for some in (parts[:at], parts[at + 1 :])
    )

    def pieces(lines: Lines) -> Sequence[Piece]:
        alike = np.broadcast_to(0, len(lines))
        return [Piece(before, alike), *make(lines), Piece(after, alike)]

    return pieces


def _id_pieces(lines: Lines, behind: Texts) -> list[Piece]:
    """Return the ids of cables, and the text behind them; they are the first column."""
    count = len(lines)
    return [Piece(id_texts(lines.cable), np.arange(count)), Piece(behind, np.broadcast_to(0, count))]


def _merged(parts: Iterable[Part | str]) -> list[tuple[str, Parts]]:
    """Group adjacent parts of one key with the constants after them; the first also takes those before."""
    merged: list[tuple[str, Parts]] = []
    ahead: Parts = []
    for part in parts:
        if isinstance(part, str):
            (merged[-1][1] if merged else ahead).append(part)
        elif merged and merged[-1][0] == part.key:
            merged[-1][1].append(part)
        else:
            merged.append((part.key, [*ahead, part]))
            ahead = []
    return merged


def _joined(parts: Parts) -> list[str]:
    """Return the texts of parts of one key, concatenated."""
    count = max(len(part.texts) for part in parts if isinstance(part, Part))
    columns = [[part] * count if isinstance(part, str) else part.texts for part in parts]
    return ["".join(texts) for texts in zip(*columns, strict=True)]


def _with_neighbours(parts: Parts) -> list[tuple[Part, str, str]]:
    """Return each part with the constants before and after it; those between two go to the first."""
    framed: list[tuple[Part, str, str]] = []
    ahead = ""
    for one in parts:
        if isinstance(one, Part):
            framed.append((one, ahead, ""))
        elif framed:
            part, before, after = framed[-1]
            framed[-1] = part, before, after + one
        else:
            ahead += one
    return framed


def line_texts_of(lines: CableLines, sites: SiteTexts, columns: Sequence[str], rev: str) -> LineTexts:
    """Return the text columns of a link group."""
    sheet = LineTexts(lines, sites, columns)
    sheet.parts["cable_id"] = [Part(CABLE)]
    _put_links(sheet, rev)
    _put_lengths(sheet)
    for side in ("a", "b") if sheet.group.has_b else ("a",):
        _put_devices(sheet, side)
        _put_ports(sheet, side)
        if f"{side}_port_name" in sheet.columns:
            _put_port_names(sheet, side)
    if not sheet.group.has_b:
        sheet.put({"b_device": quoted(sheet.group.outside), "b_name": quoted(sheet.group.outside)})
    if "rail" in sheet.columns:
        _put_numbers(sheet)
    if not {"label_a", "label_b"}.isdisjoint(sheet.columns):
        _put_labels(sheet)
    return sheet


# The cable


def _put_links(sheet: LineTexts, rev: str) -> None:
    """Add the columns that depend on the number of links per cable."""
    fabric, group = sheet.fabric, sheet.group
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    part = cable_part(fabric, group)
    sheet.put(
        {
            "status": "planned",
            "network": group.network,
            "link_group": group.name,
            "medium": medium_name(group),
            "cable_part_id": part or "",
            "mpn": quoted(fabric.catalog.parts[part].mpn or "") if part else "",
            "rev": quoted(rev),
        },
    )
    fibres = strands(group, medium) if medium else None
    each = {"fibre_count": fibres, "lanes": group.lanes, "rate_gbps": Fraction(group.rate, MBPS_PER_GBPS)}
    counts = range(group.links_per_cable + 1) if group.links_per_cable > 1 else (1,)
    known = {
        name: [cell_text(value * n) for n in counts] for name, value in each.items() if value is not None
    }
    sheet.put_texts("links", known)
    sheet.index["links"] = lambda lines: lines.links


def _put_lengths(sheet: LineTexts) -> None:
    """Add the columns that depend on the cable length."""
    fabric, group = sheet.fabric, sheet.group
    length, basis = np.divmod(sheet.lines.codes, len(BASES))
    sold = order_lengths(length, stock_lengths(fabric, cable_part(fabric, group)))
    beyond = (length >= 0) & (sold < 0)
    kinds, kind = np.unique((sold * len(BASES) + basis) * 2 + beyond, return_inverse=True)
    texts = {
        "length_order_m": [_metres(code // 2 // len(BASES)) for code in kinds.tolist()],
        "length_basis": [BASES[code // 2 % len(BASES)] for code in kinds.tolist()],
        "notes": ["no length this long is sold" if code % 2 else "" for code in kinds.tolist()],
    }
    if group.through:
        names = ", ".join(panel.name for panel in group.through)
        texts["length_order_m"] = [""] * len(kinds)
        texts["notes"] = [quoted(f"through {names}: see patching.csv")] * len(kinds)
    part = fabric.catalog.parts.get(cable_part(fabric, group) or "")
    if part and part.terms.mpns:
        texts["mpn"] = [quoted(part.mpn_of(code // 2 // len(BASES)) or "") for code in kinds.tolist()]
    sheet.put_texts("sold", texts)
    sheet.index["sold"] = lambda lines: kind[lines.length]
    reach = links_reach(fabric, group)
    sheet.put({"reach_m": _metres(reach)})
    if "length_route_m" in sheet.columns:
        codes = map(split_length, sheet.lines.codes.tolist())
        cells = [_length_cells(sheet, reach, *one) | _loss_cells(sheet, one[0]) for one in codes]
        sheet.put_texts("length", {name: [one[name] for one in cells] for name in cells[0]})
        sheet.index["length"] = lambda lines: lines.length


def _length_cells(sheet: LineTexts, reach: int | None, length: int | None, basis: str) -> dict[str, str]:
    whole = basis == "routed" and not sheet.group.through
    slack = _slack(sheet, length) if whole and length is not None else None
    return {
        "length_route_m": _metres(length if length is None or slack is None else length - slack),
        "length_slack_m": _metres(slack),
        "margin_m": "" if reach is None or length is None else cell_text(Fraction(reach - length, MM_PER_M)),
    }


def _loss_cells(sheet: LineTexts, length: int | None) -> dict[str, str]:
    loss = loss_of(sheet.fabric, sheet.group, length)
    return {
        "loss_budget_db": cell_text(loss.budget_db) if loss else "",
        "loss_est_db": cell_text(loss.estimate_db) if loss else "",
    }


def _metres(mm: int | None) -> str:
    """Return a length in metres, empty if unknown."""
    return "" if mm is None or mm == UNKNOWN_MM else cell_text(Fraction(mm, MM_PER_M))


def _slack(sheet: LineTexts, length: int) -> int:
    """Return the slack in a routed length; each length has one route length, because slack only adds."""
    slack = slack_of(sheet.fabric.spec.layout, sheet.group.base or sheet.group.name)
    if slack is None:
        return 0
    share = 1 + slack.percent / 100
    return length - (length - 2 * slack.per_end) * share.denominator // share.numerator


# Its two ends


def _put_devices(sheet: LineTexts, side: str) -> None:
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


def _put_ports(sheet: LineTexts, side: str) -> None:
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


def _put_port_names(sheet: LineTexts, side: str) -> None:
    """Add the names of the ports at one end."""
    names = PortLabels(sheet.fabric, sheet.lines.ports[side])
    sheet.parts[f"{side}_port_name"] = [Part(f"{side}_port_name", names.texts)]
    sheet.index[f"{side}_port_name"] = lambda lines: (
        names.of(lines.block, lines.a, lines.a_port)
        if side == "a"
        else names.of(lines.block, lines.b, lines.b_port)
    )


def _put_numbers(sheet: LineTexts) -> None:
    """Add rail, plane, pod and tier."""
    sheet.put({"tier": str(sheet.group.tier)})
    for name, table in sheet.sites.numbers.items():
        most = int(table.max(initial=-1)) + 1
        if most:
            sheet.parts[name] = [Part(name, [*map(str, range(most)), ""])]
            sheet.index[name] = partial(_lower_of_both, sheet.group.has_b, table)


def _lower_of_both(has_b: bool, table: Ints, lines: Lines) -> Ints:  # noqa: FBT001
    """Return what a table says of the a end of each line, else of the b end; -1 for neither."""
    near = table[lines.a]
    return np.asarray(np.where(near < 0, table[lines.b], near) if has_b else near)


def _put_labels(sheet: LineTexts) -> None:
    """Add the labels of both ends."""
    sides = {side: _label_end(sheet, side) for side in ("a", "b")}
    for side, other in (("a", "b"), ("b", "a")):
        ends, form = (sides[side], sides[other]), label_form(sheet.fabric)
        sheet.put_made(f"label_{side}", labels(ends, side, sheet.group.name, form))


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
