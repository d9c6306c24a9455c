from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of, figure_of, shipped_fabric
from topogen.errors import InputError
from topogen.takeoff.roll_up import RollUp, VendorRow, buildable_rows, roll_up
from topogen.units import Triple

TEXT = """
devices:
  gpu: {role: gpu, part: g, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, part: s, ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 3, box: 1}
links:
  x: {network: scale_up, a: gpu.p, b: box.p, pattern: planes, length: LENGTH, medium: m}
  bare: {network: scale_out, a: box.p, pattern: external, to: out}
catalog:
  parts:
    g: {is: gpu, price_usd: 30000}
    s: {is: switch, price_usd: [900, 1000, 1200], made_by: {two: 50%}}
    cord: {is: cord, price_usd: 10, price_per_m_usd: 2, lengths_m: [1, 3], power_w: 0}
    module:
      is: module
      price_usd: [90, 100, 120]
      power_w: [14, 15, 17]
      contains: {chip: 2, dsp: 1}
      made_by: {one: 100%}
    chip: {is: laser, layer: laser_chip, price_usd: 5}
    dsp: {is: dsp}
    engine: {is: engine}
    els: {is: light, price_usd: 60, contains: {chip: 8}}
  media:
    m:
      kind: optical
      fibres_per_lane: 1
      recipe:
        cord: {per: link, part: cord}
        module: {per: end, part: {1 x 4 x 100 Gb/s: module}}
        row: {per: end, part: {2 x 4 x 100 Gb/s: module}}
        engine: {per: pool, part: engine, serves: 8 lanes, spare: 1}
        els: {per: pool, part: els, serves: 2 engine, round_per: fabric}
"""


def rolled(length: str = "2 m") -> RollUp:
    return roll_up(fabric_of(TEXT.replace("LENGTH", length)))


def test_one_line_a_part_and_length_interconnect_first() -> None:
    lines = [(line.part, line.length_mm, line.cost_scope, line.qty) for line in rolled().lines]
    assert lines == [
        ("cord", 3000, "interconnect", 6),
        ("els", None, "interconnect", 3),
        ("engine", None, "interconnect", 6 + 4),
        ("module", None, "interconnect", 12),
        ("s", None, "network_device", 1),
        ("g", None, "host", 3),
    ]


def test_extended_is_quantity_times_unit_and_hosts_are_not_summed() -> None:
    lines = {line.part: line for line in rolled().lines}
    assert lines["cord"].unit
    assert lines["cord"].unit.base == 10 + 3 * 2
    assert lines["cord"].extended
    assert lines["cord"].extended.base == 6 * 16
    assert lines["g"].unit
    assert (lines["g"].extended, lines["engine"].extended) == (None, None)


def test_totals_are_of_the_interconnect_and_of_network_devices() -> None:
    totals = rolled().totals
    assert totals.cost_usd.base == 6 * 16 + 3 * 60 + 12 * 100
    assert totals.cost_usd.low == 6 * 16 + 3 * 60 + 12 * 90
    assert totals.network_device_usd.high == 1200
    assert totals.power_w == Triple(Fraction(168), Fraction(180), Fraction(204))
    assert (totals.gpus, totals.links, totals.fibres) == (3, 6 + 2, 6 * 8)


def test_spares_are_fitted_but_not_active() -> None:
    totals = rolled().totals
    assert (totals.engines_active, totals.engines_fitted) == (6, 10)
    assert totals.els == 3
    assert totals.lasers == 12 * 2 + 3 * 8  # in modules and in ELS


def test_content_counts_lasers_wherever_they_are() -> None:
    assert rolled().content == {"chip": 12 * 2 + 3 * 8, "dsp": 12}


@pytest.mark.parametrize(
    ("length", "reason", "part", "qty"),
    [
        ("2 m", "no_part", "", 0),
        ("2 m", "no_price", "engine", 10),
        ("2 m", "no_content_price", "module", 12),
        ("2 m", "no_power", "els", 3),
        ("4 m", "not_sold", "cord", 6),
    ],
)
def test_gaps_say_what_the_totals_lack(length: str, reason: str, part: str, qty: int) -> None:
    assert (reason, part, qty) in [(gap.reason, gap.part, gap.qty) for gap in rolled(length).gaps]


