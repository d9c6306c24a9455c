"""Links that are counted instead of drawn: what a failure leaves alone, and what a page has no room for."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.links.said import outside, ports_words, shared_place
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.words import SHORT_FAMILIES, kinds_listed
from topogen.model.fabric import group_of
from topogen.palette import family_of
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.draw.links.rows import Row
    from topogen.model.fabric import Fabric


MOST = 12
"""Rows for links of one device each, above which those of all devices share a row."""


def unaffected_panel(fabric: Fabric, rows: Sequence[Row]) -> Panel:
    """Return the links that a failure leaves alone, a row for those of a device that are of one kind."""
    head = tuple(Cell(name, "head") for name in ("device", "ports", "", "far ends"))
    body = tuple(_unaffected_row(fabric, own) for own in _alike(rows))
    media = {name for row in rows for name in row.link.media or ()}
    kinds = {SHORT_FAMILIES[family_of(fabric.catalog.media[name])] for name in media}
    noun = f"{kinds.pop()} link" if len(kinds) == 1 else "link"
    return Panel(f"Not affected: {count_words(len(rows), noun)}", (), (head, *body))


def _unaffected_row(fabric: Fabric, rows: Sequence[Row]) -> tuple[Cell, ...]:
    first, devices = rows[0], {row.near.device for row in rows}
    one = len(devices) == 1
    return (
        Cell(first.near.name if one else _devices_words(fabric, devices)),
        Cell(ports_words(rows) if one else count_words(len(rows), "port")),
        Cell(stroke=stroke_of_link(fabric, first.link, a_first=first.a_first)),
        Cell(_far_words(fabric, rows)),
    )


def _alike(rows: Sequence[Row]) -> list[list[Row]]:
    """Return rows by device and link group, of many devices by link group alone."""
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.near.device, row.link.name), []).append(row)
    if len(found) <= MOST:
        return list(found.values())
    ordered = sorted(rows, key=lambda row: row.link.name)
    return [list(run) for _, run in groupby(ordered, key=lambda row: row.link.name)]


def _far_words(fabric: Fabric, rows: Sequence[Row]) -> str:
    """Return how many devices of what kind are at the far ends, and in which place all of them are."""
    devices = {row.far.device for row in rows if row.far}
    if not devices:
        return outside(rows[0])
    place = shared_place(rows)
    return f"{_devices_words(fabric, devices)}{f' in {place}' if place else ''}"


def _devices_words(fabric: Fabric, devices: Iterable[int]) -> str:
    """Return how many devices of what kinds there are."""
    return kinds_listed(Counter(_label(fabric, device) for device in sorted(devices)))


def others_panel(fabric: Fabric, rows: Sequence[Row]) -> Panel:
    """Return what is not drawn link by link, counted by link group and far end."""
    kinds: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        far = _label(fabric, row.far.device) if row.far else ""
        kinds.setdefault((row.link.name, far), []).append(row)
    head = tuple(Cell(name, "head") for name in ("links", "", "far ends"))
    body = tuple(
        (
            Cell(f"{format_count(len(own))} x {format_rate(own[0].link.rate)}"),
            Cell(stroke=stroke_of_link(fabric, own[0].link, a_first=own[0].a_first)),
            Cell(_far_ends(own, far)),
        )
        for (_, far), own in kinds.items()
    )
    devices = len({row.near.device for row in rows})
    of_devices = f" of {count_words(devices, 'device')}" if devices > 1 else ""
    return Panel(f"and {count_words(len(rows), 'more link')}{of_devices}", (), (head, *body))


def _far_ends(rows: Sequence[Row], label: str) -> str:
    devices = {row.far.device for row in rows if row.far}
    return kinds_listed({label: len(devices)}) if devices else outside(rows[0])


def _label(fabric: Fabric, device: int) -> str:
    """Return the label of the kind of a device."""
    return group_of(fabric, device).label
