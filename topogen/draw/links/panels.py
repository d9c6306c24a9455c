"""Links as panels: tables and grids side by side, so that a page is used in its width."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from topogen.draw.lettering import PAGE, SMALLEST, wrapped_to
from topogen.draw.links.grid import grid_panel, stands_in_a_grid
from topogen.draw.links.rest import others_panel, unaffected_panel
from topogen.draw.links.rows import ORDER
from topogen.draw.links.said import link_kinds, one_outside, piece_kinds, ports_words, row_kind
from topogen.draw.links.table import table_panel
from topogen.draw.shown.shelves import AROUND_PANEL, height_of, shelved, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.draw.links.rows import Outage, Row
    from topogen.draw.picture import Panel
    from topogen.model.fabric import Fabric

TALL = 8
"""Rows of a panel above which there are several, if the page has room for another."""

TALLEST = 54
"""Rows of a page: with title and legend it is as tall as an upright sheet of A4."""

STEPS = 24
"""So many lengths of the list are tried until it fits on a page."""

ASIDE = 4
"""Up to so many links of a group that a failure cannot reach are drawn one by one all the same."""


def shelves_of(fabric: Fabric, rows: Sequence[Row], dark: Outage | None) -> tuple[tuple[Panel, ...], ...]:
    """Return the panels of as many links as a page holds: what goes dark, the first, and how many more."""
    shelves: tuple[tuple[Panel, ...], ...] = ()
    near, aside = _set_aside(rows, dark)
    runs = list(_by_device(rows))
    said = {
        run[0].near.device: [] if len(runs) == 1 else [*link_kinds(run), *piece_kinds(run)] for run in runs
    }
    below = ((unaffected_panel(fabric, aside),),) if aside else ()
    for most in range(len(near), 0, -max(1, len(near) // STEPS)):
        shown, others = _split(near, dark, most)
        panels = [
            panel
            for run in _by_device(shown)
            for panel in _side_by_side(fabric, run, said.get(run[0].near.device, []), dark)
        ]
        last = [others_panel(fabric, others)] if others else []
        shelves = (*shelved([*panels, *last]), *below)
        if height_of(shelves) <= TALLEST:
            break
    return shelves


def common_words(fabric: Fabric, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what stands above the whole picture where one device is drawn, else above each device."""
    if len(list(_by_device(rows))) > 1:
        return ()
    return ("  |  ".join(link_kinds(rows)), *piece_kinds(rows, fabric.catalog.parts))


def _set_aside(rows: Sequence[Row], dark: Outage | None) -> tuple[list[Row], list[Row]]:
    """Return the rows that are drawn, and those of link groups that a failure cannot reach."""
    if dark is None:
        return list(rows), []
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.link.name, []).append(row)
    passive = {name for name, own in groups.items() if len(own) > ASIDE and not _can_be_reached(own, dark)}
    aside = [row for row in rows if row.link.name in passive]
    return [row for row in rows if row.link.name not in passive], aside


def _can_be_reached(rows: Sequence[Row], dark: Outage) -> bool:
    """Return whether some of the links have pieces at the near end, or go dark."""
    return any(row.near.carriers or row_kind(row, dark) == "dark" for row in rows)


def _split(rows: Sequence[Row], dark: Outage | None, most: int) -> tuple[list[Row], list[Row]]:
    """Return the rows that are drawn, all that go dark among them, and the others."""
    is_dark = [row_kind(row, dark) == "dark" for row in rows]
    room = max(0, most - sum(is_dark))
    shown: list[Row] = []
    others: list[Row] = []
    for row, kept in zip(rows, is_dark, strict=True):
        room -= not kept
        (shown if kept or room >= 0 else others).append(row)
    return shown, others


def _by_device(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for _, run in groupby(rows, key=lambda row: row.near.device):
        yield list(run)


def _side_by_side(fabric: Fabric, rows: list[Row], said: list[str], dark: Outage | None) -> list[Panel]:
    """Return the links of one device in as many panels as help and fit on the page, about equally high.

    ``said`` stands above the first.
    """
    lines = [line for line in ORDER if any(row.near.by(line) for row in rows)]
    drawn = _drawn_as(fabric, rows, lines, dark)
    panels: list[Panel] = []
    for count in range(max(1, -(-len(drawn(rows).rows) // TALL)), 0, -1):
        parts = _columns(rows, lines, count)
        panels = _said_once([drawn(part) for part in parts])
        if sum(map(width_of, panels)) <= PAGE and not _better_with_fewer(rows, lines, parts):
            break
    if len(panels) > 1:
        room = width_of(panels[0]) - AROUND_PANEL
        said = [line for words in said for line in wrapped_to(words, SMALLEST, room)]
        panels = [
            replace(one, title=f"{one.title}, {ports_words(part)}")
            for one, part in zip(panels, parts, strict=True)
        ]
    return [replace(panels[0], lines=(*said, *panels[0].lines)), *panels[1:]]


def _drawn_as(
    fabric: Fabric, rows: list[Row], lines: Sequence[str], dark: Outage | None
) -> Callable[[Sequence[Row]], Panel]:
    """Return how the links of a device become a panel: as a grid where it is all that there is to say."""
    if stands_in_a_grid(rows, lines):
        grid = grid_panel(fabric, rows, lines, dark)
        if width_of(grid) <= PAGE:
            return lambda part: grid_panel(fabric, part, lines, dark)
    far = not one_outside(rows)
    return lambda part: table_panel(fabric, part, lines, dark, far=far)


def _said_once(panels: Sequence[Panel]) -> list[Panel]:
    """Return panels of which the first alone says what all of them say."""
    shared = [line for line in panels[0].lines if all(line in one.lines for one in panels)]
    others = [
        replace(one, lines=tuple(line for line in one.lines if line not in shared)) for one in panels[1:]
    ]
    return [panels[0], *others]


def _better_with_fewer(rows: list[Row], lines: list[str], parts: Sequence[Sequence[Row]]) -> bool:
    """Return whether columns of unequal height are of equal height, and no page high, with one fewer."""
    fewer = _columns(rows, lines, len(parts) - 1) if len(parts) > 1 else []
    tall = max(map(len, fewer), default=TALLEST)
    return len(set(map(len, parts))) > 1 and len(set(map(len, fewer))) == 1 and tall < TALLEST


def _columns(rows: list[Row], lines: list[str], count: int) -> list[list[Row]]:
    """Return rows in so many columns; what one piece carries stays together."""
    blocks = [list(run) for _, run in groupby(rows, key=lambda row: (lines and row.near.by(lines[0])) or row)]
    starts = accumulate(map(len, blocks), initial=0)
    at = [
        (2 * start + len(block)) * count // (2 * len(rows))
        for start, block in zip(starts, blocks, strict=False)
    ]
    columns = groupby(zip(at, blocks, strict=True), key=lambda pair: pair[0])
    return [[row for _, block in run for row in block] for _, run in columns]
