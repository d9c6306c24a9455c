"""The theme of charts, and the option that writes them."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.plot.tco_chart import tco_chart
from topogen.plot.theme import ABOVE, BELOW, ITEMS
from topogen.study.tco import tco
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

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
FACTS = {"name": "rack", "scenario": None, "topology_rev": "t1", "catalog_rev": "c1"}


def lab(colour: str, eye: str) -> np.ndarray:
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(np.array(SEEN[eye]) @ linear, 0, 1) / [0.9505, 1, 1.089]
    one = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * one[1] - 16, 500 * (one[0] - one[1]), 200 * (one[1] - one[2])])


@pytest.mark.parametrize("eye", list(SEEN))
@pytest.mark.parametrize("meeting", [(BELOW, ABOVE), ITEMS])
def test_colours_that_meet_are_told_apart(meeting: tuple[str, ...], eye: str) -> None:
    pairs = list(combinations(meeting, 2))
    distances = [float(np.linalg.norm(lab(one, eye) - lab(other, eye))) for one, other in pairs]
    assert min(distances) >= 8, dict(zip(pairs, distances, strict=True))


def test_bars_of_tco_add_up_to_its_total() -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    found = tco(fabric, roll_up(fabric))
    rows = tco_chart(found, FACTS)["data"]["values"]
    base = sum(Fraction(row["exact"]) for row in rows if row["end"] == "base")
    assert base == found.per_gpu(found.total).base  # type: ignore[union-attr]


COMMANDS = [
    ("reach", "nvl72-spread-4-racks"),
    ("sensitivity", "article-three-vendors", "--figure", "content.lumentum / content.tower"),
    ("tco", "gb300-nvl72-row"),
]


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "json"])
@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_every_format_is_written(words: tuple[str, ...], suffix: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(group, [*words, "--chart", str(tmp_path / f"a.{suffix}")])
    assert result.exit_code == 0, result.output
    start = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "json": b"{"}[suffix]
    assert (tmp_path / f"a.{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_a_chart_is_the_same_bytes_again(words: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg", "one.json", "two.json"):
        CliRunner().invoke(group, [*words, "--chart", str(tmp_path / name)])
    for suffix in ("svg", "json"):
        assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()
    assert json.loads((tmp_path / "one.json").read_text())["title"]["text"]


def test_another_suffix_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["tco", "no-such-file", "--chart", str(tmp_path / "a.gif")])
    assert result.exit_code == 2
    assert "E680" in result.output
    assert "end the name in .svg, .png, .pdf or .json" in result.output
