"""Every diagram of every shipped system: its numbers, its shape, its colours, and what --only leaves."""

from __future__ import annotations

import csv
import math
import os
import re
from collections import Counter
from functools import cache
from html import unescape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_draw import Word, graph_picture, words_of
from tests.helpers_fabric import fabric_of, shipped_catalog, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen import draw as drawing
from topogen.cli.draw_command import DIAGRAMS as COMMAND_DIAGRAMS
from topogen.draw import DIAGRAMS, draw, draw_graph, graphs_of, usual_diagrams
from topogen.draw.dot import to_dot
from topogen.draw.image import image_of
from topogen.draw.lettering import SMALLEST
from topogen.draw.picture import Picture, medium_ink
from topogen.draw.renderer import render
from topogen.draw.sheet import WIDTH
from topogen.draw.shown.part_pieces import SMALL_LAYERS, part_pieces
from topogen.errors import InputError
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.graph.contract import contract
from topogen.graph.selection import select
from topogen.load.files import shipped_names
from topogen.load.parse import parse_catalog
from topogen.load.reading import read
from topogen.palette import PRINT, SLIDE, family_of, shaded
from topogen.takeoff.roll_up import RollUp, roll_up
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.model.fabric import Fabric

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ONE_GPU = "r1/compute_tray0/superchip0/gpu0"
SHEETS = {"elevation", "floor", "tiers", "shape", "engines", "row", "rails"}
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
        "contrast",
        "dot",
        "furniture",
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
    for colours in (PRINT, SLIDE):
        rendered = render(to_dot(one, colours), "svg")
        assert rendered.image is not None, rendered.reason
        svg = rendered.image.decode("ascii")
        found = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
        assert found
        width, height = map(float, found.groups())
        assert 1 / 4 <= width / height <= 4
        assert width <= WIDTH
        check_words(words_of(svg))


def check_words(found: list[Word]) -> None:
    """Check that every text is large, inside its box in the widest font, and beside every other text."""
    for one in found:
        assert one.size >= SMALLEST, one.text
        if one.part != "edge":
            left, right = one.room
            assert left <= one.left, one.text
            assert one.right <= right, one.text
    lines = sorted(found, key=lambda one: (one.base, one.left))
    for number, one in enumerate(lines):
        for other in lines[number + 1 :]:
            if other.base - one.base >= 0.8 * other.size:
                break
            assert one.right <= other.left or other.right <= one.left, (one.text, other.text)


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
        ("gb300-nvl72-row", "tray", "r1/compute_tray0", None),
        ("rubin-ultra-nvl576", "links", "r1/switch_tray0/chip0", None),
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
    one = picture(name, "group")
    assert sum(edge.links for edge in one.edges) + inside(one) == fabric.n_links
    for edge in one.edges:
        assert edge.tail != edge.head
        assert not edge.links or edge.lines[0].startswith(f"{edge.links:,} x ")


def inside(one: Picture) -> int:
    """Return the links that begin and end in one box."""
    return sum(badge.links for node in one.nodes for badge in node.badges)


@pytest.mark.parametrize("diagram", ["tray", "rack"])
@pytest.mark.parametrize("name", shipped_names())
def test_the_lines_and_badges_of_a_place_diagram_are_all_links(name: str, diagram: str) -> None:
    fabric, _ = built(name)
    if can_be_drawn(fabric, diagram):
        one = picture(name, diagram)
        assert sum(edge.links for edge in one.edges) + inside(one) == fabric.n_links


@given(odd_fabrics())
@quick
def test_lines_and_badges_of_odd_fabrics_are_all_links(odd: Odd) -> None:
    rolled = roll_up(odd.fabric)
    for diagram in ("group", "tray"):
        one = graph_picture(odd.fabric, rolled, diagram)
        assert sum(edge.links for edge in one.edges) + inside(one) == odd.fabric.n_links
        assert {box for row in one.rows for box in row} == {node.id for node in one.nodes}