def test_no_length_is_a_gap_of_the_metres_only() -> None:
    text = TEXT.replace("b: box.p, pattern: planes, length: LENGTH", "pattern: external, to: out")
    made = roll_up(fabric_of(text))
    cord = next(line for line in made.lines if line.part == "cord")
    assert cord.unit
    assert cord.unit.base == 10
    assert "no_length" in [gap.reason for gap in made.gaps if gap.part == "cord"]


def test_each_gap_is_told_once() -> None:
    gaps = [(gap.reason, gap.part, gap.groups, gap.what) for gap in rolled().gaps]
    assert len(gaps) == len(set(gaps))


def values(rows: tuple[VendorRow, ...], view: str) -> Fraction:
    return sum((row.value.base for row in rows if row.view == view and row.value), Fraction(0))


def test_both_views_come_to_the_bill() -> None:
    made = rolled()
    bill = made.totals.cost_usd.base + made.totals.network_device_usd.base
    assert values(made.vendors, "procurement") == values(made.vendors, "content") == bill


def test_a_missing_share_is_a_row_of_its_own() -> None:
    rows = {(row.view, row.vendor, row.part): row.value for row in rolled().vendors}
    for vendor in ("two", "unassigned"):
        value = rows["procurement", vendor, "s"]
        assert value
        assert value.base == 500


ASSEMBLY = """
devices: {{box: {{role: switch, part: a}}}}
instances: {{box: 2}}
catalog:
  parts:
    a: {{is: a, price_usd: 100, {keys}}}
    b: {{is: b, price_usd: {b}, made_by: {{x: 100%}}}}
    c: {{is: c, price_usd: 120, made_by: {{y: 100%}}}}
"""


@pytest.mark.parametrize(
    ("keys", "b"),
    [
        ("alternates: {b: 50%, c: 50%}", 90),
        ("alternates: {b: 50%, c: 50%}", 190),
        ("alternates: {b: 50%}", 90),
        ("contains: {b: 1}, alternates: {c: 20%}", 90),
    ],
)
def test_a_price_beside_alternates_is_refused_or_adds_up(keys: str, b: int) -> None:
    try:
        made = roll_up(fabric_of(ASSEMBLY.format(keys=keys, b=b)))
    except InputError:
        return
    assert values(made.vendors, "procurement") == values(made.vendors, "content") == 200
    assert all(row.value is None or row.value.base >= 0 for row in made.vendors)


def test_contents_dearer_than_the_whole_are_refused_with_their_name() -> None:
    with pytest.raises(InputError, match=r'E514.*"a"'):
        roll_up(fabric_of(ASSEMBLY.format(keys="contains: {b: 2}", b=60)))


def test_rows_that_differ_when_built_are_named() -> None:
    rows = buildable_rows(roll_up(shipped_fabric("rubin-ultra-cpo-648")).quantities)
    assert [(row.part, row.network, row.qty, row.buildable) for row in rows] == [
        ("engine_3t2", "scale_up", 648, 720),
        ("els8", "scale_up", 324, 336),
        ("pm_jumper", "scale_up", 2592, 2688),
        ("els8", "scale_out", 72, 144),
        ("pm_jumper", "scale_out", 576, 1152),
    ]


def test_the_power_of_network_devices_is_told_and_partial_where_one_has_none() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    totals = roll_up(fabric).totals
    parts = fabric.catalog.parts
    devices = [line for line in roll_up(fabric).lines if line.cost_scope == "network_device"]
    known = sum(watts.base * line.qty for line in devices if (watts := parts[line.part].power_w))
    assert totals.network_device_w.base == known == figure_of(fabric, "power_w", "network_device")
    assert totals.network_device_w_partial
