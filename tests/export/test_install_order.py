"""Order of installation: the columns of the schedule against a plain reckoning of its own rows."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.export.systems import ENDS, PATCHED, SYSTEMS, System, built
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.model.fabric import Fabric

Row = dict[str, str]
FULL = Options(columns="full", all_links=True)


def rows_of(fabric: Fabric, table: str = "cable_schedule.csv") -> list[Row]:
    text = b"".join(export_bytes(table, fabric, roll_up(fabric), FULL)).decode()
    return list(csv.DictReader(StringIO(text)))


def length(row: Row) -> Decimal:
    """Return the length of a cable with slack, -1 for an unknown one."""
    if not row["length_route_m"]:
        return Decimal(-1)
    return Decimal(row["length_route_m"]) + Decimal(row["length_slack_m"] or 0)


def reckoned(fabric: Fabric, rows: list[Row]) -> list[tuple[str, str]]:
    """Return bundle and place of each row, sorted plainly."""
    patched = {link.name for link in fabric.links if link.through}
    order = [rack.name for rack in fabric.sites.racks]
    bundles: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        if row["a_rack"] and row["b_rack"] and row["link_group"] not in patched:
            near, far = order.index(row["a_rack"]), order.index(row["b_rack"])
            bundles[min(near, far), max(near, far)].append(number)
    found = [("", "")] * len(rows)
    laid = sorted(bundles, key=lambda racks: (-max(length(rows[one]) for one in bundles[racks]), racks))
    for bundle, racks in enumerate(laid, start=1):
        ranked = sorted(bundles[racks], key=lambda one: -length(rows[one]))
        for place, one in enumerate(ranked, start=1):
            found[one] = (str(bundle), str(place))
    return found


@pytest.mark.parametrize("system", [ENDS, PATCHED, *SYSTEMS, ("nvl72-spread-row", None)], ids=str)
def test_the_longest_is_laid_first(system: System) -> None:
    fabric, _ = built(system)
    rows = rows_of(fabric)
    assert [(row["bundle"], row["install_order"]) for row in rows] == reckoned(fabric, rows)


@quick
@given(odd=odd_fabrics())
def test_the_longest_is_laid_first_in_odd_fabrics(odd: Odd) -> None:
    rows = rows_of(odd.fabric)
    assert [(row["bundle"], row["install_order"]) for row in rows] == reckoned(odd.fabric, rows)
