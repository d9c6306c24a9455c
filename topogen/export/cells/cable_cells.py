"""Cells of the cable schedule: for each column a text, or a table of texts and which line takes which."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cables import order_length
from topogen.expand import Columns
from topogen.export.cells.byte_cells import number_cells, path_cells, stack, text_cells
from topogen.export.cells.cable_rows import coded_lengths, length_codes, split_length
from topogen.export.cells.csv_text import cell_text, quoted
from topogen.export.cells.part_cells import medium_name
from topogen.layout import slack_of
from topogen.media import links_reach, strands

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from topogen.catalog import Line, Medium
    from topogen.export.cells.byte_cells import Cells
    from topogen.export.cells.cable_rows import CableRows
    from topogen.fabric import Fabric, Ints, LinkGroup, Port, Terminal

CONSTANT = "constant"
NUMBER = "number"
"""Keys without a table to pick from: one text for all lines, and a running number."""
MM_PER_M = 1_000
MBPS_PER_GBPS = 1_000


@dataclass(frozen=True)
class Piece:
    """A stretch of a line: the rows of ``table`` that the index ``key`` picks."""

    key: str
    table: Cells


def constant(text: str) -> Piece:
    """Return a piece that is the same in every line."""
    return Piece(CONSTANT, text_cells([text]))


@dataclass
class Sheet:
    """The lines of one link group: pieces by column, and for each key what picks from its tables.

    An index is called with a range of lines and returns one row number a line. A column without pieces is
    unknown.
    """

    fabric: Fabric
    group: LinkGroup
    links: Columns
    rows: CableRows
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    index: dict[str, Callable[[slice], NDArray[np.integer]]] = field(default_factory=dict)

    def put(self, key: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Add columns that are picked by one index, each with its texts; equal texts need no index."""
        for name, texts in columns.items():
            alike = len(set(texts)) == 1
            self.pieces[name] = (constant(texts[0]) if alike else Piece(key, text_cells(texts)),)

    def first(self, lines: slice) -> NDArray[np.integer]:
        """Return the first link of each line."""
        return np.asarray(self.rows.order[self.rows.start[lines]])

    def blocks(self) -> NDArray[np.integer]:
        """Return the block of each link."""
        counts = [block.count for block in self.group.blocks]
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def sheet_of(fabric: Fabric, group: LinkGroup, links: Columns, rows: CableRows, rev: str) -> Sheet:
    """Return the lines of a link group with everything that is known of them."""
    sheet = Sheet(fabric, group, links, rows)
    _put_id(sheet)
    _put_links(sheet, rev)
    _put_lengths(sheet)
    for side in ("a", "b") if group.has_b else ("a",):
        _put_devices(sheet, side)
        _put_ports(sheet, side)
    if not group.has_b:
        sheet.put(CONSTANT, {"b_device": [quoted(group.outside)]})
    return sheet


# The cable


def _put_id(sheet: Sheet) -> None:
    """Add the cable id: scope, group and a number."""
    name = constant(f"{sheet.group.name}/")
    number = Piece(NUMBER, number_cells(sheet.rows.number[np.argmax(sheet.rows.number)][None]))
    sheet.index[NUMBER] = lambda lines: sheet.rows.number[lines]
    sheet.pieces["cable_id"] = (name, number)
    if sheet.group.within is not None:
        level = [place for place in sheet.fabric.places if place.level == sheet.group.within]
        scopes = stack([path_cells(place.path) for place in level])
        sheet.index["scope"] = lambda lines: sheet.rows.scope[lines]
        sheet.pieces["cable_id"] = (Piece("scope", scopes), constant("/"), name, number)


def _put_links(sheet: Sheet, rev: str) -> None:
    """Add what a cable is by the links it carries."""
    fabric, group = sheet.fabric, sheet.group
    line, medium = cable_line(fabric, group)
    part = line.part_for(group.links_per_cable, group.lanes, group.lane_rate) if line else None
    sheet.put(
        CONSTANT,
        {
            "status": ["planned"],
            "network": [group.network],
            "link_group": [group.name],
            "medium": [medium_name(group)],
            "cable_part_id": [part or ""],
            "mpn": [quoted(fabric.catalog.parts[part].mpn or "") if part else ""],
            "rev": [quoted(rev)],
        },
    )
    fibres = strands(group, medium) if medium else None
    each = {"fibre_count": fibres, "lanes": group.lanes, "rate_gbps": Fraction(group.rate, MBPS_PER_GBPS)}
    counts = range(group.links_per_cable + 1) if group.links_per_cable > 1 else (1,)
    known = {
        name: [cell_text(value * n) for n in counts] for name, value in each.items() if value is not None
    }
    sheet.put("links", known)
    sheet.index["links"] = lambda lines: sheet.rows.links[lines]


