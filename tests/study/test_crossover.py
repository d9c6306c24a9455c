"""Media side by side: the figures worked out by hand, full pools, and where the best medium changes."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.takeoff.tariff import Tariff
from topogen.units import Triple

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.study.crossover import Crossover, MediumAt

SMALL = """
parts:
  engine: {is: engine, layer: packaging_test, price_usd: [80, 100, 140], basis: cost, power_w: 4}
  light: {is: light, layer: els_module, price_usd: 60, basis: cost, power_w: 2}
  glass:
    {is: cord, layer: fibre, price_usd: 10, price_per_m_usd: 1, basis: list, power_w: 0, lengths_m: [1, 10]}
  twin: {is: module, layer: module, price_usd: 90, basis: asp}
media:
  shared:
    kind: optical
    interface: shared
    reach_m: {100 Gb/s: 20}
    fibres_per_lane: 1
    recipe:
      engine: {part: engine, per: pool, serves: 12 lanes, round_per: device}
      els: {part: light, per: pool, serves: 2 engine, round_per: rack}
      cord: {part: glass, per: link}
  dark: {like: shared, recipe: {els: ~}}
  plain:
    kind: optical
    interface: plain
    reach_m: {100 Gb/s: 20}
    fibres_per_lane: 1
    energy_pj_per_bit: {host: 5}
    recipe: {module: {part: {2 x 2 x 100 Gb/s: twin}, per: end}, cord: {part: glass, per: link}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def rows_of(folder: Path, *media: str, lengths: tuple[int, ...] = (3,), **given: object) -> list[MediumAt]:
    return list(topogen.crossover(lengths, [100], media=media, catalogs=[folder], **given).rows)  # type: ignore[arg-type]


def test_every_figure_by_hand(small: Path) -> None:
    """132 links of 4 lanes are 44 engines a device, 88 in all, and 44 light sources."""
    tariff = Tariff(Fraction(1, 10), Fraction(3, 2), 4)
    (row,) = rows_of(small, "shared", tariff=tariff)
    assert (row.cable_links, row.lanes, row.links) == (1, 4, 132)
    tbps = Fraction(132 * 400, 1000)
    bought = 88 * 100 + 44 * 60 + 132 * (10 + 10)  # a cord of 3 m is one of 10 m
    assert row.capex == Triple(bought / tbps - 88 * 20 / tbps, bought / tbps, bought / tbps + 88 * 40 / tbps)
    watts = 88 * 4 + 44 * 2
    assert row.energy
    assert row.energy.base == watts / tbps / 2  # 0.367 W an end of 0.4 Tb/s
    assert row.power_usd
    assert row.power_usd.base == watts / tbps * 8760 / 1000 * Fraction(1, 10) * Fraction(3, 2)
    assert row.total
    assert row.total.base == bought / tbps + 4 * row.power_usd.base
    assert row.markets == ("cost", "list")


def test_what_is_not_known_has_no_figure(small: Path) -> None:
    (dark,) = rows_of(small, "dark")
    assert dark.feasible
    assert dark.unknown == ("price unknown: no light source is among its parts",)
    assert (dark.capex, dark.total) == (None, None)
    assert dark.energy is not None
    (plain,) = rows_of(small, "plain")
    assert (plain.cable_links, plain.lanes) == (2, 2)
    assert plain.unknown == ("energy unknown at the boundary module",)  # not that of the host instead
    assert plain.capex
    assert (plain.energy, plain.total) == (None, None)


@pytest.mark.parametrize(
    ("medium", "length", "reason"),
    [
        ("shared", 11, "not sold in that length: glass"),
        ("shared", 21, "reach exceeded: 20 m"),
        ("plain", 1, ""),
        ("dac_splitter", 1, ""),
        ("cpo_siph_3t2", 1, "lane rate not offered: 200 Gb/s"),
        ("aoc", 1, 'not sold: recipe line "cable" names no part for 1 x 4 x 100 Gb/s'),
    ],
)
def test_a_medium_that_cannot_be_used_says_why(small: Path, medium: str, length: int, reason: str) -> None:
    (row,) = rows_of(small, medium, lengths=(length,))
    assert row.problems == ((reason,) if reason else ())
    assert row.feasible == (not reason)


def test_a_part_of_the_catalog_by_hand() -> None:
    """A 1.6T DAC of 8 lanes: 350 USD and 0.2 W, of which each of two ends has a half."""
    (row,) = topogen.crossover([1], [200], media=["dac"]).rows
    assert row.capex == Triple(
        Fraction(200) / Fraction("1.6"), Fraction(350) / Fraction("1.6"), Fraction(375)
    )
    assert row.energy
    assert row.energy.base == Fraction("0.2") / Fraction("1.6") / 2


def test_more_of_the_same_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """All shared pieces are full, so that twice the links come to the same; but spares are per device."""
    some = topogen.crossover([1], [100, 200]).rows
    monkeypatch.setattr("topogen.study.crossover.LANES", 2048)
    more = topogen.crossover([1], [100, 200]).rows
    for one, other in zip(some, more, strict=True):
        assert one.links * one.lanes >= 512
        assert other.links > one.links
        assert one.links % one.cable_links == 0
        if one.medium != "cpo_siph_3t2_box":
            assert replace(one, links=other.links) == other


def test_media_that_differ_only_in_name_are_one() -> None:
    found = topogen.crossover([1], [200])
    media = [row.medium for row in found.rows]
    assert "nvlink_backplane" in media
    assert "nvlink_backplane_bidi" not in media
    assert "pcb" not in media


@given(
    lengths=st.lists(st.integers(1, 600), min_size=1, max_size=4, unique=True),
    rates=st.lists(st.sampled_from([50, 100, 200, 400]), min_size=1, max_size=2, unique=True),
)
def test_the_best_is_never_beaten(lengths: list[int], rates: list[int]) -> None:
    found = topogen.crossover(lengths, rates, media=["dac", "acc", "dr", "fr", "cpo_siph_3t2", "vcsel_cpo"])
    assert len(found.rows) == len(lengths) * len(rates) * 6
    for row in found.rows:
        known = [row.capex, row.energy, row.total]
        assert row.feasible or known == [None] * 3
        assert (row.total is None) == (row.capex is None or row.energy is None)
    covered = _covered(found)
    for row in found.rows:
        if row.total:
            least, media = covered[row.lane_rate, row.length_mm]
            assert row.total.base >= least
            assert (row.total.base == least) == (row.medium in media)


def _covered(found: Crossover) -> dict[tuple[int, int], tuple[Fraction, tuple[str, ...]]]:
    """Return, by rate and length, the least total of the best media and their names."""
    every = {}
    for one in (one for one in found.best if one.measure == "total"):
        for row in found.rows:
            inside = one.from_mm <= row.length_mm <= one.to_mm and row.lane_rate == one.lane_rate
            if inside and row.medium in one.media and row.total:
                assert (row.lane_rate, row.length_mm) not in every or len(one.media) > 1
                every[row.lane_rate, row.length_mm] = row.total.base, one.media
    return every


def test_an_unknown_medium_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r'E659.*no medium "dacc"(.|\n)*dac'):
        topogen.crossover([1], [100], media=["dacc"])


