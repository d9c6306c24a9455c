"""The row: its lines are all links between racks, and what is said below a rack is what leaves it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.furniture import LEGEND_ROW, rows_of
from topogen.draw.row import FEW_RACKS, MOST_RACKS
from topogen.draw.row.fronts import BOTTOM, BUS
from topogen.draw.row.ways import ways_of
from topogen.draw.sheet import BODY, Box, Label, Sheet, Squares, Stroke
from topogen.errors import InputError
from topogen.load.files import shipped_names
from topogen.model.expand import expand
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

ROWS = tuple(name for name in shipped_names() if 2 <= len(shipped_fabric(name).sites.racks) <= MOST_RACKS)


@cache
def built(name: str) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name)
    return fabric, roll_up(fabric)


def sheet(fabric: Fabric, rolled: RollUp, only: tuple[str, ...] = ()) -> Sheet:
    drawn = draw(fabric, rolled, "row", only).picture
    assert isinstance(drawn, Sheet)
    return drawn


def first_line(line: Stroke) -> str:
    """Return how many links a line stands for."""
    return line.tip.split("\n")[0].rpartition(": ")[2]


def lines_of(one: Sheet) -> list[Stroke]:
    """Return the lines that are links; those of paper only keep crossing ones apart."""
    return [mark for mark in one.marks if isinstance(mark, Stroke) and mark.colour != "paper"]


def links_of(one: Sheet) -> int:
    lines = lines_of(one)
    return sum(int(first_line(line).split(" ")[0].replace(",", "")) for line in lines)


def check(fabric: Fabric, one: Sheet) -> None:
    """Check lines, racks and what leaves each rack against a count link by link."""
    rack = np.append(fabric.sites.rack, -1)  # one more, outside the model
    between = 0
    leaving: Counter[int] = Counter()
    for link in fabric.links:
        columns = expand(fabric, link)
        ends = np.column_stack([rack[columns.a], rack[columns.b]])
        away = ends[(ends[:, 0] != ends[:, 1]) & (ends >= 0).all(axis=1)]
        between += len(away)
        leaving.update(away.ravel().tolist())
    ways = ways_of(fabric, None)
    assert links_of(one) == between
    assert between + sum(ways.inside.values()) + ways.beyond == fabric.n_links
    found: Counter[int] = Counter()
    for row in ways.leaving:
        found[row.rack] += row.links
    assert found == leaving
    drawn = [mark for mark in one.marks if isinstance(mark, Box) and mark.fill == "paper"]
    assert len(drawn) == len(fabric.sites.racks)


@pytest.mark.parametrize("name", ROWS)
def test_lines_are_the_links_between_racks(name: str) -> None:
    check(built(name)[0], sheet(*built(name)))


@given(odd_fabrics())
@quick
def test_rows_of_odd_fabrics_add_up(odd: Odd) -> None:
    if 2 <= len(odd.fabric.sites.racks) <= MOST_RACKS:
        check(odd.fabric, sheet(odd.fabric, roll_up(odd.fabric)))


def test_a_line_runs_from_each_rack_into_each_leaf() -> None:
    one = sheet(*built("gb300-nvl72-row"))
    lines = lines_of(one)
    assert len(lines) == 4 * 4
    assert {first_line(line) for line in lines} == {"18 links"}
    words = [mark.text for mark in one.marks if isinstance(mark, Label)]
    assert {"leaf0", "spine1", "r1: 72 GPU", "72 x 800G", "5.39 to 7.16 m"} <= {
        word.replace("\u2013", " to ") for word in words
    }
    assert one.title == "288 of 6,048 links leave their rack, 4.76 to 7.16 m long"


def test_light_inside_racks_is_the_title_where_it_is_most() -> None:
    one = sheet(*built("article-optical-row"))
    assert one.title.startswith("5,472 links inside racks are light; 288 leave their rack")
    assert "1,296 x 400G inside" in {mark.text for mark in one.marks if isinstance(mark, Label)}


@pytest.mark.parametrize("name", ROWS)
def test_captions_are_short_and_whole(name: str) -> None:
    one = sheet(*built(name))
    below = [mark for mark in one.marks if isinstance(mark, Label) and mark.y > BOTTOM]
    columns = Counter(
        number for number, rack in enumerate(racks_of(one)) for mark in below if under(mark, rack)
    )
    assert max(columns.values()) <= (5 if len(columns) <= FEW_RACKS else 4)
    assert not [mark.text for mark in below if mark.text.endswith(("...", "and more"))]


def racks_of(one: Sheet) -> list[Box]:
    return [mark for mark in one.marks if isinstance(mark, Box) and mark.fill == "paper"]


def under(word: Label, rack: Box) -> bool:
    return rack.x <= word.left + word.width / 2 <= rack.x + rack.width


def test_trays_are_drawn_one_by_one() -> None:
    one = sheet(*built("gb300-nvl72-row"))
    trays = Counter(mark.fill for mark in one.marks if isinstance(mark, Box) and "_tray" in mark.key)
    assert trays == {"compute_tray": 4 * 18, "switch_tray": 4 * 9}


@pytest.mark.parametrize("name", ["rubin-ultra-nvl576", "hybrid-copper-cpo"])
def test_trays_that_share_a_u_keep_their_order(name: str) -> None:
    trays = [
        mark for mark in sheet(*built(name)).marks if isinstance(mark, Box) and mark.key.startswith("r1/")
    ]
    down = [mark.fill for mark in sorted(trays, key=lambda mark: mark.y)]
    assert down == ["compute_tray"] * 9 + ["switch_tray"] * 18 + ["compute_tray"] * 9


def test_without_room_for_light_in_trays_the_gpus_and_chips_still_count() -> None:
    one = sheet(*built("rubin-ultra-nvl576"))
    pieces = Counter[str]()
    for mark in one.marks:
        if isinstance(mark, Squares):
            pieces[mark.fill] += len(mark.at)
    assert pieces == {"gpu": 8 * 72, "switch": 8 * 72}
    assert (
        sum(isinstance(mark, Box) and mark.fill == "own_laser" and bool(mark.tip) for mark in one.marks) == 8
    )


TWO_ROWS = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 32, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: node, contains: {nic: 8}}
  racked: {level: rack, contains: {node: 4}}
  net: {level: rack}
instances: {"r[1-4]": racked, "n[1-2]": net}
layout: {rows: {A: "r[1-4]", B: "n[1-2]"}, place: {net: [n1, n2]}, rack_pitch: 600 mm, row_pitch: 3 m}
fabrics:
  net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box}
"""


