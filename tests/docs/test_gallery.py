"""The gallery: every shipped topology with its file, picture and bill side by side, made from real runs."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.draw import DIAGRAMS
from topogen.draw.dot import to_dot
from topogen.draw.render import render_svg
from topogen.files import shipped_names
from topogen.report.terminal import money
from topogen.rollup import roll_up
from topogen.units import format_count, format_length

if TYPE_CHECKING:
    from topogen.fabric import Fabric
    from topogen.rollup import BomLine

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "gallery.md"
REWRITE = bool(os.environ.get("TOPOGEN_REWRITE"))
HEAD = """# Gallery

Every topology that comes with topogen, as its file stands: the file, its picture, its bill. Quantities are as
modelled, prices base; hosts are listed and not summed. Made by `topogen build`, kept fresh by a test.
"""
BILL = ("| part | quantity | length | unit USD | extended USD |", "|---|--:|--:|--:|--:|")
NO_BILL = "No bill: links are counted, and no part of them is in the catalog."


@cache
def built(name: str) -> Fabric:
    return shipped_fabric(name)


def row(line: BomLine) -> str:
    """Return a line of the bill as a table row."""
    length = format_length(line.length_mm) if line.length_mm is not None else ""
    unit = money(line.unit.base) if line.unit else "unknown"
    total = money(line.extended.base) if line.extended else ""
    return f"| {line.part} | {format_count(line.qty)} | {length} | {unit} | {total} |"


def section(name: str) -> str:
    """Return what the page says of one topology."""
    fabric = built(name)
    lines = roll_up(fabric).lines
    bill = "\n".join([*BILL, *map(row, lines)]) if lines else NO_BILL
    return f"""
## {name}

{fabric.spec.title}, {fabric.spec.status}. File: [`topologies/{name}.yaml`](../topologies/{name}.yaml)

![{fabric.spec.title}](images/{name}.svg)

{bill}
"""


def test_the_page_shows_every_topology_as_it_comes_out() -> None:
    text = HEAD + "".join(section(name) for name in shipped_names())
    if REWRITE:
        PAGE.write_text(text)
    assert PAGE.read_text() == text


@pytest.mark.parametrize("name", shipped_names())
def test_each_picture_is_the_one_that_is_drawn(name: str) -> None:
    fabric = built(name)
    drawn = render_svg(to_dot(DIAGRAMS["contracted"](fabric, roll_up(fabric)))).svg
    assert drawn is not None
    picture = DOCS / "images" / f"{name}.svg"
    if REWRITE:
        picture.write_bytes(drawn)
    assert picture.read_bytes() == drawn


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in (DOCS / "images").glob("*.svg")} == set(shipped_names())
