"""The Parquet files say what the CSV says: joined by their ids they are its rows, in its order."""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given

from tests.export.systems import PATCHED, SYSTEMS, System, built
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.columns.cables import SCHEDULE_IDS
from topogen.columns.cells import cell_text
from topogen.columns.devices import DEVICES, PLACES
from topogen.errors import InputError
from topogen.export import PARQUET
from topogen.export.cells import extra
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_cable_schedule_parquet import to_cable_schedule_parquet
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.columns.column import Column
    from topogen.model.fabric import Fabric

ALL = Options(all_links=True)


def tables_of(fabric: Fabric) -> tuple[Any, Any, Any]:
    """Return schedule, devices and places as they are read back."""
    schedule, devices, places = (read_back(fabric, name) for name in PARQUET)
    return schedule, devices, places


def read_back(fabric: Fabric, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return a file as it is read back, which has as many rows as were told."""
    file = BytesIO()
    told = sum(PARQUET[name](fabric, ALL, file))
    table = pq.read_table(file)
    assert table.num_rows == told
    return table


def joined(fabric: Fabric) -> list[dict[str, str]]:
    """Return the rows of the CSV in its default columns, made from the Parquet files alone."""
    schedule, devices, _ = (table.to_pylist() for table in tables_of(fabric))
    device = {one["id"]: one for one in devices}
    rows = []
    for row in schedule:
        ends: dict[str, Any] = {}
        for side in ("a", "b"):
            end = device.get(row[f"{side}_device"], {})
            ends |= {f"{side}_{name}": end.get(name) for name in ("rack", "u")}
            ends |= {f"{side}_device": end.get("name"), f"{side}_port": row[f"{side}_port"]}
        ends["b_device"] = ends["b_device"] or row["b_outside"]
        order = row["length_order_mm"]
        cells = {
            **{name: row[name] for name in ("cable_id", "network", "link_group")},
            **ends,
            **{name: row[name] for name in ("medium", "cable_part_id")},
            "rate_gbps": Fraction(row["rate_mbps"], 1000),
            "length_order_m": None if order is None else Fraction(order, 1000),
            "length_basis": row["length_basis"],
        }
        rows.append({name: cell_text(cell) for name, cell in cells.items()})
    return rows


def csv_rows(fabric: Fabric) -> list[dict[str, str]]:
    """Return the rows of the CSV."""
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric), ALL)).decode()
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("system", [*SYSTEMS, PATCHED], ids=str)
def test_joined_they_are_the_rows_of_the_csv(system: System) -> None:
    fabric, _ = built(system)
    assert joined(fabric) == csv_rows(fabric)


def test_links_through_patch_panels_name_them_and_have_no_length_to_order() -> None:
    schedule = tables_of(built(PATCHED)[0])[0].to_pylist()
    assert {row["through"] for row in schedule} == {"hall_a;hall_b"}
    assert {row["length_order_mm"] for row in schedule} == {None}


@quick
@given(odd=odd_fabrics())
def test_joined_they_are_the_rows_of_the_csv_for_odd_fabrics(odd: Odd) -> None:
    assert joined(odd.fabric) == csv_rows(odd.fabric)


def test_every_column_says_its_unit_and_meaning() -> None:
    tables = tables_of(built(("gb300-nvl72-row", None))[0])
    schemas: tuple[tuple[Column, ...], ...] = (SCHEDULE_IDS, DEVICES, PLACES)
    for table, columns in zip(tables, schemas, strict=True):
        said = {field.name: field.metadata for field in table.schema}
        assert said == {
            one.name: {b"unit": one.unit.encode(), b"meaning": one.meaning.encode()} for one in columns
        }


def test_lines_are_told_while_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[to_cable_schedule_parquet.__module__], "ROWS", 1000)
    fabric, _ = built(("gb200-nvl72", None))
    assert sum(to_cable_schedule_parquet(fabric, ALL, BytesIO())) == 1296 + 72


@pytest.mark.parametrize("name", PARQUET)
def test_without_pyarrow_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(extra, "NEEDED", "pyarrow_that_is_not_here")
    with pytest.raises(InputError) as refused:
        PARQUET[name](built(("gb200-nvl72", None))[0], ALL, BytesIO())
    assert str(refused.value) == (
        f'E654: {name} needs pyarrow_that_is_not_here\n    hint: pip install "topogen[scale]"'
    )
