"""Dies, wafers and their price; and what the laser maker earns for each dollar of the foundry."""

from __future__ import annotations

import json
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.study.wafers import wafers
from topogen.takeoff.roll_up import roll_up
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "article-three-vendors"
TWO_DIES = "catalog.parts.pic_tx.die,catalog.parts.pic_rx.die"
ONE_DIE = "catalog.parts.pic_txrx.die"
SERVES = "catalog.media.cpo_siph_3t2.recipe.els.serves"
MAKERS = ",".join(f"catalog.parts.{die}.made_by" for die in ("pic_tx", "pic_rx", "pic_txrx"))
LASER_350 = ("catalog.parts.els8.alternates={els8_maker: 100%}", "catalog.parts.els8_maker.price_usd=350")
FOUNDRY_50 = (
    "catalog.parts.pic_tx.price_usd,catalog.parts.pic_rx.price_usd=28",
    "catalog.parts.pic_txrx.price_usd=44",
)
LASER_33_50 = ("catalog.parts.uhp_laser.price_usd=33.5",)


def run(*words: str, status: int = 0) -> str:
    result = CliRunner().invoke(group, list(words), prog_name="topogen")
    assert result.exit_code == status, result.output
    return result.output


def ratios(*over: str, scenario: str = "") -> list[Fraction | None]:
    """Return what Lumentum earns over what Tower earns, without the row of the unmodified file."""
    asked = "content.lumentum / content.tower"
    words = [word for one in over for word in ("--over", one)] + (["-s", scenario] if scenario else [])
    rows = json.loads(run("what-if", NAME, "--figure", asked, *words, "--format", "json"))
    return [row[asked] for row in rows["what_if"][1:]]


def mix(shares: Sequence[int]) -> str:
    each = (f"{{els8_maker: {one}%, els8_bought_chips: {100 - one}%}}" for one in shares)
    return f"catalog.parts.els8.alternates={','.join(each)}"


def dies(path: str, area: int, more: str = "") -> str:
    each = (f"{{area_mm2: {area}, wafer: siph_200mm, yield_pct: {one}{more}}}" for one in (50, 70, 80, 90))
    return f"{path}={','.join(each)}"


SCRIBE = ", scribe_mm: 0.1"
ENGINES_PER_ELS = f"{SERVES}=1 engine,32 lanes,64 lanes"
SHARES = f"{MAKERS}={{tower: 100%}},{{tower: 50%}},{{tower: 0%}}"


@pytest.mark.parametrize(
    ("over", "scenario", "expected"),
    [
        ([ENGINES_PER_ELS], "", [7.17, 3.58, 1.79]),
        ([mix((0, 25, 50, 100))], "", [5.21, 7.17, 9.12, 13.03]),
        ([dies(TWO_DIES, 50)], "two-dies", [6.77, 9.47, 10.83, 12.18]),
        ([dies(ONE_DIE, 80)], "one-die", [8.17, 11.44, 13.07, 14.71]),
        ([SHARES], "", [7.17, 14.34, None]),
    ],
)
def test_laser_maker_to_foundry_with_the_catalog(
    over: list[str], scenario: str, expected: list[float | None]
) -> None:
    found = ratios(*over, scenario=scenario)
    assert [None if one is None else round(one, 2) for one in found] == expected


@pytest.mark.parametrize(
    ("over", "scenario", "expected"),
    [
        # eight lasers at 33.50 are 268, with a share of the ELS at 650
        ([*LASER_33_50, *FOUNDRY_50, mix((0, 25, 50, 100))], "", [5.4, 7.3, 9.2, 13.0]),
        # 514 whole dies of 50 mm2 with scribe lines of 0.1 mm, 313 of 80 mm2
        ([*LASER_350, dies(TWO_DIES, 50, SCRIBE)], "two-dies", [6.4, 9.0, 10.3, 11.6]),
        ([*LASER_350, dies(ONE_DIE, 80, SCRIBE)], "one-die", [7.8, 11.0, 12.5, 14.1]),
        ([*LASER_350, *FOUNDRY_50, SHARES], "", [7.0, 14.0, None]),
    ],
)
def test_laser_maker_to_foundry_with_stated_inputs(
    over: list[str], scenario: str, expected: list[float | None]
) -> None:
    found = ratios(*over, scenario=scenario)
    assert [None if one is None else round(one + 1e-9, 1) for one in found] == expected


