"""Orders: design, attrition, spares, packs and price breaks, in whole pieces by part and length."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.catalog.model import Part
from topogen.catalog.terms import Terms
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.ordering.arrivals import Arrival, arrivals, weight_of
from topogen.ordering.gaps import gaps_of_orders
from topogen.ordering.orders import Buying, OrderLine, order_lines
from topogen.ordering.rounding import rounded_up, whole_pieces
from topogen.ordering.stock import poisson_quantile
from topogen.report.sole_source_report import sole_source_report
from topogen.report.table import Table
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

NODES = """
devices:
  gpu: {role: gpu}
  nic: {role: nic, part: connectx7, ports: {ib: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf:
    role: switch
    part: qm9700
    height_u: 1
    ports:
      dn: {count: 32, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}
      up: {count: 32, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}
  spine:
    role: switch
    part: qm9700
    height_u: 1
    ports: {dn: {count: 64, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}
templates:
  node: {level: node, height_u: 8, contains: {gpu: 8, nic: 8}}
  rk: {level: rack, slots: {U1-8: node, U9-16: node, U17-24: node, U25-32: node, U40: leaf}}
  net: {level: rack, slots: {U40-41: spine}}
  su: {level: su, contains: {"r[1-2]": rk}}
instances: {"su[1-2]": su, net1: net}
links:
  hosts: {network: scale_out, a: nic.ib, b: leaf.dn, within: su, pattern: rails, rails_by: node, medium: dr}
  up: {network: scale_out, a: leaf.up, b: spine.dn, pattern: spread, medium: dr}
layout:
  rows: {A: ["su1/r[1-2]", net1, "su2/r[1-2]"]}
  rack_pitch: 600 mm
  tray: {where: overhead, height: 2.6 m}
  slack: {per_end: 0.3 m, percent: 5}
"""
CORD = "parts: {mpo12_cord: {BUYER}}"


def ordered(fabric: Fabric, buying: Buying | None = None) -> dict[tuple[str, int | None], OrderLine]:
    lines = order_lines(fabric, roll_up(fabric), buying or Buying())
    return {(line.part, line.length_mm): line for line in lines}


def cords(buyer: str) -> dict[int, OrderLine]:
    fabric = fabric_of(NODES, catalog=CORD.replace("BUYER", buyer), shipped=True)
    return {mm // 1000: line for (part, mm), line in ordered(fabric).items() if part == "mpo12_cord" and mm}


def steps(line: OrderLine) -> tuple[int, int, int | None]:
    return line.design, line.required, line.order


def test_cords_with_spares_come_in_whole_packs() -> None:
    found = cords("spare: {percent: 2, min: 2}, pack_qty: 12")
    assert steps(found[3]) == (96, 98, 108)
    assert steps(found[5]) == (128, 131, 132)
    assert steps(found[2]) == (32, 34, 36)


def test_an_order_is_at_least_the_minimum() -> None:
    found = cords("spare: {percent: 2, min: 2}, pack_qty: 12, moq: 100")
    assert steps(found[2]) == (32, 34, 108)
    assert steps(found[3]) == (96, 98, 108)


def test_attrition_and_spares_are_rounded_up_each() -> None:
    found = cords("attrition: 1%, spare: {percent: 2}")
    assert (found[3].attrition, found[3].spares.pieces, steps(found[3])) == (1, 2, (96, 99, 99))


def test_each_length_has_its_part_number_and_its_price_break() -> None:
    buyer = "lengths_m: {2: X-N002, 3: X-N003, 5: X-N005, 10: X-N010}, price_breaks: {100: 20}, price_usd: 28"
    fabric = fabric_of(NODES, catalog=CORD.replace("BUYER", buyer), shipped=True)
    text = b"".join(export_bytes("order.csv", fabric, roll_up(fabric))).decode()
    rows = [row for row in csv.DictReader(StringIO(text)) if row["part_id"] == "mpo12_cord"]
    assert [(row["length_m"], row["mpn"], row["unit_cost"]) for row in rows] == [
        ("2", "X-N002", "30"),
        ("3", "X-N003", "31"),
        ("5", "X-N005", "25"),  # 128 pieces reach the break: 20 + 5 m x 1
    ]
    schedule = b"".join(export_bytes("cable_schedule.csv", fabric, roll_up(fabric), Options(columns="full")))
    pulled = {(row["length_order_m"], row["mpn"]) for row in csv.DictReader(StringIO(schedule.decode()))}
    assert pulled == {("2", "X-N002"), ("3", "X-N003"), ("5", "X-N005")}


@pytest.mark.parametrize(("least", "usd"), [(95, 23), (96, 23), (97, 31)])
def test_a_price_break_holds_from_just_its_quantity_on(least: int, usd: int) -> None:
    line = cords(f"price_breaks: {{{least}: 20}}, price_usd: 28")[3]
    assert line.unit is not None
    assert line.order == 96
    assert line.unit.base == usd  # 1 USD a metre on top
    assert line.reached == (least if usd == 23 else None)


BUYERS = st.fixed_dictionaries(
    {},
    optional={
        "moq": st.integers(1, 500),
        "pack_qty": st.integers(1, 50),
        "attrition": st.integers(0, 20).map(lambda share: f"{share}%"),
        "spare": st.integers(1, 30).map(lambda share: f"{{percent: {share}, min: {share % 7}}}"),
        "price_breaks": st.just("{50: 1, 500: 0.5}"),
        "lead_time_weeks": st.integers(0, 50),
    },
)


@given(buyer=BUYERS)
def test_an_order_is_the_least_that_covers_what_is_required(buyer: dict[str, object]) -> None:
    words = ", ".join(f"{key}: {value}" for key, value in buyer.items()) or "moq: 1"
    pack, moq = int(str(buyer.get("pack_qty", 1))), int(str(buyer.get("moq", 1)))
    for line in cords(words).values():
        assert line.order is not None
        assert line.order >= line.required >= line.design
        assert line.order >= moq
        assert line.order % pack == 0
        assert line.order - pack < max(line.required, moq)


@given(buyer=BUYERS)
def test_no_total_of_the_design_changes_by_what_a_buyer_says(buyer: dict[str, object]) -> None:
    words = ", ".join(f"{key}: {value}" for key, value in buyer.items()) or "moq: 1"
    bare, told = (
        roll_up(fabric_of(NODES, catalog=CORD.replace("BUYER", said), shipped=True))
        for said in ("plugs: null", words)
    )
    assert told.totals == bare.totals
    assert [(one.part, one.qty, one.unit) for one in told.lines] == [
        (one.part, one.qty, one.unit) for one in bare.lines
    ]


@given(pieces=st.integers(0, 10**6), moq=st.integers(1, 10**4), pack=st.integers(1, 10**3))
def test_rounding_up_is_minimal(pieces: int, moq: int, pack: int) -> None:
    order = rounded_up(pieces, moq, pack)
    assert order % pack == 0
    assert (order == 0) == (pieces == 0)
    if pieces:
        assert max(pieces, moq) <= order < max(pieces, moq) + pack


@given(total=st.integers(0, 10**6), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_whole_pieces_add_up_and_are_off_by_less_than_one(total: int, weights: list[int]) -> None:
    shares = {at: Fraction(weight, sum(weights)) for at, weight in enumerate(weights)}
    pieces = whole_pieces(total, shares)
    assert sum(pieces.values()) == total
    assert all(abs(pieces[at] - total * share) < 1 for at, share in shares.items())


# Alternates


ALTERNATES = """
parts:
  mpo12_cord: {alternates: {cord_x: 60%, cord_y: 40%}, spare: {percent: 2}}
  cord_x: {like: mpo12_cord, alternates: null, spare: null, pack_qty: 10}
  cord_y: {like: mpo12_cord, alternates: null, spare: {min: 3}}
"""


def test_alternates_are_ordered_in_whole_pieces_under_their_own_terms() -> None:
    found = ordered(fabric_of(NODES, catalog=ALTERNATES, shipped=True))
    assert not any(part == "mpo12_cord" for part, _ in found)
    assert steps(found["cord_x", 3000]) == (
        58,
        60,
        60,
    )  # 57.6 by largest remainder; 2% of the part it replaces
    assert steps(found["cord_y", 3000]) == (38, 41, 41)
    assert found["cord_y", 3000].alternate_of == ("mpo12_cord",)


def test_alternates_of_alternates_share_what_is_left_to_them() -> None:
    catalog = """
parts:
  mpo12_cord: {alternates: {cord_x: 50%, cord_y: 25%}}
  cord_x: {like: mpo12_cord, alternates: {cord_y: 50%, cord_z: 50%}}
  cord_y: {like: mpo12_cord, alternates: null}
  cord_z: {like: mpo12_cord, alternates: null}
"""
    found = ordered(fabric_of(NODES, catalog=catalog, shipped=True))
    pieces = {part: line.design for (part, mm), line in found.items() if mm == 3000}
    assert pieces == {"cord_y": 48, "cord_z": 24, "mpo12_cord": 24}


# What comes inside


def test_what_is_inside_a_rack_is_not_ordered_beside_it() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = {part: line for (part, _), line in ordered(fabric).items()}
    inside = {part for part, line in found.items() if line.order is None}
    assert inside == {"b200", "grace", "connectx8", "nvswitch5", "nvlink_cartridge"}
    assert all(found[part].inside == found[part].design for part in inside)
    assert found["gb300_nvl72"].order == 4


def test_the_parts_can_be_ordered_instead_of_the_rack() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = {part: line for (part, _), line in ordered(fabric, Buying("parts")).items()}
    assert {part for part, line in found.items() if line.order is None} == {"gb300_nvl72"}
    assert found["b200"].order == 288


def test_spares_of_what_is_inside_are_ordered_by_themselves() -> None:
    catalog = """
parts:
  nic: {is: a NIC, spare: {percent: 5}, attrition: 10%}
  box: {is: a rack}
  cpu: {is: a CPU, bought_inside: []}
"""
    text = """
devices: {nic: {role: nic, part: nic}, cpu: {role: cpu, part: cpu}}
templates: {box: {level: rack, part: box, contains: {nic: 10, cpu: 2}}}
instances: {box: 3, nic: 4}
"""
    found = {part: line for (part, _), line in ordered(fabric_of(text, catalog=catalog)).items()}
    nic = found["nic"]
    assert (nic.design, nic.inside, nic.attrition, nic.spares.pieces) == (34, 30, 1, 2)
    assert (nic.required, nic.order) == (37, 7)
    assert (found["cpu"].order, found["box"].order) == (6, 3)


# Spares


CANISTERS = """
devices: {gpu: {role: gpu, ports: {p: {count: 2, lanes: 8, lane_rate: 200 Gb/s}}}}
templates:
  canister: {level: tray, part: canister, contains: {gpu: 4}}
  rack: {level: rack, contains: {canister: 8}}
instances: {rack: 4}
links: {nvl: {network: scale_up, a: gpu.p, pattern: external, to: switches, medium: cpo}}
"""
ENGINES = """
parts:
  engine: {is: an engine, field_replaceable: with_tray, failures_fit: 400, spare: {SPARE}}
  els:
    is: a light source
    failures_fit: 1000
    field_replaceable: true
    spare: {service_level: 0.99}
    lead_time_weeks: 12
  canister: {is: a canister, lead_time_weeks: 26}
media:
  cpo:
    kind: optical
    recipe:
      engine: {part: engine, per: pool, serves: 8 lanes}
      els: {part: els, per: pool, serves: 2 engine}
"""


def engines(spare: str, text: str = CANISTERS) -> dict[str, OrderLine]:
    fabric = fabric_of(text, catalog=ENGINES.replace("SPARE", spare))
    return {part: line for (part, _), line in ordered(fabric).items()}


def test_engines_that_are_not_replaced_by_themselves_are_spared_by_their_tray() -> None:
    found = engines("percent: 5")
    assert (found["engine"].design, found["engine"].spares.pieces, found["engine"].spares.rule) == (
        256, 0, "in its tray",
    )  # fmt: skip
    assert (found["canister"].design, found["canister"].spares.pieces) == (32, 2)  # 5% of 32 canisters
    assert found["canister"].spares.rule == "5%, for engine"


def test_spare_trays_cover_the_failures_of_a_lead_time() -> None:
    found = engines("service_level: 0.99")
    mean = Fraction(256 * 400 * 26 * 168, 10**9)
    assert found["canister"].spares.pieces == poisson_quantile(mean, Fraction(99, 100)) == 3
    sources = found["els"]
    assert sources.spares.pieces == poisson_quantile(
        Fraction(sources.design * 1000 * 12 * 168, 10**9), Fraction(99, 100)
    )


def test_spares_that_cannot_be_worked_out_are_a_gap() -> None:
    for wanted, text, catalog in (
        ("spares by service level need lead_time_weeks of canister", CANISTERS, ", lead_time_weeks: 26"),
        (
            "spared by canister, which is not bought as one part: give it a part",
            CANISTERS,
            "part: canister, ",
        ),
    ):
        fabric = fabric_of(
            text.replace(catalog, ""),
            catalog=ENGINES.replace("SPARE", "service_level: 0.99").replace(catalog, ""),
        )
        rollup = roll_up(fabric)
        gaps = gaps_of_orders(fabric, rollup, order_lines(fabric, rollup))
        assert wanted in [gap.what for gap in gaps if gap.reason == "no_spares"]


def test_a_row_of_unknown_spares_is_a_gap_of_what_arrives() -> None:
    catalog = ENGINES.replace("SPARE", "service_level: 0.99").replace("lead_time_weeks: 26", BOXED)
    fabric = fabric_of(CANISTERS, catalog=catalog)
    (canister,) = (line for line in order_lines(fabric, roll_up(fabric)) if line.part == "canister")
    assert (canister.order, canister.spares.pieces) == (32, None)
    found = arrivals(fabric.catalog.parts, [canister])
    assert found == {"": Arrival(boxes=8, boxes_gaps=1, weight_kg=Fraction(96), weight_gaps=1)}


BOXED = "pack_qty: 4, weight_kg: 3"

# Gaps and dates


def test_what_cannot_be_ordered_is_named() -> None:
    fabric = fabric_of(
        NODES.partition("layout:")[0] + "layout: {default_length: 10 m}",
        catalog=CORD.replace("BUYER", "mpn: TBD"),
        shipped=True,
    )
    rollup = roll_up(fabric)
    found = {(gap.reason, gap.part) for gap in gaps_of_orders(fabric, rollup, order_lines(fabric, rollup))}
    assert {("no_mpn", "connectx7"), ("default_length", "mpo12_cord")} <= found
    assert ("placeholder_mpn", "mpo12_cord") in {(gap.reason, gap.part) for gap in rollup.gaps}


def test_the_day_to_order_is_the_lead_time_before_the_day_of_need() -> None:
    catalog = CORD.replace("BUYER", "lead_time_weeks: [3, 4, 9]")
    fabric = fabric_of("need_by: 2027-03-01\n" + NODES, catalog=catalog, shipped=True)
    line = ordered(fabric, Buying(order_date=date(2027, 2, 3)))["mpo12_cord", 3000]
    assert (line.need_by, line.order_by, line.slack_days) == (date(2027, 3, 1), date(2027, 2, 1), -2)
    later = ordered(fabric, Buying(need_by=date(2027, 4, 1)))["mpo12_cord", 3000]
    assert (later.order_by, later.slack_days) == (date(2027, 3, 4), None)


def test_a_part_of_a_day_of_lead_time_is_a_day() -> None:
    catalog = CORD.replace("BUYER", "lead_time_weeks: 1.5")
    line = ordered(fabric_of("need_by: 2027-03-12\n" + NODES, catalog=catalog, shipped=True))
    assert line["mpo12_cord", 3000].order_by == date(2027, 3, 1)  # 10.5 days


def test_the_sole_source_report_has_the_share_of_each_part_with_one_maker() -> None:
    fabric = fabric_of(NODES, shipped=True)
    report = sole_source_report(fabric, roll_up(fabric))
    alone, sums = (item for item in report.items if isinstance(item, Table))
    assert {row[0] for row in alone.rows} == {"connectx7", "qm9700"}
    shares = [row[3] for row in sums.rows]
    assert sum(share for share in shares if isinstance(share, Fraction)) == 100
    costs = [row[2] for row in alone.rows]
    assert sum(cost for cost in costs if isinstance(cost, Fraction)) == sums.rows[0][2]


def test_an_alternate_without_a_price_is_a_gap_of_the_order() -> None:
    extra = (
        "parts: {osfp_400g_dr4: {alternates: {second: 50%}}, second: {like: osfp_400g_dr4, price_usd: null}}"
    )
    fabric = fabric_of(NODES, catalog=extra, shipped=True)
    rollup = roll_up(fabric)
    lines = order_lines(fabric, rollup)
    gaps = [one for one in gaps_of_orders(fabric, rollup, lines) if one.reason == "no_price"]
    ordered = [line.order for line in lines if line.part == "second"]
    assert [(one.part, one.qty) for one in gaps] == [("second", sum(filter(None, ordered)))]


@pytest.mark.parametrize(
    ("stated", "own", "told"),
    [(1000, (1000, 1000), ()), (1000, (1000, 5000), ("y",)), (900, (800, 700), ("x", "y"))],
)
def test_order_and_design_cost_the_same_or_a_gap_says_why(
    stated: int, own: tuple[int, int], told: tuple[str, ...]
) -> None:
    parts = "".join(
        f", {name}: {{like: osfp_400g_dr4, price_usd: {usd}}}" for name, usd in zip("xy", own, strict=True)
    )
    module = f"parts: {{osfp_400g_dr4: {{alternates: {{x: 30%, y: 70%}}, price_usd: {stated}}}{parts}}}"
    fabric = fabric_of(NODES, catalog=module, shipped=True)
    rolled = roll_up(fabric)
    lines = order_lines(fabric, rolled)
    counted = sum(one.extended.base for one in rolled.lines if one.part == "osfp_400g_dr4" and one.extended)
    ordered = sum(one.cost.base for one in lines if one.part in {"x", "y"} and one.cost)
    gaps = [gap.part for gap in gaps_of_orders(fabric, rolled, lines) if gap.reason == "other_price"]
    assert tuple(gaps) == told
    assert (counted == ordered) is not bool(told)


GRAMS = st.none() | st.integers(1, 5000)


@given(GRAMS, GRAMS, st.none() | st.integers(1, 100_000), st.integers(1, 999))
def test_a_cable_weighs_its_plugs_and_its_metres(
    plugs: int | None, metre: int | None, length_mm: int | None, pieces: int
) -> None:
    part = Part(
        "cord",
        "a cord",
        terms=Terms(weight_kg=None if plugs is None else Fraction(plugs, 1000)),
        weight_kg_per_m=None if metre is None else Fraction(metre, 1000),
    )
    kg = weight_of(part, length_mm, pieces)
    if plugs is None and (metre is None or length_mm is None):
        assert kg is None
    else:
        of_metres = Fraction((metre or 0) * (length_mm or 0), 1_000_000)
        assert kg == pieces * (Fraction(plugs or 0, 1000) + of_metres)
