from __future__ import annotations

from collections import Counter

import pytest

from tests.wiring.expanded import degrees_of, links_of, pair_counts, slots_have_gaps
from topogen.wiring.block import Ends, PatternError, Request
from topogen.wiring.spread import ring_pairs, spread


@pytest.mark.parametrize(("n_a", "ports", "n_b"), [(5, 3, 4), (2, 7, 3), (9, 1, 2), (3, 4, 12)])
def test_ports_are_dealt_as_evenly_as_can_be(n_a: int, ports: int, n_b: int) -> None:
    blocks = spread(Request(Ends.uniform(n_a, ports), Ends.uniform(n_b, 999)))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == n_a * ports
    pairs = Counter((link.a, link.b) for link in links)
    counts = [pairs[a, b] for a in range(n_a) for b in range(n_b)]
    assert max(counts) - min(counts) <= 1
    assert not slots_have_gaps(links)


@pytest.mark.parametrize(("n", "ports"), [(2, 3), (5, 6), (4, 7), (6, 2), (7, 12)])
def test_among_themselves_every_port_is_used_and_pairs_differ_by_one(n: int, ports: int) -> None:
    ends = Ends.uniform(n, ports)
    links = links_of(spread(Request(ends, ends)))
    assert len(links) == n * ports // 2
    pairs = pair_counts(links)
    counts = [pairs[a, b] for b in range(n) for a in range(b)]
    assert max(counts) - min(counts) <= 1
    assert all(link.a != link.b for link in links)
    assert not slots_have_gaps(links, same=True)


@pytest.mark.parametrize(("count", "degree"), [(4, 1), (4, 2), (6, 3), (7, 4)])
def test_a_ring_gives_each_device_its_nearest_neighbours(count: int, degree: int) -> None:
    a, b = (pair.tolist() for pair in ring_pairs(count, degree))
    assert Counter([*a, *b]) == dict.fromkeys(range(count), degree)
    assert len({frozenset(pair) for pair in zip(a, b, strict=True)}) == count * degree // 2


def test_an_odd_number_of_ports_cannot_be_paired() -> None:
    ends = Ends.uniform(3, 3)
    with pytest.raises(PatternError) as refused:
        spread(Request(ends, ends))
    assert refused.value.code == "E205"
    assert refused.value.message.startswith("3 devices with 1 ports each left over have an odd number")


def test_one_device_cannot_be_spread_over_itself() -> None:
    ends = Ends.uniform(1, 4)
    with pytest.raises(PatternError, match="at least 2 devices, 1 is here"):
        spread(Request(ends, ends))


def test_degrees_of_b_differ_by_one_at_most() -> None:
    degrees = degrees_of(links_of(spread(Request(Ends.uniform(5, 3), Ends.uniform(4, 9)))))[1]
    assert degrees == [4, 4, 4, 3]
