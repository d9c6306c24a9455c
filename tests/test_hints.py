"""Every hint that can be followed by rote is: the problem goes, or another one that is true takes its place.

The wrong inputs are those of the goldens. ``hints_in_prose.txt`` lists the hints that only a person can
follow; ``TOPOGEN_REWRITE=1 pytest tests/test_hints.py`` writes it anew.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import test_errors, test_noted, test_refused
from tests.helpers_fabric import shipped_catalog, shipped_file
from tests.helpers_hints import edits, is_followed
from topogen.build.stages import build
from topogen.checks.expectations import check_expectations, failures
from topogen.checks.prices import check_prices
from topogen.errors import InputError, Problem
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = (*test_errors.FILES, *test_refused.FILES, *test_noted.FILES)
PROSE = Path(__file__).parent / "hints_in_prose.txt"
TABLES = {
    "one.yaml",
    "two.yaml",
    "E631_pinned_column.csv",
    *(f"tables/{file.name}" for file in test_refused.FOLDER.glob("tables/*")),
}
LOAD = {"errors": test_errors.load, "refused": test_refused.load, "noted": shipped_file}
FOLLOWED = 142
"""As many hints are followed at least."""
FORM = ("E602", "E62", "E630", "E640", "E642", "E643", "E644", "E645")
"""What a file is refused with whose form is wrong: advice must never lead there."""


def problems(path: Path, changed: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return all that is said about a wrong file whose text, or that of a file it names, has changed."""
    folder = path.parent.name
    source = Source(path.name, changed.get(path.name) or path.read_text(encoding="utf-8"))

    def load(name: str, by: Source) -> Source:
        return Source(name, changed[name]) if name in changed else LOAD[folder](name, by)

    try:
        if folder == "errors":
            parse_topology(source, layers=[test_errors.LAYER], load=load)
            return ()
        fabric = build(parse_topology(source, layers=[list(shipped_catalog())], load=load))
        rollup = roll_up(fabric)
    except InputError as error:
        return error.problems
    prices = check_prices(fabric, rollup, test_noted.DAY) if path.stem.startswith("W5") else ()
    failed = failures(fabric, check_expectations(fabric, rollup))
    return (*failed, *fabric.warnings, *rollup.warnings, *prices)


def text_of(path: Path, name: str) -> str:
    """Return the text that a problem points into: the wrong file, or one that it names."""
    if name == path.name:
        return path.read_text(encoding="utf-8")
    return LOAD[path.parent.name](name, Source(path.name, "")).text


@cache
def found(path: Path) -> tuple[Problem, ...]:
    """Return the problems of a wrong file."""
    return problems(path, {})


def key(problem: Problem) -> tuple[str, str, str]:
    """Return what makes two problems one: the code, the place and the words."""
    missing = problem.message if problem.code == "E641" else ""
    return problem.code, problem.path or str(problem.mark), missing


def cases() -> list[tuple[Path, int]]:
    """Return every problem of every wrong file."""
    return [(path, number) for path in FILES for number in range(len(found(path)))]


def tried(path: Path, number: int) -> list[str]:
    """Return what came of each alternative of a hint: empty if it helped."""
    problem = found(path)[number]
    name = problem.mark.file if problem.mark and problem.mark.file in TABLES else path.name
    before = {key(one) for one in found(path)}
    results = []
    for texts in edits(text_of(path, name), problem):
        said = []
        for text in texts:
            assert text != text_of(path, name), problem.hint
            after = problems(path, {name: text})
            same = [one for one in after if key(one) == key(problem)]
            form = [one for one in after if one.code.startswith(FORM) and key(one) not in before]
            said.append("\n".join(map(str, (*same, *form))))
        results.append(min(said, key=len))
    return results


@pytest.mark.parametrize(("path", "number"), cases(), ids=lambda one: getattr(one, "stem", str(one)))
def test_a_hint_followed_to_the_letter_works(path: Path, number: int) -> None:
    assert not any(tried(path, number)), found(path)[number].hint


def test_what_only_a_person_can_follow_is_listed() -> None:
    prose = {one.hint for path in FILES for one in found(path) if not is_followed(one)}
    words = "".join(f"{hint}\n" for hint in sorted(prose))
    if os.environ.get("TOPOGEN_REWRITE"):
        PROSE.write_text(words, encoding="utf-8")
    assert words == PROSE.read_text(encoding="utf-8")


def test_most_hints_are_followed() -> None:
    followed = [path for path in FILES for one in found(path) if is_followed(one)]
    assert len(followed) >= FOLLOWED
