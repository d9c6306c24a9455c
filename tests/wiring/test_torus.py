"""Tori against their closed forms, against a grid written out point by point, and by brute force."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.expanded import counts_of, farthest_ends, graph_of, links_of, pair_counts, ports_used
from topogen.wiring.block import PatternError
from topogen.wiring.lattice import ends_at
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan, in_planes
from topogen.wiring.torus import Torus, torus


def planned(ends: EndPoints | None = None, ports: int = 12, **keys: Any) -> Plan:  # noqa: ANN401
    """Return the plan of a torus; without ends it makes them."""
    text = {"network": "scale_up", "pattern": "torus", "ends" if ends else "create": "tpu.ici"}
    spec = Torus.model_validate({**text, **{key: written(value) for key, value in keys.items()}})
    return torus(GeneratorRequest(spec, lambda _: Faces("none", 0), ends, created_ports=ports))


def written(value: object) -> object:
    """Return a value as the text of a file."""
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [str(one).lower() for one in value]
    return value


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, tuple[Any, ...]]:
    """Return the cube, grid and wrap of a torus of at most three dimensions."""
    dimensions = draw(st.integers(1, 3))
    sizes = st.tuples(*[st.integers(1, 3)] * dimensions)
    return {
        "cube": draw(sizes),
        "grid": draw(sizes),
        "wrap": draw(st.tuples(*[st.booleans()] * dimensions)),
    }


def grid_links(
    dims: tuple[int, ...], wrap: tuple[bool, ...]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return every link of a torus as two points, one after the other."""
    links = []
    for point in product(*map(range, dims)):
        for dim, size in enumerate(dims):
            if size > 1 and (point[dim] < size - 1 or wrap[dim]):
                after = tuple((one + (d == dim)) % dims[d] for d, one in enumerate(point))
                links.append((point, after))
    return links


