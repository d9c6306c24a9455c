"""Fabrics side by side: figures are those of the roll-up, and waterfalls add up to the difference."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import topogen
from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cli import group
from topogen.columns.count_basis import CountBasis
from topogen.export.to_summary import summary_of
from topogen.figures.entries import STEPS
from topogen.load.files import shipped_topologies
from topogen.report.compare_data import compare_data, waterfall_data
from topogen.report.compare_report import compare_report, waterfall_report
from topogen.report.formats import report_csv, report_md
from topogen.study.compare import (
    BASES,
    PER_GPU,
    RATIOS,
    WATERFALL,
    Comparison,
    Ratio,
    Side,
    compare_sides,
)
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.roll_up import RollUp, roll_up
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.model.fabric import Fabric

PAIR = ("gb300-nvl72-row", "gb300-nvl72-row@optical")
REFUSED = [("rubin-ultra-cpo-648-broker", "as-printed")]
"""More links than ports, as the file says."""
SYSTEMS = [
    (one.name, name)
    for one in shipped_topologies()
    for name in (None, *one.scenarios)
    if (one.name, name) not in REFUSED
]
CATALOG = """
parts:
  unpriced_cord: {is: cord, fibres: 8, power_w: 0}
  dim_module: {is: module without stated contents, price_usd: 100, power_w: 5}
  long_cable: {is: active optical cable, price_usd: 500, power_w: 10, plugs: [1, 1]}
media:
  active: {kind: optical, interface: aoc, recipe: {aoc: {part: long_cable, per: link}}}
  unpriced: {like: dr, recipe: {cord: {part: unpriced_cord, per: link}}}
  dark: {like: dr, recipe: {module: {part: dim_module, per: end}}}
"""
RACK = """
devices:
  gpu: {{role: gpu, ports: {{nvl: {{count: 2, lanes: 4, lane_rate: 200 Gb/s}}}}}}
  chip: {{role: switch, part: nvswitch5, ports: {{nvl: {{count: 4, lanes: 4, lane_rate: 200 Gb/s}}}}}}
templates:
  rack: {{level: rack, contains: {{gpu: 4, chip: 2}}}}
instances: {{r: rack}}
links:
  nvl: {{network: scale_up, a: gpu.nvl, b: chip.nvl, pattern: planes, length: 2 m, medium: {medium}}}
