"""Switches that are boxes of chips: the same network as without boxes; a box stands and fails as one."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import ROOT, fabric_of
from topogen.checks.expectations import check_expectations
from topogen.checks.expectations import failures as failures_of
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.figures.counts import devices
from topogen.model.expand import expand
from topogen.model.fabric import Fabric, device_name
from topogen.model.site_names import listed_texts
from topogen.naming.rail_numbers import plane_of
from topogen.structure.rails import check_rails
from topogen.study.failures import failures
from topogen.takeoff.roll_up import roll_up

FILE = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 25 Gb/s}}}}}}
  chip: {{role: switch, ports: {{net: {{count: 8, lanes: 4, lane_rate: 25 Gb/s}}}}}}
templates:
  node: {{level: node, contains: {{nic: 2}}}}
  box: {{level: tray, height_u: 4{part}, contains: {{chip: {chips}}}}}
  cabinet: {{level: rack, height_u: 42}}
instances: {{node: {nodes}, cabinet: 3}}
catalog: {{parts: {{chassis: {{is: switch of several chips, price_usd: 100, power_w: 1000}}}}}}
fabrics:
  net: {{network: storage, pattern: fat_tree, ends: nic.net, switch: {switch}, planes: {planes}, {keys}}}
layout: {{place: {{{place}}}, floor: none}}
"""


def boxed(switch: str = "box", keys: str = "tiers: 2", **changed: object) -> Fabric:
    """Return a fat tree whose switches are boxes of two chips, or are what the text says."""
    values = {"ports": 2, "planes": 2, "chips": 2, "nodes": 12, "place": "", "part": "", **changed}
    return fabric_of(FILE.format(switch=switch, keys=keys, **values))


def graph_of(fabric: Fabric) -> nx.MultiGraph[Any]:
    """Return the network with each switch as role, plane and number in its plane, and ports on links."""
    names: list[Any] = [device_name(fabric, device) for device in range(fabric.n_devices)]
    planes = plane_of(fabric, "net", fabric.spec.fabrics["net"].planes)
    for group in fabric.groups:
        if group.role:
            seen: dict[int, int] = {}
            for device in range(group.first, group.first + group.count):
                plane = int(planes[device])
                names[device] = (group.role, plane, seen.setdefault(plane, 0))
                seen[plane] += 1
    graph: nx.MultiGraph[Any] = nx.MultiGraph()
    for link in fabric.links:
        columns = expand(fabric, link)
        for a, b, one, two in zip(columns.a, columns.b, columns.a_port, columns.b_port, strict=True):
            graph.add_edge(names[a], names[b], key=(link.name, int(one), int(two)))
    return graph


