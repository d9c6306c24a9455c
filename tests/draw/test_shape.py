"""The shape of direct networks: what is drawn is the model, line by line, and DOT draws the same."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from functools import cache
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.furniture import figures_height, furniture
from topogen.draw.renderer import bundled_command
from topogen.draw.sheet import BODY, Box, Disc, Label, Sheet, Squares, Stroke
from topogen.draw.sheet_dot import to_pinned_dot
from topogen.draw.sheet_svg import to_svg
from topogen.errors import InputError
from topogen.load.files import shipped_names
from topogen.model.expand import expand
from topogen.model.fabric import Fabric, device_name
from topogen.takeoff.roll_up import roll_up
from topogen.wiring import GENERATORS
from topogen.wiring.hx_mesh import HammingMesh

ROUTER = "router: {role: switch, ports: {net: {count: 200, lanes: 4, lane_rate: 100 Gb/s}}}"
WHOLE = {
    "dragonfly": (1, "groups: 9, routers_per_group: 4, hosts_per_router: 2, globals_per_router: 2"),
    "hyperx": (1, "dims: [4, 6], hosts_per_router: 3"),
    "hyperx of one dimension": (1, "dims: [7], hosts_per_router: 2, links_per_pair: 2"),
    "hyperx of three": (1, "dims: [2, 3, 4], hosts_per_router: 2"),
    "hx_mesh": (4, "board: [2, 3], boards: [3, 4]"),
    "slim_fly": (1, "q: 5"),
    "polar_fly": (1, "q: 3"),
    "de_bruijn": (1, "base: 2, digits: 4"),
    "nd_full_mesh": (6, "dims: [4, 4]"),
    "nd_full_mesh of three dimensions": (6, "dims: [2, 3, 4]"),
    "jellyfish": (1, "switches: 20, degree: 4, seed: 1"),
    "torus": (6, "dims: [4, 3, 5]"),
    "torus of two dimensions": (4, "dims: [6, 8]"),
    "torus of four dimensions": (8, "dims: [2, 3, 3, 3]"),
    "torus without wrap": (4, "dims: [5, 4], wrap: [false, false]"),
    "torus of one dimension": (2, "dims: [9]"),
    "torus of cubes": (6, "dims: [4, 4, 8], cube: [2, 4, 4]"),
}
"""By the pattern and a remark: ports of an end, and sizes so small that all is drawn."""

DRAGONFLY_PLUS = (
    "groups: 17, leaves_per_group: 4, spines_per_group: 4, hosts_per_leaf: 4, globals_per_spine: 4"
)
PLANES = "hx_mesh", (8, "planes: 2, board: [2, 2], boards: [2, 3]")


def made(pattern: str, ports: int, sizes: str, more: str = "", radix: int = 200) -> Fabric:
    switch = "" if pattern in ("torus", "nd_full_mesh") else "switch: router, "
    net = f"network: scale_out, pattern: {pattern}, create: gpu.net, {switch}{sizes}"
    text = f"""
