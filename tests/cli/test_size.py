"""``topogen size`` as a person meets it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest
from click.testing import CliRunner, Result

from topogen.cli import group

if TYPE_CHECKING:
    from pathlib import Path

Run: TypeAlias = Callable[..., Result]
TREE = """
topogen: 1
name: tree
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 4}
fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.net, switch: box, medium: dr}}
"""


@pytest.fixture(name="size")
def fixture_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "tree.yaml").write_text(TREE)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(group, ["size", "tree.yaml", *words], prog_name="topogen")

    return run


def test_sizes_are_rows_with_steps_and_refusals(size: Run) -> None:
    result = size("--over", "instances.gpu=8,16,17,99")
    assert result.exit_code == 0, result.output
    assert "step at instances.gpu=16: f: 2 to 3 tiers; switches per GPU: 0.75 to 1.25" in result.output
    assert "refused at instances.gpu=99: E204" in result.output


def test_csv_has_a_row_a_size(size: Run) -> None:
    result = size("--over", "instances.gpu=8,16", "--format", "csv")
    rows = list(csv.DictReader(result.output.splitlines()))
    assert [row["n_f/leaf"] for row in rows] == ["4", "8"]
    assert [row["cables_scale_out_tier3"] for row in rows] == ["", "16"]


def test_values_keep_the_commas_of_their_brackets(size: Run) -> None:
    result = size(
        "--over",
        "devices.box.ports.net={count: 8, bandwidth: 50 GB/s per_dir},{count: 4, bandwidth: 50 GB/s per_dir}",
    )
    assert result.exit_code == 0, result.output
    assert "{count: 8, bandwidth: 50 GB/s per_dir}" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--over", "instances.gpus=1"],
            'E210 --over:1:1 instances.gpus: there is no device or template "gpus"',
        ),
        (["--over", "instances.gpu=some"], 'there is no device or template "some"'),
        (["--over", "instances.gpu"], "write instances.su=1,2,4"),
        ([], "Missing option '--over'"),
    ],
)
def test_what_cannot_be_read_is_said(size: Run, words: list[str], said: str) -> None:
    result = size(*words)
    assert result.exit_code == 2
    assert said in result.output


def test_strict_refuses_sizes_with_warnings(size: Run) -> None:
    result = size("--over", "instances.gpu=3", "--strict")
    assert "refused at instances.gpu=3: W" in result.output


def test_two_paths_that_share_a_value_step_as_one_path_does(size: Run) -> None:
    result = size("--over", "instances.gpu,expect.devices.gpu=8,16")
    assert result.exit_code == 0, result.output
    assert "step at instances.gpu=16, expect.devices.gpu=16: f: 2 to 3 tiers" in result.output
