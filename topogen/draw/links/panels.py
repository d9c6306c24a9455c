"""Links in columns: what carries the light, the port, the line, and the far end."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate, groupby, takewhile
from typing import TYPE_CHECKING

from topogen.draw.lettering import PAGE, SMALLEST, wrapped_to
from topogen.draw.links.rows import ORDER
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.shelves import AROUND_PANEL, height_of, shelved, width_of
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.words import medium_name, span
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.links.rows import Carrier, End, Outage, Row
    from topogen.draw.picture import CellKind
    from topogen.model.fabric import Fabric

NAMES = {"els": "ELS", "engine": "engine", "module": "cage"}
"""What a piece of a recipe line is called; modules go by the cage they sit in."""

TALL = 24
"""Links of a device above which they stand in several columns, if the page has room for another."""

FEW = 20
"""Rows up to which each says everything; of more, what all have in common stands above them."""

TALLEST = 54
"""Rows of a page: with title and legend it is as tall as an upright sheet of A4."""

STEPS = 24
"""So many lengths of the list are tried until it fits on a page."""


def shelves_of(fabric: Fabric, rows: Sequence[Row], dark: Outage | None) -> tuple[tuple[Panel, ...], ...]:
    """Return the panels of as many links as a page holds: what goes dark, the first, and how many more."""
    shelves: tuple[tuple[Panel, ...], ...] = ()
    runs = list(_by_device(rows))
    said = {run[0].near.device: [] if len(runs) == 1 else list(_link_and_piece_words(run)) for run in runs}
    outside = {run[0].near.device for run in runs if _one_outside(run)}
    for most in range(len(rows), 0, -max(1, len(rows) // STEPS)):
        shown, others = _split(rows, dark, most)
        panels = [
            panel
            for run in _by_device(shown)
            for panel in _side_by_side(
                fabric, run, said[run[0].near.device], dark, far=run[0].near.device not in outside
            )
        ]
        shelves = shelved([*panels, *([_others_panel(fabric, others)] if others else [])])
        if height_of(shelves) <= TALLEST:
            break
    return shelves


def common_words(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what stands above the whole picture where one device is drawn, else above each device."""
    runs = list(_by_device(rows))
    if len(runs) > 1:
        return ()
    said = list(_link_and_piece_words(runs[0]))
    pieces = [words for words in said if words.partition(":")[0] in NAMES.values()]
    links = [words for words in said if words not in pieces]
    return tuple("  |  ".join(words) for words in (links, pieces) if words)


def _split(rows: Sequence[Row], dark: Outage | None, most: int) -> tuple[list[Row], list[Row]]:
    """Return the rows that are drawn, all that go dark among them, and the others."""
    is_dark = [_row_kind(row, dark) == "dark" for row in rows]
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