devices:
  gpu: {{role: gpu, ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  {ROUTER.replace("200", str(radix))}
layout: {{floor: none}}
fabrics:
  net: {{{net}{more}}}
"""
    return fabric_of(text)


def shape(fabric: Fabric, *only: str) -> Sheet:
    picture = draw(fabric, roll_up(fabric), "shape", only).picture
    assert isinstance(picture, Sheet)
    return picture


@cache
def shipped(name: str, scenario: str | None = None) -> tuple[Fabric, Sheet]:
    fabric = shipped_fabric(name, scenario)
    return fabric, shape(fabric)


def lines(sheet: Sheet) -> list[Stroke]:
    return [one for one in sheet.marks if isinstance(one, Stroke) and one.key]


def drawn(sheet: Sheet) -> dict[str, int]:
    """Return how many links the lines of each link group stand for."""
    found: Counter[str] = Counter()
    for one in lines(sheet):
        found[one.key] += one.links
    return dict(found)


def node_names(sheet: Sheet) -> list[str]:
    return [one.id for one in sheet.marks if isinstance(one, Box | Disc) and one.id]


def joins(fabric: Fabric, names: set[str]) -> Counter[tuple[str, ...]]:
    """Return how many links of the model join each two devices of some names, counted link by link."""
    found: Counter[tuple[str, ...]] = Counter()
    for link in fabric.links:
        columns = expand(fabric, link)
        for a, b in zip(columns.a.tolist(), columns.b.tolist(), strict=True):
            pair = sorted((device_name(fabric, a), device_name(fabric, b)))
            if names.issuperset(pair):
                found[link.name, *pair] += 1
    return found


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_shape_has_a_line_for_every_link_between_the_devices_it_joins(name: str) -> None:
    ports, sizes = WHOLE[name]
    fabric = made(name.split(maxsplit=1)[0], ports, sizes)
    sheet = shape(fabric)
    found: Counter[tuple[str, ...]] = Counter()
    for one in lines(sheet):
        found[one.key, *sorted(one.ends)] += one.links
    if not any(end.startswith("grid ") for one in lines(sheet) for end in one.ends):
        assert found == joins(fabric, set(node_names(sheet)))
    inner = {link.name: link.count for link in fabric.links if not link.name.endswith("hosts")}
    if "three" not in name:
        assert {key: count for key, count in drawn(sheet).items() if key in inner} == inner
        assert "shown" not in sheet.subtitle


def test_every_generator_of_a_direct_network_is_tried() -> None:
    tried = {name.split()[0] for name in WHOLE}
    assert tried | {"torus_ocs", "fat_tree", "dragonfly_plus", "one_big_switch"} == set(GENERATORS)


@pytest.mark.parametrize("scenario", ["small", None])
def test_a_line_says_how_many_links_it_stands_for_and_between_what(scenario: str | None) -> None:
    _, sheet = shipped("slingshot-dragonfly", scenario)
    for one in lines(sheet):
        head, where = one.tip.split("\n")[:2]
        assert head.startswith(f"{one.key}: {one.links:,} ")
        assert where == " to ".join(filter(None, one.ends))


def test_lines_that_are_few_say_all_of_their_links() -> None:
    sheet = shape(made("hyperx", 1, "dims: [7], hosts_per_router: 2"))
    assert {one.tip.split("\n")[2] for one in lines(sheet)} == {"no medium, length unknown"}


def test_no_node_is_drawn_twice_and_every_line_ends_at_nodes() -> None:
    for name, (ports, sizes) in WHOLE.items():
        sheet = shape(made(name.split()[0], ports, sizes))
        names = node_names(sheet)
        assert len(names) == len(set(names)), name
        assert {end for one in lines(sheet) for end in one.ends if end} <= set(names), name


def test_one_group_of_a_large_dragonfly_is_opened_beside_some_of_its_groups() -> None:
    fabric, sheet = shipped("slingshot-dragonfly")
    assert drawn(sheet) == {"net/global": 16 * 15 // 2, "net/local": 32 * 31 // 2, "net/hosts": 32 * 16}
    assert "16 of 545 groups shown" in sheet.subtitle
    one = next(link for link in fabric.links if link.name == "net/global")
    columns = expand(fabric, one)
    first = fabric.groups[1].first
    a, b = (columns.a - first) // 32, (columns.b - first) // 32
    assert int(((a < 16) & (b < 16)).sum()) == drawn(sheet)["net/global"]


def test_a_dragonfly_plus_has_all_groups_and_the_two_tiers_of_one() -> None:
    fabric = made("dragonfly_plus", 1, DRAGONFLY_PLUS)
    sheet = shape(fabric)
    assert drawn(sheet) == {"net/global": 17 * 16 // 2, "net/local": 4 * 4, "net/hosts": 4 * 4}
    assert drawn(shape(fabric, "net/spine9"))["net/local"] == 4
    names = {name for name in node_names(sheet) if "spine" in name}
    assert names == {f"net/spine{number}" for number in range(4)}


def test_all_groups_of_one_plane_are_drawn_where_they_are_few() -> None:
    fabric, sheet = shipped("hammingmesh-dragonfly")
    link = next(link for link in fabric.links if link.name == "net/global")
    assert drawn(sheet)["net/global"] == link.count // 16
    between = [one for one in lines(sheet) if one.key == "net/global"]
    assert len(between) == 30 * 29 // 2
    assert {one.links for one in between} == {17, 18}


def test_the_small_dragonfly_is_drawn_whole() -> None:
    fabric, sheet = shipped("slingshot-dragonfly", "small")
    assert drawn(sheet) == {link.name: link.count for link in fabric.links}


@pytest.mark.parametrize(("scenario", "cubes"), [(None, 64), ("half", 32)])
def test_the_faces_of_a_cube_lead_to_the_switches_that_all_cubes_share(
    scenario: str | None, cubes: int
) -> None:
    fabric, sheet = shipped("tpu-v4-ocs", scenario)
    counts = {link.name: link.count for link in fabric.links}
    shown = drawn(sheet)
    assert shown["ici/face"] == counts["ici/face"]
    assert shown["ici/inside/pcb"] * cubes == counts["ici/inside/pcb"]
    assert shown["ici/inside/dac"] * cubes == counts["ici/inside/dac"]
    own = [one for one in lines(sheet) if one.key == "ici/face" and one.links == 1]
    assert len(own) == 96
    assert Counter(one.ends[1] for one in own) == dict.fromkeys({one.ends[1] for one in own}, 2)
    assert len({one.ends[1] for one in own}) == 48


def test_boards_of_a_hammingmesh_have_all_their_links() -> None:
    fabric, sheet = shipped("hammingmesh-hx2")
    boards = 24
    assert f"{boards} of 256 boards shown" in sheet.subtitle
    assert drawn(sheet) == {"net/board": 4 * boards, "net/row_lines": 4 * boards, "net/col_lines": 4 * boards}
    pairs = joins(fabric, set(node_names(sheet)))
    assert sum(count for (key, *_), count in pairs.items() if key == "net/row_lines") == 4 * boards


def leads(sheet: Sheet) -> list[Stroke]:
    return [one for one in sheet.marks if isinstance(one, Stroke) and not one.key and one.dash == "3 3"]


@pytest.mark.parametrize("scenario", [None, "hx4", "hx2-large", "hx4-large"])
def test_rows_and_columns_of_boards_say_how_many_boards_more_they_have(scenario: str | None) -> None:
    fabric, sheet = shipped("hammingmesh-hx2", scenario)
    spec = fabric.spec.fabrics["net"]
    assert isinstance(spec, HammingMesh)
    down, across = spec.boards
    boards = [one for one in sheet.marks if isinstance(one, Box) and one.fill == "outside"]
    rows, columns = len({one.y for one in boards}), len({one.x for one in boards})
    texts = Counter(one for one in labels_of(sheet) if one.endswith(" more"))
    wanted: Counter[str] = Counter()
    if across > columns:
        wanted[f"{across - columns} more"] += rows
    if down > rows:
        wanted[f"{down - rows} more"] += columns
    assert texts == wanted
    assert len(leads(sheet)) == texts.total()


def test_a_whole_shape_has_no_line_that_leads_on() -> None:
    for name, (ports, sizes) in WHOLE.items():
        assert not leads(shape(made(name.split()[0], ports, sizes))), name


def test_rows_and_columns_of_routers_lead_on_where_they_are_not_drawn_whole() -> None:
    sheet = shape(made("hyperx", 1, "dims: [30, 40], hosts_per_router: 2"))
    assert len(leads(sheet)) == 24 + 24
    assert {"16 more", "in each row", "6 more in each column"} <= set(labels_of(sheet))
    assert {key: count for key, count in drawn(sheet).items() if count} == {"net/dim0": 23, "net/dim1": 23}
    grids = shape(made("hyperx", 1, "dims: [9, 8, 3, 3], hosts_per_router: 2"))
    assert len(leads(grids)) == 6 + 6


def test_one_plane_of_several_is_drawn() -> None:
    pattern, (ports, sizes) = PLANES
    fabric = made(pattern, ports, sizes)
    assert drawn(shape(fabric)) == {link.name: link.count // 2 for link in fabric.links}
    assert "plane 1 of 2" in shape(fabric).subtitle


def test_a_torus_of_cubes_has_one_opened_and_lines_between_all() -> None:
    sheet = shape(made("torus", 6, "dims: [16, 16, 16], cube: [4, 4, 4]"))
    assert drawn(sheet) == {"net/inside": 3 * 48, "net/face": 3 * 64 * 16}
    stubs = [one for one in lines(sheet) if one.links == 0]
    assert len(stubs) == 6 * 16
    assert "1 of 64 cubes shown" in sheet.subtitle


def test_a_torus_may_take_some_ports_of_ends_that_stand_in_trays() -> None:
    fabric = fabric_of("""
devices:
  gpu: {role: gpu, ports: {net: {count: 14, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: tray, contains: {gpu: 4}}
instances: {node: 12}
layout: {floor: none}
fabrics:
  net:
    network: scale_up
    pattern: torus
    ends: "gpu.net[2-13]"
    dims: [1, 4, 3, 4]
    planes: 2
    blocks: {tray: [1, 2, 1, 2]}
""")
    sheet = shape(fabric)
    assert drawn(sheet) == {link.name: link.count // 2 for link in fabric.links}
    assert len(node_names(sheet)) == 48


def test_a_part_of_a_torus_has_a_short_line_for_every_link_that_leaves_it() -> None:
    fabric = made("torus", 6, "dims: [16, 16, 16]")
    sheet = shape(fabric)
    names = set(node_names(sheet))
    assert len(names) == 4 * 4 * 8
    inside = sum(joins(fabric, names).values())
    assert inside == 2 * (3 * 4 * 8) + 4 * 4 * 7
    assert sum(one.links for one in lines(sheet) if all(one.ends)) == inside
    assert sum(one.links for one in lines(sheet) if not all(one.ends)) == 6 * len(names) - 2 * inside


def test_a_large_slim_fly_shows_what_one_router_reaches() -> None:
    sheet = shape(made("slim_fly", 1, "q: 19"))
    assert drawn(sheet) == {"net/fabric": 29}
    assert len(node_names(sheet)) == 722


def test_a_grid_of_a_hyperx_is_opened_beside_all_grids() -> None:
    sheet = shape(made("hyperx", 1, "dims: [8, 8, 8], hosts_per_router: 2"))
    assert drawn(sheet) == {"net/dim0": 1792, "net/dim1": 224, "net/dim2": 224, "net/hosts": 128}


MESHES = """
devices:
  gpu: {role: gpu, ports: {nvl: {count: 18, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: tray, contains: {gpu: 8}}
instances: {node: 16}
layout: {floor: none}
links:
  nvl: {network: scale_up, a: gpu.nvl, WITH}
"""


@pytest.mark.parametrize(
    ("pattern", "links"),
    [
        ("b: gpu.nvl, within: tray, pattern: full_mesh, links_per_pair: 2", 56),
        ("within: tray, pattern: ring, links_per_pair: 3", 24),
        ("pattern: peers, across: tray, links_per_pair: 1", 16 * 15 // 2),
    ],
)
def test_one_of_many_meshes_is_drawn(pattern: str, links: int) -> None:
    fabric = fabric_of(MESHES.replace("WITH", pattern))
    sheet = shape(fabric)
    sets = fabric.links[0].count // links
    shown = min(sets, 6) if links < 100 else 1
    assert drawn(sheet) == {"nvl": links * shown}
    assert sheet.title.startswith(f"{sets} sets of ")
    assert (f"{shown} of {sets} sets shown" in sheet.subtitle) == (shown < sets)


def test_a_selection_opens_what_it_picks_and_draws_its_links_alone() -> None:
    fabric = shipped_fabric("slingshot-dragonfly", "small")
    picked = device_name(fabric, fabric.groups[1].first + 13)
    sheet = shape(fabric, picked)
    assert drawn(sheet) == {"net/hosts": 2, "net/local": 3, "net/global": 2}
    assert all(picked in one.ends for one in lines(sheet))
    assert picked in sheet.subtitle


def test_the_group_of_a_picked_router_is_opened() -> None:
    fabric = shipped_fabric("slingshot-dragonfly")
    picked = device_name(fabric, fabric.groups[1].first + 100 * 32 + 5)
    sheet = shape(fabric, picked)
    assert picked in node_names(sheet)
    assert drawn(sheet)["net/local"] == 31
    assert drawn(sheet)["net/hosts"] == 16


DIRECT = {"slingshot-dragonfly", "hammingmesh-dragonfly", "hammingmesh-hx2", "tpu-v4-ocs", "ub-mesh-pod"}
PLANE = re.compile(" a plane")
PER_ROUTER = re.compile(r"links of a router")


@pytest.mark.parametrize("name", [*WHOLE, "dragonfly_plus"])
def test_what_a_picture_of_one_plane_counts_does_not_grow_with_the_planes(name: str) -> None:
    pattern = name.split(maxsplit=1)[0]
    ports, sizes = WHOLE.get(name, (1, DRAGONFLY_PLUS))
    alone = shape(made(pattern, ports, sizes))
    several = shape(made(pattern, 3 * ports, f"planes: 3, {sizes}"))
    counted = [(one.value, PLANE.sub("", one.note)) for one in several.figures]
    assert counted == [(one.value, one.note) for one in alone.figures]
    assert labels_of(several) == labels_of(alone)


def labels_of(sheet: Sheet) -> list[str]:
    return [one.text for one in sheet.marks if isinstance(one, Label)]


def check_links_of_a_router(fabric: Fabric, sheet: Sheet) -> None:
    """Check that the links that figures give a router are all that it has, and that it has ports for them."""
    found = sum(int(one.value) for one in sheet.figures if PER_ROUTER.search(one.note))
    if not found:
        return
    router = next(group for group in fabric.groups if group.role == "net/router")
    hosts = next(link for link in fabric.links if link.name == "net/hosts").count
    between = sum(link.count for link in fabric.links if link.name != "net/hosts")
    assert found * router.count == 2 * between
    assert found + -(-hosts // router.count) <= sum(port.count for port in router.type.ports)


@pytest.mark.parametrize("name", ["slingshot-dragonfly", "hammingmesh-dragonfly"])
def test_a_router_of_a_shipped_dragonfly_has_ports_for_its_links(name: str) -> None:
    fabric, sheet = shipped(name)
    check_links_of_a_router(fabric, sheet)
    counts = [one.value for one in sheet.figures if PER_ROUTER.search(one.note)]
    assert counts == {"slingshot-dragonfly": ["31", "17"], "hammingmesh-dragonfly": ["31", "16"]}[name]


@given(
    st.integers(1, 4), st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.sampled_from([3, 4, 5, 7])
)
@settings(max_examples=25, deadline=None)
def test_links_of_a_router_fit_its_ports_in_any_number_of_planes(
    planes: int, routers: int, hosts: int, ports: int, q: int
) -> None:
    groups = routers * ports + 1
    sizes = f"planes: {planes}, groups: {groups}, routers_per_group: {routers}"
    keys = f"{sizes}, hosts_per_router: {hosts}, globals_per_router: {ports}"
    dragonfly = made("dragonfly", planes, keys, radix=routers - 1 + ports + hosts)
    check_links_of_a_router(dragonfly, shape(dragonfly))
    slim_fly = made("slim_fly", planes, f"planes: {planes}, q: {q}")
    check_links_of_a_router(slim_fly, shape(slim_fly))


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_a_picture_has_a_price_or_no_date_of_prices(name: str) -> None:
    _, sheet = shipped(name)
    priced = any(one.value.startswith("USD") for one in sheet.figures)
    assert priced or "prices of" not in sheet.footer
    assert sheet.figures[-1].value.startswith("USD") or name in {"slingshot-dragonfly", "tpu-v4-ocs"}
    assert figures_height(sheet.figures) <= BODY.height


def test_grids_of_a_grid_stand_in_rows_and_columns_that_their_links_run_along() -> None:
    _, sheet = shipped("ub-mesh-pod")
    boxes = {one.id: one for one in sheet.marks if isinstance(one, Box) and one.id.startswith("grid ")}
    at = {name: (round(one.x), round(one.y)) for name, one in boxes.items()}
    assert [len(set(side)) for side in zip(*at.values(), strict=True)] == [4, 4]
    assert {one.line for one in boxes.values()} == {"gpu", "ink"}
    for one in lines(sheet):
        if one.key in ("net/dim0", "net/dim1"):
            (x, y), (u, v) = (at[end] for end in one.ends)
            assert (x == u, y == v) == ((True, False) if one.key == "net/dim0" else (False, True))
            others = [box for name, box in boxes.items() if name not in one.ends]
            assert not any(crosses(one, box) for box in others), one.ends


def crosses(one: Stroke, box: Box) -> bool:
    t = np.linspace(0, 1, 200)[:, None]
    points = [np.array(point) for point in one.points]
    if one.curved:
        a, b, c, d = points
        x, y = (a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3).T
    else:
        x, y = (points[0] * (1 - t) + points[1] * t).T
    inside = (x > box.x) & (x < box.x + box.width) & (y > box.y) & (y < box.y + box.height)
    return bool(inside.any())


def test_dimensions_on_media_of_one_hue_differ_in_dash_and_stand_in_order_in_the_legend() -> None:
    _, sheet = shipped("ub-mesh-pod")
    assert [one.text.split(":")[0] for one in sheet.legend] == [
        *("dim0 in columns of grids", "dim1 in rows of grids", "dim2 in columns", "dim3 in rows"),
        "NPU, counted as GPU",
        "grid of 8 x 8 NPUs",
    ]
    assert [one.sample for one in sheet.legend[:2]] == ["line", "dashed"]
    places = [(one.y, one.x) for one in furniture(sheet) if isinstance(one, Label) and ": " in one.text]
    assert places[-6:] == sorted(places[-6:])


def test_the_legend_says_which_lines_the_links_of_a_dimension_are() -> None:
    fabric, sheet = shipped("ub-mesh-pod")
    at = {one.id: middle(one) for one in sheet.marks if isinstance(one, Box | Disc) and one.id}
    words = [one.text.partition(":")[0].partition(" ") for one in sheet.legend]
    said = {f"net/{part}": where for part, _, where in words if part.startswith("dim")}
    assert said.keys() == {link.name for link in fabric.links}
    for one in lines(sheet):
        (x, y), (u, v) = (at[end] for end in one.ends)
        assert ("rows" in said[one.key], "columns" in said[one.key]) == (abs(y - v) < 1, abs(x - u) < 1)
        assert ("grids" in said[one.key]) == one.ends[0].startswith("grid ")


@pytest.mark.parametrize(
    ("dims", "title"),
    [
        ("[4, 6]", "Every GPU linked to all others in its row and column"),
        ("[2, 3, 1, 4]", "Every GPU linked to all others in its row and column, in 3 dimensions"),
    ],
)
def test_the_title_of_a_full_mesh_of_dimensions_counts_them(dims: str, title: str) -> None:
    assert shape(made("nd_full_mesh", 9, f"dims: {dims}")).title == title


def opened_box(sheet: Sheet) -> Box:
    (one,) = [one for one in sheet.marks if isinstance(one, Box) and one.id and one.line == "ink"]
    return one


@pytest.mark.parametrize(
    ("pattern", "sizes"),
    [
        ("nd_full_mesh", "dims: [4, 4, 8, 8]"),
        ("nd_full_mesh", "dims: [5, 3, 3]"),
        ("torus", "dims: [16, 16, 16], cube: [4, 4, 4]"),
    ],
)
def test_lines_lead_from_the_opened_box_to_the_frame_of_what_is_in_it(pattern: str, sizes: str) -> None:
    sheet = shape(made(pattern, 30 if pattern == "nd_full_mesh" else 6, sizes))
    box = opened_box(sheet)
    (frame,) = [one for one in sheet.marks if isinstance(one, Box) and one.line == "ink" and not one.id]
    zoom = [one for one in sheet.marks if isinstance(one, Stroke) and not one.key and one.dash == "5 4"]
    edges = sorted(zoom, key=lambda one: one.points[0][1])
    corners = [(box.x, y) for y in (box.y, box.y + box.height)]
    far = [(frame.x + frame.width, y) for y in (frame.y, frame.y + frame.height)]
    assert np.allclose([one.points for one in edges], list(zip(corners, far, strict=True)))
    ports = [one for one in sheet.marks if isinstance(one, Box) and one.id and one.fill == "gpu"]
    assert ports
    assert all(frame.x <= one.x and one.y + one.height <= frame.y + frame.height for one in ports)
    assert all(frame.y <= one.y and one.x + one.width <= frame.x + frame.width for one in ports)


@pytest.mark.parametrize("dims", ["[3, 2, 3]", "[2, 3, 2, 2]", "[8, 9, 2, 2]", "[2, 2, 2, 2, 2]"])
def test_every_link_between_grids_that_are_drawn_has_a_line(dims: str) -> None:
    fabric = made("nd_full_mesh", 20, f"dims: {dims}")
    sheet = shape(fabric)
    size = prod(int(one) for one in dims.strip("[]").split(", ")[-2:])
    grids = {name for name in node_names(sheet) if name.startswith("grid ")}
    found: Counter[tuple[str, ...]] = Counter()
    for link in fabric.links:
        columns = expand(fabric, link)
        for a, b in zip((columns.a // size).tolist(), (columns.b // size).tolist(), strict=True):
            pair = sorted((f"grid {a}", f"grid {b}"))
            if a != b and grids.issuperset(pair):
                found[link.name, *pair] += 1
    counted: Counter[tuple[str, ...]] = Counter()
    for one in lines(sheet):
        if one.ends[0].startswith("grid "):
            counted[one.key, *sorted(one.ends)] += one.links
    assert counted == found
    within_page(sheet)


@pytest.mark.parametrize("name", ["tpu-v4-ocs", "ub-mesh-pod", "hammingmesh-hx2"])
def test_links_on_a_board_have_no_length(name: str) -> None:
    fabric, sheet = shipped(name)
    boards = {link.name for link in fabric.links if link.media and link.media[0] == "pcb"}
    assert boards
    assert all(link.lengths.span_mm == (0, 0) for link in fabric.links if link.name in boards)
    assert all(one.text.endswith(", pcb") for one in sheet.legend if ", pcb" in one.text)


def test_cubes_that_are_not_opened_are_boxes_with_dots() -> None:
    _, sheet = shipped("tpu-v4-ocs")
    chip = next(one for one in sheet.marks if isinstance(one, Box) and one.fill == "gpu")
    edges, papers, dots = [one for one in sheet.marks if isinstance(one, Squares)]
    assert len(edges.at) == len(papers.at) == 63
    assert (edges.fill, papers.fill, dots.fill) == ("gpu", "paper", "gpu")
    assert len(dots.at) == 63 * 16
    assert dots.width < chip.width / 4
    key = next(one for one in sheet.legend if one.text == "cube of 4 x 4 x 4: 64")
    sample = next(one for one in legend_squares(sheet) if len(one.at) == 16)
    assert (key.sample, key.colour, sample.fill) == ("dotted", dots.fill, dots.fill)


def legend_squares(sheet: Sheet) -> list[Squares]:
    return [one for one in furniture(sheet) if isinstance(one, Squares)]


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_classes_of_one_hue_differ_in_dashes_and_the_legend_has_them(name: str) -> None:
    _, sheet = shipped(name)
    keys = [one for one in sheet.legend if one.sample in ("line", "dashed") and "bold" not in one.text]
    pens = [(one.colour, one.dash) for one in keys]
    assert len(pens) == len(set(pens))
    assert {(one.colour, one.dash) for one in lines(sheet)} == set(pens)


@pytest.mark.parametrize("name", ["small", "large", "dragonfly_plus", "hyperx"])
def test_lines_to_hosts_are_seen_between_routers_and_hosts(name: str) -> None:
    if name in ("small", "large"):
        sheet = shipped("slingshot-dragonfly", "small" if name == "small" else None)[1]
    else:
        sheet = shape(made(name, 1, DRAGONFLY_PLUS if name == "dragonfly_plus" else WHOLE[name][1]))
    routers = {one.id: one for one in sheet.marks if isinstance(one, Disc)}
    boxes = {one.id: one for one in sheet.marks if isinstance(one, Box)}
    assert drawn(sheet)["net/hosts"]
    for one in lines(sheet):
        if one.key == "net/hosts":
            host, router = boxes[one.ends[0]], routers[one.ends[1]]
            way = np.hypot(*np.subtract(middle(host), middle(router)))
            assert way - router.radius - host.width * 2**0.5 / 2 >= 5


def test_bold_and_pale_curves_and_the_band_of_a_torus_behind_switches_are_explained() -> None:
    _, sheet = shipped("tpu-v4-ocs")
    face = [one for one in lines(sheet) if one.key == "ici/face"]
    (band,) = [one for one in face if one.links > 1]
    assert f"{band.links:,}" in labels_of(sheet)
    widths = Counter(one.width for one in face if one.links == 1)
    keys = {one.text.split(":")[0]: one for one in sheet.legend}
    bold, pale = keys["face, bold"], keys["face of a cube to a switch"]
    assert bold.text == f"face, bold: {widths[max(widths)]} links to one switch"
    assert bold.width == max(widths)
    assert pale.width < 2
    assert "optical circuit switch: 48" in {one.text for one in sheet.legend}


@pytest.mark.parametrize("name", sorted(DIRECT))
def test_discs_are_outlined(name: str) -> None:
    discs = [one for one in shipped(name)[1].marks if isinstance(one, Disc) and one.id]
    assert all(one.line and one.thick > 0 for one in discs)


PEERS = {"rubin-ultra-cpo-648-broker", "rubin-ultra-nvl576"}


@pytest.mark.parametrize("name", sorted({*shipped_names()} - DIRECT - PEERS))
def test_what_is_no_direct_network_is_refused_and_the_hint_draws_it(name: str) -> None:
    fabric = shipped_fabric(name)
    with pytest.raises(InputError) as caught:
        shape(fabric)
    (problem,) = caught.value.problems
    assert problem.code == "E697"
    draw(fabric, roll_up(fabric), problem.hint.split()[-1])


@quick
@given(odd_fabrics())
def test_odd_fabrics_have_a_shape_or_are_refused(odd: Odd) -> None:
    try:
        sheet = shape(odd.fabric)
    except InputError as error:
        assert [one.code for one in error.problems] == ["E697"]  # noqa: PT017 - either is right
        return
    counts = {link.name: link.count for link in odd.fabric.links}
    assert all(count <= counts[key] for key, count in drawn(sheet).items())
    assert to_svg(sheet)


def test_a_selection_outside_the_shape_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        shape(shipped_fabric("tpu-v4-ocs"), "host")
    assert [one.code for one in caught.value.problems] == ["E698"]


@st.composite
def direct_networks(draw: st.DrawFn) -> Fabric:
    """Return direct networks of any sizes that their patterns accept."""
    sizes = st.integers(1, 6)
    pattern = draw(st.sampled_from(["hyperx", "hx_mesh", "torus", "dragonfly", "slim_fly"]))
    if pattern == "hyperx":
        dims = draw(st.lists(sizes, min_size=1, max_size=4).filter(lambda one: prod(one) > 1))
        keys = f"hosts_per_router: {draw(st.integers(1, 20))}, links_per_pair: {draw(st.integers(1, 2))}"
        return made(pattern, 1, f"dims: {dims}, {keys}")
    if pattern == "hx_mesh":
        board, boards = (draw(st.lists(sizes, min_size=2, max_size=2)) for _ in range(2))
        tiers = draw(st.integers(1, 2))
        return made(pattern, 8, f"board: {board}, boards: {boards}, planes: 2, tiers: {tiers}")
    if pattern == "torus":
        dims = draw(st.lists(sizes, min_size=1, max_size=4).filter(lambda one: prod(one) > 1))
        wrap = [draw(st.booleans()) for _ in dims]
        words = str(wrap).lower()
        ports = sum(
            2 * (size > 1) if wraps else min(size - 1, 2) for size, wraps in zip(dims, wrap, strict=True)
        )
        return made(pattern, ports, f"dims: {dims}, wrap: {words}")
    if pattern == "dragonfly":
        routers, ports = 2 * draw(sizes), draw(sizes)
        groups = draw(st.integers(2, min(40, routers * ports + 1)))
        keys = f"groups: {groups}, routers_per_group: {routers}, hosts_per_router: {draw(sizes)}"
        return made(pattern, 1, f"{keys}, globals_per_router: {ports}")
    return made(pattern, 1, f"q: {draw(st.sampled_from([3, 4, 5, 7, 8, 9, 11]))}")


@given(direct_networks())
@settings(max_examples=60, deadline=None)
def test_shapes_of_any_size_show_what_they_say(fabric: Fabric) -> None:
    sheet = shape(fabric)
    planes = fabric.made["net"].planes
    counts = {link.name: link.count // planes for link in fabric.links}
    shown = drawn(sheet)
    assert all(count <= counts[key] for key, count in shown.items())
    if "shown" not in sheet.subtitle:
        assert all(shown.get(key) == count for key, count in counts.items() if not key.endswith("hosts"))
    names = node_names(sheet)
    assert len(names) == len(set(names))
    assert {end for one in lines(sheet) for end in one.ends if end} <= set(names)
    within_page(sheet)


def within_page(sheet: Sheet) -> None:
    """Every node is on the page, clear of heading and legend, and no word leaves it."""
    for mark in sheet.marks:
        if isinstance(mark, Disc | Box):
            right = mark.x + (mark.radius if isinstance(mark, Disc) else mark.width)
            assert 0 <= mark.x <= right <= 924, mark
            assert 80 <= mark.y <= 612, mark
    for one in (*sheet.marks, *furniture(sheet)):
        if isinstance(one, Label):
            assert 0 <= one.left <= one.left + one.width <= 1200, one.text


@pytest.mark.parametrize("name", ["dragonfly", "hx_mesh", "torus", "hyperx"])
def test_dot_has_every_node_where_the_sheet_has_it(name: str) -> None:
    sheet = shape(made(name, *WHOLE[name]))
    dot = to_pinned_dot(sheet)
    nodes = [one for one in sheet.marks if isinstance(one, Box | Disc) and one.id]
    assert dot.count('!", shape=') == len(nodes)
    joined = [one for one in lines(sheet) if all(one.ends)]
    assert dot.count(" -- ") == len(joined)
    command = bundled_command()
    if command is None:
        pytest.skip("no renderer installed")
    done = subprocess.run(
        [command, "-Kneato", "-n2", "-Tplain"], input=dot.encode(), capture_output=True, check=True
    )
    assert not done.stderr
    placed = re.findall(r'^node "?(.+?)"? ([\d.]+) ([\d.]+) ', done.stdout.decode(), re.MULTILINE)
    assert len(placed) == len(nodes)
    x, y = np.array([[float(a), float(b)] for _, a, b in placed]).T * 72
    wanted = [middle(one) for one in nodes]
    order = {one.id: at for at, one in enumerate(nodes)}
    there = np.array([wanted[order[name]] for name, *_ in placed])
    assert np.ptp(x - there[:, 0]) < 0.1
    assert np.ptp(y + there[:, 1]) < 0.1


def middle(mark: Box | Disc) -> tuple[float, float]:
    if isinstance(mark, Disc):
        return mark.x, mark.y
    return mark.x + mark.width / 2, mark.y + mark.height / 2


@pytest.mark.parametrize("name", sorted(PEERS))
def test_switches_that_are_peers_are_drawn_with_all_their_links(name: str) -> None:
    fabric, sheet = shipped(name)
    (key,) = drawn(sheet)
    assert " switches, each joined to its peers" in sheet.title
    pairs = joins(fabric, set(node_names(sheet)))
    assert drawn(sheet)[key] == sum(count for (link, *_), count in pairs.items() if link == key)