@pytest.mark.parametrize("name", shipped_names())
def test_up_is_up(name: str) -> None:
    fabric, _ = built(name)
    one = picture(name, "group")
    level = {box: len(one.rows) - number for number, row in enumerate(one.rows) for box in row}
    roles = {group.label: group.type.role for group in fabric.groups}
    compute = [level[label] for label, role in roles.items() if role not in ("switch", "ocs")]
    above = [level[label] for label, role in roles.items() if role in ("switch", "ocs")]
    assert max(compute, default=0) < min(above, default=len(one.rows) + 1)
    assert {level[label] for label, role in roles.items() if role == "gpu"} <= {max(compute, default=0)}
    for edge in one.edges:
        assert level[edge.tail] >= level[edge.head], edge
        if "switch" in (roles.get(edge.tail), roles.get(edge.head)) and edge.tail in roles:
            assert level[edge.tail] > level[edge.head] or {roles[edge.tail], roles[edge.head]} == {"switch"}


@pytest.mark.parametrize("name", shipped_names())
def test_every_square_of_the_group_diagram_is_explained(name: str) -> None:
    one = picture(name, "group")
    counted = {pieces.colour for node in one.nodes for pieces in node.pieces if pieces.is_counted}
    assert {key.colour for key in one.squares} == counted
    assert len({key.text for key in one.squares}) == len(one.squares)


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "scaleout-10368"])
def test_figures_stand_beside_the_highest_box_where_the_upper_left_is_empty(name: str) -> None:
    one = picture(name, "group")
    found = {
        " ".join(word.text.split()): word for word in words_of((image_of(one, "svg").image or b"").decode())
    }
    highest, lowest = (next(node for node in one.nodes if node.id == one.rows[at][0]) for at in (0, -1))
    for figure in one.figures:
        value = found[figure.value]
        assert value.part == "node"
        assert value.right < found[highest.title].left
        assert value.base < found[lowest.title].base


def test_scale_out_light_is_dashed_where_scale_up_light_is_not() -> None:
    one = picture("rubin-ultra-cpo-648", "tray")
    styles = {edge.tail: edge.stroke.style for edge in one.edges if edge.tail.startswith("outside")}
    assert styles == {"outside: peer racks": "double", "outside: leaf": "double_dashed"}
    samples = [row.sample for row in one.legend if not isinstance(row.sample, str)]
    assert {"double", "double_dashed"} <= {sample.style for sample in samples}


DASH_GAP = 2
"""Points between two dashes of Graphviz: a gap of so many is none."""


def test_a_line_that_passes_a_box_is_whole_and_its_ends_stand_inside_the_rack() -> None:
    svg = (image_of(picture("rubin-ultra-cpo-648", "tray"), "svg").image or b"").decode()
    edges = re.findall(r'class="edge">.*?</g>', svg, re.DOTALL)
    lines = [one.split(' d="')[1].split('"')[0] for one in edges if "<title>outside: leaf" in one]
    (first, second) = ([float(y) for y in re.findall(r",(-?[\d.]+)", line)] for line in lines)
    assert abs(first[-1] - second[0]) <= DASH_GAP
    (rack,) = (one for one in svg.split('class="cluster">')[1:] if "r1 (ultra)" in one.split("<path")[0])
    outline = rack.split(' d="')[1].split('"')[0]
    right = max(float(x) for x in re.findall(r"(-?[\d.]+),", outline))
    leaf = next(word for word in words_of(svg) if word.text == "outside: leaf")
    assert leaf.room[1] <= right


def test_gpus_are_joined_to_the_nics_in_their_tray() -> None:
    one = picture("scaleout-10368", "group")
    (near,) = [edge for edge in one.edges if not edge.links]
    assert (near.tail, near.head, near.tip) == ("gpu", "nic", "gpu and nic in the same compute_tray")


def test_the_boxes_and_notes_of_the_group_diagram_hold_the_bill() -> None:
    one = picture("nvl72-spread-4-racks", "group")
    assert one.notes == ()
    said = {edge.lines[1]: edge.lines[-1] for edge in one.edges if edge.links}
    assert said["nvlink_backplane"] == "2 nvlink_cartridge, 1 a rack"
    assert said["cpo_siph_3t2"] == "82 els8, 38 to 44 a rack"
    boxes = {node.title: [pieces.text for pieces in node.pieces] for node in one.nodes}
    assert boxes["72 x gpu"] == ["", "135 engine_3t2", "54 els8"]  # 27 in each of the racks without switches
    assert boxes["18 x nvswitch"] == ["", "135 engine_3t2"]


