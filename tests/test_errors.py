"""Wrong files and the exact words they are refused with.

``errors/CODE_slug.yaml`` is a wrong topology, ``errors/CODE_slug.txt`` what a user reads about it. After a
wanted change ``TOPOGEN_REWRITE=1 pytest tests/test_errors.py`` writes the texts anew; read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from topogen.errors import InputError, Problem
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology

FOLDER = Path(__file__).parent / "errors"
FILES = sorted(FOLDER.glob("*.yaml"))
LAYER = [
    Source(file.name, file.read_text(encoding="utf-8")) for file in sorted((FOLDER / "catalog").glob("*"))
]


def refuse(path: Path) -> str:
    """Return the words a wrong file is refused with: the one door from these tests to the library."""
    source = Source(path.name, path.read_text(encoding="utf-8"))
    try:
        parse_topology(source, layers=[LAYER], load=load)
    except InputError as error:
        return f"{error}\n"
    return "accepted\n"


def load(name: str, including: Source) -> Source:
    """Return a file beside these cases."""
    file = FOLDER / "included" / name
    if not file.is_file():
        raise InputError(
            [Problem("E609", f'"{name}" named by {including.name} does not exist', hint="see beside")]
        )
    return Source(file.name, file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_words_are_those_of_the_golden(path: Path) -> None:
    words, golden = refuse(path), path.with_suffix(".txt")
    if os.environ.get("TOPOGEN_REWRITE"):
        golden.write_text(words, encoding="utf-8")
    assert words == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_code_in_the_name_of_a_case_is_among_its_problems(path: Path) -> None:
    codes = re.findall(r"^([EW]\d{3}) ", path.with_suffix(".txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert path.stem == "all_at_once" or path.stem.partition("_")[0] in codes


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_says_what_to_do(path: Path) -> None:
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert text.count("    hint: ") == len(re.findall(r"^[EW]\d{3} ", text, re.MULTILINE))


def test_every_golden_has_its_wrong_file() -> None:
    assert {file.stem for file in FOLDER.glob("*.txt")} == {file.stem for file in FILES}
