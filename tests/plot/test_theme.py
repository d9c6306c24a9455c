"""The theme of charts, and the option that writes them."""

from __future__ import annotations

import json
import os
import re
import struct
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import numpy as np
import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.plot.charts import CHARTS
from topogen.plot.power_chart import power_chart
from topogen.plot.tco_chart import tco_chart
from topogen.plot.theme import ABOVE, BELOW, ITEMS, NETWORKS, OTHER
from topogen.plot.value_chart import value_chart
from topogen.study.power import power
from topogen.study.tco import tco
from topogen.takeoff.roll_up import roll_up

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
HEAD = "\n| command | chart |\n|---|---|\n"
RAMP = str(Path(__file__).parent / "ramp.csv")
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
"""What eyes make of linear RGB: Machado et al. 2009, and luminance."""
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, eye: str) -> np.ndarray:
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(np.array(SEEN[eye]) @ linear, 0, 1) / [0.9505, 1, 1.089]
    one = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * one[1] - 16, 500 * (one[0] - one[1]), 200 * (one[1] - one[2])])


@pytest.mark.parametrize("eye", list(SEEN))
@pytest.mark.parametrize("meeting", [(BELOW, ABOVE), ITEMS, NETWORKS])
def test_colours_that_meet_are_told_apart(meeting: tuple[str, ...], eye: str) -> None:
    pairs = list(combinations(meeting, 2))
    distances = [float(np.linalg.norm(lab(one, eye) - lab(other, eye))) for one, other in pairs]
    assert min(distances) >= 8, dict(zip(pairs, distances, strict=True))


def scales(spec: object) -> list[list[str]]:
    """Return the colours of every scale with a domain of names."""
    if isinstance(spec, list):
        return [one for inner in spec for one in scales(inner)]
    if not isinstance(spec, dict):
        return []
    own = [spec["range"]] if {"domain", "range"} <= spec.keys() else []
    return own + [one for inner in spec.values() for one in scales(inner)]


def test_networks_have_colours_that_stand_for_no_medium() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    rolled = roll_up(fabric)
    shown = scales(value_chart(fabric, rolled)) + scales(power_chart(power(fabric, rolled)))
    assert len(shown) >= 2
    assert {colour for one in shown for colour in one} <= {*NETWORKS, OTHER}


def test_bars_of_tco_add_up_to_its_total() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = tco(fabric, roll_up(fabric))
    rows = tco_chart(found)["layer"][0]["data"]["values"]
    base = sum(Fraction(row["exact"]) for row in rows if row["end"] == "base")
    assert base == found.per_gpu(found.total).base  # type: ignore[union-attr]


COMMANDS = {
    "bom": ("gb300-nvl72-row",),
    "claims": ("article-three-vendors",),
    "compare": ("gb300-nvl72-row", "gb300-nvl72-row@optical"),
    "crossover": ("--lengths", "1,3,30", "--media", "dac,aec,dr"),
    "demand": ("rubin-ultra-cpo-648", "--racks", RAMP, "--capacity", "uhp_laser=2e6"),
    "failures": ("rubin-ultra-cpo-648",),
    "power": ("gb300-nvl72-row",),
    "ratio": ("rubin-ultra-cpo-648",),
    "throughput": ("scaleout-10368", "--traffic", "all-to-all"),
    "reach": ("nvl72-spread-4-racks",),
    "sensitivity": ("article-three-vendors", "--figure", "content.lumentum / content.tower"),
    "size": ("scale-up-domain", "--over", "instances.gpu=72,144,288"),
    "world-size": ("world-size", "--over", "instances.node=72,144,288,10368"),
    "tco": ("gb300-nvl72-row",),
}
"""A call of each command that draws a chart."""
MORE = {
    "sensitivity --draws": ("sensitivity", "gb300-nvl72-row", "--draws", "500"),
    **{
        f"bom {word}": ("bom", "gb300-nvl72-row", "--chart-of", word)
        for word in ("value", "vendors", "lengths")
    },
}
CALLS = {**{name: (name, *words) for name, words in COMMANDS.items()}, **MORE}
STARTS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "json": b"{"}


def test_the_table_has_the_commands_that_take_a_chart() -> None:
    context = click.Context(group)
    commands = [group.get_command(context, name) for name in group.list_commands(context)]
    taking = {one.name for one in commands if one and any(option.name == "chart" for option in one.params)}
    assert taking == set(CHARTS) == set(COMMANDS)


def test_the_page_of_commands_lists_every_chart() -> None:
    rows = "".join(f"| `{name}` | {shown} |\n" for name, shown in CHARTS.items())
    text = PAGE.read_text(encoding="utf-8")
    printed = re.sub(
        r"(?s)(<!-- charts -->\n).*?(<!-- end -->)", lambda at: at[1] + HEAD + rows + at[2], text
    )
    if os.environ.get("TOPOGEN_REWRITE"):
        PAGE.write_text(printed, encoding="utf-8")
        text = printed
    assert rows in text
    assert text == printed


@pytest.mark.parametrize("call", CALLS)
def test_a_chart_is_written_in_every_format_1200_by_675(call: str, tmp_path: Path) -> None:
    for suffix, start in STARTS.items():
        result = CliRunner().invoke(group, [*CALLS[call], "--chart", str(tmp_path / f"a.{suffix}")])
        assert result.exit_code == 0, result.output
        assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)
    png = (tmp_path / "a.png").read_bytes()
    assert struct.unpack(">II", png[16:24]) == (1200, 675)
    spec = json.loads((tmp_path / "a.json").read_text())
    assert all(spec["title"]["text"])
    texts = [one.text or "" for one in ET.fromstring((tmp_path / "a.svg").read_text()).iter()]  # noqa: S314
    assert any(re.search(r"topogen \d", text) for text in texts)


@pytest.mark.parametrize("call", CALLS)
def test_a_chart_is_the_same_bytes_again(call: str, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        CliRunner().invoke(group, [*CALLS[call], "--chart", str(tmp_path / name)])
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_another_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["tco", "no-such-file", "--chart", str(tmp_path / "a.gif")])
    assert result.exit_code == 2
    assert "E680" in result.output
    assert "end the name in .svg, .png, .pdf or .json" in result.output
