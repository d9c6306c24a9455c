from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.graph.by_link import link_graph
from topogen.model.expand import expand
from topogen.model.fabric import Fabric, device_name

RACKS = """
devices:
  gpu:
    role: gpu
    ports: {p: {count: 12, lanes: 1, lane_rate: 100 Gb/s}, up: {count: 12, lanes: 1, lane_rate: 100 Gb/s}}
  chip: {role: switch, ports: {p: {count: 99, lanes: 1, lane_rate: 100 Gb/s}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  big: {level: rack, contains: {tray: 2, chip: 2}}
  small: {level: rack, contains: {tray: 1, chip: 1}}
  bare: {level: rack, contains: {tray: 1}}
instances: {a: big, b: small, c: bare}
"""


def wired(links: str) -> Fabric:
    return fabric_of(f"{RACKS}links: {{x: {{network: scale_up, {links}}}}}\n")


def joined(fabric: Fabric) -> Counter[tuple[str, str]]:
    """Return how often each two devices are joined, by name."""
    columns = expand(fabric, fabric.links[0])
    pairs = zip(columns.a.tolist(), columns.b.tolist(), strict=True)
    return Counter((device_name(fabric, a), device_name(fabric, b)) for a, b in pairs)


def test_within_repeats_the_pattern_in_each_place_that_holds_both_ends() -> None:
    pairs = joined(wired("a: gpu.p, b: chip.p, pattern: full_mesh, within: rack"))
    assert len(pairs) == 4 * 2 + 2 * 1
    assert all(a.split("/")[0] == b.split("/")[0] for a, b in pairs)


def test_left_out_the_pattern_runs_once_over_everything() -> None:
    assert len(joined(wired("a: gpu.p, b: chip.p, pattern: full_mesh"))) == 8 * 3


def test_across_joins_only_ends_in_different_places() -> None:
    pairs = joined(wired("a: gpu.p, b: gpu.p, pattern: full_mesh, across: rack"))
    assert len(pairs) == (8 * 7 - 4 * 3 - 2 * 1 - 2 * 1) // 2
    assert all(a.split("/")[0] != b.split("/")[0] for a, b in pairs)


def test_within_and_across_go_together() -> None:
    pairs = joined(wired("a: gpu.p, b: gpu.p, pattern: full_mesh, within: rack, across: tray"))
    assert pairs == Counter({(f"a/tray0/gpu{i}", f"a/tray1/gpu{k}"): 1 for i in range(2) for k in range(2)})


def test_explicit_pairs_are_as_listed() -> None:
    pairs = "[['a/tray0/gpu0.p[0-1]', 'b/chip.p[0-1]'], ['c/tray0/gpu0.p[5]', 'a/chip[1].p[9]']]"
    assert joined(wired(f"pattern: explicit, pairs: {pairs}")) == {
        ("a/tray0/gpu0", "b/chip0"): 2,
        ("c/tray0/gpu0", "a/chip1"): 1,
    }


def test_planes_spread_the_ports_of_a_partial_rack_over_fewer_chips() -> None:
    pairs = joined(wired("a: gpu.p, b: chip.p, pattern: planes, within: rack"))
    assert {count for (a, _), count in pairs.items() if a[0] == "a"} == {6}
    assert {count for (a, _), count in pairs.items() if a[0] == "b"} == {12}


def test_peers_needs_no_b_when_it_is_the_same() -> None:
    one = joined(wired("a: [a/gpu.p, b/gpu.p], pattern: peers, across: tray"))
    assert one == joined(wired("a: [a/gpu.p, b/gpu.p], b: [a/gpu.p, b/gpu.p], pattern: peers, across: tray"))
    assert one.total() == 6 * 12 // 2


def test_peers_between_two_kinds_of_port_is_refused() -> None:
    with pytest.raises(InputError):
        wired("a: a/gpu.p, b: a/gpu.up, pattern: peers, across: tray")


@pytest.mark.parametrize("pattern", ["planes", "one_to_one", "rails, rails_by: tray"])
def test_a_pattern_between_two_sides_says_so_when_both_are_the_same(pattern: str) -> None:
    with pytest.raises(InputError, match=r"E20[58].*(themselves|same)"):
        wired(f"a: gpu.p, b: gpu.p, pattern: {pattern}")


def test_an_external_group_without_a_free_port_is_refused() -> None:
    links = "x: {network: scale_up, a: gpu.p, pattern: external, to: out}"
    with pytest.raises(InputError, match=r"E20[13]"):
        fabric_of(f"{RACKS}links: {{{links}, {links.replace('x:', 'y:')}}}\n")


def test_a_mesh_with_nobody_to_meet_is_refused() -> None:
    with pytest.raises(InputError, match="E203"):
        wired("a: a/gpu.p, b: a/chip.p, pattern: full_mesh, across: rack")


MESH = "pattern: full_mesh"
CROWD = RACKS.replace("instances: {", "instances: {gpu: 4000, ")


def peak_of_refusing(text: str) -> int:
    """Return the most bytes that were held while a text was refused."""
    tracemalloc.start()
    with pytest.raises(InputError, match=r"E(201|702)"):
        fabric_of(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize(
    "text",
    [
        f"{RACKS}links: {{x: {{network: scale_up, a: gpu.p, b: chip.p, {MESH}, links_per_pair: 2000000}}}}\n",
        f"{CROWD}links: {{x: {{network: scale_up, a: gpu.p, b: gpu.p, {MESH}}}}}\n",
    ],
    ids=["two million links a pair", "a mesh of 4,000"],
)
def test_a_slip_is_refused_before_it_takes_memory(text: str) -> None:
    assert peak_of_refusing(text) < 10_000_000


def test_a_union_of_many_kinds_of_rack_loses_none() -> None:
    templates = ", ".join(f"kind{i}: {{level: rack, contains: {{gpu: 1, sw: 1}}}}" for i in range(40))
    instances = ", ".join(f"r{i}: kind{i}" for i in range(40))
    port = "ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}"
    fabric = fabric_of(f"""
devices: {{gpu: {{role: gpu, {port}}}, sw: {{role: switch, {port}}}}}
templates: {{{templates}}}
instances: {{{instances}}}
links: {{x: {{network: scale_up, a: gpu.p, b: sw.p, pattern: full_mesh, within: rack}}}}
""")
    assert fabric.links[0].count == 40


def test_rails_ask_only_the_near_side_where_it_stands() -> None:
    """The switches of a rail stand beside the nodes, in no place of that level."""
    text = (
        "devices:\n"
        "  nic: {role: nic, ports: {n: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "  leaf: {role: switch, ports: {n: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}\n"
        "templates: {node: {level: node, contains: {nic: 2}}}\n"
        "instances: {node: 4, leaf: 2}\n"
        "links: {up: {network: scale_out, a: nic.n, b: leaf.n, pattern: rails, rails_by: node}}\n"
    )
    assert fabric_of(text).links[0].count == 8


def test_two_links_between_the_same_two_devices_are_two() -> None:
    text = (
        "devices: {gpu: {role: gpu, ports: {p: {count: 2, lanes: 2, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 2}\n"
        "links:\n"
        "  x:\n"
        "    network: scale_up\n"
        "    pattern: explicit\n"
        '    pairs: [["gpu[0].p[0]", "gpu[1].p[0]"], ["gpu[0].p[1]", "gpu[1].p[1]"]]\n'
    )
    fabric = fabric_of(text)
    assert fabric.n_links == 2
    assert link_graph(fabric).number_of_edges() == 2
