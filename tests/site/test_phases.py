"""The shipped example of phases: growth that re-plugs nothing, and orders by phase."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

from click.testing import CliRunner

from tests.helpers_fabric import fabric_of
from topogen.cli import group
from topogen.diff.phases import bought, phases_of, taken_out
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.load.reading import read
from topogen.ordering.orders import Buying, order_lines
from topogen.page.sheets import to_sheets
from topogen.takeoff.roll_up import roll_up

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
FILE, TERMS = EXAMPLES / "phases.yaml", EXAMPLES / "buying" / "terms"
LISTS = ("cable_schedule", "labels")
PRICES = ["price", "template", str(FILE), "--need-by", "2027-01-01", "-o"]


def test_growth_of_the_example_moves_no_cable() -> None:
    design = read(str(FILE))
    first, last = phases_of(design.fabric, design.rollup)
    assert (first.cables.pulled, first.switch_ports) == (192, (384, 64))
    assert (last.cables.pulled, last.cables.re_terminated, last.cables.removed) == (64, 0, 0)
    assert last.switch_ports == (384, 0)
    assert design.warnings == ()


def test_switches_of_the_example_are_ordered_once() -> None:
    design = read(str(FILE))
    lines = [one for one in order_lines(design.fabric, design.rollup) if one.part == "qm9700"]
    assert [(one.phase, one.order, str(one.need_by)) for one in lines] == [("day one", 6, "2027-03-01")]


def test_each_phase_is_ordered_by_its_own_day_and_uses_what_is_left_over() -> None:
    design = read(str(FILE), catalogs=(TERMS,))
    lines = order_lines(design.fabric, design.rollup, Buying(order_date=date(2026, 11, 29)))
    cords = [one for one in lines if (one.part, one.length_mm) == ("mpo12_cord", 7_000)]
    assert [(one.phase, one.required, one.left_over, one.order, one.ordered) for one in cords] == [
        ("day one", 54, 0, 60, 60),
        ("growth", 53, 6, 48, 108),
    ]
    assert [(str(one.order_by), one.slack_days) for one in cords] == [("2027-01-18", 50), ("2027-07-21", 234)]


def test_boxes_and_kilograms_of_a_phase_are_those_of_its_order(tmp_path: Path) -> None:
    (tmp_path / "kg.yaml").write_text("parts: {mpo12_cord: {weight_kg: 0.35}, qm9700: {weight_kg: 27.7}}\n")
    design = read(str(FILE), catalogs=(TERMS, tmp_path))
    names = ("phases.csv", "order.csv")
    texts = (b"".join(export_bytes(name, design.fabric, design.rollup)).decode() for name in names)
    phases, orders = (list(csv.DictReader(StringIO(text))) for text in texts)
    for phase in phases:
        rows = [row for row in orders if row["phase"] == phase["phase"] and row["qty_order"]]
        for total, gaps, each in (
            ("boxes", "boxes_gaps", "boxes"),
            ("weight_kg", "weight_gaps", "weight_kg_total"),
        ):
            assert Decimal(phase[total]) == sum(Decimal(row[each] or 0) for row in rows), (phase, total)
            assert int(phase[gaps]) == sum(not row[each] for row in rows), (phase, gaps)
    assert [(one["boxes"], one["weight_kg"]) for one in phases] == [("18", "241.8"), ("5", "21")]
    assert all(int(one["weight_gaps"]) for one in phases)
    page = to_sheets(design.fabric, design.rollup, Options())
    for phase in phases:
        totals = f'{phase["boxes"]}</td><td class="number">at least {phase["weight_kg"]}'
        assert f'<tr><td>{phase["phase"]}</td><th colspan="3">in all' in page
        assert totals in page


def test_labels_of_a_phase_are_those_of_its_cables() -> None:
    design = read(str(FILE))
    files = [b"".join(export_bytes(f"{name}.csv", design.fabric, design.rollup)).decode() for name in LISTS]
    lines, labels = (list(csv.DictReader(StringIO(text))) for text in files)
    laid = {line["cable_id"]: line["phase"] for line in lines}
    assert Counter(laid.values()) == {"day one": 192, "growth": 64}
    assert all(laid[label["cable_id"]] == label["phase"] for label in labels)


def test_a_phase_that_is_not_there_is_refused() -> None:
    done = CliRunner().invoke(group, ["phases", str(FILE), "--phase", "grwth"])
    assert done.exit_code == 2
    assert "E779" in done.output
    assert '"growth"' in done.output


def test_a_day_for_all_phases_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(group, [*PRICES, str(tmp_path / "q.csv")])
    assert done.exit_code == 2
    assert "E776" in done.output


SPLIT = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 32, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
instances: {nic: 4, box: 1}
links:
  up: {network: scale_out, pattern: spread, a: nic.net, b: box.net, medium: copper, links_per_cable: 2}
layout: {floor: none}
phases:
  three: {need_by: 2027-03-01, instances.nic: 3}
  four: {need_by: 2027-09-01}
"""
SPLITTERS = """
parts: {splitter: {is: splitter, price_usd: 150, plugs: [1, 2]}}
media: {copper: {kind: copper, recipe: {cable: {per: link, part: {2 x 4 x 100 Gb/s: splitter}}}}}
"""


def test_a_fourth_nic_takes_the_free_leg_of_a_splitter_that_is_there() -> None:
    fabric = fabric_of(SPLIT, catalog=SPLITTERS)
    rollup = roll_up(fabric)
    first, last = phases_of(fabric, rollup)
    assert [(bought(one), taken_out(one)) for one in (*first.parts, *last.parts)] == [(2, 0), (0, 0)]
    assert (first.cables.pulled, last.cables[:4]) == (2, (0, 1, 0, 0))
    rows = list(csv.DictReader(StringIO(b"".join(export_bytes("recable.csv", fabric, rollup)).decode())))
    assert [(row["work"], row["laid_in"], row["cable_id_old"], row["a_to"], row["b_to"]) for row in rows] == [
        ("re-terminate", "three", "", "box0:net3", "nic3:net0")
    ]
