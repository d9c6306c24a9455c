"""Two tiers against a published table and against counting up from one switch."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wiring.expanded import links_of, slots_have_gaps
from topogen.wiring.block import PatternError
from topogen.wiring.fat_tree import Asked, FatTree, hosts, leaf_spine, rails_of, size_fat_tree

# NVIDIA RA-11333-001 V11 (DGX H100 SuperPOD, 2023), tables 3 and 4, two-tier rows; the row of 64 nodes is of
# the DGX B200 edition. Official. A later web edition prints 1024 and 2048 spine-core cables here: misprints.
SUPERPOD = [  # nodes, leaves, spines, host links without fabric managers, leaf-spine links
    (31, 8, 4, 248, 256),
    (63, 16, 8, 504, 512),
    (64, 16, 8, 512, 512),
    (95, 24, 16, 760, 768),
    (127, 32, 16, 1016, 1024),
    (128, 32, 16, 1024, 1024),
    (256, 64, 32, 2048, 2048),
]


@pytest.mark.parametrize(("nodes", "leaves", "spines", "host_links", "between"), SUPERPOD)
def test_superpod_sizes(nodes: int, leaves: int, spines: int, host_links: int, between: int) -> None:
    tree = size_fat_tree([nodes] * 8, Asked(32, 32, 64))
    assert (tree.leaves, tree.spines) == (leaves, spines)
    rail = np.tile(np.arange(8), nodes)
    assert (hosts(rail, 1, tree).count, leaf_spine(tree).count) == (host_links, between)


def counted_up(links_by_rail: list[int], down: int, up: int, spine_ports: int) -> tuple[int, int] | None:
    """Return leaves and spines by trying one after the other, None where no number of spines does."""
    per_rail = next(n for n in range(1, 999) if n * down >= max(links_by_rail))
    leaves = per_rail * len(links_by_rail)
    fits = (n for n in range(1, up + 1) if up % n == 0 and leaves * (up // n) <= spine_ports)
    spines = next(fits, None)
    return None if spines is None else (leaves, spines)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=6),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 48),
)
def test_sizes_are_the_least_that_serve(by_rail: list[int], down: int, up: int, ports: int) -> None:
    expected = counted_up(by_rail, down, up, ports)
    if expected is None:
        with pytest.raises(PatternError, match="two tiers of these switches reach"):
            size_fat_tree(by_rail, Asked(down, up, ports))
        return
    tree = size_fat_tree(by_rail, Asked(down, up, ports))
    assert (tree.leaves, tree.spines) == expected
    assert tree.per_pair * tree.spines == up


@given(st.integers(1, 5), st.integers(1, 9), st.integers(1, 3), st.integers(2, 8))
def test_hosts_keep_to_their_rail_and_to_what_a_leaf_holds(
    n_rails: int, per_rail: int, ports: int, down: int
) -> None:
    rail = np.tile(np.arange(n_rails), per_rail)
    tree = size_fat_tree([per_rail * ports] * n_rails, Asked(down, 64, 10_000))
    links = links_of([hosts(rail, ports, tree)])
    assert len(links) == n_rails * per_rail * ports
    assert all(link.b // tree.leaves_per_rail == rail[link.a] for link in links)
    assert max(Counter(link.b for link in links).values()) <= down
    assert not slots_have_gaps(links)


def test_one_port_an_end_fills_leaf_after_leaf() -> None:
    links = links_of([hosts(np.zeros(7, np.int64), 1, FatTree(1, 3, 3, 3, 1, 3))])
    assert [link.b for link in links] == [0, 0, 0, 1, 1, 1, 2]


def test_two_ports_of_an_end_go_to_two_leaves() -> None:
    links = links_of([hosts(np.zeros(3, np.int64), 2, FatTree(1, 2, 3, 3, 1, 3))])
    assert [link.b for link in links] == [0, 1, 0, 1, 0, 1]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
def test_every_leaf_meets_every_spine_equally(leaves: int, spines: int, per_pair: int) -> None:
    links = links_of([leaf_spine(FatTree(1, leaves, 1, spines * per_pair, spines, per_pair))])
    pairs = Counter((link.a, link.b) for link in links)
    assert pairs == {(leaf, spine): per_pair for leaf in range(leaves) for spine in range(spines)}
    assert not slots_have_gaps(links)


def test_without_rails_by_there_is_one_rail() -> None:
    position = np.array([0, 1, 2, 0])
    assert rails_of(position, "tray").tolist() == [0, 1, 2, 0]
    assert rails_of(position, None).tolist() == [0, 0, 0, 0]


def test_a_stated_number_of_spines_has_to_divide_the_uplinks() -> None:
    with pytest.raises(PatternError) as refused:
        size_fat_tree([12], Asked(4, 4, 8, spines=3))
    assert refused.value.message == "4 uplinks of a leaf do not divide evenly over 3 spines"
    assert refused.value.hint == "spines: one of 1, 2, 4"


def test_too_few_spines_are_refused_with_what_two_tiers_reach() -> None:
    with pytest.raises(PatternError) as refused:
        size_fat_tree([12], Asked(4, 4, 8, spines=1))
    assert refused.value.message == (
        "3 leaves x 4 = 12 links at each of 1 spines, which have 8 ports; "
        "two tiers of these switches reach 32 host links"
    )
