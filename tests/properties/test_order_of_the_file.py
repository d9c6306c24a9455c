"""Link groups on ports of their own may stand in any order."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import Sizes, devices, media, places, sizes
from topogen.takeoff.roll_up import roll_up

GROUPS = (
    "x: {network: scale_up, pattern: spread, a: gpu.nvl, b: chip.nvl, medium: other}",
    "y: {network: scale_up, pattern: external, a: gpu.mesh, to: out, medium: fibre}",
    "z: {network: scale_out, pattern: external, a: gpu.net, to: out, medium: other}",
)


@settings(max_examples=25)
@given(sizes, st.data(), st.sampled_from(list(permutations(GROUPS))))
def test_totals_do_not_depend_on_the_order(size: Sizes, data: st.DataObject, order: tuple[str, ...]) -> None:
    head, tail = data.draw(devices(size)) + data.draw(places(size)) + "links:\n", data.draw(media())
    one, other = (
        roll_up(fabric_of(head + "".join(f"  {line}\n" for line in lines) + tail))
        for lines in (GROUPS, order)
    )
    assert one.totals == other.totals
    assert one.content == other.content
    counts = [
        Counter({(line.part, line.length_mm): line.qty for line in rolled.lines}) for rolled in (one, other)
    ]
    assert counts[0] == counts[1]