def test_racks_of_another_row_stand_apart_under_a_tray_of_their_own() -> None:
    fabric = fabric_of(TWO_ROWS)
    one = sheet(fabric, roll_up(fabric))
    assert {"row A: links between racks", "row B"} <= {
        mark.text for mark in one.marks if isinstance(mark, Label)
    }
    gaps = [right.x - left.x - left.width for left, right in pairwise(racks_of(one))]
    assert gaps[3] > 3 * max(gaps[:3] + gaps[4:])


def test_only_some_racks_of_many_are_drawn() -> None:
    one = sheet(*built("nvl72-spread-hall"), ("c1",))
    assert links_of(one) == 4 * 18
    assert "only c1" in one.subtitle


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("scaleout-10368", "E693", "--diagram tiers"),
        ("tpu-v4-ocs", "E693", "--diagram shape"),
        ("gb200-nvl72", "E694", "--diagram elevation"),
        ("cpo-switch-bom", "E694", "--diagram engines"),
    ],
)
def test_what_is_no_row_is_refused(name: str, code: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        sheet(*built(name))
    assert refused.value.problems[0].code == code
    assert hint in refused.value.problems[0].hint


def test_leaves_and_spines_that_are_joined_in_their_rack_have_a_piece_of_link_between_them() -> None:
    one = sheet(*built("gb300-nvl72-row"))
    bars = [mark for mark in one.marks if isinstance(mark, Box) and mark.width == BUS]
    assert [bar.fill for bar in bars] == ["module"]
    spine, leaf = (
        next(mark for mark in one.marks if isinstance(mark, Label) and mark.text == name)
        for name in ("spine0", "leaf3")
    )
    assert spine.y < bars[0].y < leaf.y


@pytest.mark.parametrize(
    ("name", "scenario"),
    [("gb300-nvl72-row", "cpo"), ("article-nvl72", "hybrid"), ("slingshot-dragonfly", "small")],
)
def test_a_legend_of_two_rows_has_room_of_its_own(name: str, scenario: str) -> None:
    fabric = shipped_fabric(name, scenario)
    one = sheet(fabric, roll_up(fabric))
    rows = rows_of(one.legend)
    top = BODY.y + BODY.height + 14 - LEGEND_ROW * (rows - 1) - 15
    assert max(mark.y for mark in one.marks if isinstance(mark, Label)) < top
    assert not any(mark.text.endswith("...") for mark in one.marks if isinstance(mark, Label))
