"""The floor as a panel, a line of spots a row, and the heaviest paths as a table below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.floor.plan import BESIDE, NO_ROW, spot_words, where_of
from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.lengths import bundle_lengths
from topogen.draw.shown.strokes import stroke_of_link
from topogen.draw.shown.words import medium_name, span, strands_of
from topogen.model.expand import OUTSIDE
from topogen.selector import ranges
from topogen.units import format_count, format_length, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.floor.paths import Areas, Path
    from topogen.draw.floor.plan import FloorBox, Plan
    from topogen.graph.contract import Contraction
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

COLUMNS = ("path", "", "links", "from", "to", "medium", "length", "strands", "link group")
PLACES = "at: offset of the row, offset of the rack in its row"


def floor_panel(fabric: Fabric, plan: Plan, areas: Areas, ends: Mapping[int, str]) -> Panel:
    """Return the rows of a floor one below the other; ``ends`` says by area what leads there."""
    of_spots = len(areas.names) == len(plan.spots)
    rows = []
    for row in (*range(len(plan.rows)), NO_ROW):
        spots = [(number, spot) for number, spot in enumerate(plan.spots) if spot.row == row]
        label = _row_words(fabric, plan, row)
        if not of_spots and row in ends:
            label += f"\n{ends[row]}"
        for start in range(0, len(spots), BESIDE):
            cells = [
                _spot(
                    fabric, spot, ends.get(int(areas.area[number]), "") if of_spots or row == NO_ROW else ""
                )
                for number, spot in spots[start : start + BESIDE]
            ]
            rows.append((Cell(label if not start else "", "head"), *cells))
    return Panel("floor plan (top view)", (PLACES,), tuple(rows))


def _row_words(fabric: Fabric, plan: Plan, row: int) -> str:
    if row == NO_ROW:
        return "not in a row"
    mine = fabric.sites.row == row
    across = format_length(int(fabric.sites.y_mm[mine].min()))
    racks = int(mine.sum())
    return f"row {plan.rows[row]}\nat {across}\n{format_count(racks)} rack{'s' if racks > 1 else ''}"


def _spot(fabric: Fabric, spot: FloorBox, ends: str) -> Cell:
    words = (*spot_words(spot), where_of(fabric, spot), ends)
    return Cell("\n".join(filter(None, words)), spot.kind if spot.shown else "plain")


def ends_words(leaving: Mapping[int, int], numbers: Mapping[int, Sequence[int]]) -> dict[int, str]:
    """Return, by area, how many links leave it and which paths end there, in two lines."""
    words = {}
    for area in {*leaving, *numbers}:
        lines = [f"{format_count(leaving[area])} links leave"] if area in leaving else []
        if area in numbers:
            lines.append(f"path {ranges(numbers[area])}")
        words[area] = "\n".join(lines)
    return words


def paths_panel(
    fabric: Fabric, contraction: Contraction, areas: Areas, paths: Sequence[Path], touched: Selection | None
) -> Panel:
    """Return a line a path, numbered from 1."""
    spans = _spans(fabric, contraction, paths, touched)
    rows = [tuple(Cell(word, "head") for word in COLUMNS)]
    for number, (path, length) in enumerate(zip(paths, spans, strict=True), start=1):
        link = path.link
        far = f"outside: {link.outside}" if path.b == OUTSIDE else areas.names[path.b]
        words = (
            f"{format_count(path.links)} x {format_rate(link.rate)}",
            areas.names[path.a],
            "same area, between racks" if path.a == path.b else far,
            medium_name(link),
            length,
            strands_of(fabric, link, path.links),
            link.name,
        )
        stroke = Cell(stroke=stroke_of_link(fabric, link))
        rows.append((Cell(str(number), "head"), stroke, *map(Cell, words)))
    return Panel("paths with the most links", (), tuple(rows))


def _spans(
    fabric: Fabric, contraction: Contraction, paths: Sequence[Path], touched: Selection | None
) -> Iterator[str]:
    """Yield from where to where the lengths of each path go; nothing where one is not known."""
    known = {
        index: bundle_lengths(fabric, index, contraction, touched) for index in {path.index for path in paths}
    }
    for path in paths:
        lengths = known[path.index]
        low, high = (-1, 0) if lengths is None else _length_range(*(one[path.bundles] for one in lengths))
        guessed = " (default)" if path.link.lengths.with_basis("default") else ""
        yield span(low, high) + guessed if low >= 0 and high > 0 else ""


def _length_range(low: Ints, high: Ints) -> tuple[int, int]:
    return int(low.min()), int(high.max())
