"""Loss budgets and light a lane against published rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.structure.light import laser_rows, loss_rows

LINK = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 1, box: 1}
links: {x: {network: scale_out, a: nic.net, b: box.net, pattern: planes, medium: dr, length: 100 m}}
catalog: {media: {dr: {loss: {connector_db: 0.35, connectors: 4}}}}
"""


def test_a_dr_link_of_100_m_and_four_connectors_loses_1_44_db() -> None:
    (row,) = loss_rows(fabric_of(LINK, shipped=True))
    assert row.fibre_db == Fraction(Decimal("0.04"))
    assert row.budget_db - row.margin_db == Fraction(Decimal("1.44"))


@pytest.mark.parametrize(("connector", "pairs"), [("0.35", 8), ("0.5", 5)])
def test_500_m_of_dr_leaves_room_for_eight_elite_or_five_standard_connectors(
    connector: str, pairs: int
) -> None:
    text = LINK.replace("100 m}", "500 m}").replace("0.35", connector)
    (row,) = loss_rows(fabric_of(text, shipped=True))
    assert row.most_connectors == pairs


def test_connectors_that_nobody_states_are_not_counted() -> None:
    (row,) = loss_rows(fabric_of(LINK.replace(", connectors: 4", ""), shipped=True))
    assert row.connectors is None
    assert row.margin_db == Fraction(Decimal("2.96"))


def test_a_connector_without_loss_has_no_number_that_fits() -> None:
    (row,) = loss_rows(fabric_of(LINK.replace("0.35", "0"), shipped=True))
    assert row.most_connectors is None


def test_no_loss_is_shown_where_it_or_the_length_is_unknown() -> None:
    assert (
        loss_rows(
            fabric_of(LINK.replace("medium: dr, length: 100 m", "medium: sr, length: 9 m"), shipped=True)
        )
        == ()
    )
    outside = LINK.replace("b: box.net, pattern: planes", "pattern: external, to: far").replace(
        ", length: 100 m", ""
    )
    assert loss_rows(fabric_of(outside, shipped=True)) == ()


def test_a_laser_of_400_mw_on_four_lanes_leaves_20_dbm_a_lane() -> None:
    (row,) = laser_rows(shipped_fabric("q3450-cpo-switch"))
    assert (row.laser, row.lanes) == ("uhp_laser", Fraction(4))
    assert (f"{row.dbm:.2f}", f"{row.dbm_a_lane:.2f}") == ("26.02", "20.00")


def test_one_light_source_an_engine_leaves_more() -> None:
    rows = laser_rows(shipped_fabric("rubin-ultra-cpo-648", "els-1-per-engine"))
    assert {(row.lanes, f"{row.dbm_a_lane:.2f}") for row in rows} == {(Fraction(2), "23.01")}
