"""Footnotes: every study that shows money says which prices it rests on, and they add up."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.report.footnotes import MOST
from topogen.takeoff.bill import COST_SCOPES
from topogen.takeoff.rests_on import footnotes, joined
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.units import Triple

STUDIES = {
    "tco gb300-nvl72-row": True,
    "what-if gb300-nvl72-row -s cpo": True,
    "compare gb300-nvl72-row gb300-nvl72-row@optical": True,
    "reach nvl72-spread-row": True,
    "sensitivity gb300-nvl72-row": True,
    "sensitivity gb300-nvl72-row --figure engines": False,
    "crossover --lengths 1,5 --lane-rates 200": True,
    "wafers article-three-vendors": True,
    "world-size world-size --over instances.node=72,144": True,
}
"""Commands, and whether what they show has prices behind it."""
SYSTEMS = [
    ("gb200-nvl72", None),
    ("gb300-nvl72-row", "cpo"),
    ("q3450-cpo-switch", None),
    ("h100-superpod", None),
]


def run(words: str) -> str:
    result = CliRunner().invoke(group, words.split())
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", STUDIES)
def test_json_has_every_price_with_its_share(words: str) -> None:
    rows = json.loads(run(f"{words} --format json"))["footnotes"]
    assert bool(rows) == STUDIES[words]
    keys = {"part", "key", "value", "basis", "as_of", "confidence", "usd", "share_pct", "source"}
    assert all(row.keys() == keys for row in rows)
    assert not rows or abs(sum(row["share_pct"] for row in rows) - 100) < 1e-3
    assert [row["usd"] for row in rows] == sorted((row["usd"] for row in rows), reverse=True)


@pytest.mark.parametrize("shape", ["text", "md"])
@pytest.mark.parametrize("words", STUDIES)
def test_people_are_shown_the_largest_and_what_is_left_out(words: str, shape: str) -> None:
    count = len(json.loads(run(f"{words} --format json"))["footnotes"])
    short, full = (run(f"{words} --format {shape}{more}") for more in ("", " --footnotes"))
    assert ("Prices behind" in short) == STUDIES[words]
    assert ("--footnotes shows them" in short) == (count > MOST)
    assert "--footnotes shows them" not in full
    assert "revision" in short


def test_csv_has_the_tables_it_had() -> None:
    assert run("tco gb300-nvl72-row --format csv").startswith("item,")
    assert "footnotes" not in run("compare gb300-nvl72-row gb300-nvl72-row@optical --format csv")


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("scope", COST_SCOPES)
def test_amounts_add_up_to_the_total(system: tuple[str, str | None], scope: str) -> None:
    fabric = shipped_fabric(*system)
    rollup = roll_up(fabric)
    totals: dict[str, Triple] = {
        "interconnect": rollup.totals.cost_usd,
        "network_device": rollup.totals.network_device_usd,
        "host": rollup.totals.host_usd,
        "system": rollup.totals.system_usd,
    }
    found = footnotes(fabric, rollup, (scope,))
    assert sum(one.usd for one in found) == totals[scope].base
    assert sum(one.share for one in found) == (1 if found else 0)


def test_sums_are_joined_by_price() -> None:
    fabric = shipped_fabric("gb200-nvl72")
    once = footnotes(fabric, roll_up(fabric))
    twice = joined([once, once])
    assert [(one.stated, one.usd, one.share) for one in twice] == [
        (one.stated, 2 * one.usd, one.share) for one in once
    ]
    assert joined([]) == ()
    assert {one.share for one in footnotes(fabric, roll_up(fabric), factor=Fraction(1, 72))} == {
        one.share for one in once
    }
