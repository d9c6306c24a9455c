"""The founding article's wafer, and what it implies: its dies for a price, its yields against geometry.

Jason's Chips, The Infinite TAM of Scale-Up CPO, early 2026, text (confidence article): a 200 mm wafer of
USD 7,000 with 31,000 mm2 usable gives 250 good dies of 50 mm2 or 160 of 80 mm2. It calls that process mature.
The 3 mm edge is not the article's. Known conflict: by its own figures the larger die yields better.
"""

from __future__ import annotations

from fractions import Fraction
from math import pi
from typing import TYPE_CHECKING

import pytest

from topogen.catalog.dies import PI, good_dies, gross_readings, implied, yield_share
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_catalog
from topogen.units import format_decimal

if TYPE_CHECKING:
    from topogen.catalog.model import Die, Part

WAFERS = """
wafers:
  w: {diameter_mm: 200, usable_mm2: 31000, price_usd: 7000}
  edge: {diameter_mm: 200, edge_mm: 3, price_usd: 7000}
"""


def die(wafer: str, area_mm2: int, how: str) -> Die:
    """Return a die as a catalog reads it."""
    found = part(wafer, area_mm2, how).die
    assert found
    return found


def part(wafer: str, area_mm2: int, how: str) -> Part:
    """Return a part that is such a die, as a catalog reads it."""
    text = f"parts: {{a: {{is: a, die: {{wafer: {wafer}, area_mm2: {area_mm2}, {how}}}}}}}"
    return parse_catalog([[Source("catalog.yaml", WAFERS + text)]]).parts["a"]


def price(wafer: str, area_mm2: int, how: str) -> Fraction:
    found = part(wafer, area_mm2, how).price_usd
    assert found
    return found.base


@pytest.mark.parametrize(("area_mm2", "good", "usd"), [(50, 250, "28"), (80, 160, "43.75")])
def test_a_claim_prices_a_die(area_mm2: int, good: int, usd: str) -> None:
    assert price("w", area_mm2, f"good_per_wafer: {good}") == Fraction(usd)


def test_the_usable_area_is_nearly_the_whole_disc() -> None:
    disc = PI * 100**2
    assert round(disc) == 31_416
    assert round(float(31_000 / disc), 3) == 0.987
    assert round(PI * 97**2) == 29_559  # with an edge of 3 mm


@pytest.mark.parametrize(("area_mm2", "dies"), [(50, 530), (80, 321)])
def test_whole_dies_inside_an_edge_of_3_mm(area_mm2: int, dies: int) -> None:
    (gross,) = gross_readings(die("edge", area_mm2, "yield_pct: 80"))
    assert gross.dies == dies
    disc, area = 194, float(area_mm2)
    assert dies == int(pi * disc**2 / (4 * area) - pi * disc / (2 * area) ** 0.5)


@pytest.mark.parametrize(
    ("area_mm2", "good", "by_area", "yield_pct", "geometric_pct", "defects"),
    [(50, 250, "620", 40.3, 47, 1.82), (80, 160, "387.5", 41.3, 50, 1.11)],
)
def test_what_the_claims_imply(
    area_mm2: int, good: int, by_area: str, yield_pct: float, geometric_pct: int, defects: float
) -> None:
    (area,) = implied(die("w", area_mm2, f"good_per_wafer: {good}"))
    assert area.gross.dies == Fraction(by_area)
    assert round(float(100 * area.yield_share), 1) == yield_pct
    assert round(float(area.defects_per_cm2), 2) == defects
    (whole,) = implied(die("edge", area_mm2, f"good_per_wafer: {good}"))
    assert round(100 * whole.yield_share) == geometric_pct


def test_the_larger_die_is_claimed_to_yield_better_which_no_defect_density_gives() -> None:
    (small,), (large,) = (
        implied(die("w", *of)) for of in ((50, "good_per_wafer: 250"), (80, "good_per_wafer: 160"))
    )
    assert large.yield_share > small.yield_share
    assert large.defects_per_cm2 < small.defects_per_cm2


@pytest.mark.parametrize(
    ("area_mm2", "claim", "good", "published", "usd"),
    [(80, (50, 250), 90, 91, "76.9"), (50, (80, 160), 356, 357, "19.6")],
)
def test_one_size_at_the_defect_density_of_the_other(
    area_mm2: int, claim: tuple[int, int], good: int, published: int, usd: str
) -> None:
    """The published 91 and 357 are rounded, here dies are whole; their prices are of the rounded ones."""
    (other,) = implied(die("w", claim[0], f"good_per_wafer: {claim[1]}"))
    found = die("w", area_mm2, f"defects_per_cm2: {format_decimal(other.defects_per_cm2, 12)}")
    assert good_dies(found) == good
    share = yield_share(found)
    assert share
    assert round(Fraction(31_000, area_mm2) * share) == published
    assert format_decimal(Fraction(7000, published), 1) == usd


@pytest.mark.parametrize(("area_mm2", "usd_by_yield"), [(50, (22, 19, 17, 15)), (80, (36, 31, 27, 24))])
def test_price_by_yield(area_mm2: int, usd_by_yield: tuple[int, ...]) -> None:
    found = [round(price("edge", area_mm2, f"yield_pct: {pct}")) for pct in (60, 70, 80, 90)]
    assert found == list(usd_by_yield)


def test_a_scribe_line_takes_its_room() -> None:
    (gross,) = gross_readings(die("edge", 50, "yield_pct: 80, scribe_mm: 0.1"))
    assert gross.dies == 514
