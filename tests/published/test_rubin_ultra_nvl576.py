"""The eight racks of NVL576, fact G13, and the broker's silicon behind G11.

G13: SemiAnalysis, Rubin Ultra NVL576 flash overview, 10 August 2026 (analyst, relayed: 72 chips x 4 engines a
rack) and Crux Capital, 8 June 2026 (2,304, 4.0 a GPU). The wiring between racks and the engine's 3.6 Tb/s are
inferred. The broker's note (reportify.cn, early 2026) reaches 648 by an unexplained factor of 2.
"""

from __future__ import annotations

from collections import Counter

from tests.helpers_fabric import shipped_fabric
from topogen.model.expand import expand
from topogen.takeoff.roll_up import roll_up


def test_g13_2304_engines_are_8_racks_of_72_chips_of_4() -> None:
    totals = roll_up(shipped_fabric("rubin-ultra-nvl576")).totals
    assert totals.engines_active == 8 * 72 * 4 == 2304
    assert totals.engines_active / totals.gpus == 4
    assert totals.els == 0  # not published: a gap, not a finding
    assert totals.fibres == 576 * 144 // 2 == 41_472


def test_uplinks_are_10_to_five_racks_and_11_to_the_two_neighbours() -> None:
    fabric = shipped_fabric("rubin-ultra-nvl576")
    between = next(group for group in fabric.links if group.name == "between")
    columns = expand(fabric, between)
    assert len(columns) == 576 * 72 // 2 == 20_736
    first = next(group.first for group in fabric.groups if group.type.name == "chip")
    links = Counter(
        frozenset((int(a) - first, int(b) - first)) for a, b in zip(columns.a, columns.b, strict=True)
    )
    for (one, other), count in ((sorted(pair), count) for pair, count in links.items()):
        racks = abs(one // 72 - other // 72)
        assert one % 72 == other % 72
        assert count == (11 if racks in (1, 7) else 10)


def test_the_brokers_chips_light_324_engines_and_leave_half_of_each_package_free() -> None:
    fabric = shipped_fabric("rubin-ultra-cpo-648-broker")
    totals = roll_up(fabric).totals
    assert totals.engines_active == 72 * 14_400 // 3200 == 324
    assert totals.engines_active * 2 == 648  # the note's factor
