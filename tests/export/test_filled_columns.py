"""Every declared column has a value in a shipped or a test fabric: none is declared that nothing fills."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.export.systems import ENDS, ODD, PATCHED, PHASED, SYSTEMS, System, built
from topogen.columns.cables import SCHEDULE_IDS
from topogen.columns.column import names_of
from topogen.columns.devices import DEVICES, PLACES
from topogen.columns.reach import REACH
from topogen.columns.tables import TABLES
from topogen.export import PARQUET, export_bytes
from topogen.export.options import Options
from topogen.load.reading import read
from topogen.ordering.orders import Buying
from topogen.report.reach_report import reach_csv
from topogen.study.reach import study_reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.columns.column import Column

FILLING: tuple[System, ...] = (
    ODD,
    ENDS,
    PATCHED,
    PHASED,
    *SYSTEMS,
    ("nvl72-spread-row", None),
    ("nvl72-vcsel", None),
)
"""Fabrics that fill every column between them: a media policy, energy at the host, patch panels, phases."""
BUYING = Buying(need_by=date(2027, 3, 1), order_date=date(2026, 12, 1))
EVERYTHING = Options(topology_rev="0123", catalog_rev="4567", columns="full", all_links=True, buying=BUYING)


def filled_in_csv(text: str) -> set[str]:
    """Return the columns of a CSV text that have a value in some row."""
    return {name for row in csv.DictReader(StringIO(text)) for name, cell in row.items() if cell}


def filled_in_table(name: str, system: System) -> set[str]:
    """Return the columns of a table of the build that have a value."""
    options = replace(EVERYTHING, buying=replace(BUYING, need_by=None)) if system == PHASED else EVERYTHING
    return filled_in_csv(b"".join(export_bytes(f"{name}.csv", *built(system), options)).decode())


def filled_in_parquet(name: str, system: System) -> set[str]:
    """Return the columns of a Parquet file that have a value."""
    file = BytesIO()
    for _ in PARQUET[name](built(system)[0], EVERYTHING, file):
        pass
    table = pq.read_table(file)
    return {column for column in table.column_names if table[column].null_count < len(table)}


def empty(table: tuple[Column, ...], filled: Iterable[set[str]]) -> set[str]:
    """Return the columns of a table that no system fills."""
    left = set(names_of(table))
    for names in filled:
        left -= names
        if not left:
            break
    return left


@pytest.mark.parametrize("name", TABLES)
def test_no_column_of_a_csv_table_is_always_empty(name: str) -> None:
    assert empty(TABLES[name], (filled_in_table(name, system) for system in FILLING)) == set()


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("cable_schedule.parquet", SCHEDULE_IDS),
        ("devices.parquet", DEVICES),
        ("places.parquet", PLACES),
    ],
)
def test_no_column_of_a_parquet_table_is_always_empty(name: str, table: tuple[Column, ...]) -> None:
    assert empty(table, (filled_in_parquet(name, system) for system in FILLING)) == set()


def test_no_column_of_the_reach_table_is_always_empty() -> None:
    rebuilt = read("nvl72-spread-2-racks")
    curves = [study_reach(built(one)[0]) for one in SYSTEMS]
    curves.append(study_reach(rebuilt.fabric, rebuilt.parsed))
    assert empty(REACH, (filled_in_csv(reach_csv(one)) for one in curves)) == set()


def test_an_empty_column_is_found() -> None:
    assert empty(REACH, [{"network", "media"}, {"reach_m"}]) == set(names_of(REACH)) - {
        "network",
        "media",
        "reach_m",
    }
