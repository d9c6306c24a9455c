"""The chart of the copper wall, and the command that writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from click.testing import CliRunner, Result

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.plot import render
from topogen.plot.reach_chart import reach_chart
from topogen.study.reach import study_reach

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], prog_name="topogen")


def test_a_panel_ends_at_all_links_and_names_every_reach() -> None:
    chart = reach_chart(study_reach(shipped_fabric("nvl72-spread-4-racks")))
    panel, _ = chart["vconcat"]
    points, lines = (layer["data"]["values"] for layer in panel["layer"][:2])
    assert points[0] == {"length_m": 0, "pct": 0}
    assert points[-1]["pct"] == 100
    assert {"length_m": 1.0, "media": "dac"} in lines
    assert panel["title"]["text"] == "scale-up, 200 Gb/s per lane: 1,296 links"
    finding = "83.3% of 1,296 links of scale-up are longer than the 3 m that copper reaches (acc, aec)"
    assert " ".join(chart["title"]["text"]) == finding


def test_the_command_prints_the_table_and_writes_table_and_chart(tmp_path: Path) -> None:
    result = run("reach", "nvl72-spread-4-racks", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert re.search(r"^ +1 m +216 +1,080 +83.3% .* dac$", result.output, re.MULTILINE)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"reach.csv", "reach.svg"}
    picture = ET.fromstring((tmp_path / "out" / "reach.svg").read_text())  # noqa: S314 - our own file
    assert {"length, m", "dac", "acc", "aec"} <= {element.text for element in picture.iter()}


def test_the_chart_is_the_same_bytes_again(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        run("reach", "gb300-nvl72-row", "-o", tmp_path / folder)
    one, two = ((tmp_path / folder / "reach.svg").read_bytes() for folder in ("one", "two"))
    assert one == two


def test_without_the_library_the_table_is_printed_and_a_chart_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "NEEDED", ("library_that_is_not_here",))
    assert run("reach", "nvl72-spread-4-racks").exit_code == 0
    result = run("reach", "nvl72-spread-4-racks", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert result.output == (
        'E652: a chart needs library_that_is_not_here\n    hint: pip install "vl-convert-python"\n'
    )
    assert not (tmp_path / "out").exists()


def test_a_fabric_without_lengths_has_no_chart(tmp_path: Path) -> None:
    result = run("reach", "rubin-ultra-cpo-648", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert "E653: no link has a known length: nothing to plot" in result.output
    assert not (tmp_path / "out").exists()
