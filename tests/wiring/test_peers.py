from __future__ import annotations

import numpy as np
import pytest

from tests.wiring.expanded import links_of, pair_counts, slots_have_gaps
from topogen.wiring.block import Ends, PatternError, Request
from topogen.wiring.peers import peers

SIZES = [(4, 36, 36), (2, 3, 5), (3, 2, 4), (4, 1, 7), (5, 2, 6), (6, 3, 8)]


def wired(places: int, members: int, ports: int) -> Request:
    ends = Ends.uniform(places * members, ports, per_place=members)
    return Request(ends, ends, across=True)


@pytest.mark.parametrize(("places", "members", "ports"), SIZES)
def test_all_ports_are_used_between_equal_positions(places: int, members: int, ports: int) -> None:
    blocks = peers(wired(places, members, ports))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == places * members * ports // 2
    assert all(link.a % members == link.b % members and link.a != link.b for link in links)
    assert not slots_have_gaps(links, same=True)


@pytest.mark.parametrize(("places", "members", "ports"), SIZES)
def test_an_uneven_rest_makes_pairs_differ_by_one_at_most(places: int, members: int, ports: int) -> None:
    pairs = pair_counts(links_of(peers(wired(places, members, ports))))
    counts = [pairs[p * members, q * members] for q in range(places) for p in range(q)]
    assert max(counts) - min(counts) <= 1


def test_the_rest_goes_to_the_nearest_on_a_ring() -> None:
    pairs = pair_counts(links_of(peers(wired(5, 1, 6))))
    assert {pair for pair, count in pairs.items() if count == 2} == {(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)}


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        (Ends.uniform(4, 2), "here 1 of 4 devices"),
        (Ends(3, 2, lambda: np.array([0, 0, 1])), "here 2 of 1, 2 devices"),
    ],
)
def test_places_are_equal_and_at_least_two(ends: Ends, text: str) -> None:
    with pytest.raises(PatternError) as refused:
        peers(Request(ends, ends, across=True))
    assert refused.value.message == f"peers needs equal places, at least two: {text}"


def test_an_odd_rest_over_an_odd_number_of_places_cannot_be_paired() -> None:
    with pytest.raises(PatternError) as refused:
        peers(wired(3, 2, 5))
    assert refused.value.message == "5 ports over 2 other places leave 1 over, which cannot be paired"
    assert refused.value.hint == "use a multiple of 2 ports, or an even rest"


def test_links_per_pair_takes_that_many_and_leaves_the_rest_free() -> None:
    ends = Ends.uniform(4 * 3, 36, per_place=3)
    blocks = peers(Request(ends, ends, links_per_pair=5, across=True))
    pairs = pair_counts(links_of(blocks))
    assert set(pairs.values()) == {5}
    assert sum(block.count for block in blocks) == 12 * 3 * 5 // 2
