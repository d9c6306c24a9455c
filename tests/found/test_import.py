"""``topogen import``: files of other programs become topologies of the same cables and names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.found.dot import read_dot
from topogen.found.ibnetdiscover import read_ibnetdiscover
from topogen.found.infragraph import read_infragraph
from topogen.found.tables import read_table
from topogen.found.topology import imported

if TYPE_CHECKING:
    from pathlib import Path

DOT = """graph site {
  // leaves
  "leaf01" [function="leaf" memory="768"]
  "leaf02" [function="leaf"]
  "spine-a" [function="spine"]
  "leaf01":"swp51" -- "spine-a":"swp1"
  "leaf02":"swp51" -- "spine-a":"swp2" [left_mac="00:03:00:11:11:01"]
  "leaf01":"swp49" -- "leaf02":"swp49"; leaf02:eth0 -- oob:swp1
}
"""
IB = """#
vendid=0x2c9
Switch\t40 "S-1"\t\t# "MF0;leaf-01:MQM8700/U1" enhanced port 0 lid 1 lmc 0
[1]\t"H-1"[1](1070fd01) \t\t# "node-7 HCA-1" lid 5 4xHDR
[3]\t"S-2"[3]\t\t# "MF0;spine-01:MQM8700/U1" lid 2 4xHDR

Switch\t40 "S-2"\t\t# "MF0;spine-01:MQM8700/U1" enhanced port 0 lid 2 lmc 0
[3]\t"S-1"[3]\t\t# "MF0;leaf-01:MQM8700/U1" lid 1 4xHDR

Ca\t1 "H-1"\t\t# "node-7 HCA-1"
[1](1070fd01) \t"S-1"[1]\t\t# lid 5 lmc 0 "MF0;leaf-01:MQM8700/U1" lid 1 4xHDR
"""
CLOS = """
name: clos
devices:
- name: switch
  components: [{name: asic, count: 1, choice: switch, switch: {}}, {name: port, count: 8, choice: port, port: {}}]
  links: [{name: inside}]
  edges: [{ep1: {component: "asic[0]"}, ep2: {component: "port[0:8]"}, scheme: many2many, link: inside}]
- name: server
  components: [{name: nic, count: 4, choice: nic, nic: {}}, {name: xpu, count: 4, choice: xpu, xpu: {}}]
  links: [{name: pcie}]
  edges: [{ep1: {component: "xpu[0:4]"}, ep2: {component: "nic[0:4]"}, scheme: one2one, link: pcie}]
