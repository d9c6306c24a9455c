"""The gallery: every shipped topology with its file, picture and BOM, made from real runs."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.draw import draw
from topogen.draw.image import image_of
from topogen.load.files import shipped_names
from topogen.report.table import money
from topogen.takeoff.roll_up import roll_up
from topogen.units import format_count, format_length

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "gallery.md"
REWRITE = bool(os.environ.get("TOPOGEN_REWRITE"))
HEAD = """# Gallery

Every topology that comes with topogen: its file, its drawing, its bill of materials, and for some a closer
look. Quantities are as modelled, prices are base prices; hosts are listed but not included in totals. Each
medium has the same colour in every drawing. This page is generated with `topogen build` and `topogen draw`,
and a test keeps it up to date.
"""
BILL = ("| part | quantity | length | unit USD | extended USD |", "|---|--:|--:|--:|--:|")
NO_BILL = "No bill of materials: links are counted, but the catalog has no parts for them."
MOST_BYTES = 400_000


class Look(NamedTuple):
    """A further picture of a system, and what it shows."""

    caption: str
    diagram: str
    only: str = ""
    scenario: str | None = None

    def file(self, name: str) -> str:
        """Return the name of its image."""
        return "-".join(word for word in (name, self.scenario, self.diagram) if word) + ".svg"

    def command(self, name: str) -> str:
        """Return the words that draw it."""
        scenario = f" --scenario {self.scenario}" if self.scenario else ""
        only = f" --only '{self.only}'" if self.only else ""
        return f"topogen draw {name} --diagram {self.diagram}{only}{scenario}"


LOOKS = {
    "cpo-switch-bom": [Look("The same ports with co-packaged engines", "engines", scenario="cpo")],
    "gb200-nvl72": [Look("Trays and what joins them", "tray")],
    "gb300-nvl72-row": [
        Look("Both networks, one box per device type", "group"),
        Look("The row to scale: links between its racks, and how far copper reaches", "floor"),
        Look("Sixteen ports of a leaf with co-packaged optics", "links", "compute/leaf0.net[0-15]", "cpo"),
    ],
    "nvl72-siphotonics": [
        Look(
            "One GPU: engine and light source of each link",
            "links",
            "r1/compute_tray0/superchip0/gpu0.nvl",
        )
    ],
    "scaleout-10368": [
        Look("The hall to scale: links between its rows, and how far copper reaches", "floor")
    ],
    "rail-only-32768": [Look("GPU k of every domain meets on leaf k: a dot for each link", "rails")],
    "scale-up-domain": [
        Look("1,152 packages on two tiers, the upper one in light", "tiers", scenario="gpus-1152")
    ],
    "transceivers-per-gpu": [Look("Three tiers: six modules per GPU", "tiers", scenario="data-centre")],
    "world-size": [Look("1,152 packages in one domain", "tiers", scenario="gpus-1152")],
    "nvl72-spread-4-racks": [Look("Rack elevation: trays, engines and light sources", "elevation")],
    "q3450-cpo-switch": [
        Look("Every port, engine and light source, and which links fail with one of them", "links")
    ],
    "rubin-ultra-cpo-648": [
        Look("Canisters and what joins them", "tray"),
        Look("One chip: which links fail with one light source", "links", "canister0/switch_tray0/chip0"),
    ],
    "rubin-ultra-nvl576": [Look("One of the eight racks", "elevation", "r1")],
}


@cache
def built(name: str, scenario: str | None = None) -> Fabric:
    return shipped_fabric(name, scenario)


def image(name: str, look: Look | None = None) -> bytes:
    """Return the usual picture of a system, or a closer look."""
    fabric = built(name, look.scenario if look else None)
    diagram, only = (look.diagram, (look.only,) if look.only else ()) if look else (None, ())
    drawn = draw(fabric, roll_up(fabric), diagram, only)
    assert drawn.warnings == ()
    made = image_of(drawn.picture, "svg")
    assert made.image is not None, made.reason
    return made.image


def closer(name: str, look: Look) -> str:
    """Return what the page says of a closer look."""
    return f"""
{look.caption}: `{look.command(name)}`

![{look.caption}](images/{look.file(name)})
"""


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
{"".join(closer(name, look) for look in LOOKS.get(name, ()))}"""


def test_the_page_shows_every_topology_as_it_comes_out() -> None:
    text = HEAD + "".join(section(name) for name in shipped_names())
    if REWRITE:
        PAGE.write_text(text)
    assert PAGE.read_text() == text


@pytest.mark.parametrize(
    ("name", "look"),
    [(name, look) for name in shipped_names() for look in (None, *LOOKS.get(name, ()))],
    ids=lambda value: value if isinstance(value, str) else value.diagram if value else "usual",
)
def test_each_picture_is_the_one_that_is_drawn(name: str, look: Look | None) -> None:
    drawn = image(name, look)
    picture = DOCS / "images" / (look.file(name) if look else f"{name}.svg")
    if REWRITE:
        picture.write_bytes(drawn)
    assert picture.read_bytes() == drawn
    assert len(drawn) < MOST_BYTES


def test_no_picture_is_left_over() -> None:
    looks = {look.file(name) for name, looks in LOOKS.items() for look in looks}
    assert {path.name for path in (DOCS / "images").glob("*.svg")} == looks | {
        f"{name}.svg" for name in shipped_names()
    }
