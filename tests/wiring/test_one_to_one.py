from __future__ import annotations

import pytest

from tests.wiring.expanded import degrees_of, links_of, slots_have_gaps
from topogen.wiring.block import Ends, PatternError, Request
from topogen.wiring.pairwise import port_by_port


@pytest.mark.parametrize(("n_a", "p_a", "n_b", "p_b"), [(4, 3, 2, 6), (1, 5, 5, 1), (6, 1, 3, 2)])
def test_the_i_th_port_of_a_meets_the_i_th_port_of_b(n_a: int, p_a: int, n_b: int, p_b: int) -> None:
    blocks = port_by_port(Request(Ends.uniform(n_a, p_a), Ends.uniform(n_b, p_b)))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == n_a * p_a
    assert all(link.a * p_a + link.a_slot == link.b * p_b + link.b_slot for link in links)
    assert degrees_of(links) == ([p_a] * n_a, [p_b] * n_b)
    assert not slots_have_gaps(links)


def test_four_ports_do_not_meet_three() -> None:
    with pytest.raises(PatternError) as refused:
        port_by_port(Request(Ends.uniform(2, 2), Ends.uniform(1, 3)))
    assert refused.value.code == "E205"
    assert refused.value.message == (
        "each port of a meets one of b, but a has 2 x 2 = 4 free ports, b has 1 x 3 = 3"
    )
