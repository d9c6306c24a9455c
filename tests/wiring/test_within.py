"""``within`` where a level contains itself: a device belongs to the innermost place of the level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.graph.by_link import link_graph

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


NESTED = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 16, lanes: 1, lane_rate: 100 Gb/s}}}
templates:
  inner: {level: rack, contains: {gpu: 2, sw: 1}}
  outer: {level: rack, contains: {inner: 2, gpu: 1, sw: 1}}
"""
LINK = "links: {l: {network: scale_up, a: gpu.p, b: sw.p, pattern: spread, within: rack}}\n"


def joined(fabric: Fabric) -> list[tuple[str, str, int]]:
    """Return which devices are joined, by how many links."""
    graph = link_graph(fabric)
    pairs = {tuple(sorted((a, b))) for a, b in graph.edges()}
    return sorted((a, b, graph.number_of_edges(a, b)) for a, b in pairs)


def test_devices_are_joined_in_their_innermost_place_only() -> None:
    fabric = fabric_of(NESTED + 'instances: {"o[0-1]": outer, lone: inner}\n' + LINK)
    places = [f"o{o}/inner{i}" for o in range(2) for i in range(2)] + ["lone"]
    inside = [(f"{place}/gpu{gpu}", f"{place}/sw0", 2) for place in places for gpu in range(2)]
    outside = [(f"o{o}/gpu0", f"o{o}/sw0", 2) for o in range(2)]
    assert joined(fabric) == sorted(inside + outside)


def test_ends_at_two_depths_do_not_meet() -> None:
    text = NESTED.replace("{gpu: 2, sw: 1}", "{gpu: 2}").replace("inner: 2, gpu: 1", "inner: 2")
    with pytest.raises(
        InputError, match=r"E203.*nothing to link: a and b have no free ports in the same rack"
    ):
        fabric_of(text + "instances: {o: outer}\n" + LINK)


def test_a_level_that_does_not_contain_itself_is_as_before() -> None:
    flat = fabric_of(NESTED + 'instances: {"i[0-4]": inner}\n' + LINK)
    assert joined(flat) == [(f"i{i}/gpu{gpu}", f"i{i}/sw0", 2) for i in range(5) for gpu in range(2)]
