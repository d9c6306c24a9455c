"""The pages of buyer and installer are run, command after command, in a copy of the examples.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/docs/test_purchase.py`` prints the output anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.docs.console import commands, run_again

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["buyer", "installer"])
def test_each_command_prints_what_the_page_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DOCS / f"{name}.md"
    shutil.copytree(DOCS / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path / "examples" / "buying")
    text = page.read_text()
    assert len(commands(text)) >= 5

    fresh = run_again(text, differing=("verify",))
    if os.environ.get("TOPOGEN_REWRITE"):
        page.write_text(fresh)
        text = fresh
    assert text == fresh
