"""The public face: what ``import topogen`` offers is there, listed and shown in the documentation."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import topogen
from tests.export.systems import PATCHED, PHASED, built
from tests.helpers_fabric import shipped_fabric
from topogen.columns.column import names_of
from topogen.columns.tables import TABLES
from topogen.model.fabric import Fabric

API = Path(__file__).parent.parent / "docs" / "api.md"


@pytest.mark.parametrize("name", topogen.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(topogen, name) is not None
    assert name in API.read_text()


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_fabrik'"):
        topogen.read_fabrik  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_loads_no_room_of_it() -> None:
    script = "import sys, topogen; print([name for name in sys.modules if name.startswith('topogen.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_examples_of_the_page_run() -> None:
    failed, tried = doctest.testfile(
        str(API), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried
    assert not failed


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_a_frame_with_its_columns(name: str) -> None:
    system = {"patching": PATCHED, "trays": PATCHED, "phases": PHASED, "recable": PHASED}.get(name)
    fabric = built(system)[0] if system else shipped_fabric("gb300-nvl72-row", "cpo")
    frame = topogen.table(name, fabric)
    assert tuple(frame.columns) == names_of(TABLES[name])
    assert len(frame)


def test_an_unknown_table_is_answered_with_the_nearest() -> None:
    with pytest.raises(topogen.InputError, match=r'(?s)E651.*did you mean "bom_flat"'):
        topogen.table("bom_flatt", shipped_fabric("gb200-nvl72"))


def test_a_fabric_is_read_by_name_with_a_scenario() -> None:
    fabric = topogen.read_fabric("rubin-ultra-cpo-648", scenario="els-1-per-engine")
    assert isinstance(fabric, Fabric)
    assert topogen.roll_up(fabric).totals.els == 792


def test_the_three_graphs_are_multigraphs() -> None:
    fabric = topogen.read_fabric("gb200-nvl72")
    graphs = (
        topogen.group_graph(fabric),
        topogen.contracted_graph(fabric, by="tray"),
        topogen.link_graph(fabric),
    )
    assert all(isinstance(graph, nx.MultiGraph) for graph in graphs)
