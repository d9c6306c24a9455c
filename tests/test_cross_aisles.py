"""Lengths over cross-aisles: three floors worked out by hand, and any floor against one link at a time."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.explain.lengths import length_steps
from topogen.floor.crossing import crossing_of
from topogen.floor.per_link import length_numbers
from topogen.model.expand import expand

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

HEAD = """
devices:
  gpu: {role: gpu, ports: {p: {count: 12, lanes: 2, lane_rate: 200 Gb/s}}}
  chip: {role: switch, height_u: 2, ports: {p: {count: 12, lanes: 2, lane_rate: 200 Gb/s}}}
templates: {rack: {level: rack, slots: {U10: gpu, U30-31: chip}}}
"""
TRAY = "rack_pitch: 600 mm, row_pitch: 3 m, tray: {where: overhead, height: 2.6 m}"
DROPS = (2600 - 445) + (2600 - 1334)  # a GPU at U10, a chip at U30


def fabric(rows: str, crossings: str, links: str) -> Fabric:
    """Return racks r1 to r6, each a GPU at U10 (445 mm) and a chip at U30 (1,334 mm), in some rows."""
    floor = f"layout: {{rows: {{{rows}}}, {TRAY}{crossings}}}"
    text = f"{HEAD}instances: {{'r[1-6]': rack}}\nlinks: {{x: {{network: scale_up, {links}}}}}\n{floor}\n"
    return fabric_of(text)


def lengths(made: Fabric) -> list[int | None]:
    """Return the length of every link, in the order of the links, by the numbers that the schedule uses."""
    (group,) = made.links
    numbers = length_numbers(made, group, group.blocks)
    known = [one.length_mm for one in sorted(group.lengths, key=lambda one: one.length_mm or 0)]
    assert len(known) == len(group.lengths.codes)
    return [known[number] for number in numbers.tolist()]


def way(a: str, b: str, rows: str, crossings: str) -> int | None:
    """Return how long the link from the GPU of one rack to the chip of another is."""
    links = f"a: '{a}/gpu.p', b: '{b}/chip.p', pattern: planes"
    return lengths(fabric(rows, crossings, links))[0]


# Two rows of three racks, at 0, 0.6 and 1.2 m:       A: r1 r2 r3 |
# the one cross-aisle is behind the last, at 1.8 m.   B: r4 r5 r6 |
TWO_ROWS = "A: ['r[1-3]'], B: ['r[4-6]']"


@pytest.mark.parametrize(
    ("a", "b", "along"),
    [
        ("r1", "r3", 1200),  # one row: no crossing
        ("r1", "r4", 1800 + 3000 + 1800),  # opposite each other at the far end of the rows
        ("r3", "r6", 600 + 3000 + 600),
        ("r1", "r6", 1800 + 3000 + 600),
        ("r6", "r1", 600 + 3000 + 1800),
    ],
)
def test_one_cross_aisle_at_the_end_of_two_rows(a: str, b: str, along: int) -> None:
    assert way(a, b, TWO_ROWS, ", cross_aisles: [1.8 m]") == DROPS + along


# Three rows of two racks, at 0 and 0.6 m, with cross-aisles before and behind them:
#   | A: r1 r2 |
#   | B: r3 r4 |     at -0.6 m and at 1.8 m
#   | C: r5 r6 |
THREE_ROWS = "A: ['r[1-2]'], B: ['r[3-4]'], C: ['r[5-6]']"


@pytest.mark.parametrize(
    ("a", "b", "along"),
    [
        ("r1", "r3", 600 + 3000 + 600),  # back to -0.6 m
        ("r2", "r4", 1200 + 3000 + 1200),  # 1.2 m either way
        ("r1", "r6", 600 + 6000 + 1200),  # two rows over
        ("r2", "r5", 1200 + 6000 + 600),
        ("r5", "r6", 600),
    ],
)
def test_cross_aisles_before_and_behind_three_rows(a: str, b: str, along: int) -> None:
    assert way(a, b, THREE_ROWS, ", cross_aisles: [-0.6 m, 1.8 m]") == DROPS + along


# Two rows of unlike length, a cross-aisle between the second and the third place, at 0.9 m:
#   A: r1 r2 | r3 r4
#   B: r5 r6 |
UNLIKE = "A: ['r[1-4]'], B: ['r[5-6]']"


@pytest.mark.parametrize(
    ("a", "b", "along"),
    [
        ("r1", "r6", 900 + 3000 + 300),  # to 0.9 m and back to 0.6 m
        ("r3", "r6", 300 + 3000 + 300),  # on the way: as far as without cross-aisles
        ("r4", "r5", 900 + 3000 + 900),
        ("r2", "r6", 300 + 3000 + 300),
    ],
)
def test_a_cross_aisle_between_racks(a: str, b: str, along: int) -> None:
    assert way(a, b, UNLIKE, ", cross_aisles: [900 mm]") == DROPS + along


def test_without_cross_aisles_cables_cross_anywhere() -> None:
    assert way("r1", "r6", UNLIKE, "") == DROPS + 600 + 3000


def test_the_order_of_the_list_is_of_no_account() -> None:
    assert way("r1", "r3", THREE_ROWS, ", cross_aisles: [1.8 m, -0.6 m]") == DROPS + 4200


def test_explain_says_where_the_longest_crosses() -> None:
    made = fabric(TWO_ROWS, ", cross_aisles: [1.8 m]", "a: 'r[1]/gpu.p', b: 'r[4]/chip.p', pattern: planes")
    words = "\n".join(f"{step}" for step in length_steps(made, made.links[0]))
    assert "6,600 mm along, across at 1.8 m" in words
    assert "= 10,021 mm" in words


PLACES = st.integers(-2_000, 5_000)


@given(st.lists(PLACES, min_size=1, unique=True).map(sorted), PLACES, PLACES)
def test_no_other_cross_aisle_is_nearer(crossings: list[int], a: int, b: int) -> None:
    far = [abs(a - one) + abs(one - b) for one in crossings]
    ends = np.array([a, b]), np.array([b, a])
    assert crossing_of(np.array(crossings), *ends).tolist() == [far.index(min(far))] * 2


SPREADS = (
    "a: gpu.p, b: chip.p, pattern: one_to_one",
    "a: 'r[1-3]/gpu.p', b: 'r[4-6]/chip.p', pattern: planes",
    "a: 'r[1,2]/gpu.p', b: 'r[3-5]/gpu.p', pattern: full_mesh",
    "a: gpu.p, b: chip.p, pattern: planes, within: rack",
)


@given(
    st.permutations(range(1, 7)),
    st.lists(st.integers(0, 6), min_size=1, max_size=2),
    st.lists(st.integers(-10, 40), min_size=1, max_size=3, unique=True),
    st.sampled_from(SPREADS),
)
def test_every_link_is_as_long_as_worked_out_alone(
    order: list[int], cuts: list[int], places: list[int], links: str
) -> None:
    """Racks in any order in up to three rows, cross-aisles every 100 mm: histogram and schedule agree."""
    bounds = [0, *sorted(cuts), 6]
    groups = [order[low:high] for low, high in pairwise(bounds) if low < high]
    rows = ", ".join(f"R{at}: [{', '.join(f'r{one}' for one in row)}]" for at, row in enumerate(groups))
    aisles = ", ".join(f"{100 * one} mm" for one in places) if len(groups) > 1 else ""
    made = fabric(rows, f", cross_aisles: [{aisles}]" if aisles else "", links)
    (group,) = made.links
    spot = {
        f"r{one}": (600 * at, 3000 * row) for row, some in enumerate(groups) for at, one in enumerate(some)
    }
    racks, height, columns = made.sites.racks, made.sites.height_mm.tolist(), expand(made, group)
    expected = []
    for a, b in zip(columns.a.tolist(), columns.b.tolist(), strict=True):
        rack_a, rack_b = (racks[made.sites.rack[end]].name for end in (a, b))
        (x_a, y_a), (x_b, y_b) = spot[rack_a], spot[rack_b]
        along = abs(x_a - x_b)
        if y_a != y_b:
            along = min(abs(x_a - 100 * one) + abs(100 * one - x_b) for one in places) + abs(y_a - y_b)
        high = height[a], height[b]
        expected.append(abs(high[0] - high[1]) if rack_a == rack_b else 5200 - sum(high) + along)
    assert lengths(made) == expected
    assert {one.length_mm: one.links for one in group.lengths} == dict(Counter(expected))


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        (f"rows: {{{TWO_ROWS}}}, {TRAY}, cross_aisles: [1.8 m, 1800 mm]", "at 1.8 m is given 2 times"),
        (f"rows: {{A: ['r[1-6]']}}, {TRAY}, cross_aisles: [1.8 m]", "there is no second row"),
        (f"rows: {{{TWO_ROWS}}}, row_pitch: 3 m, rack_pitch: 1 m, cross_aisles: [1.8 m]", "there is no tray"),
        ("rows: {A: ['r[1-6]']}, rack_pitch: 1 m, cross_aisles: [1.8 m]", "no tray and no second row"),
    ],
)
def test_cross_aisles_without_effect_are_refused(layout: str, message: str) -> None:
    with pytest.raises(InputError, match="E794") as refused:
        fabric_of(f"{HEAD}instances: {{'r[1-6]': rack}}\nlayout: {{{layout}}}\n")
    assert message in str(refused.value)
    (problem,) = refused.value.problems
    assert "add a tray" not in problem.hint or "no tray" in message
