"""``topogen what-if`` as a person meets it."""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction

import pytest
from click.testing import CliRunner, Result

from topogen.cli import group

PRICE = "catalog.parts.osfp_800g_dr4.price_usd"


def what_if(*words: str) -> Result:
    return CliRunner().invoke(group, ["what-if", *words], prog_name="topogen")


def test_rows_are_compared_with_the_file_as_it_stands() -> None:
    result = what_if("gb300-nvl72-row", "--over", f"{PRICE}=700,900", "--figure", "links.nvl")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert rows[0][:4] == ["price_usd=", "gpus", "links", "USD"]
    assert rows[1] == ["288", "6,048", "1,510,264", "5,244", "2,779,200", "16.128", "5,184"]
    assert rows[2] == ["700", "288", "6,048", "1,582,264", "5,494", "+72,000", "2,779,200", "16.128", "5,184"]
    assert rows[3][5] == "+129,600"


def test_csv_is_exact_and_names_who_is_paid() -> None:
    result = what_if("h100-superpod", "--over", "instances.su=1,4000", "--format", "csv")
    rows = [row for row in csv.DictReader(result.output.splitlines()) if row["table"] == "what_if"]
    assert [row["instances.su"] for row in rows] == ["", "1", "4000"]
    assert [row["interconnect_usd"] for row in rows] == ["982020", "490500", ""]
    assert rows[1]["interconnect_usd_per_gpu"] == "973.214286"
    assert rows[1]["usd_to_unassigned"] == rows[1]["interconnect_usd"]
    assert rows[2]["refused"].startswith("E204 32,008 leaves")


def test_what_is_refused_or_missing_is_said_below() -> None:
    result = what_if("h100-superpod", "--over", "instances.su=4000", "--figure", "links.computer")
    assert result.exit_code == 0, result.output
    assert "instances.su=4000: refused: E204 32,008 leaves of 32 ports down" in result.output
    assert 'unmodified file: links.computer: no link group "computer"' in result.output


def test_lower_bounds_are_marked() -> None:
    result = what_if("gb300-nvl72-row", "--over", f"{PRICE}=null")
    assert "at least" in result.output
    assert "At least: some price of the" in result.output


def test_a_path_that_is_not_there_is_refused() -> None:
    result = what_if("gb200-nvl72", "--over", "instances.r2=1")
    assert result.exit_code == 2
    assert 'E210 --over:1:1 instances.r2: there is no device or template "r2"' in result.output


def test_strict_refuses_variations_with_warnings() -> None:
    words = ["gb200-nvl72", "--over", "instances.r1={count: 1}"]
    assert what_if(*words).exit_code == 2
    result = what_if("gb300-nvl72-row", "--over", f"{PRICE}=1", "--strict", "-s", "cpo")
    assert result.exit_code == 0, result.output


# Ranges and paths that vary together


def values(*words: str) -> list[str]:
    """Return the values of the first path in the table."""
    result = what_if("gb300-nvl72-row", *words, "--format", "json")
    assert result.exit_code == 0, result.output
    return [row[PRICE] for row in json.loads(result.output)["what_if"][1:]]


def test_a_range_has_both_ends_and_exact_decimals() -> None:
    assert values("--over", f"{PRICE}=600..603") == ["600", "601", "602", "603"]
    assert values("--over", f"{PRICE}=600..600.3..0.1,700") == ["600", "600.1", "600.2", "600.3", "700"]


def test_paths_that_vary_together_are_not_combined() -> None:
    other = "catalog.parts.osfp_1t6_2xdr4.price_usd"
    words = ["--over", f"{PRICE}=600..603", "--over", f"{other}=1100..1103"]
    result = what_if("gb300-nvl72-row", *words, "--zip", "--format", "json")
    rows = json.loads(result.output)["what_if"]
    assert [(row[PRICE], row[other]) for row in rows[1:]] == [(str(600 + n), str(1100 + n)) for n in range(4)]
    assert len(values(*words)) == 16


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["--over", f"{PRICE}=1..4..2"], "E675", "3"),
        (["--over", f"{PRICE}=4..1"], "E675", ""),
        (["--over", f"{PRICE}=1..4..0"], "E675", ""),
        (["--over", f"{PRICE}=1m..4m"], "E675", ""),
        (["--over", f"{PRICE}=1.."], "E675", ""),
        (["--over", PRICE], "E675", ""),
        (["--over", f"{PRICE}=0..10000"], "E676", ""),
        (["--over", f"{PRICE}=1", "--over", f"{PRICE}=2"], "E677", PRICE),
        (["--over", f"{PRICE},a.b=1", "--over", f"a.b,{PRICE}=2"], "E677", "a.b"),
        (["--over", f"{PRICE}=1,2", "--over", "a.b=1", "--zip"], "E678", "--zip"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(words: list[str], code: str, hint: str) -> None:
    result = what_if("gb300-nvl72-row", *words)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{code}: --over: ")
    assert hint in result.stderr.partition("hint: ")[2]


def test_zip_needs_paths() -> None:
    assert "--zip needs --over" in what_if("gb300-nvl72-row", "--zip").output


# Vendors and widths


def test_vendors_are_rows_and_both_views_add_up_to_the_cost() -> None:
    result = what_if("gb300-nvl72-row", "-s", "cpo", "--over", f"{PRICE}=700,900", "--format", "csv")
    rows = list(csv.DictReader(result.output.splitlines()))
    totals = [(row[PRICE], Fraction(row["interconnect_usd"])) for row in rows if row["table"] == "what_if"]
    assert len(totals) == 3
    for value, total in totals:
        for view in ("procurement", "content"):
            mine = [Fraction(row["usd"]) for row in rows if (row["view"], row[PRICE]) == (view, value)]
            assert len(mine) > 1
            assert abs(sum(mine) - total) < Fraction(1, 1000)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("paths", [1, 2, 4])
def test_no_number_is_broken_at_the_width_of_a_narrow_terminal(
    width: int, paths: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = ["osfp_800g_dr4", "osfp_1t6_2xdr4", "engine_1t6", "els8"]
    over = [f"catalog.parts.{part}.price_usd=1234.5..1235.5" for part in parts[:paths]]
    words = ["gb300-nvl72-row", *(word for one in over for word in ("--over", one)), "--zip"]
    monkeypatch.setenv("COLUMNS", "200")
    wide = set(re.findall(r"\d[\d,.]*", what_if(*words, "--figure", "links.nvl").output))
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = what_if(*words, "--figure", "links.nvl").output
    assert max(map(len, narrow.splitlines())) <= width
    assert set(re.findall(r"\d[\d,.]*", narrow)) <= wide
