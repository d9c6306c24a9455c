"""``topogen what-if`` as a person meets it."""

from __future__ import annotations

import csv

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
    rows = list(csv.DictReader(result.output.splitlines()))
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
    assert 'E606: --over: "instances.r2" does not exist' in result.output


def test_strict_refuses_variations_with_warnings() -> None:
    words = ["gb200-nvl72", "--over", "instances.r1={count: 1}"]
    assert what_if(*words).exit_code == 2
    result = what_if("gb300-nvl72-row", "--over", f"{PRICE}=1", "--strict", "-s", "cpo")
    assert result.exit_code == 0, result.output
