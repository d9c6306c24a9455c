"""Fault sweeps against every fault tried one by one, with networkx for ways and largest flows."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from networkx.algorithms.flow import edmonds_karp

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.errors import InputError, LimitError
from topogen.structure.elements import kinds_of
from topogen.structure.wires import wires_of
from topogen.study.fault_sweep import sweep

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.structure.outage import Elements
    from topogen.structure.wires import Net, Wires

PLANES = """
devices:
  nic:   {role: nic, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf:
    role: switch
    ports:
      d: {count: 2, lanes: 4, lane_rate: 100 Gb/s}
      u: {count: 1, lanes: 4, lane_rate: 100 Gb/s}
  spine: {role: switch, ports: {p: {count: 2, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 4, leaf: 4, spine: 2}
links:
  down:
    network: scale_out
    pattern: explicit
    length: 1 m
    pairs:
      - ["nic[0].p[0]", "leaf[0].d[0]"]
      - ["nic[1].p[0]", "leaf[0].d[1]"]
      - ["nic[2].p[0]", "leaf[1].d[0]"]
      - ["nic[3].p[0]", "leaf[1].d[1]"]
      - ["nic[0].p[1]", "leaf[2].d[0]"]
      - ["nic[1].p[1]", "leaf[2].d[1]"]
      - ["nic[2].p[1]", "leaf[3].d[0]"]
      - ["nic[3].p[1]", "leaf[3].d[1]"]
  up:
    network: scale_out
    pattern: explicit
    length: 1 m
    pairs:
      - ["leaf[0].u[0]", "spine[0].p[0]"]
      - ["leaf[1].u[0]", "spine[0].p[1]"]
      - ["leaf[2].u[0]", "spine[1].p[0]"]
      - ["leaf[3].u[0]", "spine[1].p[1]"]
"""

SMALL = """
devices:
  nic:
    role: nic
    ports:
      p: {{count: 3, lanes: 1, lane_rate: 100 Gb/s}}
      q: {{count: 2, lanes: 2, lane_rate: 100 Gb/s}}
  leaf:
    role: switch
    ports:
      p: {{count: 12, lanes: 1, lane_rate: 100 Gb/s, cage: {{links: 2}}}}
      q: {{count: 8, lanes: 2, lane_rate: 100 Gb/s}}
      u: {{count: 8, lanes: 3, lane_rate: 100 Gb/s, cage: {{links: 2}}}}
instances: {{nic: {nics}, leaf: {leaves}}}
links:
{links}
catalog:
  parts: {{module: {{is: module}}}}
  media: {{m: {{kind: optical, recipe: {{module: {{part: module, per: end}}}}}}}}
"""


@st.composite
def small_networks(draw: st.DrawFn) -> Fabric:
    """Return two to four endpoints and one to four switches, joined at random over ports of three rates."""
    nics, leaves = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    free = {
        (kind, one, port): count
        for kind, n, counts in (("nic", nics, {"p": 3, "q": 2}), ("leaf", leaves, {"p": 12, "q": 8, "u": 8}))
        for one in range(n)
        for port, count in counts.items()
    }
    taken: Counter[tuple[str, int, str]] = Counter()
    groups: dict[str, list[str]] = {}

    def join(port: str, *ends: tuple[str, int]) -> None:
        keys = [(kind, one, port) for kind, one in ends]
        if all(taken[key] < free[key] for key in keys):
            names = [f"{kind}[{one}].{port}[{taken[kind, one, port]}]" for kind, one, port in keys]
            taken.update(keys)
            groups.setdefault(port, []).append(f'      - ["{names[0]}", "{names[1]}"]')

    for port in "pq":
        for one in range(nics):
            for leaf in draw(st.lists(st.integers(0, leaves - 1), max_size=3)):
                join(port, ("nic", one), ("leaf", leaf))
    if leaves > 1:
        for one, other in draw(
            st.lists(st.tuples(st.integers(0, leaves - 1), st.integers(0, leaves - 1)), max_size=6)
        ):
            if one != other:
                join("u", ("leaf", one), ("leaf", other))
    assume(groups)
    links = "\n".join(
        f"  {port}:\n    network: scale_out\n    pattern: explicit\n    medium: m\n    pairs:\n"
        + "\n".join(pairs)
        for port, pairs in groups.items()
    )
    return fabric_of(SMALL.format(nics=nics, leaves=leaves, links=links))


class Brute:
    """One network link by link, and what a fault leaves of it."""

    def __init__(self, fabric: Fabric, wires: Wires, net: Net) -> None:
        inside = [
            link
            for link in range(net.links.start, net.links.stop)
            if max(wires.a[link], wires.b[link]) < fabric.n_devices
        ]
        self.links = {
            link: (int(wires.a[link]), int(wires.b[link]), int(wires.rate[link])) for link in inside
        }
        nodes = {node for a, b, _ in self.links.values() for node in (a, b)}
        self.ends = sorted(node for node in nodes if net.ends[node])
        self.forwards = nodes & set(net.core.nodes.tolist())

    def graph(self, lost: set[int], gone: set[int]) -> nx.Graph[int]:
        """Return what is left, with the rate between each two nodes."""
        left: nx.Graph[int] = nx.Graph()
        for link, (a, b, rate) in self.links.items():
            if link not in lost and not {a, b} & gone:
                before = left.get_edge_data(a, b, {"rate": 0})["rate"]
                left.add_edge(a, b, rate=before + rate)
        return left

    def flow(self, graph: nx.Graph[int], one: int, other: int) -> int:
        """Return the largest flow between two ends, over nodes that forward."""
        if one not in graph or other not in graph:
            return 0
        some = graph.subgraph(self.forwards | {one, other})
        return int(nx.maximum_flow_value(some, one, other, capacity="rate", flow_func=edmonds_karp))

    def tried(self, elements: Elements, faults: list[tuple[int, ...]]) -> list[tuple[int, int]]:
        """Return the pairs still connected after each fault, and the most flow a living pair lost."""
        pairs = list(combinations(self.ends, 2))
        whole = {pair: self.flow(self.graph(set(), set()), *pair) for pair in pairs}
        known: dict[tuple[frozenset[int], frozenset[int]], tuple[int, int]] = {}
        found = []
        for fault in faults:
            lost = {int(link) for one in fault for link in elements.link[elements.owner == one]}
            gone = {int(node) for one in fault for node in elements.device[elements.failing == one]}
            key = frozenset(lost & set(self.links)), frozenset(gone)
            if key not in known:
                graph = self.graph(lost, gone)
                left = {pair: self.flow(graph, *pair) for pair in pairs}
                living = [pair for pair in pairs if not set(pair) & gone]
                worst = max((whole[pair] - left[pair] for pair in living), default=0)
                known[key] = sum(1 for flow in left.values() if flow), worst
            found.append(known[key])
        return found


def checked(fabric: Fabric, at_once: int) -> None:
    """Assert that a sweep finds what every fault comes to, tried one by one."""
    wires = wires_of(fabric)
    found = iter(sweep(fabric, at_once).rows)
    nets = {net.name: Brute(fabric, wires, net) for net in wires.nets}
    for kind in kinds_of(fabric, wires):
        for net in wires.nets:
            here = (kind.elements.link >= net.links.start) & (kind.elements.link < net.links.stop)
            brute = nets[net.name]
            pairs = len(brute.ends) and brute.tried(kind.elements, [()])[0][0]
            if not here.any() or kind.elements.count < at_once or not pairs:
                continue
            row = next(found)
            faults = list(combinations(range(kind.elements.count), at_once))
            tried = brute.tried(kind.elements, faults)
            connected = [one[0] for one in tried]
            assert (row.element, row.network, row.pairs) == (kind.element, net.name, pairs)
            assert (row.faults, row.tried) == (len(faults), len(faults))
            assert row.worst_cut == pairs - min(connected)
            assert row.mean_share == Fraction(sum(connected), len(faults) * pairs)
            assert row.flow_lost == max(one[1] for one in tried)
    assert next(found, None) is None


@given(small_networks(), st.sampled_from([1, 2]))
@settings(max_examples=60, deadline=None)
def test_a_sweep_is_what_is_found_one_by_one(fabric: Fabric, at_once: int) -> None:
    checked(fabric, at_once)


@pytest.mark.parametrize("at_once", [1, 2])
def test_two_planes_of_leaves_and_spines(at_once: int) -> None:
    """Four endpoints on two planes of two leaves and two spines: what is twin and what is not, one by one."""
    checked(fabric_of(PLANES), at_once)


def test_a_plane_that_fails_cuts_nobody_off() -> None:
    rows = {row.element: row for row in sweep(fabric_of(PLANES), 2).rows}
    assert (rows["leaf"].pairs, rows["leaf"].worst_cut) == (6, 5)
    assert (rows["spine"].worst_cut, rows["spine"].flow_lost) == (4, 800_000)
    (spine,) = sweep(fabric_of(PLANES), 1, elements=("spine",)).rows
    assert (spine.worst_cut, spine.flow_lost) == (0, 400_000)


def test_one_switch_chip_of_an_nvl72_cuts_nobody_off() -> None:
    rows = {row.element: row for row in sweep(shipped_fabric("gb200-nvl72"), 2).rows}
    assert (rows["gpu"].faults, rows["gpu"].classes, rows["gpu"].worst_cut) == (2556, 1, 71 + 70)
    assert (rows["nvswitch"].worst_cut, rows["nvswitch"].flow_lost) == (0, 800_000)
    assert rows["gpu"].mean_share == Fraction(70 * 69, 72 * 71)


def test_too_many_faults_are_refused_and_a_sample_is_not() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648")
    with pytest.raises(LimitError, match=r"E671.*uhp_laser"):
        sweep(fabric, 2)
    drawn = sweep(fabric, 2, sample=20, elements=("uhp_laser",))
    assert {row.tried for row in drawn.rows} == {20}
    assert drawn == sweep(fabric, 2, sample=20, elements=("uhp_laser",))


def test_a_kind_that_there_is_not_is_named() -> None:
    with pytest.raises(InputError, match="E672"):
        sweep(shipped_fabric("gb200-nvl72"), elements=("nvswich",))
