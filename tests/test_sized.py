from __future__ import annotations

from collections import Counter

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.expand import expand
from topogen.fabric import Fabric, device_name

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


def test_a_key_that_is_not_built_is_refused_and_never_ignored() -> None:
    with pytest.raises(InputError, match="not built yet"):
        sized("switch: box, even: false")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("switch: box, spines: 3", "E204"),
        ("switch: box, spines: 1", "E204"),
        ("switch: box, leaf: {down: 8, up: 1}", "E201"),
        ("switch: box, leaf: {down: 8, up: 0}", "E201"),
        ("switch: {leaf: box}", "E203"),
        ("switch: box, rails_by: rack", "E203"),
    ],
)
def test_what_cannot_be_is_refused(keys: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        sized(keys)
