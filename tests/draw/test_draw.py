"""The picture: what it says, that it can be read, and that it is made on any machine."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_draw import graph_picture, words_of
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import DIAGRAMS, draw, renderer
from topogen.draw.dot import escaped, quoted, to_dot
from topogen.draw.dot.heading import wrapped_alike
from topogen.draw.dot.samples import APART, scale_of, squares, squares_width
from topogen.draw.image import image_of
from topogen.draw.lettering import PAGE
from topogen.draw.picture import ATTACHED, MANY_PIECES, Edge, LegendRow, Node, Picture, stroke_of
from topogen.draw.renderer import RenderResult, bundled_command, render
from topogen.palette import PRINT, SLIDE
from topogen.takeoff.roll_up import roll_up

HERE = Path(__file__).parent
SYSTEMS = [
    ("gb200-nvl72", None),
    ("q3450-cpo-switch", None),
    ("gb300-nvl72-row", None),
    ("gb300-nvl72-row", "pluggable"),
    ("gb300-nvl72-row", "cpo"),
    ("rubin-ultra-cpo-648", None),
    ("rubin-ultra-cpo-648", "els-1-per-engine"),
    ("rubin-ultra-cpo-648", "canister-mesh"),
]
every_system = pytest.mark.parametrize(("name", "scenario"), SYSTEMS)


def picture_of(name: str, scenario: str | None = None) -> Picture:
    """Return the usual diagram of a shipped system."""
    fabric = shipped_fabric(name, scenario)
    return graph_picture(fabric)


def small_picture(text: str) -> Picture:
    """Return the usual diagram of a text that lacks only its head."""
    fabric = fabric_of(text)
    return graph_picture(fabric)


def svg_of(picture: Picture) -> str:
    """Return the SVG of a picture."""
    rendered = render(to_dot(picture), "svg")
    assert rendered.image is not None, rendered.reason
    return rendered.image.decode()


def lines_of(svg: str) -> list[tuple[str, list[float]]]:
    """Return the lines of an SVG of Graphviz: the ends that each joins, and how far right its points are."""
    edges = re.findall(r'class="edge">\s*<title>([^<]*)</title>(.*?)</g>', svg, re.DOTALL)
    return [
        (
            title,
            [
                float(x)
                for path in re.findall(r'<path [^>]*\bd="([^"]*)"', body)
                for x in re.findall(r"(-?[\d.]+),", path)
            ],
        )
        for title, body in edges
    ]


def size_of(svg: str) -> tuple[float, float]:
    """Return width and height in points."""
    found = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert found
    return float(found[1]), float(found[2])


def all_text(picture: Picture) -> str:
    """Return every word that the picture shows, line by line."""
    frames = [line for one in picture.frames for line in (one.title, *one.lines)]
    boxes = [line for one in picture.nodes for line in (one.title, *one.lines)]
    edges = [line for one in picture.edges for line in one.lines]
    pieces = [one.text for node in picture.nodes for one in node.pieces]
    pieces += [one.text for node in picture.nodes for one in node.badges]
    tips = [edge.tip for edge in picture.edges]
    figures = [f"{one.value} {one.note}" for one in picture.figures]
    said = [picture.title, picture.alert, *picture.lines, *figures, *picture.notes]
    return "\n".join([*said, *frames, *boxes, *edges, *pieces, *tips])


# What is drawn


@pytest.mark.parametrize(("name", "scenario"), [("gb200-nvl72", None), ("rubin-ultra-cpo-648", None)])
def test_golden_dot(name: str, scenario: str | None) -> None:
    golden = HERE / f"{name}.dot"
    dot = to_dot(picture_of(name, scenario))
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.write_bytes(dot.encode())
    assert dot == golden.read_text(encoding="ascii")


@every_system
def test_same_fabric_same_bytes(name: str, scenario: str | None) -> None:
    first, second = (to_dot(picture_of(name, scenario)) for _ in range(2))
    assert first == second
    assert render(first, "svg") == render(second, "svg")


def test_an_nvl72_is_two_boxes_and_a_line() -> None:
    picture = picture_of("gb200-nvl72")
    assert [node.title for node in picture.nodes] == ["18 x compute_tray", "9 x switch_tray"]
    assert picture.nodes[0].lines == ("U11-18, U28-37",)
    assert [one.text for one in picture.nodes[0].pieces] == [
        "72 gpu, 4 each",
        "36 cpu, 2 each",
        "72 nic, 4 each",
    ]
    assert picture.rows == ((picture.nodes[1].id,), (picture.nodes[0].id,))
    (edge,) = picture.edges
    assert edge.lines == ("1,296 x 400G", "nvlink_backplane", "(copper)", "0.24 to 1 m")
    assert edge.tip.split("\n") == [
        "nvl: 1,296 x 400 Gb/s per direction",
        "162 bundles of 8",
        "nvlink_backplane (copper), 0.24 to 1 m, 5,184 pairs",
        "4 nvlink_cartridge: USD 216,000 (100,000 to 250,000)",
    ]
    assert [(one.text, one.colour) for one in picture.frames[0].pieces] == [("4 nvlink_cartridge", "copper")]
    assert picture.alert == ""


def test_racks_are_drawn_one_by_one_while_they_are_few() -> None:
    picture = picture_of("gb300-nvl72-row", "pluggable")
    assert [node.title for node in picture.nodes] == [
        *(f"r{n} (nvl72)" for n in range(1, 5)),
        "net1 (net_rack)",
    ]
    held = [[one.text for one in node.pieces] for node in picture.nodes]
    assert "432 osfp_1t6_2xdr4" in held[4]
    assert all("72 osfp_800g_dr4" in one for one in held[:4])
    assert {edge.lines[0] for edge in picture.edges} == {"72 x 800G"}


def test_ends_of_two_media_have_two_colours() -> None:
    picture = picture_of("gb300-nvl72-row", "cpo")
    assert {tuple(name for name, _ in edge.stroke.inks) for edge in picture.edges} == {("engine", "module")}
    assert [one.text for one in picture.nodes[4].pieces][-2:] == ["432 engine_1t6", "108 els8"]


def test_a_reported_system_says_so_and_names_its_islands() -> None:
    picture = picture_of("rubin-ultra-cpo-648")
    assert picture.title == "648 scale-up and 144 scale-out engines: 4.5 to 1, 5.5 per GPU"
    assert "REPORTED" in picture.alert
    assert picture.lines[-1] == (
        "no link in this model joins the 4 canisters to each other; "
        "their links to peer racks and leaf lead out of it"
    )
    assert [frame.title for frame in picture.frames] == ["r1 (ultra)", "4 x canister"]
    switch_tray = next(node for node in picture.nodes if node.kind == "switch")
    assert [one.text for one in switch_tray.pieces] == ["144 chip, 6 each", "648 engine_3t2, 27 each"]
    frame = picture.frames[0].pieces
    assert [one.text for one in frame] == ["396 els8: 324 scale_up, 72 scale_out"]
    assert picture.rows[0] == ("outside: peer racks", "outside: leaf")


def test_links_between_places_of_one_box_are_a_badge_and_no_loop() -> None:
    picture = picture_of("rubin-ultra-cpo-648", "canister-mesh")
    assert not any("no link in this model" in line for line in picture.lines)
    assert [edge for edge in picture.edges if edge.tail == edge.head] == []
    (badge,) = [badge for node in picture.nodes for badge in node.badges if badge.links == 2592]
    assert badge.text == "2,592 x 400G between canisters (peers)"


def test_the_figures_are_those_of_the_roll_up() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    counted = roll_up(fabric)
    text = all_text(graph_picture(fabric, counted))
    assert "2.75 ELS per GPU (396, 3,168 lasers)" in text
    usd = f"{round(counted.totals.cost_usd.base / counted.totals.gpus):,}"
    assert f"USD {usd} per GPU (6,366 to 11,508) for optics" in text
    assert "without switches and NICs; plus, not priced: the cords of 144 links" in text


def test_parts_rounded_for_the_whole_fabric_are_noted() -> None:
    picture = small_picture(
        "devices: {gpu: {role: gpu, ports: {n: {count: 3, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 5}\n"
        "links: {out: {network: scale_out, a: gpu.n, pattern: external, to: beyond, medium: m}}\n"
        "catalog:\n"
        "  parts: {e: {is: engine}}\n"
        "  media: {m: {kind: optical, recipe: {engine: {part: e, per: pool, serves: 4 lanes, "
        "round_per: fabric}}}}\n"
    )
    assert "in no box: 4 e for scale-out, counted by fabric" in picture.notes


@every_system
def test_what_can_be_counted_is_a_square(name: str, scenario: str | None) -> None:
    picture = picture_of(name, scenario)
    scale = scale_of(picture)
    held = [one for node in picture.nodes for one in node.pieces]
    held += [one for frame in picture.frames for one in frame.pieces]
    for one in held:
        drawn = squares(one, scale, PRINT).count("BGCOLOR")
        assert drawn == (one.count if one.count <= MANY_PIECES else 1), one.text
        assert squares_width(one, scale) <= scale.room


@every_system
def test_squares_stand_apart_in_both_directions_only_where_a_place_ends(
    name: str, scenario: str | None
) -> None:
    picture = picture_of(name, scenario)
    scale = scale_of(picture)
    gap, new_row = f'<TD WIDTH="{APART}" ', f'<TR><TD HEIGHT="{APART}"></TD></TR>'
    for one in (one for node in picture.nodes for one in node.pieces if one.is_counted):
        groups = [
            group.count("BGCOLOR")
            for row in squares(one, scale, PRINT).split(new_row)
            for group in row.split(gap)
        ]
        assert len(groups) == 1 or {*groups} == {one.each}, one.text


def test_a_gap_between_squares_is_a_tray() -> None:
    picture = picture_of("gb200-nvl72")
    for one in picture.nodes[0].pieces:
        drawn = squares(one, scale_of(picture), PRINT)
        gaps = drawn.count(f'<TD WIDTH="{APART}" ') + drawn.count(f'<TD HEIGHT="{APART}">')
        assert gaps == 18 - 1, one.text


def test_every_line_of_the_legend_is_in_the_picture_and_means_one_thing() -> None:
    picture = picture_of("cpo-switch-bom")
    assert [row.text for row in picture.legend] == ["module_at_1000: pluggable modules, DR"]


@every_system
def test_samples_of_the_legend_are_lines_of_the_picture(name: str, scenario: str | None) -> None:
    picture = picture_of(name, scenario)
    drawn = {edge.stroke for edge in picture.edges}
    drawn |= {badge.stroke for node in picture.nodes for badge in node.badges}
    drawn |= {replace(one, inks=one.inks[::-1]) for one in drawn}
    samples = [row.sample for row in picture.legend if not isinstance(row.sample, str)]
    assert {*samples} <= drawn
    assert len({*samples}) == len(samples)


def test_no_line_is_as_thin_as_what_is_only_attached() -> None:
    assert all(stroke_of((), network).width > ATTACHED.width for network in ("scale_up", "scale_out", "mgmt"))


# How it looks


def test_a_line_that_passes_a_box_comes_straight_down_inside_the_frame() -> None:
    svg = svg_of(picture_of("rubin-ultra-cpo-648"))
    pieces = [xs for title, xs in lines_of(svg) if "leaf" in title]
    assert len(pieces) == 2
    across = [x for xs in pieces for x in xs]
    assert max(across) - min(across) < 8  # two parallel lines


def test_boxes_alone_above_each_other_are_joined_upright() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    one = graph_picture(fabric, roll_up(fabric), "group")
    assert sorted(one.rows[-1]) == ["cpu", "gpu", "nic"]
    beside = ("gpu&#45;&#45;nic", "cpu&#45;&#45;gpu", "gpu&#45;&#45;cpu")
    lines = [xs for title, xs in lines_of(svg_of(one)) if title not in beside]
    assert len(lines) == 3
    assert all(max(xs) - min(xs) < 1 for xs in lines)


def test_the_text_under_figures_is_three_lines_high_at_most() -> None:
    for name in ("rubin-ultra-cpo-648", "gb300-nvl72-row", "cpo-switch-bom", "kyber-nvl144"):
        notes = [one.note for one in picture_of(name).figures]
        assert max(map(len, wrapped_alike(notes, PAGE - 32 * len(notes)))) <= 3


def test_no_text_of_a_line_lies_across_a_frame() -> None:
    picture = picture_of("rubin-ultra-cpo-648")
    leaf = next(one for one in picture.edges if "leaf" in one.tail)
    dot = to_dot(picture).splitlines()
    line = next(one for one in dot if one.strip().startswith(f"{quoted(leaf.tail)}:"))
    box = next(one for one in dot if one.strip().startswith(f"{quoted(leaf.tail)} ["))
    assert "label=" not in line
    assert all(escaped(words) in box for words in leaf.lines)


def test_a_badge_is_no_wider_than_its_words() -> None:
    svg = svg_of(picture_of("rubin-ultra-cpo-648"))
    points = re.search(f'<polygon fill="{PRINT["alert"].lower()}"[^>]*points="([^"]*)"', svg)
    assert points
    across = [float(pair.split(",")[0]) for pair in points[1].split()]
    assert max(across) - min(across) < size_of(svg)[0] / 3


@every_system
def test_a_picture_has_the_shape_of_a_page(name: str, scenario: str | None) -> None:
    svg = svg_of(picture_of(name, scenario))
    width, height = size_of(svg)
    assert 1 / 4 <= width / height <= 4
    assert width <= 1200
    assert svg.isascii()


@given(odd_fabrics())
@quick
def test_odd_fabrics_are_drawn_whole(odd: Odd) -> None:
    picture = graph_picture(odd.fabric)
    assert to_dot(picture).isascii()
    ids = {node.id for node in picture.nodes}
    assert len(ids) == len(picture.nodes)
    assert {end for edge in picture.edges for end in (edge.tail, edge.head)} <= ids
    assert {node.frame for node in picture.nodes} <= {"", *(frame.id for frame in picture.frames)}


def test_many_racks_stay_one_page() -> None:
    picture = small_picture(
        "devices:\n"
        "  gpu: {role: gpu, ports: {n: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "  box: {role: switch, ports: {n: {count: 64, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "templates:\n"
        "  tray: {level: tray, contains: {gpu: 8}}\n"
        "  gpus: {level: rack, contains: {tray: 8}}\n"
        "  nets: {level: rack, height_u: 96}\n"
        'instances: {"r[1-32]": gpus, n1: nets}\n'
        "fabrics: {c: {network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.n, switch: box}}\n"
        "layout: {place: {c: n1}}\n"
    )
    assert len(picture.nodes) <= 12
    width, height = size_of(svg_of(picture))
    assert 1 / 4 <= width / height <= 4
    assert "2,048 x 400G" in all_text(picture)


def test_lines_that_would_cross_are_merged() -> None:
    picture = small_picture(
        "devices:\n"
        "  gpu: {role: gpu, ports: {n: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "  box: {role: switch, ports: {n: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "instances: {gpu: 4, box: 2}\n"
        "links: {x: {network: scale_up, a: gpu.n, b: box.n, pattern: spread}}\n"
    )
    assert [node.title for node in picture.nodes] == ["4 x gpu", "2 x box"]
    (edge,) = picture.edges
    assert edge.lines == ("32 x 400G", "x")
    assert "8 bundles of 4" in edge.tip


@pytest.mark.parametrize(
    ("text", "shown"), [('a<b & "c"\x07', "a&lt;b &amp; &quot;c&quot; "), ("10 \u00b5m", "10 &#181;m")]
)
def test_text_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_an_id_is_quoted() -> None:
    assert quoted('to "any" \\ end\n') == r'"to \"any\" \\ end"'


def test_hostile_text_is_only_text() -> None:
    picture = replace(
        picture_of("gb200-nvl72"), title='</B>"] x [<i> & \u4e2d', notes=("<TABLE>",), name='a"b\\'
    )
    assert "&lt;/B&gt;&quot;] x [&lt;i&gt; &amp;" in svg_of(picture)


NAMES = [r"rack \N \G \L \E \H", "a &lt; b &amp; c &#65;", "back\\slash \\", '"quoted"', "<B>bold</B>"]


@pytest.mark.parametrize("name", NAMES)
def test_what_graphviz_would_expand_is_shown_as_it_is(name: str) -> None:
    ink = stroke_of((), "scale_up")
    nodes = (Node("a", name, (name,), "compute", tip=name), Node(name, "b", (), "switch"))
    edges = (Edge(name, "a", (name,), ink, tip=name),)
    picture = Picture(name, name, "", (name,), (), nodes, edges, (LegendRow(ink, name),), (name,))
    svg = svg_of(picture)
    assert [one.text for one in words_of(svg)].count(name) == 7
    tips = [one.get("{http://www.w3.org/1999/xlink}title") for one in ET.fromstring(svg).iter()]  # noqa: S314
    assert tips.count(name.replace("\\", "\u2216")) == 3  # box, line and the whole picture


def test_an_svg_asks_for_every_font_of_the_same_widths() -> None:
    asked = set(re.findall(r'font-family="([^"]*)"', svg_of(picture_of("gb200-nvl72"))))
    assert asked == {"Arimo, 'Liberation Sans', Helvetica, Arial, sans-serif"}


WIDE = {"shape": "slingshot-dragonfly", "engines": "q3450-cpo-switch"}
"""A system that has a diagram, where it is not ``gb300-nvl72-row``."""


@pytest.mark.parametrize("diagram", DIAGRAMS)
@settings(max_examples=4, deadline=None)
@given(width=st.one_of(st.sampled_from([1200, 1920, 4000]), st.integers(200, 4000)))
def test_a_png_is_exactly_as_wide_as_asked(diagram: str, width: int) -> None:
    fabric = shipped_fabric(WIDE.get(diagram, "gb300-nvl72-row"))
    image = image_of(draw(fabric, roll_up(fabric), diagram).picture, "png", width=width).image
    assert image is not None
    assert int.from_bytes(image[16:20], "big") == width


def test_a_slide_is_dark() -> None:
    image = image_of(picture_of("gb200-nvl72"), "svg", "slide").image
    assert image is not None
    assert SLIDE["paper"].lower().encode() in image.lower()
    assert PRINT["paper"].lower().encode() not in image.lower()


# Renderers


def without_bundled(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the installed command be missing, and the PATH be one folder."""
    monkeypatch.setattr(renderer, "bundled_command", lambda: None)
    monkeypatch.setenv("PATH", str(path))


