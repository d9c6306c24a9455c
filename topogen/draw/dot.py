"""A picture as DOT, the text that Graphviz lays out: ASCII only, the same bytes for the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.draw.picture import Edge, Frame, LegendRow, Node, Picture, Stroke

FONT = "Helvetica"  # Graphviz knows its widths; the SVG asks for the viewer's sans-serif after it
FILLS = {"compute": "#E3EEF9", "switch": "#FBEBD8", "mixed": "#E9F3E6", "outside": "#F4F4F4"}
INK, SOFT, ALERT = "#1A1A1A", "#555555", "#B00020"

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
    yield from (f"  {_edge(edge)}" for edge in picture.edges)
    yield "}"


def _inside(picture: Picture, frame: str, indent: str) -> Iterator[str]:
    """Yield the boxes and frames that stand directly in a frame."""
    yield from (indent + _node(node) for node in picture.nodes if node.frame == frame)
    for inner in (inner for inner in picture.frames if inner.parent == frame):
        yield f"{indent}subgraph {quoted('cluster_' + inner.id)} {{"
        yield f'{indent}  style="rounded" color="{SOFT}" labelloc=t margin=14 label=<{_frame(inner)}>'
        yield from _inside(picture, inner.id, indent + "  ")
        yield f"{indent}}}"


# Text


def quoted(text: str) -> str:
    """Return an id or plain string of DOT, whatever it holds.

    >>> print(quoted('say "no"'))
    "say \\"no\\""
    """
    plain = text.encode("ascii", "xmlcharrefreplace").decode()
    plain = plain.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(plain.split()) + '"'


def escaped(text: str) -> str:
    """Return text for an HTML-like label, in ASCII.

    >>> escaped("A<B & \\u00b5")
    'A&lt;B &amp; &#181;'
    """
    plain = "".join(char if char.isprintable() else " " for char in text)
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(char, name)
    return plain.encode("ascii", "xmlcharrefreplace").decode()


def _row(text: str, size: int = 11, colour: str = INK, *, bold: bool = False, more: str = "") -> str:
    words = f"<B>{escaped(text)}</B>" if bold else escaped(text)
    return f'<TR><TD ALIGN="LEFT"{more}><FONT POINT-SIZE="{size}" COLOR="{colour}">{words}</FONT></TD></TR>'


def _table(rows: Iterable[str], attributes: str = 'CELLPADDING="1"') -> str:
    return f'<TABLE BORDER="0" CELLSPACING="0" {attributes}>{"".join(rows)}</TABLE>'


def _heading(picture: Picture) -> str:
    rows = [_row(picture.title, 16, bold=True)]
    if picture.alert:
        rows.append(_row(picture.alert, 13, "#FFFFFF", bold=True, more=f' BGCOLOR="{ALERT}"'))
    return _table([*rows, *(_row(line, 12) for line in picture.lines)])


def _frame(frame: Frame) -> str:
    return _table([_row(frame.title, 12, bold=True), *(_row(line, 11, SOFT) for line in frame.lines)])


# Boxes and lines


def _node(node: Node) -> str:
    rows = [_row(node.title, 12, bold=True), *(_row(line) for line in node.lines)]
    border = ' STYLE="dashed"' if node.kind == "outside" else ' STYLE="rounded"'
    box = f'BORDER="1" COLOR="{SOFT}" BGCOLOR="{FILLS[node.kind]}" CELLBORDER="0" CELLPADDING="2"{border}'
    return f"{quoted(node.id)} [label=<<TABLE {box}>{''.join(rows)}</TABLE>>]"


def _edge(edge: Edge) -> str:
    label = _table([_row(line, 11 if not at else 10, bold=not at) for at, line in enumerate(edge.lines)])
    gap = f" minlen={edge.rank_gap}" if edge.rank_gap > 1 else ""
    return f"{quoted(edge.tail)} -- {quoted(edge.head)} [{_stroke(edge.stroke)}{gap} label=<{label}>]"


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
    tall = max(2, round(stroke.width))
    first, last = stroke.colours[0], stroke.colours[-1]
    if stroke.style == "double":
        rows = [_cells([(48, first)], 2), _cells([(48, "")], 2), _cells([(48, first)], 2)]
    elif stroke.style == "solid":
        rows = [_cells([(24, first), (24, last)], tall)]
    else:
        on, off = (8, 4) if stroke.style == "dashed" else (2, 4)
        count = 48 // (on + off)
        dashes = [
            cell
            for at in range(count)
            for cell in ((on, first if at < count / 2 else last), (off, ""))
        ]
        rows = [_cells(dashes, tall)]
    return _table(rows, 'CELLPADDING="0"')


def _cells(cells: Iterable[tuple[int, str]], tall: int) -> str:
    fixed = f'HEIGHT="{tall}" FIXEDSIZE="TRUE"'
    made = [f'<TD WIDTH="{wide}" {fixed}' + (f' BGCOLOR="{ink}"' if ink else "") + "></TD>" for wide, ink in cells]
    return f"<TR>{''.join(made)}</TR>"
