"""HyperX against its closed forms, by breadth-first search and by brute force."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.expanded import counts_of, farthest_ends, links_of, pair_counts, ports_used
from topogen.wiring.block import PatternError
from topogen.wiring.hyperx import HyperX, hyperx
from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest, Plan


def planned(
    dims: tuple[int, ...], hosts: int, per_pair: int = 1, *, ends: EndPoints | None = None, radix: int = 99
) -> Plan:
    """Return the plan of a HyperX."""
    text: dict[str, Any] = {"network": "scale_out", "pattern": "hyperx", "switch": "router"}
    text |= {"dims": [str(size) for size in dims], "hosts_per_router": str(hosts)}
    spec = HyperX.model_validate(
        {**text, "links_per_pair": str(per_pair), "ends" if ends else "create": "nic.hs"}
    )
    return hyperx(GeneratorRequest(spec, lambda _: Faces("router", radix), ends))


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    st.integers(1, 2),
    st.integers(1, 3),
)
def test_every_line_of_every_dimension_is_a_full_mesh(
    dims: tuple[int, ...], hosts: int, per_pair: int
) -> None:
    plan = planned(dims, hosts, per_pair)
    points = list(product(*map(range, dims)))
    for dim, size in enumerate(dims):
        rows = links_of(block for made in plan.links if made.name == f"dim{dim}" for block in made.blocks)
        expected = {
            (one, two): per_pair
            for one, a in enumerate(points)
            for two, b in enumerate(points)
            if one < two and all((x == y) == (d != dim) for d, (x, y) in enumerate(zip(a, b, strict=True)))
        }
        assert pair_counts(rows) == expected
        assert len(rows) == prod(dims) * (size - 1) * per_pair // 2
    assert counts_of(plan)["hosts"] == plan.ends == prod(dims) * hosts
    assert set(ports_used(plan).values()) == {1}
    if plan.ends > 1 and prod(dims) > 1:
        assert farthest_ends(plan) == plan.diameter


@pytest.mark.parametrize(
    ("dims", "hosts", "per_pair"),
    [
        ((2, 2), 1, 1),
        ((2, 2), 3, 1),
        ((4,), 2, 1),
        ((4,), 1, 2),
        ((2, 4), 2, 1),
        ((4, 2), 1, 3),
        ((8,), 5, 1),
        ((2, 5), 2, 2),
    ],
)
def test_the_bisection_is_the_least_cut_of_all(dims: tuple[int, ...], hosts: int, per_pair: int) -> None:
    plan = planned(dims, hosts, per_pair)
    rows = [row for made in plan.links[1:] for row in links_of(made.blocks)]
    least = min(
        sum(side[row.a] != side[row.b] for row in rows) + abs(2 * sum(side) - len(side)) * hosts / 2
        for side in product((0, 1), repeat=prod(dims))
    )  # hosts of routers that are too many on one side are cut off
    assert plan.bisection == least


def test_an_odd_least_dimension_has_no_closed_form() -> None:
    assert planned((3, 4), 2).bisection is None


def test_equal_lines_are_copies() -> None:
    plan = planned((8, 8, 8), 8)
    assert [made.blocks[0].copies for made in plan.links] == [512, 64, 64, 64]


@pytest.mark.parametrize(
    ("ends", "radix", "message"),
    [
        (17, 99, "17 host links; 8 routers x 2 = 16: 1 over"),
        (None, 5, "a router takes 2 hosts + 1 dim0 + 3 dim1 ports = 6; router has 5: 1 short"),
    ],
)
def test_what_does_not_come_out_is_refused(ends: int | None, radix: int, message: str) -> None:
    with pytest.raises(PatternError) as refused:
        planned((2, 4), 2, ends=EndPoints.uniform(ends) if ends else None, radix=radix)
    assert refused.value.message == message
