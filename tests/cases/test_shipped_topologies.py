"""Each shipped topology and each of its scenarios builds and holds what it expects; a file is a test.

A scenario that is shipped to be refused has its words beside this file, ``NAME+SCENARIO.txt``, and must be
refused in exactly these; ``TOPOGEN_REWRITE=1`` writes them anew where such a file stands.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import ROOT, shipped_catalog, shipped_fabric, shipped_file
from topogen.checks.expectations import check_expectations
from topogen.errors import InputError
from topogen.load.parse import parse_topology
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FOLDER = Path(__file__).parent
REFUSED = sorted(tuple(file.stem.split("+")) for file in FOLDER.glob("*.txt"))
NAMES = sorted(file.stem for file in (ROOT / "topologies").glob("*.yaml"))


def cases() -> list[tuple[str, str | None]]:
    """Return every file alone and with each of its scenarios."""
    found: list[tuple[str, str | None]] = []
    for name in NAMES:
        parsed = parse_topology(shipped_file(name), layers=[list(shipped_catalog())], load=shipped_file)
        found += [(name, None), *((name, scenario) for scenario in parsed.scenarios)]
    return [case for case in found if case not in REFUSED]


CASES = pytest.mark.parametrize(("name", "scenario"), cases(), ids=lambda word: word or "as-it-stands")


@cache
def built(name: str, scenario: str | None) -> tuple[Fabric, RollUp]:
    fabric = shipped_fabric(name, scenario)
    return fabric, roll_up(fabric)


@CASES
def test_what_the_file_expects_holds(name: str, scenario: str | None) -> None:
    failed = [line for line in check_expectations(*built(name, scenario)) if not line.holds]
    assert not failed, "\n".join(
        f"{line.key}: expected {line.expected}, found {line.found}" for line in failed
    )


@CASES
def test_a_shipped_file_expects_something(name: str, scenario: str | None) -> None:
    assert len(check_expectations(*built(name, scenario))) >= 4


@CASES
def test_a_shipped_file_names_its_sources(name: str, scenario: str | None) -> None:
    fabric, _ = built(name, scenario)
    assert fabric.spec.status
    assert all("," in source for source in fabric.spec.sources)
    assert len(fabric.spec.sources) >= 2


@CASES
def test_content_is_all_of_procurement(name: str, scenario: str | None) -> None:
    rollup = built(name, scenario)[1]
    content, procurement = (
        sum(row.value.base for row in rollup.vendors if row.view == view and row.value)
        for view in ("content", "procurement")
    )
    assert content == procurement == rollup.totals.cost_usd.base + rollup.totals.network_device_usd.base


@pytest.mark.parametrize(("name", "scenario"), REFUSED)
def test_a_scenario_is_refused_in_these_words(name: str, scenario: str) -> None:
    with pytest.raises(InputError) as refused:
        shipped_fabric(name, scenario)
    words, found = FOLDER / f"{name}+{scenario}.txt", f"{refused.value}\n"
    if os.environ.get("TOPOGEN_REWRITE"):
        words.write_text(found, encoding="utf-8")
    assert found == words.read_text(encoding="utf-8")


def test_the_broker_note_asks_for_twice_and_four_times_the_ports() -> None:
    words = (FOLDER / "rubin-ultra-cpo-648-broker+as-printed.txt").read_text(encoding="utf-8")
    assert words.count("2,073.6 Tb/s needed, 1,036.8 Tb/s free: 2x") == 2
    assert "4,147.2 Tb/s with the links rejected above: 4x" in words


def test_a_rail_optimised_fabric_of_32768_gpus_is_25_lines() -> None:
    modeline, *lines = shipped_file("scaleout-32768").text.splitlines()
    assert modeline.startswith("# yaml-language-server")
    assert len(lines) <= 25
