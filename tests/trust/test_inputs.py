"""Small wrong, or once unsayable, designs with the right result; each stands for a whole kind of mistake.

``CASES`` has for each file here a command, its exit code, what its output says and what it never says.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from topogen.cli import group

FOLDER = Path(__file__).parent


class Case(NamedTuple):
    """What a command says about a file: expressions to be found, one after the other, and never."""

    command: str
    code: int
    found: tuple[str, ...]
    never: tuple[str, ...] = ()


CASES = {
    "12fib": Case("bom", 0, (r"mpo12_cord +interconnect +16 ", r"osfp_800g_2xdr4 +interconnect +16 ")),
    "acr": Case("check", 2, ("E645", 'one_to_one has no key "across"')),
    "asymmetric-works-undocumented": Case("check", 0, (r"net/leaf .* 32,000 +25,600 +1\.25:1",)),
    "bidi-on-uni-backplane": Case("bom", 0, (r"nvlink_cartridge +interconnect +4 ",)),
    "bisection-crash": Case("check", 0, (r"ok +bisection\.ub",)),
    "build82": Case("bom", 0, ("small",)),
    "cut3": Case("check --structure", 0, (r"at most +2,000 .* 9 \+ 9",), ("800 ",)),
    "dac2": Case("check", 2, ("E307", "links_per_cable: 2, medium: dac_splitter")),
    "dv": Case("check", 2, ('"gpu at r1" is not a key of this figure',)),
    "esc": Case("check", 2, ("U\\+001B",), ("\x1b",)),
    "first-port-group-message": Case("check", 2, ("several port groups", "mgmt"), ("islands",)),
    "first-port-group-taken": Case("check", 2, ("several port groups", "stack")),
    "ft64": Case("check", 2, ("E204", "reach 2,048 host links"), ("closed form",)),
    "h01-peer-links-oversubscription": Case(
        "check", 0, (r"leaf .* 12:1", r"ok +oversubscription\.leaf +12 +12")
    ),
    "h02-lane-shapes-differ-dac": Case("check", 2, ("a.e is 8 x 50 Gb/s, b.e is 4 x 100 Gb/s",)),
    "h03-breakout-hint": Case("check", 2, ("does not break out",), ("links_per_cable: 2",)),
    "h04-cages-of-two-port-groups": Case("bom", 0, (r"osfp_400g_dr4 +interconnect +6 ",)),
    "h09-port-twice-in-a-table": Case("check", 2, (r"\.csv:4:1 .*spine0\.e\[0\] has the link of line 2",)),
    "h12-dr-on-eight-lanes": Case(
        "bom", 0, ("a link takes 16 fibres, mpo12_cord has 12; dr8",), ("mpo12_cord +interconnect",)
    ),
    "h13-storage-down-front-end-up": Case("check", 0, (r"storage\+front_end, tier 1: 2:1",)),
    "hx1": Case("check --structure", 0, (r"net +2 +96 ", r"net +4 +144 ", r"ok +hops\.net"), ("no path",)),
    "noend": Case("check --structure", 0, ("noend",)),
    "nolinks": Case("draw --diagram links", 2, ("links",)),
    "np1": Case("check", 2, ("sw has no ports",)),
    "obs15": Case("check --structure", 0, (r"closed form +2,800 .* 7 \+ 8",), ("3,000",)),
    "osub-false-pass": Case("check", 1, (r"1\.385:1 to 1\.462:1", r"FAIL +oversubscription")),
    "ov1": Case("check", 2, ("the override applies to no link",)),
    "oversub-1-passes-at-1469": Case("check", 1, (r"FAIL +oversubscription.* 1\.469 ",)),
    "oversub-at-most-2-passes-with-a-leaf-at-3": Case(
        "check", 1, (r"FAIL +oversubscription.* at most 2 +3",)
    ),
    "parts-at-is-always-0": Case("check", 2, ("is not a key of this figure",)),
    "sl": Case("check", 2, ('no link group or fabric "nvll"',)),
    "structure-crash": Case("check --structure", 0, ("crash",)),
    "sw": Case("check --structure", 0, ("sw",)),
    "switch-without-part-vanishes": Case("bom", 0, (r'no_part +1 +give device type "s" a part',)),
    "tall": Case("check", 2, ("E402", "42 U is too low", "need 200 U")),
    "tc": Case("check", 0, (r"net/inside +scale_up +1 +8 ",)),
    "tor": Case("check", 0, ("tor",)),
    "two": Case("check", 1, (r"cost_usd\.scale_up +1004 +4 ", r"ok +cost_usd\.interconnect +8 +8")),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_small_input_has_the_right_result(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    command, *options = case.command.split()
    words = [command, str(FOLDER / f"{name}.yaml"), *options]
    if command == "draw":
        words += ["-o", str(tmp_path)]
    result = CliRunner().invoke(group, words, prog_name="topogen")
    assert result.exit_code == case.code, result.output
    for expression in case.found:
        assert re.search(expression, result.output), result.output
    for expression in case.never:
        assert not re.search(expression, result.output), result.output


def test_every_input_has_a_result() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(CASES)
