from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of
from topogen.catalog.model import Medium
from topogen.errors import InputError
from topogen.media.medium import line_lanes, links_fibres, links_pairs, pairs, strands
from topogen.model.links import LinkGroup

G = 100_000


def group(lanes: int | None = 4, lane_rate: int | None = G, *, bidi: bool = False) -> LinkGroup:
    """Return a link group of so many lanes."""
    rate = (lanes or 1) * (lane_rate or G)
    return LinkGroup(
        "x", "scale_up", 1, rate, lanes, lane_rate, bidi, ("m", "m"), 1, None, "", "planes", None, ()
    )


def optical(per_lane: str = "1", lane_rate: int | None = None) -> Medium:
    return Medium("m", "optical", lane_rate=lane_rate, fibres_per_lane=Fraction(per_lane))


@pytest.mark.parametrize(
    ("made", "medium", "expected"),
    [
        (group(4), optical(), 8),
        (group(4, bidi=True), optical(), 4),
        (group(4), optical("1/4"), 2),  # four wavelengths on a fibre
        (group(3), optical("1/4"), 2),  # never less than a whole fibre
        (group(2, 2 * G), optical("1", G), 8),  # light at half the rate: twice the lanes
        (group(3, 2 * G), optical("1/2", G), 6),
        (group(None, None), optical(), None),
        (group(4), Medium("m", "copper"), None),
        (group(4), Medium("m", "optical"), None),
    ],
)
def test_fibres_of_a_link(made: LinkGroup, medium: Medium, expected: int | None) -> None:
    assert strands(made, medium) == expected


@pytest.mark.parametrize(
    ("made", "medium", "expected"),
    [
        (group(2), Medium("m", "copper"), 4),
        (group(2, bidi=True), Medium("m", "copper"), 2),
        (group(2), Medium("m", "board"), 4),
        (group(None, None), Medium("m", "copper"), None),
        (group(2), optical(), None),
    ],
)
def test_pairs_of_a_link(made: LinkGroup, medium: Medium, expected: int | None) -> None:
    assert pairs(made, medium) == expected


@pytest.mark.parametrize(("rate", "lanes"), [(None, 3), (G, 6), (2 * G, 3), (4 * G, 2), (7 * G, 1)])
def test_lanes_on_the_line_carry_at_least_those_of_the_port(rate: int | None, lanes: int) -> None:
    assert line_lanes(3, 2 * G, Medium("m", "optical", lane_rate=rate)) == lanes


JOINED = """
devices:
  a: {{role: gpu, ports: {{p: {{count: 1, lanes: 2, lane_rate: 200 Gb/s}}}}}}
  b: {{role: switch, ports: {{p: {{count: 9, lanes: 2, lane_rate: 200 Gb/s}}}}}}
instances: {{a: 2, b: 1}}
links: {{x: {{network: scale_up, a: a.p, b: b.p, pattern: planes, length: {length}, medium: {medium}}}}}
"""
CATALOG = """
media:
  cu: {kind: copper, reach_m: {200 Gb/s: [0.5, 1, 1.5]}}
  old: {kind: copper, reach_m: {100 Gb/s: 2}}
  dr: {kind: optical, interface: dr, fibres_per_lane: 1}
  cpo: {kind: optical, interface: dr, fibres_per_lane: 1}
  sr: {kind: optical, interface: sr}
  plain: {kind: optical}
  slow: {kind: optical, lane_rate: 100 Gb/s, reach_m: {100 Gb/s: 2}}
"""


def joined(medium: str, length: str = "1 m") -> LinkGroup:
    return fabric_of(JOINED.format(medium=medium, length=length), catalog=CATALOG).links[0]


@pytest.mark.parametrize("medium", ["cu", "dr", "{a: dr, b: cpo}", "{a: plain, b: plain}", "slow"])
def test_ends_that_meet_within_reach_are_accepted(medium: str) -> None:
    assert joined(medium).count == 2


@pytest.mark.parametrize(
    ("medium", "length", "message"),
    [
        ("cu", "1001 mm", "E301 .*: 2 links are 1.001 m long; cu reaches 1 m at 200 Gb/s per lane"),
        ("slow", "3 m", "E301 .*: 2 links are 3 m long; slow reaches 2 m at 100 Gb/s per lane"),
        ("old", "1 m", "E303 .*: old does not run at 200 Gb/s per lane"),
        ("{a: dr, b: sr}", "1 m", r'E305 .*: incompatible interfaces: a is "dr" \(dr\), b is "sr" \(sr\)'),
        ("{a: plain, b: cu}", "1 m", r'E305 .*: incompatible interfaces: a is "plain" \(plain\)'),
    ],
)
def test_ends_that_do_not_meet_or_reach_are_refused(medium: str, length: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        joined(medium, length)


def test_a_medium_with_two_ends_has_no_place_among_equals() -> None:
    text = JOINED.format(length="1 m", medium="{a: dr, b: cpo}").replace(
        "b: b.p, pattern: planes", "b: a.p, pattern: full_mesh"
    )
    with pytest.raises(InputError):
        fabric_of(text, catalog=CATALOG)


def test_totals_of_a_group_are_links_times_strands_or_pairs() -> None:
    fibre = fabric_of(JOINED.format(medium="dr", length="1 m"), catalog=CATALOG)
    copper = fabric_of(JOINED.format(medium="cu", length="1 m"), catalog=CATALOG)
    assert (links_fibres(fibre, fibre.links[0]), links_pairs(fibre, fibre.links[0])) == (2 * 4, None)
    assert (links_fibres(copper, copper.links[0]), links_pairs(copper, copper.links[0])) == (None, 2 * 4)
