"""Which scopes share their lengths, and that lengths are shared rightly on floors of racks and pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.jobs.site import site
from tests.helpers_fabric import fabric_of
from topogen.cabling.cables import link_lengths
from topogen.floor.per_link import length_numbers
from topogen.floor.routing import route_of
from topogen.floor.scope_classes import scope_classes
from topogen.model.expand import expand
from topogen.model.length_histogram import code_length

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

PODS = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 2, lane_rate: 200 Gb/s}}}
  chip: {role: switch, ports: {p: {count: 12, lanes: 2, lane_rate: 200 Gb/s}}}
templates:
  rack: {level: rack, slots: {U10-12: gpu}}
  net: {level: rack, slots: {U30-31: chip}}
  pod: {level: pod, contains: {rack: 2, net: 1}}
instances: {'p[1-4]': pod}
links: {x: {network: scale_out, a: gpu.p, b: chip.p, pattern: planes, within: pod}}
layout:
  rack_pitch: PITCH
  row_pitch: 3 m
  tray: {where: overhead, height: 2.6 m}
  rows: {A: [p1/rack, p1/net, p2/rack, p2/net], B: [p3/rack, p3/net, p4/net, p4/rack]}
"""


def pods(pitch: str = "600 mm") -> Fabric:
    """Return four pods in two rows; the switches of the last stand at its other end."""
    return fabric_of(PODS.replace("PITCH", pitch))


def kinds(fabric: Fabric) -> list[int]:
    group = fabric.links[0]
    found: list[int] = scope_classes(group.blocks[0], route_of(fabric, group)).class_of.tolist()
    return found


def test_pods_that_lie_alike_on_the_floor_are_of_one_kind() -> None:
    first, second, third, last = kinds(pods())
    assert first == second == third != last


def test_racks_in_one_place_are_told_apart_by_who_shares_one() -> None:
    assert kinds(pods("0 mm")) == [0, 0, 0, 0]
    shared = PODS.replace("net: {level: rack, slots: {U30-31: chip}}", "net: {level: rack}").replace(
        "{U10-12: gpu}", "{U10-12: gpu, U30: chip}"
    )
    mixed = shared.replace("{level: pod, contains: {rack: 2, net: 1}}", "{level: pod, contains: {rack: 2}}")
    assert kinds(fabric_of(mixed.partition("layout")[0])) == [0, 0, 0, 0]


def test_off_the_floor_pods_are_alike() -> None:
    assert kinds(fabric_of(PODS.partition("layout")[0])) == [0, 0, 0, 0]


@pytest.mark.parametrize("gpus", [1_300, 17_000, 36_500])
def test_lengths_of_a_site_found_by_block_are_those_of_every_link(gpus: int) -> None:
    made = fabric_of("".join(site(gpus).splitlines(keepends=True)[2:]), shipped=True)
    for group in made.links:
        codes = group.lengths.codes[length_numbers(made, group, group.blocks)]
        assert np.array_equal(codes, code_length(*link_lengths(made, group, expand(made, group))))
