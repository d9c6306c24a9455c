"""Cubes at optical circuit switches: TPU v4 to the unit, and what must hold of any."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.expanded import counts_of, links_named, ports_used
from topogen.wiring.block import PatternError
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan, in_planes
from topogen.wiring.torus_ocs import TorusOcs, torus_ocs


def planned(cubes: int, cube: tuple[int, ...], radix: int = 136, **keys: Any) -> Plan:  # noqa: ANN401
    """Return the plan of some cubes, each in a rack of its own."""
    text = {"network": "scale_up", "pattern": "torus_ocs", "ends": "tpu.ici", "switch": "ocs"}
    spec = TorusOcs.model_validate({**text, "cube": [str(size) for size in cube], "units_by": "rack", **keys})
    ends = EndPoints.uniform(cubes * prod(cube), 2 * len(cube), per_unit=prod(cube))
    return torus_ocs(GeneratorRequest(spec, lambda _: Faces("palomar", radix), ends))


# Jouppi et al., "TPU v4", ISCA 2023: 4,096 chips in 64 racks of 4 x 4 x 4, 48 switches of 136 ports, 8 of
# them spare; 96 optical links a rack. Read second-hand.
def test_tpu_v4() -> None:
    plan = planned(64, (4, 4, 4))
    assert plan.switches == {"ocs": 48}
    assert counts_of(plan) == {"inside": 64 * 144, "face": 64 * 96}
    used = Counter(device for role, device, _ in ports_used(plan).elements() if role == "ocs")
    assert set(used.values()) == {128}
    assert len(used) == 48


@given(st.integers(1, 5), st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_both_faces_of_a_position_meet_at_one_switch(cubes: int, cube: list[int]) -> None:
    plan = planned(cubes, tuple(cube))
    size = prod(cube)
    assert counts_of(plan).get("inside", 0) == cubes * sum(size // n * (n - 1) for n in cube)
    assert counts_of(plan)["face"] == 2 * cubes * plan.switches["ocs"]
    assert set(ports_used(plan).values()) == {1}
    at = {(role, device, port) for role, device, port in ports_used(plan) if role == "ocs"}
    assert at == {
        ("ocs", switch, port) for switch in range(plan.switches["ocs"]) for port in range(2 * cubes)
    }
    ends = Counter(device for role, device, _ in ports_used(plan) if role == "ends")
    assert set(ends.values()) == {2 * len(cube)}  # no port of an end stays free
    for switch in range(plan.switches["ocs"]):
        there = Counter(row.a // size for row in links_named(plan, "face") if row.b == switch)
        assert there == dict.fromkeys(range(cubes), 2)


def test_the_face_of_a_position_lies_opposite() -> None:
    faces = [row for row in links_named(planned(1, (2, 3)), "face") if row.b == 0]
    assert [(row.a, row.a_slot) for row in faces] == [(3, 0), (0, 0)]  # (1, 0) ahead and (0, 0) back


def test_a_dimension_without_wrap_has_no_switches() -> None:
    plan = planned(4, (2, 2, 2), wrap=["true", "true", "false"])
    assert plan.switches == {"ocs": 8}
    assert counts_of(plan) == {"inside": 4 * 12, "face": 4 * 2 * 8}


def test_each_plane_has_switches_of_its_own() -> None:
    plan = in_planes(planned(2, (2, 2)), 2)
    assert plan.switches == {"ocs": 8}
    assert counts_of(plan) == {"inside": 2 * 8, "face": 2 * 16}
    assert set(ports_used(plan).values()) == {1}


@pytest.mark.parametrize(
    ("cubes", "keys", "message"),
    [
        (80, {}, "2 x 80 cubes of 2 x 2 = 160 ports of each ocs; palomar has 136: 24 over"),
        (2, {"wrap": ["false", "false"]}, "wrap is false in each dimension: no switch"),
        (
            2,
            {"wrap": ["true", "false"], "dims": ["2", "4"]},
            "wrap is false along a dimension of 4 made of cubes of 2: they stay apart",
        ),
    ],
)
def test_what_cannot_be_built_is_refused(cubes: int, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned(cubes, (2, 2), **keys)
    assert (refused.value.code, refused.value.message) == ("E204", message)
