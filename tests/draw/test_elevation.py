"""The elevation: what can be counted on it is what the roll-up counts, and each thing stands at its U."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.elevation import draw_elevation
from topogen.draw.elevation.fronts import fronts_of
from topogen.draw.elevation.leaving import UNKEYED, exits_of
from topogen.draw.elevation.racks import empty_units, spots_of
from topogen.draw.sheet import MANY_SQUARES, Box, Label, Sheet, Squares, Stroke
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.part_pieces import SMALL_LAYERS
from topogen.errors import InputError
from topogen.graph.selection import select
from topogen.load.files import shipped_names
from topogen.model.expand import expand
from topogen.takeoff.roll_up import RollUp, roll_up
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

PIECES = {"gpu", "cpu", "nic", "switch", "copper", "engine", "own_laser", "els", "module", "cable", "soft"}
RACKS = "devices: {gpu: {role: gpu}}\ntemplates: {tray: {level: tray, contains: {gpu: 4}}, "
SMALL = tuple(name for name in shipped_names() if shipped_fabric(name).n_links < 100_000)


@cache
def built(name: str, scenario: str | None = None) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name, scenario)
    return fabric, roll_up(fabric)


def sheet(fabric: Fabric, rolled: RollUp | None = None, only: tuple[str, ...] = ()) -> Sheet:
    drawn = draw(fabric, rolled or roll_up(fabric), "elevation", only).picture
    assert isinstance(drawn, Sheet)
    return drawn


def counted(fabric: Fabric, rolled: RollUp) -> Counter[str]:
    """Return what stands in boxes, is shared in racks or lies beyond them, by its name."""
    boxes = boxes_of(fabric, rolled)
    totals = boxes.counts.sum(axis=0) + boxes.shared.sum(axis=0) + boxes.beyond
    found: Counter[str] = Counter()
    for thing, count in zip(boxes.things, totals.tolist(), strict=True):
        found[thing.name] += count
    return +found


def expected(fabric: Fabric, rolled: RollUp) -> Counter[str]:
    """Return the devices of a fabric, and the modules, engines and light sources of its bill."""
    found: Counter[str] = Counter()
    for group in fabric.groups:
        found[group.label] += group.count
    for row in rolled.quantities:
        if row.part and row.per in ("pool", "end"):
            small = fabric.catalog.parts[row.part].layer in SMALL_LAYERS
            found[row.part] += 0 if small else row.qty
    return +found


def drawn_pieces(picture: Sheet) -> Counter[str]:
    """Return how many squares or bars of each colour there are, trays and frames left out."""
    found: Counter[str] = Counter()
    for mark in picture.marks:
        if isinstance(mark, Squares):
            found[mark.fill] += len(mark.at)
        elif isinstance(mark, Box) and mark.fill in PIECES:
            found[mark.fill] += 1
    return found


@pytest.mark.parametrize(
    ("name", "scenario"), [*((name, None) for name in shipped_names()), ("gb300-nvl72-row", "cpo")]
)
def test_boxes_hold_all_devices_and_the_bill(name: str, scenario: str | None) -> None:
    assert counted(*built(name, scenario)) == expected(*built(name, scenario))


@pytest.mark.parametrize(
    ("name", "scenario"), [*((name, None) for name in shipped_names()), ("gb300-nvl72-row", "cpo")]
)
def test_every_piece_of_the_drawn_racks_is_a_square(name: str, scenario: str | None) -> None:
    fabric, rolled = built(name, scenario)
    try:
        picture = sheet(fabric, rolled)
    except InputError:
        return
    check_squares(fabric, rolled, picture)


def place_of(mark: Box) -> str:
    """Return the name of the place that a box stands for."""
    return mark.key.partition("; ")[0]


def check_squares(fabric: Fabric, rolled: RollUp, picture: Sheet) -> None:
    """Check that each piece is a square, and more of one kind in one spot than can be counted a band."""
    found: Counter[str] = Counter()
    drawn = {place_of(mark) for mark in picture.marks if isinstance(mark, Box)}
    for front in fronts_of(fabric, boxes_of(fabric, rolled)):
        if front.tips[0] not in drawn:
            continue
        for spot in (*front.counts.tolist(), front.shared.tolist(), front.loose.tolist()):
            kinds: Counter[tuple[str, str]] = Counter()
            for thing, count in zip(front.things, spot, strict=True):
                kinds[thing.colour, thing.name] += count
            for (colour, _), count in kinds.items():
                found[colour] += 1 if count > MANY_SQUARES and colour != "copper" else count
    assert drawn_pieces(picture) == +found


@given(odd_fabrics())
@quick
def test_odd_fabrics_are_drawn_piece_by_piece(odd: Odd) -> None:
    rolled = roll_up(odd.fabric)
    assert counted(odd.fabric, rolled) == expected(odd.fabric, rolled)
    boxes = boxes_of(odd.fabric, rolled)
    if ((boxes.unit >= 0) & (boxes.rack >= 0)).any():
        check_squares(odd.fabric, rolled, sheet(odd.fabric, rolled))
    else:
        with pytest.raises(InputError, match="E691"):
            sheet(odd.fabric, rolled)


def test_a_copper_rack_shows_its_cartridges() -> None:
    picture = sheet(*built("gb200-nvl72"))
    assert picture.title == "1,296 copper links in 4 nvlink cartridges, no optics"
    assert drawn_pieces(picture) == {"gpu": 72, "cpu": 36, "nic": 72, "switch": 18, "copper": 4}
    wires = [mark for mark in picture.marks if not isinstance(mark, Box | Squares | Label)]
    assert len(wires) == 27 * 4


def test_trays_stand_at_their_u() -> None:
    picture = sheet(*built("gb300-nvl72-row", "cpo"))
    bars = {place_of(mark): mark for mark in picture.marks if isinstance(mark, Box) and mark.key}
    one, four = bars["r1/compute_tray0"], bars["compute/leaf0"]
    step = one.y - bars["r1/compute_tray1"].y
    assert step > 0
    assert one.height == pytest.approx(step - 1.5)
    assert four.height == pytest.approx(4 * step - 1.5)


def test_equal_racks_are_one_and_all_of_them_are_named() -> None:
    picture = sheet(*built("nvl72-spread-hall"))
    texts = {mark.text for mark in picture.marks if isinstance(mark, Label)}
    assert "c3, c7, c8" in texts
    assert picture.subtitle.startswith("18 racks, 10 kinds, one of each drawn; One NVL72 domain of 72 GPUs")


def test_many_equal_racks_are_one() -> None:
    fabric = fabric_of(RACKS + 'rack: {level: rack, slots: {U1-4: tray}}}\ninstances: {"r[01-40]": rack}\n')
    picture = sheet(fabric)
    assert drawn_pieces(picture) == {"gpu": 16}
    assert picture.subtitle == "40 racks, one of them drawn"
    assert "r[01-40]" in {mark.text for mark in picture.marks if isinstance(mark, Label)}


def test_only_what_is_picked_has_pieces() -> None:
    picture = sheet(*built("gb200-nvl72"), ("r1/compute_tray0",))
    assert drawn_pieces(picture)["gpu"] == 4
    assert "switch" not in drawn_pieces(picture)
    assert picture.subtitle.startswith("only r1/compute_tray0")


def test_without_u_there_is_no_elevation() -> None:
    fabric = fabric_of(RACKS + "rack: {level: rack, contains: {tray: 4}}}\ninstances: {r1: rack}\n")
    with pytest.raises(InputError, match="E691: nothing in this fabric has a U position"):
        draw_elevation(fabric, roll_up(fabric))


def test_light_sources_of_all_racks_are_of_one_size() -> None:
    picture = sheet(*built("nvl72-spread-4-racks"))
    sizes = {
        (mark.width, mark.height)
        for mark in picture.marks
        if isinstance(mark, Squares) and mark.fill == "els"
    }
    assert len(sizes) == 1
    words = {mark.text for mark in picture.marks if isinstance(mark, Label)}
    assert {"27 ELS", "44 ELS", "38 ELS", "1 cartridge"} <= words


def test_with_only_some_racks_the_title_is_theirs_and_figures_say_that_they_are_of_all() -> None:
    picture = sheet(*built("rubin-ultra-nvl576"), ("r1",))
    assert picture.title == "1 of 8 racks: 4 copper cartridges and 288 optical engines with lasers"
    assert "optical engines per GPU (2,304 in all 8 racks)" in {one.note for one in picture.figures}


@pytest.mark.parametrize("name", ["gb200-nvl72", "gb300-nvl72-row"])
def test_a_tray_tells_of_its_own_links_not_of_those_of_the_rack(name: str) -> None:
    fabric, rolled = built(name)
    wires = [mark for mark in sheet(fabric, rolled).marks if isinstance(mark, Stroke) and mark.curved]
    links = max(fabric.links, key=lambda one: one.count if one.network == "scale_up" else 0)
    told = {mark.tip.split("\n")[0]: mark.tip.split("\n")[1] for mark in wires}
    assert len(told) == 27
    for tray, head in told.items():
        own = 144 if "switch" in tray else 72
        assert head.startswith(f"{links.name}: {own} of {format_count(links.count)} x "), tray


def test_trays_that_share_a_u_stand_one_over_another_and_keep_their_room() -> None:
    fabric = shipped_fabric("rubin-ultra-nvl576")
    (front,) = fronts_of(fabric, boxes_of(fabric, roll_up(fabric)))
    spots = spots_of(front)
    assert {one.abreast for one in spots} == {1}
    ordered = sorted(spots)
    assert all(one.low + one.height <= other.low + 1e-9 for one, other in pairwise(ordered))
    assert sum(one.height for one in spots) == pytest.approx(9 + 9 + 14)


def test_what_feeds_a_rack_has_curves_in_every_rack_or_in_none() -> None:
    picture = sheet(*built("nvl72-spread-4-racks"))
    wires = [mark for mark in picture.marks if isinstance(mark, Stroke) and mark.curved]
    assert {mark.colour for mark in wires} == {"copper"}


def test_a_rack_says_what_its_ruler_and_its_title_leave_open() -> None:
    fabric = shipped_fabric("rubin-ultra-nvl576")
    sheet = draw_elevation(fabric, roll_up(fabric), select(fabric, ["r1"]))
    assert sheet.subtitle.endswith("4 U hold 2 trays each")
    fabric = shipped_fabric("gb200-nvl72")
    sheet = draw_elevation(fabric, roll_up(fabric))
    assert sheet.subtitle.endswith("; links of the NICs not in the file")
    assert "a line joins a tray to a cartridge" in [one.text for one in sheet.legend]


@pytest.mark.parametrize("name", shipped_names())
def test_words_of_neighbouring_racks_keep_apart(name: str) -> None:
    try:
        picture = sheet(*built(name))
    except InputError:
        return
    words = [mark for mark in picture.marks if isinstance(mark, Label) and mark.text]
    for one, other in combinations(sorted(words, key=lambda mark: mark.left), 2):
        gap = other.left - one.left - one.width
        if abs(one.y - other.y) < 20 and gap >= 0:
            assert gap > 11.9, (one.text, other.text)
    assert not [mark.text for mark in words if mark.bold and mark.text.endswith("...")]


def arrows(picture: Sheet) -> list[Stroke]:
    return [mark for mark in picture.marks if isinstance(mark, Stroke) and not mark.curved and mark.tip]


@pytest.mark.parametrize("name", [name for name in SMALL if shipped_fabric(name).sites.racks])
def test_links_that_leave_a_rack_are_those_that_end_elsewhere(name: str) -> None:
    fabric, _ = built(name)
    exits, racks = exits_of(fabric, None), np.append(fabric.sites.rack, -1)
    for number, link in enumerate(fabric.links):
        columns = expand(fabric, link)
        a, b = racks[columns.a], racks[columns.b]
        for rack in range(len(fabric.sites.racks)):
            out = ((a == rack) | (b == rack)) & (a != b)
            elsewhere = np.where(a == rack, b, a)[out]
            counts = (int((elsewhere >= 0).sum()), int((elsewhere < 0).sum()))
            assert tuple(exits.counts[number, :, rack].tolist()) == counts


@pytest.mark.parametrize("name", SMALL)
def test_each_rack_has_an_arrow_for_each_family_that_leaves_it(name: str) -> None:
    fabric, rolled = built(name)
    try:
        picture = sheet(fabric, rolled)
    except InputError:
        return
    exits, drawn = exits_of(fabric, None), {place_of(mark) for mark in picture.marks if isinstance(mark, Box)}
    fronts = [one for one in fronts_of(fabric, boxes_of(fabric, rolled)) if one.names[0] in drawn]
    expected = [family for front in fronts for family in exits.families_of([front])]
    assert [mark.colour for mark in arrows(picture)] == expected
    legend = {key.colour for key in picture.legend if key.text.startswith("leaving links: ")}
    assert legend == set(expected) - UNKEYED
    unkeyed = [mark for mark in arrows(picture) if mark.colour in UNKEYED]
    assert all("no medium, from " in mark.tip for mark in unkeyed)


def test_arrows_say_how_many_links_leave_and_how_fast_they_are() -> None:
    for name, only, said in (
        ("nvl72-spread-4-racks", (), {f"{count} x 400G to other racks" for count in (432, 696, 600)}),
        ("rubin-ultra-nvl576", ("r1",), {"5,184 x 200G to other racks"}),
        ("gb200-nvl72", (), set()),
    ):
        picture = sheet(*built(name), only)
        assert {mark.tip.partition(", from ")[0] for mark in arrows(picture)} == said
        assert said <= {mark.text for mark in picture.marks if isinstance(mark, Label)}


@pytest.mark.parametrize("name", SMALL)
def test_units_that_are_said_to_be_empty_hold_nothing_and_all_others_are_short(name: str) -> None:
    fabric, rolled = built(name)
    for front in fronts_of(fabric, boxes_of(fabric, rolled)):
        tops = front.unit + front.height
        low, top = int(front.unit.min()) - 5, int(tops.max()) + 7
        held = {
            u for one, end in zip(front.unit.tolist(), tops.tolist(), strict=True) for u in range(one, end)
        }
        found = empty_units(front, low, top)
        said = {u for first, last in found for u in range(first, last + 1)}
        assert not said & held
        rest = [u for u in range(low, top) if u not in held | said]
        assert front.unplaced or not [u for u in rest if {u, u + 1, u + 2, u + 3} <= {*rest}]


def test_a_rack_says_which_of_its_units_are_empty() -> None:
    words = [mark.text for mark in sheet(*built("gb300-nvl72-row")).marks if isinstance(mark, Label)]
    assert {"U1 to U10 empty", "U25 to U37 empty"} <= {*words}
