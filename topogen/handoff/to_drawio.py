"""draw.io: boxes in rows, GPUs at the bottom, and lines that stay attached when a box is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from topogen.handoff.outline import Box, Outline

WIDTH_PER_CHARACTER, HEIGHT_PER_LINE, MARGIN = 7, 16, 20
GAP, GAP_OF_ROWS = 40, 120
"""All in pixels at 12 points."""

BOX = "rounded=1;whiteSpace=wrap;fontSize=12;fontColor=#1A1A1A;fillColor={0};fillOpacity=25;strokeColor={0};"
LINE = "endArrow=none;fontSize=11;strokeWidth=2;strokeColor={};"


def to_drawio(outline: Outline) -> bytes:
    """Return an outline as an uncompressed file of draw.io."""
    file = ET.Element("mxfile", host="topogen")
    page = ET.SubElement(file, "diagram", id="topogen", name=outline.title)
    root = ET.SubElement(ET.SubElement(page, "mxGraphModel", grid="1", gridSize="10", page="0"), "root")
    ET.SubElement(root, "mxCell", id="0")
    ET.SubElement(root, "mxCell", {"id": "1", "parent": "0"})
    places = _places(outline.boxes)
    for number, (box, (x, y)) in enumerate(zip(outline.boxes, places, strict=True)):
        style = BOX.format(box.colour)
        cell = _cell(root, f"box{number}", box.text, style, vertex="1")
        width, height = _size(box)
        area = {"x": x, "y": y, "width": width, "height": height}
        _geometry(cell, **{name: str(value) for name, value in area.items()})
    for number, line in enumerate(outline.lines):
        ends = {"source": f"box{line.upper}", "target": f"box{line.lower}"}
        cell = _cell(root, f"line{number}", line.text, LINE.format(line.colour), edge="1", **ends)
        _geometry(cell, relative="1")
    text: str = ET.tostring(file, encoding="unicode")
    return f"{text}\n".encode()


def _cell(root: ET.Element, number: str, value: str, style: str, **more: str) -> ET.Element:
    own = {"id": number, "value": value, "style": style, "parent": "1"}
    return ET.SubElement(root, "mxCell", own | more)


def _geometry(cell: ET.Element, **values: str) -> None:
    ET.SubElement(cell, "mxGeometry", values | {"as": "geometry"})


def _size(box: Box) -> tuple[int, int]:
    """Return width and height of a box that its text fits into."""
    lines = box.text.split("\n")
    return max(map(len, lines)) * WIDTH_PER_CHARACTER + MARGIN, len(lines) * HEIGHT_PER_LINE + MARGIN


def _places(boxes: tuple[Box, ...]) -> list[tuple[int, int]]:
    """Return where the upper left corner of each box is: by centred rows, row 0 at the bottom."""
    sizes = [_size(box) for box in boxes]
    rows: dict[int, list[int]] = {}
    for number, box in enumerate(boxes):
        rows.setdefault(box.row, []).append(number)
    lengths = {row: sum(sizes[one][0] + GAP for one in members) - GAP for row, members in rows.items()}
    widest = max(lengths.values(), default=0)
    places = [(0, 0)] * len(boxes)
    y = 0
    for row in sorted(rows, reverse=True):
        x = (widest - lengths[row]) // 2
        for one in rows[row]:
            places[one] = (x, y)
            x += sizes[one][0] + GAP
        y += max(sizes[one][1] for one in rows[row]) + GAP_OF_ROWS
    return places
