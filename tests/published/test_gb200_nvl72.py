"""NVLink of one NVIDIA GB200 NVL72 rack, facts G1 and G2.

G1: NVIDIA Base Command Manager manual, GB200 chapter, v11 (official): every GPU has one link to each of 18
switch chips, 1,296. G2: SemiAnalysis, GB200 Hardware Architecture, July 2024 (analyst): 5,184 copper pairs,
which the press calls cables, also nine switch trays x 4 connectors x 144. "About two miles": launch material.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.media.medium import links_pairs
from topogen.model.expand import expand
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@cache
def nvl72() -> tuple[Fabric, LinkGroup]:
    fabric = shipped_fabric("gb200-nvl72")
    return fabric, next(group for group in fabric.links if group.name == "nvl")


def test_g1_each_gpu_has_one_link_to_each_of_18_chips() -> None:
    fabric, group = nvl72()
    columns = expand(fabric, group)
    pairs = Counter(zip(columns.a.tolist(), columns.b.tolist(), strict=True))
    assert len(columns) == 72 * 18 == 1296
    assert set(pairs.values()) == {1}
    assert (len(set(columns.a.tolist())), len(set(columns.b.tolist()))) == (72, 18)


def test_g2_pairs_are_links_times_lanes_times_directions() -> None:
    fabric, group = nvl72()
    assert links_pairs(fabric, group) == 1296 * 2 * 2 == 9 * 4 * 144 == 5184


def test_four_cartridges_are_bought_and_hold_the_pairs() -> None:
    rolled = roll_up(nvl72()[0])
    bought = {line.part: line.qty for line in rolled.lines if line.cost_scope == "interconnect"}
    assert bought == {"nvlink_cartridge": 4}
    assert rolled.content["nvlink_pair"] == 5184


def test_two_miles_is_quoted_and_not_fitted() -> None:
    _, group = nvl72()
    metres = sum((one.length_mm or 0) * one.links for one in group.lengths) * 4 / 1000
    quoted = 2 * 1609.344
    assert metres == pytest.approx(3123.488)
    assert metres / quoted == pytest.approx(0.970, abs=0.001)
