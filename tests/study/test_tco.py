"""Total cost of ownership: what is bought, the hall, and energy over years."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.cli import group
from topogen.study.tco import tco
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.tariff import Tariff

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FULL = """
devices:
  gpu: {role: gpu, part: chip, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, part: box, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 2, sw: 1}
links: {l: {network: scale_out, a: gpu.p, b: sw.p, pattern: spread, medium: m, length: 1 m}}
catalog:
  parts:
    chip: {is: a chip, price_usd: [900, 1000, 1100], power_w: 500}
    box: {is: a box, price_usd: 400, power_w: 100}
    cable: {is: a cable, price_usd: 10, power_w: 0}
  media: {m: {kind: copper, recipe: {cable: {part: cable, per: link}}}}
"""


def costs(fabric: Fabric, *options: object) -> dict[str, Fraction | None]:
    found = tco(fabric, roll_up(fabric), *options)  # type: ignore[arg-type]
    return {cost.item: cost.usd.base if cost.usd else None for cost in (*found.costs, found.total)}


def test_every_item_by_hand() -> None:
    fabric = fabric_of(FULL)
    tariff = Tariff(Fraction(1, 10), Fraction(3, 2), 4)
    energy = Fraction(11, 10) * Fraction(3, 2) * 8760 * 4 / 10  # 1.1 kW
    assert costs(fabric, tariff, Fraction(10_000)) == {
        "hosts": 2000,
        "interconnect": 20,
        "network_devices": 400,
        "facility": 11_000,
        "energy": energy,
        "total": 13_420 + energy,
    }
    found = tco(fabric, roll_up(fabric), tariff, Fraction(10_000))
    assert not found.total.unknown
    hosts = found.costs[0].usd
    assert hosts is not None
    assert hosts.low == 1800
    assert hosts.high == 2200


def test_what_is_not_known_is_named_and_never_zero() -> None:
    fabric = fabric_of(FULL.replace("price_usd: 400, power_w: 100", "layer: switch_asic"))
    found = tco(fabric, roll_up(fabric))
    by_item = {cost.item: cost for cost in found.costs}
    assert by_item["network_devices"].usd is None
    assert by_item["network_devices"].unknown == ("price of box",)
    assert by_item["energy"].unknown == ("watts of box",)
    assert by_item["facility"].usd is None
    assert set(found.total.unknown) == {
        "price of box",
        "watts of box",
        "the price of the facility (--facility-usd-per-kw)",
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 20), st.fractions(min_value=1, max_value=3, max_denominator=10))
def test_energy_grows_with_years_and_overhead(years: int, pue: Fraction) -> None:
    fabric = shipped_fabric("nvl72-optical")
    one = costs(fabric, Tariff(pue=Fraction(1), years=1))["energy"]
    assert one is not None
    assert costs(fabric, Tariff(pue=pue, years=years))["energy"] == one * years * pue


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "h100-superpod", "scaleout-10368"])
def test_what_is_bought_is_that_of_the_bill(name: str) -> None:
    fabric = shipped_fabric(name)
    rollup = roll_up(fabric)
    found = {cost.item: cost.usd.base if cost.usd else 0 for cost in tco(fabric, rollup).costs}
    totals = rollup.totals
    assert found["hosts"] == totals.host_usd.base
    assert found["interconnect"] == totals.cost_usd.base
    assert found["network_devices"] == totals.network_device_usd.base


def test_the_command_says_what_is_missing_and_what_is_set_here() -> None:
    words = ["tco", "gb300-nvl72-row", "--years", "3", "--usd-per-kwh", "0.1"]
    result = CliRunner().invoke(group, words, env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert "the price of the facility (--facility-usd-per-kw)" in result.output
    assert "8,760 hours x 0.1 USD per kWh" in result.output
    data = json.loads(CliRunner().invoke(group, [*words, "--format", "json"]).output)
    assert [row["item"] for row in data["tco"]][-1] == "total"
    assert data["years"] == "3"
    assert CliRunner().invoke(group, ["tco", "gb300-nvl72-row", "--pue", "0"]).exit_code == 2
