"""A picture as DOT, the text that Graphviz lays out: ASCII only, the same bytes for the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.draw.picture import Cell, CellKind, Edge, Frame, LegendRow, Node, Panel, Picture, Stroke

FONT = "Helvetica"  # Graphviz knows its widths; the SVG asks for the viewer's sans-serif after it
FILLS = {
    "compute": "#E3EEF9",
    "switch": "#FBEBD8",
    "mixed": "#E9F3E6",
    "outside": "#F4F4F4",
    "dark": "#FFD84D",
}
GAP_WIDTH = 8
GAP = f'<TD WIDTH="{GAP_WIDTH}"></TD>'  # keeps the text of a line off the line, and inside its frame
BOLD_LINES = 2
BOLD_EM = 0.56  # Graphviz takes bold letters for narrow ones: a bold cell gets this width a letter at least
HEADING_WIDTH = 680  # pt: about 900 pixels, so that a small picture is not set in a narrow column
APART = 2  # pt: how far apart Graphviz draws the lines of a list of colours; thicker ones cover each other
INK, SOFT, RULE, ALERT = "#1A1A1A", "#555555", "#B8B8B8", "#B00020"
SWATCH = 'WIDTH="48" HEIGHT="10" FIXEDSIZE="TRUE"'
ROW_HEIGHT, PANEL_SIZE = 16, 9  # pt: a row of a panel, and its letters

FRAME = f'style=rounded color="{SOFT}" peripheries=1 margin=14'
HEAD = f"""\
  graph [rankdir=TB, nodesep=0.35, ranksep=0.55, pad=0.2, bgcolor=white, labelloc=t, labeljust=l,
         fontname={FONT}, fontsize=11, fontcolor="{INK}"]
  node [shape=plain, fontname={FONT}, fontsize=11, fontcolor="{INK}"]
  edge [dir=none, fontname={FONT}, fontsize=10, fontcolor="{INK}"]