def test_engines_per_els_at_350_to_50() -> None:
    # 350 for the laser maker and (2 x 28 + 44) / 2 = 50 for the foundry in each engine
    assert ratios(*LASER_350, *FOUNDRY_50, ENGINES_PER_ELS) == [7, 3.5, 1.75]


def test_wafers_by_hand() -> None:
    fabric = shipped_fabric(NAME)
    found = wafers(
        fabric,
        roll_up(fabric),
        builds=1000,
        yields={"pic_tx": Fraction(9, 10)},
        spares={"pic_rx": Fraction(1, 100)},
    )
    rows = {row.part: row for row in found.rows}
    # 396 dies a build: 396,000 / 0.9 = 440,000 / 250 = 1,760; 399,960 / 250 = 1,599.84; 396,000 / 160 = 2,475
    assert [rows[die].units for die in ("pic_tx", "pic_rx", "pic_txrx")] == [440_000, 399_960, 396_000]
    assert [rows[die].wafers for die in ("pic_tx", "pic_rx", "pic_txrx")] == [1_760, 1_600, 2_475]
    assert found.spend_usd.base == 7_000 * (1_760 + 1_600 + 2_475)
    assert rows["pic_tx"].yield_share == Fraction(250, 530)
    assert rows["pic_tx"].is_implied
    assert found.unknown == ("uhp_laser", "eic")


def test_a_range_of_the_wafer_price_reaches_the_spend() -> None:
    words = ["wafers", NAME, "-s", "one-die", "--format", "json"]
    words += ["--set", "catalog.wafers.siph_200mm.price_usd=[6000, 7000, 9000]"]
    rows = {row["part_id"]: row for row in json.loads(run(*words))["wafers"]}
    row = rows["pic_txrx"]  # 792 dies / 160 = 4.95
    assert row["wafers"] == 5
    assert row["wafer_spend_usd"] == {"low": 30_000, "base": 35_000, "high": 45_000}
    assert rows["eic"]["wafers"] is None
    assert rows["eic"]["units"] == 792


def test_a_stated_yield_is_not_called_implied() -> None:
    text = run("wafers", NAME, "-s", "mature-yield")
    assert "pic_txrx: yield stated, yield 80.0% of 321 whole dies" in text
    assert "pic_txrx" in run("wafers", NAME)
    assert "implied yield 49.8% of 321" in run("wafers", NAME)


@given(builds=st.integers(1, 10**6), good=st.integers(1, 100), spare=st.integers(0, 50))
def test_wafers_hold_the_dies_and_one_less_does_not(builds: int, good: int, spare: int) -> None:
    fabric = shipped_fabric(NAME)
    yields, spares = {"pic_tx": Fraction(good, 100)}, {"pic_tx": Fraction(spare, 100)}
    found = wafers(fabric, roll_up(fabric), builds=builds, yields=yields, spares=spares)
    row = next(one for one in found.rows if one.part == "pic_tx")
    assert row.units == ceil(Fraction(396 * builds * (100 + spare), good))
    assert row.wafers is not None
    assert (row.wafers - 1) * 250 < row.units <= row.wafers * 250
    assert row.spend_usd == Triple(None, Fraction(7_000 * row.wafers), None)


def test_a_fabric_without_dies_says_so() -> None:
    assert "The interconnect has no die of its own" in run("wafers", "gb200-nvl72")


@pytest.mark.parametrize(
    ("words", "said"),
    [("--yield lamp=90", "E658"), ("--network scale_upp", "E663"), ("--spares pic_tx=-1", "PART=PERCENT")],
)
def test_what_is_wrong_is_said(words: str, said: str) -> None:
    assert said in run("wafers", NAME, *words.split(), status=2)


def test_sensitivity_takes_the_same_paths() -> None:
    asked = ["sensitivity", NAME, "-s", "two-dies", "--figure", "content.lumentum / content.tower"]
    over = "catalog.parts.pic_tx.price_usd,catalog.parts.pic_rx.price_usd=20,40"
    assert "4.469" in run(*asked, "--over", over)  # 357.50 / 80 = 4.469
