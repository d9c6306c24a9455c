"""Columns of the cable schedule as text: for each one parts, and which line takes which text of a part."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.columns import cell_text, quoted
from topogen.floor.routing import slack_of
from topogen.media.medium import links_reach, strands
from topogen.model.length_histogram import BASES, UNKNOWN_MM, split_length
from topogen.records import dataclass
from topogen.schedule.cable_parts import cable_part, ladder
from topogen.schedule.laid_text import Piece, texts_of
from topogen.schedule.name_texts import Numbering, PathTexts, VisibleNames
from topogen.schedule.part_cells import medium_name
from topogen.units import MBPS_PER_GBPS, MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, LinkGroup, Port
    from topogen.schedule.cable_lines import CableLines, Lines
    from topogen.schedule.laid_text import Texts

THOUSAND = 1_000
LISTED = 4 * THOUSAND
"""Running numbers from here on are their thousands and the rest: two small tables hold the texts of all."""


@dataclass(frozen=True)
class Part:
    """A part of a column: texts of which ``key`` picks one a line, or what is picked of a place or device."""

    key: str
    texts: Sequence[str] = ()
    of: str = ""


Parts: TypeAlias = "list[Part | str]"
"""Parts and what stands between them in every line."""

Framed: TypeAlias = "Callable[[str, str], Callable[[Ints], Sequence[Piece]]]"
"""What says something of the places or devices of some turns, between two texts that are the same for all."""


class SiteTexts:
    """Rows, racks and U positions of a fabric as texts; -1, not known, picks the last, which is empty.

    Names of devices are kept for the link groups at their other side.
    """

    def __init__(self, fabric: Fabric) -> None:
        self._groups = fabric.groups
        self._named: dict[tuple[int, ...], tuple[Numbering, PathTexts]] = {}
        racks = fabric.sites.racks
        cells = {row: quoted(row) if row else "" for row in {one.row for one in racks}}
        self.row = texts_of([*(cells[one.row] for one in racks), ""])
        self.rack = texts_of([*(one.name for one in racks), ""])
        self.unit = texts_of([*map(str, range(int(fabric.sites.unit.max(initial=0)) + 1)), ""])

    def named(self, *groups: int) -> tuple[Numbering, PathTexts]:
        """Return the turns of the devices of some groups, and their names."""
        if groups not in self._named:
            some = [self._groups[index] for index in groups]
            turns = Numbering(some)
            self._named[groups] = turns, PathTexts(some, turns)
        return self._named[groups]


@dataclass
class Sheet:
    """The lines of one link group as text: parts by column, and for each key what picks.

    Of lengths only what ``columns`` need is made. An index of ``index`` takes lines and returns the number
    of a text for each. ``seen`` has, for places and devices, their turns and what can be said of each turn.
    A column without parts is unknown.
    """

    lines: CableLines
    sites: SiteTexts
    columns: Sequence[str]
    parts: dict[str, Parts] = field(default_factory=dict)
    index: dict[str, Callable[[Lines], Ints]] = field(default_factory=dict)
    seen: dict[str, tuple[Numbering, dict[str, Framed]]] = field(default_factory=dict)

    @property
    def fabric(self) -> Fabric:
        """Return the fabric."""
        return self.lines.fabric

    @property
    def group(self) -> LinkGroup:
        """Return the link group."""
        return self.lines.group

    def put(self, columns: Mapping[str, str]) -> None:
        """Add columns that are the same in all lines."""
        self.parts.update({name: [text] for name, text in columns.items()})

    def put_texts(self, key: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Add columns that are picked by one index, each with its texts; equal texts need no index."""
        for name, texts in columns.items():
            self.parts[name] = [texts[0]] if len(set(texts)) == 1 else [Part(key, texts)]

    def pieces(self) -> Callable[[Lines], list[Piece]]:
        """Return what makes the pieces of lines from parts; neighbours of one key are made together."""
        makers = [self._maker(key, together) for key, together in _merged(self._row())]
        return lambda lines: [piece for make in makers for piece in make(lines)]

    def _row(self) -> Iterator[Part | str]:
        """Yield the parts of a line, commas and line end included."""
        for number, name in enumerate(self.columns):
            if number:
                yield ","
            yield from self.parts.get(name, ())
        yield "\n"

    def _maker(self, key: str, parts: Parts) -> Callable[[Lines], Sequence[Piece]]:
        index = self.index[key]
        if key in self.seen:
            turns, said = self.seen[key]
            makers = [said[part.of](before, after) for part, before, after in _with_neighbours(parts)]
            table = VisibleNames(turns, lambda some: [piece for make in makers for piece in make(some)])
            return lambda lines: table.pieces(index(lines))
        texts = texts_of(_joined(parts))
        return lambda lines: [Piece(texts, index(lines))]


