"""Sensitivity: tornado, grid and random draws of a figure."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.figures.revalued import Revalued, slopes_of
from topogen.language.quantity import parse_quantity
from topogen.load.reading import read
from topogen.study.draws import BLOCK, PERCENTILES

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("article-three-vendors", "gb300-nvl72-row", "nvl72-spread-hall", "q3450-cpo-switch")
KEYS = (
    "cost_usd",
    "cost_usd per gpu",
    "power_w",
    "content.laser_chip / cost_usd",
    "cost_usd per optical link",
)
HEAD = """
topogen: 1
name: small
devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 4}
links:
  l: {network: scale_out, a: "gpu[0-1].p", b: "gpu[2-3].p", pattern: one_to_one, medium: m, length: 1 m}
"""
SMALL = (
    HEAD
    + """
catalog:
  parts:
    cable: {is: a cable, price_usd: [60, 100, 200], power_w: [1, 2, 4]}
    tie: {is: a tie, price_usd: {value: [0, 1, 10], distribution: uniform}}
  media: {m: {kind: copper, recipe: {one: {part: cable, per: link}, two: {part: tie, per: link}}}}
scenarios:
  dear: {catalog.parts.cable.price_usd: 300}
  wrong: {links.l.medium: nothing}
"""
)


def revalued(name: str, scenario: str | None = None) -> Revalued:
    design = read(name, scenario)
    return Revalued(design.parsed, design.fabric, design.rollup)


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return str(path)


def test_every_range_and_scenario_has_its_swing_the_largest_first(tmp_path: Path) -> None:
    path = tmp_path / "right.yaml"
    path.write_text(SMALL.replace("  wrong: {links.l.medium: nothing}\n", ""))
    found = topogen.sensitivity(path, "cost_usd")
    rows: list[object] = [
        (one.parameter, one.result_low, one.result_base, one.result_high) for one in found.swings
    ]
    assert rows == [
        ("scenario dear", None, 202, 602),
        ("catalog.parts.cable.price_usd", 122, 202, 402),
        ("catalog.parts.tie.price_usd", 200, 202, 220),
        ("catalog.parts.cable.power_w", 202, 202, 202),
    ]
    assert found.grid is not None
    results: tuple[object, ...] = found.grid.results
    assert results == ((120, 122, 140), (200, 202, 220), (400, 402, 420))


@pytest.mark.parametrize("name", NAMES)
def test_a_swing_is_what_the_file_with_that_value_gives(name: str) -> None:
    found = topogen.sensitivity(name, "cost_usd")
    priced = [one for one in found.swings if one.parameter.endswith("price_usd") and not one.note][:3]
    assert priced
    for one in priced:
        variations = [{one.parameter: float(end)} for end in (one.low, one.high) if end is not None]
        rows = [row.cost_usd + row.network_device_usd for row in topogen.what_if(name, variations)]
        assert rows == [one.result_low, one.result_high]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.fractions(min_value=-1, max_value=1, max_denominator=50))
def test_slopes_give_what_valuing_again_gives(name: str, share: Fraction) -> None:
    here = revalued(name)
    asks = [parse_quantity(key) for key in KEYS if here.rollup.totals.gpus or "gpu" not in key]
    terms = [parse_quantity(str(term)) for ask in asks for term in ask.terms]
    slopes = slopes_of(here, asks)
    assert slopes is not None
    values = {
        (one.part, one.key): one.value.base + share * (one.ends[1] - one.value.base)
        if share > 0
        else one.value.base - share * (one.ends[0] - one.value.base)
        for one in here.ranged
    }
    try:
        again = here.found(terms, values)
    except InputError as error:
        assert error.problems[0].code == "E514"  # noqa: PT017 - contents dearer than what holds them
        return
    assert slopes.found(values) == again


def test_the_mean_of_the_draws_is_that_of_their_distributions(small: str) -> None:
    found = topogen.sensitivity(small, "cost_usd", draws=40_000, seed=3).draws
    assert found is not None
    mean = 2 * ((60 + 100 + 200) / 3 + (0 + 10) / 2)  # triangular and uniform
    assert abs(float(found.spreads[0].mean) - mean) < 1
    assert found.spreads[0].base == 202
    low, high = found.spreads[0].percentiles[0], found.spreads[0].percentiles[-1]
    assert 2 * 60 < low < high < 2 * 210


def test_the_same_seed_gives_the_same_numbers_whoever_draws() -> None:
    asked = {"figure": "content.lumentum / content.tower", "draws": 2 * BLOCK + 7}
    alone = topogen.sensitivity("article-three-vendors", **asked)  # type: ignore[arg-type]
    shared = topogen.sensitivity("article-three-vendors", workers=2, **asked)  # type: ignore[arg-type]
    other = topogen.sensitivity("article-three-vendors", seed=2, **asked)  # type: ignore[arg-type]
    assert alone.draws == shared.draws
    assert alone.draws != other.draws


def test_draws_over_counts_are_those_of_the_builds() -> None:
    path = "catalog.media.cpo_siph_3t2.recipe.els.serves"
    found = topogen.sensitivity(
        "article-three-vendors", "parts.els8", over={path: ["32 lanes", "64 lanes"]}, draws=3000
    ).draws
    assert found is not None
    assert found.builds == 3
    assert set(found.spreads[0].percentiles) == {792, 396, 198}
    assert found.is_exact_sum


def test_correlated_prices_spread_more_than_independent_ones(small: str) -> None:
    def width(**options: object) -> Fraction:
        found = topogen.sensitivity(small, "cost_usd", draws=20_000, **options).draws  # type: ignore[arg-type]
        assert found is not None
        percentiles = dict(zip(PERCENTILES, found.spreads[0].percentiles, strict=True))
        return percentiles[95] - percentiles[5]

    pair = ("cable", "tie")
    together, apart = width(correlations={pair: Fraction(1, 1) - Fraction(1, 100)}), width()
    against = width(correlations={pair: Fraction(-99, 100)})
    assert against < apart < together


def test_correlations_that_cannot_be_are_refused(small: str) -> None:
    with pytest.raises(InputError, match=r"E668: \"cable,rope\": no two parts with a price range"):
        topogen.sensitivity(small, "cost_usd", draws=10, correlations={("cable", "rope"): Fraction(1, 2)})
    with pytest.raises(InputError, match="E668: the correlations contradict each other"):
        topogen.sensitivity(small, "cost_usd", draws=10, correlations={("cable", "tie"): Fraction(1)})


def test_prices_that_decide_media_are_valued_draw_by_draw(tmp_path: Path) -> None:
    path = tmp_path / "choice.yaml"
    path.write_text(
        HEAD.replace("medium: m", "medium: best")
        + "policies: {best: {choose: cheapest, among: [m, n]}}\n"
        + "catalog:\n"
        + "  parts:\n"
        + "    one: {is: one, price_usd: [90, 100, 400]}\n"
        + "    other: {is: other, price_usd: [80, 120, 130]}\n"
        + "  media:\n"
        + "    m: {kind: copper, reach_m: {100 Gb/s: 2}, recipe: {cable: {part: one, per: link}}}\n"
        + "    n: {kind: copper, reach_m: {100 Gb/s: 2}, recipe: {cable: {part: other, per: link}}}\n"
    )
    found = topogen.sensitivity(str(path), "cost_usd", draws=60)
    assert found.draws is not None
    assert not found.draws.is_exact_sum
    assert all(160 <= one <= 260 for one in found.draws.spreads[0].percentiles), (
        "never above the dearest of n"
    )
    swing = {one.parameter: one.result_high for one in found.swings}
    assert swing["catalog.parts.one.price_usd"] == 240, "at 400 the other is bought"


def test_results_that_lack_a_price_are_marked_each_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "lacking.yaml"
    text = SMALL.replace(
        "two: {part: tie, per: link}", "two: {part: tie, per: link}, three: {part: rope, per: link}"
    )
    text = text.replace("    tie: {", "    rope: {is: a rope}\n    tie: {")
    path.write_text(
        text.replace("wrong: {links.l.medium: nothing}", "known: {catalog.parts.rope.price_usd: 5}")
    )
    found = topogen.sensitivity(str(path), "cost_usd", draws=10)
    bounds = {one.parameter: one.bound for one in found.swings}
    assert bounds["catalog.parts.cable.price_usd"] == bounds["scenario dear"] == "at_least"
    assert not bounds["scenario known"]
    assert found.draws is not None
    assert found.draws.spreads[0].bound == "at_least"
    printed = CliRunner().invoke(group, ["sensitivity", str(path)], env={"COLUMNS": "160"}).output
    assert "results that lack different things are no comparison" in printed


def test_a_scenario_that_cannot_be_built_says_why(small: str) -> None:
    found = topogen.sensitivity(small, "cost_usd")
    wrong = next(one for one in found.swings if one.parameter == "scenario wrong")
    assert wrong.swing == 0
    assert wrong.note.startswith("E507")


def test_the_command_names_what_decides() -> None:
    words = ["sensitivity", "article-three-vendors", "--figure", "content.lumentum / content.tower"]
    result = CliRunner().invoke(group, [*words, "--draws", "500"], env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    assert "scenario three-foundries decides most" in result.output
    assert "500 draws, seed 1" in result.output
    data = json.loads(CliRunner().invoke(group, [*words, "--draws", "500", "--format", "json"]).output)
    assert (data["figure"], data["unit"]) == ("content.lumentum / content.tower", "ratio")
    assert {row["figure"] for row in data["draws"]} >= {"cost_usd", "content.tower", "layers.laser_chip"}
    assert data["tornado"][0]["swing"] == pytest.approx(14.336, abs=1e-3)


def test_a_figure_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(group, ["sensitivity", "gb200-nvl72", "--figure", "content.nobody"])
    assert result.exit_code == 2
    assert "E655" in result.output


@pytest.mark.parametrize("text", ["els8=0.5", "els8,uhp_laser", "els8,uhp_laser=2", ",uhp_laser=1"])
def test_a_correlation_has_one_form(text: str) -> None:
    result = CliRunner().invoke(group, ["sensitivity", "gb200-nvl72", "--correlate", text])
    assert result.exit_code == 2
    assert "is not PART,PART=NUMBER" in result.output


def test_percentiles_are_draws_in_order() -> None:
    found = topogen.sensitivity("gb300-nvl72-row", draws=1500).draws
    assert found is not None
    for one in found.spreads:
        assert list(one.percentiles) == sorted(one.percentiles)
        assert one.percentiles[0] <= one.mean <= one.percentiles[-1]
    assert np.isfinite([float(one.mean) for one in found.spreads]).all()
