"""The registry of formats, and what holds for every file."""

from __future__ import annotations

import csv
import sys
from io import StringIO
from pathlib import Path

import pytest

import topogen.export
from tests.export.systems import ODD, SYSTEMS, System, built, fresh
from topogen.columns.cables import CABLE_SCHEDULE_DEFAULT
from topogen.columns.cells import cell_text, csv_text, quoted
from topogen.columns.column import names_of
from topogen.columns.tables import TABLES
from topogen.export import EXPORTS, PARQUET, export_bytes
from topogen.export.options import Options

CSV = tuple(name for name in EXPORTS if name.endswith(".csv"))


def text_of(system: System, name: str, options: Options | None = None) -> str:
    """Return a file of a system."""
    return b"".join(export_bytes(name, *built(system), options or Options())).decode()


def test_every_format_of_the_folder_is_registered_under_its_own_name() -> None:
    folder = Path(next(iter(topogen.export.__path__)))
    files: dict[str, object] = {f"to_{Path(name).stem}": export for name, export in EXPORTS.items()}
    files |= {f"to_{Path(name).stem}_parquet": export for name, export in PARQUET.items()}
    assert {path.stem for path in folder.glob("to_*.py")} == set(files)
    for stem, export in files.items():
        assert export is getattr(sys.modules[f"topogen.export.{stem}"], stem)


def test_every_table_has_a_file() -> None:
    assert {Path(name).stem for name in CSV} == set(TABLES)


@pytest.mark.parametrize("name", CSV)
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_a_table_is_plain_csv_with_the_header_of_its_schema(system: System, name: str) -> None:
    text = text_of(system, name)
    header, *rows = csv.reader(StringIO(text), strict=True)
    table = CABLE_SCHEDULE_DEFAULT if name == "cable_schedule.csv" else names_of(TABLES[Path(name).stem])
    assert tuple(header) == tuple(table)
    assert all(len(row) == len(header) for row in rows)
    again = StringIO()
    csv.writer(again, lineterminator="\n").writerows([header, *rows])
    assert text == again.getvalue()


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("system", [("gb300-nvl72-row", "cpo"), ODD], ids=str)
def test_the_same_input_gives_the_same_bytes(system: System, name: str) -> None:
    assert text_of(system, name) == b"".join(export_bytes(name, *fresh(system), Options())).decode()


def test_revisions_are_those_that_are_given() -> None:
    options = Options(topology_rev="abc", catalog_rev="def", columns="full")
    for row in csv.DictReader(StringIO(text_of(ODD, "bom_flat.csv", options))):
        assert (row["topology_rev"], row["catalog_rev"]) == ("abc", "def")
    for row in csv.DictReader(StringIO(text_of(ODD, "cable_schedule.csv", options))):
        assert row["rev"] == "abc"


def test_parts_without_a_price_stay_in_the_bom_and_stand_in_the_gaps() -> None:
    rows = {row["part_id"]: row for row in csv.DictReader(StringIO(text_of(ODD, "bom_flat.csv")))}
    gaps = list(csv.DictReader(StringIO(text_of(ODD, "bom_gaps.csv"))))
    assert (rows["card"]["unit_cost"], rows["card"]["extended_cost"]) == ("", "")
    assert ("no_price", "card") in {(gap["reason"], gap["part_id"]) for gap in gaps}
    example = next(gap["example_link"] for gap in gaps if gap["reason"] == "no_part" and gap["qty_design"])
    assert example == 'out: b1/tray0/sled0/gpu0:in0 - far "side", left'


def test_alternates_are_listed_and_their_mean_is_the_price() -> None:
    rows = [row for row in csv.DictReader(StringIO(text_of(ODD, "bom_flat.csv"))) if row["part_id"] == "cord"]
    assert {row["price_basis"] for row in rows} == {"mean_of_alternates"}
    assert {row["alternates"] for row in rows} == {"cord_a;cord_b"}
    assert {row["length_m"]: row["unit_cost"] for row in rows}["1"] == "12"


def test_cells_are_plain() -> None:
    assert [cell_text(cell) for cell in (None, False, 0, 10**9)] == ["", "false", "0", "1000000000"]
    assert quoted("plain") == "plain"
    assert quoted('a "b"') == '"a ""b"""'


def test_a_column_that_no_table_has_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        csv_text(TABLES["bom_gaps"], [{"nonsense": 1}])