"""


def to_dot(picture: Picture) -> str:
    """Return a picture as DOT."""
    return "\n".join(_dot_lines(picture)) + "\n"


def _dot_lines(picture: Picture) -> Iterator[str]:
    yield f"graph {quoted(picture.name)} {{"
    yield HEAD.rstrip()
    yield f"  label=<{_dot_heading(picture)}>"
    yield "  subgraph cluster_all {"  # its label at the bottom holds the legend
    yield f"    peripheries=0 labelloc=b label=<{_footer(picture)}>"
    if picture.shelves:
        yield f"    shelves [label=<{_shelves(picture)}>]"
    yield from _frame_contents(picture, "", "    ")
    yield "  }"
    yield "}"


def _frame_contents(picture: Picture, frame: str, indent: str) -> Iterator[str]:
    """Yield the boxes and frames that stand directly in a frame, and the lines between them."""
    for node in (node for node in picture.nodes if node.frame == frame):
        yield indent + _node(node, max((_label_width(edge) for edge in _beside(picture, node)), default=0))
    for inner in (inner for inner in picture.frames if inner.parent == frame):
        yield f"{indent}subgraph {quoted('cluster_' + inner.id)} {{"
        yield f"{indent}  {FRAME} labelloc={'b' if inner.below else 't'} label=<{_frame(inner)}>"
        yield from _frame_contents(picture, inner.id, indent + "  ")
        yield f"{indent}}}"
    yield from (indent + _dot_edge(edge) for edge in picture.edges if edge.frame == frame)


def _beside(picture: Picture, node: Node) -> list[Edge]:
    """Return the lines from or to a box that stay inside a frame."""
    inner = [edge for edge in picture.edges if edge.frame and edge.tail != edge.head]
    return [edge for edge in inner if node.id in (edge.tail, edge.head)]


# Text


def quoted(text: str) -> str:
    r"""Return an id or plain string of DOT, whatever it holds.

    >>> print(quoted('say "no"'))
    "say \"no\""
    """
    plain = text.encode("ascii", "xmlcharrefreplace").decode()
    plain = plain.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(plain.split()) + '"'


def escaped(text: str) -> str:
    r"""Return text for an HTML-like label, in ASCII.

    >>> escaped("A<B & \u00b5")
    'A&lt;B &amp; &#181;'
    """
    plain = "".join(char if char.isprintable() else " " for char in text)
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(char, name)
    return plain.encode("ascii", "xmlcharrefreplace").decode()


def _text_row(text: str, size: int = 11, colour: str = INK, *, bold: bool = False, more: str = "") -> str:
    return f"<TR>{_cell(text, size, bold=bold, colour=colour, more=more)}</TR>"


def _cell(text: str, size: int, *, bold: bool, colour: str = INK, more: str = "") -> str:
    words, width = escaped(text), ""
    if bold:
        words, width = f"<B>{words}</B>", f' WIDTH="{round(len(text) * size * BOLD_EM)}"'
    return f'<TD ALIGN="LEFT"{width}{more}><FONT POINT-SIZE="{size}" COLOR="{colour}">{words}</FONT></TD>'


def _html_table(rows: Iterable[str], attributes: str = 'CELLPADDING="1"') -> str:
    return f'<TABLE BORDER="0" CELLSPACING="0" {attributes}>{"".join(rows)}</TABLE>'


def _dot_heading(picture: Picture) -> str:
    rows = [_text_row(picture.title, 16, bold=True)]
    if picture.alert:
        rows.append(_text_row(picture.alert, 13, "#FFFFFF", bold=True, more=f' BGCOLOR="{ALERT}"'))
    rows += [_text_row(line, 12) for line in picture.lines]
    return _html_table(rows, f'CELLPADDING="1" WIDTH="{HEADING_WIDTH}"')


def _frame(frame: Frame) -> str:
    return _html_table(
        [_text_row(frame.title, 12, bold=True), *(_text_row(line, 11, SOFT) for line in frame.lines)]
    )


# Boxes and lines


def _node(node: Node, beside: int) -> str:
    """Return a box, at least twice as wide as the text ``beside`` the line from its middle.

    Graphviz does not widen a frame for the text of a line: the box has to.
    """
    rows = [_text_row(node.title, 12, bold=True), *(_text_row(line) for line in node.lines)]
    border = "dashed" if node.kind == "outside" else "rounded"
    look = f'BORDER="1" STYLE="{border}" COLOR="{SOFT}" BGCOLOR="{FILLS[node.kind]}"'
    wide = f' WIDTH="{2 * beside}"' if beside else ""
    table = f'<TABLE {look} CELLBORDER="0" CELLPADDING="2"{wide}>{"".join(rows)}</TABLE>'
    return f"{quoted(node.id)} [label=<{table}>]"


def _dot_edge(edge: Edge) -> str:
    letters = ((line, *_letters(at)) for at, line in enumerate(edge.lines))
    cells = (_cell(line, size, bold=bold, more=' BGCOLOR="white"') for line, size, bold in letters)
    label = _html_table(f"<TR>{GAP}{cell}{GAP}</TR>" for cell in cells)
    return f"{quoted(edge.tail)} -- {quoted(edge.head)} [{_stroke(edge.stroke)} label=<{label}>]"


def _letters(line: int) -> tuple[int, bool]:
    """Return the size of a line of an edge's text, and whether it is bold."""
    return (11, True) if line < BOLD_LINES else (10, False)


def _label_width(edge: Edge) -> int:
    widest = max(len(line) * _letters(at)[0] for at, line in enumerate(edge.lines))
    return round(widest * BOLD_EM) + 2 * GAP_WIDTH


def _stroke(stroke: Stroke) -> str:
    first, last = stroke.colours[0], stroke.colours[-1]
    width = f"penwidth={stroke.width:g}"
    if first != last:
        return f'color="{first};0.5:{last}" style={stroke.style} {width}'
    if stroke.style == "double":
        side = ":".join([first] * max(1, round(stroke.width / APART)))
        return f'color="{side}:white:{side}" penwidth={min(stroke.width, APART):g}'
    return f'color="{first}" style={stroke.style} {width}'


# Panels


def _shelves(picture: Picture) -> str:
    """Return all panels as one table: nothing is left to a layout."""
    widest = max(len(panels) for panels in picture.shelves)
    return _html_table((_shelf(panels, widest) for panels in picture.shelves), 'CELLPADDING="6"')


