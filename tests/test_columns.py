"""The schema of every table: names and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.reference_tables import ALL_TABLES
from topogen.columns.cables import CABLE_SCHEDULE, CABLE_SCHEDULE_DEFAULT
from topogen.columns.column import names_of
from topogen.columns.count_basis import OTHER_BASES

if TYPE_CHECKING:
    from topogen.columns.column import Column

SUFFIXES = {
    "_m": "m",
    "_mm": "mm",
    "_mbps": "Mb/s",
    "_w": "W",
    "_gbps": "Gb/s",
    "_pct": "percent",
}


@pytest.mark.parametrize("table", ALL_TABLES.values())
def test_column_names_of_a_table_differ(table: tuple[Column, ...]) -> None:
    assert len(set(names_of(table))) == len(table)


@pytest.mark.parametrize(
    "column",
    [column for table in ALL_TABLES.values() for column in table],
)
def test_a_column_says_its_unit_at_the_end_of_its_name_and_what_it_means(column: Column) -> None:
    for suffix, unit in SUFFIXES.items():
        if column.name.endswith(suffix):
            assert column.unit == unit
    assert column.meaning


def test_the_default_schedule_is_the_full_one_with_columns_left_out() -> None:
    full = names_of(CABLE_SCHEDULE)
    assert [name for name in full if name in CABLE_SCHEDULE_DEFAULT] == list(CABLE_SCHEDULE_DEFAULT)
    assert len(CABLE_SCHEDULE_DEFAULT) == 16


def test_further_bases_are_all_combinations_but_the_one_as_modelled() -> None:
    assert [basis.suffix for basis in OTHER_BASES] == [
        "_both_all_tiers_die",
        "_both_nic_only_package",
        "_both_nic_only_die",
        "_one_all_tiers_package",
        "_one_all_tiers_die",
        "_one_nic_only_package",
        "_one_nic_only_die",
    ]
