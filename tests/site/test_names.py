"""Names as the site has them: patterns, tables, and where they show."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.draw import draw
from topogen.draw.image import image_of
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_devices import to_devices
from topogen.export.to_pull_sheet import to_pull_sheet
from topogen.model.path import path_names
from topogen.model.site_names import listed_texts
from topogen.naming.rail_numbers import pods_of
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
HALL = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 32, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: node, contains: {nic: 8}}
  cab: {level: rack, slots: {U1-8: node}}
instances: {cab: 4}
fabrics:
  rail: {pattern: fat_tree, network: scale_out, ends: nic.eth, switch: sw, rails_by: node, tiers: 2}
layout:
  rows: {A: ["cab[0-1]"], B: ["cab[2-3]"]}
  rack_pitch: 600 mm
  row_pitch: 3 m
  place: {rail: middle_of_row}
"""
NAMED = """
names:
  places: {cab: "{row}{rack:02}", node: "OCP-{parent}-{n:02}"}
  devices: {nic: "{parent}-nic{n0}", rail/leaf: "{row}{rack:02}-leaf-{N}", sw: "spine-{N}"}
  ports: {nic.eth: "mlx5_{n0}", sw.p: "swp{k}"}
"""
SMALL = """
devices: {leaf: {role: switch, ports: {e: {count: 4, lanes: 4, lane_rate: 50 Gb/s}}}}
instances: {leaf: 3}
links: {up: {network: scale_out, a: leaf.e, b: leaf.e, pattern: spread}}
"""
TREE = """
devices:
  nic: {{role: nic, ports: {{eth: {{count: {planes}, lanes: 1, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{p: {{count: 4, lanes: 1, lane_rate: 100 Gb/s}}}}}}
instances: {{nic: 16}}
fabrics:
  net: {{network: scale_out, pattern: fat_tree, tiers: 3, ends: nic.eth, switch: sw, planes: {planes}}}
"""


def schedule(fabric: Fabric, columns: str = "full") -> list[dict[str, str]]:
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(columns=columns))).decode()  # type: ignore[arg-type]
    return list(csv.DictReader(text.splitlines()))


def device_names(fabric: Fabric) -> list[str]:
    site = fabric.names.devices if fabric.names else {}
    return [
        name
        for index, group in enumerate(fabric.groups)
        for name in (listed_texts(site[index]) if index in site else path_names(group.path))
    ]


def test_names_of_a_real_host_list_come_from_a_table() -> None:
    table = "path,name\nleaf0,MDC1-22-OCP-ACCESSA\nleaf1,leaf-02\nleaf2,Räck 1\n"
    names = 'names: {table: names.csv, ports: {leaf.e: "E1/{k}/1"}}\n'
    lines = schedule(fabric_of(SMALL + names, tables={"names.csv": table}), "default")
    first = lines[0]
    assert (first["a_device"], first["a_name"], first["a_port_name"]) == (
        "leaf0",
        "MDC1-22-OCP-ACCESSA",
        "E1/1/1",
    )
    assert {line["b_name"] for line in lines} == {"leaf-02", "Räck 1"}
    assert lines[2]["label_a"] == "leaf-02:E1/2/1/Räck 1:E1/2/1"
    assert lines[2]["label_b"] == "Räck 1:E1/2/1/leaf-02:E1/2/1"
    assert first["label_a"] == f"{first['cable_id']}-a"  # 40 characters are too many for a label


def test_patterns_say_row_rack_and_number() -> None:
    fabric = fabric_of(HALL + NAMED)
    names = device_names(fabric)
    assert names[0] == "OCP-A01-01-nic0"
    assert "A02-leaf-1" in names, "the switches stand in the middle of row A"
    assert "spine-1" in names
    line = schedule(fabric)[0]
    assert [line[key] for key in ("a_rack", "a_port_name", "b_name", "b_port_name", "rail", "tier")] == [
        "A01", "mlx5_0", "A02-leaf-1", "swp1", "0", "1",
    ]  # fmt: skip


def test_design_names_and_ids_stay_where_the_site_has_names() -> None:
    plain, named = schedule(fabric_of(HALL)), schedule(fabric_of(HALL + NAMED))
    keys = ("cable_id", "a_device", "a_port", "b_device", "b_port", "rail", "plane", "pod", "tier")
    assert [[line[key] for key in keys] for line in plain] == [[line[key] for key in keys] for line in named]


