"""The founding article's dollars per ELS, out of the content view of the fabric it reasons on.

Jason's Chips, The Infinite TAM of Scale-Up CPO, early 2026, text (confidence article: one author's
hypotheses). One ELS an engine is its convention, hence the scenario. Its own roundings stand below as QUOTED.
Known conflict: it makes the larger die yield better (160 good of 387 against 250 of 620), which is physically
inconsistent.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.pricing import unit_price
from topogen.rollup import RollUp, roll_up

ENGINES = """
parts:
  engine_3t2: {contains: null, price_usd: null, alternates: {engine_of_two: TWO%, engine_of_one: ONE%}}
  engine_of_two: {is: of two dies, layer: packaging_test, price_usd: 1000, contains: {pic_tx: 1, pic_rx: 1}}
  engine_of_one: {is: of one die, layer: packaging_test, price_usd: 1000, contains: {pic_txrx: 1}}
"""
MARKET_CAP_RATIO = 3  # input: Lumentum's market value over Tower's, as the article takes it
QUOTED = {"laser_maker": 350, "die_of_80_mm2": 44, "foundry": 50, "ratio": 7}
QUOTED_TORQUE = Fraction(23, 10)


@cache
def rolled(two: int = 50) -> RollUp:
    """Return the roll-up with so many per cent of the engines holding two dies, the others one."""
    catalog = ENGINES.replace("TWO", str(two)).replace("ONE", str(100 - two))
    return roll_up(shipped_fabric("rubin-ultra-cpo-648", "els-1-per-engine", catalog=catalog))


def per_els(rollup: RollUp, vendor: str, part: str | None = None) -> Fraction:
    """Return what a vendor earns for each ELS, in all parts or in one."""
    rows = [row for row in rollup.vendors if row.view == "content" and row.vendor == vendor]
    earned = sum((row.value.base for row in rows if row.value and part in (None, row.part)), Fraction(0))
    return earned / rollup.totals.els


def test_eight_lasers_are_260_in_every_els() -> None:
    assert per_els(rolled(), "lumentum", "uhp_laser") == 260


def test_the_laser_maker_earns_260_and_a_quarter_of_the_rest_of_a_module() -> None:
    assert per_els(rolled(), "lumentum", "els8_maker") == Fraction(25, 100) * (650 - 260)
    assert per_els(rolled(), "lumentum") == Fraction("357.5")


def test_a_die_of_50_mm2_is_28_and_two_are_56() -> None:
    price = unit_price(shipped_fabric("q3450-cpo-switch").catalog, "pic_tx").usd
    assert price
    assert price.base == Fraction(7000, 250) == 28
    assert per_els(rolled(two=100), "tower") == 56


def test_one_die_of_80_mm2_is_43_75() -> None:
    assert per_els(rolled(two=0), "tower") == Fraction(7000, 160) == Fraction("43.75")


def test_half_and_half_the_foundry_earns_49_875() -> None:
    assert per_els(rolled(), "tower") == Fraction("49.875")


def test_the_laser_maker_earns_7_168_times_as_much_as_the_foundry() -> None:
    ratio = per_els(rolled(), "lumentum") / per_els(rolled(), "tower")
    assert ratio == Fraction("357.5") / Fraction("49.875")
    assert round(float(ratio), 3) == 7.168
    assert round(float(ratio / MARKET_CAP_RATIO), 3) == 2.389


def test_quoted_figures_are_roundings_of_these() -> None:
    assert abs(per_els(rolled(), "lumentum") - QUOTED["laser_maker"]) < 25  # to the nearest 50
    assert round(per_els(rolled(two=0), "tower")) == QUOTED["die_of_80_mm2"]
    assert round(per_els(rolled(), "tower")) == QUOTED["foundry"] == (56 + QUOTED["die_of_80_mm2"]) / 2


def test_the_quoted_torque_follows_from_rounded_figures_only() -> None:
    assert Fraction(QUOTED["laser_maker"], QUOTED["foundry"]) == QUOTED["ratio"]
    assert round(Fraction(QUOTED["ratio"], MARKET_CAP_RATIO), 1) == QUOTED_TORQUE
    exact = per_els(rolled(), "lumentum") / per_els(rolled(), "tower") / MARKET_CAP_RATIO
    assert round(exact, 1) == Fraction(24, 10)


@pytest.mark.parametrize("two", [0, 50, 100])
def test_content_is_all_of_procurement(two: int) -> None:
    views = {"content": Fraction(0), "procurement": Fraction(0)}
    for row in rolled(two).vendors:
        views[row.view] += row.value.base if row.value else 0
    assert views["content"] == views["procurement"] == rolled(two).totals.cost_usd.base
