"""Labels: one row per plug, unique, with the ends that the cable schedule has."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_labels import to_labels
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

SPLIT = """
devices:
  gpu: {role: gpu}
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {eth: {count: 128, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {node: {level: node, contains: {gpu: 8, nic: 8}}}
instances: {node: NODES}
fabrics:
  net:
    {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, rails_by: node, switch: leaf,
     medium: dac_splitter, links_per_cable: 2}
"""


def labels(fabric: Fabric) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(b"".join(to_labels(fabric, roll_up(fabric))).decode())))


def schedule(fabric: Fabric) -> list[dict[str, str]]:
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(columns="full"))).decode()
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "h100-superpod", "meta-roce-pod"])
def test_a_cable_has_the_two_labels_of_the_schedule(name: str) -> None:
    fabric = shipped_fabric(name)
    rows, lines = labels(fabric), schedule(fabric)
    expected = Counter((line["cable_id"], line[f"label_{side}"]) for line in lines for side in "ab")
    assert Counter((row["cable_id"], row["label"]) for row in rows) == expected
    assert max(Counter(row["label"] for row in rows).values()) == 1
    ends = {(line["a_name"], line["a_port_name"], line["b_name"], line["b_port_name"]) for line in lines}
    for row in rows:
        here, there = (row["device"], row["port"]), (row["to_device"], row["to_port"])
        assert ((*here, *there) in ends) or ((*there, *here) in ends)


@pytest.mark.parametrize(("nodes", "plugs"), [(8, 32), (7, 32)])
def test_a_splitter_has_a_label_at_its_plug_and_one_at_each_leg(nodes: int, plugs: int) -> None:
    rows = labels(fabric_of(SPLIT.replace("NODES", str(nodes)), shipped=True))
    at_leaves = [row for row in rows if "leaf" in row["device"]]
    assert len(at_leaves) == plugs
    assert len(rows) == plugs + 8 * nodes
    assert all(row["label"] for row in rows)
    assert max(Counter(row["label"] for row in rows).values()) == 1
