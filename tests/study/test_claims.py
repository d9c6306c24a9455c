"""Claims: verdicts follow from the file, and from nothing else."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import topogen
from topogen.cli import group
from topogen.conditions import parse_condition
from topogen.study.claims import INPUT_ONLY, NOT_REPRODUCED, RANGE, REPRODUCED, UNDER_BASIS

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.study.claims import Claim

FABRIC = """
topogen: 1
name: small
devices:
  gpu: {role: gpu, part: b200, ports: {net: {count: 1, lanes: 4, lane_rate: 200 Gb/s}}}
  box: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 200 Gb/s}}}
templates: {shelf: {level: rack, contains: {gpu: 8, box: 1}}}
instances: {"s[1-2]": shelf}
links: {up: {network: scale_out, a: gpu.net, b: box.net, within: rack, pattern: one_to_one, medium: dr}}
layout: {floor: none, default_length: 5 m}
catalog:
  parts:
    osfp_800g_dr4: {price_usd: [400, 500, 900], source: us, as_of: 2026-11, confidence: estimate, contains: ~}
scenarios:
  one: {instances: {s1: shelf}}
  dear: {catalog.parts.osfp_800g_dr4.price_usd: 2000}
claims:
"""
MODULES = "procurement.module"
"""USD for the modules at both ends of 16 links."""


def verdicts(folder: Path, *lines: str) -> dict[str, Claim]:
    """Return the claims of the small file, by name."""
    path = folder / "small.yaml"
    path.write_text(FABRIC + "".join(f"  {line}\n" for line in lines), encoding="utf-8")
    (found,) = topogen.claims(path)
    return {claim.name: claim for claim in found.claims}


def claim(folder: Path, text: str) -> Claim:
    return verdicts(folder, f"c: {{says: so, source: us, {text}}}")["c"]


@pytest.mark.parametrize(
    ("text", "verdict", "basis", "binding", "swing"),
    [
        ("of: links.up, quoted: 16", REPRODUCED, "", "", None),
        ("of: links.up, quoted: 17", NOT_REPRODUCED, "", "", None),
        ("of: links.up, quoted: 8, over: [dear, one]", UNDER_BASIS, "one", "one", 8),
        (
            "of: links.up, quoted: 24, over: {instances: {s1: shelf}}",
            NOT_REPRODUCED,
            "",
            "instances: {s1: shelf}",
            8,
        ),
        ("of: links.up, quoted: 16, over: one", REPRODUCED, "", "one", 8),
        ("of: links.up per gpu, quoted: 100%", REPRODUCED, "", "", None),
        ("of: parts.osfp_800g_dr4 / links.up, quoted: at least 3", NOT_REPRODUCED, "", "", None),
        ("of: cost_usd.interconnect per link, quoted: 1000 to 1100", REPRODUCED, "", RANGE, 1054),
        ("of: cost_usd.interconnect per link, quoted: 1400 to 1450", UNDER_BASIS, RANGE, RANGE, 1054),
        (
            "of: cost_usd.interconnect per link, quoted: at most 4100, over: dear",
            REPRODUCED,
            "",
            "dear",
            3000,
        ),
        ("of: links.down, quoted: 16", NOT_REPRODUCED, "", "", None),
        ("input_only: nobody knows", INPUT_ONLY, "", "", None),
        ("answered_by: topogen x, answer: 7.4, quoted: 7", REPRODUCED, "", "", None),
        ("answered_by: topogen x, answer: 7.6, quoted: 7", NOT_REPRODUCED, "", "", None),
    ],
)
def test_a_verdict_names_what_it_rests_on(
    tmp_path: Path, text: str, verdict: str, basis: str, binding: str, swing: int | None
) -> None:
    found = claim(tmp_path, text)
    assert (found.verdict, found.basis, found.binding) == (verdict, basis, binding)
    assert found.swing == swing


def test_a_figure_that_is_not_there_says_why(tmp_path: Path) -> None:
    found = claim(tmp_path, "of: links.down, quoted: 16, remark: as printed")
    assert found.computed is None
    assert found.remark.startswith("(")
    assert "down" in found.remark
    assert found.remark.endswith("as printed")


def test_an_assumption_that_cannot_be_built_says_why(tmp_path: Path) -> None:
    found = claim(tmp_path, "of: links.up, quoted: 16, over: {links.up.b: gpu.net}")
    assert found.verdict == REPRODUCED
    assert "links.up.b: gpu.net" in found.remark
    assert not found.under


def test_inputs_name_the_file_and_every_assumption(tmp_path: Path) -> None:
    found = claim(tmp_path, "of: links.up, quoted: 16, over: [one, {instances: {s1: shelf}}]")
    path = tmp_path / "small.yaml"
    assert found.inputs == (str(path), f"{path}@one", f"{path} with instances: {{s1: shelf}}")


@settings(max_examples=8, deadline=None)
@given(price=st.integers(1, 5000))
def test_an_assumption_equals_the_file_with_its_values(
    tmp_path_factory: pytest.TempPathFactory, price: int
) -> None:
    folder = tmp_path_factory.mktemp("claims")
    key = "cost_usd.interconnect per link"
    tried = claim(folder, f"of: {key}, quoted: 1, over: {{catalog.parts.osfp_800g_dr4.price_usd: {price}}}")
    path = folder / "changed.yaml"
    path.write_text(FABRIC.replace("[400, 500, 900]", str(price)) + "  {}\n", encoding="utf-8")
    assert list(tried.under.values()) == [topogen.figure(topogen.read_fabric(path), key)]


@settings(max_examples=8, deadline=None)
@given(price=st.integers(1, 5000))
def test_the_price_in_the_file_moves_the_verdict(
    tmp_path_factory: pytest.TempPathFactory, price: int
) -> None:
    path = tmp_path_factory.mktemp("claims") / "small.yaml"
    lines = "  c: {says: so, source: us, of: cost_usd.interconnect / links.up, quoted: at most 2500}\n"
    path.write_text(FABRIC.replace("[400, 500, 900]", str(price)) + lines, encoding="utf-8")
    (found,) = topogen.claims(path)
    value = found.claims[0].computed
    assert value is not None
    holds = parse_condition("at most 2500").holds(value.base)
    assert found.claims[0].verdict == (REPRODUCED if holds else NOT_REPRODUCED)
    assert holds == (value.base <= Fraction(2500))


def test_a_file_without_claims_is_refused() -> None:
    with pytest.raises(topogen.InputError, match="E662"):
        topogen.claims("gb200-nvl72")


def test_every_format_has_every_claim_and_counts_the_verdicts() -> None:
    for shape in ("text", "md", "csv", "json"):
        found = CliRunner().invoke(group, ["claims", "article-three-vendors", "--format", shape])
        assert found.exit_code == 0, found.output
        assert "s53-c35" in found.output
        assert shape == "csv" or "reproduced under a stated basis" in found.output
