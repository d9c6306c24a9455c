from __future__ import annotations

import numpy as np
import pytest

from tests.wiring.expanded import degrees_of, links_of, slots_have_gaps
from topogen.wiring.block import Ends, Request
from topogen.wiring.rails import rails


@pytest.mark.parametrize(("n_a", "per_node", "ports", "n_b"), [(32, 8, 1, 8), (9, 3, 2, 3), (8, 4, 3, 2)])
def test_the_number_in_the_node_chooses_the_switch(n_a: int, per_node: int, ports: int, n_b: int) -> None:
    blocks = rails(Request(Ends.uniform(n_a, ports, per_node), Ends.uniform(n_b, 999)))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == n_a * ports
    assert all(link.b == link.a % per_node % n_b for link in links)
    assert degrees_of(links)[0] == [ports] * n_a
    assert not slots_have_gaps(links)


def test_a_short_node_leaves_its_last_rails_empty() -> None:
    ends = Ends(5, 1, lambda: np.array([0, 0, 0, 1, 1]))
    assert degrees_of(links_of(rails(Request(ends, Ends.uniform(3, 9)))))[1] == [2, 2, 1]
