"""Lengths against the floor walked by hand: heights, drops, the way along the tray, slack."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.odd_fabrics import Odd, odd_fabrics, odd_racks, quick
from tests.properties.recount import Recount, recount
from topogen.cabling.cables import link_lengths
from topogen.floor import measure
from topogen.floor import per_link as length_numbers
from topogen.floor.routing import slack_of
from topogen.model.expand import expand
from topogen.model.length_histogram import BASES, code_length

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

PITCH, ROW_PITCH, TRAY = 601, 2400, 2700


def spot(counted: Recount, device: int) -> tuple[int, int] | None:
    """Return where the rack of a device stands: net, r1, r2 ... in row A, p0, p1 ... in row B."""
    rack = counted.place(device, "rack") or "-"
    number = int(rack[1:]) if rack[1:].isdigit() else 0
    return {"r": (PITCH * number, 0), "n": (0, 0), "p": (PITCH * number, ROW_PITCH)}.get(rack[0])


def route(counted: Recount, a: int, b: int) -> int | None:
    """Return the way between two devices in mm, None where the floor does not say."""
    fabric = counted.fabric
    low, far = (ceil(4445 * int(fabric.sites.unit[device]) / 100) for device in (a, b))
    layout, spots = fabric.spec.layout, (spot(counted, a), spot(counted, b))
    if min(low, far) < 0 or counted.place(a, "rack") == counted.place(b, "rack"):
        return abs(low - far) if min(low, far) >= 0 else None
    if layout is None or layout.tray is None or spots[0] is None or spots[1] is None:
        return None
    drops = 2 * TRAY - low - far if layout.tray.where == "overhead" else 2 * TRAY + low + far
    return drops + abs(spots[0][0] - spots[1][0]) + abs(spots[0][1] - spots[1][1])


def expected(fabric: Fabric, counted: Recount, group: LinkGroup, ends: tuple[int, int]) -> tuple[int, str]:
    """Return the length of a link with slack, and its basis."""
    way = route(counted, *ends)
    if way is None:
        racks = [counted.place(end, "rack") for end in ends]
        return (2_000, "default") if racks[0] and racks[0] == racks[1] else (-1, "unknown")
    slack = slack_of(fabric.spec.layout, group.name)
    return (ceil(way * (100 + slack.percent) / 100) + 2 * slack.per_end if slack else way), "routed"


@quick
@given(odd_racks())
def test_lengths_follow_the_floor(odd: Odd) -> None:
    fabric, counted = odd.fabric, recount(odd.fabric)
    walked = [group for group in fabric.links if group.has_b]
    assume(walked)
    for group in walked:
        columns = expand(fabric, group)
        length, basis = (values.tolist() for values in link_lengths(fabric, group, columns))
        ends = zip(columns.a.tolist(), columns.b.tolist(), strict=True)
        assert [(mm, BASES[code]) for mm, code in zip(length, basis, strict=True)] == [
            expected(fabric, counted, group, pair) for pair in ends
        ]


@pytest.mark.parametrize("direct", [length_numbers.DIRECT, 0], ids=["looked up", "searched"])
@quick
@given(odd=odd_fabrics() | odd_racks(), at_once=st.sampled_from([1, 7, 1 << 16]), few=st.booleans())
def test_lengths_found_by_block_are_those_of_every_link(
    direct: int, odd: Odd, at_once: int, *, few: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(length_numbers, "DIRECT", direct)
        patch.setattr(measure, "AT_ONCE", at_once)
        patch.setattr(length_numbers, "COMPARED", 20 if few else length_numbers.COMPARED)
        patch.setattr(length_numbers, "TOGETHER", 1 if few else length_numbers.TOGETHER)
        for group in odd.fabric.links:
            codes = group.lengths.codes[length_numbers.length_numbers(odd.fabric, group, group.blocks)]
            lengths = link_lengths(odd.fabric, group, expand(odd.fabric, group))
            assert codes.tolist() == code_length(*lengths).tolist()
