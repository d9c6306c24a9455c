"""A picture as DOT, the text that Graphviz lays out: ASCII only, the same bytes for the same picture.

A page is at most ``PAGE`` points wide and no letter is smaller than ``SMALLEST``: 10 pixels where the picture
is shown 800 wide.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING

from topogen.draw.dot.heading import footer, heading, stacked_figures
from topogen.draw.dot.passing import (
    LANE,
    lanes_at,
    lanes_below,
    passing_lines,
    pieces_of_line,
    places_in,
    whole_at_places,
)
from topogen.draw.dot.samples import (
    FILLS,
    PARALLEL,
    SAMPLE_WIDTH,
    filled,
    painted,
    sample,
    scale_of,
    squares,
    squares_width,
    stands_in_a_row,
)
from topogen.draw.dot.text import (
    MARK_SPACE,
    cell,
    cell_width,
    escaped,
    fixed,
    marked,
    pointed,
    quoted,
    table,
    text_row,
)
from topogen.draw.lettering import SMALLEST, width_of
from topogen.palette import PRINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.dot.passing import Passing
    from topogen.draw.dot.samples import Scale
    from topogen.draw.picture import Cell, Edge, Frame, Node, Panel, Picture, Pieces, Stroke

__all__ = ["escaped", "quoted", "to_dot"]

FONT = "Arimo"  # Graphviz knows its widths; the SVG asks for fonts of the same widths after it
BOLD_LINES = 1
GAP_WIDTH = 16
GAP = f'<TD WIDTH="{GAP_WIDTH}"></TD>'  # keeps the text of a line off the line, and inside its frame
TITLE_SIZE, COUNT_SIZE = 18, 16
PADDING, BETWEEN_LINES = 7, 2  # pt: from the border of a box to its text, and around each line of it
STRAIGHT = 1000  # what a straight line is worth to Graphviz: more than a narrow frame, which is worth 128
NO_PADDING = 'CELLPADDING="0"'
BETWEEN_PANELS = 14
ABOVE = '<TR><TD HEIGHT="18"></TD></TR>'  # keeps panels, heading and legend apart
ROW_HEIGHT = 24  # pt: a row of a panel, as high as its text needs
ROWS_OF_CORNER, ABREAST = 3, 3
BORDERS = {"compute": "gpu", "switch": "switch", "mixed": "soft", "outside": "soft"}


def to_dot(picture: Picture, colours: Mapping[str, str] = PRINT) -> str:
    """Return a picture as DOT; ``colours`` are those of a theme."""
    return "\n".join(_dot_lines(picture, colours)) + "\n"


def _dot_lines(picture: Picture, colours: Mapping[str, str]) -> Iterator[str]:
    font = f'fontname={FONT}, fontsize={SMALLEST}, fontcolor="{colours["ink"]}"'
    yield f"graph {quoted(picture.name)} {{"
    yield (
        "  graph [rankdir=TB, newrank=true, nodesep=0.2, ranksep=0.45, pad=0.1, "
        f'bgcolor="{colours["paper"]}", labelloc=t, labeljust=l, {font}]'
    )
    yield f"  node [shape=plain, {font}]"
    yield f"  edge [dir=none, {font}]"
    if picture.shelves:
        yield f"  page [{_page(picture, colours)}]"
        yield "}"
        return
    corner = corner_of(picture)
    yield f"  label=<{heading(picture, colours, inside=bool(corner))}>"
    yield "  subgraph cluster_all {"  # its label at the bottom holds the legend
    around = pointed(picture.title, "")  # else it is the name of the cluster that shows
    yield f"    peripheries=0 labelloc=b{around} label=<{footer(picture, colours)}>"
    yield from _frame_contents(picture, "", "    ", colours)
    yield from _rows(picture, "    ")
    if corner:
        yield from _figures_in_corner(picture, corner, colours)
    yield "  }"
    yield "}"


def corner_of(picture: Picture) -> str:
    """Return the lowest box above which the upper left is empty, if the figures can stand there.

    Such a box is linked to others of its row alone, below a highest row of a single box.
    """
    few = len(picture.rows) < ROWS_OF_CORNER or len(picture.rows[0]) > 1 or len(picture.rows[-1]) < ABREAST
    if few or picture.frames or not picture.figures:
        return ""
    bottom = {*picture.rows[-1]}
    upward = [edge for edge in picture.edges if not {edge.tail, edge.head} <= bottom]
    raised = {box for edge in upward for box in (edge.tail, edge.head)}
    linked = {box for edge in picture.edges if edge.links for box in (edge.tail, edge.head)}
    return next((box for box in picture.rows[-1] if box in linked - raised), "")


def _figures_in_corner(picture: Picture, below: str, colours: Mapping[str, str]) -> Iterator[str]:
    """Yield the figures as a box without a border beside the highest one, above a box of the lowest row."""
    highest = quoted(picture.rows[0][0])
    yield f"    figures [label=<{stacked_figures(picture.figures, colours)}>]"
    yield f"    {{rank=same; figures -- {highest} [style=invis]}}"
    yield f"    figures -- {quoted(below)} [style=invis weight=2]"


def _rows(picture: Picture, indent: str) -> Iterator[str]:
    """Yield what stands side by side, and that one row stands above the next."""
    rows = [row for row in picture.rows if row]
    for row in rows:
        yield f"{indent}{{rank=same; {'; '.join(map(quoted, row))}}}"
    joined = {(edge.tail, edge.head) for edge in picture.edges}
    for upper, lower in pairwise(rows):
        if not any((above, below) in joined for above in upper for below in lower):
            yield f"{indent}{quoted(upper[0])} -- {quoted(lower[0])} [style=invis]"


def _frame_contents(picture: Picture, frame: str, indent: str, colours: Mapping[str, str]) -> Iterator[str]:
    """Yield the boxes and frames that stand directly in a frame, and the lines between them."""
    scale, passing = scale_of(picture), passing_lines(picture)
    for node in (node for node in picture.nodes if node.frame == frame):
        told, least = _told_of_lines(picture, node), _least_width(picture, node, passing, scale)
        starts = lanes_below(passing, node)
        least = max(least, _box_width(told, scale)) if starts else least
        yield indent + _node(told, least, (lanes_at(passing, node), starts), scale, colours)
    yield from places_in(passing, frame, indent)
    for inner in (inner for inner in picture.frames if inner.parent == frame):
        look = f'style=rounded color="{colours["soft"]}" peripheries=1 margin=14'
        yield f"{indent}subgraph {quoted('cluster_' + inner.id)} {{"
        place = f"labelloc={'b' if inner.below else 't'}{pointed(inner.tip or inner.title, inner.key)}"
        yield f"{indent}  {look} {place} label=<{_frame(inner, scale, colours)}>"
        yield from _frame_contents(picture, inner.id, indent + "  ", colours)
        yield f"{indent}}}"
    for edge in (edge for edge in picture.edges if edge.frame == frame):
        shown = replace(edge, lines=()) if _crosses_frames(picture, edge) else edge
        straight = _straight(picture, edge, passing)
        for tail, head, piece in _drawn_in_pieces(shown, edge, passing):
            clip = whole_at_places(passing, tail, head)
            yield f"{indent}{tail} -- {head} [{_edge(piece, colours)}{straight}{clip}]"


def _drawn_in_pieces(shown: Edge, edge: Edge, passing: Sequence[Passing]) -> Iterator[tuple[str, str, Edge]]:
    """Yield what a line is drawn in: itself, or pieces of it of which the first is the one to click on."""
    line = next((line for line in passing if line.edge is edge), None)
    if line is None:
        yield quoted(edge.tail), quoted(edge.head), shown
        return
    for number, (tail, head) in enumerate(pieces_of_line(line)):
        yield tail, head, replace(shown, key="") if number else shown


def _straight(picture: Picture, edge: Edge, passing: Sequence[Passing]) -> str:
    """Return the attribute that keeps a line straight: one that passes others, or is alone at both ends."""
    row_of = {box: number for number, row in enumerate(picture.rows) for box in row}
    upright = [one for one in picture.edges if row_of.get(one.tail) != row_of.get(one.head)]
    below = {one.head for one in upright if one.tail == edge.tail}
    above = {
        one.tail for one in upright if one.head == edge.head and all(one is not two.edge for two in passing)
    }
    passes = any(edge is one.edge for one in passing)
    alone = edge in upright and len(below) == len(above) == 1
    return f" weight={STRAIGHT}" if passes or alone else ""


def _told_of_lines(picture: Picture, node: Node) -> Node:
    """Return a box with the text of the lines that end in it and cross frames: beside them it would too."""
    said = [
        line
        for edge in picture.edges
        if node.id in (edge.tail, edge.head) and node.kind == "outside" and _crosses_frames(picture, edge)
        for line in edge.lines
    ]
    return replace(node, lines=(*node.lines, *said))


def _crosses_frames(picture: Picture, edge: Edge) -> bool:
    """Return whether a line leads from outside the model into a frame."""
    ends = {node.id: node for node in picture.nodes}
    pair = [ends[edge.tail], ends[edge.head]]
    return any(node.kind == "outside" for node in pair) and any(node.frame for node in pair)


def _beside(picture: Picture, node: Node) -> list[Edge]:
    """Return the lines from or to a box that stay inside a frame."""
    inner = [edge for edge in picture.edges if edge.frame]
    return [edge for edge in inner if node.id in (edge.tail, edge.head)]


# Boxes and lines


def _frame(frame: Frame, scale: Scale, colours: Mapping[str, str]) -> str:
    rows = [text_row(frame.title, colours["ink"], COUNT_SIZE, bold=True)]
    rows += [text_row(line, colours["soft"]) for line in frame.lines]
    return table([*rows, *(row for pieces in frame.pieces for row in _pieces(pieces, scale, colours))])


def _least_width(picture: Picture, node: Node, passing: Sequence[Passing], scale: Scale) -> int:
    """Return how wide a box is at least.

    Graphviz does not widen a frame for the text beside a line from the middle of a box: the box has to. And
    lines that end at its top after passing another box come down to the right of that.
    """
    beside = 2 * max((_label_width(edge) for edge in _beside(picture, node)), default=0)
    nodes = {one.id: one for one in picture.nodes}
    lines = [line for line in passing if line.edge.head == node.id]
    passed = [_box_width(nodes[box], scale) for line in lines for _, box in line.passed]
    return max(beside, *(wide + 2 * LANE * (len(lines) + 1) for wide in passed), 0)


def _box_width(node: Node, scale: Scale) -> int:
    """Return how wide a box is for what it holds."""
    words = [cell_width(node.title, TITLE_SIZE, bold=True), *map(cell_width, node.lines)]
    held = [
        squares_width(one, scale) + (cell_width(one.text) if _in_a_row(one, scale) else 0)
        for one in node.pieces
    ]
    badges = [SAMPLE_WIDTH + cell_width(badge.text) for badge in node.badges]
    return max([*words, *held, *badges]) + 2 * PADDING + 2 * MARK_SPACE


def _node(
    node: Node,
    least: int,
    lanes: tuple[Sequence[str], Sequence[str]],
    scale: Scale,
    colours: Mapping[str, str],
) -> str:
    """Return a box, at least so wide, with places at the right of its top and of its bottom for lines."""
    ink = colours["ink"]
    rows = [text_row(node.title, ink, TITLE_SIZE, bold=True)]
    rows += [text_row(line, colours["soft"]) for line in node.lines]
    rows += [row for pieces in node.pieces for row in _pieces(pieces, scale, colours)]
    rows += [
        _left(marked(sample(badge.stroke, colours), SAMPLE_WIDTH, badge.text, ink)) for badge in node.badges
    ]
    look = f'STYLE="{"dashed" if node.kind == "outside" else "rounded"}" BORDER="2"'
    paint = f'COLOR="{colours[BORDERS[node.kind]]}" BGCOLOR="{colours[FILLS[node.kind]]}"'
    wide = f' WIDTH="{least}"' if least else ""
    inside = table(rows, f'CELLPADDING="{BETWEEN_LINES}"')
    around = f'CELLBORDER="0" CELLSPACING="0" CELLPADDING="{PADDING}"{wide}'
    top, bottom = (_lanes(some, least) for some in lanes)
    span = f' COLSPAN="{max(map(len, lanes)) + 1}"' if top or bottom else ""
    box = f"<TABLE {look} {paint} {around}>{top}<TR><TD{span}>{inside}</TD></TR>{bottom}</TABLE>"
    return f"{quoted(node.id)} [label=<{box}>{pointed(node.tip or node.title, node.key)}]"


def _lanes(lanes: Sequence[str], width: int) -> str:
    """Return a row of a box so wide that has places for lines at its right, nothing without any."""
    if not lanes:
        return ""
    ends = "".join(f'<TD PORT="{lane}" {fixed(LANE, 1)} CELLPADDING="0"></TD>' for lane in lanes)
    return f'<TR><TD {fixed(width - LANE * len(lanes), 1)} CELLPADDING="0"></TD>{ends}</TR>'


def _pieces(pieces: Pieces, scale: Scale, colours: Mapping[str, str]) -> Iterator[str]:
    """Yield things as squares with their number behind, or below where the squares fill the box."""
    drawn, width = squares(pieces, scale, colours), squares_width(pieces, scale)
    if _in_a_row(pieces, scale):
        yield _left(marked(drawn, width, pieces.text, colours["ink"]))
        return
    yield _left(drawn)
    if pieces.text:
        yield text_row(pieces.text, colours["ink"])


def _in_a_row(pieces: Pieces, scale: Scale) -> bool:
    """Return whether the text of some pieces stands behind them."""
    room = scale.room - squares_width(pieces, scale)
    return stands_in_a_row(pieces, scale) and cell_width(pieces.text) <= room


def _left(inside: str) -> str:
    return f'<TR><TD ALIGN="LEFT">{inside}</TD></TR>'


def _edge(edge: Edge, colours: Mapping[str, str]) -> str:
    """Return how a line is drawn, with its text."""
    paper = f' BGCOLOR="{colours["paper"]}"'
    cells = (
        cell(line, colours["ink"], size, bold=bold, more=paper)
        for line, size, bold in ((line, *_letters(at)) for at, line in enumerate(edge.lines))
    )
    label = f" label=<{table(f'<TR>{GAP}{one}{GAP}</TR>' for one in cells)}>" if edge.lines else ""
    return f"{_stroke(edge.stroke, colours)}{label}{pointed(edge.tip, edge.key)}"


def _letters(line: int) -> tuple[int, bool]:
    """Return the size of a line of an edge's text, and whether it is bold."""
    return (COUNT_SIZE, True) if line < BOLD_LINES else (SMALLEST, False)


