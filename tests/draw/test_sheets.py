"""Every sheet of every shipped system: text fits, no word covers another, colours differ, markup is whole."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.draw import DIAGRAMS, draw
from topogen.draw.contrast import contrast, contrast_wanted, readable
from topogen.draw.furniture import furniture
from topogen.draw.lettering import SMALLEST, fitted, width_of
from topogen.draw.sheet import (
    FIGURES_X,
    HEIGHT,
    MARGIN,
    WIDTH,
    Box,
    Disc,
    Figure,
    Key,
    Label,
    Sheet,
    Squares,
    Stroke,
    label,
)
from topogen.draw.sheet_svg import to_svg
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import finding, key_figures
from topogen.draw.shown.squares import WIDE
from topogen.errors import InputError
from topogen.load.files import shipped_names, topology_head
from topogen.palette import FAMILIES, PRINT, SHADES, SLIDE, THEMES, shaded
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.roll_up import RollUp, lasers_by_kind, roll_up

if TYPE_CHECKING:
    from topogen.draw.sheet import Mark
    from topogen.model.fabric import Fabric

HOSTILE = ["</svg><script>alert(1)</script>", '"><img onerror=x>', "&amp;", "\x00\x07", "]]>", "rack " * 60]
BLIND = {
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}
"""What colours look like in grey and to the colour-blind, in linear light (Machado 2009, severity 1)."""
HUES = {"normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), **BLIND}
OWN = ("elevation", "row", "floor", "engines")
"""Kinds whose legends and letters are held to what follows."""
ABOVE_KEYS = 14
"""Pixels from the base line of a row of the legend to its upper edge."""
IN_TRAYS = ("gpu", "module", "nic", "cpu")
SIDE_BY_SIDE = [
    ("gpu", "engine"),
    ("gpu", "own_laser"),
    ("gpu", "switch"),
    ("engine", "cpu"),
    ("engine", "nic"),
    ("engine", "module"),
    ("engine", "own_laser"),
    ("engine", "switch"),
    ("own_laser", "cpu"),
    ("own_laser", "nic"),
    ("own_laser", "switch"),
    ("switch", "module"),
    ("switch", "nic"),
    ("els", "engine"),
    ("els", "own_laser"),
    ("els", "switch"),
    ("els", "nic"),
    ("cpu", "compute_tray"),
    ("nic", "compute_tray"),
    ("engine", "compute_tray"),
    ("els", "switch_tray"),
    ("engine", "switch_tray"),
    ("switch", "switch_tray"),
]
"""Further colours that stand side by side in a tray, or on it; ``IN_TRAYS`` are pairs of each two."""
TOLD_BY_SHAPE = {("cpu", "els"), ("els", "gpu")}
"""What a grey print tells apart by width alone: one is twice as wide as the other, or more."""
IN_GREY = 10
PALE_BELOW = 1.4
"""Less contrast with the paper than this makes a sample hard to see."""
READABLE, LARGE, FROM = 4.5, 3.0, 24
"""The contrast of letters with paper, of large ones, and from which size on they are large."""
MEET = [
    ("copper", "module"),
    ("copper", "engine"),
    ("module", "engine"),
    ("engine", "els"),
    ("gpu", "switch"),
    ("gpu", "cpu"),
    ("gpu", "compute_tray"),
    ("switch", "switch_tray"),
    ("engine", "switch_tray"),
    ("board", "copper"),
]
"""Colours that stand side by side in a picture."""


@cache
def built(name: str) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name)
    return fabric, roll_up(fabric)


@cache
def sheets(name: str) -> dict[str, Sheet]:
    """Return every diagram of a shipped system that is a sheet, and one with nothing but its furniture."""
    fabric, rolled = built(name)
    found = {
        "furniture": Sheet(
            name,
            finding(fabric, rolled),
            fabric.spec.title or "",
            (),
            key_figures(fabric, rolled),
            footer=footer_of(fabric, rolled),
        )
    }
    for diagram in DIAGRAMS:
        try:
            picture = draw(fabric, rolled, diagram).picture
        except InputError:
            continue
        if isinstance(picture, Sheet):
            found[diagram] = picture
    return found


every_system = pytest.mark.parametrize("name", shipped_names())


@every_system
def test_no_letter_is_too_small_and_no_word_leaves_the_page(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        for one in labels(sheet):
            assert one.size >= SMALLEST, (diagram, one.text)
            assert one.left >= 0, (diagram, one.text)
            assert one.left + one.width <= WIDTH, (diagram, one.text)
            assert one.size <= one.y <= HEIGHT, (diagram, one.text)


@every_system
def test_no_word_covers_another(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        found = sorted(labels(sheet), key=lambda one: (one.y, one.left))
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                if other.y - one.y < 0.8 * other.size:
                    assert apart(one, other), (diagram, one.text, other.text)


@every_system
def test_nothing_reaches_into_the_legend(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        if sheet.legend:
            texts = {key.text for key in sheet.legend}
            keys = [one for one in labels(replace(sheet, marks=())) if one.text in texts]
            for mark in sheet.marks:
                beside = isinstance(mark, Label | Box) and mark.x >= FIGURES_X
                near = [one.y for one in keys if not beside or one.x + one.width > FIGURES_X]
                assert lowest(mark) <= min(near, default=HEIGHT) - ABOVE_KEYS, (diagram, mark)


def lowest(mark: Mark) -> float:
    """Return how far down a mark reaches."""
    if isinstance(mark, Box):
        return mark.y + mark.height
    if isinstance(mark, Squares):
        return max(y for _, y in mark.at) + mark.height
    if isinstance(mark, Disc):
        return mark.y + mark.radius
    if isinstance(mark, Label):
        return mark.y + 3
    if not mark.curved:
        return max(y for _, y in mark.points)
    a, b, c, d = (y for _, y in mark.points)
    t = np.linspace(0, 1, 50)
    return float((a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3).max())


def apart(one: Label, other: Label) -> bool:
    return one.left + one.width <= other.left or other.left + other.width <= one.left


@every_system
def test_a_sheet_is_well_formed_and_the_same_twice(name: str) -> None:
    for sheet in sheets(name).values():
        for colours in THEMES.values():
            svg = to_svg(sheet, colours)
            assert svg == to_svg(sheet, colours)
            assert ET.fromstring(svg).get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"  # noqa: S314 - our own text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_breaks_the_markup(text: str) -> None:
    marks = (Box(1, 2, 3, 4, "gpu", tip=text, key=text), label(10, 200, text, 300))
    figures, legend = (Figure(text, text),), (Key("line", "copper", text[:40]),)
    svg = to_svg(Sheet(text, text, text, marks, figures, legend, text, text[:40]))
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "title", "desc", "rect", "text", "path", "circle"}


@given(st.text(max_size=80), st.floats(15, 40), st.floats(0, 900), st.booleans())
def test_fitted_text_fits(text: str, size: float, room: float, bold: bool) -> None:  # noqa: FBT001 - drawn
    short, smaller = fitted(text, size, room, bold=bold)
    assert width_of(short, smaller, bold=bold) <= room or not short
    assert SMALLEST <= smaller <= size


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("theme", THEMES)
def test_every_word_can_be_read_on_its_paper(name: str, theme: str) -> None:
    """4.5 to 1 for small letters and 3 to 1 for large ones; white letters stand on the red of an alert."""
    for sheet in sheets(name).values():
        drawn = ET.fromstring(to_svg(sheet, THEMES[theme]))  # noqa: S314 - our own
        for one in drawn.iter("{http://www.w3.org/2000/svg}text"):
            size, bold = float(one.get("font-size", "")), one.get("font-weight") == "bold"
            fill = one.get("fill", "")
            if fill != THEMES[theme]["paper"]:
                wanted = contrast_wanted(size, bold=bold)
                assert contrast(fill, THEMES[theme]["paper"]) >= wanted, one.text


def test_figures_of_graph_pictures_can_be_read() -> None:
    for colour, tone in PRINT.items():
        if colour != "paper":
            assert contrast(readable(tone, PRINT["paper"], 3.0), PRINT["paper"]) >= 3


def test_both_themes_have_every_colour() -> None:
    assert PRINT.keys() == SLIDE.keys()


@pytest.mark.parametrize("eyes", BLIND)
@pytest.mark.parametrize(("one", "other"), MEET)
def test_colours_that_meet_are_told_apart(eyes: str, one: str, other: str) -> None:
    for colours in THEMES.values():
        assert distance(seen(colours[one], eyes), seen(colours[other], eyes)) > 8


@pytest.mark.parametrize("eyes", HUES)
@pytest.mark.parametrize("pair", [*combinations(IN_TRAYS, 2)], ids=" ".join)
def test_what_stands_in_a_tray_is_told_apart_by_all_eyes_and_in_grey(
    pair: tuple[str, str], eyes: str
) -> None:
    for colours in THEMES.values():
        one, other = (seen(colours[name], eyes) for name in pair)
        assert distance(one, other) >= 15


@pytest.mark.parametrize("eyes", HUES)
@pytest.mark.parametrize("pair", SIDE_BY_SIDE, ids=" ".join)
def test_what_stands_side_by_side_is_told_apart(pair: tuple[str, str], eyes: str) -> None:
    for colours in THEMES.values():
        one, other = (seen(colours[name], eyes) for name in pair)
        assert distance(one, other) >= (IN_GREY if eyes == "grey" else 15)


def test_trays_of_two_kinds_are_told_apart() -> None:
    for colours in THEMES.values():
        for eyes in HUES:
            one, other = (seen(colours[name], eyes) for name in ("compute_tray", "switch_tray"))
            assert distance(one, other) >= (7 if eyes == "grey" else 15)


@every_system
def test_every_two_colours_of_a_tray_are_in_the_lists_above(name: str) -> None:
    boxes = boxes_of(*built(name))
    known = {tuple(sorted(pair)) for pair in (*SIDE_BY_SIDE, *combinations(IN_TRAYS, 2))}
    for row in np.unique(boxes.counts > 0, axis=0):
        held = {thing.colour for thing, here in zip(boxes.things, row, strict=True) if here}
        assert {*combinations(sorted(held), 2)} <= known | TOLD_BY_SHAPE
    assert all(max(WIDE[one] / WIDE[other], WIDE[other] / WIDE[one]) >= 2 for one, other in TOLD_BY_SHAPE)


@pytest.mark.parametrize("theme", THEMES)
def test_samples_near_to_the_colour_of_the_paper_have_an_outline(theme: str) -> None:
    colours = THEMES[theme]
    for name in PRINT.keys() - {"paper", "ink"}:
        near = contrast(colours[name], colours["paper"]) < PALE_BELOW
        (sample,) = [
            mark
            for mark in furniture(Sheet("a", "b", "c", (), (), (Key("square", name, "d"),)))
            if isinstance(mark, Box | Squares)
        ]
        assert (sample.hollow if isinstance(sample, Squares) else sample.line) or not near, name


@every_system
def test_all_colours_of_one_legend_are_told_apart(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        pairs = combinations(sorted({one.colour for one in sheet.legend}), 2) if diagram in OWN else ()
        for one, other in pairs:
            for colours in THEMES.values():
                for eyes in ("normal", "deuteranopia", "protanopia"):
                    near = distance(seen(colours[one], eyes), seen(colours[other], eyes))
                    assert near >= 15, (diagram, one, other, eyes)


@every_system
def test_what_a_legend_explains_is_drawn_as_it_says(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        if diagram not in OWN:
            continue
        drawn = [one for one in sheet.marks if not isinstance(one, Label)]
        fills = {one.fill for one in drawn if not isinstance(one, Stroke)}
        lines = {one.colour for one in drawn if isinstance(one, Stroke)}
        pale = any(one.opacity < 1 for one in drawn if isinstance(one, Stroke))
        assert not pale or any("of one rack in full colour" in one.text for one in sheet.legend), diagram
        for key in sheet.legend:
            found = fills | lines if key.sample in {"line", "dashed", "dashed ring"} else fills
            assert key.sample == "ring" or key.colour in found, (diagram, key)


@every_system
def test_letters_on_paper_can_be_read(name: str) -> None:
    for diagram, sheet in sheets(name).items():
        for one in labels(sheet) if diagram in OWN else ():
            for colours in THEMES.values():
                least = LARGE if one.size >= FROM else READABLE
                letters = colours[one.colour]
                assert one.colour == "paper" or contrast(letters, colours["paper"]) >= least, (diagram, one)


def seen(colour: str, eyes: str) -> tuple[float, ...]:
    light = [linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    return tuple(
        min(1, max(0, sum(share * one for share, one in zip(row, light, strict=True)))) for row in HUES[eyes]
    )


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return how far apart two colours look: CIE 1976, where 2.3 is just noticeable."""
    return math.dist(lab(one), lab(other))