def _side_by_side(
    fabric: Fabric, rows: list[Row], said: list[str], dark: Outage | None, *, far: bool
) -> list[Panel]:
    """Return the links of one device in as many columns as help and fit on the page, about equally high.

    ``said`` stands above the first; ``far`` says whether far ends stand in the rows.
    """
    lines = [line for line in ORDER if any(row.near.by(line) for row in rows)]
    panels: list[Panel] = []
    for count in range(-(-len(rows) // TALL), 0, -1):
        parts = _columns(rows, lines, count)
        panels = [_links_panel(fabric, part, lines, dark, far=far) for part in parts]
        if sum(map(width_of, panels)) <= PAGE and not _better_with_fewer(rows, lines, parts):
            break
    if len(panels) > 1:
        room = width_of(panels[0]) - AROUND_PANEL
        said = [line for words in said for line in wrapped_to(words, SMALLEST, room)]
        panels = [
            replace(one, title=_title_of_column(one.title, part))
            for one, part in zip(panels, parts, strict=True)
        ]
    return [replace(panels[0], lines=(*said, *panels[0].lines)), *panels[1:]]


def _better_with_fewer(rows: list[Row], lines: list[str], parts: Sequence[Sequence[Row]]) -> bool:
    """Return whether columns of unequal height are of equal height, and no page high, with one fewer."""
    fewer = _columns(rows, lines, len(parts) - 1) if len(parts) > 1 else []
    tall = max(map(len, fewer), default=TALLEST)
    return len(set(map(len, parts))) > 1 and len(set(map(len, fewer))) == 1 and tall < TALLEST


def _title_of_column(device: str, rows: Sequence[Row]) -> str:
    """Return the device and which of its ports stand in a column."""
    first, last = rows[0].near.port, rows[-1].near.port
    same = first.rpartition(" ")[0] == last.rpartition(" ")[0]
    return f"{device}, {first} to {last.rpartition(' ')[2] if same else last}"


def _others_panel(fabric: Fabric, rows: Sequence[Row]) -> Panel:
    """Return what is not drawn link by link, counted by link group and far end."""
    firsts = [group.first for group in fabric.groups]
    kinds: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        far = fabric.groups[bisect_right(firsts, row.far.device) - 1].label if row.far else ""
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
    return f"{format_count(len(devices))} {label}" if devices else _outside(rows[0])


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


def _link_and_piece_words(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what each link group has at a device, and how its pieces are numbered."""
    for _, run in groupby(sorted(rows, key=lambda row: row.link.name), key=lambda row: row.link.name):
        own = list(run)
        link = own[0].link
        media = (
            medium_name(link) if own[0].a_first else " to ".join(reversed(medium_name(link).split(" to ")))
        )
        yield f"{format_count(len(own))} x {format_rate(link.rate)} {media} ({link.name})"
    if _one_outside(rows):
        yield f"far end: {_outside(rows[0])}"
    carriers = [one for row in rows for one in row.near.carriers]
    kinds = dict.fromkeys((one.line, one.part, one.level) for one in carriers)
    for line, part, level in kinds:
        yield f"{NAMES[line]}: {part}, numbered per {level}"


def _links_panel(
    fabric: Fabric, rows: Sequence[Row], lines: Sequence[str], dark: Outage | None, *, far: bool
) -> Panel:
    """Return links as a panel; what is known of none of them has no column."""
    lines = [line for line in lines if any(row.near.by(line) for row in rows)]
    kinds = [_row_kind(row, dark) for row in rows]
    strokes = [stroke_of_link(fabric, row.link, a_first=row.a_first) for row in rows]
    shared = _shared_place(rows) if len(rows) > FEW else ""
    columns = {NAMES[line]: _piece_cells(rows, line, dark) for line in lines} | {
        "port": [Cell(_port_words(row, kind), kind) for row, kind in zip(rows, kinds, strict=True)],
        "": [Cell("", kind, stroke=stroke) for stroke, kind in zip(strokes, kinds, strict=True)],
    }
    if far:
        columns[f"far end in {shared}" if shared else "far end"] = _far(rows, kinds, lines, shared)
    lengths = [Cell(_link_length(row), kind) for row, kind in zip(rows, kinds, strict=True)]
    light = [Cell(_far_optics(row.far), kind) for row, kind in zip(rows, kinds, strict=True)]
    for name, cells in (("length", lengths), ("far-end optics", light)):
        if any(cell.text for cell in cells):
            columns[name] = cells
    same = _same_in_all(columns) if len(rows) > FEW else {}
    columns = {name: cells for name, cells in columns.items() if name not in same}
    head = tuple(Cell(name, "head") for name in columns)
    body = (tuple(cell for cell in row if cell.rows) for row in zip(*columns.values(), strict=True))
    return Panel(rows[0].near.name, tuple(f"{name}: {text}" for name, text in same.items()), (head, *body))


def _same_in_all(columns: Mapping[str, Sequence[Cell]]) -> dict[str, str]:
    """Return what is the same in every row of the columns behind the line."""
    after = list(columns.items())[list(columns).index("") + 1 :]
    return {name: cells[0].text for name, cells in after if len({cell.text for cell in cells}) == 1}


def _port_words(row: Row, kind: CellKind) -> str:
    """Return the port of a link, with a word where it fails: a grey print has no colours."""
    return f"{row.near.port}, lost" if kind == "dark" else row.near.port


def _row_kind(row: Row, dark: Outage | None) -> CellKind:
    return "dark" if _is_dark(row.near, dark) or _is_dark(row.far, dark) else "plain"


def _piece_cells(rows: Sequence[Row], line: str, dark: Outage | None) -> list[Cell]:
    """Return a cell for each row, of no height where the piece above reaches down over it."""
    cells = []
    pieces = [row.near.by(line) for row in rows]
    for row, piece, reach in zip(rows, pieces, _reach(pieces), strict=True):
        kind: CellKind = "dark" if _is_dark(row.near, dark) else "plain"
        cells.append(Cell(_piece_words(row.near, piece), kind, reach))
    return cells


def _shared_place(rows: Sequence[Row]) -> str:
    """Return the place that all far ends are in, empty where there is none."""
    paths = [row.far.name.split("/")[:-1] for row in rows if row.far]
    steps = takewhile(lambda step: len(set(step)) == 1, zip(*paths, strict=False))
    return "/".join(step[0] for step in steps)


def _far(rows: Sequence[Row], kinds: Sequence[CellKind], lines: Sequence[str], shared: str) -> list[Cell]:
    """Return the far ends; links of one piece that leave the model share a cell."""
    keys = [
        (row.link.outside, row.near.by(lines[0]) if lines else None) if row.far is None else number
        for number, row in enumerate(rows)
    ]
    return [
        Cell(
            f"{row.far.name.removeprefix(f'{shared}/')} {row.far.port}" if row.far else _outside(row),
            kind,
            reach,
        )
        for row, kind, reach in zip(rows, kinds, _reach(keys), strict=True)
    ]


def _one_outside(rows: Sequence[Row]) -> bool:
    """Return whether all links leave the model, to one name."""
    return all(row.far is None for row in rows) and len({row.link.outside for row in rows}) == 1


def _outside(row: Row) -> str:
    return f"{row.link.outside} (not modelled)"


def _link_length(row: Row) -> str:
    return span(row.length_mm, row.length_mm) if row.length_mm else ""


def _reach(values: Sequence[object]) -> list[int]:
    """Return how many rows the cell of each value takes, 0 where an equal one above reaches down.

    >>> _reach(["a", "a", "b"])
    [2, 0, 1]
    """
    rows: list[int] = []
    for _, run in groupby(values):
        size = len(list(run))
        rows += [size, *([0] * (size - 1))]
    return rows


def _piece_words(end: End, carrier: Carrier | None) -> str:
    if carrier is None:
        return ""
    if carrier.line == "module" and end.cage:
        return f"{NAMES[carrier.line]} {end.cage}"
    last = f"-{carrier.last}" if carrier.last > carrier.first else ""
    return f"{NAMES[carrier.line]} {carrier.first}{last}"


def _far_optics(end: End | None) -> str:
    """Return what carries a link at its far end."""
    words = (_piece_words(end, end.by(line)) for line in ORDER if end.by(line)) if end else ()
    return ", ".join(word.replace(NAMES["module"], f"module in {NAMES['module']}") for word in words)


def _is_dark(end: End | None, dark: Outage | None) -> bool:
    """Return whether the piece that fails carries an end."""
    return bool(end and dark and any(one.has(dark.piece) for one in end.carriers))
