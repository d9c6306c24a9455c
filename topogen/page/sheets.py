"""Sheets to print for an installation: boxes that arrive, a pull sheet a bundle, a port map a rack.

Everything is read from the cable schedule and the order, as they are written to their files.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.cable_trays.bundle import bundle_size
from topogen.errors import InputError, LimitError, Problem, nearest
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.ordering.arrivals import arrivals
from topogen.ordering.orders import order_lines
from topogen.page import render_template
from topogen.takeoff.basis_line import footer_of
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.cable_trays.bundle import BundleSize
    from topogen.catalog.model import Part
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_LINES = 30_000
"""Lines of the cable schedule that are printed."""
NO_RACK, OUTSIDE = "no rack", "outside"
PIECE_ENDS = {"name": "device", "port_name": "port"}
"""What an end of a line is called, and what that of a piece."""
Line = dict[str, str]


class End(NamedTuple):
    """One end of a cable, and where the other end goes: several ports where links share a connector."""

    u: str
    device: str
    port: str
    to: str
    to_port: str
    line: Line


class Bundle(NamedTuple):
    """The cables between two racks as they are laid, the ends in the first; ``kinds`` counts them.

    ``diameter`` in mm and ``weight`` in kg are text: "at least" where some cables have none in the catalog.
    """

    number: int
    racks: tuple[str, str]
    kinds: tuple[tuple[str, str, int], ...]
    cables: int
    diameter: str
    weight: str
    ends: tuple[End, ...]


class Box(NamedTuple):
    """What arrives of one part and length in a phase; ``boxes`` is empty where no pack is known."""

    phase: str
    part: str
    length: str
    pieces: str
    boxes: str
    weight: str


def to_sheets(fabric: Fabric, roll_up: RollUp, options: Options, racks: Sequence[str] = ()) -> str:
    """Return the sheets as one HTML page that prints a sheet a rack and a bundle.

    Parameters
    ----------
    fabric, roll_up
        The built fabric, counted and valued.
    options
        Revisions, whether factory-installed links are in, and how the order is placed.
    racks
        Racks to print, with the bundles that end in them; default: all.

    Raises
    ------
    InputError
        E847, for a rack that no cable ends in.
    LimitError
        E848, for more than ``MOST_LINES`` lines.
    """
    full = Options(**{**vars(options), "columns": "full"})
    lines = [*_cables(fabric, roll_up, full), *_pieces(fabric, roll_up, full)]
    shuffled = {link.name for link in fabric.links if link.shuffle}
    maps, bundles = _port_maps(lines), _bundles(lines, fabric.catalog.parts, shuffled)
    _check(maps, racks)
    wanted = set(racks or maps)
    some = [one for one in bundles if wanted & set(one.racks)]
    if (count := sum(len(one.ends) for one in some)) > MOST_LINES:
        message = f"the sheets have {format_count(count)} lines; {format_count(MOST_LINES)} are printed"
        raise LimitError([Problem("E848", message, hint="name some racks with --rack")])
    return render_template(
        "sheets.html.jinja",
        fabric=fabric.name,
        title=fabric.spec.title or "",
        basis=footer_of(fabric, roll_up),
        options=options,
        boxes=[] if racks else _boxes(_read("order.csv", fabric, roll_up, options)),
        arriving=_arriving(fabric, roll_up, options),
        bundles=some,
        maps={rack: ends for rack, ends in maps.items() if rack in wanted},
    )


def _read(name: str, fabric: Fabric, roll_up: RollUp, options: Options) -> list[Line]:
    text = b"".join(export_bytes(name, fabric, roll_up, options)).decode()
    rows = csv.DictReader(StringIO(text))
    return [{key: cell.removeprefix("'") for key, cell in row.items()} for row in rows]


def _cables(fabric: Fabric, roll_up: RollUp, options: Options) -> Iterator[Line]:
    """Yield the lines of the cable schedule that are cables: links through patch panels are pieces."""
    patched = {link.name for link in fabric.links if link.through}
    lines = _read("cable_schedule.csv", fabric, roll_up, options)
    return (line for line in lines if line["link_group"] not in patched)


def _pieces(fabric: Fabric, roll_up: RollUp, options: Options) -> Iterator[Line]:
    """Yield the cords and trunks of links through patch panels as lines of a schedule."""
    for row in _read("patching.csv", fabric, roll_up, options):
        ends = {f"{side}_{to}": row[f"{side}_{of}"] for side in "ab" for to, of in PIECE_ENDS.items()}
        yield {**row, **ends, "cable_id": row["piece_id"], "cable_part_id": row["part_id"]}


def _racks(line: Line) -> tuple[str, str]:
    """Return the racks of both ends, ``outside`` for what is not modelled."""
    far = line["b_rack"] or (NO_RACK if line["b_u"] or line["b_port"] else OUTSIDE)
    return line["a_rack"] or NO_RACK, far


def _bundles(lines: Iterable[Line], parts: Mapping[str, Part], shuffled: set[str]) -> list[Bundle]:
    """Return the bundles in the order of installation, each pair of racks in one direction.

    Those of the schedule come by their numbers there. What has none, pieces through patch panels and what
    lies outside racks, comes last, the longest first, with the numbers that follow. A cord of the link groups
    ``shuffled`` is one end, whatever lines it has in a bundle.
    """
    found: dict[tuple[str, str], list[End]] = {}
    for line in lines:
        near, far = _racks(line)
        if (far, near) in found and far != near:
            found[far, near].append(_end(line, "b", "a", near))
        else:
            found.setdefault((near, far), []).append(_end(line, "a", "b", far))
    laid = [(racks, sorted(_pulls(ends, shuffled), key=_turn)) for racks, ends in found.items()]
    laid.sort(key=lambda one: _first(one[1][0].line))
    kinds = [_kinds([one.line for one in ends]) for _, ends in laid]
    return [
        Bundle(number, racks, some, *_size(bundle_size(parts, some)), tuple(ends))
        for number, ((racks, ends), some) in enumerate(zip(laid, kinds, strict=True), start=1)
    ]


def _size(size: BundleSize) -> tuple[int, str, str]:
    """Return the number of cables of a bundle, its diameter and its weight."""

    def least(known: str, unknown: int) -> str:
        return "unknown" if unknown == size.cables else f"at least {known}" if unknown else known

    diameter = least(str(size.diameter_mm), size.without_diameter)
    return size.cables, diameter, least(format_decimal(size.kg, 2), size.without_weight)


def _pulls(ends: Sequence[End], shuffled: set[str]) -> list[End]:
    """Return what is pulled: each line, all lines of a shuffle cord together."""
    lines = enumerate(end.line for end in ends)
    keys = [(line["cable_id"], "" if line["link_group"] in shuffled else str(n)) for n, line in lines]
    return _together(ends, keys)


def _together(ends: Sequence[End], keys: Iterable[tuple[str, str]]) -> list[End]:
    """Return ends with equal keys as one, which tells the devices and ports of all of them."""
    found: dict[tuple[str, str], list[End]] = {}
    for end, key in zip(ends, keys, strict=True):
        found.setdefault(key, []).append(end)
    return [some[0] if len(some) == 1 else _joined(some) for some in found.values()]


def _joined(ends: Sequence[End]) -> End:
    _, *told, _ = zip(*ends, strict=True)
    device, port, to, to_port = (", ".join(dict.fromkeys(texts)) for texts in told)
    return End(ends[0].u, device, port, to, to_port, ends[0].line)


def _turn(end: End) -> tuple[bool, Decimal]:
    """Return what ends of a bundle are sorted by: their place, else behind those by length."""
    place = end.line.get("install_order")
    return (False, Decimal(place)) if place else (True, -_metres(end.line))


def _first(line: Line) -> tuple[bool, Decimal]:
    """Return what bundles are sorted by: their number in the schedule, else the length of their first."""
    number = line.get("bundle")
    return (False, Decimal(number)) if number else (True, -_metres(line))


def _metres(line: Line) -> Decimal:
    return Decimal(line["length_order_m"] or -1)


def _kinds(lines: Sequence[Line]) -> tuple[tuple[str, str, int], ...]:
    cables: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        cables.setdefault((line["cable_part_id"], line["length_order_m"]), set()).add(line["cable_id"])
    return tuple((part, length, len(ids)) for (part, length), ids in cables.items())


def _port_maps(lines: Iterable[Line]) -> dict[str, list[End]]:
    """Return the connectors in each rack, from the top down, racks in the order of the schedule."""
    found: dict[str, list[tuple[End, tuple[str, str]]]] = {}
    for line in lines:
        near, far = _racks(line)
        here, there = ((line["cable_id"], line[f"label_{side}"]) for side in ("a", "b"))
        found.setdefault(near, []).append((_end(line, "a", "b", far), here))
        if far != OUTSIDE:
            found.setdefault(far, []).append((_end(line, "b", "a", near), there))
    maps = {rack: _together(*zip(*ends, strict=True)) for rack, ends in found.items()}
    return {rack: sorted(ends, key=lambda end: -int(end.u or 0)) for rack, ends in maps.items()}


def _end(line: Line, side: str, other: str, far: str) -> End:
    """Return one end of a line; ``far`` is the rack of the other."""
    unit = line[f"{other}_u"]
    to = " ".join(word for word in (far, unit and f"U{unit}", line[f"{other}_name"]) if word)
    here = (line[f"{side}_u"], line[f"{side}_name"], line[f"{side}_port_name"])
    return End(*here, to, line[f"{other}_port_name"], line)


def _check(maps: dict[str, list[End]], racks: Sequence[str]) -> None:
    problems = [
        Problem("E847", f'no cable of the schedule ends in a rack "{rack}"', hint=nearest(rack, maps))
        for rack in racks
        if rack not in maps
    ]
    if problems:
        raise InputError(problems)


def _arriving(fabric: Fabric, roll_up: RollUp, options: Options) -> dict[str, dict[str, object]]:
    """Return boxes and kilograms of each phase, as text."""
    found = arrivals(fabric.catalog.parts, order_lines(fabric, roll_up, options.buying))
    return {
        phase: all_of._asdict() | {"weight_kg": format_decimal(all_of.weight_kg)}
        for phase, all_of in found.items()
    }


def _boxes(lines: Iterable[Line]) -> list[Box]:
    found = []
    for line in lines:
        if line["qty_order"]:
            what = line["phase"], line["part_id"], line["length_m"], line["qty_order"]
            found.append(Box(*what, line["boxes"], line["weight_kg_total"]))
    return found
