"""The audit of a catalog: every share is of a total that the bill shows."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.catalog.pricing import market_basis
from topogen.checks.audit import audit, audit_catalog
from topogen.cli import group
from topogen.takeoff.roll_up import roll_up

AT = date(2026, 11, 28)
SYSTEMS = [
    ("gb200-nvl72", None),
    ("gb300-nvl72-row", "cpo"),
    ("q3450-cpo-switch", None),
    ("nvl72-spread-row", None),
]


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_way_to_sort_a_total_adds_up_to_it(system: tuple[str, str | None]) -> None:
    fabric = shipped_fabric(*system)
    rollup = roll_up(fabric)
    sums: Counter[tuple[str, str]] = Counter()
    shares: Counter[tuple[str, str]] = Counter()
    for row in audit(fabric, rollup, AT):
        sums[row.total, row.by] += row.value  # type: ignore[assignment]
        shares[row.total, row.by] += row.share  # type: ignore[assignment]
    totals = rollup.totals
    usd = {
        "interconnect": totals.cost_usd,
        "network_device": totals.network_device_usd,
        "host": totals.host_usd,
    }
    expected = {f"{scope}_usd": value.base for scope, value in (usd | {"system": totals.system_usd}).items()}
    expected |= {f"{one.cost_scope}_w": one.watts.base for one in totals.power if one.cost_scope != "system"}
    for by in ("confidence", "basis", "age"):
        found = {total: value for (total, way), value in sums.items() if way == by}
        counted = {total: value for total, value in expected.items() if value}
        assert found == {
            total: counted[total] for total in counted if by != "basis" or total.endswith("_usd")
        }
    assert set(shares.values()) == {Fraction(1)}


def test_the_catalog_counts_each_of_its_prices_once() -> None:
    catalog = shipped_fabric("gb200-nvl72").catalog
    rows = audit_catalog(catalog, AT)
    priced = sum(part.price_usd is not None for part in catalog.parts.values())
    assert sum(row.value for row in rows if row.by == "confidence") == priced


def run(*words: str) -> str:
    result = CliRunner().invoke(group, ["catalog", "audit", *words], prog_name="topogen")
    return result.output


def test_the_command_shows_the_shares() -> None:
    output = run("q3450-cpo-switch", "--at", "2026-11-28")
    assert "What the figures of q3450-cpo-switch rest on, 2026-11-28" in output
    assert "interconnect_usd    confidence" in output
    assert "catalog prices" in run("--at", "2026-11-28")


def test_a_scenario_without_a_topology_is_refused() -> None:
    assert "needs a topology" in run("-s", "cpo")


def test_the_basis_is_that_of_the_bill() -> None:
    fabric = shipped_fabric("scaleout-10368", "cpo")
    rollup = roll_up(fabric)
    sums: Counter[str] = Counter()
    for line in rollup.lines:
        if line.extended and line.cost_scope == "interconnect":
            basis = market_basis(fabric.catalog, fabric.catalog.parts[line.part]) or "not stated"
            sums[basis] += line.extended.base  # type: ignore[assignment]
    rows = [row for row in audit(fabric, rollup, AT) if (row.total, row.by) == ("interconnect_usd", "basis")]
    assert {row.kind: row.value for row in rows} == dict(sums)
