"""Every pattern is one record in one file, with a sentence, a row in the reference and an example."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import ROOT
from topogen.checks.expectations import check_expectations
from topogen.explain.links import wiring_words
from topogen.load.reading import read_fabric
from topogen.takeoff.roll_up import roll_up
from topogen.wiring import GENERATORS, LINK_PATTERNS, generator, link_pattern

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "docs" / "examples"
REFERENCE = ROOT / "docs" / "topology-language.md"
PATTERNS = (*LINK_PATTERNS, *GENERATORS)
SHARED = {
    "between_groups", "bind", "block", "direct", "finite_field", "grid", "lattice", "pairwise", "plan",
    "record", "routers",
}  # fmt: skip
"""Modules of ``wiring`` that are no pattern."""


def test_the_registry_lists_every_pattern_file() -> None:
    folder = ROOT / "topogen" / "wiring"
    found = {path.stem for path in folder.glob("[!_]*") if path.stem not in SHARED | {"__pycache__"}}
    assert set(PATTERNS) == found


@pytest.mark.parametrize("name", LINK_PATTERNS)
def test_a_link_pattern_says_what_it_joins(name: str) -> None:
    record = link_pattern(name)
    assert record.joins
    assert record.links


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_says_what_each_link_group_joins(name: str) -> None:
    record = generator(name)
    assert record.spec.link_groups
    assert all(record.spec.link_groups.values())
    assert record.switches
    assert record.links


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_has_its_row_in_the_reference(name: str) -> None:
    assert f"| [`{name}`](examples/{name}.yaml) |" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_has_an_example_that_builds(name: str) -> None:
    file = EXAMPLES / f"{name}.yaml"
    assert file.exists(), f"docs/examples/{name}.yaml is missing"
    fabric = read_fabric(str(file))
    links = {spec.pattern for spec in fabric.spec.links.values()}
    assert name in links | {spec.pattern for spec in fabric.spec.fabrics.values()}
    assert fabric.spec.expect.links
    assert all(item.holds for item in check_expectations(fabric, roll_up(fabric)))


@pytest.mark.parametrize("name", PATTERNS)
def test_every_link_group_and_switch_of_an_example_is_explained(name: str) -> None:
    fabric = read_fabric(str(EXAMPLES / f"{name}.yaml"))
    for link in fabric.links:
        assert re.fullmatch(rf"{link.pattern}: \S.*", wiring_words(fabric, link))
    for group in fabric.groups:
        if group.role:
            made, role = group.role.split("/")
            (*_, last) = fabric.made[made].sizes[role]
            assert last.formula.endswith(f"= {group.count:,} {role}")


STAR = '''"""``star``: every device of b to one port of the first a."""

from typing import Literal

from topogen.language.link import LinkSpec, SomePorts
from topogen.wiring.block import Block, Request, biclique
from topogen.wiring.record import LinkPattern


class Star(LinkSpec):
    """One hub and its spokes."""

    pattern: Literal["star"]
    """pattern that pairs the ports"""
    a: SomePorts
    """ports of the hub"""
    b: SomePorts
    """ports of the spokes"""


def star(request: Request) -> list[Block]:
    """Return one link from the hub to each spoke: n_b links."""
    _, spokes = request.two_sides("star")
    return [biclique(1, spokes.count)]


PATTERN = LinkPattern(
    spec=Star, joins="the first a to every b", links="n_b", make=star, uses_all_ports=(False, False)
)
'''
EXAMPLE = """
topogen: 1
name: star
devices:
  hub: {role: switch, ports: {p: {count: 8, lanes: 2, lane_rate: 200 Gb/s}}}
  gpu: {role: gpu, ports: {p: {count: 1, lanes: 2, lane_rate: 200 Gb/s}}}
instances: {hub: 1, gpu: 8}
links: {spokes: {network: scale_up, pattern: star, a: hub.p, b: gpu.p, medium: dac, length: 1 m}}
expect: {links: {spokes: 8}}
"""


def test_a_new_pattern_is_one_file_and_one_registry_line(tmp_path: Path) -> None:
    """The recipe of CONTRIBUTING: the file and the line make it build, explain itself and refuse mistakes."""
    shutil.copytree(ROOT / "topogen", tmp_path / "topogen", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("topologies", "bom_catalog"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    wiring = tmp_path / "topogen" / "wiring"
    (wiring / "star.py").write_text(STAR)
    registry = wiring / "__init__.py"
    registry.write_text(registry.read_text().replace('    "ring",\n', '    "ring",\n    "star",\n'))
    (tmp_path / "star.yaml").write_text(EXAMPLE)
    (tmp_path / "wrong.yaml").write_text(EXAMPLE.replace("b: gpu.p", "rails_by: rack"))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "topogen", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("check", "star.yaml").returncode == 0
    assert "star: the first a to every b" in run("explain", "star.yaml", "spokes").stdout
    refused = run("check", "wrong.yaml").stderr
    assert 'E641 wrong.yaml:8:9 links.spokes: "b" is missing' in refused
    assert 'pattern star has no key "rails_by"' in refused
    assert '"star"' in run("schema").stdout