def _label_width(edge: Edge) -> int:
    letters = ((line, *_letters(at)) for at, line in enumerate(edge.lines))
    widest = max((width_of(line, size, bold=bold) for line, size, bold in letters), default=0)
    return ceil(widest) + 2 * GAP_WIDTH


def _stroke(stroke: Stroke, colours: Mapping[str, str]) -> str:
    first, last = (painted(stroke.inks[at], colours) for at in (0, -1))
    width = f"penwidth={stroke.width:g}"
    if first != last:
        return f'color="{first};0.5:{last}" style={stroke.style} {width}'
    if stroke.style in ("double", "double_dashed"):
        side = ":".join([first] * max(1, round(stroke.width / PARALLEL)))
        dash = " style=dashed" if stroke.style == "double_dashed" else ""
        return f'color="{side}:{colours["paper"]}:{side}"{dash} penwidth={min(stroke.width, PARALLEL):g}'
    return f'color="{first}" style={stroke.style} {width}'


# Panels


def _page(picture: Picture, colours: Mapping[str, str]) -> str:
    """Return heading, panels and legend as one table, so that all begins at the left."""
    alike = (list(run) for _, run in groupby(picture.shelves, key=len))
    shelves = (table((_shelf(one, colours) for one in run), NO_PADDING) for run in alike)
    rows = [f"<TR><TD>{part}</TD></TR>" for part in (heading(picture, colours), *shelves)]
    rows += [ABOVE, f"<TR><TD>{footer(picture, colours)}</TD></TR>"]
    return f"label=<{table(rows, NO_PADDING)}>{pointed(picture.title, '')}"


