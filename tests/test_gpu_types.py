"""A fabric with two types of GPU: what serves each of them alone, and what they share."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.columns.totals import PER_GPU, PER_GPU_BY_TYPE
from topogen.export.to_per_gpu import per_gpu_rows, to_per_gpu
from topogen.export.to_summary import summary_of
from topogen.figures.figures import asked
from topogen.report.bom_report import bom_report
from topogen.report.table import Table
from topogen.takeoff.gpu_types import GpuTypes, totals_by_type
from topogen.takeoff.roll_up import roll_up

TEXT = """
devices:
  gpu_a: {role: gpu, ports: {nv: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  gpu_b: {role: gpu, ports: {nv: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  nic: {role: nic, part: n, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  chip: {role: switch, part: c, ports: {p: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, part: s, ports: {p: {count: 64, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node_a: {level: node, contains: {gpu_a: 4, nic: 1, chip: 1}}
  node_b: {level: node, contains: {gpu_b: 2, nic: 2, chip: 1}}
instances: {node_a: NODES_A, node_b: NODES_B, leaf: 1}
links:
  nv_a: {network: scale_up, a: gpu_a.nv, b: chip.p, within: node, pattern: spread, medium: m}
  nv_b: {network: scale_up, a: gpu_b.nv, b: chip.p, within: node, pattern: spread, medium: m}
  up: {network: scale_out, a: nic.p, b: leaf.p, pattern: spread, medium: m}
catalog:
  parts:
    n: {is: nic, price_usd: 100, power_w: 20}
    c: {is: switch, price_usd: 500, power_w: 50}
    s: {is: switch, price_usd: 900, power_w: 700}
    cord: {is: cord, price_usd: 10, power_w: 3}
  media:
    m: {kind: copper, recipe: {cord: {per: link, part: cord}}}
expect:
  devices: {role gpu: 14}
  ratio: {links.nv_a / devices.gpu_a: 2, links.nv_b / devices.gpu_b: 1}
"""


def text_of(nodes_a: int = 2, nodes_b: int = 3) -> str:
    return TEXT.replace("NODES_A", f"{nodes_a}").replace("NODES_B", f"{nodes_b}")


def test_the_scale_up_network_serves_one_type_and_the_leaf_serves_both() -> None:
    kinds = GpuTypes(fabric_of(text_of()))
    assert kinds.counts == {"gpu_a": 8, "gpu_b": 6}
    assert kinds.served_by(["nv_a"]) == ("gpu_a",)
    assert kinds.served_by(["nv_b"]) == ("gpu_b",)
    assert kinds.served_by(["up"]) == ("gpu_a", "gpu_b")


def test_the_terminal_says_what_each_type_has_alone_and_what_types_share() -> None:
    fabric = fabric_of(text_of())
    report = bom_report(fabric, roll_up(fabric))
    (table,) = (item for item in report.items if isinstance(item, Table) and item.name == "per_gpu_by_type")
    assert [row[:5] for row in table.rows] == [
        ("gpu_a", 8, Fraction(2), Fraction(16 * 10 + 2 * 500, 8), Fraction(16 * 3 + 2 * 50, 8)),
        ("gpu_b", 6, Fraction(1), Fraction(6 * 10 + 3 * 500, 6), Fraction(6 * 3 + 3 * 50, 6)),
        (
            "gpu_a + gpu_b",
            14,
            Fraction(8, 14),
            Fraction(8 * 10 + 8 * 100 + 900, 14),
            Fraction(8 * 3 + 8 * 20 + 700, 14),
        ),
    ]


def test_figures_are_asked_by_type_and_by_role() -> None:
    fabric = fabric_of(text_of())
    assert asked(fabric, "devices.role gpu") == 14
    assert asked(fabric, "links.up at node_b / devices.gpu_b") == 1


@given(st.integers(1, 4), st.integers(1, 4))
def test_totals_by_type_add_up_to_the_totals(nodes_a: int, nodes_b: int) -> None:
    fabric = fabric_of(text_of(nodes_a, nodes_b))
    rollup = roll_up(fabric)
    found, totals = totals_by_type(fabric, rollup.quantities), rollup.totals
    assert sum(one.links for one in found) == totals.links
    assert sum(one.cost_usd.base for one in found) == totals.cost_usd.base + totals.network_device_usd.base
    assert sum(one.power_w.base for one in found) == totals.power_w.base + totals.network_device_w.base
    rows = per_gpu_rows(fabric, rollup)
    for one in found:
        mine = [row for row in rows if row["gpu_types"] == ";".join(one.types)]
        assert {row["gpus_served"] for row in mine} <= {one.gpus}
        each = sum(row.get("cost_per_gpu_served") or 0 for row in mine)  # type: ignore[misc]
        assert each == one.cost_usd.base / one.gpus


@pytest.mark.parametrize("text", [text_of(), None])
def test_columns_by_type_are_there_only_where_there_are_several_types(text: str | None) -> None:
    fabric = fabric_of(text) if text else shipped_fabric("gb300-nvl72-row")
    rollup = roll_up(fabric)
    header = next(csv.reader(StringIO(to_per_gpu(fabric, rollup))))
    assert header == [column.name for column in (*PER_GPU, *(PER_GPU_BY_TYPE if text else ()))]
    assert ("by_type" in str(summary_of(fabric, rollup)["per_gpu"])) == bool(text)
