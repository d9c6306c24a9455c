"""Diameter and weight of bundles on the printed sheets: worked by hand, rounded as stated, gaps told."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.cable_trays.bundle import bundle_diameter, bundle_size
from topogen.export.options import Options
from topogen.page.sheets import to_sheets
from topogen.takeoff.roll_up import roll_up

SITE = """
devices:
  nic: {{role: nic, ports: {{eth: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  leaf: {{role: switch, ports: {{down: {{count: 16, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{rack: {{level: rack, slots: {{U1-12: {{nic: 12}}, U40: leaf}}}}}}
instances: {{"r[1-2]": rack}}
catalog: {{parts: {{mpo12_cord: {thin}, mpo12_mmf_cord: {thick}}}}}
links:
  one: {{network: scale_out, a: "r1/nic.eth", b: "r2/leaf.down", pattern: spread, medium: dr, length: 7 m}}
  two: {{network: scale_out, a: "r2/nic[0-3].eth", b: r1/leaf.down, pattern: spread, medium: sr, length: 9 m}}
"""
KNOWN = "{diameter_mm: 2, weight_kg_per_m: 0.008}", "{diameter_mm: 3, weight_kg_per_m: 0.01}"
NOT_KNOWN = "{diameter_mm: ~, weight_kg_per_m: ~}"


def bundles(thin: str, thick: str) -> list[tuple[str, str]]:
    """Return diameter and weight of each bundle on the cover of the sheets."""
    fabric = fabric_of(SITE.format(thin=thin, thick=thick), shipped=True)
    cover = to_sheets(fabric, roll_up(fabric), Options()).partition("</section>")[0]
    number = '<td class="number">'
    return re.findall(f"<td>r2</td>{number}16</td>{number}(.*?)</td>{number}(.*?)</td>", cover)


def test_a_bundle_holds_the_cables_of_both_directions() -> None:
    """12 of 2 mm, 4 of 3 mm: 1.2 x sqrt(48 + 36) = 10.998 mm; 12 x 7 m x 8 g + 4 x 10 m x 10 g = 1.072 kg."""
    assert bundles(*KNOWN) == [("11", "1.07")]


def test_what_the_catalog_does_not_tell_is_left_out_and_said() -> None:
    """12 of 2 mm alone: 1.2 x sqrt(48) = 8.314 mm and 0.672 kg."""
    assert bundles(KNOWN[0], NOT_KNOWN) == [("at least 9", "at least 0.67")]
    assert bundles(NOT_KNOWN, NOT_KNOWN) == [("unknown", "unknown")]


def test_a_cable_without_a_length_to_order_has_no_weight() -> None:
    parts = fabric_of(SITE.format(thin=KNOWN[0], thick=KNOWN[1]), shipped=True).catalog.parts
    size = bundle_size(parts, [("mpo12_cord", "", 2), ("mpo12_cord", "2.5", 1), ("", "3", 4)])
    assert (size.cables, size.without_diameter, size.without_weight) == (7, 4, 6)
    assert size.kg == Fraction(20, 1000)


def test_one_and_two_cables_are_as_wide_as_they_are_side_by_side() -> None:
    assert bundle_diameter([(Fraction(3), 1)]) == 3
    assert bundle_diameter([(Fraction(3), 1), (Fraction(52, 10), 1)]) == 9  # 8.2
    assert bundle_diameter([]) == 0


@given(
    st.lists(
        st.tuples(st.fractions(Fraction(1, 2), 20, max_denominator=100), st.integers(1, 5000)), min_size=1
    )
)
def test_diameters_are_rounded_up_and_never_by_a_millimetre(kinds: list[tuple[Fraction, int]]) -> None:
    total = sum(count for _, count in kinds)
    found = bundle_diameter(kinds)
    if total <= 2:
        assert 0 <= found - sum(diameter * count for diameter, count in kinds) < 1
        return
    square = Fraction(144, 100) * sum(diameter**2 * count for diameter, count in kinds)
    assert (found - 1) ** 2 < square <= found**2
    with localcontext(prec=60):
        root = (Decimal(square.numerator) / square.denominator).sqrt()
        assert abs(found - root.to_integral_value(ROUND_CEILING)) <= (root % 1 == 0)
