"""The tornado chart, and the option that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import topogen
from topogen.cli import group
from topogen.errors import InputError
from topogen.plot.tornado_chart import tornado_chart

if TYPE_CHECKING:
    from pathlib import Path

FIGURE = "content.lumentum / content.tower"


def test_every_bar_runs_from_base_to_a_result() -> None:
    found = topogen.sensitivity("article-three-vendors", FIGURE)
    chart = tornado_chart("article", found.ask, found.swings)
    bars = chart["layer"][0]["data"]["values"]
    results = {
        float(end) for one in found.swings for end in (one.result_low, one.result_high) if end is not None
    }
    assert {bar["start"] for bar in bars} == {float(found.swings[0].result_base)}
    assert {bar["end"] for bar in bars} <= results
    assert bars[0]["parameter"] == found.swings[0].parameter
    assert all((bar["side"] == "above base") == (bar["end"] > bar["start"]) for bar in bars)


def test_the_option_writes_the_chart(tmp_path: Path) -> None:
    path = tmp_path / "tornado.svg"
    words = ["sensitivity", "article-three-vendors", "--figure", FIGURE, "--chart", str(path)]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 0, result.output
    texts = {element.text for element in ET.fromstring(path.read_text()).iter()}  # noqa: S314 - our own file
    assert {"scenario three-foundries", "21.504"} <= texts


def test_what_nothing_moves_has_no_chart() -> None:
    found = topogen.sensitivity("gb200-nvl72", "links.nvl")
    with pytest.raises(InputError, match=r"E653: nothing moves links.nvl"):
        tornado_chart("rack", found.ask, found.swings)
