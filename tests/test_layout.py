from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.build.rack_room import free_units, within_room
from topogen.errors import InputError

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

HEAD = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 2, lane_rate: 200 Gb/s}}}
  chip: {role: switch, height_u: 2, ports: {p: {count: 8, lanes: 2, lane_rate: 200 Gb/s}}}
templates: {rack: {level: rack, slots: {U10: gpu, U30-31: chip}}, empty: {level: rack}}
"""
FLOOR = "rack_pitch: 600 mm, row_pitch: 3 m, tray: {where: overhead, height: 2.6 m}"


def fabric(links: str, layout: str = "", racks: str = "r[1-3]") -> Fabric:
    """Return racks of one GPU at U10 (445 mm) and one chip at U30 (1,334 mm), with one link group."""
    floor = f"layout: {{{layout}}}\n" if layout else ""
    return fabric_of(
        f"{HEAD}instances: {{'{racks}': rack}}\nlinks: {{x: {{network: scale_up, {links}}}}}\n{floor}"
    )


def lengths(made: Fabric) -> list[tuple[int | None, str, int]]:
    return [(one.length_mm, one.basis, one.links) for one in made.links[0].lengths]


WITHIN = "a: gpu.p, b: chip.p, pattern: planes, within: rack"
ACROSS = "a: 'r[1]/gpu.p', b: 'r[3]/chip.p', pattern: planes"


@pytest.mark.parametrize(
    ("layout", "length"),
    [
        ("", 889),  # 30 U - 10 U, each rounded up: 1,334 - 445
        ("slack: {per_end: 0.1 m}", 889 + 200),
        ("slack: {percent: 5}", 934),  # 933.45 rounded up
        ("slack: {per_end: 10 mm, percent: 10}", 978 + 20),
        ("slack: {x: {per_end: 1 mm}, other: {per_end: 1 m}}", 891),
        ("slack: {other: {per_end: 1 m}}", 2889),
    ],
)
def test_in_a_rack_it_is_the_difference_of_heights_and_slack(layout: str, length: int) -> None:
    assert lengths(fabric(WITHIN, layout)) == [(length, "routed", 6)]


@pytest.mark.parametrize(
    ("layout", "length"),
    [
        (f"rows: {{A: ['r[1-3]']}}, {FLOOR}", (2600 - 445) + (2600 - 1334) + 1200),
        (f"rows: {{A: [r1], B: [r2, r3]}}, {FLOOR}", (2600 - 445) + (2600 - 1334) + 600 + 3000),
        (f"rows: {{A: [r1, r3, r2]}}, {FLOOR}", (2600 - 445) + (2600 - 1334) + 600),
        (f"rows: {{A: ['r[1-3]']}}, {FLOOR.replace('overhead', 'underfloor')}", 5200 + 445 + 1334 + 1200),
        (f"rows: {{A: ['r[3,2,1]']}}, {FLOOR}", (2600 - 445) + (2600 - 1334) + 1200),
        (f"rows: {{A: ['r[3,1,2]']}}, {FLOOR}", (2600 - 445) + (2600 - 1334) + 600),
    ],
)
def test_between_racks_it_is_drops_and_the_way_along_the_tray(layout: str, length: int) -> None:
    assert lengths(fabric(ACROSS, layout)) == [(length, "routed", 2)]


@pytest.mark.parametrize("layout", ["", "slack: {per_end: 1 m}", "rows: {A: [r1]}, rack_pitch: 600 mm"])
def test_without_rows_or_a_tray_the_way_between_racks_is_unknown(layout: str) -> None:
    made = fabric(ACROSS, layout)
    assert lengths(made) == [(None, "unknown", 2)]
    assert "W304" in [problem.code for problem in made.warnings]


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("floor: none", (None, "unknown", 2)),
        ("default_length: 10 m", (10_000, "default", 2)),
        ("floor: none, default_length: 4 m, slack: {per_end: 1 m}", (4_000, "default", 2)),
    ],
)
def test_that_no_floor_is_intended_can_be_stated(layout: str, expected: tuple[int | None, str, int]) -> None:
    made = fabric(ACROSS, layout)
    assert lengths(made) == [expected]
    assert "W304" not in [problem.code for problem in made.warnings]


def test_two_devices_without_a_rack_are_not_in_one_rack() -> None:
    text = HEAD.replace("instances", "unused").partition("templates")[0]
    links = "links: {x: {network: scale_up, a: gpu.p, b: chip.p, pattern: planes}}\n"
    made = fabric_of(f"{text}instances: {{gpu: 1, chip: 1}}\n{links}")
    assert {(length, basis) for length, basis, _ in lengths(made)} == {(None, "unknown")}


def test_without_u_it_is_2_m_in_a_rack() -> None:
    text = HEAD.replace("slots: {U10: gpu, U30-31: chip}", "contains: {gpu: 1, chip: 1}")
    made = fabric_of(f"{text}instances: {{r: rack}}\nlinks: {{x: {{network: scale_up, {WITHIN}}}}}\n")
    assert lengths(made) == [(2_000, "default", 2)]


def test_a_stated_length_wins_over_the_floor() -> None:
    assert lengths(fabric(f"{WITHIN}, length: 1.2 m")) == [(1200, "stated", 6)]


def test_a_board_has_no_length() -> None:
    board = fabric_of(f"{HEAD}instances: {{r: rack}}\nlinks: {{x: {{network: board, {WITHIN}}}}}\n")
    assert lengths(board) == [(0, "board", 2)]


def test_a_board_that_a_policy_chose_has_no_length_unless_it_is_stated() -> None:
    medium = "media: {pcb: {kind: board}, dac: {kind: copper}}"
    policy = "policies: {near: [{same: rack, use: pcb}, {use: dac}]}"
    text = f"{HEAD}instances: {{r: rack}}\ncatalog: {{{medium}}}\n{policy}\n"
    for more, expected in (("", (0, "board", 2)), (", length: 0.3 m", (300, "stated", 2))):
        link = f"links: {{x: {{network: scale_up, {WITHIN}, medium: near{more}}}}}\n"
        assert lengths(fabric_of(text + link)) == [expected]


def test_an_external_link_has_no_length_unless_it_says_so() -> None:
    outside = "a: gpu.p, pattern: external, to: elsewhere"
    assert lengths(fabric(outside)) == [(None, "unknown", 6)]
    assert lengths(fabric(f"{outside}, length: 5 m")) == [(5000, "stated", 6)]


def standing(made: Fabric, role: str) -> list[tuple[str, int]]:
    """Return the rack and U of each switch of a role."""
    group = next(one for one in made.groups if one.role == role)
    where = slice(group.first, group.first + group.count)
    racks, units = made.sites.rack[where].tolist(), made.sites.unit[where].tolist()
    return [(made.sites.racks[rack].name, unit) for rack, unit in zip(racks, units, strict=True)]


PLACED = """
instances: {{"r[1-3]": rack, "net[1-2]": empty}}
fabrics: {{f: {{network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.p, switch: chip}}}}
layout: {{place: {place}}}
"""


@pytest.mark.parametrize(
    ("place", "leaves", "spines"),
    [
        ("{f: net1}", [("net1", 1), ("net1", 3)], [("net1", 5)]),
        ("{f/leaf: 'net[1-2]', f/spine: net2}", [("net1", 1), ("net2", 1)], [("net2", 3)]),
        ("{f/leaf: [net2, r1], f/spine: net2}", [("net2", 1), ("r1", 32)], [("net2", 3)]),
        ("{f/leaf: [net2, 'net[1-2]'], f/spine: net1}", [("net2", 1), ("net1", 1)], [("net1", 3)]),
        ("{f: r2}", [("r2", 32), ("r2", 34)], [("r2", 36)]),
        ("{f: r2}, from_u: {f: 20}", [("r2", 20), ("r2", 22)], [("r2", 24)]),
        ("{f/leaf: r2, f/spine: r2}, from_u: {f/leaf: 29}", [("r2", 32), ("r2", 34)], [("r2", 36)]),
        ("{f/spine: net1, f/leaf: net1}", [("net1", 3), ("net1", 5)], [("net1", 1)]),
    ],
)
def test_place_fills_racks_from_the_lowest_free_u(
    place: str, leaves: list[tuple[str, int]], spines: list[tuple[str, int]]
) -> None:
    made = fabric_of(HEAD + PLACED.format(place=place))
    assert [standing(made, role) for role in ("f/leaf", "f/spine")] == [leaves, spines]


def test_switches_from_a_stated_u_stay_where_they_are_as_a_rack_fills() -> None:
    placed = PLACED.format(place="{f: r2}, from_u: {f: 33}")
    fuller = HEAD.replace("U30-31: chip", "U20-21: chip, U30-31: chip")
    small, large = (
        fabric_of(head + placed.replace("chip}}", "chip, leaves: 2}}")) for head in (HEAD, fuller)
    )
    assert fuller != HEAD
    assert standing(small, "f/leaf") == standing(large, "f/leaf") == [("r2", 33), ("r2", 35)]


@pytest.mark.parametrize(
    ("height", "leaves"),
    [
        (8, [("net1", 5), ("net1", 7), ("net2", 1), ("net2", 3)]),
        (6, [("net1", 5), ("net2", 1), ("net2", 3), ("net2", 5)]),
    ],
)
def test_switches_go_to_the_next_rack_of_a_list_that_has_room(
    height: int, leaves: list[tuple[str, int]]
) -> None:
    head = HEAD.replace("empty: {level: rack}", f"empty: {{level: rack, height_u: {height}}}")
    placed = PLACED.format(place="{f/spine: net1, f/leaf: 'net[1-2]'}").replace("r[1-3]", "r[1-8]")
    assert standing(fabric_of(head + placed), "f/leaf") == leaves


@given(data=st.data())
def test_racks_take_every_switch_that_they_have_room_for(data: st.DataObject) -> None:
    room = np.array(data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=12)))
    meant = np.array(data.draw(st.lists(st.integers(0, 30), min_size=len(room), max_size=len(room))))
    taken = within_room(meant, room)
    assert taken.sum() == meant.sum()
    if meant.sum() > room.sum() or (meant <= room).all():
        assert taken.tolist() == meant.tolist()
    else:
        assert (taken <= room).all()


NODES = """
devices:
  gpu: {{role: gpu, ports: {{p: {{count: 1, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  chip:
    role: switch
    height_u: {height}
    width: {width}
    ports: {{p: {{count: 8, lanes: 2, lane_rate: 200 Gb/s}}}}
templates:
  node: {{level: node, height_u: 8, contains: {{gpu: 4}}}}
  rack: {{level: rack, height_u: {rack}, slots: {{{slots}: node}}}}
instances: {{"r[1-2]": rack}}
fabrics: {{f: {{network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.p, switch: chip}}}}
layout: {{place: {{f/leaf: top_of_rack, f/spine: r2}}}}
"""


@pytest.mark.parametrize(
    ("slots", "rack", "height", "width", "leaves", "spines"),
    [
        ("U1-16", 42, 2, "full", [17, 19, 17, 19], [21, 23]),
        ("U1-8", 42, 2, "full", [9, 9], [11]),
        ("U35-42", 42, 2, "full", [1, 1], [3]),
        ("U27-34", 38, 2, "full", [35, 35], [37]),
        ("U27-34", 37, 2, "full", [35, 35], [1]),
        ("U1-8", 42, 1, "half", [9, 9], [9]),
        ("U9-16", 16, 3, "half", [1, 1], [1]),
    ],
)
def test_a_switch_never_stands_inside_a_node(
    slots: str, rack: int, height: int, width: str, leaves: list[int], spines: list[int]
) -> None:
    made = fabric_of(NODES.format(slots=slots, rack=rack, height=height, width=width))
    found = [[unit for _, unit in standing(made, role)] for role in ("f/leaf", "f/spine")]
    assert found == [leaves, spines]


@given(data=st.data())
def test_no_u_of_a_rack_is_taken_twice(data: st.DataObject) -> None:
    taken = data.draw(st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=48))
    height, abreast = data.draw(st.integers(1, 9)), data.draw(st.sampled_from([1, 2]))
    count, loose = data.draw(st.integers(1, 60)), data.draw(st.integers(0, 10))
    units = free_units(taken, count, height, abreast, loose)
    filled = list(taken)
    for unit in units:
        for at in range(unit - 1, unit - 1 + height):
            filled[at] += 2 // abreast
    assert max(filled) <= 2
    assert len(units) <= count
    if units:
        assert filled.count(0) >= loose


ROWS = f"rows: {{{{A: ['r[1-2]'], B: [r3]}}}}, {FLOOR}, ".replace("{tray", "{{tray").replace(
    "{where", "{{where"
)


FABRIC = (
    "network: scale_out, pattern: fat_tree, tiers: 2, ends: 'gpu.p[0]', leaf: {down: 2, up: 4}, switch: chip"
)
IN_ROWS = "rows: {A: ['r[1-4]'], 'B 2': [r5]}"


def in_rows(place: str, head: str = HEAD) -> Fabric:
    """Return five racks in two rows under a fabric whose switches stand at ``place``."""
    layout = f"layout: {{{IN_ROWS}, {FLOOR}, place: {{{place}}}}}\n"
    return fabric_of(f"{head}instances: {{'r[1-5]': rack}}\nfabrics: {{f: {{{FABRIC}}}}}\n{layout}")


def test_a_switch_at_the_top_of_a_rack_stands_where_most_of_its_ends_do() -> None:
    made = in_rows("f/leaf: top_of_rack, f/spine: top_of_rack")
    assert standing(made, "f/leaf") == [("r1", 32), ("r3", 32), ("r5", 32)]
    assert [rack for rack, _ in standing(made, "f/spine")] == ["r1", "r1"]


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ("middle_of_row", ["r1", "r2", "middle_of_row_a0", "r3", "r4"]),
        ("end_of_row", ["r1", "r2", "r3", "r4", "end_of_row_a0"]),
    ],
)
def test_a_row_gets_a_rack_for_its_switches(where: str, order: list[str]) -> None:
    made = in_rows(f"f: {where}")
    in_a = [rack for rack in made.sites.racks if rack.row == "A"]
    assert [rack.name for rack in sorted(in_a, key=lambda rack: rack.x_mm or 0)] == order
    assert {rack.x_mm for rack in in_a} == {0, 600, 1200, 1800, 2400}
    assert standing(made, "f/leaf") == [(f"{where}_a0", 1), (f"{where}_a0", 3), (f"{where}_b_2_0", 1)]
    assert standing(made, "f/spine") == [(f"{where}_a0", 5), (f"{where}_a0", 7)]


def test_a_row_gets_as_many_racks_as_its_switches_fill() -> None:
    made = in_rows("f: end_of_row", HEAD.replace("height_u: 2", "height_u: 30").replace("U30-31", "U11-40"))
    assert standing(made, "f/leaf") == [("end_of_row_a0", 1), ("end_of_row_a1", 1), ("end_of_row_b_2_0", 1)]
    assert standing(made, "f/spine") == [("end_of_row_a2", 1), ("end_of_row_a3", 1)]
    in_a = sorted((rack.x_mm or 0, rack.name) for rack in made.sites.racks if rack.row == "A")
    assert [name for _, name in in_a][4:] == [f"end_of_row_a{number}" for number in range(4)]


def measured(table: str, slack: str = "") -> Fabric:
    """Return a link group from r1 to r3 on a floor with a table of measured ways."""
    layout = f"layout: {{rows: {{A: ['r[1-3]']}}, {FLOOR}{slack}, distances: ways.csv}}\n"
    text = f"{HEAD}instances: {{'r[1-3]': rack}}\nlinks: {{x: {{network: scale_up, {ACROSS}}}}}\n{layout}"
    return fabric_of(text, tables={"ways.csv": table})


def test_a_measured_way_wins_over_the_routed_one_and_gets_slack() -> None:
    made = measured("rack_a,rack_b,length_m\nr3,r1,12.5\nr1,r2,3\n", ", slack: {per_end: 0.1 m}")
    assert lengths(made) == [(12_500 + 200, "measured", 2)]


def test_racks_that_nobody_measured_are_routed() -> None:
    made = measured("length_m,rack_b,rack_a\n3,r2,r1\n")
    assert lengths(made) == [((2600 - 445) + (2600 - 1334) + 1200, "routed", 2)]


def test_pairs_may_stand_in_a_table() -> None:
    links = "links: {x: {network: scale_up, pattern: explicit, pairs: p.csv}}\n"
    table = "a,b\n\nr1/gpu.p[0],r2/chip.p[3]\nr1/gpu.p[1],r3/chip.p[0]\n"
    made = fabric_of(f"{HEAD}instances: {{'r[1-3]': rack}}\n{links}", tables={"p.csv": table})
    assert made.links[0].count == 2


@pytest.mark.parametrize(
    "layout",
    [
        f"rows: {{A: ['r[1-9]']}}, {FLOOR}",
        f"rows: {{A: [r1, r1]}}, {FLOOR}",
        f"rows: {{A: [gpu]}}, {FLOOR}",
        "rows: {A: ['r[1-3]']}, tray: {where: overhead, height: 2.6 m}",
        "rows: {A: ['r[1-3]']}, rack_pitch: 600 mm, tray: {where: overhead, height: 1 m}",
        "place: {f: r1}",
    ],
    ids=["no r[4]", "r1 twice", "no rack", "no pitch", "tray below a device", "no fabric f"],
)
def test_a_floor_that_cannot_be_is_refused(layout: str) -> None:
    with pytest.raises(InputError):
        fabric(ACROSS, layout)


def test_every_rack_of_a_kind_has_the_same_length_classes() -> None:
    assert lengths(fabric(WITHIN, racks="r[1-40]")) == [(889, "routed", 80)]
