"""The reference pages: tables printed from the models, examples that are read.

After a wanted change ``TOPOGEN_REWRITE=1 pytest tests/docs`` prints the tables anew; read the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.docs.reference_tables import ALL_TABLES, LANGUAGE_MODELS, MARKED, PATTERN_SPECS, with_tables
from tests.helpers_fabric import shipped_catalog, shipped_file
from topogen.build.stages import build
from topogen.checks.expectations import check_expectations
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_catalog, parse_topology
from topogen.takeoff.roll_up import roll_up

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / f"{name}.md" for name in ("topology-language", "catalog", "files")]
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
TOLD_IN_WORDS = {
    *(
        "PolicySpec",
        "LeafSpec",
        "QuotedSpec",
        *(name for name in LANGUAGE_MODELS if name.startswith("Valued")),
        "Sourced",
        "BuyerKeys",
        "_Figures",
        "Topology",
    ),
    *("SwitchedFabricSpec", "LatticeSpec"),
    *(model.__name__ for model in PATTERN_SPECS.values()),
}
"""Models without a table of their own; keys of patterns are rows of one table."""


def example(name: str) -> Source:
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    return Source(f"{name}.yaml", EXAMPLE.findall(text)[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_tables_are_those_of_the_models(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    printed = with_tables(text)
    if os.environ.get("TOPOGEN_REWRITE"):
        page.write_text(printed, encoding="utf-8")
        text = printed
    assert text == printed


def test_every_model_and_every_file_has_its_table() -> None:
    found = {row["name"] for page in PAGES for row in MARKED.finditer(page.read_text(encoding="utf-8"))}
    assert {*LANGUAGE_MODELS, *ALL_TABLES} - found == TOLD_IN_WORDS


@pytest.mark.parametrize("scenario", [None, "light"])
def test_the_topology_of_the_page_builds_and_holds(scenario: str | None) -> None:
    layers = [list(shipped_catalog())]
    fabric = build(
        parse_topology(example("topology-language"), layers=layers, load=shipped_file, scenario=scenario)
    )
    assert all(item.holds for item in check_expectations(fabric, roll_up(fabric)))


def test_the_catalog_of_the_page_is_good() -> None:
    catalog = parse_catalog([list(shipped_catalog()), [example("catalog")]])
    assert catalog.media["my_light"].recipe["engine"].part == "my_engine"
    assert catalog.parts["my_engine"].contains == {"my_laser": 4}
