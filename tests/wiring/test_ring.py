from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of
from tests.wiring.expanded import links_of, pair_counts, slots_have_gaps
from topogen.errors import InputError
from topogen.wiring.block import Ends, PatternError, Request
from topogen.wiring.ring import ring

RING = """
devices: {{gpu: {{role: gpu, ports: {{n: {{count: {ports}, lanes: 1, lane_rate: 100 Gb/s}}}}}}}}
instances: {{gpu: {count}}}
links: {{x: {{network: scale_up, a: gpu.n, pattern: ring, links_per_pair: 2}}}}
"""


@pytest.mark.parametrize(("count", "per_pair", "links"), [(2, 3, 3), (3, 1, 3), (8, 2, 16)])
def test_each_device_meets_the_next(count: int, per_pair: int, links: int) -> None:
    ends = Ends.uniform(count, 9)
    made = links_of(ring(Request(ends, ends, per_pair)))
    assert len(made) == links
    assert set(pair_counts(made).values()) == {per_pair}
    assert not slots_have_gaps(made, same=True)


def test_a_ring_of_one_is_refused() -> None:
    ends = Ends.uniform(1, 2)
    with pytest.raises(PatternError):
        ring(Request(ends, ends))


def test_a_ring_takes_two_ports_for_each_link_of_a_pair() -> None:
    fabric = fabric_of(RING.format(ports=4, count=5))
    assert fabric.links[0].count == 10
    with pytest.raises(InputError, match="E201"):
        fabric_of(RING.format(ports=3, count=5))