def _merged(parts: Iterable[Part | str]) -> list[tuple[str, Parts]]:
    """Return parts of one key together, with the constants that follow them; the first with those before."""
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
    """Return the texts of parts of one key, side by side."""
    count = max(len(part.texts) for part in parts if isinstance(part, Part))
    columns = [[part] * count if isinstance(part, str) else part.texts for part in parts]
    return ["".join(texts) for texts in zip(*columns, strict=True)]


def _with_neighbours(parts: Parts) -> list[tuple[Part, str, str]]:
    """Return parts with the text before and after each; what stands between two goes to the first of them."""
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


def sheet_of(lines: CableLines, sites: SiteTexts, columns: Sequence[str], rev: str) -> Sheet:
    """Return the lines of a link group with everything that is known of them."""
    sheet = Sheet(lines, sites, columns)
    _put_id(sheet)
    _put_links(sheet, rev)
    _put_lengths(sheet)
    for side in ("a", "b") if sheet.group.has_b else ("a",):
        _put_devices(sheet, side)
        _put_ports(sheet, side)
    if not sheet.group.has_b:
        sheet.put({"b_device": quoted(sheet.group.outside)})
    return sheet


# The cable


def _put_id(sheet: Sheet) -> None:
    """Add the cable id: scope, group and a number."""
    group, last = sheet.group, sheet.lines.last_number
    number: Parts = [f"{group.name}/"]
    if last < LISTED:
        number.append(Part("number", [str(one) for one in range(last + 1)]))
        sheet.index["number"] = lambda lines: lines.number
    else:
        number.append(Part("thousands", ["", *map(str, range(1, last // THOUSAND + 1))]))
        units = [*map(str, range(THOUSAND)), *(f"{one:03}" for one in range(THOUSAND))]
        number.append(Part("units", units))
        sheet.index["thousands"] = lambda lines: lines.number // THOUSAND
        sheet.index["units"] = _units
    sheet.parts["cable_id"] = number
    if group.within is not None:
        places = [place for place in sheet.fabric.places if place.level == group.within]
        places.sort(key=lambda place: place.first)
        turns = Numbering(places)
        sheet.seen["place"] = turns, {"name": PathTexts(places, turns).framed}
        sheet.index["place"] = lambda lines: lines.place
        sheet.parts["cable_id"] = [Part("place", of="name"), "/", *number]


def _units(lines: Lines) -> Ints:
    """Return the rest of each number above its thousands; where there are none it stands without zeros."""
    thousands = lines.number // THOUSAND
    return np.asarray(lines.number - (thousands - (thousands > 0)) * THOUSAND)


def _put_links(sheet: Sheet, rev: str) -> None:
    """Add what a cable is by the links it carries."""
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


def _put_lengths(sheet: Sheet) -> None:
    """Add what follows from the length of a cable: few texts of what is sold, and one a length."""
    fabric, group = sheet.fabric, sheet.group
    length, basis = np.divmod(sheet.lines.codes, len(BASES))
    sold = order_lengths(length, ladder(fabric, cable_part(fabric, group)))
    beyond = (length >= 0) & (sold < 0)
    kinds, kind = np.unique((sold * len(BASES) + basis) * 2 + beyond, return_inverse=True)
    sheet.put_texts(
        "sold",
        {
            "length_order_m": [_metres(code // 2 // len(BASES)) for code in kinds.tolist()],
            "length_basis": [BASES[code // 2 % len(BASES)] for code in kinds.tolist()],
            "notes": ["no length this long is sold" if code % 2 else "" for code in kinds.tolist()],
        },
    )
    sheet.index["sold"] = lambda lines: kind[lines.length]
    reach = links_reach(fabric, group)
    sheet.put({"reach_m": _metres(reach)})
    if "length_route_m" in sheet.columns:
        cells = [_length_cells(sheet, reach, *split_length(code)) for code in sheet.lines.codes.tolist()]
        sheet.put_texts("length", {name: [one[name] for one in cells] for name in cells[0]})
        sheet.index["length"] = lambda lines: lines.length


def _length_cells(sheet: Sheet, reach: int | None, length: int | None, basis: str) -> dict[str, str]:
    slack = _slack(sheet, length) if basis == "routed" and length is not None else None
    return {
        "length_route_m": _metres(length if length is None or slack is None else length - slack),
        "length_slack_m": _metres(slack),
        "margin_m": "" if reach is None or length is None else cell_text(Fraction(reach - length, MM_PER_M)),
    }


def _metres(mm: int | None) -> str:
    """Return a length in metres, nothing of one that is not known."""
    return "" if mm is None or mm == UNKNOWN_MM else cell_text(Fraction(mm, MM_PER_M))


def _slack(sheet: Sheet, length: int) -> int:
    """Return how much of a routed length is slack: the way of each length is unique, as slack only adds."""
    slack = slack_of(sheet.fabric.spec.layout, sheet.group.base or sheet.group.name)
    if slack is None:
        return 0
    share = 1 + slack.percent / 100
    return length - (length - 2 * slack.per_end) * share.denominator // share.numerator


# Its two ends


def _put_devices(sheet: Sheet, side: str) -> None:
    """Add where each device stands and what it is called."""
    fabric, sites = sheet.fabric, sheet.sites
    turns, names = sites.named(*sorted({end.group for end in sheet.lines.ports[side].ends}))

    def picked(texts: Texts, of: Ints, before: str, after: str) -> Callable[[Ints], Sequence[Piece]]:
        table = texts.framed(before, after)
        return lambda some: [Piece(table, of[turns.numbers(some)])]

    said: dict[str, Framed] = {
        "row": partial(picked, sites.row, fabric.sites.rack),
        "rack": partial(picked, sites.rack, fabric.sites.rack),
        "u": partial(picked, sites.unit, fabric.sites.unit),
        "device": names.framed,
    }
    sheet.seen[side] = turns, said
    sheet.index[side] = lambda lines: lines.a if side == "a" else lines.b
    sheet.parts.update({f"{side}_{name}": [Part(side, of=name)] for name in said})


def _put_ports(sheet: Sheet, side: str) -> None:
    """Add the ports at a side, the leg of a breakout and what ends the link there."""
    ports = sheet.lines.ports[side]
    sheet.put_texts(
        f"{side}_block", {f"{side}_optic_part": [_optic_part(sheet, side, kind) for kind in ports.kinds]}
    )
    sheet.index[f"{side}_block"] = lambda lines: lines.block
    sheet.parts[f"{side}_port"] = [Part(f"{side}_port", ports.texts)]
    sheet.index[f"{side}_port"] = lambda lines: lines.a_port if side == "a" else lines.b_port
    if side == "a" and sheet.lines.legs:
        sheet.parts["a_breakout"] = [
            Part("leg", [cell_text(leg or None) for leg in range(sheet.lines.legs + 1)])
        ]
        sheet.index["leg"] = lambda lines: lines.leg


def _optic_part(sheet: Sheet, side: str, kind: Port) -> str:
    """Return the module at an end, else the engine of its medium."""
    media = sheet.group.media
    recipe = sheet.fabric.catalog.media[media["ab".index(side)]].recipe if media else {}
    module = next((line for line in recipe.values() if line.per == "end"), recipe.get("engine"))
    links = kind.cage_links if module and module.per == "end" else 1
    return (module.part_for(links, kind.lanes, kind.lane_rate) if module else None) or ""