def test_without_names_the_name_is_the_design_name() -> None:
    for line in schedule(fabric_of(HALL)):
        assert (line["a_name"], line["b_port_name"]) == (line["a_device"], line["b_port"])
    assert "a_name" not in schedule(fabric_of(HALL), "default")[0]


def test_what_has_no_pattern_stands_behind_the_place_above() -> None:
    names = device_names(fabric_of(HALL + 'names: {places: {node: "host-{N}"}}\n'))
    assert names[8:10] == ["host-2/nic0", "host-2/nic1"]


def test_devices_are_listed_with_path_name_and_place() -> None:
    fabric = fabric_of(HALL + NAMED)
    rows = list(csv.DictReader(b"".join(to_devices(fabric, roll_up(fabric))).decode().splitlines()))
    assert len(rows) == fabric.n_devices
    assert [row["name"] for row in rows] == device_names(fabric)
    first, last = rows[0], rows[-1]
    assert [first[key] for key in ("path", "type", "row", "rack", "u", "height_u")] == [
        "cab0/node0/nic0", "nic", "A", "A01", "1", "",
    ]  # fmt: skip
    assert (last["role"], last["height_u"]) == ("switch", "1")


def test_racks_have_their_site_names_in_pull_sheet_and_pictures() -> None:
    fabric = fabric_of(HALL + NAMED)
    pulls = list(csv.DictReader(b"".join(to_pull_sheet(fabric, roll_up(fabric))).decode().splitlines()))
    assert {pull["a_rack"] for pull in pulls} >= {"A01", "A03", "B01", "B03"}
    picture = image_of(draw(fabric, roll_up(fabric), "elevation").picture, "svg").image or b""
    assert b"A01" in picture


@pytest.mark.parametrize("label", ["label_a", "label_b"])
def test_labels_are_unique_and_short(label: str) -> None:
    for text in (HALL, HALL + NAMED):
        labels = [line[label] for line in schedule(fabric_of(text))]
        assert len(set(labels)) == len(labels)
        assert max(map(len, labels)) <= 32


def test_rails_of_links_are_those_of_their_ends() -> None:
    for line in schedule(fabric_of(HALL)):
        if line["link_group"] == "rail/hosts":
            assert line["rail"] == line["a_device"].rpartition("nic")[2]


@pytest.mark.parametrize("planes", [1, 2])
def test_a_tree_of_three_tiers_has_pods_in_each_plane(planes: int) -> None:
    fabric = fabric_of(TREE.format(planes=planes))
    pods = pods_of(fabric)
    nics = pods[:16]
    assert nics.tolist() == np.repeat(np.arange(4), 4).tolist()
    lines = schedule(fabric)
    assert {line["pod"] for line in lines} == {"0", "1", "2", "3"}
    assert {line["plane"] for line in lines} == ({"0", "1"} if planes > 1 else {""})


def test_a_panel_gives_printed_cages_legs_and_names() -> None:
    text = """
devices:
  leaf: {role: switch, part: sn5600, ports: {down: {cages: 1-2, mode: 2 x 400G}}}
  host: {role: host, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {host: 4, leaf: 1}
links: {x: {network: scale_out, a: host.net, b: leaf.down, pattern: one_to_one}}
"""
    lines = schedule(fabric_of(text, shipped=True))
    assert [line["b_cage"] for line in lines] == ["1", "1", "2", "2"]
    assert [line["b_leg"] for line in lines] == ["1", "2", "1", "2"]
    assert [line["b_port_name"] for line in lines] == ["swp1s0", "swp1s1", "swp2s0", "swp2s1"]
    assert {line["b_form_factor"] for line in lines} == {"osfp"}
    assert [line["b_plug"] for line in lines] == ["1", "2", "1", "2"]


@pytest.mark.parametrize(
    ("table", "code", "place"),
    [
        ("path,name\nleaf9,x\n", "E734", "names.csv:2:1"),
        ("path,name\nleaf0,x\nleaf0,y\n", "E734", "names.csv:3:1"),
        ("path,name\nleaf0,\n", "E734", "names.csv:2:7"),
        ("path,name\nleaf0,x\nleaf1,x\n", "E733", "names.csv:3:7"),
        ("path,name\nleaf0,leaf1\n", "E733", "names.csv:2:7"),
        (f"path,name\nleaf0,{'x' * 65}\n", "E735", "names.csv:2:7"),
        ("path,label\nleaf0,x\n", "E631", "names.csv:1:6"),
    ],
)
def test_a_wrong_table_is_refused_at_its_cell(table: str, code: str, place: str) -> None:
    with pytest.raises(InputError) as refused:
        fabric_of(SMALL + "names: {table: names.csv}\n", tables={"names.csv": table})
    problem = refused.value.problems[0]
    assert (problem.code, str(problem.mark)) == (code, place)
    assert problem.hint


