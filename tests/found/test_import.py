"""``topogen import``: files of other programs become topologies of the same cables and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.found.dot import read_dot
from topogen.found.ibnetdiscover import read_ibnetdiscover
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
LLDP = "Local Host;Local Port;Remote Host;Remote Port;Speed\nl1;swp1;h1;eth0;100G\nh1;eth0;l1;swp1;100G\n"


@pytest.mark.parametrize(
    ("form", "text", "links", "names"),
    [
        ("ptm", DOT, 4, {"leaf01", "leaf02", "spine-a", "oob"}),
        ("ibnetdiscover", IB, 2, {"leaf-01", "spine-01", "node-7 HCA-1"}),
        ("lldp", LLDP, 1, {"l1", "h1"}),
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
    if form == "ptm":
        (tmp_path / "found.dot").write_text(text)
        source = tmp_path / "found.dot"
    if form != "ibnetdiscover":
        assert CliRunner().invoke(group, ["verify", site, str(source)]).exit_code == 0
    again = CliRunner().invoke(group, ["import", form, str(source), "-o", site, "--rate", "100G"])
    assert again.exit_code == 2
    assert "E617" in again.output


def test_export_import_and_verify_agree(tmp_path: Path) -> None:
    for form, ending in (("p2p", "csv"), ("ptm", "dot")):
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
