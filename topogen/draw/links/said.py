"""What is said of links: their ports, pieces and far ends, and what several have in common."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from topogen.draw.links.rows import ORDER
from topogen.draw.shown.words import medium_name, span
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.catalog.model import Part
    from topogen.draw.links.rows import Carrier, End, Outage, Row
    from topogen.draw.picture import CellKind

NAMES = {"els": "ELS", "engine": "engine", "module": "cage"}
"""What a piece of a recipe line is called; modules go by the cage they sit in."""


def link_kinds(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what each link group has at a device, and where all links lead that leave the model."""
    for _, run in groupby(sorted(rows, key=lambda row: row.link.name), key=lambda row: row.link.name):
        own = list(run)
        link = own[0].link
        media = (
            medium_name(link) if own[0].a_first else " to ".join(reversed(medium_name(link).split(" to ")))
        )
        yield f"{format_count(len(own))} x {format_rate(link.rate)} {media} ({link.name})"
    if one_outside(rows):
        yield f"far end: {outside(rows[0])}"


def piece_kinds(rows: Sequence[Row], parts: Mapping[str, Part] | None = None) -> Iterator[str]:
    """Yield what kinds of pieces carry the near ends; with the parts of a catalog also in plain words."""
    carriers = [one for row in rows for one in row.near.carriers]
    for line, part, level in dict.fromkeys((one.line, one.part, one.level) for one in carriers):
        words = f"{parts[part].description} ({part})" if parts else part
        yield f"{NAMES[line]}: {words}, numbered per {level}"


def one_outside(rows: Sequence[Row]) -> bool:
    """Return whether all links leave the model, to one name."""
    return all(row.far is None for row in rows) and len({row.link.outside for row in rows}) == 1


def shared_place(rows: Sequence[Row]) -> str:
    """Return the place that all far ends are in, empty where there is none."""
    paths = [row.far.name.split("/")[:-1] for row in rows if row.far]
    steps = takewhile(lambda step: len(set(step)) == 1, zip(*paths, strict=False))
    return "/".join(step[0] for step in steps)


def ports_words(rows: Sequence[Row]) -> str:
    """Return the ports of some rows: the first to the last, with what both begin with once."""
    first, last = rows[0].near.port, rows[-1].near.port
    if first == last:
        return first
    same = first.rpartition(" ")[0] == last.rpartition(" ")[0]
    return f"{first} to {last.rpartition(' ')[2] if same else last}"


def outside(row: Row) -> str:
    """Return where a link leads that leaves the model."""
    return f"{row.link.outside} (not modelled)"


def link_length(row: Row) -> str:
    """Return the length of a link, nothing where it is not known."""
    return span(row.length_mm, row.length_mm) if row.length_mm else ""


def port_words(row: Row, kind: CellKind) -> str:
    """Return the port of a link, with a word where it fails: a grey print has no colours."""
    return f"{row.near.port}, lost" if kind == "dark" else row.near.port


def row_kind(row: Row, dark: Outage | None) -> CellKind:
    """Return whether a link goes dark."""
    return "dark" if is_dark(row.near, dark) or is_dark(row.far, dark) else "plain"


def piece_words(end: End, carrier: Carrier | None) -> str:
    """Return what the pieces that carry an end are called."""
    if carrier is None:
        return ""
    if carrier.line == "module" and end.cage:
        return f"{NAMES[carrier.line]} {end.cage}"
    last = f"-{carrier.last}" if carrier.last > carrier.first else ""
    return f"{NAMES[carrier.line]} {carrier.first}{last}"


def far_optics(end: End | None) -> str:
    """Return what carries a link at its far end."""
    words = (piece_words(end, end.by(line)) for line in ORDER if end.by(line)) if end else ()
    return ", ".join(word.replace(NAMES["module"], f"module in {NAMES['module']}") for word in words)


def is_dark(end: End | None, dark: Outage | None) -> bool:
    """Return whether the piece that fails carries an end."""
    return bool(end and dark and any(one.has(dark.piece) for one in end.carriers))
