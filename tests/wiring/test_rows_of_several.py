"""Pairs that name several devices by ranges are the pairs of single ports that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.build import written_out
from topogen.errors import InputError
from topogen.model.expand import expand

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FILE = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {ports}, lanes: 4, lane_rate: 25 Gb/s}}}}}}
  leaf: {{role: switch, ports: {{down: {{count: 64, lanes: 4, lane_rate: 25 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: 4}}}}}}
instances: {{node: {nodes}, leaf: 4}}
links: {{x: {{network: storage, pattern: explicit, pairs: [{pairs}]}}}}
"""


def linked(pairs: list[tuple[str, str]], ports: int = 1, nodes: int = 8) -> Fabric:
    listed = ", ".join(f"['{a}', '{b}']" for a, b in pairs)
    return fabric_of(FILE.format(pairs=listed, ports=ports, nodes=nodes), shipped=True)


def links_of(fabric: Fabric) -> set[tuple[int, int, int, int]]:
    found: set[tuple[int, int, int, int]] = set()
    for link in fabric.links:
        columns = expand(fabric, link)
        ends = (columns.a, columns.a_port, columns.b, columns.b_port)
        found |= set(zip(*(one.tolist() for one in ends), strict=True))
    return found


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[tuple[str, str]], int]:
    """Return pairs of several NICs or leaves, the same pairs port by port, and the ports of a NIC."""
    each, nodes = draw(st.integers(1, 2)), draw(st.integers(1, 4))
    short, single = [], []
    for node in range(nodes):
        first = draw(st.integers(0, 3))
        last = draw(st.integers(first, 3))
        ends = [(nic, port) for nic in range(first, last + 1) for port in range(each)]
        start = draw(st.integers(0, 3))
        named = f"node{node}/nic[{first}-{last}].net" + (f"[0-{each - 1}]" if each > 1 else "")
        if draw(st.booleans()) and len(ends) <= 4 - start:  # one port of each of several leaves
            far = [(start + at, node) for at in range(len(ends))]
            other = f"leaf[{start}-{start + len(ends) - 1}].down[{node}]"
        else:
            far = [(start, 8 + 8 * node + at) for at in range(len(ends))]
            other = f"leaf{start}.down[{8 + 8 * node}-{7 + 8 * node + len(ends)}]"
        short.append((named, other))
        single += [
            (f"node{node}/nic{nic}.net[{port}]", f"leaf{leaf}.down[{number}]")
            for (nic, port), (leaf, number) in zip(ends, far, strict=True)
        ]
    return short, single, each


@settings(max_examples=60, deadline=None)
@given(case=rows(), turned=st.booleans())
def test_ranges_are_the_pairs_they_stand_for(
    case: tuple[list[tuple[str, str]], list[tuple[str, str]], int], *, turned: bool
) -> None:
    short, single, each = case
    if turned:
        short, single = ([(b, a) for a, b in pairs] for pairs in (short, single))
    assert links_of(linked(short, each)) == links_of(linked(single, each))


@pytest.mark.parametrize(
    "pair",
    [
        ("node[0-3]/nic[1-2].net", "leaf[0-3].down[5-6]"),
        ("node[0-1]/nic.net", "leaf1.down[0-7]"),
        ("node[0-3]/nic0.net", "leaf[0-3].down[7]"),
    ],
)
def test_they_are_what_the_pattern_makes_of_the_pair(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = links_of(linked([pair]))
    monkeypatch.setattr(written_out, "_texts", lambda text: [text])
    assert fast == links_of(linked([pair]))


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("node0/nic[0-3].net", "leaf0.down[0-2]")], "E205"),
        ([("node0/nic[0-7].net", "leaf0.down[0-7]")], "E203"),
        ([("node0/nic[3-0].net", "leaf0.down[0-3]")], "E110"),
        ([("node0/nic[0-1].net", "leaf0.down[0-1]"), ("node1/nic0.net", "leaf0.down[1]")], "E201"),
        ([("leaf[0-1].down[0-1]", "leaf[1-2].down[0-1]")], "E208"),
    ],
)
def test_wrong_ranges_are_refused(pairs: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(InputError, match=code):
        linked(pairs)


def test_a_port_named_twice_is_told_with_both_pairs() -> None:
    pairs = [("node[0-1]/nic0.net", "leaf0.down[0-1]"), ("node2/nic[0-1].net", "leaf[0-1].down[1]")]
    with pytest.raises(InputError, match=r"(?s)E201.*leaf0\.down\[1\] has the link of pair 1"):
        linked(pairs)


def test_pairs_that_join_the_same_ports_are_one_block() -> None:
    pairs = [(f"node{n}/nic[0-3].net", f"leaf[0-3].down[{n}]") for n in range(64)]
    (link,) = linked(pairs, nodes=64).links
    assert [block.count for block in link.blocks] == [256]
