"""Fat trees of DeepSeek's table, case 03: C. Zhao et al., ISCA 2025, table 3, columns FT2, MPFT and FT3.

Printed links are those between switches. Its costs (USD 9, 72 and 491 million; 4.39, 4.39 and 7.5 thousand an
end point) rest on unit prices of another paper and are not reproducible; two identities of them are.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.helpers_fabric import counts_of, shipped_fabric

# scenario, end points, switches, links between switches
TABLE_3 = [(None, 2048, 96, 2048), ("mpft", 16384, 768, 16384), ("ft3", 65536, 5120, 131072)]
COSTS = [(9, 2048, "4.39"), (72, 16384, "4.39"), (491, 65536, "7.5")]


@pytest.mark.parametrize(("scenario", "ends", "switches", "between"), TABLE_3)
def test_table_3(scenario: str | None, ends: int, switches: int, between: int) -> None:
    fabric = shipped_fabric("deepseek-fat-trees", scenario)
    groups = [group.name for group in fabric.links if group.name != "net/hosts"]
    assert counts_of(fabric, "links", ("net/hosts",)) == (ends,)
    assert counts_of(fabric, "devices", ("sw64",)) == (switches,)
    assert sum(counts_of(fabric, "links", groups)) == between


def test_eight_planes_cost_eight_times_one() -> None:
    assert COSTS[1][0] == 8 * COSTS[0][0]


@pytest.mark.parametrize(("million", "ends", "thousand_each"), COSTS)
def test_cost_an_end_point_is_cost_over_end_points(million: int, ends: int, thousand_each: str) -> None:
    digits = -int(Decimal(thousand_each).as_tuple().exponent)
    assert round(Decimal(million * 1000) / ends, digits) == Decimal(thousand_each)
