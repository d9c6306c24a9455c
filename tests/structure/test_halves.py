"""What is called a bisection halves the endpoints: closed forms with an odd number, and cuts by places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, figure_of
from tests.structure.oracles import least_flow
from topogen.structure import bisection
from topogen.structure.bisection import cuts, least_crossing
from topogen.structure.domain import Domain, domain
from topogen.structure.hops import hops

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


@pytest.mark.parametrize("ports", range(2, 20))
def test_one_big_switch_cuts_the_smaller_half(ports: int) -> None:
    fabric = fabric_of(f"""
devices:
  gpu: {{role: gpu, ports: {{p: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
fabrics: {{net: {{network: scale_out, pattern: one_big_switch, create: gpu.p, switch: box}}}}
""")
    assert figure_of(fabric, "bisection", "net") == ports // 2 * 400


BY_RACK, BY_NUMBER = {"cut by rack"}, {"cut by number"}


@pytest.mark.parametrize(("racks", "bases"), [(2, BY_RACK), (3, BY_NUMBER), (4, BY_RACK)])
def test_only_cuts_that_halve_are_named(racks: int, bases: set[str]) -> None:
    fabric = fabric_of(f"""
devices:
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: 8, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates: {{rack: {{level: rack, slots: {{U1-6: {{nic: 6}}}}}}}}
instances: {{"r[1-{racks}]": rack}}
fabrics:
  net: {{network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box,
        leaf: {{down: 6, up: 2}}}}
""")
    found = cuts(fabric, domain(fabric, "net"))
    assert {cut.basis for cut in found} == bases
    assert all(abs(cut.sides[0] - cut.sides[1]) <= 1 for cut in found)


def hx_1x1(x: int, y: int) -> Fabric:
    """Return a HammingMesh of single accelerators."""
    return fabric_of(f"""
devices:
  gpu: {{role: gpu, ports: {{p: {{count: 4, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
fabrics:
  net: {{network: scale_out, pattern: hx_mesh, create: gpu.p, switch: box, board: [1, 1], boards: [{x}, {y}]}}
""")


@pytest.mark.parametrize(("x", "y"), [(4, 4), (2, 3), (5, 2)])
def test_accelerators_of_a_hamming_mesh_forward(x: int, y: int) -> None:
    found = hops(domain(hx_1x1(x, y), "net"))
    assert found.no_path == 0
    assert found.pairs == {2: x * y * (x + y - 2), 4: x * y * (x - 1) * (y - 1)}


@given(data=st.data())
def test_a_cut_is_the_least_of_networkx_for_the_same_halves(data: st.DataObject) -> None:
    ends, switches = data.draw(st.integers(2, 8)), data.draw(st.integers(1, 6))
    size = ends + switches
    pairs = st.tuples(st.integers(0, size - 1), st.integers(ends, size - 1), st.integers(1, 9))
    links = [link for link in data.draw(st.lists(pairs, max_size=30)) if link[0] != link[1]]
    links += [(end, ends + end % switches, 1) for end in range(ends)]
    a, b, rate = (np.array(column, np.int64) for column in zip(*links, strict=True))
    one = Domain("x", a, b, rate, np.arange(size) < ends, ())
    side = np.zeros(len(one.nodes), np.int64)
    half = set(data.draw(st.permutations(range(ends)))[: ends // 2])
    side[:ends] = [1 if end in half else -1 for end in range(ends)]
    found = least_crossing(one, side, np.arange(ends))
    brought = [
        int(rate[np.isin(a, ends_) | np.isin(b, ends_)].sum())
        for ends_ in (list(half), list(set(range(ends)) - half))
    ]
    assert found == least_flow(one, half)
    assert found <= min(brought)


@given(data=st.data())
@settings(max_examples=20)
def test_a_cut_of_alike_switches_is_never_below_the_least(data: st.DataObject) -> None:
    leaves, each = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    ends, spines = 2 * leaves * each, data.draw(st.integers(1, 3))
    links = [(end, ends + end // each, 1) for end in range(ends)]
    links += [
        (ends + leaf, ends + 2 * leaves + spine, 1) for leaf in range(2 * leaves) for spine in range(spines)
    ]
    a, b, rate = (np.array(column, np.int64) for column in zip(*links, strict=True))
    one = Domain("x", a, b, rate, np.arange(ends + 2 * leaves + spines) < ends, ())
    side = np.zeros(len(one.nodes), np.int64)
    side[:ends] = np.where(np.arange(ends) < ends // 2, 1, -1)
    least = least_flow(one, set(range(ends // 2)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bisection, "_parts", bisection.alike_parts)
        assert least_crossing(one, side, np.arange(ends)) >= least