# What one light source darkens


@pytest.mark.parametrize(
    ("name", "scenario", "only", "said"),
    [
        ("q3450-cpo-switch", None, (), "scale-out ELS 0 of q3450_0 fails: 8 of 144 links lost"),
        (
            "nvl72-siphotonics",
            None,
            (f"{ONE_GPU}.nvl",),
            "scale-up ELS 0 of r1 fails: 16 of 18 links lost, at 1 GPU and 16 nvswitches",
        ),
        (
            "rubin-ultra-cpo-648",
            None,
            ("canister0/switch_tray0/chip0",),
            "scale-up ELS 0 of r1 fails: 16 of 36 optical links lost, at 1 chip",
        ),
        (
            "gb300-nvl72-row",
            "cpo",
            ("compute/leaf0",),
            "scale-out ELS 0 of compute/leaf0 fails: 8 of 144 links lost, at 8 NICs",
        ),
        (
            "rubin-ultra-nvl576",
            None,
            ("r1/switch_tray0/chip0",),
            "scale-up engine 0 of r1/switch_tray0/chip0 fails: 18 of 72 optical links lost",
        ),
        (
            "nvl72-optical",
            None,
            (ONE_GPU,),
            "scale-up cage 0 of r1/compute_tray0 fails: 4 of 21 optical links lost",
        ),
    ],
)
def test_what_goes_dark_together(name: str, scenario: str | None, only: tuple[str, ...], said: str) -> None:
    one = picture(name, "links", only, scenario)
    assert one.title == f"If {said}"
    links = int(re.findall(r"fails: (\d+) ", said)[0])
    cells = [cell for shelf in one.shelves for panel in shelf for row in panel.rows for cell in row]
    lost = [cell for cell in cells if cell.text.endswith((", lost", " links lost"))]
    counted = sum(int(cell.text.split()[0]) for cell in lost if cell.text.endswith(" links lost"))
    assert counted + sum(cell.text.endswith(", lost") for cell in lost) == links
    assert all(cell.kind == "dark" for cell in lost)
    ports = [cell for cell in cells if cell.kind == "dark" and PORT.fullmatch(cell.text)]
    assert len(ports) == links


PORT = re.compile(r"(?!ELS|engine|cage)[a-z0-9]+ \d+(, lost)?")


@pytest.mark.parametrize(
    ("name", "only"), [("q3450-cpo-switch", ()), ("rubin-ultra-cpo-648", ("canister0/switch_tray0/chip0",))]
)
def test_links_that_differ_in_nothing_stand_side_by_side_in_the_order_of_their_pieces(
    name: str, only: tuple[str, ...]
) -> None:
    grid = picture(name, "links", only).shelves[0][0]
    texts = [cell.text for row in grid.rows[1:] for cell in row]
    for stem in ("ELS", "engine", grid.rows[1][2].text.split()[0]):
        numbers = [int(text.split()[1]) for text in texts if text.startswith(f"{stem} ")]
        assert numbers == list(range(len(numbers)))
    assert all(sum(bool(cell.stroke) for cell in row) == 1 for row in grid.rows[1:])


@pytest.mark.parametrize(
    ("name", "only", "scenario"),
    [
        ("q3450-cpo-switch", (), None),
        ("gb300-nvl72-row", ("compute/leaf0.net[0-15]",), "cpo"),
        ("rubin-ultra-cpo-648", ("canister0/switch_tray0/chip0",), None),
        ("nvl72-siphotonics", (f"{ONE_GPU}.nvl",), None),
    ],
)
def test_links_of_one_device_are_wider_than_high_and_begin_at_one_edge(
    name: str, only: tuple[str, ...], scenario: str | None
) -> None:
    drawn = picture(name, "links", only, scenario)
    svg = image_of(drawn, "svg").image
    wide, high = size_of(svg)
    assert 1.2 <= wide / high <= 2.2
    found = {" ".join(one.text.split()): one.left for one in words_of((svg or b"").decode())}
    at = [found[" ".join(text.split())] for text in (drawn.title, drawn.shelves[0][0].title, drawn.footer)]
    assert max(at) - min(at) <= 5