"""


def side_of(fabric: Fabric, label: str = "") -> Side:
    return Side(label or fabric.name, fabric, roll_up(fabric))


@cache
def shipped_side(name: str, scenario: str | None) -> Side:
    return side_of(shipped_fabric(name, scenario), f"{name}@{scenario}")


def small_side(medium: str) -> Side:
    return side_of(fabric_of(RACK.format(medium=medium), catalog=CATALOG, shipped=True))


def base(side: Side, metric: str) -> Fraction:
    figure = side.figure(metric)
    assert figure is not None
    return figure.value.base


@cache
def row_and_optical() -> Comparison:
    return topogen.compare(*PAIR)


# The check value


def test_optical_bandwidth_per_gpu_grows_five_and_a_half_times() -> None:
    """3.2: NIC, leaf down, leaf up and spine, 0.8 Tb/s each; 14.4: both ends of 18 links of 0.4 Tb/s."""
    found = row_and_optical()
    ends = [side.figure("optical_bandwidth_ends", PER_GPU) for side in found.sides]
    assert [one and one.value.base for one in ends] == [Fraction("3.2"), Fraction("17.6")]
    assert found.ratio("optical_bandwidth_ends") == Ratio(Fraction("5.5"))


def test_lasers_per_gpu_grow_two_times() -> None:
    found = row_and_optical()
    lasers = [side.figure("lasers", PER_GPU) for side in found.sides]
    assert [one and one.value.base for one in lasers] == [16, 34]
    assert found.ratio("lasers") == Ratio(Fraction(17, 8))


def test_every_cord_of_the_optical_scenario_can_be_bought() -> None:
    gaps = row_and_optical().sides[1].rollup.gaps
    assert not [gap for gap in gaps if gap.partial]


def test_cost_ratio_is_that_of_the_totals() -> None:
    costs = [side.rollup.totals.cost_usd.base for side in row_and_optical().sides]
    assert row_and_optical().ratio("interconnect_usd") == Ratio(costs[1] / costs[0])


def test_the_same_links_end_in_other_media() -> None:
    """Endpoint bandwidth is conserved: what copper loses, engines gain."""
    steps = {one.step: one.delta_per_gpu for one in row_and_optical().waterfall("bandwidth_ends")}
    assert steps["copper"] == -Fraction("14.4")
    assert steps["engines"] == Fraction("14.4")
    assert sum(delta or 0 for delta in steps.values()) == 0


# Figures are those of the roll-up


def totals_of(fabric: Fabric, rolled: RollUp) -> dict[str, Fraction | int]:
    """Return what figures must come to, from the totals and from every link."""
    totals = rolled.totals
    return {
        "links": totals.links,
        "engines": totals.engines_fitted,
        "els": totals.els,
        "lasers": totals.lasers,
        **{f"lasers.{chip}": count for chip, count in totals.lasers_by_kind.items()},
        "data_fibres": totals.fibres,
        "laser_fibres": totals.laser_fibres,
        "interconnect_usd": totals.cost_usd.base,
        "network_device_usd": totals.network_device_usd.base,
        "total_usd": totals.cost_usd.base + totals.network_device_usd.base,
        "interconnect_w": totals.power_w.base,
        "network_device_w": totals.network_device_w.base,
        "total_w": totals.power_w.base + totals.network_device_w.base,
        "bandwidth_ends": sum(
            (Fraction(one.rate * one.count * (1 + one.has_b), MBPS_PER_TBPS) for one in fabric.links),
            Fraction(0),
        ),
    }


def check_side(side: Side) -> None:
    for metric, expected in totals_of(side.fabric, side.rollup).items():
        assert base(side, metric) == expected, metric
    for scope in ("interconnect", "network_device"):
        cost = side.figure(f"{scope}_usd")
        assert cost is not None
        assert cost.at_least == is_lower_bound(side.rollup.gaps, scope)
    power = {one.cost_scope: bool(one.unknown) for one in side.rollup.totals.power}
    for scope in ("interconnect", "network_device"):
        watts = side.figure(f"{scope}_w")
        assert watts is not None
        assert watts.at_least == power.get(scope, False)


@pytest.mark.parametrize(("name", "scenario"), SYSTEMS, ids=str)
def test_figures_of_shipped_systems_are_those_of_the_roll_up(name: str, scenario: str | None) -> None:
    check_side(shipped_side(name, scenario))


@quick
@given(odd=odd_fabrics())
def test_figures_of_odd_fabrics_are_those_of_the_roll_up(odd: Odd) -> None:
    check_side(side_of(odd.fabric))


@pytest.mark.parametrize(("name", "scenario"), SYSTEMS, ids=str)
def test_every_count_basis_is_that_of_the_summary(name: str, scenario: str | None) -> None:
    side = shipped_side(name, scenario)
    if not side.gpus.packages:
        return  # nothing is per GPU
    per_gpu: Any = summary_of(side.fabric, side.rollup)["per_gpu"]
    for words, expected in per_gpu["by_basis"].items():
        basis = CountBasis(*words.split(" x "))
        for key, metric in [("lasers", "lasers"), ("cost_usd", "interconnect_usd"), ("els", "els")]:
            figure = side.figure(metric, basis)
            assert (figure and figure.value.base) == expected[key]


# Waterfalls


@settings(max_examples=80, deadline=None)
@given(names=st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS)))
def test_steps_add_up_to_the_difference(names: tuple[tuple[str, str | None], tuple[str, str | None]]) -> None:
    first, other = (shipped_side(*one) for one in names)
    found = compare_sides([first, other])
    before, after = (totals_of(side.fabric, side.rollup) for side in (first, other))
    for metric in WATERFALL:
        steps = found.waterfall(metric)
        assert tuple(one.step for one in steps) == STEPS
        assert sum(one.delta for one in steps) == after[metric] - before[metric]
        if first.gpus.packages and other.gpus.packages:
            each = after[metric] / Fraction(other.gpus.packages) - before[metric] / Fraction(
                first.gpus.packages
            )
            assert sum(one.delta_per_gpu or 0 for one in steps) == each
        else:
            assert {one.delta_per_gpu for one in steps} == {None}


@settings(max_examples=40, deadline=None)
@given(names=st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS)))
def test_ratios_of_a_pair_turned_round_are_inverse(
    names: tuple[tuple[str, str | None], tuple[str, str | None]],
) -> None:
    sides = [shipped_side(*one) for one in names]
    there, back = compare_sides(sides), compare_sides(sides[::-1])
    turned = {"": "", "open": "open", "at_least": "at_most", "at_most": "at_least"}
    for basis in BASES:
        for metric in RATIOS.values():
            one, other = there.ratio(metric, basis), back.ratio(metric, basis)
            if one and other:
                assert one.value * other.value == 1
                assert turned[one.bound] == other.bound


def test_modules_and_engines_are_steps_of_their_own() -> None:
    found = topogen.compare("gb300-nvl72-row", "gb300-nvl72-row@cpo")
    lasers = {one.step: one.delta for one in found.waterfall("lasers") if one.delta}
    assert lasers == {"pluggables": -3456, "els": 864}


def test_the_ends_of_active_optical_cables_are_transceivers() -> None:
    """8 links, a cable of two plugs each; nothing of it is a module or a fibre of its own."""
    side = small_side("active")
    assert [base(side, one) for one in ("cables", "modules", "optical_units")] == [8, 0, 16]
    steps = {one.step for one in compare_sides([side, small_side("dr")]).waterfall("total_usd") if one.before}
    assert steps == {"pluggables", "network_devices"}


# What is not known


def test_a_total_without_a_price_makes_a_bound_of_its_ratio() -> None:
    whole, lacking = small_side("dr"), small_side("unpriced")
    assert compare_sides([whole, whole]).ratio("interconnect_usd") == Ratio(Fraction(1))
    for sides, bound in [((whole, lacking), "at_least"), ((lacking, whole), "at_most")]:
        ratio = compare_sides(sides).ratio("interconnect_usd")
        assert ratio is not None
        assert ratio.bound == bound


def test_an_optical_medium_without_lasers_in_its_parts_leaves_them_open() -> None:
    found = small_side("dark").figure("lasers")
    assert found is not None
    assert not found.value.base
    assert found.at_least


def test_links_without_a_medium_leave_optics_open() -> None:
    text = RACK.format(medium="dr").replace(", medium: dr", "")
    side = side_of(fabric_of(text, shipped=True))
    for metric in ("optical_bandwidth_ends", "lasers", "cables", "optical_units", "interconnect_usd"):
        figure = side.figure(metric)
        assert figure is not None
        assert figure.at_least, metric
    ends = side.figure("bandwidth_ends")
    assert ends is not None
    assert not ends.at_least


def test_a_part_with_two_prices_is_named() -> None:
    dear = side_of(
        fabric_of(RACK.format(medium="active"), catalog=CATALOG.replace("500", "600"), shipped=True)
    )
    assert compare_sides([small_side("active"), dear]).repriced() == ("long_cable",)
    assert row_and_optical().repriced() == ()


# The command


def run(*words: str) -> Result:
    return CliRunner().invoke(group, ["compare", *words], prog_name="topogen")


def test_text_has_figures_ratios_answer_and_revisions() -> None:
    result = run(*PAIR)
    assert result.exit_code == 0, result.output
    assert "optical bandwidth ends 3.2 to 17.6 Tb/s (5.5x); lasers 16 to 34 (2.12x)" in result.output
    assert "Count basis: both ends of every link, all tiers, per GPU package" in result.output
    assert "Price basis: base prices, interconnect only; " in result.output
    for name in RATIOS:
        assert name in result.output
    assert result.output.count("topology revision t") == 2


def test_a_ratio_over_a_partial_total_is_marked() -> None:
    result = run(*PAIR)
    lines = [one.split() for one in result.output.splitlines() if one.startswith("network devices  ")]
    watts = [" ".join(words) for words in lines if "W" in words]
    assert watts[1] == "network devices W at least 100 at least 100 0 (partial) 1x (both at least)"


def test_parts_at_no_cost_and_fabrics_without_gpus_are_compared() -> None:
    free = side_of(fabric_of(RACK.format(medium="active"), catalog=CATALOG.replace("500", "0"), shipped=True))
    switch = shipped_side("q3450-cpo-switch", None)
    for sides in ([free, free], [free, switch], [switch, switch]):
        found = compare_sides(sides)
        for report in (compare_report(found), waterfall_report(found)):
            assert "Price basis" in report_md(report)
        assert report_csv(compare_data(found))
        assert report_csv(waterfall_data(found))


def test_csv_of_a_waterfall_has_a_row_per_step() -> None:
    rows = list(csv.DictReader(StringIO(run(*PAIR, "--waterfall", "--format", "csv").output)))
    assert [row["step"] for row in rows] == [*STEPS] * len(WATERFALL)
    lasers = [row for row in rows if row["metric"] == "lasers"]
    assert lasers[-1]["cum_per_gpu"] == "34"
    assert lasers[-1]["cum_total"] == "9792"


def test_json_has_tables_and_the_answer() -> None:
    content = json.loads(run(*PAIR, "--format", "json").output)
    assert list(content) == ["answer", "figures", "ratios", "revisions", "footnotes"]
    (ratios,) = [
        row
        for row in content["ratios"]
        if (row["ends"], row["scope"], row["per"]) == ("both", "all_tiers", "package")
    ]
    assert ratios["x_bandwidth_ends"] == 5.5
    assert len(content["ratios"]) == len(BASES)


def test_three_fabrics_are_each_compared_with_the_first() -> None:
    result = run(*PAIR, "gb300-nvl72-row@cpo")
    assert result.exit_code == 0, result.output
    assert "From gb300-nvl72-row to gb300-nvl72-row@cpo" in result.output


@pytest.mark.parametrize("text", ["gb300-nvl72-row@", "@optical"])
def test_a_name_without_its_scenario_is_refused(text: str) -> None:
    result = run("gb300-nvl72-row", text)
    assert result.exit_code == 2
    assert "E657" in result.output
    assert "write NAME@SCENARIO" in result.output


def test_an_unknown_scenario_is_answered_with_the_nearest() -> None:
    result = run("gb300-nvl72-row", "gb300-nvl72-row@optcal")
    assert result.exit_code == 2
    assert '"optical"' in result.output


def test_one_fabric_alone_is_refused() -> None:
    result = run("gb300-nvl72-row")
    assert result.exit_code == 2
    assert "Missing argument 'B...'" in result.output


def test_a_file_may_have_an_at_sign_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a@b.yaml"
    path.write_text("topogen: 1\nname: small\ninclude: [gb200-nvl72]\ninstances: {r1: nvl72}\n")
    result = run(str(path), "gb200-nvl72")
    assert result.exit_code == 0, result.output
