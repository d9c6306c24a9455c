"""The floor: its arcs, and what they leave out, are all links; its racks stand where the layout has them."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cabling.cables import link_lengths
from topogen.draw import draw
from topogen.draw.floor import AS_ROUTED, NONE_SO_SHORT
from topogen.draw.floor.arcs import THINNEST
from topogen.draw.floor.plan import Bundle, bundles_of, links_inside, longer_rows, plan_of, with_lengths
from topogen.draw.furniture import figures_height, furniture
from topogen.draw.sheet import BODY, Box, Disc, Label, Sheet, Squares, Stroke
from topogen.draw.shown.copper_reach import BOARD, beyond_copper, copper_reaches
from topogen.errors import InputError
from topogen.graph.contract import contract
from topogen.language.device import SWITCH_ROLES
from topogen.load.files import shipped_names
from topogen.model.expand import expand
from topogen.palette import family_of
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FLOORS = tuple(name for name in shipped_names() if (shipped_fabric(name).sites.row >= 0).any())
SMALL = tuple(name for name in FLOORS if shipped_fabric(name).n_links < 300_000)


@cache
def built(name: str) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name)
    return fabric, roll_up(fabric)


def sheet(fabric: Fabric, rolled: RollUp, only: tuple[str, ...] = ()) -> Sheet:
    drawn = draw(fabric, rolled, "floor", only).picture
    assert isinstance(drawn, Sheet)
    return drawn


def bundles(fabric: Fabric) -> list[Bundle]:
    contraction = contract(fabric, "rack")
    return bundles_of(fabric, contraction, plan_of(fabric, contraction))


def arcs(one: Sheet) -> list[Stroke]:
    return [mark for mark in one.marks if isinstance(mark, Stroke) and mark.curved and mark.tip]


def counted_in_tips(marks: list[Stroke]) -> int:
    heads = (mark.tip.partition("\n")[0] for mark in marks)
    words = (head.rpartition(": ")[2].split(" link")[0] for head in heads)
    return sum(int(word.replace(",", "")) for word in words)


def check_arcs(fabric: Fabric, one: Sheet) -> None:
    """Check that arcs and what they leave out are all links, and that arcs are as wide as their rate."""
    found = bundles(fabric)
    drawn = [bundle for bundle in found if bundle.a >= 0 and bundle.b >= 0 and bundle.a != bundle.b]
    inside = links_inside(contract(fabric, "rack"))
    assert sum(bundle.links for bundle in found) + inside == fabric.n_links
    assert counted_in_tips(arcs(one)) == sum(bundle.links for bundle in drawn)
    rates = sorted(bundle.rate for bundle in drawn)
    widths = sorted(arc.width for arc in arcs(one))
    assert len(widths) == len(rates)
    if widths and widths[-1] > THINNEST:
        per_rate = widths[-1] / rates[-1]
        assert widths == pytest.approx([max(THINNEST, per_rate * rate) for rate in rates], rel=1e-6)
    groups = {arc.key for arc in arcs(one)}
    names = (fabric.links[number].name for bundle in drawn for number, _ in bundle.groups)
    assert {name for key in groups for name in key.partition("; ")[0].split(" | ")} == set(names)


@pytest.mark.parametrize("name", FLOORS)
def test_arcs_and_what_they_leave_out_are_all_links(name: str) -> None:
    check_arcs(built(name)[0], sheet(*built(name)))


@given(odd_fabrics())
@quick
def test_the_floors_of_odd_fabrics_add_up(odd: Odd) -> None:
    if (odd.fabric.sites.row >= 0).any():
        check_arcs(odd.fabric, sheet(odd.fabric, roll_up(odd.fabric)))
        check_reach(odd.fabric)


@pytest.mark.parametrize("name", FLOORS)
def test_every_rack_in_a_row_is_drawn(name: str) -> None:
    marks = sheet(*built(name)).marks
    squares = sum(len(one.at) for one in marks if isinstance(one, Squares) and one.key.startswith("racks"))
    boxes = sum(isinstance(one, Box) and one.tip.endswith(" rack") for one in marks)
    assert squares + boxes == int((built(name)[0].sites.row >= 0).sum())


def test_rows_far_apart_are_stretched_and_the_reach_with_them() -> None:
    stretched, true = (sheet(*built(name)) for name in ("nvl72-spread-hall", "scaleout-10368"))
    for one, times in ((stretched, 5.86), (true, 1.0)):
        (ring,) = [mark for mark in one.marks if isinstance(mark, Stroke) and mark.key == "copper reach"]
        wide, high = (max(ends) - min(ends) for ends in zip(*ring.points, strict=True))
        assert wide / high == pytest.approx(times, rel=0.02)
        assert any("across rows" in mark.text for mark in one.marks if isinstance(mark, Label)) == (times > 1)


@pytest.mark.parametrize("name", SMALL)
def test_bundles_are_the_links_between_rows(name: str) -> None:
    fabric, _ = built(name)
    contraction = contract(fabric, "rack")
    area = plan_of(fabric, contraction).area
    node = np.append(contraction.node, -1)
    found: Counter[tuple[int, int]] = Counter()
    for link in fabric.links:
        columns = expand(fabric, link)
        a, b = node[columns.a], node[columns.b]
        pairs = np.sort(np.stack([area[a], area[b]], axis=1)[a != b], axis=1)
        found.update(map(tuple, pairs.tolist()))
    counted: Counter[tuple[int, int]] = Counter()
    for one in bundles(fabric):
        counted[min(one.a, one.b), max(one.a, one.b)] += one.links
    assert counted == found


def check_reach(fabric: Fabric) -> None:
    """Check the links beyond copper against the lengths of all links, one by one."""
    found: Counter[str] = Counter()
    for link in fabric.links:
        reaches = copper_reaches(fabric, link.lane_rate)
        mm, basis = link_lengths(fabric, link, expand(fabric, link))
        if reaches:
            found[link.network] += int(((mm > max(reaches.values())) & (basis != BOARD)).sum())
    assert +found == +Counter({one.network: one.beyond for one in beyond_copper(fabric)})


@pytest.mark.parametrize("name", SMALL)
def test_links_beyond_copper_are_those_longer_than_it_reaches(name: str) -> None:
    check_reach(built(name)[0])


def test_the_title_says_how_many_links_are_beyond_copper() -> None:
    titles = {name: sheet(*built(name)).title for name in ("gb300-nvl72-row", "scaleout-10368")}
    assert titles == {
        "gb300-nvl72-row": "288 of 576 scale-out links (50 %) are beyond copper's 3 m",
        "scaleout-10368": "All 20,736 scale-out links are beyond copper's 3 m",
    }


def test_with_only_the_links_of_the_selection_are_drawn_and_named() -> None:
    one = sheet(*built("gb300-nvl72-row"), ("r1",))
    assert counted_in_tips(arcs(one)) == 72
    assert "only r1" in one.subtitle
    assert one.title == "All 72 scale-out links are beyond copper's 3 m"


def test_a_long_row_is_drawn_in_blocks() -> None:
    fabric = fabric_of("""
