"""Counts beyond 2^31 are exact, whatever is counted with inside."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO

import pytest

from tests.helpers_fabric import fabric_of
from topogen.export import export_bytes
from topogen.export.options import DEFAULT
from topogen.graph.by_group import group_graph
from topogen.takeoff.roll_up import roll_up

RACKS = """
devices:
  gpu: {{role: gpu, part: g, ports: {{one: {port}, two: {port}, three: {port}}}}}
  chip: {{role: switch, part: c, ports: {{one: {port}, two: {port}, three: {port}}}}}
templates: {{shelf: {{level: rack, slots: {{U1: gpu, U20: chip}}}}}}
instances: {{"r[1-{racks}]": shelf}}
links:
  x: {{{link}, a: gpu.one, b: chip.one}}
  y: {{{link}, a: gpu.two, b: chip.two}}
  z: {{{link}, a: gpu.three, b: chip.three}}
catalog:
  parts:
    cord: {{is: cord, price_usd: 3.01}}
    fibre: {{is: fibre, price_usd: 1}}
    c: {{is: chip, price_usd: 7}}
    g: {{is: gpu}}
  media:
    cu:
      kind: copper
      recipe: {{cable: {{part: cord, per: link}}, wire: {{part: fibre, per: lane, qty: 3}}}}
"""
PORT = "{count: 30011, lanes: 2, lane_rate: 100 Gb/s}"
LINK = "network: scale_up, within: rack, pattern: full_mesh, links_per_pair: 30011, medium: cu"


@pytest.mark.parametrize("racks", [3, 50_021, 71_549])
def test_a_bom_of_many_equal_racks_is_that_of_one_times_their_number(racks: int) -> None:
    fabric = fabric_of(RACKS.format(racks=racks, port=PORT, link=LINK))
    rollup = roll_up(fabric)
    links = 3 * 30_011 * racks
    assert fabric.n_links == links
    quantities = {line.part: line.qty for line in rollup.lines}
    assert quantities == {"cord": links, "fibre": links * 4 * 3, "c": racks, "g": racks}
    assert rollup.totals.cost_usd.base == links * Fraction("3.01") + links * 4 * 3
    edges = group_graph(fabric).edges(data=True)
    assert sum(edge["links"] for *_, edge in edges) == links
    text = b"".join(export_bytes("pull_sheet.csv", fabric, rollup, DEFAULT)).decode()
    assert sum(int(row["cables"]) for row in csv.DictReader(StringIO(text))) == links
