"""Pictures of fabrics for tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from topogen.draw import draw
from topogen.draw.lettering import width_of
from topogen.draw.picture import Picture
from topogen.draw.sheet import Label, Sheet
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from topogen.model.fabric import Fabric


def graph_picture(
    fabric: Fabric, rolled: RollUp | None = None, diagram: str | None = None, only: Sequence[str] = ()
) -> Picture:
    """Return a diagram that Graphviz lays out, by racks where there are several."""
    usual = "rack" if len(fabric.sites.racks) > 1 else "tray"
    picture = draw(fabric, rolled or roll_up(fabric), diagram or usual, only).picture
    assert isinstance(picture, Picture)
    return picture


def tiers_of(fabric: Fabric, only: Sequence[str] = ()) -> Sheet:
    """Return the tiers of a fabric."""
    sheet = draw(fabric, roll_up(fabric), "tiers", only).picture
    assert isinstance(sheet, Sheet)
    return sheet


def texts_of(sheet: Sheet) -> set[str]:
    """Return the texts on a sheet, without those of its heading, figures, legend and footer."""
    return {one.text for one in sheet.marks if isinstance(one, Label)}


class Word(NamedTuple):
    """A text of a drawing of Graphviz, as wide as it gets in the widest font, and the part it belongs to."""

    text: str
    left: float
    right: float
    base: float
    size: float
    part: str
    boxes: tuple[tuple[float, float, float, float], ...]

    @property
    def room(self) -> tuple[float, float]:
        """Return left and right of the smallest box around the text."""
        around = [
            (right - left, left, right)
            for left, top, right, bottom in self.boxes
            if left <= self.left <= right and top <= self.base <= bottom
        ]
        _, left, right = min(around)
        return left, right


def words_of(svg: str) -> list[Word]:
    """Return the texts of a drawing of Graphviz."""
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    found = []
    page = next(_bounds(one) for one in root.iter(f"{SVG}polygon"))
    for part in root.iter(f"{SVG}g"):
        kind = part.get("class", "")
        if kind:
            boxes = (page, *(_bounds(one) for one in _own(part) if one.tag.rpartition("}")[2] in SHAPES))
            texts = [one for one in _own(part) if one.tag == f"{SVG}text"]
            found += [_word(one, kind, boxes) for one in texts]
    return found


SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ("polygon", "path")


def _own(part: Element) -> Iterator[Element]:
    """Yield what is drawn in a part, but not in the parts inside it."""
    for one in part:
        if one.get("class"):
            continue
        yield one
        yield from _own(one)


def _bounds(shape: Element) -> tuple[float, float, float, float]:
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
    across, down = numbers[::2], numbers[1::2]
    return min(across), min(down), max(across), max(down)


def _word(one: Element, part: str, boxes: tuple[tuple[float, float, float, float], ...]) -> Word:
    text, size = one.text or "", float(one.get("font-size", "0"))
    width = width_of(text, size, bold=one.get("font-weight") == "bold")
    left = float(one.get("x", "0")) - {"start": 0, "middle": width / 2}[one.get("text-anchor", "start")]
    return Word(text, left, left + width, float(one.get("y", "0")), size, part, boxes)
