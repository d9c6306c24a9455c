from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.catalog.earnings import MARGIN, ContentError, earnings
from topogen.catalog.pricing import (
    NO_MAKER,
    NOT_PRICED,
    UNASSIGNED,
    candidates_text,
    contents,
    high,
    low,
    paid_to,
    unit_price,
    unpriced_contents,
    why_unassigned,
)
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_catalog
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.catalog.model import Catalog
    from topogen.units import Triple

PARTS = """
parts:
  laser: {is: laser, layer: laser_chip, made_by: {one: 100%}, price_usd: [32, 32.5, 35]}
  module:
    {is: module, layer: els, made_by: {one: 70%, two: 20%}, price_usd: [600, 650, 700], contains: {laser: 8}}
  bare: {like: module, made_by: null}
  els: {is: light, layer: els, alternates: {module: 25%, bare: 75%}}
  part_known: {is: light, alternates: {module: 20%, laser: 30%}}
  unknown: {is: no price}
  hopes: {is: light, alternates: {module: 50%, unknown: 50%}}
  box: {like: open, price_usd: 10000, margin: 60%, contains: {module: null, unknown: null, els: 2, laser: 1}}
  open: {is: box, layer: system, made_by: {maker: 100%}, price_usd: 1000, contains: {module: 1, unknown: 3}}
  cord: {is: cord, price_usd: [16, 30, 60], price_per_m_usd: [0.5, 1, 2.5]}
  poor: {is: box, price_usd: 200, contains: {laser: 8}}
  die: {is: die, die: {area_mm2: 80, wafer: w, good_per_wafer: 160}}
wafers: {w: {price_usd: [6000, 7000, 8000]}}
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return parse_catalog([[Source("parts.yaml", PARTS)]])


def ends(value: Triple | None) -> tuple[Fraction, Fraction, Fraction] | None:
    return None if value is None else (low(value), value.base, high(value))


@pytest.mark.parametrize(
    ("part", "length", "expected", "gap"),
    [
        ("laser", None, (32, Fraction("32.5"), 35), ""),
        ("die", None, (Fraction("37.5"), Fraction("43.75"), 50), ""),
        ("cord", 3000, (Fraction("17.5"), 33, Fraction("67.5")), ""),
        ("cord", 500, (Fraction("16.25"), Fraction("30.5"), Fraction("61.25")), ""),
        ("cord", None, (16, 30, 60), "length"),
        ("els", None, (600, 650, 700), ""),
        ("part_known", None, (Fraction("259.2"), Fraction("279.5"), 301), ""),
        ("unknown", None, None, "price"),
        ("hopes", None, None, "price"),
    ],
)
def test_the_price_of_one_piece(
    catalog: Catalog, part: str, length: int | None, expected: tuple[Fraction, ...] | None, gap: str
) -> None:
    price = unit_price(catalog, part, length)
    assert (ends(price.usd), price.gap) == (expected, gap)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("laser", {}),
        ("els", {"laser": 8}),
        ("box", {"els": 2, "laser": 17}),
        ("open", {"module": 1, "unknown": 3, "laser": 8}),
    ],
)
def test_contents_are_counted_at_any_depth(catalog: Catalog, part: str, expected: dict[str, int]) -> None:
    assert contents(catalog, part) == expected


def earned(catalog: Catalog, part: str) -> dict[tuple[str, str, str], Fraction]:
    """Return what each vendor earns by layer and part in one piece, at the base price."""
    price = unit_price(catalog, part).usd
    assert price
    found: dict[tuple[str, str, str], Fraction] = {}
    for one in earnings(catalog, part, price):
        key = (one.vendor, one.layer, one.part)
        found[key] = found.get(key, Fraction(0)) + one.usd.base
    return found


def test_a_maker_earns_the_price_less_contents_and_the_missing_share_is_nobodys(catalog: Catalog) -> None:
    assert earned(catalog, "module") == {
        ("one", "laser_chip", "laser"): 260,
        ("one", "els", "module"): 390 * Fraction(7, 10),
        ("two", "els", "module"): 390 * Fraction(2, 10),
        (UNASSIGNED, "els", "module"): 390 * Fraction(1, 10),
    }


def test_alternates_are_earned_by_their_shares(catalog: Catalog) -> None:
    found = earned(catalog, "els")
    assert found["one", "laser_chip", "laser"] == 260
    assert found["one", "els", "module"] == 390 * Fraction(25, 100) * Fraction(7, 10)
    assert found[UNASSIGNED, "els", "bare"] == 390 * Fraction(75, 100)


def test_a_margin_is_a_layer_of_its_own(catalog: Catalog) -> None:
    found = earned(catalog, "box")
    assert found["maker", MARGIN, "box"] == 6000
    assert found["maker", "system", "box"] == 4000 - 2 * 650 - Fraction("32.5")


def test_a_maker_earns_at_most_what_unpriced_contents_leave_and_the_others_are_paid(catalog: Catalog) -> None:
    found = earned(catalog, "open")
    assert found["maker", "system", "open"] == 350
    assert found["one", "laser_chip", "laser"] == 260
    assert unpriced_contents(catalog, "open") == ("unknown",)


def test_only_value_without_a_maker_is_unassigned() -> None:
    """NVIDIA sells its switches and earns at most what their contents leave."""
    fabric = shipped_fabric("q3450-cpo-switch")
    content = {(row.vendor, row.part) for row in roll_up(fabric).vendors if row.view == "content"}
    assert ("nvidia", "q3450_ld") in content
    catalog = fabric.catalog
    for vendor, part in content:
        assert vendor != UNASSIGNED or sum(catalog.parts[part].made_by.values()) < 1


def test_value_without_a_maker_names_the_candidates_and_splits_nothing() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    cartridge = fabric.catalog.parts["nvlink_cartridge"]
    assert (cartridge.made_by, candidates_text(cartridge)) == ({}, "amphenol or others")
    rows = [row for row in roll_up(fabric).vendors if row.part == "nvlink_cartridge"]
    assert {row.vendor for row in rows} == {UNASSIGNED}


@pytest.mark.parametrize(("part", "reason"), [("bare", NO_MAKER), ("open", NOT_PRICED), ("cord", NO_MAKER)])
def test_unassigned_value_has_a_reason(catalog: Catalog, part: str, reason: str) -> None:
    assert why_unassigned(catalog, part) == reason


def test_contents_dearer_than_the_whole_are_an_error(catalog: Catalog) -> None:
    with pytest.raises(ContentError):
        earned(catalog, "poor")


@pytest.mark.parametrize("part", ["laser", "module", "els", "part_known", "box", "open", "die"])
def test_what_is_earned_is_the_price(catalog: Catalog, part: str) -> None:
    price = unit_price(catalog, part).usd
    assert price
    found = [ends(one.usd) for one in earnings(catalog, part, price, Fraction(7))]
    assert tuple(sum(end) for end in zip(*filter(None, found), strict=True)) == tuple(
        7 * end for end in ends(price) or ()
    )


def test_who_is_paid_is_weighed_by_share_and_alternate(catalog: Catalog) -> None:
    price = unit_price(catalog, "part_known").usd
    found = [
        (one.vendor, one.part, one.share, one.unit and one.unit.base)
        for one in paid_to(catalog, "part_known", price)
    ]
    assert found == [
        ("one", "module", Fraction(14, 100), 650),
        ("two", "module", Fraction(4, 100), 650),
        (UNASSIGNED, "module", Fraction(2, 100), 650),
        ("one", "laser", Fraction(30, 100), Fraction("32.5")),
        (UNASSIGNED, "part_known", Fraction(50, 100), Fraction("279.5")),
    ]


@pytest.mark.parametrize("part", ["laser", "module", "els", "part_known", "box"])
def test_what_is_paid_is_the_price(catalog: Catalog, part: str) -> None:
    price = unit_price(catalog, part).usd
    assert price
    paid = list(paid_to(catalog, part, price))
    assert sum(one.share for one in paid) == 1
    assert sum(one.share * one.unit.base for one in paid if one.unit) == price.base


def test_a_stated_price_is_that_of_each_alternate_so_that_one_path_prices_a_light_source() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648", changed={"catalog.parts.els8.price_usd": "500"})
    usual = roll_up(shipped_fabric("rubin-ultra-cpo-648")).totals.cost_usd.base
    now = roll_up(fabric)
    assert usual - now.totals.cost_usd.base == 396 * (650 - 500)
    content = sum(row.value.base for row in now.vendors if row.view == "content" and row.value)
    assert content == sum(row.value.base for row in now.vendors if row.view == "procurement" and row.value)
