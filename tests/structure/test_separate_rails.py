"""Rails that never meet are reported in one sentence; rails with common spines are not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import quick
from topogen.cli import group
from topogen.structure.separate_rails import SeparateRails, separate_rails

if TYPE_CHECKING:
    from pathlib import Path

NODES = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: 16, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: 4}}}}}}
"""
LEAVES = (
    NODES
    + """
instances: {{node: 8}}
fabrics:
  f: {{network: scale_out, pattern: fat_tree, tiers: {tiers}, ends: nic.net, switch: box, rails_by: node,
        planes: {ports}}}
"""
)


@pytest.mark.parametrize("planes", [1, 2])
def test_rails_of_leaves_alone_are_separate(planes: int) -> None:
    found = separate_rails(fabric_of(LEAVES.format(tiers=1, ports=planes)))
    assert found == (SeparateRails("f", 4, 4),)


@pytest.mark.parametrize("planes", [1, 2])
def test_rails_with_common_spines_meet(planes: int) -> None:
    assert separate_rails(fabric_of(LEAVES.format(tiers=2, ports=planes))) == ()


def by_hand(spine_of: tuple[int, ...]) -> str:
    """Return nodes of four rails, a leaf each, with and leaf k linked to spine ``spine_of[k]`` (-1: none)."""
    spines = max(spine_of) + 1
    text = (
        NODES.format(ports=1)
        + f"""
instances: {{node: 3, box: {4 + spines}}}
links:
  hosts: {{network: scale_out, pattern: rails, a: nic.net, b: "box[0-3].net", rails_by: node}}
"""
    )
    pairs = [
        f'["box{leaf}.net[8]", "box{4 + spine}.net[{leaf}]"]'
        for leaf, spine in enumerate(spine_of)
        if spine >= 0
    ]
    if pairs:
        text += f"  up: {{network: scale_out, pattern: explicit, pairs: [{', '.join(pairs)}]}}\n"
    return text


@settings(quick, deadline=None)
@given(st.lists(st.integers(-1, 2), min_size=4, max_size=4))
def test_rails_by_hand_are_grouped_as_networkx_does(spine_of: list[int]) -> None:
    graph = nx.Graph((("leaf", leaf), ("spine", spine)) for leaf, spine in enumerate(spine_of) if spine >= 0)
    graph.add_nodes_from(("leaf", leaf) for leaf in range(4))
    networks = nx.number_connected_components(graph)
    found = separate_rails(fabric_of(by_hand(tuple(spine_of))))
    assert found == ((SeparateRails("hosts", 4, networks),) if networks > 1 else ())


def test_nics_that_forward_join_the_rails() -> None:
    text = (
        NODES.format(ports=2)
        + """
instances: {node: 3, box: 4}
links:
  hosts: {network: scale_out, pattern: rails, a: "nic.net[0]", b: "box[0-3].net", rails_by: node}
  mesh: {network: scale_out, pattern: explicit, pairs: [["node0/nic0.net[1]", "node0/nic1.net[1]"],
    ["node0/nic2.net[1]", "node0/nic3.net[1]"], ["node1/nic1.net[1]", "node1/nic2.net[1]"]]}
"""
    )
    assert separate_rails(fabric_of(text)) == ()


@pytest.mark.parametrize(
    ("spine_of", "sentence"),
    [
        (
            (-1, -1, -1, -1),
            "hosts: its 4 rails are separate networks; endpoints on different rails have no path",
        ),
        (
            (0, 0, 1, 1),
            "hosts: its 4 rails form 2 separate networks; endpoints of different ones have no path",
        ),
        ((0, 0, 0, 0), None),
    ],
)
def test_the_report_says_so(spine_of: tuple[int, ...], sentence: str | None, tmp_path: Path) -> None:
    path = tmp_path / "rails.yaml"
    path.write_text("topogen: 1\nname: rails\n" + by_hand(spine_of))
    shown = CliRunner().invoke(group, ["check", str(path), "--structure"]).output
    assert ("separate networks" in shown) is bool(sentence)
    assert sentence is None or sentence in " ".join(shown.split())
    data = json.loads(
        CliRunner().invoke(group, ["check", str(path), "--structure", "--format", "json"]).output
    )
    assert len(data["structure"]["separate_rails"]) == (1 if sentence else 0)


def test_a_shipped_superpod_has_common_spines() -> None:
    assert separate_rails(shipped_fabric("h100-superpod")) == ()
