"""What the README shows is what the commands print: its console blocks are run."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from topogen.cli import group

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"```console\n\$ topogen (?P<words>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)


def printed(words: str) -> str:
    """Return what a command prints, without blanks at line ends."""
    result = CliRunner().invoke(group, shlex.split(words), prog_name="topogen")
    assert result.exit_code == 0, result.output
    return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())


@pytest.mark.parametrize("words", [found["words"] for found in BLOCK.finditer(README.read_text())])
def test_readme_shows_what_the_command_prints(words: str) -> None:
    text = README.read_text()
    if os.environ.get("TOPOGEN_REWRITE"):
        text = BLOCK.sub(
            lambda found: f"```console\n$ topogen {found['words']}\n{printed(found['words'])}```", text
        )
        README.write_text(text)
    shown = next(found["shown"] for found in BLOCK.finditer(text) if found["words"] == words)
    assert shown == printed(words)


def test_readme_shows_every_command() -> None:
    text = README.read_text()
    for command in group.list_commands(None):  # type: ignore[arg-type]
        assert f"`topogen {command}" in text
