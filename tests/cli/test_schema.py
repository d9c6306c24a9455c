"""``topogen schema``: what a YAML language server reads; every good file passes, wrong ones do not."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from topogen.cli import group
from topogen.load.files import SCHEMA, catalog_dir, topologies_dir
from topogen.load.schema import catalog_schema, schema_text, topology_schema
from topogen.units import ReadError, parse_bandwidth, parse_rate
from topogen.wiring import GENERATORS, LINK_PATTERNS

ROOT = Path(__file__).parents[2]
TOPOLOGIES = [*sorted(topologies_dir().glob("*.yaml")), *sorted((ROOT / "topogen" / "starters").glob("*"))]
CATALOGS = sorted(catalog_dir().rglob("*.yaml"))
FILES = {
    topologies_dir() / SCHEMA: topology_schema(),
    catalog_dir() / "catalog.schema.json": catalog_schema(),
}
MODELINE = "# yaml-language-server: $schema="
GOOD = """
topogen: 1
name: mine
devices: {gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}
instances: {gpu: 4}
links: {up: {network: scale_out, a: gpu.net, pattern: external, to: leaf}}
"""
WRONG = {
    "a mistyped key at the top": GOOD + "layuot: {}\n",
    "a mistyped key inside": GOOD.replace("lanes:", "lames:"),
    "a word the key does not take": GOOD.replace("scale_out", "scaleout"),
    "a name in upper case": GOOD.replace("{gpu: {role", "{GPU: {role"),
    "a role left out": GOOD.replace("role: gpu, ", ""),
    "a text for a count": GOOD.replace("count: 1", "count: one"),
    "a key the pattern needs": GOOD.replace(", to: leaf", ""),
    "a scenario path that begins nowhere": GOOD + "scenarios: {s: {lnks.up.to: x}}\n",
    "a mistyped key of the catalog": GOOD + "catalog: {parts: {x: {price: 3}}}\n",
    "a mistyped statistic": GOOD + "expect: {length: {up: {maximum: 3 m}}}\n",
}


class Yaml12(yaml.SafeLoader):
    """YAML as a language server reads it: numbers are numbers, `on` and a date are text."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rules if not tag.endswith((":bool", ":timestamp"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), ["t", "f"])


def mistakes(schema: dict[str, Any], text: str) -> list[str]:
    """Return what a language server would underline."""
    found = jsonschema.Draft7Validator(schema).iter_errors(yaml.load(text, Yaml12))  # noqa: S506 - safe above
    return [f"{list(error.absolute_path)}: {error.message}" for error in found]


@pytest.mark.parametrize("made", [topology_schema(), catalog_schema()])
def test_it_is_a_draft_07_schema(made: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(made)
    text = json.dumps(made)
    assert not any(word in text for word in ("$defs", "prefixItems", "unevaluated", "dependentRequired"))


@pytest.mark.parametrize("path", TOPOLOGIES, ids=lambda path: path.stem)
def test_every_shipped_topology_passes(path: Path) -> None:
    assert mistakes(topology_schema(), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_every_catalog_file_passes(path: Path) -> None:
    assert mistakes(catalog_schema(), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*TOPOLOGIES, *CATALOGS], ids=lambda path: path.stem)
def test_line_1_of_every_file_names_its_schema_for_editors(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(MODELINE)
    named = path.parent / first.removeprefix(MODELINE)
    if path.parent.name == "starters":  # `topogen init` lays the schema beside what it writes
        named = topologies_dir() / SCHEMA
    assert named.resolve() in {file.resolve() for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_schema_of_editors_is_that_of_the_models(file: Path) -> None:
    text = schema_text(FILES[file])
    if os.environ.get("TOPOGEN_REWRITE"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_a_small_file_passes() -> None:
    assert mistakes(topology_schema(), GOOD) == []


@pytest.mark.parametrize("text", WRONG.values(), ids=list(WRONG))
def test_a_wrong_file_is_underlined(text: str) -> None:
    assert mistakes(topology_schema(), text)


def test_an_overlay_may_hold_half_an_entry() -> None:
    assert mistakes(catalog_schema(), "parts: {els8: {price_usd: 400, made_by: null}}") == []
    assert mistakes(catalog_schema(), "media: {mine: {like: dr, recipe: {cord: null}}}") == []


@pytest.mark.parametrize(("words", "made"), [((), topology_schema()), (("--catalog",), catalog_schema())])
def test_the_command_prints_it(words: tuple[str, ...], made: dict[str, Any]) -> None:
    result = CliRunner().invoke(group, ["schema", *words])
    assert result.exit_code == 0
    assert json.loads(result.output) == made


@pytest.mark.parametrize(("family", "names"), [("LinkSpec", LINK_PATTERNS), ("FabricSpec", GENERATORS)])
def test_each_pattern_has_a_snippet_of_its_own_keys(family: str, names: tuple[str, ...]) -> None:
    definitions = topology_schema()["definitions"]
    rules = {
        one["if"]["properties"]["pattern"]["const"]: one["then"]["$ref"]
        for one in definitions[family]["allOf"]
    }
    snippets = {one["label"]: one["body"] for one in definitions[family]["defaultSnippets"]}
    assert snippets.keys() == set(names)
    for name, body in snippets.items():
        held = definitions[rules[name].rpartition("/")[2]]
        assert body.keys() <= held["properties"].keys()
        assert set(held["required"]) <= body.keys()


def test_editors_offer_the_shipped_media_and_parts() -> None:
    definitions = topology_schema()["definitions"]
    assert {"dac", "cpo_siph_3t2"} <= set(definitions["FatTree"]["properties"]["medium"]["examples"])
    assert {"connectx7", "qm9700"} <= set(definitions["DeviceSpec"]["properties"]["part"]["examples"])


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        (
            "lane_rate",
            ["100 Gb/s", "0.2 Tb/s", "100Gb/s", " 53.125  Gb/s "],
            ["100", "100 GB/s", "100G", "fast"],
        ),
        ("bandwidth", ["1.8 TB/s bidir", "7.2 Tb/s per_dir"], ["1.8 TB/s", "1.8 bidir"]),
    ],
)
def test_units_are_what_the_reader_takes(key: str, good: list[str], bad: list[str]) -> None:
    (known, _) = topology_schema()["definitions"]["PortSpec"]["properties"][key]["anyOf"]
    read = {"lane_rate": parse_rate, "bandwidth": parse_bandwidth}[key]
    for text in good:
        assert re.search(known["pattern"], text)
        assert read(text)
    for text in bad:
        assert not re.search(known["pattern"], text)
        with pytest.raises(ReadError):
            read(text)
