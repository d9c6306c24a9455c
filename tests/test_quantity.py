"""Quantities: one language for every number that can be asked of a fabric."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import topogen
from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.errors import InputError
from topogen.figures.figures import FIGURES, UNITS, asked, asked_range, bound, figure
from topogen.language.expect import ExpectSpec
from topogen.language.quantity import NARROWED, OWNED, parse_quantity
from topogen.language.quantity import UNITS as WORDS
from topogen.takeoff.roll_up import roll_up
from topogen.units import ReadError

RACK = "rubin-ultra-cpo-648"


def test_every_kind_can_be_parsed_expected_and_found() -> None:
    assert set(NARROWED) == set(FIGURES) == set(ExpectSpec.model_fields) - {"ratio"}
    assert set(WORDS) == set(UNITS)


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("engines", 792),
        ("engines in scale_up", 648),
        ("engines.scale_up", 648),
        ("engines.nic_out", 144),
        ("engines in scale_up / engines in scale_out", Fraction(9, 2)),
        ("engines per gpu", Fraction(11, 2)),
        ("engines per els", 2),
        ("lasers per els", 8),
        ("lasers in scale_up", 2592),
        ("lasers.uhp_laser in scale_out", 576),
        ("parts.engine_3t2 in scale_out per gpu", 1),
        ("links per gpu", 72 + Fraction(144, 144)),
        ("bandwidth_ends in scale_out per gpu", Fraction(16, 5)),
        ("optical_bandwidth_ends per gpu", Fraction(88, 5)),
        ("engines per rack", 792),
        ("optical_units per die", Fraction(11, 8)),
    ],
)
def test_a_figure_is_counted(key: str, found: Fraction) -> None:
    assert asked(shipped_fabric(RACK), key) == found


def test_the_share_of_a_layer_per_optical_link_leaves_out_what_is_not_optical() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    share = asked(fabric, "layers.laser_chip / cost_usd per optical link")
    whole = asked(fabric, "layers.laser_chip / cost_usd")
    assert share > whole
    optical = asked(fabric, "cost_usd per optical link")
    links = sum(
        group.count
        for group in fabric.links
        if group.media and fabric.catalog.media[group.media[0]].kind == "optical"
    )
    lines = [
        row.qty * line.unit.base
        for line in roll_up(fabric).lines
        for row in line.quantities
        if line.unit and row.medium and fabric.catalog.media[row.medium].kind == "optical"
    ]
    assert optical == sum(lines, Fraction(0)) / links


def test_low_base_and_high_go_through() -> None:
    fabric = shipped_fabric("article-three-vendors")
    total = asked_range(fabric, "cost_usd.interconnect")
    assert total == roll_up(fabric).totals.cost_usd
    each = asked_range(fabric, "cost_usd.interconnect per gpu")
    assert total.low is not None
    assert each.low == total.low / 144
    ratio = asked_range(fabric, "content.lumentum / content.tower")
    above, below = (asked_range(fabric, f"content.{vendor}") for vendor in ("lumentum", "tower"))
    assert above.low is not None
    assert ratio.low == above.low / (below.base if below.high is None else below.high)
    assert round(ratio.base, 2) == Fraction(717, 100)
    assert topogen.figure_range(fabric, "engines").low is None


def test_networks_and_the_rest_add_up() -> None:
    fabric = shipped_fabric(RACK)
    for kind in ("engines", "els", "lasers", "cost_usd"):
        parts = [asked(fabric, f"{kind} in {network}") for network in ("scale_up", "scale_out")]
        assert sum(parts) == asked(fabric, kind)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("engine in scale_up", r'(?s)E655: .*no figure "engine in scale_up".*did you mean "engines"'),
        (
            "engines in scale_upp",
            r'(?s)E655: .*"scale_upp" is not a scope, network or link group.*did you mean',
        ),
        ("engines per gpus", r'(?s)E643: .*"gpus" is nothing to divide by.*did you mean "gpu"'),
        ("hops.peers per optical link", r'(?s)E643: .*"hops" is not counted per optical link'),
        ("lasers / engines / els", r"(?s)E109: .*is not a ratio of two figures"),
        ("content", r'(?s)E655: .*no figure "content".*write "content.NAME"'),
        ("length.peers", r'(?s)E655: .*write "length.GROUP.\{min'),
        ("parts.els8 in upstairs", r'(?s)E643: .*"upstairs" is not a network'),
        ("content.nobody", r'(?s)E655: .*no vendor or layer "nobody"'),
        ("engines scale_up scale_out", r"(?s)E109: .*is not a key of this figure"),
        ("devices.nothing per die", "E655: "),
    ],
)
def test_what_cannot_be_asked_says_what_can(key: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        asked(shipped_fabric(RACK), key)


PARTLY = """
devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 2}
links: {l: {network: scale_out, a: "gpu[0].p", b: "gpu[1].p", pattern: spread, medium: m, length: 1 m}}
catalog:
  parts: {priced: {is: a, price_usd: 10}, open: {is: b}}
  media: {m: {kind: copper, recipe: {one: {part: priced, per: link}, two: {part: open, per: link}}}}
