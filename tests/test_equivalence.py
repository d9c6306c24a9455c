"""The equivalence kernel: equal items, and only those, share a class; refinement is exact."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from topogen.model.equivalence import Classes, classify, classify_rows, classify_values, refine

ROWS = st.integers(0, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(-1, 1), min_size=width, max_size=width), max_size=12)
)


def assert_classes(classes: Classes, items: list[tuple[int, ...]]) -> None:
    """Check that equal items, and only those, share a class, and that each class is described truly."""
    of = classes.class_of.tolist()
    assert [[one == other for other in of] for one in of] == [
        [one == other for other in items] for one in items
    ]
    assert sorted(set(of)) == list(range(len(classes)))
    assert classes.copies.tolist() == [of.count(number) for number in range(len(classes))]
    assert int(classes.copies.sum()) == len(items)
    assert [numbers.tolist() for numbers in classes.members] == [
        [item for item, number in enumerate(of) if number == which] for which in range(len(classes))
    ]
    assert classes.representatives.tolist() == [int(numbers[0]) for numbers in classes.members]
    values = np.arange(len(items)) + 1
    assert classes.total(values).tolist() == [int(values[numbers].sum()) for numbers in classes.members]


@given(ROWS)
def test_equal_rows_and_only_those_share_a_class(rows: list[list[int]]) -> None:
    items = [tuple(row) for row in rows]
    table = np.array(rows, np.int64).reshape(len(rows), len(rows[0]) if rows else 0)
    classes = classify_rows(table)
    assert_classes(classes, items)
    assert [items[item] for item in classes.representatives] == sorted(set(items))
    assert_classes(
        classify_rows(np.array([sum(row) for row in rows], np.int64)), [(sum(row),) for row in rows]
    )
    ordered = classes.by_representative()
    assert_classes(ordered, items)
    by_key = classify(items)
    assert by_key.class_of.tolist() == ordered.class_of.tolist()
    assert by_key.representatives.tolist() == ordered.representatives.tolist()


def test_all_items_are_equal_or_none_are() -> None:
    assert_classes(Classes.single(3), [(0,)] * 3)
    assert_classes(Classes.separate(3), [(0,), (1,), (2,)])
    assert_classes(Classes.single(0), [])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.sampled_from([0, 1 << 24]))
def test_values_are_classified_by_table_and_by_sorting(values: list[int], most_cells: int) -> None:
    with patch("topogen.model.equivalence.MOST_CELLS", most_cells):
        class_of, found = classify_values(np.array(values))
    assert found == sorted(set(values))
    assert [found[number] for number in class_of] == values


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 1)), max_size=14)


def refined(look: list[int], edges: list[tuple[int, int, int]]) -> Classes:
    a, b, label = np.array(edges, np.int64).reshape(-1, 3).T
    return refine(np.array(look), np.append(a, b), np.append(b, a), np.append(label, label))


@given(st.lists(st.integers(0, 1), min_size=8, max_size=8), EDGES)
def test_nodes_of_one_class_have_equal_neighbours_and_no_others_do(
    look: list[int], edges: list[tuple[int, int, int]]
) -> None:
    classes = refined(look, edges)
    of = classes.class_of.tolist()
    seen: list[Counter[tuple[int, int]]] = [Counter() for _ in look]
    for a, b, label in edges:
        seen[a][label, of[b]] += 1
        seen[b][label, of[a]] += 1
    for one in range(8):
        for other in range(one):
            stable = (look[one], seen[one]) == (look[other], seen[other])
            assert (of[one] == of[other]) <= stable
    assert of == plain_refinement(look, edges)
    assert classes.representatives.tolist() == [of.index(number) for number in range(len(classes))]


def plain_refinement(look: list[int], edges: list[tuple[int, int, int]]) -> list[int]:
    """Return the classes by colour refinement as in a textbook, numbered as ``refine`` does."""
    colour: list[object] = list(look)
    for _ in look:
        seen: list[Counter[object]] = [Counter() for _ in look]
        for a, b, label in edges:
            seen[a][label, colour[b]] += 1
            seen[b][label, colour[a]] += 1
        colour = [(own, frozenset(one.items())) for own, one in zip(colour, seen, strict=True)]
        numbers = {one: number for number, one in enumerate(dict.fromkeys(colour))}
        colour = [numbers[one] for one in colour]
    return [int(number) for number in match(colour, refined(look, edges).class_of.tolist())]


def match(colour: list[object], found: list[int]) -> list[int]:
    """Return colours renumbered as in ``found`` where both split the nodes in the same way."""
    pairs = dict(zip(colour, found, strict=True))
    assert len(pairs) == len(set(found))
    return [pairs[one] for one in colour]


@given(st.permutations(range(8)))
def test_refinement_is_as_fine_as_the_orbits_of_a_tree(order: list[int]) -> None:
    tree = nx.relabel_nodes(nx.balanced_tree(2, 2), dict(enumerate(order)))  # seven nodes, one is alone
    classes = refined([0] * 8, [(a, b, 0) for a, b in tree.edges])
    assert sorted(classes.copies.tolist()) == [1, 1, 2, 4]
