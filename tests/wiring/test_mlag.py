"""Leaves in pairs (MLAG): where ends and peer links go, and what is refused."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.recount import links_of as recounted
from tests.wiring.expanded import farthest_ends, graph_of, links_named, ports_used
from topogen.checks.expectations import check_expectations
from topogen.errors import InputError
from topogen.load.reading import read_fabric
from topogen.model.runs import zeros
from topogen.structure.oversubscription import switch_uses
from topogen.takeoff.roll_up import roll_up
from topogen.wiring.block import PatternError
from topogen.wiring.fat_tree import fat_tree
from topogen.wiring.fat_tree.spec import FatTree
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan

ROOT = Path(__file__).parents[2]


def planned(ends: EndPoints, faces: Faces, **keys: Any) -> Plan:  # noqa: ANN401
    """Return the plan of a fat tree whose leaves are paired, under spines of 64 ports."""
    text = {"network": "storage", "pattern": "fat_tree", "switch": "box", "ends": "nic.p", "tiers": "2"}
    spec = FatTree.model_validate({**text, "peer_links": "2", **keys})
    return fat_tree(GeneratorRequest(spec, lambda role: faces if role == "leaf" else Faces("box", 64), ends))


LIKE = st.builds(
    lambda count, homes, rails, units: EndPoints.uniform(
        count * rails * units, 2 * homes, rails=rails, per_unit=count * rails
    ),
    st.integers(1, 9), st.integers(1, 2), st.integers(1, 3), st.integers(1, 3),
)  # fmt: skip
UNLIKE = st.builds(
    lambda homes: EndPoints.unlike(2 * np.array(homes), zeros(len(homes)), zeros(len(homes))),
    st.lists(st.integers(1, 3), min_size=2, max_size=20),
)


@given(
    st.one_of(LIKE, UNLIKE),
    st.sampled_from([Faces("box", 12), Faces("box", 16, 8, 8), Faces("box", 12, 8, 4, 2)]),
    st.sampled_from([{}, {"spread_ends": "even"}, {"leaves": "36"}]),
    st.sampled_from(["1", "2", "3"]),
)
def test_an_end_has_as_many_links_to_each_leaf_of_its_pair(
    ends: EndPoints, faces: Faces, keys: dict[str, str], tiers: str
) -> None:
    try:
        plan = planned(ends, faces, **keys, tiers=tiers)
    except PatternError as refused:
        assert refused.code in ("E204", "E748", "E821")  # noqa: PT017  (more leaves than the tiers join, or as stated)
        assume(False)  # noqa: FBT003
    leaves = plan.switches["leaf"]
    assert leaves % 2 == 0
    homes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for link in links_named(plan, "hosts"):
        homes[link.a][link.b] += 1
    for end, to in homes.items():
        (one, two), (some, others) = sorted(to), to.values()
        assert (one % 2, two, some) == (0, one + 1, others)
        assert some + others == (ends.ports if ends.each is None else ends.each[end])
    peers = Counter((link.a, link.b) for link in links_named(plan, "peer"))
    assert peers == {(leaf, leaf + 1): 2 for leaf in range(0, leaves, 2)}
    used = ports_used(plan)
    assert faces.peer or max(used.values()) == 1  # a group of their own counts its ports from 0 too
    assert all(port < faces.total for role, _, port in used if role == "leaf")
    if plan.diameter and tiers != "1":
        assert nx.is_connected(graph_of(plan))
        assert farthest_ends(plan) <= plan.diameter


@pytest.mark.parametrize("lost", [0, 1])
def test_no_end_is_cut_off_when_a_leaf_of_every_pair_fails(lost: int) -> None:
    plan = planned(EndPoints.uniform(40, 2), Faces("box", 12))
    graph = graph_of(plan)
    graph.remove_nodes_from([("leaf", leaf) for leaf in range(lost, plan.switches["leaf"], 2)])
    assert nx.is_connected(graph)


def test_one_tier_of_one_pair_is_no_two_islands() -> None:
    plan = planned(EndPoints.uniform(24, 2), Faces("box", 26), leaf={"down": "24", "up": "0"}, tiers="1")
    assert (plan.switches, plan.diameter) == ({"leaf": 2}, 2)
    with pytest.raises(PatternError, match="4 leaves would be islands"):
        planned(EndPoints.uniform(25, 2), Faces("box", 26), leaf={"down": "24", "up": "0"}, tiers="1")


def test_an_end_of_four_ports_stays_within_its_pair() -> None:
    plan = planned(EndPoints.uniform(3, 4), Faces("box", 3 + 2 + 2), leaf={"down": "3", "up": "2"})
    assert plan.switches["leaf"] == 6  # one end a pair: the third port down of each leaf takes none


@pytest.mark.parametrize(
    ("keys", "code", "message"),
    [
        ({"leaves": "3"}, "E821", "3 leaves do not come in pairs"),
        ({"peer_links": "8"}, "E823", "8 peer links of a leaf; box has 8 ports"),
        ({"leaf": {"down": "4", "up": "4"}}, "E201", "needs 8; box has 6 beside 2 peer links"),
        ({"extra_ends": "nic.q"}, "E822", "extra_ends take single leaf ports"),
    ],
)
def test_what_does_not_come_in_pairs_is_refused(keys: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(PatternError, match=message) as refused:
        planned(EndPoints.uniform(12, 2), Faces("box", 8), **keys)
    assert refused.value.code == code


@pytest.mark.parametrize("ports", [1, 3])
def test_ends_that_two_leaves_cannot_share_are_refused(ports: int) -> None:
    with pytest.raises(PatternError, match=f"an end brings {ports} port") as refused:
        planned(EndPoints.uniform(12, ports), Faces("box", 8))
    assert refused.value.code == "E822"


FABRIC = """
devices:
  host: {{role: host, ports: {{eth: {{count: {ports}, lanes: 4, lane_rate: 25 Gb/s}}}}}}
  leaf: {{role: switch, ports: {{{groups}}}}}
  spine: {{role: switch, ports: {{eth: {{count: 32, lanes: 4, lane_rate: 25 Gb/s}}}}}}