def _shelf(panels: Sequence[Panel], colours: Mapping[str, str]) -> str:
    """Return rows with panels side by side, all as tall as the tallest: a table would stretch their rows."""
    lines = max(len(panel.lines) for panel in panels)
    rows = max(len(panel.rows) for panel in panels)
    gap = f'<TD WIDTH="{BETWEEN_PANELS}"></TD>'
    cells = gap.join(f"<TD>{_panel(panel, lines, rows, colours)}</TD>" for panel in panels)
    return f"{ABOVE}<TR>{cells}</TR>"


def _panel(panel: Panel, lines: int, rows: int, colours: Mapping[str, str]) -> str:
    head = [text_row(panel.title, colours["ink"], COUNT_SIZE, bold=True)]
    head += [text_row(line, colours["soft"]) for line in (*panel.lines, *[" "] * (lines - len(panel.lines)))]
    cells = [f"<TR>{''.join(_panel_cell(one, colours) for one in row)}</TR>" for row in panel.rows]
    empty = f'<TR><TD COLOR="{colours["paper"]}" HEIGHT="{ROW_HEIGHT}"></TD></TR>'
    cells += [empty] * (rows - len(panel.rows))
    look = f'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2" COLOR="{colours["rule"]}"'
    return table([*head, f'<TR><TD ALIGN="LEFT"><TABLE {look}>{"".join(cells)}</TABLE></TD></TR>'])


def _panel_cell(one: Cell, colours: Mapping[str, str]) -> str:
    spans = f' ROWSPAN="{one.rows}"' if one.rows > 1 else ""
    spans += f' COLSPAN="{one.columns}"' if one.columns > 1 else ""
    fill = f' BGCOLOR="{filled(one.kind, colours)}"' if one.kind in FILLS else ""
    border = ' BORDER="0"' if one.kind == "head" else ""
    look = f'{spans}{border} HEIGHT="{ROW_HEIGHT * one.rows}"{fill}'
    if one.stroke:
        return f"<TD{look}>{sample(one.stroke, colours)}</TD>"
    colour = PRINT["ink"] if one.kind == "dark" else colours["soft" if one.kind == "head" else "ink"]
    lines = one.text.splitlines()
    if len(lines) <= 1:
        return cell(one.text, colour, more=look)
    stacked = table((text_row(line, colour) for line in lines), 'CELLPADDING="0"')
    return f'<TD ALIGN="LEFT"{look}>{stacked}</TD>'
