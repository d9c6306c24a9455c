"""The indented BOM is a tree whose quantities multiply down."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.export.systems import ODD, SYSTEMS, System, built
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.export.to_bom_indented import bom_indented_rows
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.columns.cells import Row


def check_tree(rows: list[Row]) -> None:
    """Assert that rows form a tree in depth-first order and that quantities multiply down."""
    path: list[Row] = []
    for number, row in enumerate(rows, start=1):
        assert row["line_id"] == number
        level = int(row["level"] or 0)
        path = [*path[: level - 1], row]
        assert len(path) == level
        parent = path[-2] if level > 1 else None
        assert row["parent_line_id"] == (parent["line_id"] if parent else None)
        if row["qty_per_parent"] is None:
            assert row["notes"]
        else:
            above = Fraction(parent["qty_extended"] or 0) if parent else 1
            assert Fraction(row["qty_per_parent"]) * above == row["qty_extended"]


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_quantities_multiply_down(system: System) -> None:
    check_tree(bom_indented_rows(*built(system)))


@quick
@given(odd=odd_fabrics())
def test_quantities_multiply_down_in_odd_fabrics(odd: Odd) -> None:
    check_tree(bom_indented_rows(odd.fabric, roll_up(odd.fabric)))


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_contents_have_a_value_and_no_cost(system: System) -> None:
    for row in bom_indented_rows(*built(system)):
        if row.get("per") == "content":
            assert row.get("extended_cost") is None
            assert row["qty_per_parent"] is not None
        else:
            assert row.get("content_value") is None


def test_a_rack_holds_trays_that_hold_devices_that_hold_modules() -> None:
    rows = bom_indented_rows(*built(("gb300-nvl72-row", "pluggable")))
    used = [(row["level"], row.get("part_id"), row["qty_per_parent"], row["qty_extended"]) for row in rows]
    at = next(index for index, row in enumerate(rows) if row.get("part_id") == "connectx8")
    assert used[at - 2 : at + 2] == [
        (3, None, 4, 4),
        (4, None, 18, 72),
        (5, "connectx8", 4, 288),
        (6, "osfp_800g_dr4", 1, 288),
    ]


def test_what_does_not_divide_evenly_says_so() -> None:
    rows = bom_indented_rows(*built(ODD))
    uneven = {str(row["description"]): str(row["notes"]) for row in rows if row["qty_per_parent"] is None}
    assert uneven
    assert all("not as many in each" in note for note in uneven.values())