instances: [{name: leaf, device: switch, count: 4}, {name: spine, device: switch, count: 3}, {name: host, device: server, count: 4}]
links:
- {name: eth1, physical: {bandwidth: {choice: gigabits_per_second, gigabits_per_second: 100}}}
- {name: eth2, physical: {bandwidth: {choice: gigabytes_per_second, gigabytes_per_second: 50}}}
edges:
- {ep1: {instance: "host[0]", component: "nic[0:4]"}, ep2: {instance: "leaf[0]", component: "port[0:4]"}, scheme: one2one, link: eth1}
- {ep1: {instance: "host[1]", component: "nic[0:4]"}, ep2: {instance: "leaf[1]", component: "port[0:4]"}, scheme: one2one, link: eth1}
- {ep1: {instance: "host[2]", component: "nic[0:4]"}, ep2: {instance: "leaf[2]", component: "port[0:4]"}, scheme: one2one, link: eth1}
- {ep1: {instance: "host[3]", component: "nic[0:4]"}, ep2: {instance: "leaf[3]", component: "port[0:4]"}, scheme: one2one, link: eth1}
- {ep1: {instance: "leaf[0:4]", component: "port[4]"}, ep2: {instance: "spine[0]", component: "port[0:4]"}, scheme: one2one, link: eth2}
- {ep1: {instance: "leaf[0:4]", component: "port[5]"}, ep2: {instance: "spine[1]", component: "port[0:4]"}, scheme: one2one, link: eth2}
- {ep1: {instance: "leaf[0:4]", component: "port[6]"}, ep2: {instance: "spine[2]", component: "port[0:4]"}, scheme: one2one, link: eth2}
"""  # noqa: E501 - edges stay one line each
CLOS_BOXES = {"leaf": 4, "spine": 3, "host": 4}
LLDP = "Local Host;Local Port;Remote Host;Remote Port;Speed\nl1;swp1;h1;eth0;100G\nh1;eth0;l1;swp1;100G\n"


@pytest.mark.parametrize(
    ("form", "text", "links", "names"),
    [
        ("ptm", DOT, 4, {"leaf01", "leaf02", "spine-a", "oob"}),
        ("ibnetdiscover", IB, 2, {"leaf-01", "spine-01", "node-7 HCA-1"}),
        ("lldp", LLDP, 1, {"l1", "h1"}),
        ("infragraph", CLOS, 28, {f"{name}.{n}" for name, most in CLOS_BOXES.items() for n in range(most)}),
    ],
)
def test_links_and_names_come_through(
    tmp_path: Path, form: str, text: str, links: int, names: set[str]
) -> None:
    source, site = tmp_path / "found.csv", str(tmp_path / "site.yaml")
    source.write_text(text)
    result = CliRunner().invoke(group, ["import", form, str(source), "-o", site, "--rate", "100G"])
    assert result.exit_code == 0, result.output
    assert CliRunner().invoke(group, ["check", site]).exit_code == 0
    fabric = topogen.read_fabric(site)
    assert sum(one.count for one in fabric.links) == links
    rows = (tmp_path / "site-names.csv").read_text().splitlines()[1:]
    assert {row.partition(",")[2] for row in rows} == names
    source = source.rename(source.with_suffix({"ptm": ".dot", "infragraph": ".yaml"}.get(form, ".csv")))
    verified = CliRunner().invoke(group, ["verify", site, str(source)])
    assert verified.exit_code == 0, verified.output
    again = CliRunner().invoke(group, ["import", form, str(source), "-o", site, "--rate", "100G"])
    assert again.exit_code == 2
    assert "E617" in again.output


def test_export_import_and_verify_agree(tmp_path: Path) -> None:
    for form, ending in (("p2p", "csv"), ("ptm", "dot"), ("infragraph", "json")):
        sheet, site = str(tmp_path / f"sheet.{ending}"), str(tmp_path / f"{form}.yaml")
        assert CliRunner().invoke(group, ["export", form, "h100-superpod", "-o", sheet]).exit_code == 0
        words = ["import", form, sheet, "-o", site, "--rate", "400G", "--switches", "*leaf*"]
        assert CliRunner().invoke(group, words).exit_code == 0
        assert CliRunner().invoke(group, ["verify", site, sheet]).exit_code == 0
        assert sum(one.count for one in topogen.read_fabric(site).links) == 2044


def test_rates_and_roles_of_ibnetdiscover() -> None:
    made = imported(read_ibnetdiscover(IB, "ib.txt"), "site")
    assert "bandwidth: 200 Gb/s per_dir" in made.topology
    assert made.topology.count("role: switch") == 2
    assert "role: host" in made.topology


def test_cables_from_a_device_to_itself_are_left_out() -> None:
    loop = DOT.replace("}\n", '  "leaf01":"swp45" -- "leaf01":"swp46"\n}\n')
    made = imported(read_dot(loop, "site.dot"), "site", rate=10_000)
    assert made.links == 4
    assert made.left_out == ["1 cable from a device to itself: a topology has none"]


def test_ports_of_two_rates_under_one_name_are_kept_apart() -> None:
    text = "a_device,a_port,b_device,b_port,speed\nl1,e1,h1,x,100G\nl2,e1,h2,x,400G\n"
    made = imported(read_table(text, "t.csv"), "site")
    assert made.topology.count("bandwidth: 100 Gb/s") == made.topology.count("bandwidth: 400 Gb/s") == 2


@pytest.mark.parametrize(
    ("rows", "rate", "code"),
    [
        ("l1,e1,h1,x\n", None, "E809"),
        ("l1,e1,h1,x\nl1,e1,h2,x\n", 1000, "E808"),
        ("l1,e1,h1,x\nl1,,h2,x\n", 1000, "E808"),
        ("l{1},e1,h1,x\n", 1000, "E810"),
    ],
)
def test_what_cannot_be_imported_is_refused(rows: str, rate: int | None, code: str) -> None:
    table = read_table(f"a_device,a_port,b_device,b_port\n{rows}", "t.csv")
    with pytest.raises(InputError) as raised:
        imported(table, "site", rate=rate)
    assert [one.code for one in raised.value.problems] == [code]
    assert raised.value.problems[0].mark is not None


@pytest.mark.parametrize("text", ["digraph", "graph x { a -- ", "graph x { a [b=] }", "x", "graph x { }"])
def test_what_is_no_graph_is_refused(text: str) -> None:
    with pytest.raises(InputError) as raised:
        read_dot(text, "x.dot")
    assert raised.value.problems[0].code == "E805"


def test_rates_of_infragraph_are_bits_and_bytes() -> None:
    table = read_infragraph(CLOS, "clos.yaml")
    assert Counter(row.rate for row in table.rows) == {100_000: 16, 400_000: 12}
    assert {tuple(sorted(row.kinds)) for row in table.rows} == {("host", "switch"), ("switch", "switch")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CLOS[: CLOS.index("edges:\n- {ep1")], "no edge joins two instances"),
        ("[1", "cannot load"),
        ("edges: 5", "cannot load"),
    ],
)
def test_an_infragraph_file_without_cables_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=f"E805.*{words}"):
        read_infragraph(text, "x.yaml")
