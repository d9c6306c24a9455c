"""Gaps against the links counted one by one: what has no length, no part or no price, and how many links."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import Odd, odd_fabrics, odd_racks, quick
from topogen import table
from topogen.cabling.cables import link_lengths
from topogen.catalog.pricing import unit_price
from topogen.model.expand import OUTSIDE, expand
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.gaps import is_lower_bound, is_placeholder
from topogen.takeoff.quantities import LinkQuantity
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@quick
@given(odd_fabrics() | odd_racks())
def test_what_has_no_length_has_no_price_per_metre(odd: Odd) -> None:
    fabric = odd.fabric
    rolled = roll_up(fabric)
    for line in rolled.lines:
        part = fabric.catalog.parts[line.part]
        unknown = [row for row in line.quantities if isinstance(row, LinkQuantity) and row.has_unknown_length]
        if unknown:
            assert line.length_mm is None
            assert line.unit == unit_price(fabric.catalog, line.part).usd
            assert part.price_usd is None or line.unit == part.price_usd
        for row in line.quantities:
            if isinstance(row, LinkQuantity) and row.per == "link":
                assert ("unknown" in row.length_basis) == row.has_unknown_length


@quick
@given(odd_fabrics() | odd_racks())
def test_a_gap_of_unknown_length_names_the_links_that_have_none(odd: Odd) -> None:
    fabric = odd.fabric
    expected: Counter[str] = Counter()
    for group in fabric.links:
        medium = fabric.catalog.media[group.media[0]] if group.media else None
        line = next((one for one in medium.recipe.values() if one.per == "link"), None) if medium else None
        part = line and line.part_for(group.links_per_cable, group.lanes, group.lane_rate)
        if part and fabric.catalog.parts[part].price_per_m_usd and group.links_per_cable == 1:
            expected[part] += int((link_lengths(fabric, group, expand(fabric, group))[0] < 0).sum())
    if all(group.links_per_cable == 1 for group in fabric.links):
        found = {gap.part: gap.links for gap in roll_up(fabric).gaps if gap.reason == "no_length"}
        assert found == {part: links for part, links in expected.items() if links}


@quick
@given(odd_fabrics())
def test_a_gap_of_a_device_or_module_names_the_links_that_end_there(odd: Odd) -> None:
    fabric = odd.fabric
    for gap in roll_up(fabric).gaps:
        assert 0 <= gap.links <= fabric.n_links
        assert (gap.example is None) == (gap.links == 0)
    for row in roll_up(fabric).quantities:
        if row.line == "device" and row.cost_scope == "network_device":
            host = row.classes[0].host
            held = [group for group in fabric.groups if group.label == host]
            numbers = {n for group in held for n in range(group.first, group.first + group.count)}
            if len(held) == 1:
                touching = sum(
                    a in numbers or (b != OUTSIDE and b in numbers)
                    for group in fabric.links
                    for a, b in zip(*ends(fabric, group), strict=True)
                )
                assert sum(one.links for one in row.affects) == touching


def ends(fabric: Fabric, group: LinkGroup) -> tuple[list[int], list[int]]:
    columns = expand(fabric, group)
    return columns.a.tolist(), columns.b.tolist()


@quick
@given(odd_fabrics() | odd_racks())
def test_a_total_is_a_lower_bound_exactly_where_a_price_is_missing(odd: Odd) -> None:
    fabric = odd.fabric
    rolled = roll_up(fabric)
    for scope in COUNTED:
        rows = [row for row in rolled.quantities if row.cost_scope == scope and row.qty]
        unpriced = any(
            row.part is None or unit_price(fabric.catalog, row.part, row.length_mm).gap for row in rows
        )
        bare = scope == "interconnect" and any(
            group.media is None or not is_cabled(fabric, group) for group in fabric.links
        )
        assert is_lower_bound(rolled.gaps, scope) == (unpriced or bare)


def is_cabled(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether a medium names what runs between the ends, or needs nothing."""
    medium = fabric.catalog.media[(group.media or ("",))[0]]
    owners = {line.per for line in medium.recipe.values()}
    return (
        medium.kind == "board"
        or bool(owners & {"link", "lane"})
        or (medium.kind == "copper" and bool(owners))
    )


UFM = """
devices:
  nic: {role: nic, part: card, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  ufm: {role: host, ports: {q: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
  leaf:
    role: switch
    ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}, q: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}
instances: {nic: 8, ufm: 2, leaf: 1}
links:
  x: {network: scale_out, a: nic.p, b: leaf.p, pattern: spread, medium: m}
  y: {network: scale_out, a: ufm.q, b: leaf.q, pattern: spread, medium: m}
catalog:
  parts:
    card: {is: card, price_usd: 10}
    wide: {is: wide module, price_usd: 10, power_w: 1}
    narrow: {is: narrow module, power_w: 1}
    cord: {is: cord, price_usd: 1, power_w: 0, price_per_m_usd: 1, mpn: CORD-Nxxx}
  media:
    m:
      kind: optical
      interface: i
      fibres_per_lane: 1
      recipe:
        module: {per: end, part: {1 x 4 x 100 Gb/s: wide, 1 x 1 x 100 Gb/s: narrow}}
        cord: {per: link, part: cord}
"""


def test_gaps_name_the_links_that_use_the_piece() -> None:
    gaps = {(gap.reason, gap.part): gap for gap in roll_up(fabric_of(UFM)).gaps}
    assert gaps["no_price", "narrow"].links == 2
    assert gaps["no_length", "cord"].links == 10
    assert gaps["placeholder_mpn", "cord"].links == 10
    assert gaps["no_part", ""].cost_scope == "network_device"
    assert gaps["no_part", ""].links == 10


def test_a_network_device_without_a_part_makes_its_total_a_lower_bound() -> None:
    assert is_lower_bound(roll_up(fabric_of(UFM)).gaps, "network_device")
    bought = UFM.replace("role: switch", "role: switch\n    part: card")
    assert not is_lower_bound(roll_up(fabric_of(bought)).gaps, "network_device")


def test_optical_links_without_a_cord_are_a_gap() -> None:
    text = UFM.replace("        cord: {per: link, part: cord}\n", "")
    found = [(gap.links, gap.lacks_price) for gap in roll_up(fabric_of(text)).gaps if "no cord" in gap.what]
    assert found == [(8, True), (2, True)]


def test_the_flat_bom_states_what_a_length_rests_on() -> None:
    rows = table("bom_flat", fabric_of(UFM))
    assert dict(zip(rows["part_id"], rows["length_basis"], strict=True))["cord"] == "unknown"
    stated = UFM.replace("catalog:", "layout: {default_length: 4 m}\ncatalog:")
    rows = table("bom_flat", fabric_of(stated))
    cord = rows[rows["part_id"] == "cord"].iloc[0]
    assert cord["length_basis"] == "default"
    assert [float(cord[name]) for name in ("length_m", "unit_cost")] == [4, 5]


@pytest.mark.parametrize("mpn", ["MFP7E30-Nxxx", "A-1 / A-2", "TBD", "?", "-", "n/a"])
def test_placeholders_are_not_part_numbers(mpn: str) -> None:
    assert is_placeholder(mpn)


@pytest.mark.parametrize("mpn", ["", "980-9I31N-00NM00", "MQM9700-NS2F", "980-9IAT0-00XM00"])
def test_part_numbers_are_part_numbers(mpn: str) -> None:
    assert not is_placeholder(mpn)
