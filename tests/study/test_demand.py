"""What builds take of each part, and how many builds a capacity is enough for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import topogen
from tests.helpers_fabric import figure_of, shipped_fabric
from topogen.cli import group
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.study.demand import Demand

RACK = "rubin-ultra-cpo-648"


def lasers(scenario: str | None = None, **given: object) -> Demand:
    """Return the demand for laser chips of the 648 : 144 rack."""
    fabric = shipped_fabric(RACK, scenario)
    found = topogen.demand(fabric, roll_up(fabric), **given)  # type: ignore[arg-type]
    return next(row for row in found.rows if row.part == "uhp_laser")


@pytest.mark.parametrize(
    ("scenario", "per_engine", "racks", "packages"),
    [("els-1-per-engine", 8, 7_891, 1_136_304), (None, 4, 15_782, 2_272_608)],
)
def test_fifty_million_lasers(scenario: str | None, per_engine: int, racks: int, packages: int) -> None:
    row = lasers(scenario, capacity={"uhp_laser": Fraction(50_000_000)})
    assert row.per_build == 792 * per_engine
    assert row.enough_for == racks
    assert racks * 144 == packages


def test_spares_and_yield_are_taken_before_rounding() -> None:
    row = lasers(builds=3, yields={"uhp_laser": Fraction(4, 5)}, spares={"uhp_laser": Fraction(1, 50)})
    assert row.pieces == 12_118  # 3 x 3,168 x 1.02 / 0.8 = 12,117.6
    assert row.enough_for is None


@given(builds=st.integers(1, 1000), capacity=st.integers(0, 10**9), good=st.integers(1, 100))
def test_a_capacity_is_enough_for_what_it_says_and_not_for_one_more(
    builds: int, capacity: int, good: int
) -> None:
    rows = {"uhp_laser": Fraction(capacity)}
    row = lasers(builds=builds, capacity=rows, yields={"uhp_laser": Fraction(good, 100)})
    assert row.enough_for is not None
    one = row.per_build * 100 / good
    assert row.enough_for * one <= capacity < (row.enough_for + 1) * one
    assert row.pieces - 1 < builds * one <= row.pieces


@pytest.mark.parametrize("name", ["gb200-nvl72", "rubin-ultra-cpo-648", "scaleout-10368", "nvl72-vcsel"])
def test_one_build_takes_what_the_figures_count(name: str) -> None:
    fabric = shipped_fabric(name)
    for row in topogen.demand(fabric, roll_up(fabric)).rows:
        assert row.per_build == figure_of(fabric, "parts", row.part)


def test_wafers_are_dies_over_good_dies() -> None:
    fabric = shipped_fabric("article-three-vendors")
    found = topogen.demand(fabric, roll_up(fabric), builds=1000)
    cut = [row for row in found.rows if row.wafers is not None]
    assert cut
    assert all(row.wafers is not None and row.pieces / 250 <= row.wafers <= row.pieces for row in cut)


def test_the_command_says_which_part_binds() -> None:
    words = [
        "demand",
        RACK,
        "-s",
        "els-1-per-engine",
        "--capacity",
        "uhp_laser=50e6",
        "--capacity",
        "engine_3t2=9e6",
    ]
    result = CliRunner().invoke(group, words, prog_name="topogen")
    assert result.exit_code == 0, result.output
    assert (
        "50,000,000 uhp_laser are enough for 7,891 whole builds, 1,136,304 GPU packages: 6,336 each."
        in result.output
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--capacity", "uhp_lasr=1"], 'the interconnect has no part "uhp_lasr"'),
        (["--capacity", "uhp_laser"], "is not PART=PIECES"),
        (["--yield", "uhp_laser=0"], "a yield is above 0"),
        (["--spares", "uhp_laser=nan"], "is not PART=PERCENT"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], message: str) -> None:
    result = CliRunner().invoke(group, ["demand", RACK, *words], prog_name="topogen")
    assert result.exit_code == 2
    assert message in result.output


def test_a_part_that_is_not_there_is_an_error_of_the_api() -> None:
    with pytest.raises(InputError, match="E658"):
        lasers(capacity={"lamp": Fraction(1)})
