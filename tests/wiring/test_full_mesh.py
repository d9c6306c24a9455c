from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.wiring.expanded import degrees_of, links_of, pair_counts, slots_have_gaps
from topogen.wiring.block import Ends, PatternError, Request
from topogen.wiring.full_mesh import full_mesh


@pytest.mark.parametrize(("n_a", "n_b", "m"), [(1, 1, 1), (3, 5, 2), (72, 18, 1)])
def test_every_a_meets_every_b_m_times(n_a: int, n_b: int, m: int) -> None:
    blocks = full_mesh(Request(Ends.uniform(n_a, n_b * m), Ends.uniform(n_b, n_a * m), m))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == n_a * n_b * m
    assert {(link.a, link.b) for link in links} == {(a, b) for a in range(n_a) for b in range(n_b)}
    assert degrees_of(links) == ([n_b * m] * n_a, [n_a * m] * n_b)
    assert not slots_have_gaps(links)


@pytest.mark.parametrize(("n", "m"), [(2, 1), (5, 3), (8, 1)])
def test_among_themselves_each_pair_is_joined_once_times_m(n: int, m: int) -> None:
    ends = Ends.uniform(n, (n - 1) * m)
    links = links_of(full_mesh(Request(ends, ends, m)))
    assert len(links) == n * (n - 1) // 2 * m
    assert set(pair_counts(links).values()) == {m}
    assert not slots_have_gaps(links, same=True)


def test_across_joins_only_ends_in_different_places() -> None:
    ends = Ends.uniform(6, 9, per_place=2)
    links = links_of(full_mesh(Request(ends, ends, 1, across=True)))
    assert len(links) == 6 * 5 // 2 - 3
    assert all(link.a // 2 != link.b // 2 for link in links)
    assert not slots_have_gaps(links, same=True)


def test_across_between_two_kinds_leaves_out_the_own_place() -> None:
    request = Request(Ends.uniform(6, 9, per_place=2), Ends.uniform(3, 9, per_place=1), 2, across=True)
    links = links_of(full_mesh(request))
    assert len(links) == (6 * 3 - 6) * 2
    assert all(link.a // 2 != link.b for link in links)
    assert not slots_have_gaps(links)


def test_one_device_alone_has_nobody_to_meet() -> None:
    ends = Ends.uniform(1, 4)
    assert links_of(full_mesh(Request(ends, ends))) == []


@pytest.mark.parametrize(
    ("places_a", "places_b", "across", "needed"),
    [
        ([0, 0, 0], None, False, 2),
        ([0, 0, 1, 1, 2, 2], None, True, 4),
        ([0, 1], [0, 0, 0], False, 3),
        ([0, 0], [0, 0, 1, 1, 1], True, 3),
        ([0, 0], [1, 2, 3], True, 3),
    ],
)
def test_a_mesh_takes_just_the_ports_that_it_links(
    places_a: list[int],
    places_b: list[int] | None,
    across: bool,  # noqa: FBT001
    needed: int,
) -> None:
    def request(ports: int) -> Request:
        a = Ends(len(places_a), ports, lambda: np.array(places_a))
        b = Ends(len(places_b), 64, lambda: np.array(places_b)) if places_b else a
        return Request(a, b, across=across)

    linked = links_of(full_mesh(request(needed)))
    assert max(Counter(row.a for row in linked).values()) <= needed
    with pytest.raises(PatternError, match=f"every a meets {needed} devices"):
        full_mesh(request(needed - 1))
