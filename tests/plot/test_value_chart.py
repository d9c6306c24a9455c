"""Charts of the value of a fabric: bars are the totals, exactly."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.export import export_bytes
from topogen.plot.render import render_svg
from topogen.plot.theme import view_sheet
from topogen.plot.value_chart import value_chart, value_view
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


def unpriced_layers(name: str) -> set[str]:
    """Return the layers with value of parts whose contents have no price, as the table of layers has them."""
    fabric = shipped_fabric(name)
    file = b"".join(export_bytes("per_layer.csv", fabric, roll_up(fabric))).decode()
    rows = csv.DictReader(StringIO(file))
    return {row["layer"] for row in rows if float(row["value_content_not_priced"] or 0)}


@pytest.mark.parametrize("name", NAMES)
def test_the_finding_says_at_most_where_parts_inside_the_largest_layer_have_no_price(name: str) -> None:
    fabric = shipped_fabric(name)
    rolled = roll_up(fabric)
    largest = next(iter(value_by_layer(rolled.vendors, ("interconnect",))))
    finding = " ".join(value_chart(fabric, rolled)["title"]["text"])
    assert (" takes at most " in finding) == (largest in unpriced_layers(name))


def test_some_shipped_file_has_a_largest_layer_that_is_a_remainder() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    finding = " ".join(value_chart(fabric, roll_up(fabric))["title"]["text"])
    assert finding.startswith("Packaging test takes at most ")
    assert "as parts inside have no price" in finding


def test_a_long_last_line_ends_in_an_ellipsis_inside_the_chart() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    spec = view_sheet(value_view(fabric, roll_up(fabric)), "a-name " * 60)
    (line,) = [one for one in re.findall(r"<text[^>]*>([^<]*)", render_svg(spec)) if "a-name" in one]
    assert line.endswith("…")
    assert len(line) < 60 * len("a-name ") / 2
