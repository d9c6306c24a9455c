"""Fat trees that HammingMesh is compared with, case 04: T. Hoefler et al., SC22, 2022, table II.

Prices of the paper: 14,280 a 64-port switch, 272 a DAC, 603 an AOC. The printed millions were recalled and
recomputed, not read again; all six come out to the printed digit. Fitted, not stated: a tapered leaf has all
its ports down cabled; with cables of accelerators alone small-50 and small-75 would be 17.53 and 13.03.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

# scenario, accelerators; switches, DAC and AOC of one plane; USD million as printed
TABLE_2 = [
    (None, 1024, (48, 1024, 1024), "25.3"),
    ("small-50", 1024, (34, 1050, 550), "17.6"),
    ("small-75", 1024, (26, 1071, 273), "13.2"),
    ("large", 16384, (1280, 16384, 32768), "680"),
    ("large-50", 16384, (795, 16422, 17204), "419"),
    ("large-75", 16384, (519, 16422, 8372), "271"),
]
PLANES = 16
NOT_PRECABLED = {"fabrics.net.precable": "false"}


@pytest.mark.parametrize(("scenario", "accelerators", "plane", "printed"), TABLE_2)
def test_table_ii(scenario: str | None, accelerators: int, plane: tuple[int, ...], printed: str) -> None:
    fabric = shipped_fabric("hammingmesh-fat-tree", scenario)
    assert counts_of(fabric, "devices", ("accel",)) == (accelerators,)
    bought = counts_of(fabric, "parts", ("sw64", "dac_5m", "aoc_20m"))
    assert bought == tuple(PLANES * count for count in plane)
    assert million(fabric, printed) == Decimal(printed)


@pytest.mark.parametrize(("leaf", "cost"), [("42, up: 22", "17.53"), ("51, up: 13", "13.03")])
def test_without_cables_to_empty_ports_the_tapered_trees_miss_the_print(leaf: str, cost: str) -> None:
    changed = {"fabrics.net.leaf": f"{{down: {leaf}}}", **NOT_PRECABLED}
    assert million(shipped_fabric("hammingmesh-fat-tree", changed=changed), cost) == Decimal(cost)


def million(fabric: Fabric, printed: str) -> Decimal:
    """Return the cost in USD million, at as many digits as are printed."""
    totals = roll_up(fabric).totals
    cost = totals.cost_usd.base + totals.network_device_usd.base
    digits = -int(Decimal(printed).as_tuple().exponent)
    return round(Decimal(cost.numerator) / cost.denominator / 10**6, digits)