expect: {ratio: {cost_usd per gpu: at most 100, links.l / cost_usd: at least 0.01}}
"""


def test_a_ratio_that_lacks_a_price_proves_nothing_on_its_open_side() -> None:
    fabric = fabric_of(PARTLY)
    rollup = roll_up(fabric)
    assert bound(fabric, rollup, "ratio", "cost_usd / links") == "at_least"
    assert bound(fabric, rollup, "ratio", "links / cost_usd") == "at_most"
    assert bound(fabric, rollup, "ratio", "cost_usd / cost_usd per gpu") == "open"
    found = topogen.check_expectations(fabric, rollup)
    assert [(row.found, row.holds) for row in found] == [("at least 5", False), ("at most 0.1", False)]


MAKERS = """
devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 2}
links: {l: {network: scale_out, a: "gpu[0].p", b: "gpu[1].p", pattern: spread, medium: m, length: 1 m}}
catalog:
  parts:
    box: {is: a box, layer: cable, price_usd: 100, made_by: {acme: 100%}, contains: {chip: 1, die: 1}}
    chip: {is: a chip, layer: laser_chip, made_by: {tower: 100%}}
    die: {is: a die, layer: eic, price_usd: 10, made_by: {tower: 100%}}
    tie: {is: a tie, layer: fibre_cord, price_usd: 1, made_by: {tie_co: 100%}}
    open: {is: unpriced, layer: module, made_by: {open_co: 100%}, contains: {lamp: 1}}
    lamp: {is: a lamp, layer: eic, made_by: {tie_co: 100%}}
  media:
    m:
      kind: copper
      recipe: {one: {part: box, per: link}, two: {part: open, per: link}, three: {part: tie, per: link}}
"""


@pytest.mark.parametrize(
    ("key", "way"),
    [
        ("content.acme", "at_most"),  # its box still includes the chip
        ("content.tower", "at_least"),  # the chip is its
        ("content.tie_co", "at_least"),  # the lamp inside what has no price is its
        ("layers.cable", "at_most"),
        ("layers.eic", "at_least"),
        ("layers.fibre_cord", ""),
        ("procurement.acme", ""),  # what is paid for the box is known
        ("content.acme / content.tower", "at_most"),
        ("content.tower / content.acme", "at_least"),
        ("content.tower / content.tie_co", "open"),
    ],
)
def test_a_missing_price_opens_only_what_would_earn_from_it(key: str, way: str) -> None:
    fabric = fabric_of(MAKERS)
    rollup = roll_up(fabric)
    kind, _, name = key.partition(".")
    assert bound(fabric, rollup, *(("ratio", key) if "/" in key else (kind, name))) == way


@pytest.mark.parametrize(
    ("expected", "holds"),
    [("{acme: at least 80}", False), ("{acme: at most 90}", True), ("{tower: at most 10}", False),
     ("{tower: at least 10}", True)],
)  # fmt: skip
def test_what_a_maker_earns_meets_no_limit_on_its_open_side(expected: str, *, holds: bool) -> None:
    fabric = fabric_of(f"{MAKERS}expect: {{content: {expected}}}\n")
    (row,) = topogen.check_expectations(fabric, roll_up(fabric))
    assert row.holds is holds


def test_a_group_that_shares_its_parts_has_no_cost_of_its_own() -> None:
    fabric = shipped_fabric("gb300-nvl72-row", "optical")
    groups = [row.groups for row in roll_up(fabric).quantities if len(row.groups) > 1 and row.medium]
    for shared in groups[:1]:
        with pytest.raises(InputError, match=r"shares .* ask for the network"):
            asked(fabric, f"cost_usd.{shared[0]}")


@given(st.sampled_from(sorted(NARROWED)), st.sampled_from(["", *WORDS]), st.booleans())
def test_a_quantity_reads_back_as_it_is_written(kind: str, unit: str, ratio: bool) -> None:  # noqa: FBT001
    key = {"media": "l.dr", "length": "l.max"}.get(kind, "x")
    text = f"{kind}.{key}" + (f" per {unit}" if unit else "")
    if unit == "optical link" and kind not in OWNED:
        with pytest.raises(ReadError, match="is not counted per optical link"):
            parse_quantity(text)
        return
    found = parse_quantity(f"{text} / engines" if ratio else text)
    assert parse_quantity(str(found)) == found


def test_a_figure_and_its_range_have_one_base() -> None:
    fabric = shipped_fabric(RACK)
    assert figure(fabric, roll_up(fabric), "ratio", "els per gpu") == asked_range(fabric, "els per gpu").base