devices: {gpu: {role: gpu, ports: {net: {count: 2, lanes: 1, lane_rate: 200 Gb/s}}}}
templates: {rack: {level: rack, contains: {gpu: 1}}}
instances: {"r[01-50]": rack}
links: {ring: {network: scale_up, a: gpu.net, pattern: ring}}
layout: {rows: {A: ["r[01-50]"]}, rack_pitch: 600 mm}
""")
    one = sheet(fabric, roll_up(fabric))
    assert "blocks of 3 racks" in one.subtitle
    assert "r01 to r03 and r49 to r50: 1 link, 200 Gb/s per direction" in {
        arc.tip.partition("\n")[0] for arc in arcs(one)
    }
    assert counted_in_tips(arcs(one)) == 17


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("gb200-nvl72", "elevation; or list the racks in layout.rows, such as rows: {A: [r1]}"),
        (
            "q3450-cpo-switch",
            'engines; or add "level: rack" to a template and list its racks in layout.rows',
        ),
    ],
)
def test_without_rows_there_is_no_floor(name: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        sheet(*built(name))
    message = "E203: no rack is placed in a row, so there is no floor plan"
    assert str(refused.value) == f"{message}\n    hint: use --diagram {hint}"


def test_in_one_row_each_arc_has_the_routed_lengths_of_its_links() -> None:
    one = sheet(*built("gb300-nvl72-row"))
    text = " ".join(mark.text for mark in one.marks if isinstance(mark, Label))
    assert text.count("5.39 to 7.16 m") == text.count("4.76 to 6.53 m") == 2
    assert not [mark for mark in one.marks if isinstance(mark, Stroke) and mark.dash]


@pytest.mark.parametrize("name", SMALL)
def test_lengths_of_bundles_are_those_of_their_links(name: str) -> None:
    fabric, _ = built(name)
    contraction = contract(fabric, "rack")
    plan = plan_of(fabric, contraction)
    node = np.append(contraction.node, -1)
    ends: dict[tuple[str, int, int], list[int]] = {}
    for link in fabric.links:
        columns = expand(fabric, link)
        family = family_of(fabric.catalog.media[link.media[0]] if link.media else None)
        a, b = node[columns.a], node[columns.b]
        pairs = np.sort(np.stack([plan.area[a], plan.area[b]], axis=1), axis=1)
        mm = link_lengths(fabric, link, columns)[0]
        for (low, high), long in zip(pairs[a != b].tolist(), mm[a != b].tolist(), strict=True):
            ends.setdefault((family, low, high), []).append(long)
    for one in with_lengths(fabric, contraction, plan, bundles(fabric), None):
        longs = ends[one.family, min(one.a, one.b), max(one.a, one.b)]
        known = min(longs) >= 0
        assert (one.low_mm, one.high_mm) == ((min(longs), max(longs)) if known else (-1, -1))


def sampled(one: Stroke) -> np.ndarray:
    a, b, c, d = (np.array(point) for point in one.points)
    t = np.linspace(0, 1, 400)[:, None]
    return np.asarray(a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3)


@pytest.mark.parametrize("name", FLOORS)
def test_no_length_stands_on_a_line(name: str) -> None:
    one = sheet(*built(name))
    for word in (mark for mark in one.marks if isinstance(mark, Label) and mark.text.endswith(" m")):
        for arc in arcs(one):
            assert distance_to(word, arc) > 0, (word.text, arc.tip)


@pytest.mark.parametrize("name", FLOORS)
def test_the_legend_says_why_links_are_beyond_a_reach_that_is_drawn_straight(name: str) -> None:
    fabric, _ = built(name)
    one = sheet(*built(name))
    (reach,) = [key.text for key in one.legend if key.text.startswith("copper's ")]
    racks = np.append(fabric.sites.rack, -1)
    between = []
    for link in fabric.links:
        columns = expand(fabric, link)
        away = racks[columns.a] != racks[columns.b]
        between.append(link_lengths(fabric, link, columns)[0][away])
    reaches_mm = 1000 * float(reach.split()[1])
    why = NONE_SO_SHORT if np.concatenate(between).min() > reaches_mm else AS_ROUTED
    assert reach.endswith(f"; {why}")
    straight = [mark.text for mark in one.marks if isinstance(mark, Label) and "copper's" in mark.text]
    assert straight == ([] if len(fabric.sites.rows) > 1 else ["copper's 3 m, laid straight"])
    assert not any(rack.name in reach.split() for rack in fabric.sites.racks)
    assert max(mark.y for mark in one.marks if isinstance(mark, Label)) < legend_top(one)


def legend_top(one: Sheet) -> float:
    texts = {key.text for key in one.legend}
    return min(mark.y for mark in furniture(one) if isinstance(mark, Label) and mark.text in texts) - 14


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "nvl72-spread-4-racks", "hybrid-copper-cpo"])
def test_racks_of_a_single_row_hold_their_gpus_and_switches_as_squares(name: str) -> None:
    fabric, _ = built(name)
    one = sheet(*built(name))
    counted = Counter({mark.fill: 0 for mark in one.marks if isinstance(mark, Squares)})
    for mark in one.marks:
        if isinstance(mark, Squares):
            counted[mark.fill] += len(mark.at)
    for colour, roles in (("gpu", {"gpu"}), ("switch", SWITCH_ROLES)):
        assert counted[colour] == sum(group.count for group in fabric.groups if group.type.role in roles)
    assert {"GPU", "switch"} <= {key.text for key in one.legend}


def test_more_than_can_be_counted_is_a_stripe_that_the_legend_explains() -> None:
    one = sheet(*built("rubin-ultra-nvl576"))
    assert not [mark for mark in one.marks if isinstance(mark, Squares)]
    assert [key.text for key in one.legend[:2]] == ["compute inside", "switches inside"]


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_has_a_price_or_no_date_of_prices(name: str) -> None:
    one = sheet(*built(name))
    assert any(figure.value.startswith("USD") for figure in one.figures) == ("prices of" in one.footer)
    assert figures_height(one.figures) <= BODY.height


def numbers(one: Sheet) -> list[Label]:
    return [mark for mark in one.marks if isinstance(mark, Label) and mark.text.replace(",", "").isdecimal()]


def distance_to(word: Label, arc: Stroke) -> float:
    """Return the pixels of paper between a word and an arc."""
    x, y = sampled(arc).T
    dx = np.maximum(0, np.maximum(word.left - x, x - word.left - word.width))
    dy = np.maximum(0, np.maximum(word.y - 12 - y, y - word.y - 3))
    return float(np.hypot(dx, dy).min()) - arc.width / 2


@pytest.mark.parametrize("name", FLOORS)
def test_the_number_of_links_is_at_each_arc_or_in_the_legend_if_all_have_the_same(name: str) -> None:
    fabric, _ = built(name)
    one, counts = sheet(*built(name)), [bundle.links for bundle in drawn_bundles(fabric)]
    lines = [key.text for key in one.legend if key.sample == "line" and "copper's" not in key.text]
    if len(set(counts)) == 1:
        assert numbers(one) == []
        assert all(text.endswith(f"; {counts[0]:,} link{'s' * (counts[0] != 1)} an arc") for text in lines)
    elif len(fabric.sites.rows) > 1:
        assert sorted(word.text for word in numbers(one)) == sorted(f"{count:,}" for count in counts)
        assert all(text.endswith("; number: links") for text in lines)
    else:
        assert numbers(one) == []
        assert not any("links" in text for text in lines)


@pytest.mark.parametrize("name", FLOORS)
def test_the_arc_next_to_a_number_has_as_many_links_and_no_other_is_near(name: str) -> None:
    one = sheet(*built(name))
    for word in numbers(one):
        near, *others = sorted(arcs(one), key=partial(distance_to, word))
        assert f": {word.text} link" in near.tip.partition("\n")[0]
        assert distance_to(word, others[0]) > max(3, distance_to(word, near) + 2)
        assert word.back


def drawn_bundles(fabric: Fabric) -> list[Bundle]:
    return [one for one in bundles(fabric) if one.a >= 0 and one.b >= 0 and one.a != one.b]


@pytest.mark.parametrize("name", FLOORS)
def test_the_circle_of_copper_is_dashed_as_in_the_legend_and_stands_on_paper(name: str) -> None:
    one = sheet(*built(name))
    dashed = [mark for mark in one.marks if isinstance(mark, Stroke) and mark.dash]
    for ring in dashed:
        below = one.marks[one.marks.index(ring) - 1]
        assert isinstance(below, Stroke)
        assert (below.colour, below.points, below.dash) == ("paper", ring.points, "")
        assert below.width > ring.width
    (sample,) = [key.sample for key in one.legend if key.text.startswith("copper's ")]
    assert sample == ("dashed ring" if dashed else "line")
    assert any(isinstance(mark, Disc) and mark.dashed for mark in furniture(one)) == bool(dashed)


def test_rows_with_more_racks_than_others_say_so() -> None:
    for name, row, words in (
        ("scaleout-10368", 4, "8 more switch racks"),
        ("scaleout-32768", 0, "12 more switch racks"),
    ):
        fabric, rolled = built(name)
        assert longer_rows(plan_of(fabric, contract(fabric, "rack"))) == {row: words}
        one = sheet(fabric, rolled)
        said = [mark.text for mark in one.marks if isinstance(mark, Label)]
        told = f"row {fabric.sites.rows[row]}: {words}"
        assert any(text.endswith(told) for text in (*said, one.subtitle))
    even = built("nvl72-spread-hall")[0]
    assert longer_rows(plan_of(even, contract(even, "rack"))) == {}