@given(shapes())
def test_each_point_is_joined_to_its_next_neighbours(shape: dict[str, tuple[Any, ...]]) -> None:
    cube, grid, wrap = shape["cube"], shape["grid"], shape["wrap"]
    dims = tuple(size * boxes for size, boxes in zip(cube, grid, strict=True))
    plan = planned(dims=dims, cube=cube, wrap=wrap)

    def end(point: tuple[int, ...]) -> tuple[int, int]:
        box = np.ravel_multi_index([p // c for p, c in zip(point, cube, strict=True)], grid)
        inside = np.ravel_multi_index([p % c for p, c in zip(point, cube, strict=True)], cube)
        return int(box), int(box) * prod(cube) + int(inside)

    expected: dict[str, Counter[tuple[int, int]]] = {"inside": Counter(), "face": Counter()}
    for point, after in grid_links(dims, wrap):
        (box, one), (other, two) = end(point), end(after)
        expected["inside" if box == other else "face"][min(one, two), max(one, two)] += 1
    for name, pairs in expected.items():
        rows = links_of(block for made in plan.links if made.name == name for block in made.blocks)
        assert pair_counts(rows) == pairs
    assert set(ports_used(plan).values()) <= {1}
    assert plan.ends == prod(dims)
    assert plan.switches == {}
    assert farthest_ends(plan) == plan.diameter


@given(shapes())
def test_links_are_counted_in_closed_form(shape: dict[str, tuple[Any, ...]]) -> None:
    dims, wrap = shape["cube"], shape["wrap"]
    count = sum(
        prod(dims) // size * (size if closed else size - 1)
        for size, closed in zip(dims, wrap, strict=True)
        if size > 1
    )
    assert sum(counts_of(planned(dims=dims, wrap=wrap)).values()) == count


@pytest.mark.parametrize(
    ("dims", "wrap"),
    [
        ((8,), (True,)),
        ((8,), (False,)),
        ((2, 2), (True, True)),
        ((4, 2), (True, True)),
        ((4, 2), (False, True)),
        ((4, 3), (True, True)),
        ((4, 3), (False, False)),
        ((6, 2), (True, False)),
        ((2, 2, 2), (True, True, True)),
        ((3, 2, 2), (False, True, True)),
    ],
)
def test_the_bisection_is_the_least_cut_of_all(dims: tuple[int, ...], wrap: tuple[bool, ...]) -> None:
    plan = planned(dims=dims, wrap=wrap)
    links = [(row.a, row.b) for made in plan.links for row in links_of(made.blocks)]
    halves = map(set, combinations(range(prod(dims)), prod(dims) // 2))
    least = min(sum((a in half) != (b in half) for a, b in links) for half in halves)
    assert plan.bisection in (None, least)
    assert (plan.bisection is None) == (dims == (3, 2, 2) and not wrap[0])


def test_the_first_port_of_a_dimension_leads_to_the_next_point() -> None:
    plan = planned(dims=(4, 3))
    first = [(made.a.ports, made.b and made.b.ports, links_of(made.blocks)[0]) for made in plan.links]
    assert [(ahead, back, link.a, link.b) for ahead, back, link in first] == [
        (range(1), range(1, 2), 0, 3),
        (range(2, 3), range(3, 4), 0, 1),
    ]


def test_two_points_without_wrap_take_one_port_and_a_single_point_none() -> None:
    plan = planned(ports=3, dims=(2, 1, 4), wrap=("false", "true", "true"))
    assert max(port for _, _, port in ports_used(plan)) == 2
    assert counts_of(plan) == {"inside": 4 + 8}


def test_boxes_without_dims_make_a_cube_of_cubes() -> None:
    plan = planned(EndPoints.uniform(8 * 27, 6), cube=(3, 3, 3))
    assert counts_of(plan) == {"inside": 8 * 3 * 18, "face": 8 * 3 * 9}
    assert plan.diameter == 9


def test_places_are_blocks_of_points() -> None:
    tray = np.arange(16) // 4
    ends = replace(EndPoints.uniform(16, 4), places={"tray": tray})
    at = ends_at(ends, (4, 4), {"tray": (2, 2)})
    assert at[0].tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]


def test_equal_boxes_are_copies() -> None:
    plan = planned(EndPoints.uniform(512, 6, per_unit=64), cube=(4, 4, 4), units_by="rack")
    assert {(made.name, *(block.copies for block in made.blocks)) for made in plan.links} == {
        ("inside", 8),
        ("face", 8),
    }


def test_each_plane_is_a_torus_on_ports_of_its_own() -> None:
    plan = in_planes(planned(EndPoints.uniform(27, 6), dims=(3, 3, 3)), 2)
    assert counts_of(plan) == {"inside": 2 * 81}
    assert set(ports_used(plan).values()) == {1}
    assert len(ports_used(plan)) == 27 * 12
    degree = dict(graph_of(plan).degree)
    assert set(degree.values()) == {12}


@pytest.mark.parametrize(
    ("ends", "keys", "code", "message"),
    [
        (8, {}, "E641", "dims or cube is missing"),
        (0, {"cube": (2, 2)}, "E641", "dims is missing"),
        (8, {"dims": (2, 4), "units_by": "rack"}, "E641", "cube is missing"),
        (9, {"dims": (2, 4)}, "E204", "9 ends; dims 2 x 4 = 8"),
        (8, {"dims": (2, 4), "wrap": ["true"]}, "E204", "wrap has 1 entries; the torus has 2 dimensions"),
        (12, {"dims": (3, 4), "cube": (2, 2)}, "E204", "dims 3 x 4 is not filled by cube 2 x 2: 3 / 2"),
        (10, {"cube": (2, 2)}, "E204", "a cube is to have 2 x 2 = 4 ends; 1 of 3 have not, the first 2"),
        (12, {"cube": (2, 2)}, "E204", "3 cubes of 2 x 2 make no torus of equally many each way"),
        (8, {"dims": (2, 2, 2)}, "E201", "an end takes 2 + 2 + 2 = 6 ports along 3 dimensions; it has 4"),
        (0, {"dims": (2, 2), "blocks": {"tray": (2, 1)}}, "E203", 'blocks: created ends stand in no "tray"'),
        (0, {"dims": (9999, 9999)}, "E702", "99,980,001 of ends"),
    ],
)
def test_what_cannot_be_built_is_refused(ends: int, keys: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned(EndPoints.uniform(ends, 4) if ends else None, **keys)
    assert (refused.value.code, refused.value.message) == (code, message)


def test_wrap_on_two_points_is_named() -> None:
    plan = planned(dims=(4, 2))
    assert plan.notes == (
        (
            "W207",
            "wrap on dimension of size 2 makes double links; counted 2x",
            "wrap: [true, false] makes single ones",
        ),
    )
    assert planned(dims=(4, 2), wrap=("true", "false")).notes == ()
