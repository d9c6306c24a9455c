"""A policy that chooses: what each way compares, what is passed over and why, what nobody can decide."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.explain import explain
from topogen.media.measure import LinkClass, NotComparableError, measure
from topogen.report.frames import table
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import Choice

CATALOG = """
parts:
  short: {is: passive cable, price_usd: 100, power_w: 1}
  active: {is: active cable, price_usd: 300, power_w: 8}
  module: {is: twin module, price_usd: 400, power_w: 6}
  cord: {is: cord, price_usd: 10, price_per_m_usd: 2, lengths_m: [1, 5, 10], power_w: 0}
  strand: {is: strand, price_usd: 1, power_w: 0}
  engine: {is: engine, price_usd: 160, power_w: 4}
  els: {is: light source, price_usd: 90, power_w: 3}
  tray: {is: fibre tray, price_usd: 32, power_w: 0}
  secret: {is: a part nobody has a price of}
media:
  dac: {kind: copper, reach_m: {100 Gb/s: 2}, recipe: {cable: {part: short, per: link}}}
  aec: {kind: copper, reach_m: {100 Gb/s: 7}, recipe: {cable: {part: active, per: link}}}
  fast: {kind: copper, reach_m: {200 Gb/s: 7}, recipe: {cable: {part: active, per: link}}}
  dr:
    kind: optical
    reach_m: {100 Gb/s: 500}
    fibres_per_lane: 1
    recipe:
      module: {part: module, per: end}
      cord: {part: cord, per: link}
      strand: {part: strand, per: lane}
  cpo:
    kind: optical
    reach_m: {100 Gb/s: 500}
    recipe:
      engine: {part: engine, per: pool, serves: 8 lanes}
      els: {part: els, per: pool, serves: 3 engine}
      tray: {part: tray, per: device}
  dark: {kind: optical, recipe: {cable: {part: secret, per: link}}}
  bare: {kind: optical}
  table: {kind: copper, recipe: {cable: {per: link, part: {1 x 8 x 100 Gb/s: short}}}}
"""
TEXT = """
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 4, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {cage}}}}}}}}}
  sw: {{role: switch, ports: {{n: {{count: 16, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {cage}}}}}}}}}
templates: {{half: {{level: rack, slots: {{U10-13: gpu, U20: sw}}}}}}
instances: {{"r[1-2]": half}}
links:
  x: {{network: scale_up, a: gpu.n, b: sw.n, pattern: planes, medium: best, links_per_cable: {cage}}}
