"""Every table adds up to the same totals, exactly, for every system: only text is rounded."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given

from tests.export.systems import SYSTEMS, System, built
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.catalog.pricing import high, low
from topogen.columns.count_basis import OTHER_BASES
from topogen.export.to_bom_flat import bom_flat_rows, to_bom_flat
from topogen.export.to_bom_indented import bom_indented_rows
from topogen.export.to_per_gpu import per_gpu_rows
from topogen.export.to_per_vendor import per_vendor_rows
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.energy import energies
from topogen.takeoff.roll_up import roll_up
from topogen.units import BoundaryWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.properties.odd_fabrics import Odd
    from topogen.columns.cells import Cell
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

every_system = pytest.mark.parametrize("system", SYSTEMS, ids=str)


def total(rows: Iterable[Mapping[str, Cell]], column: str, **where: str) -> Fraction:
    """Return the sum of a column over the rows that say what ``where`` says."""
    chosen = [row for row in rows if all(row.get(key) == value for key, value in where.items())]
    cells = [row.get(column) for row in chosen]
    return sum((Fraction(cell) for cell in cells if cell is not None), Fraction(0))


def bought(rollup: RollUp) -> tuple[Fraction, Fraction, Fraction]:
    """Return what interconnect and network devices cost together: low, base, high."""
    parts = rollup.totals.cost_usd, rollup.totals.network_device_usd
    return (
        sum(map(low, parts), Fraction(0)),
        sum((part.base for part in parts), Fraction(0)),
        sum(map(high, parts), Fraction(0)),
    )


def check_money(fabric: Fabric, rollup: RollUp) -> None:
    """Assert that every table adds up to what was bought."""
    flat = bom_flat_rows(fabric, rollup)
    vendors = per_vendor_rows(fabric, rollup)
    ends = ("_low", "", "_high")
    assert tuple(total(flat, f"extended_cost{end}") for end in ends) == bought(rollup)
    for view in ("procurement", "content"):
        assert tuple(total(vendors, f"value_total{end}", view=view) for end in ends) == bought(rollup)
    assert total(bom_indented_rows(fabric, rollup), "extended_cost") == bought(rollup)[1]
    assert total(per_gpu_rows(fabric, rollup), "cost_total") == bought(rollup)[1]


@every_system
def test_money_adds_up(system: System) -> None:
    check_money(*built(system))


@quick
@given(odd=odd_fabrics())
def test_money_adds_up_for_odd_fabrics(odd: Odd) -> None:
    check_money(odd.fabric, roll_up(odd.fabric))


@every_system
def test_extended_cost_is_quantity_times_unit_cost_and_empty_for_hosts(system: System) -> None:
    for row in csv.DictReader(StringIO(to_bom_flat(*built(system)))):
        if row["unit_cost"] and row["cost_scope"] in COUNTED:
            assert Fraction(row["extended_cost"]) == Fraction(row["qty_design"]) * Fraction(row["unit_cost"])
        else:
            assert row["extended_cost"] == ""


@every_system
def test_power_adds_up(system: System) -> None:
    fabric, rollup = built(system)
    watts = rollup.totals.power_w.base
    assert total(bom_flat_rows(fabric, rollup), "power_w_total", cost_scope="interconnect") == watts
    assert total(per_gpu_rows(fabric, rollup), "power_w_total", cost_scope="interconnect") == watts


@every_system
def test_energy_adds_up_at_each_boundary(system: System) -> None:
    fabric, rollup = built(system)
    rows, found = per_gpu_rows(fabric, rollup), energies(fabric, rollup.quantities)
    for boundary in get_args(BoundaryWord):
        watts = sum(one.power_w.base for one in found if one.boundary == boundary)
        assert total(rows, f"{boundary}_energy_w") == watts


@every_system
def test_figures_per_gpu_add_up(system: System) -> None:
    fabric, rollup = built(system)
    rows, totals = per_gpu_rows(fabric, rollup), rollup.totals
    counted = {
        "engines_per_gpu": totals.engines_fitted,
        "els_per_gpu": totals.els,
        "lasers_per_gpu": totals.lasers,
        "fibres_per_gpu": totals.fibres,
    }
    for column, count in counted.items():
        assert total(rows, column) * totals.gpus == (count if totals.gpus else 0)
    assert total(rows, "qty_total", category="link") == totals.links


@every_system
def test_what_is_bought_of_a_part_is_the_same_in_every_table(system: System) -> None:
    fabric, rollup = built(system)
    flat, indented = bom_flat_rows(fabric, rollup), bom_indented_rows(fabric, rollup)
    own = [row for row in indented if row.get("cost_scope")]
    for part in {row["part_id"] for row in flat}:
        assert total(flat, "qty_design", part_id=str(part)) == total(own, "qty_extended", part_id=str(part))
    counted = [row for row in flat if row["cost_scope"] in COUNTED]
    per_gpu = Counter(
        {row["part_id"]: total(counted, "qty_design", part_id=str(row["part_id"])) for row in counted}
    )
    found: Counter[Cell] = Counter()
    for row in per_gpu_rows(fabric, rollup):
        if row.get("part_id"):
            found[row["part_id"]] += row["qty_total"]  # type: ignore[assignment,operator]
    assert found == per_gpu


@every_system
def test_shares_of_a_view_are_all_of_it(system: System) -> None:
    rows = per_vendor_rows(*built(system))
    for view in {row["view"] for row in rows}:
        assert total(rows, "value_pct_of_view", view=str(view)) == 100


def test_a_basis_counts_a_part_of_what_is_modelled() -> None:
    for system in SYSTEMS:
        for row in per_gpu_rows(*built(system)):
            for basis in OTHER_BASES:
                share = row.get(f"qty_per_gpu{basis.suffix}")
                if share is not None:
                    assert 0 <= Fraction(share) <= Fraction(row["qty_per_gpu"] or 0)


def test_the_bases_of_the_article() -> None:
    """One end of the scale-up and the NIC's of the scale-out: 648 and 144 engines, 4.5 to 1."""
    fabric, rollup = built(("rubin-ultra-cpo-648", "canister-mesh"))
    rows = [row for row in per_gpu_rows(fabric, rollup) if row["category"] == "engine"]
    one = {row["network"]: row["qty_per_gpu_one_nic_only_package"] for row in rows}
    assert {row["network"]: row["qty_per_gpu"] for row in rows} == {
        "scale_up": Fraction(9, 2),
        "scale_out": 1,
    }
    assert one == {"scale_up": Fraction(9, 4), "scale_out": 1}


