"""``datapackage.json`` describes every table of a build, as the frictionless library reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from frictionless import Package

from tests.helpers_fabric import ROOT
from topogen.cli import group
from topogen.columns.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path


def built(name: str, folder: Path, *options: str) -> Package:
    run = CliRunner().invoke(group, ["build", name, "-o", str(folder), "--no-report", *options])
    assert run.exit_code == 0, run.output
    return Package(str(folder / "datapackage.json"))


@pytest.mark.filterwarnings("ignore:Exception ignored in. <_io.FileIO")  # frictionless leaves .gz files open
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("gb300-nvl72-row", ("--columns", "full", "--need-by", "2027-01-01", "--order-date", "2026-11-29")),
        ("rubin-ultra-cpo-648", ("--schedule", "csv", "--schedule", "csv.gz")),
        ("h100-superpod", ("--schedule", "none")),
        (str(ROOT / "docs" / "examples" / "patch_panels.yaml"), ()),
    ],
)
def test_every_row_of_every_table_is_valid(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    package = built(name, tmp_path / "out", *options)
    report = package.validate()
    assert report.valid, report.flatten(["type", "rowNumber", "fieldName", "message"])[:5]
    tables = {path.name for path in (tmp_path / "out").iterdir() if ".csv" in path.name}
    assert {resource.path for resource in package.resources} == tables


def test_a_table_has_the_type_the_unit_and_the_meaning_of_its_columns(tmp_path: Path) -> None:
    built("gb200-nvl72", tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        columns = {column.name: column for column in TABLES[resource["name"]]}
        for field in resource["schema"]["fields"]:
            column = columns[field["name"]]
            assert field["description"] == column.meaning
            assert field.get("unit", column.unit) == column.unit


def test_a_cell_of_another_type_is_refused_by_the_package(tmp_path: Path) -> None:
    package = built("gb200-nvl72", tmp_path / "out")
    table = tmp_path / "out" / "bom_flat.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("\n1,", "\none,", 1), encoding="utf-8")
    assert not package.validate().valid
