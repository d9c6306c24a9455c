from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.expanded import degrees_of, links_of, slots_have_gaps
from topogen.model.runs import cumcount
from topogen.wiring.block import biclique, degrees, matching, repeat

if TYPE_CHECKING:
    from topogen.model.arrays import Side

SMALL = st.integers(1, 6)
NUMBERS = st.lists(st.integers(0, 4), min_size=1, max_size=12)


@given(SMALL, SMALL, SMALL)
def test_a_biclique_counts_as_it_expands(n_a: int, n_b: int, m: int) -> None:
    block = biclique(n_a, n_b, m)
    links = links_of([block])
    assert block.count == len(links) == n_a * n_b * m
    assert degrees_of(links) == ([n_b * m] * n_a, [n_a * m] * n_b)
    assert not slots_have_gaps(links)


@given(NUMBERS, st.data(), SMALL)
def test_a_matching_joins_each_listed_pair_m_times(a: list[int], data: st.DataObject, m: int) -> None:
    b = data.draw(st.lists(st.integers(0, 4), min_size=len(a), max_size=len(a)))
    links = links_of([matching(np.array(a), np.array(b), m)])
    assert sorted((link.a, link.b) for link in links) == sorted(list(zip(a, b, strict=True)) * m)
    assert not slots_have_gaps(links)


@given(NUMBERS)
def test_occurrence_counts_equal_values_before(values: list[int]) -> None:
    expected = [values[:i].count(value) for i, value in enumerate(values)]
    assert cumcount(np.array(values)).tolist() == expected


@given(SMALL, SMALL, st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_copies_of_a_block_begin_where_they_are_told(n_a: int, n_b: int, firsts: list[int]) -> None:
    first = np.array(firsts)
    block = repeat(biclique(n_a, n_b), first, 2 * first)
    links = links_of([block])
    expected = [(f + a, 2 * f + b) for f in firsts for a in range(n_a) for b in range(n_b)]
    assert sorted((link.a, link.b) for link in links) == sorted(expected)
    assert block.count == len(links)
    sides: tuple[tuple[Side, int], ...] = (("a", 12), ("b", 18))
    for side, count in sides:
        there = [getattr(link, side) for link in links]
        assert degrees([block], [side], count).full().tolist() == [there.count(n) for n in range(count)]


def test_degrees_add_up_over_blocks() -> None:
    blocks = [biclique(2, 3), matching(np.array([1, 1]), np.array([0, 3]))]
    assert degrees(blocks, ["a"], 3).full().tolist() == [3, 5, 0]
    assert degrees(blocks, ["b"], 4).full().tolist() == [3, 2, 2, 1]
