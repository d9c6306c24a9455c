"""What is linked can be linked: ports of one shape, whichever is a and b; a list may hold several shapes."""

from __future__ import annotations

from itertools import product

import pytest

from tests.helpers_fabric import fabric_of, figure_of
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up

SHAPES = ((4, 25), (4, 50), (8, 50), (4, 100), (2, 100), (8, 100), (1, 400))
PORT = "{{count: 4, lanes: {}, lane_rate: {} Gb/s}}"


def two(one: tuple[int, int], other: tuple[int, int], a: str = "x.e", b: str = "y.e") -> str:
    ports = PORT.format(*one), PORT.format(*other)
    return f"""
devices: {{x: {{role: switch, ports: {{e: {ports[0]}}}}}, y: {{role: switch, ports: {{e: {ports[1]}}}}}}}
instances: {{x: 1, y: 1}}
links: {{up: {{network: scale_out, a: {a}, b: {b}, pattern: one_to_one, medium: dr, length: 2 m}}}}
"""


@pytest.mark.parametrize(("one", "other"), [pair for pair in product(SHAPES, SHAPES) if pair[0] != pair[1]])
def test_ports_of_two_shapes_are_never_linked(one: tuple[int, int], other: tuple[int, int]) -> None:
    with pytest.raises(InputError) as refused:
        fabric_of(two(one, other), shipped=True)
    (problem,) = (each for each in refused.value.problems if each.is_error)
    assert problem.code == "E206"
    suggested = "links_per_cable" in problem.hint
    fast, slow = sorted((one, other), key=lambda shape: -shape[0] * shape[1])
    fits = fast[1] == slow[1] and fast[0] > slow[0] and fast[0] % slow[0] == 0
    assert suggested is fits


@pytest.mark.parametrize("shape", [(4, 100), (2, 100), (8, 100)])
def test_swapping_a_and_b_changes_no_part(shape: tuple[int, int]) -> None:
    texts = two(shape, shape), two(shape, shape, "y.e", "x.e")
    parts = [
        sorted(
            (line.part, line.length_mm or 0, line.qty)
            for line in roll_up(fabric_of(text, shipped=True)).lines
        )
        for text in texts
    ]
    assert parts[0] == parts[1]


AS_BUILT = """
devices:
  nic:
    role: nic
    ports: {f: {count: 1, lanes: 4, lane_rate: 100 Gb/s}, s: {count: 1, lanes: 2, lane_rate: 100 Gb/s}}
  sw:
    role: switch
    ports: {f: {count: 2, lanes: 4, lane_rate: 100 Gb/s}, s: {count: 2, lanes: 2, lane_rate: 100 Gb/s}}
instances: {nic: 2, sw: 1}
links: {all: {network: front_end, pattern: explicit, pairs: PAIRS, medium: dac, length: 2 m}}
"""
PAIRS = '[["nic[0].f", "sw.f[0]"], ["nic[0].s", "sw.s[0]"], ["nic[1].f", "sw.f[1]"]]'


def test_a_list_may_hold_links_of_several_rates() -> None:
    fabric = fabric_of(AS_BUILT.replace("PAIRS", PAIRS), shipped=True)
    assert [(link.name, link.base, link.rate, link.count) for link in fabric.links] == [
        ("all/400g", "all", 400_000, 2),
        ("all/200g", "all", 200_000, 1),
    ]
    assert figure_of(fabric, "links", "all") == 3
    assert figure_of(fabric, "links", "all/200g") == 1


def test_an_override_of_the_list_reaches_all_its_rates() -> None:
    override = "overrides: [{links: all, medium: aec, reason: longer}]\n"
    fabric = fabric_of(AS_BUILT.replace("PAIRS", PAIRS) + override, shipped=True)
    assert {link.media for link in fabric.links} == {("aec", "aec")}


def test_an_error_in_a_table_names_its_line() -> None:
    text = AS_BUILT.replace("PAIRS", "wires.csv")
    wires = "a,b\nnic[0].f,sw.f[0]\nnic[1].f,sw.f[0]\n"
    with pytest.raises(InputError, match=r"E201 wires.csv:3:1 links.all.pairs: b has no free port left"):
        fabric_of(text, shipped=True, tables={"wires.csv": wires})
