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
from topogen.catalog.pricing import unit_price
from topogen.takeoff.roll_up import RollUp, roll_up

SCENARIOS = {50: None, 100: "two-dies", 0: "one-die"}
"""By how many per cent of the engines hold two dies, the others one."""
MARKET_CAP_RATIO = 3  # input: Lumentum's market value over Tower's, as the article takes it
QUOTED = {"laser_maker": 350, "die_of_80_mm2": 44, "foundry": 50, "ratio": 7}
QUOTED_TORQUE = Fraction(23, 10)


@cache
def of(scenario: str | None) -> RollUp:
    """Return the roll-up of a scenario of the article's three vendors."""
    return roll_up(shipped_fabric("article-three-vendors", scenario))


def rolled(two: int = 50) -> RollUp:
    """Return the roll-up with so many per cent of the engines holding two dies."""
    return of(SCENARIOS[two])


def per_els(rollup: RollUp, vendor: str, part: str | None = None) -> Fraction:
    """Return what a vendor earns for each ELS, in all parts or in one."""
    rows = [row for row in rollup.vendors if row.view == "content" and row.vendor == vendor]
    earned = sum((row.value.base for row in rows if row.value and part in (None, row.part)), Fraction(0))
    return earned / rollup.totals.els


def ratio(scenario: str | None) -> Fraction:
    """Return what the laser maker earns over what the foundry earns."""
    return per_els(of(scenario), "lumentum") / per_els(of(scenario), "tower")


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
    assert ratio(None) == Fraction("357.5") / Fraction("49.875")
    assert round(float(ratio(None)), 3) == 7.168
    assert round(float(ratio(None) / MARKET_CAP_RATIO), 3) == 2.389


def test_quoted_figures_are_roundings_of_these() -> None:
    assert abs(per_els(rolled(), "lumentum") - QUOTED["laser_maker"]) < 25  # to the nearest 50
    assert round(per_els(rolled(two=0), "tower")) == QUOTED["die_of_80_mm2"]
    assert round(per_els(rolled(), "tower")) == QUOTED["foundry"] == (56 + QUOTED["die_of_80_mm2"]) / 2


def test_the_quoted_torque_follows_from_rounded_figures_only() -> None:
    assert Fraction(QUOTED["laser_maker"], QUOTED["foundry"]) == QUOTED["ratio"]
    assert round(Fraction(QUOTED["ratio"], MARKET_CAP_RATIO), 1) == QUOTED_TORQUE
    assert round(ratio(None) / MARKET_CAP_RATIO, 1) == Fraction(24, 10)


def test_the_ratio_hangs_on_one_els_an_engine() -> None:
    assert ratio("two-engines-per-els") == ratio(None) / 2
    assert round(float(ratio("two-engines-per-els")), 2) == 3.58


def test_the_ratio_hangs_on_the_claimed_yield() -> None:
    dies = (2 * Fraction(7000, 424) + Fraction(7000, 256)) / 2  # 80% of 530 and of 321 whole dies
    assert ratio("mature-yield") == Fraction("357.5") / dies
    assert round(float(ratio("mature-yield")), 1) == 11.8


def test_with_dies_from_tsmc_the_foundry_of_the_article_earns_nothing() -> None:
    assert per_els(of("tsmc-dies"), "tower") == 0
    assert per_els(of("tsmc-dies"), "tsmc") == Fraction("49.875")
    third = [per_els(of("three-foundries"), name) for name in ("tsmc", "tower", "globalfoundries")]
    assert third == [Fraction("49.875") / 3] * 3


def test_a_second_source_of_lasers_takes_its_share_of_both_lasers_and_modules() -> None:
    assert per_els(of("coherent-second"), "coherent") == Fraction("357.5") / 5


def test_vcsels_in_the_scale_up_leave_the_laser_maker_the_nics() -> None:
    assert per_els(of("vcsel"), "lumentum") == Fraction("357.5")
    assert of("vcsel").totals.els == 144
    earned = [row.value for row in of("vcsel").vendors if (row.view, row.vendor) == ("content", "coherent")]
    assert [value.base for value in earned if value] == [1296 * 300]


@pytest.mark.parametrize("two", [0, 50, 100])
def test_content_is_all_of_procurement(two: int) -> None:
    views = {"content": Fraction(0), "procurement": Fraction(0)}
    for row in rolled(two).vendors:
        views[row.view] += row.value.base if row.value else 0
    assert views["content"] == views["procurement"] == rolled(two).totals.cost_usd.base