def test_pieces_are_named_in_plain_words_before_their_parts() -> None:
    one = picture("q3450-cpo-switch", "links")
    assert one.lines[2:] == (
        "engine: 1.6T SiPho engine with fibre array, 8 x 200G (engine_1t6), numbered per device",
        "ELS: external light source of 8 lasers (els8), numbered per device",
    )
    assert [row.text for row in one.legend] == [
        "cpo_siph_1t6: optical engines next to the chip, DR",
        "lost with ELS 0 (external light source)",
    ]


def test_what_a_failure_cannot_reach_takes_a_row() -> None:
    chip = picture("rubin-ultra-cpo-648", "links", ("canister0/switch_tray0/chip0",))
    (aside,) = chip.shelves[1]
    assert aside.title == "Not affected: 36 copper links"
    assert [cell.text for cell in aside.rows[1]] == [
        "r1/canister0/switch_tray0/chip0",
        "down 0 to 35",
        "",
        "36 GPUs in r1/canister0",
    ]
    trays = picture("gb300-nvl72-row", "links", ("r1/compute_tray[0-1]",))
    (many,) = trays.shelves[-1]
    assert many.title == "Not affected: 152 copper links"
    assert [[cell.text for cell in row] for row in many.rows[1:]] == [
        ["8 GPUs", "8 ports", "", "4 CPUs in r1"],
        ["8 GPUs", "144 ports", "", "18 nvswitches in r1"],
    ]
    without = picture("gb200-nvl72", "links", (ONE_GPU,))
    rows = [row for shelf in without.shelves for panel in shelf for row in panel.rows]
    assert sum(any(cell.stroke for cell in row) for row in rows) == 19


def test_each_link_stands_beside_its_engine_and_light_source() -> None:
    one = picture("q3450-cpo-switch", "links")
    rows = [row for shelf in one.shelves for panel in shelf for row in panel.rows]
    text = [cell.text for row in rows for cell in row]
    assert sum(word.startswith("net ") for word in text) == 144
    assert sum(word.startswith("ELS ") for word in text) == 18
    assert sum(word.startswith("engine ") for word in text) == 72


@pytest.mark.parametrize(
    ("name", "only", "scenario"),
    [
        ("q3450-cpo-switch", (), None),
        ("scaleout-10368", ("compute/leaf0",), None),
        ("gb300-nvl72-row", ("compute/leaf0",), "cpo"),
        ("gb300-nvl72-row", ("r1/compute_tray[0-1]",), None),
        ("sn6800-cpo-switch", ("chip[2]",), None),
    ],
)
def test_many_links_fill_a_page_and_the_others_are_counted(
    name: str, only: tuple[str, ...], scenario: str | None
) -> None:
    fabric = shipped_fabric(name, scenario)
    one = picture(name, "links", only, scenario)
    wide, high = size_of(image_of(one, "svg").image)
    assert wide <= WIDTH
    assert high / wide <= 1.5  # an upright page of A4
    panels = [panel for shelf in one.shelves for panel in shelf]
    more = [panel for panel in panels if panel.title.startswith("and ")]
    counted = sum(int(row[0].text.split()[0]) for panel in more for row in panel.rows[1:])
    aside = [panel for panel in panels if panel.title.startswith("Not affected: ")]
    counted_aside = sum(int(panel.title.split()[2]) for panel in aside)
    one_by_one = [panel for panel in panels if panel not in [*more, *aside]]
    cells = [cell.text for panel in one_by_one for row in panel.rows for cell in row]
    drawn = sum(bool(PORT.fullmatch(text)) for text in cells)
    assert drawn + counted + counted_aside == (select(fabric, only).n_links if only else fabric.n_links)
    assert [panel.title.partition(" of ")[0] for panel in more] == [f"and {counted} more links"] * bool(
        counted
    )


def size_of(svg: bytes | None) -> tuple[float, float]:
    assert svg
    wide, high = re.findall(rb'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"', svg)[0]
    return float(wide), float(high)


