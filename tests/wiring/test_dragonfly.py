"""Dragonflies against published counts and against what must hold of any of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.wiring.expanded import (
    counts_of,
    degrees_of,
    farthest_ends,
    links_named,
    pair_counts,
    ports_used,
)
from topogen.wiring.block import PatternError
from topogen.wiring.dragonfly import Dragonfly, dragonfly
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan, in_planes

Sizes = tuple[int, int, int, int]
"""Groups, routers of each, hosts and global ports of a router."""


def planned(
    sizes: Sizes,
    ends: EndPoints | None = None,
    faces: Faces | int | None = None,
    per_pair: int = 1,
    created_ports: int = 1,
) -> Plan:
    """Return the plan of a dragonfly whose routers have just the ports they need."""
    keys = ("groups", "routers_per_group", "hosts_per_router", "globals_per_router")
    text: dict[str, Any] = {"network": "scale_out", "pattern": "dragonfly", "switch": "router"}
    text |= {key: str(size) for key, size in zip(keys, sizes, strict=True)}
    spec = Dragonfly.model_validate(
        {**text, "links_per_pair": str(per_pair), "ends" if ends else "create": "nic.hs"}
    )
    _, routers, hosts, far = sizes
    needed = hosts + (routers - 1) * per_pair + far
    box = faces if isinstance(faces, Faces) else Faces("router", faces or needed)
    return dragonfly(GeneratorRequest(spec, lambda _: box, ends, created_ports=created_ports))


# Feng and Ma, "Switch-Less Dragonfly on Wafers", 2024, table III: the Slingshot row. The second row is the
# same rule in small. Hoefler et al., HammingMesh, SC22, table II: the large dragonfly, one of its 16 planes,
# counts hosts and local links together as 31,200 copper cables and 7,680 optical ones.
PUBLISHED = [  # groups, routers, hosts, globals; switches; hosts, local, global links; diameter if known
    ((545, 32, 16, 17), 17_440, (279_040, 270_320, 148_240), 5),
    ((9, 4, 2, 2), 36, (72, 54, 36), 5),
    ((30, 32, 17, 16), 960, (16_320, 31_200 - 16_320, 7_680), None),
]


@pytest.mark.parametrize(("sizes", "switches", "links", "diameter"), PUBLISHED)
def test_published_sizes(
    sizes: Sizes, switches: int, links: tuple[int, int, int], diameter: int | None
) -> None:
    plan = planned(sizes)
    assert plan.switches == {"router": switches}
    assert plan.ends == links[0]
    assert tuple(counts_of(plan).values()) == links
    assert plan.diameter == diameter


@given(
    st.tuples(st.integers(2, 9), st.integers(1, 5), st.integers(1, 3), st.integers(1, 4)),
    st.integers(1, 2),
)
def test_a_dragonfly_is_wired_as_it_is_counted(sizes: Sizes, per_pair: int) -> None:
    groups, routers, hosts, far = sizes
    assume(routers * far >= groups - 1 and routers * far * groups % 2 == 0)
    plan = planned(sizes, per_pair=per_pair)
    count = counts_of(plan)
    assert count["hosts"] == groups * routers * hosts
    assert count.get("local", 0) == groups * routers * (routers - 1) // 2 * per_pair
    assert count["global"] == groups * routers * far // 2
    assert len(ports_used(plan)) == groups * routers * (hosts + (routers - 1) * per_pair + far)
    assert set(ports_used(plan).values()) == {1}
    assert {row.a // routers == row.b // routers for row in links_named(plan, "local")} <= {True}
    assert set(pair_counts(links_named(plan, "local")).values()) <= {per_pair}
    if plan.diameter is not None:
        assert farthest_ends(plan) == plan.diameter
    else:
        assert farthest_ends(plan) <= 5


@given(st.integers(2, 40), st.integers(1, 12), st.integers(1, 8))
def test_global_links_are_shared_out_evenly(groups: int, routers: int, far: int) -> None:
    assume(routers * far >= groups - 1 and routers * far * groups % 2 == 0)
    rows = links_named(planned((groups, routers, 1, far)), "global")
    ends = Counter(router for row in rows for router in (row.a, row.b))
    assert ends == dict.fromkeys(range(groups * routers), far)
    pairs = Counter((min(g), max(g)) for g in ((row.a // routers, row.b // routers) for row in rows))
    assert len(pairs) == groups * (groups - 1) // 2
    assert max(pairs.values()) - min(pairs.values()) <= 1
    assert all(one != other for one, other in pairs)


def test_group_port_q_is_on_router_q_over_h_and_leads_q_plus_1_groups_ahead() -> None:
    rows = [row for row in links_named(planned((9, 4, 2, 2)), "global") if row.a < 4]
    assert [(row.a, row.a_slot, row.b // 4) for row in rows] == [(0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 4)]


def test_given_ends_fill_router_after_router() -> None:
    plan = planned((3, 2, 4, 1), EndPoints.uniform(10))
    assert [row.b for row in links_named(plan, "hosts")] == [0] * 4 + [1] * 4 + [2] * 2
    assert (plan.ends, plan.diameter) == (0, None)


@given(st.integers(1, 40), st.integers(1, 4), st.integers(1, 5))
def test_every_port_of_an_end_is_linked(count: int, ports: int, hosts: int) -> None:
    routers = -(-count * ports // hosts)
    plan = planned((2, routers, hosts, 1), EndPoints.uniform(count, ports))
    a, b = degrees_of(links_named(plan, "hosts"))
    assert a == [ports] * count
    assert max(b) <= hosts
    assert set(ports_used(plan).values()) == {1}


def test_created_ends_bring_all_their_ports() -> None:
    plan = planned((3, 2, 4, 1), created_ports=2)
    assert (plan.ends, counts_of(plan)["hosts"]) == (12, 24)


def test_each_plane_is_a_whole_copy() -> None:
    plan = in_planes(planned((3, 2, 4, 1), EndPoints.uniform(24)), 16)
    assert plan.switches == {"router": 16 * 6}
    assert counts_of(plan) == {"hosts": 16 * 24, "local": 16 * 3, "global": 16 * 3}
    assert degrees_of(links_named(plan, "hosts"))[0] == [16] * 24


def test_a_router_of_two_faces_has_its_hosts_below() -> None:
    plan = planned((3, 2, 4, 1), faces=Faces("router", 6, down=4, up=2))
    assert [made.b.name if made.b else "" for made in plan.links] == ["down", "up", "up"]


@pytest.mark.parametrize(
    ("sizes", "faces", "code", "message", "hint"),
    [
        (
            (9, 5, 2, 1),
            None,
            "E204",
            "groups 9 needs 8 global links per group, have 5 x 1 = 5: short by 3",
            "at most 6 groups, or more routers_per_group or globals_per_router",
        ),
        (
            (3, 3, 2, 1),
            None,
            "E204",
            "3 groups of 3 x 1 = 3 global ports are 9: one stays alone",
            "make groups, routers_per_group or globals_per_router even",
        ),
        (
            (1, 3, 2, 1),
            None,
            "E204",
            "one group has no other to be joined to",
            "at least 2 groups, or hyperx with dims: [3]",
        ),
        (
            (9, 4, 2, 2),
            6,
            "E201",
            "a router takes 2 hosts + 3 local + 2 global ports = 7; router has 6: 1 short",
            "fewer links per router, or a switch with more ports",
        ),
        (
            (9, 4, 2, 2),
            Faces("box", 6, down=2, up=4),
            "E201",
            'a router takes 3 local + 2 global ports = 5; box "up" has 4: 1 short',
            "fewer links per router, or a switch with more ports",
        ),
        (
            (9, 4, 2, 2),
            Faces("box", 6, down=1, up=5),
            "E201",
            'a router takes 2 ports down = 2; box "down" has 1: 1 short',
            "fewer links per router, or a switch with more ports",
        ),
    ],
)
def test_what_does_not_come_out_is_refused(
    sizes: Sizes, faces: Faces | int | None, code: str, message: str, hint: str
) -> None:
    with pytest.raises(PatternError) as refused:
        planned(sizes, faces=faces)
    assert (refused.value.code, refused.value.message, refused.value.hint) == (code, message, hint)


def test_more_ends_than_routers_hold_are_refused() -> None:
    with pytest.raises(PatternError) as refused:
        planned((3, 2, 4, 1), EndPoints.uniform(25))
    assert refused.value.message == "25 host links; 6 routers x 4 = 24: 1 over"


def test_a_slip_of_the_keyboard_is_refused_before_anything_is_made() -> None:
    with pytest.raises(PatternError, match="100,000,000 of routers"):
        planned((1_000_000, 100, 4, 10_000))
