"""Every diagram of every shipped system: its numbers, its shape, its colours, and what --only leaves."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_draw import graph_picture
from tests.helpers_fabric import shipped_catalog, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen import draw as drawing
from topogen.cli.draw_command import DIAGRAMS as COMMAND_DIAGRAMS
from topogen.draw import DIAGRAMS, draw, usual_diagram
from topogen.draw.dot import to_dot
from topogen.draw.image import image_of
from topogen.draw.picture import MEDIUM_COLOURS, Picture, medium_colour
from topogen.draw.renderer import render
from topogen.draw.shown.part_pieces import SMALL_LAYERS, part_pieces
from topogen.errors import InputError
from topogen.graph.contract import contract
from topogen.load.files import shipped_names
from topogen.load.parse import parse_catalog
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE_PX = 1200
LEAST_PX = 9
PX_A_POINT = 4 / 3
ONE_GPU = "r1/compute_tray00/superchip0/gpu0"
SHEETS = {"elevation", "floor", "tiers", "shape", "engines", "row"}
"""Diagrams that are sheets, tested elsewhere."""

GRAPHS = tuple(name for name in DIAGRAMS if name not in SHEETS)

SMALL = [
    ("gb200-nvl72", "group", ()),
    ("gb200-nvl72", "links", (ONE_GPU,)),
    ("nvl72-siphotonics", "links", (ONE_GPU,)),
    ("rubin-ultra-cpo-648", "rack", ("canister[0]",)),
]


@cache
def built(name: str, scenario: str | None = None) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name, scenario)
    return fabric, roll_up(fabric)


def picture(name: str, diagram: str, only: tuple[str, ...] = (), scenario: str | None = None) -> Picture:
    return graph_picture(*built(name, scenario), diagram, only)


def words(one: Picture) -> str:
    """Return the text of heading, legend and panels."""
    panels = [panel for shelf in one.shelves for panel in shelf]
    cells = [cell.text for panel in panels for row in panel.rows for cell in row]
    said = [line for panel in panels for line in (panel.title, *panel.lines)]
    return "\n".join([*one.lines, *said, *cells, *(row.text for row in one.legend)])


# The family


def test_the_registry_holds_what_the_folder_holds() -> None:
    folder = Path(drawing.__file__).parent
    rooms = {path.stem for path in folder.iterdir() if not path.stem.startswith("_")}
    drawn = {function.__module__.split(".")[2] for function in DIAGRAMS.values()}
    assert drawn == rooms - {
        "dot",
        "image",
        "lettering",
        "picture",
        "renderer",
        "sheet",
        "sheet_dot",
        "sheet_svg",
        "shown",
    }


def test_the_command_offers_every_diagram_and_the_docs_name_it() -> None:
    assert tuple(DIAGRAMS) == COMMAND_DIAGRAMS
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = readme.split("| `topogen draw NAME`")[1].split("\n")[0]
    page = (ROOT / "docs" / "drawings.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in row or f" {name}`" in row for name in DIAGRAMS)
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(DIAGRAMS)


@pytest.mark.parametrize(("name", "diagram", "only"), SMALL)
def test_golden_dot(name: str, diagram: str, only: tuple[str, ...]) -> None:
    golden = HERE / f"{name}-{diagram}{'-only' * bool(only)}.dot"
    dot = to_dot(picture(name, diagram, only))
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.write_bytes(dot.encode())
    assert dot == golden.read_text(encoding="ascii")


# Its shape


def check_shape(one: Picture) -> None:
    rendered = render(to_dot(one), "svg")
    assert rendered.image is not None, rendered.reason
    svg = rendered.image.decode("ascii")
    found = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert found
    width, height = (float(size) * PX_A_POINT for size in found.groups())
    smallest = min(map(float, re.findall(r'font-size="([\d.]+)"', svg))) * PX_A_POINT
    assert 1 / 4 <= width / height <= 4
    assert smallest * min(1, PAGE_PX / width) >= LEAST_PX


def can_be_drawn(fabric: Fabric, diagram: str) -> bool:
    return diagram != "rack" or bool(fabric.sites.racks)


@pytest.mark.parametrize("diagram", GRAPHS)
@pytest.mark.parametrize("name", shipped_names())
def test_every_picture_can_be_read_on_a_page(name: str, diagram: str) -> None:
    if can_be_drawn(built(name)[0], diagram):
        check_shape(picture(name, diagram))
    else:
        with pytest.raises(InputError, match='the level "rack"'):
            picture(name, diagram)


@pytest.mark.parametrize(
    ("name", "diagram", "only", "scenario"),
    [
        ("gb300-nvl72-row", "links", "compute/leaf0", "cpo"),
        ("gb300-nvl72-row", "tray", "r1/compute_tray00", None),
        ("rubin-ultra-nvl576", "links", "r1/switch_tray00/chip0", None),
        ("rubin-ultra-cpo-648", "links", "canister0/switch_tray0/chip0", None),
        ("rubin-ultra-cpo-648", "tray", "canister[0]", None),
        ("sn6800-cpo-switch", "links", "chip[2]", None),
    ],
)
def test_parts_of_a_system_can_be_read_on_a_page(
    name: str, diagram: str, only: str, scenario: str | None
) -> None:
    check_shape(picture(name, diagram, (only,), scenario))


@given(odd_fabrics())
@quick
def test_odd_fabrics_are_drawn_whole(odd: Odd) -> None:
    rolled = roll_up(odd.fabric)
    for diagram in GRAPHS:
        if can_be_drawn(odd.fabric, diagram):
            assert image_of(draw(odd.fabric, rolled, diagram).picture, "svg").image


# Its numbers


def bought(fabric: Fabric, rolled: RollUp) -> Counter[str]:
    """Return the modules, engines and light sources of the BOM, small parts left out."""
    found: Counter[str] = Counter()
    for row in rolled.quantities:
        if row.part and row.per in ("pool", "end"):
            small = fabric.catalog.parts[row.part].layer in SMALL_LAYERS
            found[row.part] += 0 if small else row.qty
    return +found


@pytest.mark.parametrize("name", shipped_names())
def test_the_parts_that_stand_somewhere_are_those_of_the_bill(name: str) -> None:
    fabric, rolled = built(name)
    for level in {place.level for place in fabric.places} | {"device"}:
        contraction = contract(fabric, level)
        found: Counter[str] = Counter()
        for one in part_pieces(fabric, contraction.node, contraction.n_nodes, rolled.quantities):
            found[one.part] += int(one.here.sum() + one.larger.sum())
        assert found == bought(fabric, rolled)


@given(odd_fabrics())
@quick
def test_in_odd_fabrics_too(odd: Odd) -> None:
    rolled = roll_up(odd.fabric)
    contraction = contract(odd.fabric, "device")
    parts = part_pieces(odd.fabric, contraction.node, contraction.n_nodes, rolled.quantities)
    assert sum(int(one.here.sum() + one.larger.sum()) for one in parts) == sum(
        bought(odd.fabric, rolled).values()
    )


@pytest.mark.parametrize("name", shipped_names())
def test_the_lines_of_the_group_diagram_are_all_links(name: str) -> None:
    fabric, _ = built(name)
    counts = [int(edge.lines[0].split()[0].replace(",", "")) for edge in picture(name, "group").edges]
    assert sum(counts) == fabric.n_links


def test_the_boxes_and_notes_of_the_group_diagram_hold_the_bill() -> None:
    one = picture("nvl72-spread-4-racks", "group")
    assert one.notes == (
        "shared by several device types: 2 nvlink_cartridge, counted per rack",
        "shared by several device types: 82 els8, counted per rack",
    )
    boxes = {node.title: node.lines[-1] for node in one.nodes}
    assert boxes["72 x gpu"] == "135 engine_3t2, 54 els8"  # 27 in each of the racks without switches
    assert boxes["18 x nvswitch"] == "135 engine_3t2"


# What one light source darkens


@pytest.mark.parametrize(
    ("name", "scenario", "only", "said"),
    [
        ("q3450-cpo-switch", None, (), "ELS 0 of q3450_0 (els8, scale_out) fails: 8 links go down (1 q3450)"),
        (
            "nvl72-siphotonics",
            None,
            (ONE_GPU,),
            "ELS 0 of r1 (els8, scale_up) fails: 16 links go down (1 gpu, 16 nvswitch)",
        ),
        (
            "rubin-ultra-cpo-648",
            None,
            ("canister0/switch_tray0/chip0",),
            "ELS 0 of r1 (els8, scale_up) fails: 16 links go down (1 chip)",
        ),
        (
            "gb300-nvl72-row",
            "cpo",
            ("compute/leaf0",),
            "ELS 0 of compute/leaf0 (els8, scale_out) fails: 8 links go down (8 nic, 1 compute/leaf)",
        ),
        (
            "rubin-ultra-nvl576",
            None,
            ("r1/switch_tray00/chip0",),
            "engine 0 of r1/switch_tray00/chip0 (engine_3t6, scale_up) fails: 18 links go down (3 chip)",
        ),
        (
            "nvl72-optical",
            None,
            (ONE_GPU,),
            (
                "cage 0 of r1/compute_tray00 (osfp_1t6_2xdr4, scale_up) fails: "
                "4 links go down (4 gpu, 1 nvswitch)"
            ),
        ),
    ],
)
def test_what_goes_dark_together(name: str, scenario: str | None, only: tuple[str, ...], said: str) -> None:
    one = picture(name, "links", only, scenario)
    assert f"if {said}" in one.lines
    links = int(re.findall(r"(\d+) link", said)[0])
    lines = [row for shelf in one.shelves for panel in shelf for row in panel.rows]
    dark = [row for row in lines if any(cell.stroke and cell.kind == "dark" for cell in row)]
    assert len(dark) == links


def test_each_link_is_a_row_with_engine_and_light_source() -> None:
    one = picture("q3450-cpo-switch", "links")
    rows = [row for shelf in one.shelves for panel in shelf for row in panel.rows]
    assert sum(any(cell.stroke for cell in row) for row in rows) == 144
    text = [cell.text for row in rows for cell in row]
    assert sum(word.startswith("ELS ") for word in text) == 18
    assert sum(word.startswith("engine ") for word in text) == 72


def test_too_many_links_are_drawn_merged_with_a_warning() -> None:
    golden = HERE / "W801.txt"
    drawn = draw(*built("rubin-ultra-nvl576"), "links")
    text = "\n".join(map(str, drawn.warnings)) + "\n"
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert drawn.diagram == "rack"


def test_the_hint_of_the_warning_can_be_followed() -> None:
    fabric, rolled = built("rubin-ultra-nvl576")
    (warning,) = draw(fabric, rolled, "links").warnings
    only = warning.hint.split("--only ")[1]
    assert draw(fabric, rolled, "links", (only,)).warnings == ()


# --only


def test_only_keeps_what_is_picked_and_what_it_is_linked_to() -> None:
    one = picture("gb300-nvl72-row", "rack", ("r1/nic[0]",))
    assert [node.title for node in one.nodes] == ["r1 (nvl72)", "net1 (net_rack)"]
    (edge,) = one.edges
    assert edge.lines[0] == "18 x 800G"
    assert "only r1/nic[0]: 18 nic  |  18 links" in one.lines


def test_only_takes_a_port_and_a_union() -> None:
    one = picture("gb200-nvl72", "group", (f"{ONE_GPU}.nvl[0-3]", "cpu"))
    assert [edge.lines[:2] for edge in one.edges] == [("4 x 400G", "nvlink_backplane"), ("72 x 1.8T", "pcb")]


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("gpus", 'E203 --only: "gpus" matches nothing\n    hint: did you mean "gpu"?'),
        ("r2", 'E203 --only: "r2" matches nothing'),
        ("gpu[72]", 'E203 --only: "gpu[72]": gpu[72] does not exist'),
        ("gpu.nvm", 'E203 --only: "gpu.nvm": none of these devices has a port "nvm"'),
        ("gpu.nvl.0", 'E109 --only: "gpu.nvl.0" is not a selector'),
        ("gpu[*]", 'E110 --only: "gpu[*]" has "*" in its brackets'),
    ],
)
def test_a_selector_that_names_nothing_is_refused(only: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        picture("gb200-nvl72", "tray", (only,))
    assert str(refused.value).startswith(said)


def test_all_wrong_selectors_are_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        picture("gb200-nvl72", "tray", ("gpus", "nics"))
    assert [problem.code for problem in refused.value.problems] == ["E203", "E203"]


# Its colours and its heading


def test_every_shipped_medium_has_a_colour_of_its_own() -> None:
    media = parse_catalog([list(shipped_catalog())]).media
    assert set(MEDIUM_COLOURS) == set(media)
    assert len(set(MEDIUM_COLOURS.values())) == len(MEDIUM_COLOURS)


def test_a_medium_has_one_colour_in_every_diagram_of_every_system() -> None:
    for name in shipped_names():
        for diagram in ("group", "tray"):
            one = picture(name, diagram)
            media = {row.text.split(":")[0]: row.sample for row in one.legend if ": " in row.text}
            for medium, sample in media.items():
                if medium in MEDIUM_COLOURS and not isinstance(sample, str):
                    assert sample.colours == (medium_colour(medium),)


def test_unknown_light_sources_are_a_gap_and_not_zero() -> None:
    assert "2,304 optical engines  |  ELS: unknown  |" in picture("rubin-ultra-nvl576", "rack").lines[1]


def test_lasers_inside_engines_are_counted() -> None:
    _, rolled = built("nvl72-vcsel")
    assert rolled.content["vcsel"] == 10_368
    assert "648 optical engines  |  10,368 lasers in engines  |" in picture("nvl72-vcsel", "tray").lines[1]


@pytest.mark.parametrize(
    ("name", "alert"),
    [
        ("gb200-nvl72", ""),
        ("kyber-nvl144", ""),
        ("nvl72-optical", "WHAT-IF"),
        ("rubin-ultra-cpo-648", "REPORTED"),
    ],
)
def test_only_what_is_not_sold_has_a_banner(name: str, alert: str) -> None:
    shown = picture(name, usual_diagram(built(name)[0])).alert.strip()
    assert shown.startswith(alert)
    assert bool(shown) == bool(alert)


def test_a_hall_that_cannot_be_read_rack_by_rack_is_drawn_by_kind() -> None:
    hall = built("scaleout-32768")
    usual, asked = draw(*hall), draw(*hall, "rack")
    assert (usual.diagram, usual.warnings) == ("group", ())
    assert asked.diagram == "group"
    assert [problem.code for problem in asked.warnings] == ["W801"]
    assert asked.picture == usual.picture
