from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topogen.model.runs import Copies, Rows, Runs, aligned, distinct, tally

COUNT = 24
TABLE = st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=1, max_size=12)


@st.composite
def copies(draw: st.DrawFn) -> Copies:
    device = draw(st.lists(st.integers(0, 7), min_size=1, max_size=8))
    first = draw(st.lists(st.integers(0, COUNT - 8), min_size=1, max_size=4))
    steps = range(draw(st.integers(0, 3)), COUNT - 7, draw(st.integers(1, 9)))
    return Copies(
        steps if draw(st.booleans()) else np.array(first), np.array(device), draw(st.integers(1, 3))
    )


@given(st.lists(copies(), max_size=4))
def test_a_tally_counts_each_device_of_each_copy(every: list[Copies]) -> None:
    expected = [0] * COUNT
    for one in every:
        for first in one.first:
            for device in one.device.tolist():
                expected[int(first) + device] += one.each
    found = tally(every, COUNT)
    assert found.full().tolist() == expected
    assert (found.values[1:] != found.values[:-1]).all()


def test_copies_one_after_the_other_are_one_run() -> None:
    found = tally([Copies(range(0, 3_000_000, 3), np.array([0, 1, 2]), 5)], 3_000_000)
    assert (found.starts.tolist(), found.values.tolist()) == ([0], [5])


@given(TABLE)
def test_a_table_comes_back_from_its_runs(table: list[list[int]]) -> None:
    rows = np.array(table)
    runs, kinds = Runs.of(rows), Rows.of(rows)
    assert runs.full().tolist() == kinds.full().tolist() == table
    assert int(kinds.weights.sum()) == int(runs.lengths.sum()) == len(table)
    assert kinds.laid(np.arange(len(kinds.rows))).full().tolist() == kinds.kind.full().tolist()


@given(TABLE, st.data())
def test_a_part_counts_from_its_start(table: list[list[int]], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(table) - 1))
    stop = data.draw(st.integers(start + 1, len(table)))
    part = Runs.of(np.array(table)).part(start, stop)
    assert part.full().tolist() == table[start:stop]
    assert part.at(np.arange(part.count)).tolist() == table[start:stop]


@given(TABLE)
def test_aligned_tables_start_together_and_say_the_same(table: list[list[int]]) -> None:
    one, other = Runs.of(np.array(table)), Runs.of(np.array(table)[::-1])
    for before, after in zip((one, other), aligned([one, other]), strict=True):
        assert after.full().tolist() == before.full().tolist()
    assert len({tuple(table.starts.tolist()) for table in aligned([one, other])}) == 1
    assert aligned([]) == []


@given(st.lists(st.integers(-3, 3)))
def test_distinct_values_ascend(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))
