"""A build made again from its lock: the same bytes, or a sentence for everything that is in the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import ROOT
from topogen.cli import group
from topogen.cli.schedule_file import ASKED
from topogen.load.lock import ScheduleForm

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FILE = (ROOT / "docs" / "examples" / "explicit.yaml").read_text(encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a topology, a catalog and a build of both."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "site.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "mine" / "prices").mkdir()
    price = (
        "parts: {mpo12_cord: {price_usd: 29, basis: list, source: offer, as_of: 2026-11, confidence: list}}\n"
    )
    (tmp_path / "mine" / "prices" / "cords.yaml").write_text(price, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "mine")
    made = run("build", "site.yaml", "-c", "prices", "-o", "out", "--columns", "full")
    assert made.exit_code == 0, made.output
    return tmp_path / "mine"


def test_a_build_comes_out_again_from_any_folder(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = site / "out" / "topogen.lock"
    for folder in (site, site / "out", site.parent):
        monkeypatch.chdir(folder)
        again = run("reproduce", str(lock))
        assert again.exit_code == 0, again.output
        assert "files have the same bytes" in again.output


def test_a_folder_that_was_moved_still_reproduces(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = site.rename(site.parent / "elsewhere")
    monkeypatch.chdir("/")
    assert run("reproduce", str(moved / "out" / "topogen.lock")).exit_code == 0


def test_the_files_can_be_kept_and_are_those_of_the_build(site: Path) -> None:
    assert run("reproduce", "out/topogen.lock", "-o", "again").exit_code == 0
    for file in (site / "out").iterdir():
        if file.name != "topogen.lock":
            assert (site / "again" / file.name).read_bytes() == file.read_bytes()


def test_a_lock_names_every_file_read_and_written(site: Path) -> None:
    lock = json.loads((site / "out" / "topogen.lock").read_text(encoding="utf-8"))
    assert {"site.yaml", "prices/cords.yaml", "bom_catalog/sources.yaml"} <= lock["sources"].keys()
    assert lock["outputs"].keys() == {file.name for file in (site / "out").iterdir()} - {"topogen.lock"}
    assert str(site) not in json.dumps(lock)


def test_a_changed_a_missing_and_a_new_file_are_named_at_once(site: Path) -> None:
    (site / "site.yaml").write_text(f"# a remark\n{FILE}", encoding="utf-8")
    (site / "prices" / "cords.yaml").rename(site / "prices" / "cords2.yaml")
    again = run("reproduce", "out/topogen.lock")
    assert again.exit_code == 2
    assert "site.yaml has changed" in again.output
    assert "cords.yaml was read for the lock and is not read now" in again.output
    assert "cords2.yaml is read now and was not read" in again.output


def test_a_file_that_comes_out_differently_is_named(site: Path) -> None:
    path = site / "out" / "topogen.lock"
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["outputs"]["order.csv"] = "0" * 64
    path.write_text(json.dumps(lock), encoding="utf-8")
    again = run("reproduce", "out/topogen.lock")
    assert again.exit_code == 1
    assert "order.csv has other bytes" in again.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topogen": "0.0.1"}, "E816: the lock was made by topogen 0.0.1"),
        ({"lock": 2}, "E815"),
        ({"lock": None}, "is no lock of a build"),
    ],
)
def test_a_lock_of_another_version_or_form_is_refused(
    site: Path, change: dict[str, object], words: str
) -> None:
    path = site / "out" / "topogen.lock"
    lock = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**lock, **change}), encoding="utf-8")
    again = run("reproduce", str(path))
    assert (again.exit_code, words in again.output) == (2, True), again.output


@pytest.mark.parametrize("text", ["not json", "[]", "{}", '{"lock": 1}'])
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.lock").write_text(text, encoding="utf-8")
    refused = run("reproduce", str(tmp_path / "x.lock"))
    assert refused.exit_code == 2
    assert "E815" in refused.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colums": "full"}, "options.colums: Unexpected keyword argument"),
        ({"columns": "all"}, "options.columns: Input should be 'default' or 'full'"),
        ({"schedules": ["cvs"]}, "options.schedules.0: Input should be"),
        ({"xlsx": "no"}, "options.xlsx: Input should be a valid boolean"),
        ({"need_by": "soon"}, "--need-by"),
    ],
)
def test_options_edited_by_hand_are_named(site: Path, change: dict[str, object], words: str) -> None:
    path = site / "out" / "topogen.lock"
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["options"] |= change
    path.write_text(json.dumps(lock), encoding="utf-8")
    refused = run("reproduce", str(path))
    assert (refused.exit_code, words in refused.output) == (2, True), refused.output


def test_a_lock_takes_the_forms_that_a_build_takes() -> None:
    assert get_args(ScheduleForm) == ASKED