def test_links_of_the_pattern_rails_have_rails() -> None:
    text = (
        HALL.partition("fabrics:")[0]
        + """
links: {up: {network: scale_out, pattern: rails, rails_by: node, a: nic.eth, b: sw.p}}
names: {devices: {sw: "leaf-of-{rail0}"}}
"""
    )
    lines = schedule(fabric_of(text.replace("instances: {cab: 4}", "instances: {cab: 1, sw: 8}")))
    assert len(lines) == 64
    for line in lines:
        assert line["rail"] == line["a_device"].rpartition("nic")[2] == line["b_name"].rpartition("-")[2]
    fewer = schedule(
        fabric_of(text.replace("instances: {cab: 4}", "instances: {cab: 1, sw: 4}").partition("names:")[0])
    )
    assert {line["rail"] for line in fewer} == {str(rail) for rail in range(8)}


def test_cards_bear_the_name_of_their_host() -> None:
    names = 'names: {places: {node: "host-{N}"}, devices: {nic: "{parent}"}, ports: {nic.eth: "mlx5_{n0}"}}\n'
    lines = schedule(fabric_of(HALL + names))
    ends = {(line["a_name"], line["a_port_name"]) for line in lines if line["a_name"].startswith("host")}
    assert ends == {(f"host-{node}", f"mlx5_{card}") for node in range(1, 33) for card in range(8)}


def test_another_device_may_not_have_the_name_of_a_host_with_cards() -> None:
    names = """names:
  places: {node: "host-{N}"}
  devices: {nic: "{parent}", rail/leaf: "host-{N}"}
  ports: {nic.eth: "mlx5_{n0}"}
"""
    with pytest.raises(InputError) as refused:
        fabric_of(HALL + names)
    assert [problem.code for problem in refused.value.problems] == ["E733"]
    assert "cab0/node0 and rail/leaf0" in refused.value.problems[0].message


def test_ports_are_counted_through_all_groups_of_a_device() -> None:
    text = """
devices:
  host: {role: host, ports: {net: {count: 2, lanes: 1, lane_rate: 10 Gb/s}}}
  sw:
    role: switch
    ports: {low: {count: 2, lanes: 1, lane_rate: 10 Gb/s}, high: {count: 2, lanes: 1, lane_rate: 10 Gb/s}}
instances: {host: 2, sw: 1}
links: {x: {network: scale_out, a: host.net, b: [sw.low, sw.high], pattern: spread}}
names: {ports: {sw.low: "swp{K}", sw.high: "swp{K}", host.net: "eth{K0}"}}
"""
    ends = {(line["a_port_name"], line["b_port_name"]) for line in schedule(fabric_of(text))}
    assert {port for port, _ in ends} == {"eth0", "eth1"}
    assert {port for _, port in ends} == {"swp1", "swp2", "swp3", "swp4"}


@pytest.mark.parametrize("rails", ["", ", rails_by: node"])
def test_a_leaf_has_the_number_of_the_unit_it_serves(rails: str) -> None:
    text = HALL.replace(", rails_by: node", f"{rails}, units_by: rack")
    fabric = fabric_of(text + 'names: {devices: {rail/leaf: "leaf-{unit}-{n}"}}\n')
    for line in schedule(fabric):
        if line["b_name"].startswith("leaf-"):
            cab = line["a_device"].partition("/")[0]
            assert line["b_name"].split("-")[1] == str(int(cab.removeprefix("cab")) + 1)


@given(st.lists(TEXT, min_size=3, max_size=3, unique=True))
def test_any_text_comes_back_from_the_schedule(names: list[str]) -> None:
    text = "path,name\n" + "".join(
        f'leaf{number},"{name.replace(chr(34), chr(34) * 2)}"\n' for number, name in enumerate(names)
    )
    fabric = fabric_of(SMALL + "names: {table: names.csv}\n", tables={"names.csv": text})
    found = {line["a_device"]: line["a_name"].removeprefix("'") for line in schedule(fabric)}
    assert all(
        found[f"leaf{number}"] in {name, name.removeprefix("'")} for number, name in enumerate(names[:2])
    )
