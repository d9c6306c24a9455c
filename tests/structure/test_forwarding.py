"""Whether endpoints forward traffic: stated for links written by hand, and followed by every figure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import quick
from tests.structure.oracles import hop_counts
from topogen.errors import InputError
from topogen.structure.connectivity import connectivity
from topogen.structure.disjoint_paths import disjoint_paths
from topogen.structure.domain import domain
from topogen.structure.hops import hops
from topogen.structure.wires import wires_of

DEVICES = """
devices:
  gpu: {role: gpu, ports: {p: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
"""
RING = (
    DEVICES
    + """
instances: {gpu: 6}
links: {x: {network: scale_up, pattern: ring, a: gpu.p%s}}
"""
)
RELAY = (
    DEVICES
    + """
instances: {gpu: 3, sw: 2}
links:
  x: {network: scale_up, pattern: one_to_one, a: "gpu[0-1].p[0]", b: "sw0.p[0-1]"%s}
  y: {network: scale_up, pattern: one_to_one, a: "gpu[1-2].p[1]", b: "sw1.p[0-1]"}
"""
)


@pytest.mark.parametrize(
    ("key", "pairs", "no_path"),
    [
        ("", {1: 12, 2: 12, 3: 6}, 0),
        (", endpoints_forward: true", {1: 12, 2: 12, 3: 6}, 0),
        (", endpoints_forward: false", {1: 12}, 18),
    ],
)
def test_a_ring_forwards_unless_it_says_not(key: str, pairs: dict[int, int], no_path: int) -> None:
    one = domain(fabric_of(RING % key), "scale_up")
    assert (hops(one).pairs, hops(one).no_path) == (pairs, no_path)


@pytest.mark.parametrize(
    ("key", "pairs", "forwarding", "least"),
    [
        ("", {2: 4}, 0, 0),
        (", endpoints_forward: false", {2: 4}, 0, 0),
        (", endpoints_forward: true", {2: 4, 4: 2}, 2, 1),
    ],
)
def test_gpus_relay_between_switches_where_stated(
    key: str, pairs: dict[int, int], forwarding: int, least: int
) -> None:
    fabric = fabric_of(RELAY % key)
    one = domain(fabric, "scale_up")
    assert hops(one).pairs == pairs
    assert int(one.forwards[one.ends].sum()) == forwarding
    assert connectivity(one).parts == 1
    paths = disjoint_paths(one, pairs=60)
    assert paths is not None
    assert paths.least == least
    (net,) = wires_of(fabric).nets
    assert len(net.core.nodes) == 2 + forwarding


@settings(quick, deadline=None)
@given(
    st.lists(
        st.sampled_from(["", ", endpoints_forward: true", ", endpoints_forward: false"]),
        min_size=3,
        max_size=3,
    ),
    st.booleans(),
)
def test_hops_with_mixed_statements_are_those_of_networkx(keys: list[str], joined: bool) -> None:  # noqa: FBT001
    text = (
        DEVICES
        + f"""
instances: {{gpu: 6, sw: 2}}
links:
  x: {{network: scale_up, pattern: spread, a: "gpu[0-2].p[0]", b: sw0.p{keys[0]}}}
  y: {{network: scale_up, pattern: spread, a: "gpu[2-5].p[1]", b: sw1.p{keys[1]}}}
"""
    )
    if joined:
        text += f'  z: {{network: scale_up, pattern: ring, a: "gpu[3-5].p[2-3]"{keys[2]}}}\n'
    one = domain(fabric_of(text), "scale_up")
    assert (hops(one).pairs, hops(one).no_path) == hop_counts(one)


def test_the_key_is_refused_where_only_switches_are_joined() -> None:
    text = (
        DEVICES
        + """
instances: {gpu: 2, sw: 2}
links:
  x: {network: scale_up, pattern: spread, a: "gpu.p[0]", b: sw0.p}
  y: {network: scale_up, pattern: one_to_one, a: "sw0.p[4-7]", b: "sw1.p[4-7]", endpoints_forward: true}
"""
    )
    with pytest.raises(
        InputError, match=r"E203.*links\.y\.endpoints_forward: endpoints_forward has no effect"
    ):
        fabric_of(text)
