"""The bisection against every halving of the ends: exact where it says so, bounds on both sides elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, figure_of
from tests.properties.odd_fabrics import quick, wirable
from tests.structure.oracles import least_cut
from tests.structure.test_structure import tree
from topogen.checks.expectations import check_expectations
from topogen.structure.bisection import ALL_HALVES, SPECTRAL, bisection, bisection_bounds
from topogen.structure.domain import Domain, domain
from topogen.structure.tree_cut import merged_switches, tree_bisection
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

SLOW = settings(quick, suppress_health_check=list(HealthCheck), deadline=None)
TAPERS = (
    "", ", leaf: {down: 3, up: 1}", ", leaf: {down: 2, up: 1}", ", leaf: {down: 4, up: 1}",
    ", rails_by: node, leaf: {down: 3, up: 1}", ", leaf: {down: 3, up: 1}, even: false",
)  # fmt: skip


def encloses(fabric: Fabric, one: Domain, least: int) -> bool:
    """Check what is said of the bisection of a fabric against the least cut; return whether it is exact."""
    found = bisection_bounds(fabric, one)
    if len(found) == 1 and not found[0].bound:
        assert found[0].bandwidth == least
        return True
    above = [cut.bandwidth for cut in found if cut.bound == "at most"]
    below = [cut for cut in found if cut.bound == "at least"]
    assert min(above) >= least
    assert [cut.basis for cut in below] == ([SPECTRAL] if all(above) else [])
    assert all(cut.bandwidth <= least for cut in below)
    return False


TAPERED_TIERS = (
    ", spine: {down: 3, up: 1}", ", spine: {down: 4, up: 2}, core_wiring: full_mesh",
    ", leaf: {down: 2, up: 1}, spine: {down: 2, up: 1}", ", core_wiring: full_mesh, leaf: {down: 2, up: 1}",
    ", spine: {down: 2, up: 1}, even: false", ", core: {down: 4, up: 0}, spine: {down: 4, up: 1}",
    ", leaf: {down: 2, up: 2}, spine: {down: 2, up: 1}, core_wiring: full_mesh",
    ", leaves: 4, leaf: {down: 3, up: 1}", ", leaves: 4", ", leaves: 4, spread_ends: packed",
)  # fmt: skip


@SLOW
@given(
    st.integers(1, 10), st.integers(4, 8), st.integers(1, 2), st.sampled_from(TAPERED_TIERS),
)  # fmt: skip
def test_trees_tapered_above_the_leaves_and_cores_in_full_mesh(
    nodes: int, radix: int, planes: int, more: str
) -> None:
    with wirable():
        fabric = tree(nodes, 1, radix, 3, planes, more)
    one = domain(fabric, "f")
    assume(2 <= len(one.ends) <= 10)
    encloses(fabric, one, least_cut(one))


@SLOW
@given(
    st.integers(1, 10), st.integers(1, 2), st.integers(4, 8), st.integers(2, 3), st.integers(1, 2),
    st.sampled_from(TAPERS),
)  # fmt: skip
def test_tapered_trees_with_part_filled_leaves(
    nodes: int, each: int, radix: int, tiers: int, planes: int, more: str
) -> None:
    with wirable():
        fabric = tree(nodes, each, radix, tiers, planes, more)
    one = domain(fabric, "f")
    assume(2 <= len(one.ends) <= 10)
    exact = encloses(fabric, one, least_cut(one))
    assert exact or "even: false" in more or tiers == 3


@SLOW
@given(st.data())
def test_meshes_and_trees_written_by_hand(data: st.DataObject) -> None:
    ends, switches = data.draw(st.integers(2, 9)), data.draw(st.integers(0, 5))
    size = ends + switches
    number = st.integers(0, size - 1)
    links = data.draw(st.lists(st.tuples(number, number, st.integers(1, 9)), min_size=1, max_size=24))
    links = [link for link in links if link[0] != link[1]]
    links += [(end, (end + 1) % ends if not switches else ends + end % switches, 1) for end in range(ends)]
    a, b, rate = (np.array(column, np.int64) for column in zip(*links, strict=True))
    fabric = fabric_of(
        "devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}}}\n"
        "instances: {gpu: 1}"
    )
    one = Domain("x", a, b, rate, np.arange(size) < ends, ())
    encloses(fabric, one, least_cut(one))


def test_what_is_not_exact_has_bounds_on_both_sides() -> None:
    fabric = fabric_of("""
devices: {gpu: {role: gpu, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 7}
links: {x: {network: scale_up, pattern: ring, a: gpu.p}}
expect: {bisection: {scale_up: 0.8 Tb/s}}
""")
    (row,) = check_expectations(fabric, roll_up(fabric))
    assert not row.holds
    assert (
        row.found
        == "not known exactly; at least 516.356 Gb/s (spectral bound), at most 800 Gb/s (cut by number)"
    )


@SLOW
@given(st.data())
def test_random_trees_are_exact(data: st.DataObject) -> None:
    ends, switches = data.draw(st.integers(2, 9)), data.draw(st.integers(1, 5))
    rate = st.integers(1, 9)
    links = [
        (one + ends, data.draw(st.integers(0, one - 1)) + ends, data.draw(rate)) for one in range(1, switches)
    ]
    links += [
        (end, data.draw(st.integers(ends, ends + switches - 1)), data.draw(rate)) for end in range(ends)
    ]
    twin = data.draw(st.sampled_from(sorted({b for _, b, _ in links})))
    links += [
        (size if a == twin else a, size if b == twin else b, r)
        for size in [ends + switches]
        for a, b, r in links
        if twin in (a, b)
    ]
    a, b, rates = (np.array(column, np.int64) for column in zip(*links, strict=True))
    one = Domain("x", a, b, rates, np.arange(ends + switches + 1) < ends, ())
    found = tree_bisection(one)
    assume(found is not None)
    assert found == least_cut(one)


def test_a_part_filled_last_leaf_is_halved_exactly() -> None:
    fabric = tree(5, 1, 4, more=", leaf: {down: 3, up: 1}")
    one = domain(fabric, "f")
    found = bisection(fabric, one)
    assert found is not None
    assert (found.basis, found.sides) == (ALL_HALVES, (2, 3))
    assert found.bandwidth == least_cut(one)
    assert figure_of(fabric, "bisection", "f") == Fraction(found.bandwidth, 1000)


def test_spines_and_planes_are_merged() -> None:
    one = domain(tree(9, 2, 16, planes=2, more=", leaf: {down: 12, up: 4}"), "f")
    cell = merged_switches(one)
    assert cell is not None
    assert int(cell.max()) + 1 == len(one.ends) + 2 + 1  # two leaves and one spine for both planes


@pytest.mark.parametrize("nodes", [2_500, 4_999])
def test_thousands_of_ends_are_halved_over_one_cell_for_each_leaf(nodes: int) -> None:
    fabric = tree(nodes, 8, 512, more=", leaf: {down: 384, up: 128}")
    one = domain(fabric, "f")
    cell = merged_switches(one)
    assert cell is not None
    assert (
        int(cell.max()) + 1 == len(one.ends) + -(-len(one.ends) // 384) + 1
    )  # leaves, and one for all spines
    found = bisection(fabric, one)
    assert found is not None
    assert found.share < Fraction(2, 5)
