"""The tutorial is run: its YAML blocks make the file, its commands print what the page shows.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/docs/test_tutorial.py`` prints the output anew.
Read the diff.
"""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.console import BLOCK, run

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
STEP = re.compile(r"^## ", re.MULTILINE)
YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
SECTION = re.compile(r"^(?P<key>[a-z]+):.*\n(?:[ #\n].*\n?|\n)*", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Return the top-level sections of a YAML text by key."""
    return {found["key"]: found[0].rstrip("\n") + "\n" for found in SECTION.finditer(text)}


def written(step: str) -> str:
    """Add the sections of a step to the file as the page says, and return the step with its real output."""
    file = Path("cluster.yaml")
    kept = sections(file.read_text()) if file.exists() else {}
    for block in YAML.findall(step):
        kept |= sections(block)
    file.write_text("".join(kept.values()))
    return BLOCK.sub(
        lambda found: f"```console\n$ topogen {found['command']}\n{run(found['command'])[1]}```", step
    )


def exit_codes(step: str) -> list[int]:
    """Return the exit code of each command of a step."""
    return [run(found["command"])[0] for found in BLOCK.finditer(step)]


def steps(text: str) -> list[str]:
    """Return the page cut before each heading."""
    starts = [0, *(found.start() for found in STEP.finditer(text)), len(text)]
    return [text[first:last] for first, last in pairwise(starts)]


def test_each_step_prints_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text()
    printed = "".join(map(written, steps(text)))
    if os.environ.get("TOPOGEN_REWRITE"):
        PAGE.write_text(printed)
        text = printed
    assert text == printed


def test_the_finished_file_meets_its_expectations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for step in steps(PAGE.read_text()):
        written(step)
    assert run("check cluster.yaml --strict")[0] == 0
    assert run("check cluster.yaml --strict --scenario all-optical")[0] == 0
    assert sorted(path.name for path in Path("out").iterdir())[:2] == ["bom_flat.csv", "bom_gaps.csv"]


def test_only_the_step_with_the_wrong_expectation_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    failing = []
    for step in steps(PAGE.read_text()):
        written(step)
        failing += [step.splitlines()[0] for code in exit_codes(step) if code]
    assert failing == ["## 6. State what must hold"]
