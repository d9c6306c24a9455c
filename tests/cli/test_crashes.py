"""Odd inputs end in an answer or a message; an error of topogen itself has its own exit code."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of, figure_of
from topogen.errors import InputError
from topogen.structure.domain import domain, names
from topogen.structure.survey import survey

if TYPE_CHECKING:
    from pathlib import Path

ONLY_SWITCHES = """
devices: {a: {role: switch, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}}
templates: {rack: {level: rack, contains: {a: 2}}}
instances: {"r[1-2]": rack}
links: {l: {network: scale_up, a: a.p, b: a.p, within: rack, pattern: full_mesh}}
"""
SWITCHES_AS_ENDS = """
devices:
  low: {role: switch, ports: {up: {count: 4, lanes: 1, lane_rate: 100 Gb/s}}}
  high: {role: switch, ports: {down: {count: 8, lanes: 1, lane_rate: 100 Gb/s}}}
instances: {low: 4}
fabrics: {f: {network: scale_up, pattern: fat_tree, tiers: 1, ends: low.up, planes: 4, switch: high}}
"""
NO_PORTS = """
devices: {gpu: {role: gpu, ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}, sw: {role: switch}}
instances: {gpu: 2}
fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 1, ends: gpu.p, switch: sw}}
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "topogen", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("text", [ONLY_SWITCHES, SWITCHES_AS_ENDS])
def test_a_network_of_switches_has_a_structure(text: str) -> None:
    fabric = fabric_of(text)
    found = survey(fabric)
    assert [one.name for one in found.connectivity] == names(fabric)
    assert all(len(domain(fabric, name).ends) == 4 for name in names(fabric))


def test_switches_that_are_the_ends_of_a_fabric_have_a_bisection() -> None:
    assert figure_of(fabric_of(SWITCHES_AS_ENDS), "bisection", "f") == 800


def test_a_switch_without_ports_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"E201 small.yaml:6:11 fabrics.f: sw has no ports"):
        fabric_of(NO_PORTS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "gb200-nvl72", "--structure", "--hop-ns", "x"), '"x" is not a number'),
        (("check", "gb200-nvl72", "--structure", "--hop-ns", "nan"), '"nan" is not a length of time'),
        (("draw", "gb200-nvl72", "-o", ""), "the path is empty"),
        (("build", "gb200-nvl72", "-o", ""), "the path is empty"),
        (("draw", "gb200-nvl72", "-o", "x.eps"), 'E608: "x.eps": drawings are not written as .eps'),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fabric_without_links_has_no_picture_of_them(tmp_path: Path) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text("topogen: 1\nname: alone\ndevices: {gpu: {role: gpu}}\ninstances: {gpu: 2}\n")
    done = run("draw", file, "--diagram", "links", "-o", tmp_path / "alone.svg")
    assert (done.returncode, "E656: alone has no links to draw here" in done.stderr) == (2, True)
    assert not (tmp_path / "alone.svg").exists()


BROKEN = """
import sys, topogen.load.reading, topogen.cli
def broken(*_, **__): raise RuntimeError("a fault")
topogen.load.reading.read = broken
sys.argv = ["topogen", "bom", "gb200-nvl72"]
topogen.cli.main()
"""


def test_an_error_of_topogen_itself_exits_with_70() -> None:
    done = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert done.stderr.startswith("internal error at ")
    assert "RuntimeError: a fault" in done.stderr
    assert "Traceback" not in done.stderr
