"""Console blocks of a page: run the command and print what it prints."""

from __future__ import annotations

import re
import shlex

from click.testing import CliRunner

from topogen.cli import group

BLOCK = re.compile(r"```console\n\$ topogen (?P<command>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)
CUT = re.compile(r"(?P<command>.*) \| (?P<part>head|tail) -(?P<lines>\d+)")


def commands(text: str) -> list[str]:
    """Return the topogen commands of a page, without the word topogen."""
    return [found["command"] for found in BLOCK.finditer(text)]


def run(command: str) -> tuple[int, str]:
    """Return the exit code of a command and its output without trailing blanks.

    ``| head -N`` and ``| tail -N`` at the end of the command keep N lines.
    """
    cut = CUT.fullmatch(command)
    words = shlex.split(cut["command"] if cut else command)
    result = CliRunner().invoke(group, words, prog_name="topogen")
    lines = [f"{line.rstrip()}\n" for line in result.output.splitlines()]
    if cut:
        kept = int(cut["lines"])
        lines = lines[:kept] if cut["part"] == "head" else lines[-kept:]
    return result.exit_code, "".join(lines)
