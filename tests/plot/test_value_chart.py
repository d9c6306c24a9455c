"""Charts of the value of a fabric: bars are the totals, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.plot.value_chart import value_chart
from topogen.plot.vendor_chart import vendor_chart
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.value_layers import value_by_layer, value_by_network

NAMES = ["gb300-nvl72-row", "rubin-ultra-cpo-648", "scaleout-10368", "article-three-vendors"]


def values(spec: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec["layer"][0]["data"]["values"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_bars_of_value_add_up_to_the_cost_of_the_interconnect(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    bars = sum(Fraction(row["exact"]) for row in values(value_chart(fabric, rolled)))
    assert bars * (rolled.totals.gpus or 1) == rolled.totals.cost_usd.base


@pytest.mark.parametrize("name", NAMES)
def test_each_view_of_vendors_adds_up_to_the_cost_of_the_interconnect(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    sums: dict[str, Fraction] = {}
    for row in values(vendor_chart(fabric, rolled)):
        sums[row["view"]] = sums.get(row["view"], Fraction(0)) + Fraction(row["exact"])
    assert set(sums.values()) == {rolled.totals.cost_usd.base / (rolled.totals.gpus or 1)}


@pytest.mark.parametrize("name", NAMES)
def test_value_by_network_adds_up_to_value_by_layer(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    sums: dict[str, Fraction] = {}
    for (layer, _), usd in value_by_network(fabric.catalog, rolled.lines).items():
        sums[layer] = sums.get(layer, Fraction(0)) + usd
    assert sums == {layer: usd.base for layer, usd in value_by_layer(rolled.vendors, COUNTED).items()}


def test_a_fabric_without_prices_has_no_chart_of_value(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    result = CliRunner().invoke(
        group, ["bom", "slingshot-dragonfly", "--chart", str(tmp_path / "a.svg"), "--chart-of", "value"]
    )
    assert result.exit_code == 2
    assert "E681" in result.output


def test_the_part_of_a_chart_needs_a_chart() -> None:
    result = CliRunner().invoke(group, ["bom", "gb200-nvl72", "--chart-of", "value"])
    assert result.exit_code == 2
    assert "--chart-of needs --chart FILE" in result.output
