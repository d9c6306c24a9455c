"""The cards of a page: each figure is that of the roll-up, and a card leads to where it comes from."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.checks.expectations import check_quoted
from topogen.export.options import DEFAULT
from topogen.load.files import shipped_names
from topogen.page.cards import Card, cards
from topogen.takeoff.roll_up import roll_up


def cards_of(name: str) -> list[Card]:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    return cards(fabric, rolled, replace(DEFAULT, quoted=check_quoted(fabric, rolled)))


@pytest.mark.parametrize("name", shipped_names())
def test_switches_and_nics_have_a_card_where_they_have_a_price(name: str) -> None:
    totals = roll_up(shipped_fabric(name)).totals
    found = [one for one in cards_of(name) if "switches and NICs" in one.noun and one.value.startswith("USD")]
    assert bool(found) == bool(totals.network_device_usd.base)
    for one in found:
        assert one.value == f"USD {round(totals.network_device_usd.base / (totals.gpus or 1)):,}"
        assert (one.why, one.table) == ("network_device_usd", "bom_flat")


@pytest.mark.parametrize("name", shipped_names())
def test_a_card_of_watts_says_at_least_where_some_are_unknown(name: str) -> None:
    power = {one.cost_scope: one for one in roll_up(shipped_fabric(name)).totals.power}
    found = {one.why: one for one in cards_of(name) if one.value.endswith(" W")}
    for why, scope in (("power_w", "interconnect"), ("network_device_w", "network_device")):
        assert (why in found) == bool(scope in power and power[scope].watts.base)
        if why in found:
            assert found[why].noun.startswith("at least, ") == bool(power[scope].unknown)


@pytest.mark.parametrize("name", shipped_names())
def test_the_card_of_published_figures_says_by_how_much_they_differ_at_most(name: str) -> None:
    fabric = shipped_fabric(name)
    quoted = [one for one in check_quoted(fabric, roll_up(fabric)) if not one.holds]
    found = [one for one in cards_of(name) if one.table == "quoted"]
    assert bool(found) == bool(quoted)
    if found:
        published = [Fraction(one.expected.split()[0]) for one in quoted]
        most = max(
            abs(one.value / said - 1) for one, said in zip(quoted, published, strict=True) if one.value
        )
        share = float(found[0].more.removeprefix("from those computed, by ").removesuffix("% at most"))
        assert share == pytest.approx(float(100 * most), abs=0.06)
