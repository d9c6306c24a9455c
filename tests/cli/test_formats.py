"""``--format`` of every command that takes it, and tables for notebooks."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import topogen
from topogen.cli import group
from topogen.report.formats import report_csv, report_json, report_md
from topogen.report.table import EmptyCell, Ends, Note, Report, Table, metres_span, number, spans, text
from topogen.units import Triple

if TYPE_CHECKING:
    from pathlib import Path

PRICE = "catalog.parts.osfp_800g_dr4.price_usd"
COMMANDS = {
    "bom gb300-nvl72-row": "parts",
    "explain gb200-nvl72 nvlink_cartridge": "steps",
    "list": "",
    "catalog list cord": "parts",
    "size h100-superpod --over instances.su=1,4": "",
    f"what-if gb300-nvl72-row --over {PRICE}=700": "what_if",
    "check gb200-nvl72": "expectations",
    "reach gb300-nvl72-row": "reach",
    "lengths gb300-nvl72-row": "lengths",
    "compare gb300-nvl72-row gb300-nvl72-row@optical": "figures",
    "diff gb300-nvl72-row gb300-nvl72-row@optical": "parts",
    "compare gb300-nvl72-row gb300-nvl72-row@optical --waterfall": "waterfall",
    "demand rubin-ultra-cpo-648 --builds 10 --capacity uhp_laser=50e6": "demand",
    "wafers article-three-vendors --builds 1000": "wafers",
    "crossover --lengths 1,5 --media dac,dr": "crossover",
    "power nvl72-spread-4-racks --watts b200=1200": "power",
    "world-size world-size --over instances.node=72,288": "world_size",
    "throughput rubin-ultra-cpo-648 --message 1GiB": "throughput",
    "failures rubin-ultra-cpo-648": "failures",
    "claims article-three-vendors": "claims",
    "tco gb300-nvl72-row": "tco",
    "ratio rubin-ultra-cpo-648": "ratio",
    "sensitivity gb300-nvl72-row --draws 100": "tornado",
}
EXACT = Report(
    [
        Note("Title", "bold"),
        Table(
            "one",
            (text("id"), number("third"), spans("USD", "usd"), text("length", "length_m", metres_span)),
            [
                (
                    "a|b",
                    Fraction(1, 3),
                    Triple(None, Fraction(5, 2), Fraction(3)),
                    Ends(Fraction(1), Fraction(1)),
                ),
                ("c", None, EmptyCell("unknown"), None),
            ],
        ),
    ]
)


def run(words: str, shape: str) -> str:
    result = CliRunner().invoke(group, [*words.split(), "--format", shape])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", COMMANDS)
def test_json_is_an_array_or_an_object_of_tables(words: str) -> None:
    content: Any = json.loads(run(words, "json"))
    rows = content[COMMANDS[words]] if COMMANDS[words] else content
    assert isinstance(rows, list)
    assert all(isinstance(row, dict) for row in rows)
    assert rows


@pytest.mark.parametrize("words", COMMANDS)
def test_csv_has_as_many_cells_in_every_row(words: str) -> None:
    heading, *rows = csv.reader(StringIO(run(words, "csv")))
    assert rows
    assert {len(row) for row in rows} == {len(heading)}
    assert len(set(heading)) == len(heading)


@pytest.mark.parametrize("words", COMMANDS)
def test_markdown_has_a_table(words: str) -> None:
    assert "\n| --" in run(words, "md")


def test_values_are_exact_and_unknown_ones_empty() -> None:
    assert report_csv(EXACT) == (
        "id,third,usd,usd_low,usd_high,length_m_min,length_m_max\na|b,0.333333,2.5,2.5,3,1,1\nc,,,,,,\n"
    )
    first, second = json.loads(report_json(EXACT), parse_float=str)
    assert first["third"] == "0.333333"
    assert first["usd"] == {"low": "2.5", "base": "2.5", "high": 3}
    assert first["length_m"] == {"min": 1, "max": 1}
    assert second == {"id": "c", "third": None, "usd": None, "length_m": None}
    assert "| a\\|b | 0.333 | 2.5  (2.5 to 3) | 1 m |\n| c |  | unknown |  |" in report_md(EXACT)


def test_bom_as_csv_has_the_parts_with_the_columns_of_bom_flat() -> None:
    rows = {row["part_id"]: row for row in csv.DictReader(StringIO(run("bom gb200-nvl72", "csv")))}
    assert rows["nvlink_cartridge"]["extended_cost"] == "216000"


def test_errors_of_a_check_are_rows_too(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("topogen: 1\nname: wrong\nlinks: {x: {networ: scale_up}}\n")
    result = CliRunner().invoke(group, ["check", str(tmp_path / "wrong.yaml"), "--format", "csv"])
    assert result.exit_code == 2
    assert {row["line"] for row in csv.DictReader(StringIO(result.output))} >= {"3"}


def test_a_notebook_shows_fabric_roll_up_and_tables() -> None:
    fabric = topogen.read_fabric("gb200-nvl72")
    html = fabric._repr_html_()
    assert "<b>gb200-nvl72</b>" in html
    assert '<td style="text-align:right">1,296</td>' in html
    parts = topogen.roll_up(fabric)._repr_html_()
    assert "nvlink_cartridge" in parts
    assert "216,000" in parts
    table = EXACT.tables[0]._repr_html_()
    assert "<td" in table
    assert "a|b" in table
