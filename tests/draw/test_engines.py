"""The engine diagram: every engine and light source of the roll-up is a square that can be counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.engines.places import LIGHT, places_of
from topogen.draw.sheet import MANY_SQUARES, Label, Sheet, Squares
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.finding import engines_by_network, module_count
from topogen.errors import InputError
from topogen.load.files import shipped_names
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


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
        assert "peers, between canisters: 2,592 links, 10,368 fibres" in texts
    else:
        assert "peer racks (not modelled): 5,184 links, 20,736 fibres" in texts
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


def test_who_earns_what_stands_below_the_figures_and_adds_up() -> None:
    fabric = shipped_fabric("article-three-vendors")
    rolled = roll_up(fabric)
    texts = [mark.text for mark in sheet(fabric, rolled).marks if isinstance(mark, Label)]
    at = texts.index("who earns it, USD per GPU")
    assert texts[at + 1 : at + 7] == ["lumentum", "1,966", "tower", "274", "no maker named", "9,135"]
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
    assert any(one.text == "16 spare engines" for one in picture.legend)


def test_boards_with_different_switches_stand_apart_under_their_names() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648-broker")
    texts = [mark.text for mark in sheet(fabric, roll_up(fabric)).marks if isinstance(mark, Label)]
    assert texts.count("18 outer switch chips") == texts.count("36 inner switch chips") == 4