def cable_line(fabric: Fabric, group: LinkGroup) -> tuple[Line | None, Medium | None]:
    """Return the recipe line that a cable is bought by, and its medium."""
    if group.media is None:
        return None, None
    medium = fabric.catalog.media[group.media[0]]
    return next((line for line in medium.recipe.values() if line.per == "link"), None), medium


def _put_lengths(sheet: Sheet) -> None:
    """Add what follows from the length of a cable, once for each length there is."""
    group, rows = sheet.group, sheet.rows
    codes = length_codes(group)
    cells = [_length_cells(sheet, *split_length(int(code))) for code in codes]
    sheet.put("length", {name: [one[name] for one in cells] for name in cells[0]})
    if rows.length is not None:
        coded = rows.length
        sheet.index["length"] = lambda lines: np.searchsorted(codes, coded[lines])
    else:
        sheet.index["length"] = lambda lines: np.searchsorted(codes, _coded(sheet, lines))


def _coded(sheet: Sheet, lines: slice) -> Ints:
    links = sheet.links
    part = Columns(links.a[lines], links.a_port[lines], links.b[lines], links.b_port[lines], ())
    return coded_lengths(sheet.fabric, sheet.group, part)


def _length_cells(sheet: Sheet, length: int | None, basis: str) -> dict[str, str]:
    fabric, group = sheet.fabric, sheet.group
    line, _ = cable_line(fabric, group)
    part = line.part_for(group.links_per_cable, group.lanes, group.lane_rate) if line else None
    order = order_length(length, fabric.catalog.parts[part].lengths_mm if part else ())
    slack = _slack(sheet, length) if basis == "routed" and length is not None else None
    reach = links_reach(fabric, group)
    return {
        "length_route_m": _metres(length if length is None or slack is None else length - slack),
        "length_slack_m": _metres(slack),
        "length_order_m": _metres(order),
        "length_basis": basis,
        "reach_m": _metres(reach),
        "margin_m": _metres(None if reach is None or length is None else reach - length),
        "notes": "no length this long is sold" if length is not None and order is None else "",
    }


def _metres(mm: int | None) -> str:
    return "" if mm is None else cell_text(Fraction(mm, MM_PER_M))


def _slack(sheet: Sheet, length: int) -> int:
    """Return how much of a routed length is slack: the way of each length is unique, as slack only adds."""
    slack = slack_of(sheet.fabric.spec.layout, sheet.group.base or sheet.group.name)
    if slack is None:
        return 0
    share = 1 + slack.percent / 100
    return length - (length - 2 * slack.per_end) * share.denominator // share.numerator


# Its two ends


def _terminals(sheet: Sheet, side: str) -> list[Terminal]:
    """Return the terminal of every block at a side that is in the model."""
    ends = [block.a if side == "a" else block.b for block in sheet.group.blocks]
    return [end for end in ends if end is not None]


def _put_devices(sheet: Sheet, side: str) -> None:
    """Add where each device stands and what it is called."""
    fabric = sheet.fabric
    indices = sorted({end.group for end in _terminals(sheet, side)})
    groups = [fabric.groups[index] for index in indices]
    devices = np.concatenate([np.arange(group.first, group.first + group.count) for group in groups])
    row = np.zeros(fabric.n_devices, np.int32)
    row[devices] = np.arange(len(devices))
    device = sheet.links.a if side == "a" else sheet.links.b
    sheet.index[side] = lambda lines: row[device[sheet.first(lines)]]
    racks, number = fabric.sites.racks, fabric.sites.rack[devices]
    tables = {
        "row": text_cells([*(quoted(one.row) for one in racks), ""])[number],
        "rack": text_cells([*(one.name for one in racks), ""])[number],
        "u": _unit_cells(fabric.sites.unit[devices]),
        "device": stack([path_cells(group.path) for group in groups]),
    }
    for name, table in tables.items():
        sheet.pieces[f"{side}_{name}"] = (Piece(side, table),)


def _unit_cells(unit: NDArray[np.integer]) -> Cells:
    """Return U positions, nothing where one is not known."""
    return np.where((unit >= 0)[:, None], number_cells(np.maximum(unit, 0)), 0).astype(np.uint8)