def program(folder: Path, text: str) -> Path:
    """Write an executable script named dot."""
    script = folder / "dot"
    script.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
    script.chmod(0o755)
    return script


def test_the_bundled_command_needs_no_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bundled_command() is not None
    assert render("graph { a }", "svg").image is not None


def test_a_dot_on_the_path_is_the_second_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_bundled(monkeypatch, tmp_path)
    program(tmp_path, 'echo "<svg/>"')
    assert render("graph { a }", "svg") == RenderResult(b"<svg/>\n", "")


def test_without_a_renderer_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_bundled(monkeypatch, tmp_path)
    assert render("graph { a }", "svg") == RenderResult(
        None,
        "no SVG written: Graphviz not found; "
        '"pip install graphviz-pure", or install Graphviz with "dot" on the PATH',
    )


def test_a_failing_renderer_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_bundled(monkeypatch, tmp_path)
    script = program(tmp_path, "echo sorry >&2; exit 3")
    assert render("graph { a }", "svg") == RenderResult(None, f"no SVG written: {script} failed: sorry")


def test_a_slow_renderer_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def late(command: list[str], **_options: object) -> None:
        raise subprocess.TimeoutExpired(command, renderer.SECONDS)

    without_bundled(monkeypatch, tmp_path)
    script = program(tmp_path, "")
    monkeypatch.setattr(subprocess, "run", late)
    assert render("graph { a }", "svg").reason == f"no SVG written: {script} timed out after 60 s"


def test_an_uninstalled_package_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "COMMAND", "no-such-package-at-all")
    assert bundled_command() is None
