"""Fat trees against published tables and against what must hold of any of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wiring.expanded import Link, links_of, slots_have_gaps
from topogen.wiring.block import PatternError
from topogen.wiring.fat_tree import fat_tree
from topogen.wiring.fat_tree.links import Hosts, deal, joins
from topogen.wiring.fat_tree.sizes import Leaves, Ports, size_leaves, size_tiers
from topogen.wiring.fat_tree.spec import FatTree
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan

BOX = Ports(32, 32)
TOP = Ports(64, 0)


def planned(ends: EndPoints | None, radix: int = 64, **keys: Any) -> Plan:  # noqa: ANN401
    """Return the plan of a fat tree of equal switches."""
    text = {"network": "scale_out", "pattern": "fat_tree", "switch": "box", "ends": "nic.p", "tiers": "2"}
    if ends is None:
        text["create"] = text.pop("ends")
    spec = FatTree.model_validate({**text, **keys})
    return fat_tree(GeneratorRequest(spec, lambda _: Faces("box", radix), ends))


def links(plan: Plan, name: str) -> list[Link]:
    """Return all links of a group, in one row."""
    return links_of(block for made in plan.links if made.name == name for block in made.blocks)


def farthest(graph: nx.Graph[tuple[str, int]], count: int) -> int:
    """Return the most links from one end to another."""
    far = nx.single_source_shortest_path_length(graph, ("ends", 0))
    return max(far[("ends", end)] for end in range(count))


# Published tables

# NVIDIA RA-11333-001 V11 (DGX H100 SuperPOD, 2023), tables 3 and 4; the row of 64 nodes is of the DGX B200
# edition. Official. A later web edition prints 1024 and 2048 spine-core cables in two-tier rows: misprints.
SUPERPOD = [  # nodes, switches of each tier, host links without fabric managers, links of each tier above
    (31, (8, 4), 248, 256),
    (63, (16, 8), 504, 512),
    (64, (16, 8), 512, 512),
    (95, (24, 16), 760, 768),
    (127, (32, 16), 1016, 1024),
    (128, (32, 16), 1024, 1024),
    (256, (64, 32), 2048, 2048),
    (512, (128, 128, 64), 4096, 4096),
    (1024, (256, 256, 128), 8192, 8192),
    (2048, (512, 512, 256), 16384, 16384),
]


@pytest.mark.parametrize(("nodes", "switches", "hosts", "above"), SUPERPOD)
def test_superpod_sizes(nodes: int, switches: tuple[int, ...], hosts: int, above: int) -> None:
    ends = EndPoints.uniform(8 * nodes, rails=8, per_unit=256)
    plan = planned(ends, tiers=str(len(switches)))
    assert tuple(plan.switches.values()) == switches
    counts = [sum(block.count for block in made.blocks) for made in plan.links]
    assert counts == [hosts, *[above] * (len(switches) - 1)]


# Zhao et al., "Insights into DeepSeek-V3", ISCA 2025, table 3: end points, switches, links between switches.
@pytest.mark.parametrize(
    ("tiers", "ends", "switches", "between"), [(2, 2048, 96, 2048), (3, 65536, 5120, 131072)]
)
def test_deepseek_trees(tiers: int, ends: int, switches: int, between: int) -> None:
    plan = planned(None, tiers=str(tiers))
    assert (plan.ends, sum(plan.switches.values())) == (ends, switches)
    assert sum(block.count for made in plan.links[1:] for block in made.blocks) == between


# Hoefler et al., HammingMesh, SC22, table II: switches, copper and optical cables of one plane.
HAMMINGMESH = [  # (ends, tiers, leaf down, up), switches, DAC, AOC
    ((1024, 2, 32, 32), 48, 1024, 1024),
    ((1024, 2, 42, 22), 34, 1050, 550),
    ((1024, 2, 51, 13), 26, 1071, 273),
    ((16384, 3, 32, 32), 1280, 16384, 32768),
    ((16384, 3, 42, 22), 795, 16422, 17204),
    ((16384, 3, 51, 13), 519, 16422, 8372),
]


@pytest.mark.parametrize(("sizes", "switches", "dac", "aoc"), HAMMINGMESH)
def test_hammingmesh_trees(sizes: tuple[int, ...], switches: int, dac: int, aoc: int) -> None:
    ends, tiers, down, up = sizes
    keys: dict[str, Any] = {"leaf": {"down": str(down), "up": str(up)}, "even": "false", "precable": "true"}
    plan = planned(EndPoints.uniform(ends), tiers=str(tiers), **keys)
    assert sum(plan.switches.values()) == switches
    counts = Counter({made.name: sum(block.count for block in made.blocks) for made in plan.links})
    assert (counts.pop("hosts") + counts.pop("precable", 0), counts.total()) == (dac, aoc)


# What holds of any


@given(
    st.integers(1, 60),
    st.sampled_from([2, 4, 6, 8, 12]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_a_tree_is_wired_as_it_is_counted(count: int, radix: int, tiers: int, rails: int, ports: int) -> None:
    try:
        plan = planned(EndPoints.uniform(count, ports, rails=rails), radix, tiers=str(tiers))
    except PatternError as refused:
        assert refused.code == "E204"  # noqa: PT017  (more leaves than so few tiers join)
        assume(False)  # noqa: FBT003
    graph: nx.MultiGraph[tuple[str, int]] = nx.MultiGraph()
    for made in plan.links:
        rows = links_of(made.blocks)
        assert not slots_have_gaps(rows)
        graph.add_edges_from(((made.a.role, row.a), (made.b.role if made.b else "", row.b)) for row in rows)
    if tiers == 1:  # leaves that nothing joins, and some of an uneven rail are empty
        return
    assert set(graph) == {
        *(("ends", end) for end in range(count)),
        *((role, number) for role, switches in plan.switches.items() for number in range(switches)),
    }
    assert all(degree <= radix for node, degree in graph.degree if node[0] != "ends")
    assert nx.is_connected(graph)
    if count > 1:
        far = farthest(graph, count)
        assert far == plan.diameter if ports == 1 else plan.diameter is not None and far <= plan.diameter


@given(st.integers(1, 40), st.integers(1, 6), st.sampled_from([(6, 6), (4, 8), (12, 4)]), st.integers(3, 12))
def test_every_leaf_has_equally_many_ways_to_each_spine_it_meets(
    units: int, rails: int, faces: tuple[int, int], down: int
) -> None:
    leaves = Leaves(units, rails, 1, *faces)
    try:
        tiers = size_tiers(leaves, [Ports(down, down), Ports(2 * down, 0)])
    except PatternError:
        assume(False)  # noqa: FBT003
    ways = Counter((link.a, link.b) for link in links_of(joins(tiers[0])))
    assert set(ways.values()) == {tiers[0].per_pair}
    below = Counter(leaf for leaf, _ in ways)
    assert below == dict.fromkeys(range(leaves.count), tiers[0].group)
    assert max(Counter(link.b for link in links_of(joins(tiers[0]))).values()) <= down
    assert max(Counter(link.b for link in links_of(joins(tiers[1]))).values()) <= 2 * down


@given(st.integers(1, 30), st.integers(1, 9), st.integers(2, 9), st.booleans())
def test_dealt_links_fill_switches_as_evenly_as_can_be(leaves: int, up: int, ports: int, two: bool) -> None:  # noqa: FBT001
    above = [Ports(ports, ports), Ports(2 * ports, 0)] if two else [Ports(2 * ports, 0)]
    try:
        tiers = deal(Leaves(1, 1, leaves, 1, up), above)
    except PatternError as error:
        assume(error.code != "E204")  # more leaves than these tiers join
        raise
    for tier, faces in zip(tiers, above, strict=True):
        assert len(tier.lower) == leaves * up
        filled = np.bincount(tier.upper, minlength=tier.switches)
        assert filled.max() - filled.min() <= 1
        assert filled.max() <= faces.down
        assert (tier.switches - 1) * faces.down < leaves * up


# Hosts


@given(st.integers(1, 5), st.integers(1, 9), st.integers(1, 3), st.integers(2, 8), st.integers(1, 3))
def test_hosts_keep_to_their_rail_and_to_what_a_leaf_holds(
    n_rails: int, per_rail: int, ports: int, down: int, units: int
) -> None:
    ends = EndPoints.uniform(n_rails * per_rail * units, ports, rails=n_rails, per_unit=n_rails * per_rail)
    hosts = Hosts(ends, size_leaves(ends, Ports(down, 1)))
    rows = links_of(hosts.blocks)
    assert len(rows) == n_rails * per_rail * units * ports
    rail = [row.b // hosts.leaves.per_rail for row in rows]
    assert rail == [ends.unit[row.a] * n_rails + ends.rail[row.a] for row in rows]
    assert max(Counter(row.b for row in rows).values()) <= down
    assert not slots_have_gaps(rows)
    free, _ = hosts.free_ports()
    assert len(free) == hosts.leaves.count * down - len(rows)


def test_one_port_an_end_fills_leaf_after_leaf() -> None:
    hosts = Hosts(EndPoints.uniform(7), Leaves(1, 1, 3, 3, 3))
    assert [link.b for link in links_of(hosts.blocks)] == [0, 0, 0, 1, 1, 1, 2]


def test_two_ports_of_an_end_go_to_two_leaves() -> None:
    hosts = Hosts(EndPoints.uniform(3, 2), Leaves(1, 1, 2, 3, 3))
    assert [link.b for link in links_of(hosts.blocks)] == [0, 1, 0, 1, 0, 1]


def test_extra_ends_take_what_is_free_in_their_unit_leaf_after_leaf() -> None:
    unit = np.array([0] * 5 + [1] * 7)
    ends = EndPoints.of(1, np.zeros(12, np.int64), unit)
    extra = EndPoints.of(2, np.zeros(2, np.int64), np.array([0, 1]))
    hosts = Hosts(ends, Leaves(2, 1, 3, 3, 3))
    assert [(link.a, link.b) for link in links_of(hosts.with_extra(extra).extra)] == [
        (0, 1),
        (0, 2),
        (1, 5),
        (1, 5),
    ]
    with pytest.raises(PatternError) as refused:
        hosts.with_extra(EndPoints.of(2, np.zeros(2, np.int64), np.array([1, 1])))
    assert refused.value.message == "extra_ends have 4 links in unit 1, whose leaves have 2 ports free"


def test_ports_without_an_end_are_cabled_where_the_file_says_so() -> None:
    plan = planned(EndPoints.uniform(61), precable="true")
    assert [(made.name, made.outside) for made in plan.links][1] == ("precable", "no end yet")
    assert [(link.a, link.a_slot) for link in links(plan, "precable")] == [(1, 0), (1, 1), (1, 2)]


@given(st.lists(st.integers(1, 4), min_size=2, max_size=40), st.integers(4, 9), st.integers(1, 2))
def test_ends_of_unlike_ports_are_sized_for_and_keep_apart(ports: list[int], down: int, n_rails: int) -> None:
    each = np.array(ports)
    assume(each.min() < each.max())
    rail = np.arange(len(each)) % n_rails
    ends = EndPoints.unlike(each, rail, np.zeros(len(each), np.int64))
    hosts = Hosts(ends, size_leaves(ends, Ports(down, 1)))
    rows = links_of(hosts.blocks)
    assert Counter(row.a for row in rows) == dict(enumerate(ports))
    assert [row.b // hosts.leaves.per_rail for row in rows] == [rail[row.a] for row in rows]
    assert max(Counter(row.b for row in rows).values()) <= down
    assert not slots_have_gaps(rows)
    fullest = max(int(each[rail == one].sum()) for one in range(n_rails))
    assert hosts.leaves.per_rail == -(-fullest // down)
    reached = Counter(row.a for row in {(row.a, row.b): row for row in rows}.values())
    assert reached == {end: min(n, hosts.leaves.per_rail) for end, n in enumerate(ports)}


# More leaves than needed


@given(
    st.integers(1, 40),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 3),
    st.sampled_from(["packed", "even", None]),
    st.integers(1, 2),
)
def test_stated_leaves_take_ends_packed_or_in_even_blocks(
    count: int, rails: int, units: int, more: int, spread: str | None, ports: int
) -> None:
    ends = EndPoints.uniform(count * rails * units, ports, rails=rails, per_unit=count * rails)
    needed = -(-count * ports // 4)
    keys = {"leaves": str((needed + more) * rails * units), **({"spread_ends": spread} if spread else {})}
    assume(ports == 1 or spread != "packed")
    try:
        plan = planned(ends, 8, tiers="3", **keys)
    except PatternError as refused:
        assert refused.code == "E204"  # noqa: PT017  (more leaves than three tiers join)
        assume(False)  # noqa: FBT003
    rows = links(plan, "hosts")
    assert Counter(row.a for row in rows) == dict.fromkeys(range(ends.count), ports)
    leaf = {end: {row.b for row in rows if row.a == end} for end in range(ends.count)}
    per_rail = needed + more
    assert all(len(found) == min(ports, per_rail) for found in leaf.values())
    for first in range(0, plan.switches["leaf"], per_rail):
        at = sorted((row.a, row.b - first) for row in rows if first <= row.b < first + per_rail)
        taken = [sum(number == one for _, number in at) for one in range(per_rail)]
        assert sum(taken) == count * ports
        if ports == 1:
            assert [number for _, number in at] == sorted(number for _, number in at)
        if spread == "packed":
            assert taken == [min(4, max(0, count - 4 * one)) for one in range(per_rail)]
        else:
            q, r = divmod(count * ports, per_rail)
            assert taken == [q + 1] * r + [q] * (per_rail - r)
    graph = nx.Graph(
        ((made.a.role, row.a), (made.b.role if made.b else "", row.b))
        for made in plan.links
        for row in links_of(made.blocks)
    )
    assert nx.is_connected(graph)
    assert nx.number_of_nodes(graph) == ends.count + sum(plan.switches.values())


def test_a_leaf_more_keeps_every_end_when_one_of_two_fails() -> None:
    plan = planned(EndPoints.uniform(16, 2), 64, tiers="2", leaves="2")
    assert plan.switches == {"leaf": 2, "spine": 1}
    assert plan.sizes["leaf"][-1].text == "2 leaf, as the file states"
    assert Counter(row.b for row in links(plan, "hosts")) == {0: 16, 1: 16}


def test_stated_leaves_say_how_many_ends_are_created() -> None:
    assert planned(None, 8, leaves="5").ends == 20


# A taper at any tier


@given(
    st.integers(2, 40),
    st.integers(1, 2),
    st.sampled_from([(4, 4), (4, 2), (6, 2), (3, 1), (2, 4)]),
    st.sampled_from([(6, 2), (4, 4), (4, 1), (3, 4), (7, 1)]),
    st.sampled_from(["true", "false"]),
)
def test_every_tier_keeps_its_stated_taper(
    count: int, rails: int, leaf: tuple[int, int], spine: tuple[int, int], even: str
) -> None:
    keys = {
        role: {"down": str(down), "up": str(up)} for role, (down, up) in (("leaf", leaf), ("spine", spine))
    }
    try:
        plan = planned(
            EndPoints.uniform(count, rails=rails),
            8,
            tiers="3",
            even=even,
            core={"down": "6", "up": "0"},
            **keys,
        )
    except PatternError as refused:
        assert refused.code == "E204"  # noqa: PT017  (more leaves than can be joined, or parts)
        assume(False)  # noqa: FBT003
    graph: nx.MultiGraph[tuple[str, int]] = nx.MultiGraph()
    up, down = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for made in plan.links:
        rows = links_of(made.blocks)
        assert not slots_have_gaps(rows)
        upper = made.b.role if made.b else ""
        up.update((made.a.role, row.a) for row in rows)
        down.update((upper, row.b) for row in rows)
        graph.add_edges_from(((made.a.role, row.a), (upper, row.b)) for row in rows)
    assert nx.is_connected(graph) or rails > 1
    for role, most in (("leaf", leaf), ("spine", spine), ("core", (6, 0))):
        for number in range(plan.switches[role]):
            taken, sent = down[role, number], up[role, number]
            assert taken <= most[0]
            assert sent <= most[1]
            if role == "spine" and even == "true":
                assert sent * most[0] >= min(taken * most[1], most[1] * most[0])
            if role == "spine" and even == "false":
                assert sent == (taken if most[1] >= most[0] else -(-taken * most[1] // most[0]))
    if plan.diameter is not None:
        assert farthest(graph, count) == plan.diameter


def test_a_tapered_spine_halves_the_cores() -> None:
    leaf, spine = {"down": "32", "up": "32"}, {"down": "48", "up": "16"}
    ends = EndPoints.uniform(96 * 32)
    plan = planned(ends, tiers="3", core_wiring="full_mesh", leaf=leaf, spine=spine)
    assert plan.switches == {"leaf": 96, "spine": 64, "core": 16}
    assert [sum(block.count for block in made.blocks) for made in plan.links] == [3072, 3072, 1024]


# Cores in full mesh

# jawroper/rail-optimized-cabling, cluster_800g.yaml: 48 / 32 / 16 switches.
POD = EndPoints.uniform(2976, rails=8, per_unit=496)
POD_SWITCHES = {
    "leaf": Faces("leaf", 96, 64, 32),
    "spine": Faces("spine", 64, 48, 16),
    "core": Faces("c", 64),
}


@pytest.mark.parametrize("wiring", [{}, {"core_wiring": "full_mesh"}])
def test_a_published_pod_has_its_cores_in_full_mesh(wiring: dict[str, str]) -> None:
    text = {"network": "scale_out", "pattern": "fat_tree", "switch": "box", "ends": "nic.p", "tiers": "3"}
    spec = FatTree.model_validate({**text, "spines": "32", "cores": "16", **wiring})
    plan = fat_tree(GeneratorRequest(spec, POD_SWITCHES.__getitem__, POD))
    assert plan.switches == {"leaf": 48, "spine": 32, "core": 16}
    assert [sum(block.count for block in made.blocks) for made in plan.links] == [2976, 1536, 512]
    assert set(Counter((link.a, link.b) for link in links(plan, "spine_core")).values()) == {1}
    assert plan.sizes["core"][-1].text == (
        "full mesh; planes would take 32 cores, 16 links to each of 1 core it meets"
    )


@given(st.integers(2, 60), st.sampled_from([4, 6, 8, 12]), st.integers(1, 3))
def test_every_spine_meets_every_core_of_a_full_mesh(count: int, radix: int, rails: int) -> None:
    try:
        plan = planned(EndPoints.uniform(count, rails=rails), radix, tiers="3", core_wiring="full_mesh")
    except PatternError as refused:
        assert refused.code in ("E204", "E746")  # noqa: PT017  (more leaves or spines than can be joined)
        assume(False)  # noqa: FBT003
    between = links(plan, "spine_core")
    ways = Counter((link.a, link.b) for link in between)
    assert len(ways) == plan.switches["spine"] * plan.switches["core"]
    assert len(set(ways.values())) == 1
    assert max(Counter(link.b for link in between).values()) <= radix
    assert not slots_have_gaps(between)
    graph = nx.Graph(
        ((made.a.role, row.a), (made.b.role if made.b else "", row.b))
        for made in plan.links
        for row in links_of(made.blocks)
    )
    assert nx.is_connected(graph)
    assert farthest(graph, count) == plan.diameter


def test_one_pod_of_spines_under_cores_in_full_mesh_is_four_links_wide() -> None:
    plan = planned(EndPoints.uniform(12), 8, tiers="3", core_wiring="full_mesh")
    assert (plan.switches["leaf"], plan.diameter) == (3, 4)


def test_automatic_cores_say_what_a_full_mesh_would_take() -> None:
    step = planned(EndPoints.uniform(64), 8, tiers="3").sizes["core"][-1]
    assert step.text == (
        "planes; full mesh cannot be built: full mesh: each core meets all 16 spines, but has 8 ports down"
    )


# Refusals


@pytest.mark.parametrize(
    ("keys", "message", "hint"),
    [
        ({"spines": "3"}, "4 uplinks do not divide evenly over 3 spine switches", "spines: one of 2, 4"),
        (
            {"spines": "1"},
            "3 leaves x 4 = 12 links at each of 1 spines, which have 8 ports down",
            "more spines, or leave spines out",
        ),
        (
            {"even": "false", "spines": "1"},
            "12 links from below; 1 switches hold 8",
            "at least 2, or leave the number out",
        ),
        (
            {"tiers": "3", "spines": "10", "leaf": {"down": "1", "up": "4"}},
            "10 spine switches do not divide over 3 groups of lower switches",
            "a multiple of 3, or leave spines out",
        ),
        (
            {"core_wiring": "planes"},
            "core_wiring: planes needs cores as the highest tier, and even: true",
            "tiers: 3 and even: true, or leave core_wiring out",
        ),
        (
            {"rails_by": "node", "leaves": "1"},
            "1 leaves are too few; the ends need 3",
            "leaves: 3 or more, a leaf with more ports down, or leave leaves out",
        ),
        (
            {"spine": {"down": "4", "up": "4"}},
            "the spines are the highest tier; 4 ports up would join nothing",
            "spine: {down: 4, up: 0}, or a tier more",
        ),
        (
            {"core": {"down": "4", "up": "0"}},
            '"core" has no effect: two tiers of switches make no core',
            "tiers: 3, or leave core out",
        ),
        (
            {"cores": "4"},
            '"cores" has no effect: two tiers of switches make no core',
            "tiers: 3, or leave cores out",
        ),
        ({"leaf": {"down": "8", "up": "1"}}, "a leaf of 8 ports down and 1 up needs 9; box has 8", None),
    ],
)
def test_what_does_not_come_out_is_refused(keys: dict[str, object], message: str, hint: str | None) -> None:
    with pytest.raises(PatternError) as refused:
        planned(EndPoints.uniform(12), 8, **keys)
    assert refused.value.message == message
    assert hint in (None, refused.value.hint)


def test_too_many_ends_are_refused_with_what_the_tiers_reach() -> None:
    with pytest.raises(PatternError) as refused:
        planned(EndPoints.uniform(4096))
    assert refused.value.message == (
        "128 leaves of 32 ports down; two tiers of these switches join 64 leaves and reach 2,048 host links"
    )
    assert refused.value.hint == "use tiers: 3, switches with more ports, or fewer ends"


def test_leaves_of_one_tier_that_nothing_joins_are_refused() -> None:
    with pytest.raises(PatternError) as refused:
        planned(EndPoints.uniform(288), 72, tiers="1")
    assert refused.value.message == "one tier joins the 72 links of one leaf; 4 leaves would be islands"
    assert planned(EndPoints.uniform(72, 4), 72, tiers="1").switches == {"leaf": 4}
    assert planned(EndPoints.uniform(576, rails=8), 72, tiers="1").switches == {"leaf": 8}


def test_a_tier_that_joins_nothing_new_is_named() -> None:
    plan = planned(EndPoints.uniform(256), tiers="3")
    assert plan.notes == (("W204", "one pod of spine switches joins all 8 leaves", "tiers: 2 does the same"),)


def test_uneven_dealing_is_named() -> None:
    plan = planned(EndPoints.uniform(1024), leaf={"down": "42", "up": "22"}, even="false")
    assert [code for code, *_ in plan.notes] == ["W209"]