@settings(max_examples=40, deadline=None)
@given(
    chips=st.integers(1, 4),
    sets=st.integers(1, 2),
    nodes=st.integers(1, 24),
    tiers=st.integers(1, 3),
    rails=st.booleans(),
    spine=st.booleans(),
)
def test_the_network_is_that_of_planes_without_boxes(
    chips: int, sets: int, nodes: int, tiers: int, *, rails: bool, spine: bool
) -> None:
    planes = chips * sets
    keys = f"tiers: {tiers}{', rails_by: node' * rails}{', even: false' * (nodes % 2)}"
    nodes = min(nodes, 4) if tiers == 1 else nodes
    numbers = {"chips": chips, "planes": planes, "ports": planes, "nodes": nodes}
    some = "box" if spine or tiers == 1 else "{leaf: box, spine: chip, core: box}"
    try:
        plain = boxed("chip", keys, **numbers)
    except InputError:
        return
    there = boxed(some, keys, **numbers)
    assert nx.utils.graphs_equal(graph_of(plain), graph_of(there))
    assert all(rule.violations == 0 for rule in check_rails(there))
    for group in there.groups:
        if group.is_boxed:
            chip = np.arange(group.count) % chips
            assert (group.planes(planes) % chips == chip).all()
            assert np.bincount(group.planes(planes)).tolist() == [group.count // planes] * planes


def test_chips_are_counted_by_role_and_boxes_by_template() -> None:
    fabric = boxed(nodes=16)
    bill = roll_up(fabric)
    counts = {
        key: devices(fabric, bill, key) for key in ("net/leaf", "net/leaf[0-1]", "box", "chip", "net/box")
    }
    assert counts == {"net/leaf": 16, "net/leaf[0-1]": 4, "box": 12, "chip": 24, "net/box": 12}


def test_a_box_is_bought_once_and_its_chips_are_not() -> None:
    fabric = boxed(part=", part: chassis")
    bill = roll_up(fabric)
    (line,) = (one for one in bill.lines if one.part == "chassis")
    assert line.qty == devices(fabric, bill, "box") == devices(fabric, bill, "chip") / 2
    assert not any("chip" in str(gap) for gap in bill.gaps)
    assert any("chip" in str(gap) for gap in roll_up(boxed()).gaps)


@pytest.mark.parametrize("keys", ["tiers: 2, per_rack: {leaf: 2, spine: 1}", "tiers: 2"])
def test_chips_stand_where_their_box_does(keys: str) -> None:
    fabric = boxed(keys=keys, place="" if "per_rack" in keys else "net: cabinet")
    taken: set[tuple[int, int]] = set()
    for group in fabric.groups:
        if group.is_boxed:
            numbers = group.first + np.arange(group.count).reshape(-1, group.chips)
            rack, unit = fabric.sites.rack[numbers], fabric.sites.unit[numbers]
            assert (rack == rack[:, :1]).all()
            assert (unit == unit[:, :1]).all()
            assert (unit > 0).all()
            for where in zip(rack[:, 0].tolist(), unit[:, 0].tolist(), strict=True):
                spots = {(where[0], where[1] + above) for above in range(4)}
                assert not taken & spots
                taken |= spots


def test_a_box_fails_with_all_its_chips() -> None:
    worst = {one.element: one.links_lost for one in failures(boxed()).kinds}
    assert worst["box"] == 2 * (worst["net/leaf"] or 0) > 0


def test_its_own_schedule_pins_every_port() -> None:
    fabric = boxed()
    table = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()
    text = FILE.format(
        switch="box",
        keys="tiers: 2, ports_from: ids.csv",
        ports=2,
        planes=2,
        chips=2,
        nodes=12,
        place="",
        part="",
    )
    again = fabric_of(text, tables={"ids.csv": table})
    assert nx.utils.graphs_equal(graph_of(fabric), graph_of(again))


def test_watts_of_a_box_count_in_its_rack() -> None:
    text = FILE.replace("level: rack,", "level: rack, power_w: 2000,")
    values = {"ports": 2, "planes": 2, "chips": 2, "nodes": 12, "part": ", part: chassis"}
    fabric = fabric_of(text.format(switch="box", keys="tiers: 2", place="net: cabinet", **values))
    (warning,) = (one for one in roll_up(fabric).warnings if one.code == "W405")
    assert "4 x box 4,000 W" in warning.message


def test_boxes_have_names_of_their_racks() -> None:
    names = "names: {places: {box: '{rack_name}-u{u}'}, devices: {net/leaf: '{parent}-asic{n}'}}\n"
    fabric = fabric_of(
        FILE.format(
            switch="box", keys="tiers: 2", ports=2, planes=2, chips=2, nodes=12, place="net: cabinet", part=""
        )
        + names
    )
    group = next(one for one in fabric.groups if one.role == "net/leaf")
    assert fabric.names
    named = listed_texts(fabric.names.devices[fabric.groups.index(group)])
    assert named[:3] == ["cabinet0-u1-asic1", "cabinet0-u1-asic2", "cabinet0-u5-asic1"]


@pytest.mark.parametrize("name", ["boxes", "box_panel", "leaf_in_a_unit"])
def test_the_examples_come_out_as_they_expect(name: str) -> None:
    text = (ROOT / "docs" / "examples" / f"{name}.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("#", "topogen:", "name:"))]
    fabric = fabric_of("\n".join(kept), shipped=True)
    assert fabric.spec.expect.devices
    assert not failures_of(fabric, check_expectations(fabric, roll_up(fabric)))
