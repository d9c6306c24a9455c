"""The copper wall: links that copper of some reach spans, and those beyond, counted link by link again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given

from tests.helpers_fabric import fabric_of, figure_of, shipped_catalog, shipped_fabric, shipped_file
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.build.stages import build
from topogen.cabling.cables import link_lengths
from topogen.cli import group
from topogen.columns.column import names_of
from topogen.columns.reach import REACH
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_topology
from topogen.load.reading import read
from topogen.model.expand import expand
from topogen.model.length_histogram import BASES
from topogen.report.reach_report import reach_csv
from topogen.study.reach import ReachCurve, Rebuilt, study_reach
from topogen.takeoff.roll_up import roll_up


def test_four_racks_turn_optical_where_copper_ends_in_the_rack() -> None:
    """216 of 1,296 links stay in a rack, as the file expects of its rule of 1 m."""
    (wall,) = study_reach(shipped_fabric("nvl72-spread-4-racks"))
    steps = {step.reach_mm: step for step in wall.steps}
    assert (steps[1000].copper, steps[1000].optical, steps[1000].media) == (216, 1080, ("dac",))
    assert steps[1000].share == Fraction(1080, 1296)
    assert wall.steps[-1].optical == 0


def test_a_medium_reaches_as_far_as_it_does_at_this_lane_rate() -> None:
    (wall,) = study_reach(shipped_fabric("nvl72-spread-4-racks"))
    assert wall.lane_rate == 200_000
    assert wall.reaches["dac"] == 1000
    assert "dac_splitter" not in wall.reaches  # it does not run at 200 Gb/s a lane


def test_links_of_unknown_length_are_counted_apart_and_board_traces_left_out() -> None:
    walls = study_reach(shipped_fabric("rubin-ultra-cpo-648"))
    assert [(wall.network, wall.unknown, wall.steps) for wall in walls] == [
        ("scale_up", 5184, ()),
        ("scale_out", 144, ()),
    ]


@quick
@given(odd=odd_fabrics())
def test_every_step_is_a_count_of_links(odd: Odd) -> None:
    for wall in study_reach(odd.fabric):
        lengths = [
            length[basis != BASES.index("board")]
            for links in odd.fabric.links
            if (links.network, links.lane_rate) == (wall.network, wall.lane_rate)
            for length, basis in [link_lengths(odd.fabric, links, expand(odd.fabric, links))]
        ]
        every = np.concatenate(lengths)
        assert wall.unknown == int((every < 0).sum())
        for step in wall.steps:
            assert step.copper == int(((every >= 0) & (every <= step.reach_mm)).sum())
            assert step.optical == int((every > step.reach_mm).sum())


def test_the_table_has_every_step_with_its_share() -> None:
    walls = study_reach(shipped_fabric("nvl72-spread-4-racks"))
    lines = reach_csv(walls).splitlines()
    assert lines[0] == ",".join(names_of(REACH))
    assert len(lines) == 1 + len(walls[0].steps)
    assert "scale_up,200,1,dac,216,1080,83.333333,0,,," in lines


@pytest.mark.parametrize("length", ["3 m", "3.001 m"])
def test_a_link_as_long_as_the_reach_is_reached(length: str) -> None:
    text = f"""
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{gpu: 2}}
links: {{x: {{network: scale_up, a: gpu.n, b: gpu.n, pattern: full_mesh, length: {length}}}}}
"""
    (wall,) = study_reach(fabric_of(text, shipped=True))
    steps = {step.reach_mm: step.optical for step in wall.steps}
    assert steps[3000] == (0 if length == "3 m" else 1)


# Rebuilt with the policies of the file


def rebuilt(name: str) -> tuple[ReachCurve, dict[int, Rebuilt]]:
    design = read(name)
    (wall,) = study_reach(design.fabric, design.parsed)
    return wall, {step.reach_mm: step.rebuilt for step in wall.steps if step.rebuilt}


def test_engines_and_cost_are_those_of_a_file_with_that_reach() -> None:
    """At 1 m, the rule of the file, nothing changes; else as the same file with another rule."""
    wall, found = rebuilt("nvl72-spread-2-racks")
    assert found[1000] == Rebuilt(648, 162, Fraction(0))
    assert len(found) == len(wall.steps)
    first = wall.steps[0].reach_mm
    for reach in (first, wall.steps[-1].reach_mm):
        rule = f"[{{length: at most {reach / 1000} m, use: nvlink_backplane}}, {{use: cpo_siph_3t2}}]"
        changed = {"policies.copper_then_cpo": rule}
        if reach > 2000:
            changed["catalog.media.nvlink_backplane.reach_m"] = "{200 Gb/s: 5}"
        other = shipped_fabric("nvl72-spread-2-racks", changed=changed)
        assert found[reach].engines == figure_of(other, "parts", "engine_3t2")
        cost = [roll_up(one).totals.cost_usd.base for one in (other, shipped_fabric("nvl72-spread-2-racks"))]
        assert found[reach].cost_delta == cost[0] - cost[1]


@pytest.mark.parametrize("name", ["nvl72-spread-2-racks", "nvl72-spread-4-racks", "nvl72-spread-row"])
def test_links_beyond_the_reach_are_optical_when_rebuilt(name: str) -> None:
    wall, found = rebuilt(name)
    for step in wall.steps:
        assert found[step.reach_mm].links_optical == step.optical


def test_a_price_that_only_one_of_them_lacks_leaves_the_difference_open() -> None:
    _, found = rebuilt("nvl72-spread-hall")
    assert found[1000].cost_delta == 0
    assert any(one.cost_delta is None for one in found.values())


def test_without_a_policy_by_length_nothing_is_rebuilt_and_that_is_said() -> None:
    said = CliRunner().invoke(group, ["reach", "gb200-nvl72"], prog_name="topogen").output
    assert "No policy gives links copper by their length here" in said
    assert "engines" not in said


def test_many_lengths_show_whole_metres_and_every_reach() -> None:
    said = CliRunner().invoke(group, ["reach", "scaleout-32768"], prog_name="topogen").output
    rows = [line.split()[:2] for line in said.splitlines()]
    assert all([number, "m"] in rows for number in ("2", "3", "5", "7", "10", "30"))
    assert "optics take 100% with copper of 2 m (dac), 96.2% with copper of 7 m (aec)." in " ".join(
        said.split()
    )
    assert "Topology revision t" in said


def test_a_choice_by_reach_is_made_again_at_each_reach() -> None:
    """Four GPUs in a chain of 1 m, 2 m and 3 m: copper as far as it reaches, else modules."""
    text = """
devices:
  gpu: {role: gpu, ports: {n: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {gpu: 4}
links:
  x: {network: scale_up, a: "gpu[0]", b: "gpu[1]", pattern: spread, length: 1 m, medium: best}
  y: {network: scale_up, a: "gpu[2]", b: "gpu[3]", pattern: spread, length: 3 m, medium: best}
policies: {best: {choose: preferred, among: [dac, dr]}}
"""
    text = text.replace('"gpu[0]"', "gpu0.n").replace('"gpu[1]"', "gpu1.n")
    text = text.replace('"gpu[2]"', "gpu2.n").replace('"gpu[3]"', "gpu3.n")
    source = Source("small.yaml", "topogen: 1\nname: small\n" + text)
    parsed = parse_topology(source, layers=[list(shipped_catalog())], load=shipped_file)
    (wall,) = study_reach(build(parsed), parsed)
    steps = {step.reach_mm: step.rebuilt for step in wall.steps}
    optical = {reach: one.links_optical for reach, one in steps.items() if one}
    assert (optical[1000], optical[2000], optical[3000]) == (2, 2, 0)
    assert steps[1000] == steps[2000]
    assert steps[2000]
    assert steps[2000].cost_delta == 0
