from __future__ import annotations

import pytest

from tests.wiring.expanded import OUTSIDE, degrees_of, links_of, slots_have_gaps
from topogen.wiring.block import Ends, Request
from topogen.wiring.external import external


@pytest.mark.parametrize(("devices", "ports"), [(1, 1), (3, 5), (144, 36)])
def test_every_port_leads_outside(devices: int, ports: int) -> None:
    blocks = external(Request(Ends.uniform(devices, ports), None))
    links = links_of(blocks)
    assert sum(block.count for block in blocks) == len(links) == devices * ports
    assert degrees_of(links)[0] == [ports] * devices
    assert {link.b for link in links} == {OUTSIDE}
    assert not slots_have_gaps(links)
