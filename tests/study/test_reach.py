"""The copper wall: links that copper of some reach spans, and those beyond, counted link by link again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cabling.cables import link_lengths
from topogen.columns import REACH, names_of
from topogen.model.expand import expand
from topogen.model.length_histogram import BASES
from topogen.report.reach_report import reach_csv
from topogen.study.reach import study_reach


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
            for group in odd.fabric.links
            if (group.network, group.lane_rate) == (wall.network, wall.lane_rate)
            for length, basis in [link_lengths(odd.fabric, group, expand(odd.fabric, group))]
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
    assert "scale_up,200,1,dac,216,1080,83.333333,0" in lines


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
