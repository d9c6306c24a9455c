"""Text in a CSV file is text in a spreadsheet: no formula runs, no id becomes a number."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.columns.cells import inert
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.load.reading import read
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

LABEL = """
devices: {sw: {role: switch, ports: {e: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {sw: 1}
links: {up: {network: scale_out, a: sw.e, pattern: external, to: "LABEL", medium: dr, length: 10 m}}
catalog: {parts: {osfp_400g_dr4: {mpn: "MPN"}}}
"""
FILES = ("bom_flat", "order", "cable_schedule", "pull_sheet", "link_classes", "bom_indented", "bom_gaps")


@pytest.mark.parametrize("label", ["=1+1", "=HYPERLINK(x)", "+1", "-2+3", "@SUM(A1)"])
def test_no_cell_of_a_file_starts_a_formula(label: str) -> None:
    fabric = fabric_of(LABEL.replace("LABEL", label), shipped=True)
    rollup, options = roll_up(fabric), Options(columns="full", all_links=True)
    for name in FILES:
        text = b"".join(export_bytes(f"{name}.csv", fabric, rollup, options)).decode()
        cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
        assert label not in cells
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in cells)


@pytest.mark.parametrize("mpn", ["1E10", "00012345", "123456789012"])
def test_a_part_number_survives_a_spreadsheet(mpn: str) -> None:
    fabric = fabric_of(LABEL.replace("MPN", mpn), shipped=True)
    text = b"".join(export_bytes("bom_flat.csv", fabric, roll_up(fabric), Options())).decode()
    assert f",'{mpn}," in text


@given(st.text())
def test_removing_one_apostrophe_gives_the_text_again(text: str) -> None:
    written = inert(text)
    assert (written.removeprefix("'")) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_revision_is_that_of_the_meaning_and_starts_with_a_letter(tmp_path: Path) -> None:
    text = "topogen: 1\nname: small\ndevices: {gpu: {role: gpu}}\ninstances: {gpu: 4}\n"
    texts = {
        "plain": text,
        "commented": f"# a comment\n{text}".replace("{gpu: 4}", "\n  gpu: 4   # four"),
        "other": text.replace("gpu: 4", "gpu: 5"),
    }
    revisions = {}
    for name, content in texts.items():
        (tmp_path / f"{name}.yaml").write_text(content)
        revisions[name] = read(str(tmp_path / f"{name}.yaml")).revision
    assert revisions["plain"] == revisions["commented"]
    assert revisions["plain"].topology != revisions["other"].topology
    assert revisions["plain"].catalog == revisions["other"].catalog
    assert all(one.topology[0] == "t" and one.catalog[0] == "c" for one in revisions.values())