def _shelf(panels: Sequence[Panel], places: int) -> str:
    """Return panels side by side, all as tall as the tallest: a table would stretch their rows."""
    lines = max(len(panel.lines) for panel in panels)
    rows = max(len(panel.rows) for panel in panels)
    cells = [f"<TD>{_html_panel(panel, lines, rows)}</TD>" for panel in panels]
    return f"<TR>{''.join(cells)}{'<TD></TD>' * (places - len(panels))}</TR>"


def _html_panel(panel: Panel, lines: int, rows: int) -> str:
    head = [_text_row(panel.title, 12, bold=True)]
    head += [_text_row(line, 10, SOFT) for line in (*panel.lines, *[" "] * (lines - len(panel.lines)))]
    cells = [f"<TR>{''.join(map(_panel_cell, row))}</TR>" for row in panel.rows]
    cells += [f'<TR><TD COLOR="white" HEIGHT="{ROW_HEIGHT}"></TD></TR>'] * (rows - len(panel.rows))
    look = f'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="1" COLOR="{RULE}"'
    return _html_table([*head, f'<TR><TD ALIGN="LEFT"><TABLE {look}>{"".join(cells)}</TABLE></TD></TR>'])


def _panel_cell(cell: Cell) -> str:
    spans = f' ROWSPAN="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' COLSPAN="{cell.columns}"' if cell.columns > 1 else ""
    border = ' BORDER="0"' if cell.kind == "head" else ""
    fill = f' BGCOLOR="{FILLS[cell.kind]}"' if cell.kind in FILLS else ""
    if cell.stroke:
        return f"<TD{spans}{border}{fill}>{_sample(cell.stroke)}</TD>"
    look = f'HEIGHT="{ROW_HEIGHT * cell.rows}" ALIGN="LEFT"{fill}'
    lines = '<BR ALIGN="LEFT"/>'.join(escaped(f" {line} ") for line in cell.text.splitlines())
    lines += (
        '<BR ALIGN="LEFT"/>' if "\n" in cell.text else ""
    )  # Graphviz sets the last line by what follows it
    words = f'<FONT POINT-SIZE="{PANEL_SIZE}">{lines}</FONT>' if cell.text else ""
    return f"<TD{spans}{border} {look}>{words}</TD>"


# Legend


def _footer(picture: Picture) -> str:
    rows = [_legend_row(row) for row in picture.legend]
    rows += [f'<TR><TD></TD><TD ALIGN="LEFT">{escaped(note)}</TD></TR>' for note in picture.notes]
    return _html_table(rows, 'CELLPADDING="3"')


def _legend_row(row: LegendRow) -> str:
    sample = _swatch(row.sample) if isinstance(row.sample, str) else _sample(row.sample)
    return f'<TR><TD>{sample}</TD><TD ALIGN="LEFT">{escaped(row.text)}</TD></TR>'


def _swatch(kind: CellKind) -> str:
    """Return a patch of the colour of a cell."""
    fill = f' BGCOLOR="{FILLS[kind]}"' if kind in FILLS else ""
    return _html_table([f'<TR><TD BORDER="1" COLOR="{RULE}" {SWATCH}{fill}></TD></TR>'])


def _sample(stroke: Stroke) -> str:
    """Return a stretch of the line, made of coloured cells."""
    tall = round(stroke.width)
    first, last = stroke.colours[0], stroke.colours[-1]
    if stroke.style == "double":
        rows = [
            _sample_cells([(48, first)], 2),
            _sample_cells([(48, "")], 2),
            _sample_cells([(48, first)], 2),
        ]
    elif stroke.style == "solid":
        rows = [_sample_cells([(48, first)], tall)]
    else:
        on, off = (8, 4) if stroke.style == "dashed" else (2, 4)
        count = 48 // (on + off)
        dashes = [
            cell for at in range(count) for cell in ((on, first if at < count / 2 else last), (off, ""))
        ]
        rows = [_sample_cells(dashes, tall)]
    return _html_table(rows, 'CELLPADDING="0"')


def _sample_cells(cells: Iterable[tuple[int, str]], tall: int) -> str:
    fixed = f'HEIGHT="{tall}" FIXEDSIZE="TRUE"'
    made = [
        f'<TD WIDTH="{wide}" {fixed}' + (f' BGCOLOR="{ink}"' if ink else "") + "></TD>" for wide, ink in cells
    ]
    return f"<TR>{''.join(made)}</TR>"
