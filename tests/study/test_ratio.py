"""One network over another, on every count basis."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.errors import InputError
from topogen.study.ratio import METRICS, ratio_table
from topogen.takeoff.roll_up import roll_up

PUBLISHED = {
    ("one_end", "nic_only"): "4.5",
    ("one_end", "2_ends_1_tier"): "2.25",
    ("one_end", "4_ends_2_tier"): "1.125",
    ("one_end", "6_ends_3_tier"): "0.75",
    ("both_ends", "nic_only"): "9",
    ("both_ends", "2_ends_1_tier"): "4.5",
    ("both_ends", "4_ends_2_tier"): "2.25",
    ("both_ends", "6_ends_3_tier"): "1.5",
}
"""How the 648 and 144 engines of a rack compare: analysts' table of count bases."""


def test_the_published_table_comes_out_digit_for_digit() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    found = topogen.ratio_table(fabric, roll_up(fabric))
    ratios = {(a.basis, b.basis): found.ratio(a, b) for a in found.above for b in found.below}
    assert ratios == {key: Fraction(value) for key, value in PUBLISHED.items()}
    assert [(int(one.value), one.in_file) for one in found.above] == [(648, True), (1296, False)]
    assert [(int(one.value), one.in_file) for one in found.below] == [
        (144, True),
        (288, False),
        (576, False),
        (864, False),
    ]


def test_links_inside_the_file_have_both_ends_and_the_same_ratio() -> None:
    mesh = shipped_fabric("rubin-ultra-cpo-648", "canister-mesh")
    found = ratio_table(mesh, roll_up(mesh))
    assert [(int(one.value), one.in_file) for one in found.above] == [(324, False), (648, True)]


def test_a_built_tree_is_the_tree_of_its_tiers() -> None:
    fabric = shipped_fabric("gb300-nvl72-row", "optical")
    rollup = roll_up(fabric)
    found = ratio_table(fabric, rollup, "optical_bandwidth_ends")
    tiers = {one.basis: (one.value, one.in_file) for one in found.below}
    whole = topogen.figure(fabric, "optical_bandwidth_ends in scale_out", rollup)
    assert [basis for basis, (value, _) in tiers.items() if value == whole] == ["4_ends_2_tier"]
    assert tiers["4_ends_2_tier"][1]


@pytest.mark.parametrize("metric", METRICS)
def test_both_ends_are_never_fewer_than_one(metric: str) -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    found = ratio_table(fabric, roll_up(fabric), metric)
    assert found.above[0].value <= found.above[1].value
    values = [one.value for one in found.below]
    assert values == sorted(values)


def test_an_unknown_metric_and_network_are_named() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    with pytest.raises(
        InputError, match=r'(?s)E665: no metric "engine".*E665: no links of the network "storage"'
    ):
        ratio_table(fabric, roll_up(fabric), "engine", "scale_up", "storage")


def test_the_command_says_which_ratio_the_file_has() -> None:
    result = CliRunner().invoke(group, ["ratio", "rubin-ultra-cpo-648"], env={"COLUMNS": "160"})
    assert "The same links are 9 to 0.75 : 1 by what is counted." in result.output
    assert "This file has one end to NIC ends only, 4.5 to 1." in result.output
    data = json.loads(CliRunner().invoke(group, ["ratio", "rubin-ultra-cpo-648", "--format", "json"]).output)
    assert [row["buildable_in_this_file"] for row in data["ratio"]] == ["yes", *["no"] * 7]
