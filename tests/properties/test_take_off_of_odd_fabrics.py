"""Take-off by classes against a count of every link, end and place in plain Python."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from hypothesis import given

from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from tests.properties.recount import ends_of, recount
from topogen.cabling.cables import link_lengths
from topogen.model.expand import expand
from topogen.takeoff.quantities import PoolQuantity
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import NETWORK_ROLES, take_off

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Line
    from topogen.model.fabric import Fabric


def pooled(fabric: Fabric, *, buildable: bool) -> Iterator[tuple[PoolQuantity, Line, Counter[str]]]:
    """Yield each pooled quantity with its recipe line and its pieces in each place, counted anew."""
    counted = recount(fabric)
    for row in take_off(fabric):
        if isinstance(row, PoolQuantity):
            medium = fabric.catalog.media[row.medium]
            line = medium.recipe[row.line]
            yield row, line, counted.pool(medium, row.network, line, buildable=buildable)


@quick
@given(odd_fabrics())
def test_pools_are_a_sum_of_ceilings_over_places(odd: Odd) -> None:
    for row, line, places in pooled(odd.fabric, buildable=False):
        assert row.spare == line.spare * len(places)
        assert row.qty == places.total() + row.spare
        assert row.qty == sum(one.scopes * one.pieces for one in row.classes) + row.spare
        assert sum(one.scopes for one in row.classes) == len(places)


@quick
@given(odd_fabrics())
def test_buildable_pieces_are_whole_where_they_are_fitted(odd: Odd) -> None:
    for row, line, places in pooled(odd.fabric, buildable=True):
        assert row.buildable == places.total() + line.spare * len(places)


@quick
@given(odd_fabrics())
def test_every_medium_that_ends_somewhere_has_its_pools(odd: Odd) -> None:
    found = {(row.medium, row.network) for row in take_off(odd.fabric) if row.line == "engine"}
    expected = set()
    for group, side, _ in ends_of(recount(odd.fabric).links):
        link = odd.fabric.links[group]
        expected.add(((link.media or ("", ""))[side], link.network))
    assert found == {pair for pair in expected if "engine" in odd.fabric.catalog.media[pair[0]].recipe}


@quick
@given(odd_fabrics())
def test_modules_are_one_a_cage_in_use(odd: Odd) -> None:
    fabric = odd.fabric
    found: Counter[tuple[str, str]] = Counter()
    for row in take_off(fabric):
        if row.per == "end":
            found[row.groups[0], row.medium] += row.qty
    expected: Counter[tuple[str, str]] = Counter()
    for (group, side), cages in recount(fabric).cages().items():
        link = fabric.links[group]
        if link.media and any(
            line.per == "end" for line in fabric.catalog.media[link.media[side]].recipe.values()
        ):
            expected[link.name, link.media[side]] += cages
    assert found == expected


def sold(length: int, ladder: tuple[int, ...]) -> int | None:
    """Return the length to be ordered for a route, -1 being unknown."""
    if length < 0:
        return None
    return next((step for step in ladder if step >= length), None) if ladder else length


@quick
@given(odd_fabrics())
def test_cords_are_one_a_cable_as_long_as_its_longest_link(odd: Odd) -> None:
    fabric = odd.fabric
    found: Counter[tuple[str, int | None]] = Counter()
    for row in take_off(fabric):
        if row.per == "link":
            found[row.groups[0], row.length_mm] += row.qty
    counted, expected = recount(fabric), Counter[tuple[str, int | None]]()
    ladder = fabric.catalog.parts["cord"].lengths_mm
    for index, group in enumerate(fabric.links):
        if group.media and "link" in {
            line.per for line in fabric.catalog.media[group.media[0]].recipe.values()
        }:
            length = link_lengths(fabric, group, expand(fabric, group))[0].tolist()
            for cable in counted.cables(index):
                each = [length[link] for link in cable]
                longest = -1 if -1 in each else max(each)
                expected[group.name, sold(longest, ladder)] += 1
    assert found == expected


@quick
@given(odd_fabrics())
def test_strands_and_pairs_are_counted_by_lane(odd: Odd) -> None:
    fabric = odd.fabric
    found = Counter({row.groups[0]: row.qty for row in take_off(fabric) if row.per == "lane"})
    counted, expected = recount(fabric), Counter[str]()
    for link in counted.links:
        group = fabric.links[link.group]
        medium = fabric.catalog.media[(group.media or ("",))[0]]
        each = counted.line_lanes(link.a, medium) * (medium.fibres_per_lane or Fraction(1))
        for line in medium.recipe.values():
            if line.per == "lane":
                expected[group.name] += ceil(each) * (1 if group.bidi else 2) * line.qty
    assert found == expected


@quick
@given(odd_fabrics())
def test_a_medium_owns_one_piece_a_device_that_ends_it(odd: Odd) -> None:
    fabric = odd.fabric
    found: Counter[tuple[str, str]] = Counter()
    for row in take_off(fabric):
        if row.per == "device" and row.cost_scope == "interconnect":
            found[row.medium, row.network] += row.qty
    devices: set[tuple[str, str, int]] = set()
    for group, side, end in ends_of(recount(fabric).links):
        link = fabric.links[group]
        devices.add(((link.media or ("", ""))[side], link.network, end.device))
    expected = Counter((medium, network) for medium, network, _ in devices if medium in ("other", "boxed"))
    assert found == expected


@quick
@given(odd_fabrics())
def test_devices_are_bought_one_each_whether_linked_or_not(odd: Odd) -> None:
    fabric = odd.fabric
    found: Counter[str] = Counter()
    for row in take_off(fabric):
        if row.line == "device" and row.part:
            found[row.classes[0].host] += row.qty
    expected: Counter[str] = Counter()
    for group in fabric.groups:
        if group.type.part:
            expected[group.label] += group.count
            assert group.type.role in NETWORK_ROLES
    assert found == expected


def per_part(rows: Iterator[tuple[str | None, int]]) -> Counter[str]:
    """Return quantities added up by part, rows without one left out."""
    total: Counter[str] = Counter()
    for part, qty in rows:
        if part and qty:
            total[part] += qty
    return total


@quick
@given(odd_fabrics())
def test_no_part_is_lost_between_take_off_and_bom(odd: Odd) -> None:
    fabric = odd.fabric
    rolled = roll_up(fabric)
    taken = per_part((row.part, row.qty) for row in rolled.quantities)
    assert taken == per_part((line.part, line.qty) for line in rolled.lines)


@quick
@given(odd_fabrics())
def test_a_count_basis_is_a_share_of_the_whole(odd: Odd) -> None:
    fabric = odd.fabric
    for row in take_off(fabric):
        shares = (row.basis.one_end, row.basis.nic_only, row.basis.one_end_nic_only)
        assert all(0 <= share <= 1 for share in shares)
        assert row.basis.one_end_nic_only <= min(row.basis.one_end, row.basis.nic_only)


@quick
@given(odd_fabrics())
def test_one_end_of_a_pool_counts_each_link_once(odd: Odd) -> None:
    fabric = odd.fabric
    counted = recount(fabric)
    for row in (row for row in take_off(fabric) if row.per == "pool"):
        medium = fabric.catalog.media[row.medium]
        both = once = 0
        for group, side, end in ends_of(counted.links):
            link = fabric.links[group]
            if link.network == row.network and link.media and link.media[side] == medium.id:
                lanes = counted.line_lanes(end, medium)
                both, once = both + lanes, once + (lanes if side == 0 else 0)
        assert row.basis.one_end == Fraction(once, both)
