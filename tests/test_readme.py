"""What the README shows is what the commands print: its console blocks are run."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.draw import DIAGRAMS
from topogen.draw.dot import to_dot
from topogen.draw.render import render_svg
from topogen.rollup import roll_up

README = Path(__file__).parent.parent / "README.md"
PICTURE = README.parent / "docs" / "images" / "rubin-ultra-cpo-648.svg"
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


def test_the_picture_is_the_one_that_is_drawn() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    drawn = render_svg(to_dot(DIAGRAMS["contracted"](fabric, roll_up(fabric)))).svg
    assert drawn is not None
    if os.environ.get("TOPOGEN_REWRITE"):
        PICTURE.write_bytes(drawn)
    assert PICTURE.read_bytes() == drawn


def test_readme_shows_every_command() -> None:
    text = README.read_text()
    for command in group.list_commands(None):  # type: ignore[arg-type]
        assert f"`topogen {command}" in text
