"""Console blocks of a page: run the command and print what it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from topogen.cli import group

BLOCK = re.compile(r"```console\n\$ topogen (?P<command>[^\n]*)\n(?P<shown>.*?)```", re.DOTALL)
CUT = re.compile(r"(?P<command>.*) \| (?P<part>head|tail) -(?P<lines>\d+)")
FIELDS = re.compile(r"```console\n\$ cut -d, -f(?P<fields>[\d,]+) (?P<file>\S+)\n.*?```", re.DOTALL)
FOUND = re.compile(r"(?P<command>.*) \| grep -A(?P<lines>\d+) (?P<text>.+)")


def commands(text: str) -> list[str]:
    """Return the topogen commands of a page, without the word topogen."""
    return [found["command"] for found in BLOCK.finditer(text)]


def run(command: str) -> tuple[int, str]:
    """Return the exit code of a command and its output without trailing blanks.

    A command may end in ``| head -N``, ``| tail -N``, or ``| grep -AN TEXT`` for a text that occurs once.
    """
    cut, found = CUT.fullmatch(command), FOUND.fullmatch(command)
    piped = cut or found
    words = shlex.split(piped["command"] if piped else command)
    result = CliRunner().invoke(group, words, prog_name="topogen")
    lines = [f"{line.rstrip()}\n" for line in result.output.splitlines()]
    if cut:
        kept = int(cut["lines"])
        lines = lines[:kept] if cut["part"] == "head" else lines[-kept:]
    if found:
        (text,) = shlex.split(found["text"])
        (first,) = (number for number, line in enumerate(lines) if text in line)
        lines = lines[first : first + 1 + int(found["lines"])]
    return result.exit_code, "".join(lines)


def run_again(text: str, differing: tuple[str, ...] = ()) -> str:
    """Return a page with its commands run anew; those that begin like ``differing`` exit with 1.

    After all commands of topogen, columns of the CSV files that they wrote are cut out anew.
    """

    def printed(found: re.Match[str]) -> str:
        code, shown = run(found["command"])
        assert code == found["command"].startswith(differing or ("\0",)), shown
        assert shown.strip()
        return f"```console\n$ topogen {found['command']}\n{shown}```"

    return FIELDS.sub(_cut, BLOCK.sub(printed, text))


def _cut(found: re.Match[str]) -> str:
    """Return a block with columns of a CSV file, as ``cut`` prints them."""
    wanted = [int(field) - 1 for field in found["fields"].split(",")]
    rows = [line.split(",") for line in Path(found["file"]).read_text(encoding="utf-8").splitlines()]
    shown = "".join(f"{','.join(row[field] for field in wanted)}\n" for row in rows)
    return f"```console\n$ cut -d, -f{found['fields']} {found['file']}\n{shown}```"
