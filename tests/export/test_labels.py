"""Labels: one row per plug, unique, with the ends that the cable schedule has."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.errors import InputError
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


def named(label: str) -> Fabric:
    text = """
devices:
  host: {role: host, ports: {net: {count: 2, lanes: 1, lane_rate: 10 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 8, lanes: 1, lane_rate: 10 Gb/s}}}
instances: {host: 2, sw: 1}
links: {x: {network: scale_out, a: host.net, b: sw.p, pattern: spread}}
"""
    return fabric_of(f"{text}names: {{{label}}}\n")


def test_the_site_says_what_stands_on_a_label() -> None:
    fabric = named('label: "{name}:{port} > {to_name}:{to_port} {side}{leg}", ports: {host.net: "eth{k}"}')
    found = [row["label"] for row in labels(fabric)]
    assert found[1] == "host0:eth2 > sw0:p1 a"
    assert found[5] == "sw0:p1 > host0:eth2 b"
    assert schedule(fabric)[1]["label_b"] == found[5]


def test_a_label_is_a_cell_that_no_spreadsheet_runs() -> None:
    found = [row["label"] for row in labels(named('label: "={cable_id}, {side}"'))]
    assert all(label.startswith("'=c") and label[-3:] in {", a", ", b"} for label in found)


@pytest.mark.parametrize(
    ("label", "code", "said"),
    [
        (
            'label: "{name} to {to_name}"',
            "E831",
            'host1:net0 and host1:net1 have the same label "host1 to sw0"',
        ),
        ('label: "{to_rack}"', "E831", 'have the same label ""'),
        ('label: "{cable_id}, {side}", label_length: 15', "E832", "has 16 characters; label_length is 15"),
        ('label: "{colour}"', "E730", "has no field {colour}"),
    ],
)
def test_labels_that_are_alike_or_too_long_are_refused_where_they_are_asked_for(
    label: str, code: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        labels(named(label))
    problem = refused.value.problems[0]
    assert (problem.code, problem.path) == (code, "names.label")
    assert said in problem.message
    assert problem.mark
    assert problem.hint


def test_legs_of_a_splitter_tell_their_labels_apart() -> None:
    text = SPLIT.replace("NODES", "4")
    form = 'names: {label: "{cable_id}-{side}LEG"}\n'
    with pytest.raises(InputError, match="E831"):
        labels(fabric_of(text + form.replace("LEG", ""), shipped=True))
    found = [row["label"] for row in labels(fabric_of(text + form.replace("LEG", "{leg}"), shipped=True))]
    assert len(set(found)) == len(found) == 16 + 32


def test_a_stated_length_lets_longer_labels_stand() -> None:
    found = [row["label"] for row in labels(named("label_length: 14"))]
    assert all(len(label) <= 15 and label[0] == "c" for label in found)
    assert labels(named("label_length: 17"))[0]["label"] == "host0:net0/sw0:p0"
