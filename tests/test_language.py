"""The eleven files of the language, built with the shipped catalog: each holds what it expects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_catalog
from topogen.build.stages import build
from topogen.checks.expectations import check_expectations
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.build.parsed import Parsed

FOLDER = Path(__file__).parent / "language"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml") if file.stem != "catalog")


def source(name: str, _by: Source | None = None) -> Source:
    """Return a file of the language."""
    return Source(f"{name}.yaml", (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def parsed(name: str, scenario: str | None = None) -> Parsed:
    """Return a file of the language with one of its scenarios."""
    return parse_topology(source(name), layers=[list(shipped_catalog())], load=source, scenario=scenario)


CASES = [(name, scenario) for name in NAMES for scenario in (None, *parsed(name).scenarios)]


@pytest.mark.parametrize(("name", "scenario"), CASES, ids=lambda word: word or "as-it-stands")
def test_a_file_of_the_language_holds_what_it_expects(name: str, scenario: str | None) -> None:
    fabric = build(parsed(name, scenario))
    failed = [line for line in check_expectations(fabric, roll_up(fabric)) if not line.holds]
    assert not failed, "\n".join(f"{one.key}: expected {one.expected}, found {one.found}" for one in failed)
