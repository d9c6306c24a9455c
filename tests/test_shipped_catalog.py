"""The shipped catalog as data: every figure says who, when and how sure; contents never outweigh a price."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_catalog, shipped_fabric
from topogen.catalog.earnings import earnings
from topogen.catalog.pricing import NOTHING, contents, high, low, market_basis, plus, unit_price
from topogen.load.parse import parse_catalog
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.catalog.model import Part

CATALOG = parse_catalog([list(shipped_catalog())])
FIGURES = ("price_usd", "price_per_m_usd", "power_w", "failures_fit", "diameter_mm", "weight_kg_per_m")
NOT_FOUND = ("pic_coupe", "eic", "nvlink_pair", "mpo12_mmf_cord", "sn6810_ld", "sn6800_ld", "kyber_nvl144")
"""Whose price no source gives, so that none may be entered."""


@pytest.mark.parametrize("part", CATALOG.parts.values(), ids=lambda part: part.id)
def test_every_figure_says_who_when_and_how_sure(part: Part) -> None:
    for key in FIGURES:
        if getattr(part, key) is not None:
            says = part.says(key)
            assert says.source in CATALOG.sources
            assert says.as_of
            assert says.confidence
            assert says.confidence == "estimate" or not str(says.source).startswith("est_")


@pytest.mark.parametrize("name", CATALOG.parts)
def test_what_makers_earn_is_the_price(name: str) -> None:
    price = unit_price(CATALOG, name, 1000).usd
    if price is None:
        return
    total = NOTHING
    for earned in earnings(CATALOG, name, price):
        total = plus(total, earned.usd)
    assert (total.low, total.base, total.high) == (low(price), price.base, high(price))


WITHOUT_PAM4 = {"sfp_10g_sr": (1,), "sfp28_25g_sr": (1,), "qsfp28_100g_sr4": (4,)}
"""Modules of 10G and 25G lanes, which need no DSP, and the lasers of each."""


@pytest.mark.parametrize("name", [name for name in CATALOG.parts if "sfp" in name])
def test_every_pluggable_says_what_is_inside(name: str) -> None:
    inside = CATALOG.parts[name].contains
    lasers = {part: count for part, count in inside.items() if CATALOG.parts[part].layer == "laser_chip"}
    assert sum(lasers.values()) in WITHOUT_PAM4.get(name, (4, 8))
    assert {"driver", "tia"} <= inside.keys() or "driver_tia_800g" in inside
    assert "module_body" in inside
    assert any(part.startswith("dsp") for part in inside) != ("lpo" in name or name in WITHOUT_PAM4)


@pytest.mark.parametrize("part", CATALOG.parts.values(), ids=lambda part: part.id)
def test_every_price_states_its_market(part: Part) -> None:
    assert bool(market_basis(CATALOG, part)) == (unit_price(CATALOG, part.id).usd is not None)


@pytest.mark.parametrize("name", NOT_FOUND)
def test_no_price_is_invented(name: str) -> None:
    assert CATALOG.parts[name].price_usd is None


@pytest.mark.parametrize(
    ("medium", "lane_rate", "metres"),
    [
        ("dac", 50_000, 3), ("dac", 100_000, 2), ("dac", 200_000, 1), ("dac_splitter", 100_000, 3),
        ("acc", 50_000, 5), ("acc", 100_000, 5), ("acc", 200_000, 3), ("acc", 400_000, 1),
        ("aec", 50_000, 7), ("aec", 100_000, 7), ("aec", 200_000, 3), ("aec", 400_000, 1),
        ("aoc", 100_000, 30), ("sr", 100_000, 50), ("dr", 200_000, 500), ("fr", 100_000, 2_000),
        ("lr", 100_000, 10_000), ("nvlink_backplane", 200_000, 2), ("vcsel_cpo", 100_000, 50),
    ],
)  # fmt: skip
def test_reach_by_lane_rate(medium: str, lane_rate: int, metres: int) -> None:
    reach = CATALOG.media[medium].reach_mm
    assert reach is not None
    assert reach[lane_rate] == metres * 1_000


def test_a_200_mm_wafer_costs_what_the_article_says() -> None:
    die = CATALOG.parts["pic_tx"].die
    assert die
    assert die.wafer_price_usd
    assert (die.wafer_price_usd.base, die.usable_mm2) == (Fraction(7_000), Fraction(31_000))


LIT = [key for key, medium in CATALOG.media.items() if "laser_fibre" in medium.recipe]


@pytest.mark.parametrize("name", LIT)
def test_laser_fibres_follow_lasers(name: str) -> None:
    """Each laser of an ELS has one fibre: the line serves the ELS and counts its lasers."""
    recipe = CATALOG.media[name].recipe
    fibre, els = recipe["laser_fibre"], recipe["els"]
    lasers = contents(CATALOG, str(els.part))
    chips = sum(count for part, count in lasers.items() if CATALOG.parts[part].layer == "laser_chip")
    assert (fibre.serves, fibre.qty) == ((1, "els"), chips)
    assert (fibre.round_per, fibre.buildable_per) == (els.round_per, els.buildable_per)


def test_twice_the_lasers_need_twice_the_fibres() -> None:
    totals = roll_up(shipped_fabric("rubin-ultra-cpo-648", "els-1-per-engine")).totals
    assert totals.lasers == totals.laser_fibres
    assert totals.laser_fibres == 6336


def test_no_layer_of_the_shipped_catalog_is_a_collection() -> None:
    """A cord, a panel and a shuffle have different makers, as have a switch, a NIC and a rack."""
    layers = {part.layer for part in CATALOG.parts.values()}
    assert layers.isdisjoint({"fibre", "system", None})
    assert {
        CATALOG.parts[part].layer for part in ("mpo12_cord", "mpo12_panel", "shuffle_fibre", "pm_jumper")
    } == {
        "fibre_cord",
        "fibre_panel",
        "fibre_shuffle",
        "pm_fibre",
    }


def test_a_bought_box_of_optics_costs_what_its_source_says() -> None:
    """72 engines and 18 ELS of a Q3450, all at market price, come to USD 80,000, 85,000 and 90,000."""
    fabric = shipped_fabric("scaleout-10368", "cpo-bought")
    total = NOTHING
    for part, count in (("engine_1t6", 72), ("els8", 18)):
        price = unit_price(fabric.catalog, part).usd
        assert price is not None
        assert market_basis(fabric.catalog, fabric.catalog.parts[part]) == "asp"
        total = plus(total, price, Fraction(count))
    assert [round(usd) for usd in (low(total), total.base, high(total))] == [80_000, 85_000, 90_000]