def test_energy_is_per_bit_at_the_ends_of_the_medium() -> None:
    fabric, rollup = built(("gb300-nvl72-row", "cpo"))
    found = {
        row["category"]: row.get("pj_per_bit") for row in per_gpu_rows(fabric, rollup) if row.get("medium")
    }
    # 14 W / 0.8 Tb/s at a NIC; 7 W / 1.6 Tb/s and 12 W / (4 x 1.6 Tb/s) at switches
    assert found["module"] == Fraction(35, 2)
    assert found["engine"] == Fraction(35, 8)
    assert found["els"] == Fraction(15, 8)


def test_without_gpus_nothing_is_per_gpu() -> None:
    rows = per_gpu_rows(*built(("q3450-cpo-switch", None)))
    assert all(cell is None for row in rows for name, cell in row.items() if "_per_gpu" in name)


def test_a_cable_belongs_to_its_link_in_every_basis() -> None:
    """The copper spine is as many cartridges at one end as at both; so are the cords of the row."""
    rows = per_gpu_rows(*built(("gb300-nvl72-row", "pluggable")))
    cables = [row for row in rows if row["category"] in ("cartridge", "cord") and row["tier"] == "1"]
    assert {row["category"] for row in cables} == {"cartridge", "cord"}
    for row in cables:
        assert row["qty_per_gpu"] == row["qty_per_gpu_one_all_tiers_package"]
        assert row["cost_per_gpu"] == row["cost_per_gpu_one_nic_only_package"]


@every_system
def test_shares_of_a_scope_are_all_of_it(system: System) -> None:
    rows = per_vendor_rows(*built(system))
    for view, scope in {(str(row["view"]), str(row["cost_scope"])) for row in rows}:
        shares = total(rows, "value_pct_of_scope", view=view, cost_scope=scope)
        assert shares in (0, 100)
