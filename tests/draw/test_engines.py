"""The engine diagram: every engine and light source of the roll-up is a square that can be counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.catalog.pricing import UNASSIGNED
from topogen.draw import draw
from topogen.draw.engines.earned import earned_title
from topogen.draw.engines.places import LIGHT, places_of
from topogen.draw.engines.strip import shared_strip
from topogen.draw.lettering import width_of
from topogen.draw.sheet import MANY_SQUARES, TITLE_SIZE, Area, Box, Label, Sheet, Squares
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import engines_by_network, key_figures, module_count
from topogen.draw.shown.squares import WIDE, Kind
from topogen.errors import InputError
from topogen.load.files import shipped_names
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


TINTS = {"switch_tray", "compute_tray"}


def sheet(fabric: Fabric, rolled: RollUp, only: tuple[str, ...] = ()) -> Sheet:
    drawn = draw(fabric, rolled, "engines", only).picture
    assert isinstance(drawn, Sheet)
    return drawn


def squares(picture: Sheet) -> Counter[str]:
    found: Counter[str] = Counter()
    for mark in picture.marks:
        if isinstance(mark, Squares):
            found[mark.fill] += len(mark.at)
    return found


def check_places(fabric: Fabric, rolled: RollUp) -> None:
    """Check that all places together hold every engine and light source."""
    boxes = boxes_of(fabric, rolled)
    for merged in (False, True):
        found = places_of(fabric, rolled, boxes, merged=merged)
        held: Counter[str] = Counter()
        for place in found.places:
            each = boxes.counts[place.boxes].sum(axis=0) + place.shared
            for thing, count in zip(boxes.things, each.tolist(), strict=True):
                held[thing.colour] += count * len(place.names)
        for thing, count in zip(boxes.things, found.beyond.tolist(), strict=True):
            held[thing.colour] += count
        assert held["engine"] + held["own_laser"] == engines_by_network(rolled).total()
        assert held["els"] == rolled.totals.els


@pytest.mark.parametrize("name", shipped_names())
def test_places_hold_all_engines_and_light_sources(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    check_places(fabric, rolled)
    total = engines_by_network(rolled).total()
    if not total and fabric.n_devices > 1:
        with pytest.raises(InputError, match="E692: nothing in this fabric has optical engines"):
            sheet(fabric, rolled)
        return
    found = squares(sheet(fabric, rolled))
    if not total:
        assert found["module"] == module_count(rolled), "a device alone is drawn with its modules"
        return
    boxes = boxes_of(fabric, rolled)
    places = places_of(fabric, rolled, boxes, merged=False).places
    if total <= MANY_SQUARES and len(places) == 1:
        assert found["engine"] + found["own_laser"] == total
        assert found["els"] == rolled.totals.els
    assert sum(found[colour] for colour in LIGHT) > 0


@given(odd_fabrics())
@quick
def test_in_odd_fabrics_too(odd: Odd) -> None:
    rolled = roll_up(odd.fabric)
    check_places(odd.fabric, rolled)
    if engines_by_network(rolled).total():
        assert squares(sheet(odd.fabric, rolled))


@pytest.mark.parametrize(
    ("scenario", "els"), [(None, 396), ("els-1-per-engine", 792), ("canister-mesh", 396)]
)
def test_the_reported_rack_has_every_square(scenario: str | None, els: int) -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648", scenario)
    picture = sheet(fabric, roll_up(fabric))
    assert squares(picture) == {"gpu": 144, "nic": 144, "switch": 144, "engine": 648 + 144, "els": els}
    texts = [mark.text for mark in picture.marks if isinstance(mark, Label)]
    assert texts.count("1,296 x 400G copper") == 4
    if scenario == "canister-mesh":
        assert "peers, between canisters: 2,592 links, 10,368 fibres; 648 scale-up engines" in texts
    else:
        assert "peer racks (not modelled): 5,184 links, 20,736 fibres; 648 scale-up engines" in texts
        assert "leaf (not modelled): 144 links, 4,608 fibres; 144 scale-out engines" in texts
        assert texts.count("1,296 x 400G") == 4


def test_of_equal_racks_one_is_drawn() -> None:
    fabric = shipped_fabric("rubin-ultra-nvl576")
    picture = sheet(fabric, roll_up(fabric))
    assert picture.subtitle == "one of 8 equal places is drawn"
    assert squares(picture)["own_laser"] == 2304 // 8


def test_only_picked_boxes_have_squares() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    picture = sheet(fabric, roll_up(fabric), ("r1/canister0/switch_tray0",))
    assert squares(picture)["switch"] == 6
    assert squares(picture)["engine"] == 27
    assert picture.subtitle.startswith("only ")
    for words in (mark for mark in picture.marks if isinstance(mark, Label)):
        for one in (mark for mark in picture.marks if isinstance(mark, Squares)):
            right = words.left + words.width
            assert one.height > 0, "not upside down over the words above"
            across = [y for x, y in one.at if x < right and x + one.width > words.left]
            assert not any(y < words.y < y + one.height for y in across), words.text


def test_who_earns_what_stands_below_the_figures_and_adds_up() -> None:
    fabric = shipped_fabric("article-three-vendors")
    rolled = roll_up(fabric)
    texts = [mark.text for mark in sheet(fabric, rolled).marks if isinstance(mark, Label)]
    at = texts.index("who earns it, USD per GPU")
    assert texts[at + 1 : at + 7] == ["Lumentum", "1,966", "Tower", "274", "no maker named", "9,135"]
    earned = [row.value.base for row in rolled.vendors if row.view == "content" and row.value]
    assert round(sum(earned) / 144) == 1966 + 274 + 9135


def test_spare_engines_and_unused_ports_are_said() -> None:
    switch = shipped_fabric("sn6800-cpo-switch")
    assert "144 optical engines (16 spare)" in sheet(switch, roll_up(switch)).title
    limited = shipped_fabric("rubin-ultra-cpo-648-broker")
    assert "5,184 of 10,368 ports of GPUs are unused" in sheet(limited, roll_up(limited)).subtitle


def test_switches_with_engines_stand_above_those_without() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648-broker")
    rolled = roll_up(fabric)
    marks = [mark for mark in sheet(fabric, rolled).marks if isinstance(mark, Squares)]
    engines = [y for mark in marks if mark.fill == "engine" for _, y in mark.at]
    chips = [y for mark in marks if mark.fill == "switch" for _, y in mark.at]
    assert max(engines) < sorted(chips)[len(chips) // 2]


def test_spare_engines_are_hollow_and_the_legend_counts_them() -> None:
    fabric = shipped_fabric("sn6800-cpo-switch")
    picture = sheet(fabric, roll_up(fabric))
    engines = [one for one in picture.marks if isinstance(one, Squares) and one.fill == "engine"]
    assert [(len(one.at), one.hollow) for one in engines] == [(128, False), (16, True)]
    keys = [one.text for one in picture.legend]
    assert "128 engines in use" in keys
    assert "16 spare engines" in keys
    assert "144 optical engines" not in keys


def test_boards_with_different_switches_stand_apart_under_their_names() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648-broker")
    texts = [mark.text for mark in sheet(fabric, roll_up(fabric)).marks if isinstance(mark, Label)]
    assert texts.count("18 outer switch chips") == texts.count("36 inner switch chips") == 4


def test_boards_stand_in_full_rows() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648-broker")
    marks = sheet(fabric, roll_up(fabric)).marks
    rows = Counter(mark.y for mark in marks if isinstance(mark, Box) and mark.fill == "switch_tray")
    assert sorted(rows.values()) == [12, 12, 12], "4 canisters with rows of 3"


def check_strip(kinds: list[Kind]) -> None:
    """Check that pieces of a strip are of one size and in the strip, each kind beside the words of others."""
    area = Area(28, 500, 868, 60)
    marks = list(shared_strip(kinds, area))
    drawn = [mark for mark in marks if isinstance(mark, Squares)]
    words = [mark for mark in marks if isinstance(mark, Label)]
    assert [len(mark.at) for mark in drawn] == [one.count for one in kinds]
    assert len({(round(one.width / WIDE.get(one.fill, 1), 6), one.height) for one in drawn}) == 1
    starts = [min(x for x, _ in mark.at) for mark in drawn]
    assert starts == [mark.x for mark in words]
    for number, (mark, word) in enumerate(zip(drawn, words, strict=True)):
        right = [*starts[1:], area.x + area.width][number]
        assert max(x for x, _ in mark.at) + mark.width <= right + 1e-6
        assert word.x + word.width <= right + 1e-6
        assert max(y for _, y in mark.at) + mark.height <= area.y + area.height + 1e-6


@given(
    st.lists(
        st.tuples(st.sampled_from(["els", "engine", "copper"]), st.integers(1, MANY_SQUARES)),
        min_size=1,
        max_size=4,
    )
)
@quick
def test_pieces_of_a_strip_have_one_size_in_their_room(counts: list[tuple[str, int]]) -> None:
    names = {"els": "els8", "engine": "engine_3t2", "copper": "nvlink_cartridge"}
    kinds = [
        Kind(count, colour, name=names[colour], network="scale_up" if number else "scale_out")
        for number, (colour, count) in enumerate(counts)
    ]
    check_strip(kinds)


def test_areas_of_shared_els_compare_as_their_numbers() -> None:
    for name in ("rubin-ultra-cpo-648", "article-three-vendors"):
        fabric = shipped_fabric(name)
        marks = sheet(fabric, roll_up(fabric)).marks
        up, out = [one for one in marks if isinstance(one, Squares) and one.fill == "els"]
        assert (up.width, up.height) == (out.width, out.height)
        assert len(up.at) / len(out.at) == 4.5


def test_kinds_too_many_to_count_are_bands_of_one_scale() -> None:
    kinds = [Kind(9000, "els", name="els8"), Kind(3000, "els", name="els4")]
    bands = [one for one in shared_strip(kinds, Area(0, 0, 868, 60)) if isinstance(one, Box)]
    assert bands[0].width == pytest.approx(3 * bands[1].width)


@pytest.mark.parametrize("name", shipped_names())
def test_every_tint_of_boxes_has_a_key_in_the_words_of_the_file(name: str) -> None:
    fabric = shipped_fabric(name)
    try:
        picture = sheet(fabric, roll_up(fabric))
    except InputError:
        return
    tints = {one.fill for one in picture.marks if isinstance(one, Box) and one.fill in TINTS}
    keys = {one.colour: one.text for one in picture.legend if one.colour in TINTS}
    assert tints == keys.keys()
    called = {word for one in (*fabric.spec.templates, *fabric.spec.devices) for word in one.split("_")}
    called |= {word for group in fabric.groups for word in group.label.rpartition("/")[2].split("_")}
    for words in keys.values():
        assert set(words.split()) <= called | {"or", "switch"}


@pytest.mark.parametrize(
    "name", ["sn6810-cpo-switch", "sn6800-cpo-switch", "q3450-cpo-switch", "cpo-switch-bom"]
)
def test_a_switch_alone_fills_its_panel_and_is_not_called_by_its_name_again(name: str) -> None:
    fabric = shipped_fabric(name)
    picture = sheet(fabric, roll_up(fabric))
    spans: dict[str, tuple[float, float]] = {}
    for mark in picture.marks:
        if isinstance(mark, Squares):
            ends = [y for _, y in mark.at]
            low, high = spans.get(mark.fill, (min(ends), 0.0))
            spans[mark.fill] = (min(low, *ends), max(high, max(ends) + mark.height))
    for low, high in spans.values():
        assert (low, high) == pytest.approx(spans["switch"])
    what = "4 switch chips" if name == "sn6800-cpo-switch" else "1 switch"
    assert what in [mark.text for mark in picture.marks if isinstance(mark, Label)]
    assert what in [one.text for one in picture.legend]


def test_figures_of_one_switch_say_what_a_link_takes() -> None:
    fabric = shipped_fabric("cpo-switch-bom")
    money, watts = key_figures(fabric, roll_up(fabric))[-2:]
    assert money.note.startswith("in all, 500 a link, for optics")
    assert watts.note == "in all, 14 W a link, for modules"


@pytest.mark.parametrize("name", shipped_names())
def test_figures_of_more_than_one_switch_say_nothing_of_a_link(name: str) -> None:
    fabric = shipped_fabric(name)
    alone = {group.type.role for group in fabric.groups} == {"switch"} and "switch" in name
    assert any("a link," in one.note for one in key_figures(fabric, roll_up(fabric))) == alone


@pytest.mark.parametrize(
    ("scenario", "title"),
    [
        (None, "792 engines: Lumentum earns USD 1,966, Tower 274 of 11,375 per GPU"),
        ("vcsel", "Coherent earns USD 2,700, Lumentum 357, Tower 50 of 4,670 per GPU"),
    ],
)
def test_a_title_says_who_earns_what(scenario: str | None, title: str) -> None:
    fabric = shipped_fabric("article-three-vendors", scenario)
    assert sheet(fabric, roll_up(fabric)).title == title


@pytest.mark.parametrize("name", shipped_names())
def test_a_title_tells_of_makers_only_where_two_earn_and_is_never_shrunk(name: str) -> None:
    rolled = roll_up(shipped_fabric(name))
    earn = {
        row.vendor
        for row in rolled.vendors
        if row.view == "content" and row.cost_scope == "interconnect" and row.value and row.value.base
    }
    engines = engines_by_network(rolled).total()
    title = earned_title(rolled, 1144)
    assert bool(title) == (bool(engines) and len(earn - {UNASSIGNED}) > 1)
    assert width_of(title, TITLE_SIZE, bold=True) <= 1144
    assert not earned_title(rolled, 100)
