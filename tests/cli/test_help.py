"""Help, version and completion."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from topogen.cli import COMMANDS, group
from topogen.cli.completion_command import SHELLS
from topogen.load.files import catalog_ids, shipped_names, topology_head

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str) -> str:
    result = CliRunner().invoke(group, words, prog_name="topogen")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("words", [(), ("build",), ("catalog", "list")])
def test_help_is_that_of_the_option(words: tuple[str, ...]) -> None:
    assert run("help", *words) == run(*words, "--help")


def test_help_of_an_unknown_command_names_the_nearest() -> None:
    result = CliRunner().invoke(group, ["help", "biuld"], prog_name="topogen")
    assert result.exit_code == 2
    assert 'did you mean "build"?' in result.output


def test_version_has_a_short_option() -> None:
    assert run("-V") == run("--version")


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_a_script(shell: str) -> None:
    assert "_TOPOGEN_COMPLETE" in run("completion", shell)


def completed(*words: str) -> list[str]:
    """Return what bash is offered for the last word."""
    env = {
        **os.environ,
        "_TOPOGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["topogen", *words]),
        "COMP_CWORD": str(len(words)),
    }
    script = "from topogen.cli import group; group(prog_name='topogen')"
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line.startswith("plain")]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("wh",), ["what-if"]),
        (("bom", "gb"), ["gb200-nvl72", "gb300-nvl72-row"]),
        (("bom", "gb300-nvl72-row", "-s", ""), ["pluggable", "cpo", "optical"]),
        (("catalog", "show", "uhp"), ["uhp_laser"]),
        (("draw", "gb200-nvl72", "-d", "e"), ["elevation", "engines"]),
        (("init", "cpo-r"), ["cpo-rack"]),
        (("explain", "gb200-nvl72", "nvlink_c"), ["nvlink_cartridge"]),
    ],
)
def test_a_shell_is_offered_what_fits(words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(*words) == offered


def test_completion_knows_every_name() -> None:
    assert "els8" in catalog_ids()
    assert "cpo" in topology_head("gb300-nvl72-row").scenarios
    assert set(COMMANDS) >= {"help", "completion"}


def test_a_broken_shipped_file_is_listed_as_invalid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "good": "title: fine\nstatus: shipping\n",
        "list": "[1]",
        "bad": "a: [",
        "empty": "",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.setattr("topogen.load.files.topologies_dir", lambda: tmp_path)
    lines = run("list").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        ["bad", "invalid"], ["empty", "invalid"], ["good", "shipping"], ["list", "invalid"],
    ]  # fmt: skip
    assert "see topogen check bad" in lines[1]


def test_list_names_the_scenarios_that_check_takes() -> None:
    assert len(shipped_names()) == len(run("list", "--format", "csv").splitlines()) - 1