instances: {{host: 40}}
fabrics:
  net:
    {{network: storage, pattern: fat_tree, tiers: 2, planes: {planes}, ends: host.eth, peer_links: 2,
     switch: {{leaf: leaf, spine: spine}}{keys}}}
"""


def groups_of(counts: str) -> str:
    """Return port groups of stated counts, each of 4 x 25G."""
    return re.sub(r"{(\d+)}", r"{count: \1, lanes: 4, lane_rate: 25 Gb/s}", counts)


@pytest.mark.parametrize(
    ("groups", "keys", "group", "first"),
    [
        ("eth: {26}", "", "eth", 24),
        ("down: {12}, up: {14}", "", "up", 12),
        ("down: {12}, up: {12}, peer: {2}", "", "peer", 0),
        ("x: {12}, y: {14}", ", switch_ports: {leaf: {down: x, up: y}}", "y", 12),
        ("x: {26}, y: {9}", ", switch_ports: {leaf: x}", "x", 24),
        ("x: {24}, peer: {4}", ", switch_ports: {leaf: x}", "peer", 0),
    ],
)
@pytest.mark.parametrize("planes", [1, 2])
def test_peer_links_take_a_port_group_of_their_own_or_the_last_ports_up(
    groups: str, keys: str, group: str, first: int, planes: int
) -> None:
    made = fabric_of(FABRIC.format(ports=2 * planes, groups=groups_of(groups), keys=keys, planes=planes))
    peers = [one for one in recounted(made) if made.links[one.group].name == "net/peer"]
    assert len(peers) == 8 * planes  # 40 hosts over pairs of 12 ports down: 4 pairs a plane
    kinds = next(one for one in made.groups if one.role == "net/leaf").type.ports
    ends = {(kinds[end.kind].name, end.port) for one in peers for end in (one.a, one.b) if end}
    assert ends == {(group, first), (group, first + 1)}
    (leaf,) = (use for use in switch_uses(made) if use.device_role == "net/leaf")
    assert (leaf.sideways, leaf.least) == (leaf.switches * 2 * 100_000, Fraction(1, 3))
    assert leaf.most == 1  # the last pair has 4 hosts


def test_the_example_comes_out() -> None:
    fabric = read_fabric(str(ROOT / "docs" / "examples" / "mlag.yaml"))
    assert all(item.holds for item in check_expectations(fabric, roll_up(fabric)))


def test_a_count_of_links_that_a_host_cannot_bring_is_refused_by_place() -> None:
    with pytest.raises(InputError, match=r"E822.*an end brings 1 port to a plane"):
        fabric_of(FABRIC.format(ports=2, groups=groups_of("eth: {26}"), keys="", planes=2))


DECLARED = """
devices:
  host: {role: host, ports: {eth: {count: 2, lanes: 4, lane_rate: 25 Gb/s}}}
  leaf:
    role: switch
    ports:
      down: {count: 12, lanes: 4, lane_rate: 25 Gb/s}
      up: {count: 2, lanes: 4, lane_rate: 25 Gb/s}
      peer: {count: 2, lanes: 4, lane_rate: 25 Gb/s}
  spine: {role: switch, ports: {eth: {count: 8, lanes: 4, lane_rate: 25 Gb/s}}}
templates: {pair: {level: pair, contains: {leaf: 2, host: 12}}}
instances: {pair: 2, spine: 2}
links:
  hosts: {network: storage, a: host.eth, b: leaf.down, pattern: planes, within: pair}
  up: {network: storage, a: leaf.up, b: spine.eth, pattern: planes}
  peer: {network: storage, a: leaf.peer, b: leaf.peer, pattern: full_mesh, within: pair, links_per_pair: 2}
"""


def test_pairs_of_declared_leaves_need_no_key() -> None:
    made = fabric_of(DECLARED)
    pairs = Counter((one.a.device, one.b and one.b.device) for one in recounted(made) if one.group == 2)
    assert sorted(pairs.values()) == [2, 2]
    (leaf,) = (use for use in switch_uses(made) if use.device_role == "leaf")
    assert leaf.sideways == 4 * 2 * 100_000
    assert leaf.least == leaf.most == Fraction(6)