def test_what_all_links_of_a_column_share_stands_above_it() -> None:
    one = picture("q3450-cpo-switch", "links")
    assert one.lines[1] == "144 x 800G cpo_siph_1t6 (ports)  |  far end: any DR port (not modelled)"
    assert all("far end" not in cell.text for panel in one.shelves[0] for cell in panel.rows[0])
    leaf = picture("gb300-nvl72-row", "links", ("compute/leaf0.net[0-15]",), "cpo")
    first, second = leaf.shelves[0]
    assert first.lines == ("far-end optics: module in cage 0",)
    assert not second.lines
    assert [cell.text for cell in second.rows[0]] == ["ELS", "engine", "port", "", "far end in r1", "length"]
    assert second.rows[1][4].text == "compute_tray8/nic0 net 0"


def test_of_too_many_links_those_of_one_device_are_drawn_with_a_warning() -> None:
    golden = HERE / "W801.txt"
    drawn = draw(*built("rubin-ultra-nvl576"), "links")
    text = "\n".join(map(str, drawn.warnings)) + "\n"
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert drawn.diagram == "links"
    assert isinstance(drawn.picture, Picture)
    assert drawn.picture.shelves
    chosen = draw(*built("rubin-ultra-nvl576"), "links", ["r1"])
    assert (chosen.diagram, len(chosen.warnings)) == ("rack", 1)


def test_the_hint_of_the_warning_can_be_followed() -> None:
    fabric, rolled = built("rubin-ultra-nvl576")
    (warning,) = draw(fabric, rolled, "links", ["r1"]).warnings
    only = warning.hint.split("--only ")[1]
    assert draw(fabric, rolled, "links", (only,)).warnings == ()


# --only


def test_only_keeps_what_is_picked_and_what_it_is_linked_to() -> None:
    one = picture("gb300-nvl72-row", "rack", ("r1/nic[0]",))
    assert [node.title for node in one.nodes] == ["r1 (nvl72)", "net1 (net_rack)"]
    (edge,) = one.edges
    assert edge.lines[0] == "18 x 800G"
    assert one.title == "18 links of r1/nic[0]"
    assert "only r1/nic[0]: 18 NICs  |  18 links" in one.lines


def test_only_takes_a_port_and_a_union() -> None:
    one = picture("gb200-nvl72", "group", (f"{ONE_GPU}.nvl[0-3]", "cpu"))
    assert [edge.lines[:2] for edge in one.edges] == [
        ("4 x 400G", "nvlink_backplane"),
        ("72 x 1.8T", "pcb (copper)"),
    ]


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


def test_a_medium_has_the_hue_of_its_family_and_one_colour_in_every_diagram() -> None:
    media = parse_catalog([list(shipped_catalog())]).media
    for name in shipped_names():
        for diagram in ("group", "tray"):
            for row in picture(name, diagram).legend:
                medium = media.get(row.text.split(":")[0])
                if medium and not isinstance(row.sample, str):
                    assert row.sample.inks == (medium_ink(medium),)
                    assert row.sample.inks[0][0] == family_of(medium)


@pytest.mark.parametrize("colours", [PRINT, SLIDE])
def test_no_copper_has_the_colour_of_switches(colours: Mapping[str, str]) -> None:
    media = parse_catalog([list(shipped_catalog())]).media
    copper = [medium_ink(medium) for medium in media.values() if medium.kind == "copper"]
    assert copper
    for family, shade in copper:
        drawn = shaded(colours[family], shade)
        assert between(drawn, colours["switch"]) > between(drawn, colours["copper"])
        assert between(drawn, colours["switch"]) > 60