def lab(light: tuple[float, ...]) -> tuple[float, float, float]:
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        cube_root(sum(share * one for share, one in zip(row, light, strict=True)) / top)
        for row, top in zip(rows, white, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def cube_root(value: float) -> float:
    return math.cbrt(value) if value > 0.008856 else 7.787 * value + 16 / 116


def labels(sheet: Sheet) -> list[Label]:
    return [one for one in (*sheet.marks, *furniture(sheet)) if isinstance(one, Label)]


def test_shades_of_a_family_run_from_dark_to_light() -> None:
    tones = [lab(seen(shaded(PRINT["module"], one), "grey"))[0] for one in sorted(SHADES)]
    assert all(dark < light for dark, light in pairwise(tones))


def test_a_price_without_a_range_has_none_in_its_figure() -> None:
    fabric = fabric_of(
        "devices: {gpu: {role: gpu, ports: {n: {count: 1, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 4}\n"
        "links: {up: {network: scale_out, a: gpu.n, pattern: external, to: leaf, medium: m}}\n"
        "catalog:\n"
        "  parts: {one: {is: cable, price_usd: 3500}}\n"
        "  media: {m: {kind: copper, recipe: {cable: {part: one, per: link}}}}\n"
    )
    (money,) = [one for one in key_figures(fabric, roll_up(fabric)) if "USD" in one.value]
    assert (money.value, money.note) == (
        "USD 3,500",
        "per GPU for copper cables, without switches and NICs",
    )


@every_system
def test_figures_count_the_lasers_of_els_and_fibres_of_no_colour(name: str) -> None:
    fabric, rolled = built(name)
    rows = [row for row in rolled.quantities if row.line == "els"]
    lasers = sum(lasers_by_kind(fabric.catalog, rows).values())
    for one in key_figures(fabric, rolled):
        if one.note.startswith("ELS") and lasers:
            assert f"{round(lasers):,} lasers" in one.note
        if one.note.startswith("data fibres"):
            assert one.colour == "ink"  # a legend may give fibres a colour that is not that of their links


def test_lasers_of_modules_are_not_in_the_figure_of_els() -> None:
    notes = [one.note for one in key_figures(*built("article-optical-row"))]
    assert "ELS per GPU (648, 5,184 lasers)" in notes


@pytest.mark.parametrize("name", [name for name in shipped_names() if topology_head(name).scenarios])
def test_the_footer_of_a_file_with_scenarios_says_that_none_is_applied(name: str) -> None:
    fabric, rolled = built(name)
    footer, first = footer_of(fabric, rolled), fabric.scenarios[0]
    assert footer.startswith(f"{name} without scenario")
    assert width_of(footer, SMALLEST) <= WIDTH - 2 * MARGIN
    with suppress(InputError):  # a scenario may show why it cannot be built
        applied = shipped_fabric(name, first)
        assert footer_of(applied, roll_up(applied)).startswith(f"{name}@{first}  |")


@pytest.mark.parametrize("fill", [*FAMILIES, "els", "gpu", "switch"])
def test_letters_on_a_fill_can_be_read(fill: str) -> None:
    assert max(contrast(PRINT[letters], PRINT[fill]) for letters in ("ink", "paper")) >= 4.4
