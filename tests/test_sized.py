from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.model.fabric import Fabric, device_name

TRAYS = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{{switch}}}}}
  other: {{role: switch, ports: {{q: {{count: 16, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{tray: {{level: tray, contains: {{nic: 3}}}}, short: {{level: tray, contains: {{nic: 1}}}}}}
instances: {{tray: 4, short: 2}}
fabrics: {{f: {{network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.p, {keys}}}}}
"""
EIGHT = "p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}"


def sized(keys: str = "switch: box", switch: str = EIGHT, ports: int = 1) -> Fabric:
    """Return 14 NICs, three in each of four trays and one in each of two, under a fat tree."""
    return fabric_of(TRAYS.format(keys=keys, switch=switch, ports=ports))


def sizes(fabric: Fabric) -> tuple[int, int, int, int]:
    """Return leaves, spines, host links and links between the tiers."""
    switches = {group.label: group.count for group in fabric.groups}
    links = {group.name: group.count for group in fabric.links}
    return switches["f/leaf"], switches["f/spine"], links["f/hosts"], links["f/leaf_spine"]


UNLIKE = """
devices:
  srv: {role: host, ports: {eth: {count: 2, lanes: 4, lane_rate: 25 Gb/s}}}
  jbof: {role: host, ports: {eth: {count: 4, lanes: 4, lane_rate: 25 Gb/s}}}
  sw: {role: switch, ports: {eth: {count: 32, lanes: 4, lane_rate: 25 Gb/s}}}
instances: {srv: 40, jbof: 6}
fabrics:
  f: {network: storage, pattern: fat_tree, tiers: 2, ends: [srv.eth, jbof.eth], planes: 2, switch: sw}
"""


def test_ends_of_two_and_of_four_ports_are_sized_for() -> None:
    fabric = fabric_of(UNLIKE)  # each plane: 40 x 1 + 6 x 2 = 52 links, 4 leaves of 16 ports down
    assert sizes(fabric) == (8, 4, 104, 128)
    hosts = expand(fabric, fabric.links[0])
    ports = Counter(zip(hosts.a.tolist(), hosts.a_port.tolist(), strict=True))
    assert set(ports.values()) == {1}
    used = Counter(device for device, _ in ports)
    assert used == {**dict.fromkeys(range(40), 2), **dict.fromkeys(range(40, 46), 4)}
    first = fabric.groups[2].first
    plane = (hosts.b - first) // 4
    assert (plane == hosts.a_port % 2).all()


def test_ports_of_every_end_divide_over_the_planes() -> None:
    with pytest.raises(InputError, match=r"E204 .* 3 ports of an end do not divide over 2 planes"):
        fabric_of(
            UNLIKE.replace(
                "jbof: {role: host, ports: {eth: {count: 4", "jbof: {role: host, ports: {eth: {count: 3"
            )
        )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("switch: box", (4, 2, 14, 16)),
        ("switch: box, rails_by: tray", (6, 4, 14, 24)),  # rails of 6, 4 and 4 need two leaves each
        ("switch: box, leaf: {down: 6, up: 2}", (3, 1, 14, 6)),
        ("switch: box, leaf: {down: 7, up: 1}", (2, 1, 14, 2)),
        ("switch: box, spines: 4", (4, 4, 14, 16)),
        ("switch: {leaf: box, spine: other}", (4, 1, 14, 16)),
        ("switch: {leaf: box, spine: other}, spines: auto", (4, 1, 14, 16)),
    ],
)
def test_sizes_follow_from_the_ends(keys: str, expected: tuple[int, int, int, int]) -> None:
    assert sizes(sized(keys)) == expected


def test_a_leaf_with_two_faces_needs_no_leaf_key() -> None:
    lanes = "lanes: 4, lane_rate: 100 Gb/s"
    faces = f"down: {{count: 7, {lanes}}}, up: {{count: 2, {lanes}}}"
    assert sizes(sized("switch: {leaf: box, spine: other}", faces)) == (2, 1, 14, 4)


def test_a_spine_of_two_faces_is_joined_by_its_lower_one() -> None:
    lanes = "lanes: 4, lane_rate: 100 Gb/s"
    faces = f"down: {{count: 4, {lanes}}}, up: {{count: 4, {lanes}}}"
    assert sizes(sized("switch: box", faces)) == (4, 4, 14, 16)


def test_rails_keep_apart() -> None:
    fabric = sized("switch: box, rails_by: tray")
    columns = expand(fabric, fabric.links[0])
    seen = {
        (device_name(fabric, a)[-1], int(device_name(fabric, b).removeprefix("f/leaf")) // 2)
        for a, b in zip(columns.a.tolist(), columns.b.tolist(), strict=True)
    }
    assert seen == {("0", 0), ("1", 1), ("2", 2)}


def test_several_ports_of_an_end_go_to_different_leaves() -> None:
    fabric = sized("switch: box", ports=2)
    columns = expand(fabric, fabric.links[0])
    pairs = Counter(zip(columns.a.tolist(), columns.b.tolist(), strict=True))
    assert set(pairs.values()) == {1}
    assert max(Counter(columns.b.tolist()).values()) <= 4


def test_medium_and_cables_may_differ_by_link_group() -> None:
    catalog = "media: {" + ", ".join(f"{name}: {{kind: optical, interface: i}}" for name in "xyz") + "}"
    keys = "switch: box, medium: {hosts: {a: x, b: y}, leaf_spine: z}"
    fabric = fabric_of(TRAYS.format(keys=keys, switch=EIGHT, ports=1), catalog=catalog)
    assert [group.media for group in fabric.links] == [("x", "y"), ("z", "z")]


def test_links_on_what_a_fabric_made_come_after_it() -> None:
    text = TRAYS.format(keys="switch: box, leaf: {down: 4, up: 2}", switch=EIGHT, ports=1)
    fabric = fabric_of(
        f"{text}links: {{out: {{network: scale_out, a: 'f/leaf.p[6-7]', pattern: external, to: core}}}}\n"
    )
    assert [(group.name, group.count) for group in fabric.links] == [
        ("f/hosts", 14),
        ("f/leaf_spine", 8),
        ("out", 8),
    ]


def test_planes_are_whole_copies_and_port_k_goes_to_plane_k() -> None:
    fabric = sized("switch: box, planes: 2", ports=4)
    assert sizes(fabric) == (14, 8, 56, 56)
    hosts, above = (expand(fabric, group) for group in fabric.links)
    assert (hosts.a_port % 2 == (hosts.b - hosts.b.min()) // 7).all()
    assert ((above.a - above.a.min()) // 7 == (above.b - above.b.min()) // 4).all()


def test_units_have_leaves_of_their_own_bought_for_the_largest() -> None:
    fabric = sized("switch: box, units_by: tray")
    assert sizes(fabric) == (6, 4, 14, 24)
    hosts = expand(fabric, fabric.links[0])
    assert np.bincount(hosts.b - hosts.b.min()).tolist() == [3, 3, 3, 3, 1, 1]


def test_cables_to_ports_without_an_end_lie_in_the_tier_of_those_to_ends() -> None:
    fabric = sized("switch: box, precable: true")
    assert [(group.name, group.count, group.tier) for group in fabric.links] == [
        ("f/hosts", 14, 1),
        ("f/precable", 2, 1),
        ("f/leaf_spine", 16, 2),
    ]


CREATED = """
devices:
  nic: {role: nic, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, height_u: 2, ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
fabrics:
  f:
    network: scale_out
    pattern: fat_tree
    tiers: 2
    create: nic.p
    planes: 2
    switch: box
    per_rack: {leaf: 3, spine: 4}
"""


def test_ends_are_created_beside_their_switches_where_the_file_has_none() -> None:
    fabric = fabric_of(CREATED)
    assert sizes(fabric) == (16, 8, 64, 64)
    racks = [rack.name for rack in fabric.sites.racks]
    assert racks == [*(f"f/leaf_rack{i}" for i in range(6)), "f/spine_rack0", "f/spine_rack1"]
    hosts = expand(fabric, fabric.links[0])
    first = hosts.a_port == 0
    assert (fabric.sites.rack[hosts.a[first]] == fabric.sites.rack[hosts.b[first]]).all()
    leaves = next(group for group in fabric.groups if group.label == "f/leaf")
    assert fabric.sites.unit[leaves.first : leaves.first + 4].tolist() == [1, 3, 5, 1]


@pytest.mark.parametrize(
    ("create", "message"),
    [
        ("nic.q", 'E203 .*"nic.q": no such port'),
        ("card.p", 'E203 .*"card.p" is not a type of device with a port'),
        ("box/nic.p", 'E203 .*"box/nic.p" is not a type of device with a port'),
    ],
)
def test_what_is_created_is_a_type_with_a_port(create: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fabric_of(CREATED.replace("create: nic.p", f"create: {create}"))


TORUS = """
devices:
  tpu: {{role: gpu, ports: {{ici: {{count: 6, lanes: 8, lane_rate: 50 Gb/s}}}}}}
  ocs: {{role: ocs, ports: {{fibre: {{count: 18}}}}}}
templates: {{tray: {{level: tray, contains: {{tpu: 4}}}}, cube: {{level: rack, contains: {{tray: 2}}}}}}
instances: {{cube: 8}}
links: {{{links}}}
fabrics: {{ici: {{network: scale_up, ends: tpu.ici, units_by: rack, cube: [2, 2, 2], {keys}}}}}
"""


def torus_of(keys: str, links: str = "") -> Fabric:
    """Return eight racks of 2 x 2 x 2 in a torus."""
    return fabric_of(TORUS.format(keys=keys, links=links))


@pytest.mark.parametrize("keys", ["pattern: torus", "pattern: torus_ocs, switch: ocs"])
def test_a_port_of_an_end_leads_one_way_along_one_dimension(keys: str) -> None:
    fabric = torus_of(f"{keys}, blocks: {{tray: [2, 2, 1]}}")
    ways = {}
    for group in fabric.links:
        columns = expand(fabric, group)
        ways[group.name] = Counter(columns.a_port.tolist() + columns.b_port[columns.b < 64].tolist())
    assert ways == {"ici/inside": dict.fromkeys(range(6), 32), "ici/face": dict.fromkeys(range(6), 32)}
    assert all((used.rows >= 0).all() for (group, _), used in fabric.ports.items() if group == 0)


def test_a_tray_is_the_block_of_points_that_the_file_says() -> None:
    fabric = torus_of("pattern: torus, dims: [4, 4, 4], blocks: {tray: [2, 2, 1]}")
    columns = expand(fabric, fabric.links[0])
    in_tray = columns.a // 4 == columns.b // 4
    assert Counter(columns.a_port[in_tray].tolist()) == {0: 32, 2: 32}
    assert Counter(columns.a_port[~in_tray].tolist()) == {4: 32}
    across = columns.a[~in_tray] // 4 + 1 == columns.b[~in_tray] // 4
    assert across.all()


def test_neither_end_of_a_torus_is_the_lower_one() -> None:
    fabric = torus_of("pattern: torus")
    assert all(group.joins_alike for group in fabric.links)
    assert {user for used in fabric.ports.values() for user in used.rows.ravel().tolist()} == {0, 2}


def test_ends_with_different_ports_free_have_no_direction() -> None:
    mesh = "m: {network: scale_up, a: 'tpu[0-1].ici[0]', b: 'tpu[2-3].ici[5]', pattern: one_to_one}"
    with pytest.raises(InputError, match=r"E209 .* the ends have different ports free"):
        torus_of("pattern: torus, dims: [4, 8, 2], wrap: [true, true, false]", mesh)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("switch: box, spines: 3", "E204"),
        ("switch: box, spines: 1", "E204"),
        ("switch: box, leaf: {down: 8, up: 1}", "E201"),
        ("switch: box, leaf: {down: 8, up: 0}", "E201"),
        ("switch: {leaf: box}", "E203"),
        ("switch: box, rails_by: rack", "E203"),
        ("switch: box, units_by: rack", "E203"),
        ("switch: box, planes: 2", "E204"),
        ("switch: box, per_rack: {core: 2}", "E203"),
        ("switch: {leaf: box, spin: box}", "E640"),
        ("switch: box, medium: {host: dr}", "E640"),
    ],
)
def test_what_cannot_be_is_refused(keys: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        sized(keys)


MESH = """
devices:
  accel: {{role: gpu, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: 16, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{board: {{level: board, contains: {{accel: 9}}}}}}
instances: {{board: 8}}
fabrics: {{f: {{network: scale_out, ends: accel.p, switch: box, {keys}}}}}
"""


def test_what_stands_on_a_board_differs_in_free_ports_and_is_meshed_all_the_same() -> None:
    keys = "pattern: hx_mesh, board: [3, 3], boards: [2, 4], planes: 2"
    fabric = fabric_of(MESH.format(ports=8, keys=keys))
    assert {group.name: group.count for group in fabric.links} == {
        "f/board": 2 * 8 * 12,
        "f/row_lines": 2 * 8 * 6,
        "f/col_lines": 2 * 8 * 6,
    }
    board = next(group for group in fabric.links if group.name == "f/board")
    columns = expand(fabric, board)
    assert (columns.a // 9 == columns.b // 9).all()
    assert (columns.a_port % 2 == columns.b_port % 2).all()
    used: Counter[tuple[int, int]] = Counter()
    for group in fabric.links:
        columns = expand(fabric, group)
        used.update(zip(columns.a.tolist(), columns.a_port.tolist(), strict=True))
        used.update(zip(columns.b.tolist(), columns.b_port.tolist(), strict=True))
    assert set(used.values()) == {1}
    assert sum(1 for device, _ in used if device < 72) == 72 * 8


@pytest.mark.parametrize(
    ("keys", "sizes", "links"),
    [
        ("pattern: slim_fly, q: 5, planes: 2", {"router": 100}, {"hosts": 144, "fabric": 350}),
        (
            "pattern: jellyfish, switches: 12, degree: 5, seed: 1",
            {"router": 12},
            {"hosts": 144, "fabric": 30},
        ),
    ],
)
def test_routers_meet_each_other_on_the_ports_their_ends_leave(
    keys: str, sizes: dict[str, int], links: dict[str, int]
) -> None:
    text = MESH.format(ports=2, keys=keys).replace("count: 16", "count: 17")
    fabric = fabric_of(text)
    made = {group.label: group.count for group in fabric.groups if group.role}
    assert made == {f"f/{role}": count for role, count in sizes.items()}
    assert {group.name: group.count for group in fabric.links} == {
        f"f/{name}": n for name, n in links.items()
    }
    between = expand(fabric, fabric.links[1])
    ports = Counter(
        [*zip(between.a, between.a_port, strict=True), *zip(between.b, between.b_port, strict=True)]
    )
    assert set(ports.values()) == {1}


def test_one_big_switch_takes_every_port() -> None:
    text = MESH.format(ports=2, keys="pattern: one_big_switch, planes: 2").replace("count: 16", "count: 72")
    fabric = fabric_of(text)
    assert [(group.label, group.count) for group in fabric.groups][1:] == [("f/router", 2)]
    assert [(group.name, group.count) for group in fabric.links] == [("f/hosts", 144)]