def between(one: str, other: str) -> float:
    """Return how far apart two colours are in red, green and blue."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return math.dist(*zip(*pairs, strict=True))


def test_a_medium_of_the_user_has_the_hue_of_its_kind() -> None:
    one = graph_picture(
        fabric_of(
            "devices: {gpu: {role: gpu, ports: {n: {count: 1, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
            "instances: {gpu: 2}\n"
            "links: {x: {network: scale_up, a: gpu.n, pattern: external, to: beyond, medium: braid}}\n"
            "catalog: {media: {braid: {kind: copper}}}\n"
        ),
        diagram="group",
    )
    assert [edge.stroke.inks[0][0] for edge in one.edges] == ["copper"]


def test_unknown_light_sources_are_a_gap_and_not_zero() -> None:
    assert "light sources of the engines: unknown" in picture("rubin-ultra-nvl576", "rack").notes


def test_a_network_without_parts_is_not_costed() -> None:
    assert (
        "interconnect: not costed (no parts in the catalog)" in picture("slingshot-dragonfly", "group").notes
    )


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
    shown = picture(name, usual_diagrams(built(name)[0])[-1]).alert.strip()
    assert shown.startswith(alert)
    assert bool(shown) == bool(alert)


@pytest.mark.parametrize("diagram", ["tray", "rack"])
@pytest.mark.parametrize("name", ["scaleout-10368", "scaleout-32768", "scaleout-131072", "mrc-131072"])
def test_a_large_hall_has_a_box_for_each_kind_of_place(name: str, diagram: str) -> None:
    fabric, rolled = built(name)
    if not can_be_drawn(fabric, diagram):
        return
    drawn = draw(fabric, rolled, diagram)
    assert (drawn.diagram, drawn.warnings) == (diagram, ())
    assert isinstance(drawn.picture, Picture)
    links = [edge.links for edge in drawn.picture.edges]
    links += [badge.links for node in drawn.picture.nodes for badge in node.badges]
    assert sum(links) == fabric.n_links
    assert draw_graph(fabric, rolled).warnings == ()


def test_racks_of_several_types_say_how_many_types_they_are() -> None:
    (leaves,) = (
        node for node in picture("scaleout-10368", "rack").nodes if node.title.startswith("18 racks")
    )
    assert leaves.title == "18 racks of 9 types"
    assert leaves.lines[0] == "middle_of_row_a0,"
    assert [one.text for one in leaves.pieces] == ["144 compute/leaf in all", "10,368 osfp_1t6_2xdr4 in all"]


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "rubin-ultra-cpo-648", "scaleout-10368"])
@pytest.mark.parametrize("diagram", ["group", "tray", "rack"])
def test_all_that_is_drawn_has_its_own_key_and_tip_in_the_image(name: str, diagram: str) -> None:
    if not can_be_drawn(built(name)[0], diagram):
        return
    one = picture(name, diagram)
    svg = (image_of(one, "svg").image or b"").decode()
    drawn = (
        ("node", one.nodes),
        ("cluster", one.frames),
        ("edge", [edge for edge in one.edges if edge.links]),
    )
    for kind, marks in drawn:
        keys = [unescape(key) for key in re.findall(rf'<g data-key="([^"]*)" class="{kind}"', svg)]
        assert sorted(keys) == sorted(mark.key for mark in marks)
        assert all(keys)
        tips = {unescape(tip) for tip in re.findall(r'xlink:title="([^"]*)"', svg)}
        assert {mark.tip for mark in marks} <= tips
    assert "key:" not in svg


@pytest.mark.parametrize("name", shipped_names())
def test_the_keys_of_boxes_find_what_the_boxes_hold(name: str) -> None:
    fabric, _ = built(name)
    groups = {link.name for link in fabric.links}
    labels = {group.label for group in fabric.groups}
    for one in (
        picture(name, diagram) for diagram in ("group", "tray", "rack") if can_be_drawn(fabric, diagram)
    ):
        joined = {edge.key.partition("; ")[0] for edge in one.edges if edge.key}
        names = [{*node.key.replace("; ", " | ").split(" | ")} for node in one.nodes]
        assert all(found <= {*fabric.catalog.parts} | groups | labels for found in names)
        assert joined <= {name for found in names for name in found}


def test_a_box_says_what_it_holds_and_what_that_costs() -> None:
    nodes = {node.id: node for node in picture("gb300-nvl72-row", "rack").nodes}
    tip = nodes["r1"].tip.split("\n")
    assert tip[0] == "r1"
    assert tip[1].startswith("72 gpu, 72 of 288 b200, ")
    assert tip[1].endswith("USD 38,000 (30,000 to 50,000) each")
    assert any(line.startswith("4 of 16 nvlink_cartridge, ") for line in tip)
    parts, labels, groups = nodes["net1"].key.split("; ")
    assert parts == "q3400_ra | osfp_1t6_2xdr4"
    assert labels == "compute/leaf | compute/spine"
    assert groups == "compute/hosts | compute/leaf_spine"


def test_the_tip_of_a_frame_has_all_that_its_boxes_and_the_frame_hold() -> None:
    one = picture("rubin-ultra-cpo-648", "tray")
    fabric, rolled = built("rubin-ultra-cpo-648")
    outer = [frame for frame in one.frames if not frame.parent]
    for part in ("engine_3t2", "els8"):
        total = sum(line.qty for line in rolled.lines if line.part == part)
        shown = [line for frame in outer for line in frame.tip.split("\n") if f" {part}, " in line]
        assert len(shown) == 1
        assert shown[0].startswith(f"{format_count(total)} {part}, "), (shown, fabric.name)


def test_ports_and_cages_are_named_as_the_schedule_has_them() -> None:
    done = read("docs/examples/box_panel.yaml", None, (), strict=False)
    one = draw(done.fabric, done.rollup, "links", ["net/leaf1/chip1"]).picture
    assert isinstance(one, Picture)
    cells = [cell.text for shelf in one.shelves for panel in shelf for row in panel.rows for cell in row]
    options = Options(columns="full")
    text = b"".join(export_bytes("cable_schedule.csv", done.fabric, done.rollup, options)).decode()
    ends = {
        (row[f"{side}_cage"], row[f"{side}_port_name"])
        for row in csv.DictReader(StringIO(text))
        for side in "ab"
        if row[f"{side}_device"] == "net/leaf1/chip1"
    }
    assert len(ends) == 36
    assert {port for _, port in ends} == {
        text.removesuffix(", lost") for text in cells if text.startswith("sw")
    }
    assert {f"cage {cage}" for cage, _ in ends} == {text for text in cells if text.startswith("cage ")}


TWO_COPPERS = """
devices:
  nic: {role: nic, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 1, box: 2}
