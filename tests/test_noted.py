"""Fabrics that can be built, and the exact words on what is worth knowing or fails their expectations.

``noted/CODE_slug.yaml`` can be built, ``noted/CODE_slug.txt`` is what a check says about it, of its prices
too where the code begins with W5. After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/test_noted.py``
writes the texts anew; read the diff.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import fabric_of, shipped_catalog, shipped_file
from topogen.build.stages import build
from topogen.checks.expectations import check_expectations, failures
from topogen.checks.prices import check_prices
from topogen.cli import group
from topogen.language.yaml_tree import Source
from topogen.load.files import shipped_names
from topogen.load.parse import parse_topology
from topogen.load.reading import read
from topogen.takeoff.roll_up import roll_up

FOLDER = Path(__file__).parent / "noted"
FILES = sorted(FOLDER.glob("*.yaml"))
DAY = date(2026, 11, 23)


def note(path: Path) -> str:
    """Return the words on a file."""
    source = Source(path.name, path.read_text(encoding="utf-8"))
    fabric = build(parse_topology(source, layers=[list(shipped_catalog())], load=shipped_file))
    rollup = roll_up(fabric)
    prices = check_prices(fabric, rollup, DAY) if path.stem.startswith("W5") else ()
    failed = failures(fabric, check_expectations(fabric, rollup))
    return "".join(f"{problem}\n" for problem in (*failed, *fabric.warnings, *rollup.warnings, *prices))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_noted_in_these_words(path: Path) -> None:
    found, expected = note(path), path.with_suffix(".txt")
    if os.environ.get("TOPOGEN_REWRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_code_is_that_of_the_file_name_and_says_what_to_do(path: Path) -> None:
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert f"{path.stem[:4]} " in text
    assert text.count("    hint: ") == len([row for row in text.splitlines() if row[:1] in "EW"])


def test_every_file_has_its_words() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FILES}


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_system_gives_no_cause_for_doubt(name: str) -> None:
    assert {problem.code for problem in read(name).warnings} <= {"W304"}


@pytest.mark.parametrize("stem", [path.stem for path in FILES if path.stem.startswith("W")])
def test_strict_takes_it_for_a_mistake(stem: str) -> None:
    words = ["check", "--strict", "--prices-at", str(DAY), str(FOLDER / f"{stem}.yaml")]
    result = CliRunner().invoke(group, words, prog_name="topogen")
    assert result.exit_code == 2
    assert f"{stem[:4]} " in result.output


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_editor_gets_code_and_place(path: Path) -> None:
    words = ["check", "--format", "json", "--prices-at", str(DAY), str(path)]
    result = CliRunner().invoke(group, words, prog_name="topogen")
    rows = [row for row in json.loads(result.output)["problems"] if row["code"] == path.stem[:4]]
    assert rows
    assert all(row["message"] and row["severity"] in ("error", "warning") for row in rows)
    assert all(row["line"] and row["column"] for row in rows)


@pytest.mark.parametrize(
    ("stem", "known"),
    [
        ("W103_dies_or_packages", "devices: {gpu: 576}"),
        ("W202_ports_stay_free", "free_ports: {chip: 768}"),
        ("W205_rails_do_not_divide", "free_ports: {leaf: 128}"),
        ("W306_engines_half_filled", "parts: {engine_3t2: 648}"),
        ("W307_els_not_divisible", "parts: {els8: 18}"),
    ],
)
def test_an_expectation_of_the_figure_silences_it(stem: str, known: str, tmp_path: Path) -> None:
    text = (FOLDER / f"{stem}.yaml").read_text(encoding="utf-8")
    path = tmp_path / "stated.yaml"
    path.write_text(f"{text}expect: {{{known}}}\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["check", str(path)], prog_name="topogen")
    assert result.exit_code == 0, result.output
    assert stem[:4] not in result.output


def test_prices_are_looked_at_only_where_a_day_is_given() -> None:
    file = str(FOLDER / "W502_no_price.yaml")
    assert "W502" not in CliRunner().invoke(group, ["check", file]).output
    assert CliRunner().invoke(group, ["check", file, "--prices-at", "soon"]).exit_code == 2


BANDWIDTH = """
devices: {nic: {role: nic, part: card, ports: {net: {count: 1, lanes: LANES, lane_rate: 100 Gb/s}}}}
instances: {nic: 1}
links: {out: {network: scale_out, a: nic.net, pattern: external, to: leaf}}
catalog: {parts: {card: {is: a card, bandwidth: {scale_out: STATED Gb/s per_dir}}}}
"""


@pytest.mark.parametrize(
    ("lanes", "stated", "words"),
    [
        (2, 100, "are both directions added up"),
        (1, 200, "is one direction given where both are meant"),
        (8, 100, "is Gb/s written as GB/s"),
        (1, 800, "is GB/s written as Gb/s"),
        (4, 100, "is Gb/s per_dir written as GB/s bidir"),
        (1, 400, "is GB/s bidir written as Gb/s per_dir"),
        (3, 100, "compare count, lanes and lane_rate with the data sheet"),
        (2, 200, ""),
    ],
)
def test_a_bandwidth_that_is_off_by_a_unit_names_the_likely_slip(lanes: int, stated: int, words: str) -> None:
    fabric = fabric_of(BANDWIDTH.replace("LANES", str(lanes)).replace("STATED", str(stated)))
    found = [one for one in fabric.warnings if one.code == "W102"]
    assert [words in str(one) for one in found] == ([True] if words else [])
