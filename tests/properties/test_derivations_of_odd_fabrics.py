"""The derivation of every quantity evaluates to the quantity, on random odd fabrics."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings

from tests.properties.odd_fabrics import Odd, odd_fabrics
from topogen.media.medium import links_fibres, links_pairs
from topogen.takeoff.derivation import evaluate, leaves
from topogen.takeoff.derive import buildable_value, derive, lanes_of, together
from topogen.takeoff.link_ends import fibres_value, pairs_value, sides_of, value_by_ends, value_by_pairs
from topogen.takeoff.quantities import PoolQuantity
from topogen.takeoff.take_off import take_off

many = settings(max_examples=200)


@many
@given(odd_fabrics())
def test_a_derivation_evaluates_to_its_quantity(odd: Odd) -> None:
    for rows in together(take_off(odd.fabric)):
        assert evaluate(derive(odd.fabric, rows)) == sum(row.qty for row in rows)


@many
@given(odd_fabrics())
def test_pools_are_derived_from_the_lanes_they_serve(odd: Odd) -> None:
    for row in take_off(odd.fabric):
        if isinstance(row, PoolQuantity):
            assert evaluate(buildable_value(odd.fabric, row)) == row.buildable
            if row.unit == "lane":
                lanes = sum((evaluate(one.value) for one in lanes_of(odd.fabric, row)), Fraction(0))
                assert lanes == sum(one.scopes * one.demand for one in row.classes)


@many
@given(odd_fabrics())
def test_links_fibres_and_pairs_are_derived(odd: Odd) -> None:
    fabric = odd.fabric
    for link in fabric.links:
        values = [value_by_pairs(fabric, link), *(value_by_ends(fabric, link, one) for one in sides_of(link))]
        assert all(evaluate(value) == link.count for value in values if value)
        for value, count in (
            (fibres_value(fabric, link), links_fibres(fabric, link)),
            (pairs_value(fabric, link), links_pairs(fabric, link)),
        ):
            assert (evaluate(value) if value else 0) == (count or 0)


@many
@given(odd_fabrics())
def test_the_key_that_a_number_comes_from_is_in_a_file(odd: Odd) -> None:
    fabric = odd.fabric
    for rows in together(take_off(fabric)):
        for leaf in leaves(derive(fabric, rows)):
            assert not leaf.source or fabric.marks.find(leaf.source), leaf
