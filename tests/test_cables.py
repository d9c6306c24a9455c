from __future__ import annotations

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of
from topogen.cabling.cables import cable_of_link, cables_by_length, link_lengths, order_length
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.model.length_histogram import BASES, code_length

LADDER = (1000, 2000, 3000, 5000)


@pytest.mark.parametrize(
    ("length", "ordered"),
    [(1, 1000), (1000, 1000), (1001, 2000), (3001, 5000), (5000, 5000), (5001, None), (None, None)],
)
def test_what_is_ordered_is_the_shortest_that_is_not_shorter(length: int | None, ordered: int | None) -> None:
    assert order_length(length, LADDER) == ordered
    assert order_length(length, tuple(reversed(LADDER))) == ordered
    assert order_length(length, ()) == length


def cables(ports: int, cage: str, per_cable: int) -> list[int]:
    """Return the cable of each link of four GPUs in two trays."""
    fabric = fabric_of(f"""
devices:
  gpu: {{role: gpu, ports: {{p: {{count: {ports}, lanes: 1, lane_rate: 100 Gb/s, cage: {{{cage}}}}}}}}}
templates: {{tray: {{level: tray, contains: {{gpu: 2}}}}}}
instances: {{tray: 2}}
links: {{x: {{network: scale_up, a: gpu.p, pattern: external, to: out, links_per_cable: {per_cable}}}}}
""")
    return [int(cable) for cable in cable_of_link(fabric, fabric.links[0], expand(fabric, fabric.links[0]))]


@pytest.mark.parametrize(
    ("ports", "cage", "per_cable", "expected"),
    [
        (2, "links: 2", 1, [0, 1, 2, 3, 4, 5, 6, 7]),
        (2, "links: 2", 2, [0, 0, 1, 1, 2, 2, 3, 3]),
        (3, "links: 2", 2, [0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7]),  # the third link has a cage to itself
        (3, "links: 3", 2, [0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7]),  # a cage of 3: a cable of 2 and one of 1
        (1, "links: 2, on: tray", 2, [0, 0, 1, 1]),  # two GPUs of a tray share a cage and so a cable
        (2, "links: 2, on: tray", 2, [0, 1, 0, 1, 2, 3, 2, 3]),  # port 0 of both GPUs, then port 1 of both
    ],
)
def test_a_cable_carries_consecutive_links_of_one_a_cage(
    ports: int, cage: str, per_cable: int, expected: list[int]
) -> None:
    assert cables(ports, cage, per_cable) == expected


def test_a_cable_is_no_wider_than_a_cage() -> None:
    with pytest.raises(InputError, match=r"E214.*2 links per cable, but a cage of gpu.p has 1"):
        cables(2, "links: 1", 2)


TWO_TYPES = """
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  nic: {role: nic, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 2}}}}
instances: {gpu: 1, nic: 2}
links: {x: {network: scale_up, a: [gpu.p, nic.p], pattern: external, to: out, links_per_cable: 2LENGTH}}
"""


@pytest.mark.parametrize(("length", "expected"), [("", None), (", length: 3 m", 3000)])
def test_two_kinds_of_device_share_a_stated_or_unknown_length(length: str, expected: int | None) -> None:
    fabric = fabric_of(TWO_TYPES.replace("LENGTH", length))
    group = fabric.links[0]
    mm = -1 if expected is None else expected
    code = int(code_length(np.array(mm), np.array(BASES.index("stated" if expected else "unknown"))))
    assert [column.tolist() for column in cables_by_length(fabric, group)] == [[code], [3], [6]]
    assert link_lengths(fabric, group, expand(fabric, group))[0].tolist() == [mm] * 6


def test_a_cable_is_as_long_as_its_longest_link() -> None:
    fabric = fabric_of("""
devices:
  gpu: {role: gpu, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  chip: {role: switch, ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
templates: {rack: {level: rack, slots: {U10: gpu, U20-21: chip}}}
instances: {r1: rack}
links: {x: {network: scale_up, a: gpu.p, b: chip.p, pattern: planes, links_per_cable: 2}}
""")
    assert [(one.length_mm, one.links) for one in fabric.links[0].lengths] == [(444, 1), (489, 1)]
    assert [column.tolist() for column in cables_by_length(fabric, fabric.links[0])] == [
        [489 * len(BASES)],
        [1],
        [2],
    ]
