"""What scenarios and changes add to a file: it comes to what a file comes to that has it written in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import HEAD, fabric_of, shipped_catalog, shipped_file
from topogen.build.stages import build
from topogen.errors import InputError
from topogen.language.yaml_tree import Source
from topogen.load.parse import merge_topology, parse_merged
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.build.parsed import Parsed
    from topogen.load.parse import MergedTree

DOCS = (Path(__file__).parent.parent / "docs" / "topology-language.md").read_text(encoding="utf-8")
TWO_WAYS = re.search(r"```yaml\n(topogen: 1\nname: two-ways\n.*?)```", DOCS, re.DOTALL)
BASE = """
devices:
  gpu: {role: gpu, ports: {net: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {node: {level: node, contains: {gpu: 8}}}
instances: {"n[1-4]": node}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: "gpu.net[0]", switch: box, medium: dr}}
"""
ADDED = {
    "links.pair": "{network: scale_up, a: 'gpu.net[1]', pattern: external, to: wan}",
    "layout": "{default_length: 2 m}",
    "fabrics.net.planes": "1",
    "fabrics.net.links_per_cable": "{hosts: 1}",
    "devices.gpu.dies": "2",
    "devices.box.part": "qm9700",
}
"""Keys that the base lacks, each with a value."""
DRAGONFLY = {"groups": "4", "routers_per_group": "4", "hosts_per_router": "2", "globals_per_router": "1"}


@cache
def merged(text: str) -> MergedTree:
    layers = [list(shipped_catalog())]
    return merge_topology(Source("a.yaml", HEAD + text), layers=layers, load=shipped_file)


def totals(parsed: Parsed) -> tuple[object, ...]:
    fabric = build(parsed)
    rollup = roll_up(fabric)
    links = [
        (link.name, link.count, link.media, [(one.length_mm, one.links) for one in link.lengths])
        for link in fabric.links
    ]
    return links, rollup.totals, rollup.lines


def test_keys_that_are_added_come_to_the_file_that_has_them() -> None:
    changes = list(ADDED.items())
    tree = yaml.safe_load(BASE)
    for key, value in changes:
        *above, last = key.split(".")
        held = tree
        for word in above:
            held = held.setdefault(word, {})
        held[last] = yaml.safe_load(value)
    assert totals(parse_merged(merged(BASE), changes)) == totals(parse_merged(merged(yaml.safe_dump(tree))))


def test_a_pattern_is_changed_with_its_keys() -> None:
    changes = [(f"fabrics.net.{key}", value) for key, value in DRAGONFLY.items()]
    changes += [("fabrics.net.pattern", "dragonfly"), ("fabrics.net.tiers", "null")]
    keys = "".join(f", {key}: {value}" for key, value in DRAGONFLY.items())
    written = BASE.replace("fat_tree, tiers: 2", f"dragonfly{keys}")
    assert totals(parse_merged(merged(BASE), changes)) == totals(parse_merged(merged(written)))


@pytest.mark.parametrize("option", ["--set", "--over"])
def test_the_hint_on_a_key_of_the_old_pattern_works(option: str) -> None:
    changes = [(f"fabrics.net.{key}", value) for key, value in DRAGONFLY.items()]
    changes += [("fabrics.net.pattern", "dragonfly")]
    with pytest.raises(InputError) as caught:
        parse_merged(merged(BASE), changes, option)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("E771", f"add {option} fabrics.net.tiers=null, which removes it")
    parse_merged(merged(BASE), [*changes, ("fabrics.net.tiers", "null")], option)


@given(st.sampled_from(sorted(ADDED)), st.sampled_from("axz"), st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_a_misspelt_key_of_the_language_is_never_taken(key: str, letter: str, at: int) -> None:
    *above, last = key.split(".")
    path = ".".join((*above, last[:at] + letter + last[at:]))
    if above == ["links"]:
        return  # any name is that of a link group
    with pytest.raises(InputError, match=r"E640|E606"):
        parse_merged(merged(BASE), [(path, ADDED[key])])


@pytest.mark.parametrize("scenario", [None, "dragonfly", "managed"])
def test_the_file_of_the_docs_is_built_under_its_scenarios(scenario: str | None) -> None:
    assert TWO_WAYS is not None
    text = TWO_WAYS[1].removeprefix("topogen: 1\nname: two-ways\n")
    links = {link.name: link.count for link in fabric_of(text, shipped=True, scenario=scenario).links}
    assert links["net/hosts"] == 32
    assert ("net/global" in links, "oob" in links) == (scenario == "dragonfly", scenario == "managed")