def test_the_command_states_answer_basis_and_assumption() -> None:
    words = ["crossover", "--lengths", "1 m,5", "--lane-rates", "200 Gb/s", "--media", "dac,dr"]
    said = " ".join(CliRunner().invoke(group, words, prog_name="topogen").output.split())
    assert "Lowest price and power over 5 years: dac at 1 m; dr at 5 m." in said
    assert "Basis: per Tb/s of link in one direction; both ends" in said
    assert "Binding assumption: the reach of each medium" in said
    assert "dac 5 m reach exceeded: 1 m" in said


def test_the_table_for_programs_has_every_row() -> None:
    words = ["crossover", "--lengths", "1,5", "--lane-rates", "200", "--media", "dac,dr", "--years", "3"]
    rows = json.loads(CliRunner().invoke(group, [*words, "--format", "json"]).output)
    assert [(row["medium"], row["length_m"], row["feasible"]) for row in rows["crossover"]] == [
        ("dac", 1, "yes"),
        ("dac", 5, "no"),
        ("dr", 1, "yes"),
        ("dr", 5, "yes"),
    ]
    assert rows["crossover"][0]["total_3y_usd_per_tbps"]["base"] > 0
    assert rows["best"][0]["measure"] == "capex"


@pytest.mark.parametrize("words", ["--lengths 0", "--lengths 1,x", "--lane-rates 1e99", "--pue -1"])
def test_wrong_numbers_are_refused(words: str) -> None:
    result = CliRunner().invoke(group, ["crossover", *words.split()], prog_name="topogen")
    assert result.exit_code == 2
    assert "is not a number" in result.output
