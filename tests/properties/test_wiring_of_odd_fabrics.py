"""What must hold of the links of any fabric, however odd its sizes."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from tests.properties.recount import End, ends_of, links_of, recount
from topogen.cabling.cables import cable_of_link, link_lengths
from topogen.model.expand import expand, expand_parts
from topogen.model.fabric import FREE
from topogen.model.length_histogram import BASES, UNKNOWN_MM


@quick
@given(odd_fabrics(), st.integers(1, 50))
def test_parts_of_blocks_are_the_links_of_the_whole(odd: Odd, most: int) -> None:
    for group in odd.fabric.links:
        whole = expand(odd.fabric, group)
        for block, rows in whole.blocks:
            parts = [
                np.stack([part.a, part.a_port, part.b, part.b_port])
                for part in expand_parts(odd.fabric, block, most)
            ]
            assert all(0 < part.shape[1] <= most for part in parts)
            columns = [column[rows] for column in (whole.a, whole.a_port, whole.b, whole.b_port)]
            assert np.array_equal(np.concatenate(parts, axis=1), np.stack(columns))


@quick
@given(odd_fabrics())
def test_the_closed_form_counts_what_the_columns_hold(odd: Odd) -> None:
    fabric = odd.fabric
    for group in fabric.links:
        assert group.count == len(expand(fabric, group)) == sum(length.links for length in group.lengths)


@quick
@given(odd_fabrics())
def test_no_port_is_used_twice_and_each_one_exists(odd: Odd) -> None:
    fabric = odd.fabric
    counted = recount(fabric)
    ends = Counter(end for _, _, end in ends_of(counted.links))
    assert set(ends.values()) <= {1}
    assert all(0 <= end.port < counted.port(end).count for end in ends)


@quick
@given(odd_fabrics())
def test_both_ends_have_the_rate_of_the_link(odd: Odd) -> None:
    fabric = odd.fabric
    counted = recount(fabric)
    for group, _, end in ends_of(counted.links):
        assert counted.port(end).rate == fabric.links[group].rate


@quick
@given(odd_fabrics())
def test_port_maps_say_who_uses_each_port(odd: Odd) -> None:
    fabric = odd.fabric
    users = {
        end: 2 * group + (side and not fabric.links[group].joins_alike)
        for group, side, end in ends_of(links_of(fabric))
    }
    for (index, kind), used in fabric.ports.items():
        group = fabric.groups[index]
        for number, row in enumerate(used.full().tolist()):
            expected = [users.get(End(group.first + number, kind, port), FREE) for port in range(len(row))]
            assert row == expected


@quick
@given(odd_fabrics())
def test_length_classes_count_the_lengths_of_the_columns(odd: Odd) -> None:
    fabric = odd.fabric
    for group in fabric.links:
        classes: Counter[tuple[int, str]] = Counter()
        for one in group.lengths:
            classes[UNKNOWN_MM if one.length_mm is None else one.length_mm, one.basis] += one.links
        length, basis = link_lengths(fabric, group, expand(fabric, group))
        codes = (BASES[code] for code in basis.tolist())
        assert classes == Counter(zip(length.tolist(), codes, strict=True))


@quick
@given(odd_fabrics())
def test_a_pattern_within_a_rack_stays_in_it(odd: Odd) -> None:
    fabric = odd.fabric
    counted = recount(fabric)
    for link in counted.links:
        level = fabric.links[link.group].within
        if level and link.b:
            assert counted.place(link.a.device, level) == counted.place(link.b.device, level)


@quick
@given(odd_fabrics())
def test_cables_are_runs_of_links_in_one_cage(odd: Odd) -> None:
    fabric = odd.fabric
    counted = recount(fabric)
    for index, group in enumerate(fabric.links):
        numbers = cable_of_link(fabric, group, expand(fabric, group)).tolist()
        found = {frozenset(np.flatnonzero(np.array(numbers) == cable).tolist()) for cable in set(numbers)}
        assert found == {frozenset(cable) for cable in counted.cables(index)}
        assert list(dict.fromkeys(numbers)) == list(range(len(found)))
