"""What README and docs show is what the commands print: their console blocks are run."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from topogen.cli import group

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = (README, ROOT / "docs" / "checks.md")
BLOCK = re.compile(r"```console\n\$ topogen (?P<words>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)


def printed(words: str) -> str:
    """Return what a command prints, without blanks at line ends."""
    result = CliRunner().invoke(group, shlex.split(words), prog_name="topogen")
    assert result.exit_code == 0, result.output
    return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())


BLOCKS = [(page, found["words"]) for page in PAGES for found in BLOCK.finditer(page.read_text())]


@pytest.mark.parametrize(("page", "words"), BLOCKS, ids=lambda shown: getattr(shown, "stem", shown))
def test_a_page_shows_what_the_command_prints(
    page: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    text = page.read_text()
    if os.environ.get("TOPOGEN_REWRITE"):
        text = BLOCK.sub(
            lambda found: f"```console\n$ topogen {found['words']}\n{printed(found['words'])}```", text
        )
        page.write_text(text)
    shown = next(found["shown"] for found in BLOCK.finditer(text) if found["words"] == words)
    assert shown == printed(words)


def test_readme_shows_every_command() -> None:
    text = README.read_text()
    for command in group.list_commands(None):  # type: ignore[arg-type]
        assert f"`topogen {command}" in text
