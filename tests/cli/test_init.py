"""``topogen init``: a starter lands in this folder, builds, and is never written over anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from topogen.cli import group
from topogen.load.files import SCHEMA, starter_files, topologies_dir

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("cpo-rack", "fat-tree", "nvl72")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], prog_name="topogen")


def test_the_starters_are_those_that_help_names() -> None:
    assert tuple(starter_files()) == NAMES
    assert all(name in run("init", "--help").output for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_written_here_builds_and_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", name)
    assert result.exit_code == 0, result.output
    assert f"topogen bom {name}.yaml" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"{name}.yaml", SCHEMA])
    assert run("build", f"{name}.yaml", "-o", "out").exit_code == 0
    checked = run("check", f"{name}.yaml").output
    assert "expectations hold" in checked
    assert "FAIL" not in checked


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_short(name: str) -> None:
    assert len(starter_files()[name].read_text(encoding="utf-8").splitlines()) <= 45


def test_the_scenario_of_a_starter_holds() -> None:
    assert run("check", starter_files()["cpo-rack"], "--scenario", "els-1-per-engine").exit_code == 0


def test_another_name_may_be_given(tmp_path: Path) -> None:
    assert run("init", "nvl72", "--as", tmp_path / "mine.yaml").exit_code == 0
    assert (tmp_path / "mine.yaml").read_text() == starter_files()["nvl72"].read_text()


def test_a_shipped_topology_may_be_started_from_and_is_named_like_one(tmp_path: Path) -> None:
    assert run("init", "gb300-nvl72-row", "--as", tmp_path / "mine.yaml").exit_code == 0
    assert run("check", tmp_path / "mine.yaml").exit_code == 0


def test_the_schema_that_line_1_names_lies_beside_and_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / SCHEMA).write_text("mine\n")
    assert run("init", "nvl72", "--as", tmp_path / "mine.yaml").exit_code == 0
    assert (tmp_path / "mine.yaml").read_text().startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    assert (tmp_path / SCHEMA).read_text() == "mine\n"
    (tmp_path / SCHEMA).unlink()
    assert run("init", "nvl72", "--as", tmp_path / "other.yaml").exit_code == 0
    assert (tmp_path / SCHEMA).read_text() == (topologies_dir() / SCHEMA).read_text()


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine\n")
    result = run("init", "nvl72", "--as", path)
    assert result.exit_code == 2
    assert "E617" in result.output
    assert "hint: name another file with --as" in result.output
    assert path.read_text() == "mine\n"


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    result = run("init", "nvl72", "--as", tmp_path / "nowhere" / "mine.yaml")
    assert result.exit_code == 2
    assert "E608" in result.output


def test_an_unknown_starter_is_answered_with_the_nearest() -> None:
    result = run("init", "nvl27")
    assert result.exit_code == 2
    assert 'did you mean "nvl72"' in result.output
