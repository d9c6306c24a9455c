"""P2P sheets and PTM files: read back by another program, they have the links of the fabric, one by one."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pydot
import pytest
from click.testing import CliRunner
from hypothesis import assume, given

from tests.handoff.links import links_of
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cli import group
from topogen.errors import InputError
from topogen.handoff.formats import Wanted, file_of
from topogen.handoff.to_p2p import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.model.fabric import Fabric

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pyparsing, below pydot

PUBLISHED = """graph vx {
 "leaf01" [function="leaf" memory="768" ]
 "leaf01":"swp51" -- "spine01":"swp1"
 "server01":"eth1" -- "leaf01":"swp1" [left_mac="00:03:00:11:11:01"]
}
"""
"""Lines of a published topology.dot (CumulusNetworks/cldemo-vagrant), which is read as ours are."""

SOME = [
    "gb300-nvl72-row",
    "nvl72-spread-2-racks",
    "transceivers-per-gpu",
    "alibaba-hpn-segment",
    "world-size",
]

PANEL = """
devices:
  host: {role: host, ports: {eth: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, part: sn5600, nos: cumulus, ports: {down: {cages: 1-4, mode: 2x400G}}}
templates:
  rack: {level: rack, slots: {U1-4: host, U40-40: leaf}}
instances: {rack: 2}
links:
  hosts: {network: scale_out, pattern: spread, a: host.eth, b: leaf.down, within: rack, medium: dr}
layout: {floor: none}
"""  # fmt: skip

NODES = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: node, contains: {nic: 2}}
  rack: {level: rack, slots: {U1-4: node, U40: leaf}}
instances: {rack: 2}
links:
  hosts: {network: scale_out, pattern: spread, a: nic.eth, b: leaf.down, within: rack, medium: dac}
layout: {floor: none}
"""


def written(fabric: Fabric, form: str, wanted: Wanted | None = None) -> str:
    return b"".join(file_of(fabric, form, wanted or Wanted()).pieces).decode()


def edges_of(text: str) -> Counter[frozenset[str]]:
    """Return the links of a DOT graph as pydot reads it: node/port at both ends."""
    (graph,) = pydot.graph_from_dot_data(text) or [pydot.Dot()]
    ends = ((str(edge.get_source()), str(edge.get_destination())) for edge in graph.get_edges())
    return Counter(frozenset(end.replace('":"', "/").strip('"') for end in both) for both in ends)


def links_in(text: str, sheet: str = "links") -> Counter[frozenset[str]]:
    rows = list(csv.reader(StringIO(text)))
    assert ",".join(rows[0]) == COLUMNS[sheet]
    a, z = {"links": ((0, 1), (2, 3)), "ethernet": ((2, 4), (7, 9)), "ib": ((2, 3), (6, 7))}[sheet]
    return Counter(frozenset("/".join(row[at] for at in side) for side in (a, z)) for row in rows[1:])


def test_a_published_file_is_read_as_ours_are() -> None:
    assert set(edges_of(PUBLISHED)) == {
        frozenset(("leaf01/swp51", "spine01/swp1")),
        frozenset(("server01/eth1", "leaf01/swp1")),
    }


@pytest.mark.parametrize("name", SOME)
def test_files_have_every_link_of_a_shipped_system(name: str) -> None:
    fabric = shipped_fabric(name)
    expected = links_of(fabric)
    if not expected:
        with pytest.raises(InputError, match="E796"):
            written(fabric, "ptm")
        return
    assert links_in(written(fabric, "p2p", Wanted(protocol="ib"))) == expected
    if len(expected) <= 600:
        assert edges_of(written(fabric, "ptm")) == expected


@given(odd_fabrics())
@quick
def test_files_have_every_link_of_an_odd_fabric(odd: Odd) -> None:
    expected = links_of(odd.fabric)
    assume(expected)
    assert edges_of(written(odd.fabric, "ptm")) == expected
    for sheet in ("links", "ethernet"):
        assert links_in(written(odd.fabric, "p2p", Wanted((), sheet, "ethernet")), sheet) == expected
    infiniband = links_in(written(odd.fabric, "p2p", Wanted((), "ib", "ib")), "ib")
    assert sorted(infiniband.values()) == sorted(expected.values())  # hosts number their ports anew


def test_ports_have_the_names_of_their_panel() -> None:
    fabric = fabric_of(PANEL, shipped=True)
    text = written(fabric, "p2p", Wanted((), "ethernet"))
    assert links_in(text, "ethernet") == links_of(fabric)
    assert text.splitlines()[1] == "rack0,1,rack0/host0,Host,eth0,rack0,40,rack0/leaf0,Switch,swp1s0"


def test_the_names_of_the_site_go_before_those_of_the_design() -> None:
    text = (
        NODES
        + """
names:
  places: {node: "MDC1-OCP-{N:03}", rack: "A{n:02}"}
  devices: {leaf: "{rack_name}-leaf"}
  ports: {nic.eth: "mlx5_{n0}", leaf.down: "E1/{k}"}
"""
    )
    rows = written(fabric_of(text, shipped=True), "p2p", Wanted((), "ethernet", "ethernet")).splitlines()
    assert rows[1] == "A01,1,MDC1-OCP-001,Host,mlx5_0,A01,40,A01-leaf,Switch,E1/1"
    assert rows[-1] == "A02,4,MDC1-OCP-008,Host,mlx5_1,A02,40,A02-leaf,Switch,E1/8"


def test_ports_of_a_box_that_the_site_names_alike_keep_the_name_of_their_card() -> None:
    text = NODES + 'names:\n  ports: {nic.eth: "eth0"}\n'
    rows = written(fabric_of(text, shipped=True), "ptm").splitlines()
    assert rows[1] == ' "rack0/node0":"nic0/eth0" -- "rack0/leaf0":"down0"'


def test_the_ports_of_an_infiniband_host_are_numbered_as_its_hcas() -> None:
    rows = written(shipped_fabric("h100-superpod"), "p2p", Wanted((), "ib")).splitlines()
    assert rows[0] == "Rack,U,Name,HCA/Port,Rack,U,Name,Port"
    first = [row.split(",") for row in rows[1:] if ",su0/dgx0," in row]
    assert [row[3] for row in first] == [str(number) for number in range(1, 9)]


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["ptm", "gb300-nvl72-row", "--network", "computed"], "E795", "compute/hosts"),
        (["ptm", "gb200-nvl72"], "E796", "1,296 links of nvl: come inside what is bought"),
        (["p2p", "h100-superpod", "--sheet", "ethernet"], "E796", "compute/hosts: they are ib"),
        (["p2p", "deepseek-fat-trees"], "E797", "--network net/hosts --protocol ib|ethernet|nvlink"),
    ],
)
def test_what_cannot_be_written_is_refused(words: list[str], code: str, hint: str, tmp_path: Path) -> None:
    file = tmp_path / "x"
    done = CliRunner().invoke(group, ["export", *words, "-o", str(file)])
    assert done.exit_code == 2
    assert code in done.output
    assert hint in done.output
    assert not file.exists()


def test_the_command_says_what_it_leaves_out(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    done = CliRunner().invoke(group, ["export", "p2p", "gb300-nvl72-row", "-o", str(file)])
    assert done.output.splitlines() == [
        "Left out: 5,184 links of nvl: come inside what is bought",
        "Left out: 288 links of c2c: come inside what is bought",
        f"Written: {file}",
    ]
    assert len(file.read_text().splitlines()) == 1 + 576