def _put_ports(sheet: Sheet, side: str) -> None:
    """Add the ports at a side, the leg of a breakout and what ends the link there."""
    ends = _terminals(sheet, side)
    kinds = [sheet.fabric.groups[end.group].type.ports[end.port] for end in ends]
    optics = [_optic_part(sheet, side, kind) for kind in kinds]
    if len(set(optics)) == 1:
        sheet.put(CONSTANT, {f"{side}_optic_part": optics[:1]})
    else:
        blocks = sheet.blocks()
        sheet.put(f"{side}_block", {f"{side}_optic_part": optics})
        sheet.index[f"{side}_block"] = lambda lines: blocks[sheet.first(lines)]
    texts, index = port_texts(sheet, side, kinds)
    sheet.pieces[f"{side}_port"] = (Piece(f"{side}_port", text_cells(texts)),)
    sheet.index[f"{side}_port"] = index
    if side == "a" and sheet.rows.leg.any():
        legs = [cell_text(leg or None) for leg in range(int(sheet.rows.leg.max()) + 1)]
        sheet.put("leg", {"a_breakout": legs})
        sheet.index["leg"] = lambda lines: sheet.rows.leg[lines]


def _optic_part(sheet: Sheet, side: str, kind: Port) -> str:
    """Return the module at an end, else the engine of its medium."""
    media = sheet.group.media
    recipe = sheet.fabric.catalog.media[media["ab".index(side)]].recipe if media else {}
    module = next((line for line in recipe.values() if line.per == "end"), recipe.get("engine"))
    links = kind.cage_links if module and module.per == "end" else 1
    return (module.part_for(links, kind.lanes, kind.lane_rate) if module else None) or ""


def port_texts(
    sheet: Sheet, side: str, kinds: Sequence[Port]
) -> tuple[list[str], Callable[[slice], NDArray[np.integer]]]:
    """Return the ports that lines end at, as texts, and the index that picks from them.

    The text of ``n`` ports from ``first`` on stands at ``base of the kind + first x most + n - 1``; ports
    that do not follow on each other come after those.
    """
    most = sheet.group.links_per_cable
    names = list(dict.fromkeys((kind.name, kind.count) for kind in kinds))
    texts = [
        port_text(name, range(first, first + n))
        for name, count in names
        for first in range(count)
        for n in range(1, most + 1)
    ]
    ports = sheet.links.a_port if side == "a" else sheet.links.b_port
    sizes = [0, *(count * most for _, count in names)]
    base = np.cumsum(sizes)[[names.index((kind.name, kind.count)) for kind in kinds]]
    blocks = sheet.blocks() if len(names) > 1 else None
    if most > 1:
        chosen = _several(sheet, ports, texts, base if blocks is None else base[blocks])
        return texts, lambda lines: chosen[lines]
    if blocks is None:
        return texts, lambda lines: ports[lines]
    return texts, lambda lines: ports[lines] + base[blocks[lines]]


def _several(
    sheet: Sheet, ports: NDArray[np.integer], texts: list[str], base: NDArray[np.integer]
) -> NDArray[np.integer]:
    """Return the text number of each line of several ports; texts of scattered ports are added."""
    rows, most = sheet.rows, sheet.group.links_per_cable
    port = ports[rows.order].astype(np.int64)
    first = np.minimum.reduceat(port, rows.start)
    last = np.maximum.reduceat(port, rows.start)
    own = base[rows.order[rows.start]] if len(base) == len(ports) else base[:1]
    chosen = own + first * most + rows.links - 1
    scattered = np.flatnonzero(last - first + 1 != rows.links)
    if len(scattered):
        column = np.arange(most)
        inside = column < rows.links[scattered, None]
        several = np.where(inside, port[np.where(inside, rows.start[scattered, None] + column, 0)], -1)
        kinds, index = np.unique(np.sort(several, axis=1), axis=0, return_inverse=True)
        name = texts[0].rstrip("0123456789")
        chosen[scattered] = len(texts) + index.ravel()
        texts += [port_text(name, [one for one in kind.tolist() if one >= 0]) for kind in kinds]
    return np.asarray(chosen)


def port_text(name: str, ports: Sequence[int]) -> str:
    """Return ports in rising order as one text.

    >>> port_text("up", [0, 1]), port_text("up", [0, 2, 3])
    ('up0-1', 'up0+2-3')
    """
    runs: list[list[int]] = []
    for port in ports:
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    shown = (str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return name + "+".join(shown)
