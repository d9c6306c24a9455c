"""When a price is old: 180 days after the last day that its date means."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.checks.prices import check_prices, last_day
from topogen.takeoff.roll_up import roll_up

BILL = """
devices: {nic: {role: nic, part: card, ports: {net: {count: 1, lanes: 4, lane_rate: 200 Gb/s}}}}
instances: {nic: 8}
links: {out: {network: scale_out, a: nic.net, pattern: external, to: leaf, medium: copper}}
catalog:
  parts:
    card: {is: a card, price_usd: 700, source: quote, as_of: AS_OF}
    cable: {is: a cable}
  media: {copper: {kind: copper, recipe: {cable: {part: cable, per: link}}}}
"""


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_a_month_and_a_year_mean_their_last_day(day: date) -> None:
    length = monthrange(day.year, day.month)[1]
    assert last_day(day.isoformat()) == day
    assert last_day(f"{day:%Y-%m}") == day.replace(day=length)
    assert last_day(f"{day:%Y}") == date(day.year, 12, 31)


@pytest.mark.parametrize("as_of", ["2026-02-10", "2026-02", "2025"])
def test_a_price_is_old_on_the_181st_day(as_of: str) -> None:
    fabric = fabric_of(BILL.replace("AS_OF", as_of))
    rollup, last = roll_up(fabric), last_day(as_of) + timedelta(days=180)
    assert not any(one.code == "W503" for one in check_prices(fabric, rollup, last))
    (old,) = (one for one in check_prices(fabric, rollup, last + timedelta(days=1)) if one.code == "W503")
    assert f"1 of 1 prices are older than 180 days on {last + timedelta(days=1)} (card: {as_of})" in str(old)


def test_missing_prices_are_counted_in_parts_and_pieces() -> None:
    fabric = fabric_of(BILL.replace("AS_OF", "2026-02"))
    (missing,) = (
        one for one in check_prices(fabric, roll_up(fabric), date(2026, 3, 1)) if one.code == "W502"
    )
    assert "no price for 1 of 2 parts (cable), 8 of 16 pieces" in str(missing)
