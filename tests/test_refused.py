"""Fabrics that cannot be built and the exact words they are refused with.

``refused/CODE_slug.yaml`` can be read but not built, ``refused/CODE_slug.txt`` is what a user reads about it.
After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/test_refused.py`` writes the texts anew; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.helpers_fabric import shipped_catalog, shipped_file
from topogen.build.stages import build
from topogen.errors import InputError
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.takeoff.roll_up import roll_up

FOLDER = Path(__file__).parent / "refused"
FILES = sorted(FOLDER.glob("*.yaml"))


def load(name: str, source: Source) -> Source:
    """Return a shipped file, or a table beside the wrong ones."""
    return (
        Source(name, (FOLDER / name).read_text(encoding="utf-8"))
        if name.endswith(".csv")
        else shipped_file(name, source)
    )


def refuse(path: Path) -> str:
    """Return the words a file is refused with."""
    source = Source(path.name, path.read_text(encoding="utf-8"))
    try:
        roll_up(build(parse_topology(source, layers=[list(shipped_catalog())], load=load)))
    except InputError as error:
        return f"{error}\n"
    return "accepted\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_refused_in_these_words(path: Path) -> None:
    found, expected = refuse(path), path.with_suffix(".txt")
    if os.environ.get("TOPOGEN_REWRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_code_is_that_of_the_file_name(path: Path) -> None:
    assert path.with_suffix(".txt").read_text(encoding="utf-8").startswith(path.stem[:4])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_error_says_where_and_what_to_do(path: Path) -> None:
    blocks = path.with_suffix(".txt").read_text(encoding="utf-8").split("\nE")
    for block in blocks:
        assert ".yaml:" in block.splitlines()[0] or ".csv:" in block.splitlines()[0]
        assert "    hint: " in block


def test_every_wrong_file_has_its_words() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {path.stem for path in FILES}
    assert len(FILES) >= 30
