from __future__ import annotations

import pytest

from tests.wiring.expanded import degrees_of, links_of, slots_have_gaps
from topogen.wiring.block import Ends, Request
from topogen.wiring.planes import planes

SIZES = [(72, 18, 18), (2, 5, 3), (4, 2, 5), (3, 7, 1), (5, 9, 4)]


@pytest.mark.parametrize(("n_a", "ports", "n_b"), SIZES)
def test_port_k_goes_to_number_k_modulo_n_b(n_a: int, ports: int, n_b: int) -> None:
    blocks = planes(Request(Ends.uniform(n_a, ports), Ends.uniform(n_b, 999)))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == n_a * ports
    assert all(link.b == link.a_slot % n_b for link in links)
    assert not slots_have_gaps(links)


@pytest.mark.parametrize(("n_a", "ports", "n_b"), SIZES)
def test_the_first_switches_carry_the_uneven_rest(n_a: int, ports: int, n_b: int) -> None:
    each, longer = divmod(ports, n_b)
    links = links_of(planes(Request(Ends.uniform(n_a, ports), Ends.uniform(n_b, 999))))
    expected = [n_a * (each + 1)] * longer + [n_a * each] * (n_b - longer)
    assert degrees_of(links)[1] == [count for count in expected if count]