policies: {{best: {{choose: {choose}, among: [{among}]}}}}
layout: {{rows: {{A: ["r[1-2]"]}}, rack_pitch: 600 mm, tray: {{where: overhead, height: 2.6 m}}}}
{more}
"""


def chosen(choose: str, among: str, *, cage: int = 1, more: str = "") -> Fabric:
    text = TEXT.format(choose=choose, among=among, cage=cage, more=more)
    return fabric_of(text, catalog=CATALOG)


def media(fabric: Fabric) -> dict[str, int]:
    return {group.media[0]: group.count for group in fabric.links if group.media}


def choices(fabric: Fabric) -> list[Choice]:
    return [choice for group in fabric.links for choice in group.choices]


def reasons(fabric: Fabric, medium: str) -> set[str]:
    return {one.reason for choice in choices(fabric) for one in choice.rejected if one.medium == medium}


@pytest.mark.parametrize(
    ("choose", "among", "expected"),
    [
        ("preferred", "dac, aec, dr", {"dac": 16, "aec": 16}),
        ("preferred", "dr, dac", {"dr": 32}),
        ("cheapest", "dr, aec, dac", {"dac": 16, "aec": 16}),
        ("cheapest", "aec, cpo", {"cpo": 32}),
        ("lowest_power", "aec, dr, cpo, dac", {"dac": 16, "cpo": 16}),
        ("lowest_content", "cpo, dac", {"dac": 16, "cpo": 16}),
        ("lowest_content", "cpo, aec", {"aec": 32}),
    ],
)
def test_the_best_that_reaches_is_taken(choose: str, among: str, expected: dict[str, int]) -> None:
    assert media(chosen(choose, among)) == expected


def test_every_link_has_a_choice_and_every_other_medium_a_reason() -> None:
    fabric = chosen("cheapest", "dac, aec, dr, fast")
    assert sum(choice.links for choice in choices(fabric)) == 32
    assert all(len(choice.rejected) == 3 for choice in choices(fabric))
    assert reasons(fabric, "aec") == {"300 USD per link vs. 100 USD"}
    assert {reason.partition(",")[0] for reason in reasons(fabric, "dac")} == {"reaches 2 m"}
    assert reasons(fabric, "fast") == {"does not run at 100 Gb/s per lane"}


def test_a_tie_goes_to_the_first_of_the_list() -> None:
    fabric = chosen("lowest_content", "aec, dac")
    assert media(fabric) == {"aec": 32}
    assert "0 USD optical content per link too, aec is listed first" in reasons(fabric, "dac")


def link_class(fabric: Fabric, length_mm: int | None = 3_100) -> LinkClass:
    ports = tuple(group.type.ports[0] for group in fabric.groups[:2])
    return LinkClass(fabric.links[0], ports, length_mm)


@pytest.mark.parametrize(
    ("medium", "usd", "watts"),
    [
        ("aec", 300, 8),
        # 2 ends x 400, a cord sold at 5 m, 4 lanes x 2 strands
        ("dr", 2 * 400 + 10 + 5 * 2 + 8, 12),
        # at each end 4 / 8 engine and 1/3 light source for each, a tray for 4 ports here and 16 there
        ("cpo", 2 * (Fraction(160, 2) + Fraction(90, 6)) + 32 * Fraction(5, 16), 2 * (2 + Fraction(1, 2))),
    ],
)
def test_a_link_takes_its_share_of_cables_modules_and_pools(
    medium: str, usd: Fraction, watts: Fraction
) -> None:
    fabric = chosen("preferred", "dr")
    of = fabric.catalog.media[medium]
    assert measure(fabric.catalog, of, link_class(fabric), "cheapest") == usd
    assert measure(fabric.catalog, of, link_class(fabric), "lowest_power") == watts


def test_links_of_one_cable_and_of_one_cage_share_it() -> None:
    fabric = chosen("preferred", "dr", cage=2)
    found = measure(fabric.catalog, fabric.catalog.media["dr"], link_class(fabric), "cheapest")
    assert found == 2 * 400 / 2 + Fraction(10 + 5 * 2, 2) + 8


@pytest.mark.parametrize(
    ("medium", "length_mm", "choose", "missing"),
    [
        ("dark", 3_100, "cheapest", "no price for secret"),
        ("dark", 3_100, "lowest_power", "no power given for secret"),
        ("bare", 3_100, "cheapest", "no recipe"),
        ("table", 3_100, "lowest_content", 'recipe line "cable" names no part for 1 x 4 x 100 Gb/s'),
        ("dr", 10_001, "cheapest", "cord is not sold at 10.001 m"),
        ("dr", None, "cheapest", "length unknown, so no price for cord"),
    ],
)
def test_what_is_not_known_is_never_zero(
    medium: str, length_mm: int | None, choose: str, missing: str
) -> None:
    fabric = chosen("preferred", "dr")
    with pytest.raises(NotComparableError, match=missing):
        measure(fabric.catalog, fabric.catalog.media[medium], link_class(fabric, length_mm), choose)


def test_a_medium_without_a_price_loses_to_one_with_a_price() -> None:
    fabric = chosen("cheapest", "dark, aec")
    assert media(fabric) == {"aec": 32}
    assert reasons(fabric, "dark") == {"no price for secret"}
    assert not [problem for problem in fabric.warnings if problem.code == "W302"]


def test_where_no_price_is_known_the_first_is_taken_and_told() -> None:
    fabric = chosen("cheapest", "dark, bare")
    assert media(fabric) == {"dark": 32}
    (told,) = (problem for problem in fabric.warnings if problem.code == "W302")
    assert told.message == ('32 links of "x" cannot be compared: dark: no price for secret; bare: no recipe')


def test_a_cable_is_chosen_by_its_longest_link() -> None:
    with pytest.raises(InputError, match="E304"):
        chosen("preferred", "dac", cage=4)


def test_a_stated_length_is_what_a_choice_goes_by() -> None:
    more = "overrides: [{links: x, length: 1 m, reason: measured}]"
    assert media(chosen("preferred", "dac, aec", more=more)) == {"dac": 32}


def test_an_override_wins_and_is_the_reason() -> None:
    more = "overrides: [{links: x, at: r1/gpu, medium: dr, reason: pilot}]"
    fabric = chosen("preferred", "aec, dr", more=more)
    assert media(fabric) == {"dr": 16, "aec": 16}
    assert {choice.rule for choice in choices(fabric)} == {
        "override 1: pilot",
        "best, preferred: first with enough reach",
    }


def test_explain_says_why_and_why_not() -> None:
    fabric = chosen("cheapest", "dac, aec, dr")
    steps = explain(fabric, roll_up(fabric), "x/aec").steps
    told = [step.text for step in steps if step.label in ("chosen", "not")]
    assert told[0].startswith("best, cheapest: 300 USD per link (")
    assert any(words.startswith("dac: reaches 2 m, ") for words in told)


def test_the_table_of_link_classes_has_reach_margin_and_reasons() -> None:
    rows = table("link_classes", chosen("cheapest", "dac, aec, dr"))
    assert rows.links.sum() == 32
    assert (rows.margin_m.round(6) == (rows.reach_m - rows.length_m).round(6)).all()
    assert rows.rule_matched.str.startswith("best, cheapest: ").all()
    assert rows.alternatives_rejected.str.contains("dr: ").all()