links:
  near: {network: scale_out, pattern: full_mesh, a: "nic.net[0]", b: "box[0].net[0]", medium: dac}
  far: {network: scale_out, pattern: full_mesh, a: "nic.net[1]", b: "box[1].net[0]", medium: acc}
"""


def test_media_that_look_alike_are_all_in_the_legend_of_links() -> None:
    fabric = fabric_of(TWO_COPPERS, shipped=True)
    one = draw(fabric, roll_up(fabric), "links").picture
    assert isinstance(one, Picture)
    assert [row.text for row in one.legend] == ["dac: copper; acc: copper"]


# Hints


@pytest.mark.parametrize("name", shipped_names())
def test_a_diagram_that_there_is_not_names_one_that_there_is(name: str) -> None:
    fabric, rolled = built(name)
    for diagram in DIAGRAMS:
        try:
            draw(fabric, rolled, diagram)
        except InputError as refused:
            (problem,) = refused.problems
            other, *only = re.findall(r"--(?:diagram|only) ([^\s;]+)", problem.hint)
            drawn = draw(fabric, rolled, other)
            assert (drawn.diagram, drawn.warnings) == (other, ())
            for place in only:
                assert draw(fabric, rolled, diagram, [place]).diagram == diagram


@pytest.mark.parametrize("name", shipped_names())
def test_the_diagrams_that_there_is_dot_of_are_written_as_dot(name: str) -> None:
    fabric, rolled = built(name)
    graphs = graphs_of(fabric, rolled)
    assert "group" in graphs
    for diagram in graphs:
        drawn = draw(fabric, rolled, diagram)
        dot = image_of(drawn.picture, "dot").image
        assert (drawn.diagram, drawn.warnings) == (diagram, ())
        assert dot
        assert dot.startswith(b"graph ")


def test_switches_that_no_host_is_linked_to_are_drawn_without_tiers() -> None:
    assert draw(*built("h100-superpod"), only=["compute/spine"]).diagram == "tray"
    with pytest.raises(InputError, match="E695: compute/spine of h100-superpod has no hosts below the tiers"):
        draw(*built("h100-superpod"), "tiers", ["compute/spine"])
