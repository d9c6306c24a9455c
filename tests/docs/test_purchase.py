"""The pages of buyer and installer are run, command after command, in a copy of their folder.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/docs/test_purchase.py`` prints the output anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.console import BLOCK, commands, run

if TYPE_CHECKING:
    import re

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["buyer", "installer"])
def test_each_command_prints_what_the_page_shows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = DOCS / f"{name}.md"
    folder = shutil.copytree(DOCS / "examples" / "buying", tmp_path / "buying")
    monkeypatch.chdir(folder)
    text = page.read_text()
    assert len(commands(text)) >= 5

    def printed(found: re.Match[str]) -> str:
        code, shown = run(found["command"])
        assert code == found["command"].startswith("verify"), shown  # which finds what was planted
        assert shown.strip()
        return f"```console\n$ topogen {found['command']}\n{shown}```"

    fresh = BLOCK.sub(printed, text)
    if os.environ.get("TOPOGEN_REWRITE"):
        page.write_text(fresh)
        text = fresh
    assert text == fresh
