"""The console blocks of README and docs show what the commands print.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/test_readme.py`` prints them anew; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.console import BLOCK, commands, run
from topogen.cli import group

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = (README, ROOT / "docs" / "checks.md")
BLOCKS = [(page, command) for page in PAGES for command in commands(page.read_text())]


def printed(command: str) -> str:
    """Return what a command prints; it must succeed."""
    code, output = run(command)
    assert code == 0, output
    return output


@pytest.mark.parametrize(
    ("page", "command"), BLOCKS, ids=lambda value: value if isinstance(value, str) else value.stem
)
def test_a_page_shows_what_the_command_prints(
    page: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = page.read_text()
    if os.environ.get("TOPOGEN_REWRITE"):
        text = BLOCK.sub(
            lambda found: f"```console\n$ topogen {found['command']}\n{printed(found['command'])}```", text
        )
        page.write_text(text)
    shown = next(found["shown"] for found in BLOCK.finditer(text) if found["command"] == command)
    assert shown == printed(command)


def test_readme_shows_every_command() -> None:
    text = README.read_text()
    for command in group.list_commands(None):  # type: ignore[arg-type]
        assert f"`topogen {command}" in text
