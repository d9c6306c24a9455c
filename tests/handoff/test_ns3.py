"""Topology files for ns-3: its own reader finds the nodes and the links of the fabric, one by one."""

from __future__ import annotations

import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings

from tests.handoff.readers import compiled_ns3, missing
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics
from topogen.errors import InputError
from topogen.handoff.boxes import Boxes
from topogen.handoff.formats import Wanted, file_of
from topogen.model.expand import expand

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.model.fabric import Fabric

installed = pytest.mark.skipif(bool(missing("ns3")), reason=missing("ns3"))
SITE = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, part: sn5600, ports: {down: {cages: 1-8, mode: 2 x 400G}}}
templates: {node: {level: node, contains: {nic: 4}}}
instances: {node: COUNT}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, switch: leaf, medium: dr}}
names: {places: {node: NAME}}
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled_ns3(tmp_path_factory.mktemp("ns3"))


def links_between_boxes(fabric: Fabric, *networks: str) -> Counter[frozenset[str]]:
    boxes = Boxes(fabric)
    names = [name.replace("/", ".") for name in boxes.names]
    found: Counter[frozenset[str]] = Counter()
    for group in fabric.links:
        if group.has_b and (not networks or {group.name, group.network} & set(networks)):
            columns = expand(fabric, group)
            ends = zip(boxes.of_device[columns.a].tolist(), boxes.of_device[columns.b].tolist(), strict=True)
            found.update(frozenset((names[a], names[b])) for a, b in ends if a != b)
    return found


def check(fabric: Fabric, program: Path, folder: Path, *networks: str) -> None:
    file = folder / "topology.txt"
    file.write_bytes(b"".join(file_of(fabric, "ns3", Wanted(networks)).pieces))
    done = subprocess.run([program, file], capture_output=True, text=True, check=True)
    count, *lines = done.stdout.splitlines()
    ours = links_between_boxes(fabric, *networks)
    assert Counter(frozenset(line.split("\t")) for line in lines) == ours
    assert int(count) == len(frozenset[str]().union(*ours))


@installed
@pytest.mark.parametrize("name", ["gb300-nvl72-row", "h100-superpod", "nvl72-spread-2-racks"])
def test_ns3_reads_every_link_between_nodes(name: str, program: Path, tmp_path: Path) -> None:
    check(shipped_fabric(name), program, tmp_path)


@installed
def test_ns3_reads_one_network(program: Path, tmp_path: Path) -> None:
    check(shipped_fabric("gb300-nvl72-row"), program, tmp_path, "scale_out")


@installed
@given(odd_fabrics())
@settings(max_examples=30)
def test_ns3_reads_odd_fabrics(program: Path, tmp_path_factory: pytest.TempPathFactory, odd: Odd) -> None:
    assume(links_between_boxes(odd.fabric))
    check(odd.fabric, program, tmp_path_factory.mktemp("odd"))


def test_links_inside_a_node_are_left_out_by_name() -> None:
    found = file_of(shipped_fabric("gb300-nvl72-row"), "ns3", Wanted())
    assert found.left_out == ("288 links of c2c: start and end in the same node",)


def test_a_file_of_links_inside_nodes_alone_is_refused() -> None:
    with pytest.raises(InputError, match=r"E796(?s:.*)288 links of c2c: start and end in the same node"):
        file_of(shipped_fabric("gb300-nvl72-row"), "ns3", Wanted(("c2c",)))


@pytest.mark.parametrize(
    ("name", "count", "why"),
    [('"host {n}"', 4, r'"host 1" has a blank'), ("net.leaf0", 1, r'2 nodes are called "net\.leaf0"')],
)
def test_names_that_ns3_cannot_tell_apart_are_refused(name: str, count: int, why: str) -> None:
    with pytest.raises(InputError, match=f"E754: {why}"):
        file_of(
            fabric_of(SITE.replace("NAME", name).replace("COUNT", str(count)), shipped=True), "ns3", Wanted()
        )
