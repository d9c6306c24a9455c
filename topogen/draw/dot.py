"""A picture as DOT, the text that Graphviz lays out: ASCII only, the same bytes for the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.draw.picture import Edge, Frame, LegendRow, Node, Picture, Stroke

FONT = "Helvetica"  # Graphviz knows its widths; the SVG asks for the viewer's sans-serif after it
FILLS = {"compute": "#E3EEF9", "switch": "#FBEBD8", "mixed": "#E9F3E6", "outside": "#F4F4F4"}
GAP_WIDTH = 8
GAP = f'<TD WIDTH="{GAP_WIDTH}"></TD>'  # keeps the text of a line off the line, and inside its frame
BOLD_LINES = 2
BOLD_EM = 0.56  # Graphviz takes bold letters for narrow ones: a bold cell gets this width a letter at least
HEADING_WIDTH = 680  # pt: about 900 pixels, so that a small picture is not set in a narrow column
INK, SOFT, ALERT = "#1A1A1A", "#555555", "#B00020"

FRAME = f'style=rounded color="{SOFT}" peripheries=1 labelloc=t margin=14'
HEAD = f"""\
  graph [rankdir=TB, nodesep=0.35, ranksep=0.55, pad=0.2, bgcolor=white, labelloc=t, labeljust=l,
         fontname={FONT}, fontsize=11, fontcolor="{INK}"]
  node [shape=plain, fontname={FONT}, fontsize=11, fontcolor="{INK}"]
  edge [dir=none, fontname={FONT}, fontsize=10, fontcolor="{INK}"]
"""


def to_dot(picture: Picture) -> str:
    """Return a picture as DOT."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"graph {quoted(picture.name)} {{"
    yield HEAD.rstrip()
    yield f"  label=<{_heading(picture)}>"
    yield "  subgraph cluster_all {"  # its label at the bottom holds the legend
    yield f"    peripheries=0 labelloc=b label=<{_footer(picture)}>"
    yield from _inside(picture, "", "    ")
    yield "  }"
    yield "}"


def _inside(picture: Picture, frame: str, indent: str) -> Iterator[str]:
    """Yield the boxes and frames that stand directly in a frame, and the lines between them."""
    for node in (node for node in picture.nodes if node.frame == frame):
        yield indent + _node(node, max((_label_width(edge) for edge in _beside(picture, node)), default=0))
    for inner in (inner for inner in picture.frames if inner.parent == frame):
        yield f"{indent}subgraph {quoted('cluster_' + inner.id)} {{"
        yield f"{indent}  {FRAME} label=<{_frame(inner)}>"
        yield from _inside(picture, inner.id, indent + "  ")
        yield f"{indent}}}"
    yield from (indent + _edge(edge) for edge in picture.edges if edge.frame == frame)


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


def _row(text: str, size: int = 11, colour: str = INK, *, bold: bool = False, more: str = "") -> str:
    return f"<TR>{_cell(text, size, bold=bold, colour=colour, more=more)}</TR>"


def _cell(text: str, size: int, *, bold: bool, colour: str = INK, more: str = "") -> str:
    words, width = escaped(text), ""
    if bold:
        words, width = f"<B>{words}</B>", f' WIDTH="{round(len(text) * size * BOLD_EM)}"'
    return f'<TD ALIGN="LEFT"{width}{more}><FONT POINT-SIZE="{size}" COLOR="{colour}">{words}</FONT></TD>'


def _table(rows: Iterable[str], attributes: str = 'CELLPADDING="1"') -> str:
    return f'<TABLE BORDER="0" CELLSPACING="0" {attributes}>{"".join(rows)}</TABLE>'


def _heading(picture: Picture) -> str:
    rows = [_row(picture.title, 16, bold=True)]
    if picture.alert:
        rows.append(_row(picture.alert, 13, "#FFFFFF", bold=True, more=f' BGCOLOR="{ALERT}"'))
    rows += [_row(line, 12) for line in picture.lines]
    return _table(rows, f'CELLPADDING="1" WIDTH="{HEADING_WIDTH}"')


def _frame(frame: Frame) -> str:
    return _table([_row(frame.title, 12, bold=True), *(_row(line, 11, SOFT) for line in frame.lines)])


# Boxes and lines


def _node(node: Node, beside: int) -> str:
    """Return a box, at least twice as wide as the text ``beside`` the line from its middle.

    Graphviz does not widen a frame for the text of a line: the box has to.
    """
    rows = [_row(node.title, 12, bold=True), *(_row(line) for line in node.lines)]
    border = "dashed" if node.kind == "outside" else "rounded"
    look = f'BORDER="1" STYLE="{border}" COLOR="{SOFT}" BGCOLOR="{FILLS[node.kind]}"'
    wide = f' WIDTH="{2 * beside}"' if beside else ""
    table = f'<TABLE {look} CELLBORDER="0" CELLPADDING="2"{wide}>{"".join(rows)}</TABLE>'
    return f"{quoted(node.id)} [label=<{table}>]"


def _edge(edge: Edge) -> str:
    letters = ((line, *_letters(at)) for at, line in enumerate(edge.lines))
    cells = (_cell(line, size, bold=bold) for line, size, bold in letters)
    label = _table(f"<TR>{GAP}{cell}{GAP}</TR>" for cell in cells)
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
        return f'color="{first}:white:{first}" {width}'
    return f'color="{first}" style={stroke.style} {width}'


# Legend


def _footer(picture: Picture) -> str:
    rows = [_legend_row(row) for row in picture.legend]
    rows += [f'<TR><TD></TD><TD ALIGN="LEFT">{escaped(note)}</TD></TR>' for note in picture.notes]
    return _table(rows, 'CELLPADDING="3"')


def _legend_row(row: LegendRow) -> str:
    return f'<TR><TD>{_sample(row.stroke)}</TD><TD ALIGN="LEFT">{escaped(row.text)}</TD></TR>'


def _sample(stroke: Stroke) -> str:
    """Return a stretch of the line, made of coloured cells."""
    tall = round(stroke.width)
    first, last = stroke.colours[0], stroke.colours[-1]
    if stroke.style == "double":
        rows = [_cells([(48, first)], 2), _cells([(48, "")], 2), _cells([(48, first)], 2)]
    elif stroke.style == "solid":
        rows = [_cells([(48, first)], tall)]
    else:
        on, off = (8, 4) if stroke.style == "dashed" else (2, 4)
        count = 48 // (on + off)
        dashes = [
            cell for at in range(count) for cell in ((on, first if at < count / 2 else last), (off, ""))
        ]
        rows = [_cells(dashes, tall)]
    return _table(rows, 'CELLPADDING="0"')


def _cells(cells: Iterable[tuple[int, str]], tall: int) -> str:
    fixed = f'HEIGHT="{tall}" FIXEDSIZE="TRUE"'
    made = [
        f'<TD WIDTH="{wide}" {fixed}' + (f' BGCOLOR="{ink}"' if ink else "") + "></TD>" for wide, ink in cells
    ]
    return f"<TR>{''.join(made)}</TR>"
