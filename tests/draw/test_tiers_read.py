"""What a reader of the tiers diagram meets: bands end at switches, words and colours are explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_draw import texts_of, tiers_of
from tests.helpers_fabric import shipped_fabric
from topogen.draw.contrast import contrast
from topogen.draw.sheet import BODY, Box, Label, Sheet, Squares, Stroke, label
from topogen.draw.sheet_svg import to_svg
from topogen.draw.shown.tiered import tower_names
from topogen.draw.shown.tips import Tips
from topogen.draw.tiers.bands import CLEAR, FREE
from topogen.draw.tiers.money import NARROWEST, money_pieces
from topogen.draw.tiers.things import extent_of, spots_of
from topogen.draw.tiers.tower import tower_of
from topogen.load.files import shipped_names
from topogen.naming.rail_numbers import NOT, rails_of
from topogen.palette import THEMES
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator


TOWERS = [name for name in shipped_names() if tower_names(shipped_fabric(name))]
every_tower = pytest.mark.parametrize("name", TOWERS)


def rectangles(sheet: Sheet) -> Iterator[tuple[float, float, float, float]]:
    """Yield left, right, top and bottom of what each mark of switches or ends covers."""
    for one in sheet.marks:
        if isinstance(one, Box) and one.fill in {"gpu", "switch"}:
            yield one.x, one.x + one.width, one.y, one.y + one.height
        if isinstance(one, Squares):
            xs, ys = zip(*one.at, strict=True)
            yield min(xs), max(xs) + one.width, min(ys), max(ys) + one.height


@every_tower
def test_every_band_ends_at_what_is_drawn_in_its_rows(name: str) -> None:
    sheet = tiers_of(shipped_fabric(name))
    drawn = list(rectangles(sheet))
    bands = [one for one in sheet.marks if isinstance(one, Stroke) and one.curved and one.tip]
    lows = {(x, y) for one in bands for x, y in one.points[-1:]}
    for one in bands:
        (x, y), (to_x, to_y) = one.points[0], one.points[-1]
        foot = (to_x, to_y) in {other.points[0] for other in bands}
        upper = foot or any(
            low <= to_x - one.width / 2 and to_x + one.width / 2 <= high and abs(bottom + CLEAR - to_y) < 0.01
            for low, high, _, bottom in drawn
        )
        lower = (x, y) in lows or any(
            low <= x - one.width / 2 and x + one.width / 2 <= high and 0 <= top - y <= max(FREE, CLEAR)
            for low, high, top, _ in drawn
        )
        assert upper, one
        assert lower, one


@given(st.integers(1, 700), st.integers(0, 700), st.floats(20, 700))
def test_things_fill_their_block_and_all_of_them_are_drawn(most: int, fewer: int, width: float) -> None:
    for count in {most, min(most, fewer)} - {0}:
        spots = spots_of((0, 0, width, 40), count, most, filled=True)
        if spots is None:
            continue
        assert len(set(spots.corners)) == count
        assert min(x for x, _ in spots.corners) >= -0.01
        assert max(x for x, _ in spots.corners) + spots.width <= width + 0.01
        assert max(y for _, y in spots.corners) + spots.height <= 40.01
        if count == most:
            left, wide = extent_of((0, width), count, most, 40, filled=True)
            assert (left, wide) == pytest.approx((0, width), abs=0.01)


@every_tower
def test_numbers_stand_on_their_boxes_without_a_patch(name: str) -> None:
    for one in tiers_of(shipped_fabric(name)).marks:
        assert not (isinstance(one, Label) and one.back), one


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("colour", ["gpu", "switch"])
def test_numbers_on_boxes_can_be_read(theme: str, colour: str) -> None:
    marks = (label(10, 200, "128", 100, on=colour),)
    svg = to_svg(Sheet("x", "x", "x", marks), THEMES[theme])
    letters = svg.partition(">128<")[0].rpartition('fill="')[2].partition('"')[0]
    assert contrast(letters, THEMES[theme][colour]) >= 4.5


@every_tower
def test_a_column_has_ends_of_one_group(name: str) -> None:
    fabric = shipped_fabric(name)
    tower = tower_of(fabric, tower_names(fabric)[0], None)
    assert [one.first for one in tower.kinds] == [0, *(one.end for one in tower.kinds[:-1])]
    assert tower.kinds[-1].end == len(tower.rows[0].names)


def test_spare_hosts_have_a_column_and_a_name_of_their_own() -> None:
    sheet = tiers_of(shipped_fabric("alibaba-hpn-segment"))
    texts = texts_of(sheet)
    assert {"1,024 + 64 GPUs", "host0 to 127", "backup0 to 7", "112"} <= texts
    assert "7" not in texts


def test_links_that_leave_the_file_say_where_they_go() -> None:
    sheet = tiers_of(shipped_fabric("alibaba-hpn-segment"))
    assert {"960 uplinks to aggregation", "plane 0", "plane 1", "480 uplinks"} <= texts_of(sheet)
    stubs = [one for one in sheet.marks if isinstance(one, Box) and one.tip and one.y < BODY.y]
    assert [one.tip.partition(" x ")[0] for one in stubs] == ["uplink: 480 of 960"] * 2
    assert not any("leave this file" in text for text in texts_of(sheet))


@every_tower
def test_the_legend_has_every_colour_of_the_picture(name: str) -> None:
    """Of the money, what has no family of its own is named below the bar only."""
    sheet = tiers_of(shipped_fabric(name))
    drawn = {one.fill for one in sheet.marks if isinstance(one, Box | Squares)}
    drawn |= {one.colour for one in sheet.marks if isinstance(one, Stroke) and one.width > 3}
    assert drawn - {"", "paper", "rule", "nic"} == {one.colour for one in sheet.legend}


@every_tower
def test_the_title_of_the_file_is_kept(name: str) -> None:
    fabric = shipped_fabric(name)
    assert (fabric.spec.title or "") in tiers_of(fabric).subtitle


@every_tower
def test_what_the_title_counts_is_a_figure(name: str) -> None:
    sheet = tiers_of(shipped_fabric(name))
    notes = " ".join(one.note for one in sheet.figures)
    for noun in ("engine", "module"):
        assert (f" {noun}" in sheet.title) <= (f"{noun}s per GPU" in notes)


def test_engines_els_and_modules_are_all_figures_of_131k() -> None:
    notes = [one.note for one in tiers_of(shipped_fabric("scaleout-131072")).figures]
    nouns = [note.partition(" (")[0] for note in notes[:3]]
    assert nouns == ["engines per GPU", "ELS per GPU", "modules per GPU"]


@pytest.mark.parametrize(
    ("name", "key", "line"),
    [
        ("rail-only-32768", "GPUs (number)", "32,768 GPUs"),
        ("hammingmesh-fat-tree", "GPUs (number)", "1,024 GPUs"),
        ("scale-up-domain", "GPUs", "144 GPUs"),
        ("deepseek-fat-trees", "hosts (number)", "2,048 hosts"),
        ("scaleout-10368", "racks of 72 GPUs", "in 144 racks of 72"),
        ("h100-superpod", "nodes of 8 GPUs", "in 127 nodes of 8"),
    ],
)
def test_the_legend_says_what_the_squares_are(name: str, key: str, line: str) -> None:
    sheet = tiers_of(shipped_fabric(name))
    assert key == sheet.legend[0].text
    assert line in texts_of(sheet)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rail-only-32768", "256 leaves, one per rail"),
        ("alibaba-hpn-segment", "16 leaves, 8 rails a plane"),
        ("scale-up-domain", "72 leaves, one per plane"),
        ("hammingmesh-fat-tree", "512 leaves in 16 planes"),
        ("b300-xdr-superpod", "q3400, one rail each"),
        ("mrc-131072", "plane 7"),
    ],
)
def test_rails_and_planes_are_said_at_the_leaves(name: str, words: str) -> None:
    sheet = tiers_of(shipped_fabric(name))
    assert words in texts_of(sheet)
    assert "in one row" not in sheet.subtitle


@every_tower
def test_rails_are_those_of_the_ends(name: str) -> None:
    fabric = shipped_fabric(name)
    tower = tower_of(fabric, tower_names(fabric)[0], None)
    leaves = np.concatenate([np.full(one.count, one.role == tower.roles[0]) for one in fabric.groups])
    rails = np.unique(rails_of(fabric)[leaves])
    assert tower.rails == (0 if NOT in rails else len(rails))


def test_copper_on_a_board_is_counted_in_its_own_colour() -> None:
    pairs, *others = tiers_of(shipped_fabric("scale-up-domain")).figures
    assert (pairs.value, pairs.colour) == ("144", "board")
    assert [one.value for one in others] == ["10,368", "72", "14.4T"]


def test_lengths_that_no_floor_plan_gives_say_so() -> None:
    texts = texts_of(tiers_of(shipped_fabric("hammingmesh-fat-tree")))
    assert {"routed lengths unknown", "no floor plan; 16,384 links"} <= texts


@every_tower
def test_the_money_stands_apart_from_what_is_above(name: str) -> None:
    left = [one for one in tiers_of(shipped_fabric(name)).marks if isinstance(one, Label) and one.x < 60]
    money = next(one for one in left if one.text.startswith(("where the", "interconnect", "no price")))
    assert max(one.y for one in left if one.y < money.y) <= money.y - 25


@every_tower
def test_bands_cross_in_one_colour(name: str) -> None:
    """A band of two colours is upright up to where it changes."""
    bands = [
        one
        for one in tiers_of(shipped_fabric(name)).marks
        if isinstance(one, Stroke) and one.curved and one.tip
    ]
    starts = {one.points[0] for one in bands}
    for one in bands:
        if one.points[-1] in starts:
            assert len({x for x, _ in one.points}) == 1


def test_one_switch_of_a_selection_is_drawn() -> None:
    sheet = tiers_of(shipped_fabric("h100-superpod"), ("compute/leaf0",))
    assert "1 leaf" in " ".join(texts_of(sheet))


@pytest.mark.parametrize(("name", "counts"), [("world-size", [6] * 12), ("rail-only-32768", [4096] * 8)])
def test_columns_are_equally_full_where_they_can_be(name: str, counts: list[int]) -> None:
    fabric = shipped_fabric(name)
    assert tower_of(fabric, tower_names(fabric)[0], None).gpus.tolist() == counts


def test_a_strip_says_how_wide_its_bandwidth_would_be() -> None:
    assert "not to scale: 18 x" in texts_of(tiers_of(shipped_fabric("world-size")))
    assert "not to scale: 9 x" in texts_of(tiers_of(shipped_fabric("rail-only-32768")))


@every_tower
def test_every_named_part_of_the_money_can_be_seen(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    pieces = money_pieces(Tips(fabric, rolled))
    tips = {one.tip for one in pieces}
    bar = [one for one in tiers_of(fabric).marks if isinstance(one, Box) and one.tip in tips]
    assert len(bar) == len(pieces)
    assert all(one.width >= NARROWEST for one in bar)
    if bar:
        assert sum(one.width for one in bar) == pytest.approx(BODY.width)


def test_a_fabric_without_parts_says_what_there_is_and_whether_it_is_oversubscribed() -> None:
    title = "144 GPUs on 72 switches in one tier, all on copper"
    assert tiers_of(shipped_fabric("scale-up-domain")).title == title
    title = "2,048 hosts on 96 switches in two tiers, not oversubscribed"
    assert tiers_of(shipped_fabric("deepseek-fat-trees")).title == title
