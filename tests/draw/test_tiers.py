"""The tiers diagram: what can be counted on the sheet is what the fabric and its roll-up have."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from tests.helpers_draw import texts_of, tiers_of
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.sheet import FAINT, MANY_SQUARES, Box, Label, Sheet, Squares, Stroke
from topogen.draw.shown.tiered import tower_names
from topogen.draw.shown.tips import Tips
from topogen.draw.tiers.aside import optical_lengths
from topogen.draw.tiers.ends import gpus_of_each
from topogen.draw.tiers.money import money_by_part, pieces_of
from topogen.draw.tiers.tower import MOST_COLUMNS, Tower, tower_of
from topogen.errors import InputError
from topogen.graph.selection import select
from topogen.load.files import shipped_names
from topogen.takeoff.roll_up import roll_up
from topogen.units import format_count

TOWERS = [name for name in shipped_names() if tower_names(shipped_fabric(name))]
MANY_LINKS = 300_000
every_tower = pytest.mark.parametrize("name", TOWERS)


def test_the_large_fabrics_are_drawn() -> None:
    assert {"scaleout-10368", "scaleout-131072", "h100-superpod", "meta-roce-pod"} <= set(TOWERS)


def lateral_links(tower: Tower) -> int:
    return sum(int(one.links.sum()) for one in tower.lateral)


@every_tower
def test_every_switch_and_link_of_the_tower_is_in_a_row_or_band(name: str) -> None:
    fabric = shipped_fabric(name)
    for one in tower_names(fabric):
        tower = tower_of(fabric, one, None)
        for role, row in zip(tower.roles, tower.rows[1:], strict=True):
            made = sum(group.count for group in fabric.groups if group.role == role)
            assert row.counts.sum() == made
        own = {index for index, group in enumerate(fabric.groups) if group.role in tower.roles}
        links = sum(
            block.count
            for link in fabric.links
            for block in link.blocks
            if own & {end.group for end in (block.a, block.b) if end is not None}
        )
        banded = sum(int(band.links.sum()) for band in tower.bands)
        assert banded + lateral_links(tower) + tower.sideways + tower.leaving == links


@every_tower
def test_squares_are_switches_and_bands_stay_in_the_body(name: str) -> None:
    fabric = shipped_fabric(name)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    tower = tower_of(fabric, tower_names(fabric)[0], None)
    switches = sum(int(row.counts.sum()) for row in tower.rows[1:])
    drawn = [one for one in sheet.marks if isinstance(one, Squares) and one.fill == "switch"]
    if switches <= MANY_SQUARES:
        assert sum(len(one.at) for one in drawn) == switches
    else:
        assert not drawn
    for one in sheet.marks:
        if isinstance(one, Stroke) and one.curved:
            assert all(x - one.width / 2 >= 28 and x + one.width / 2 <= 897 for x, _ in one.points)


@every_tower
def test_gpus_of_all_columns_are_those_of_the_fabric(name: str) -> None:
    fabric = shipped_fabric(name)
    assert tower_of(fabric, tower_names(fabric)[0], None).gpus.sum() == roll_up(fabric).totals.gpus


@every_tower
def test_the_bar_adds_up_to_the_money(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    assert sum(money_by_part(rolled).values(), Fraction(0)) == rolled.totals.cost_usd.base


@every_tower
def test_every_piece_of_the_bar_is_named_with_its_colour(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    sheet = draw(fabric, rolled, "tiers").picture
    assert isinstance(sheet, Sheet)
    pieces = pieces_of(Tips(fabric, rolled)) if rolled.totals.cost_usd.base else []
    assert sum((one.usd for one in pieces), Fraction(0)) == rolled.totals.cost_usd.base
    texts = {one.text for one in sheet.marks if isinstance(one, Label)}
    swatches = {one.fill for one in sheet.marks if isinstance(one, Box) and one.width == one.height}
    assert {one.text for one in pieces} <= texts
    assert {one.colour for one in pieces} <= swatches
    assert not [one for one in sheet.marks if isinstance(one, Box) and one.dashed]


@every_tower
def test_bands_are_drawn_in_the_colours_of_the_legend(name: str) -> None:
    fabric = shipped_fabric(name)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    bands = [one for one in sheet.marks if isinstance(one, Stroke) and one.curved and one.tip]
    pale = {one.opacity for one in bands} - {1}
    said = any(isinstance(one, Label) and one.text == "first column strong" for one in sheet.marks)
    assert pale == ({FAINT} if said else set())
    assert {one.colour for one in bands} <= {one.colour for one in sheet.legend}


@pytest.mark.parametrize("name", [one for one in TOWERS if shipped_fabric(one).n_links < MANY_LINKS])
def test_lengths_of_everything_selected_are_those_of_the_histogram(name: str) -> None:
    fabric = shipped_fabric(name)
    for one, other in zip(
        optical_lengths(fabric, None), optical_lengths(fabric, select(fabric, ())), strict=True
    ):
        assert np.array_equal(one, other)


def test_a_selection_has_only_its_links() -> None:
    fabric = shipped_fabric("h100-superpod")
    tower = tower_of(fabric, "compute", select(fabric, ["compute/leaf0"]))
    assert [int(band.links.sum()) for band in tower.bands] == [32, 32]
    assert [int(row.counts.sum()) for row in tower.rows] == [32, 1, 16]


@pytest.mark.parametrize("name", ["slingshot-dragonfly", "tpu-v4-ocs", "gb200-nvl72"])
def test_what_has_no_tiers_is_refused(name: str) -> None:
    fabric = shipped_fabric(name)
    with pytest.raises(InputError) as refused:
        draw(fabric, roll_up(fabric), "tiers")
    assert [one.code for one in refused.value.problems] == ["E695"]


@quick
@given(odd_fabrics())
def test_bands_of_odd_fabrics_are_their_links(odd: Odd) -> None:
    for name in tower_names(odd.fabric):
        tower = tower_of(odd.fabric, name, None)
        banded = sum(int(band.links.sum()) for band in tower.bands) + tower.leaving
        banded += lateral_links(tower) + tower.sideways
        made = [link for link in odd.fabric.links if (link.base or link.name).startswith(f"{name}/")]
        assert banded == sum(link.count for link in made)
    if tower_names(odd.fabric):
        assert isinstance(draw(odd.fabric, roll_up(odd.fabric), "tiers").picture, Sheet)


def test_money_beside_a_selection_is_said_to_be_of_the_whole() -> None:
    fabric = shipped_fabric("h100-superpod")
    texts = []
    for only in ((), ("compute/leaf0",)):
        sheet = draw(fabric, roll_up(fabric), "tiers", only).picture
        assert isinstance(sheet, Sheet)
        texts.append([one.text for one in sheet.marks if isinstance(one, Label)])
    assert [any("of the whole fabric" in text for text in some) for some in texts] == [False, True]


@every_tower
def test_no_sentence_below_the_bar_is_cut(name: str) -> None:
    fabric = shipped_fabric(name)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    for one in sheet.marks:
        if isinstance(one, Label) and one.text.startswith(("also", "no price:")):
            assert not one.text.endswith("...")


@every_tower
def test_several_ends_stand_in_several_columns(name: str) -> None:
    fabric = shipped_fabric(name)
    tower = tower_of(fabric, tower_names(fabric)[0], None)
    columns = len(tower.rows[0].names)
    assert 1 < columns <= MOST_COLUMNS
    assert tower.rows[0].counts.min() > 0
    assert len(set(tower.rows[0].names)) == columns


@every_tower
def test_tips_of_bands_add_up_to_the_links(name: str) -> None:
    """A band is one stroke, or two halves where its ends differ, each with the key of its link group."""
    fabric = shipped_fabric(name)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    tower = tower_of(fabric, tower_names(fabric)[0], None)
    for band in tower.bands:
        link = fabric.links[band.group]
        tips = {
            (one.points[0], one.tip)
            for one in sheet.marks
            if isinstance(one, Stroke) and one.curved and one.key.split("; ")[0] == link.name
        }
        halves = 2 if len(set(link.media or ("",))) > 1 else 1
        assert len(tips) >= int((band.links > 0).sum()) * halves


def test_the_picture_of_10k_says_copper_light_and_money() -> None:
    fabric = shipped_fabric("scaleout-10368")
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    texts = [one.text for one in sheet.marks if isinstance(one, Label)]
    assert (
        sheet.title == "10,368 GPUs, two tiers: 2.5 modules, USD 3,000 of copper and 2,262 of light per GPU"
    )
    assert {"186,624 x 400G, copper", "10,368 x 800G, light", "in 144 racks of 72"} <= set(texts)
    assert any("copper USD 3,000, light USD 2,262" in text for text in texts)


def test_the_fabric_with_light_is_drawn_and_the_other_as_a_strip() -> None:
    fabric = shipped_fabric("world-size")
    sheet = tiers_of(fabric)
    assert tower_names(fabric) == ["net", "nvl"]
    assert sheet.subtitle == fabric.spec.title
    strips = [one for one in sheet.marks if isinstance(one, Box) and one.fill == "board" and one.tip]
    assert strips
    assert all("5,184 x 200" in one.tip for one in strips)
    assert {"72 x 800G, light", "5,184 x 200G, board"} <= texts_of(sheet)


def test_a_fabric_that_is_not_drawn_is_named_with_its_links() -> None:
    sheet = tiers_of(shipped_fabric("world-size", "gpus-1152"))
    assert "Scale-up fabric nvl drawn; not drawn: net (2,304 links, light)" in sheet.subtitle
    assert "Two tiers in both fabrics" not in sheet.subtitle, "what the scenario is has no room beside it"


def test_a_scenario_is_called_what_the_file_says_of_it() -> None:
    sheet = tiers_of(shipped_fabric("transceivers-per-gpu", "three-tiers"))
    assert sheet.subtitle.startswith("three tiers full to the last port")
    assert tiers_of(shipped_fabric("transceivers-per-gpu")).subtitle.endswith("are scenarios")


def test_where_many_bands_cross_those_of_one_column_are_strong_and_it_is_said() -> None:
    sheet = tiers_of(shipped_fabric("mrc-131072"))
    bands = [one for one in sheet.marks if isinstance(one, Stroke) and one.curved and one.tip]
    low = max(one.points[0][1] for one in bands)
    leaves = [one for one in bands if one.points[0][1] == low]
    strong = [one for one in leaves if one.opacity == 1]
    assert (len(leaves), len(strong)) == (64, 8)
    assert len({one.points[-1] for one in strong}) == 8, "one to each plane"
    assert "first column strong" in texts_of(sheet)


def test_pieces_of_one_colour_differ_in_tint_and_add_up_to_the_sum_that_is_written() -> None:
    fabric = shipped_fabric("hammingmesh-fat-tree")
    found = pieces_of(Tips(fabric, roll_up(fabric)))
    assert len({(one.colour, one.shade) for one in found}) == len(found)
    assert sum(Fraction(one.text.split()[1]) for one in found) == Fraction("14.3")


def test_names_of_columns_say_what_they_are_names_of() -> None:
    assert "first node" in texts_of(tiers_of(shipped_fabric("transceivers-per-gpu")))
    assert "named by the first domain" in texts_of(tiers_of(shipped_fabric("rail-only-32768")))


@pytest.mark.parametrize(
    ("name", "scenario"),
    [
        ("alibaba-hpn-segment", "two-tier-pod"),
        ("hammingmesh-fat-tree", "small-75"),
        ("deepseek-fat-trees", "ft3"),
    ],
)
def test_no_words_of_a_scenario_are_cut(name: str, scenario: str) -> None:
    assert not [text for text in texts_of(tiers_of(shipped_fabric(name, scenario))) if text.endswith("...")]


def test_no_number_or_name_of_a_column_is_cut() -> None:
    for name in TOWERS:
        fabric = shipped_fabric(name)
        sheet = draw(fabric, roll_up(fabric), "tiers").picture
        assert isinstance(sheet, Sheet)
        cut = [one.text for one in sheet.marks if isinstance(one, Label) and one.text.endswith("...")]
        assert not cut, (name, cut)


def test_places_of_different_size_have_no_size_in_common() -> None:
    assert gpus_of_each(shipped_fabric("scaleout-10368"), "rack") == 72
    assert gpus_of_each(shipped_fabric("world-size"), "rack") == 0


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MLAG = (
    (EXAMPLES / "mlag.yaml").read_text(encoding="utf-8").partition("name: mlag\n")[2].partition("expect:")[0]
)


def peer_arcs(sheet: Sheet) -> list[Stroke]:
    return [one for one in sheet.marks if isinstance(one, Stroke) and one.tip.startswith("net/peer: ")]


def test_the_peer_links_of_a_pair_are_an_arc_from_leaf_to_leaf() -> None:
    fabric = fabric_of(MLAG)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    assert [one.tip.split("\n")[:2] for one in peer_arcs(sheet)] == [
        ["net/peer: 2 of 4 x 100 Gb/s per direction", "net/leaf0 to net/leaf1"],
        ["net/peer: 2 of 4 x 100 Gb/s per direction", "net/leaf2 to net/leaf3"],
    ]
    (leaves,) = [one for one in sheet.marks if isinstance(one, Squares) and "net/leaf" in one.tip]
    middles = [x + leaves.width / 2 for x, _ in leaves.at]
    ends = [x for one in peer_arcs(sheet) for x in (one.points[0][0], one.points[-1][0])]
    assert ends == pytest.approx(middles)
    assert "4 x 100G in 2 pairs" in {one.text for one in sheet.marks if isinstance(one, Label)}
    assert "not drawn" not in sheet.subtitle


@pytest.mark.parametrize("hosts", [9000, 40_000])
def test_peer_links_of_more_leaves_than_can_be_told_apart_are_not_lost(hosts: int) -> None:
    text = MLAG.replace("instances: {host: 90}", f"instances: {{host: {hosts}}}")
    text = text.replace("eth: {count: 32, lanes", "eth: {count: 16384, lanes")
    fabric = fabric_of(text)
    sheet = draw(fabric, roll_up(fabric), "tiers").picture
    assert isinstance(sheet, Sheet)
    (peer,) = [link for link in fabric.links if link.name == "net/peer"]
    tower = tower_of(fabric, "net", None)
    assert lateral_links(tower) == peer.count
    assert sum(len(one.pairs) for one in tower.lateral) == peer.count / 2
    assert peer_arcs(sheet)
    words = f"{format_count(peer.count)} x 100G in {format_count(peer.count // 2)} pairs"
    assert words in {one.text for one in sheet.marks if isinstance(one, Label)}


def test_a_selection_without_hosts_is_refused_and_empty_tiers_are_left_out() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    rolled = roll_up(fabric)
    with pytest.raises(InputError, match="E695"):
        draw(fabric, rolled, "tiers", ("spine",))
    sheet = draw(fabric, rolled, "tiers", ("r1",)).picture
    assert isinstance(sheet, Sheet)
    assert sheet.title == "72 links of r1: 72 GPUs, 4 switches"
    assert [one.value for one in sheet.figures] == ["72", "1", "800G"]
    assert not any("spine" in text for text in texts_of(sheet))
