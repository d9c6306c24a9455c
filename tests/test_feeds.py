"""Which piece carries which port: as many pieces as the take-off counts, each filled in turn."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.load.files import shipped_names
from topogen.takeoff.feeds import LIGHT, feeds
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

SCENARIOS = [
    ("gb300-nvl72-row", "cpo"),
    ("nvl72-siphotonics", "engines-1t6"),
    ("rubin-ultra-cpo-648", "canister-mesh"),
    ("rubin-ultra-cpo-648", "els-1-per-engine"),
]


def dealt(fabric: Fabric) -> Counter[str]:
    """Return how many pieces of each part carry a port."""
    found: Counter[str] = Counter()
    for feed in feeds(fabric):
        rows = zip(feed.place.tolist(), feed.first.tolist(), feed.last.tolist(), strict=True)
        pieces = {(place, piece) for place, first, last in rows for piece in range(first, last + 1)}
        found[feed.part] += len(pieces)
    return found


def counted(fabric: Fabric) -> Counter[str]:
    """Return how many pieces of each part the take-off has, without spares."""
    found: Counter[str] = Counter()
    for row in take_off(fabric):
        if row.per == "end" or (row.per == "pool" and row.line in LIGHT):
            found[row.part or ""] += row.qty - row.spare
    return found


@pytest.mark.parametrize(("name", "scenario"), [*((name, None) for name in shipped_names()), *SCENARIOS])
def test_as_many_pieces_carry_ports_as_are_bought(name: str, scenario: str | None) -> None:
    fabric = shipped_fabric(name, scenario)
    assert dealt(fabric) == counted(fabric)


@given(odd_fabrics())
@quick
def test_no_more_pieces_carry_ports_than_are_bought(odd: Odd) -> None:
    """Where free ports count too, a piece may carry none that has a link."""
    bought = counted(odd.fabric)
    assert all(bought[part] >= count for part, count in dealt(odd.fabric).items())


def test_free_ports_take_their_share_where_all_ports_count() -> None:
    fabric = fabric_of(
        "devices: {box: {role: switch, ports: {n: {count: 8, lanes: 4, lane_rate: 200 Gb/s}}}}\n"
        "instances: {box: 1}\n"
        "links: {out: {network: scale_out, a: 'box.n[1,6]', pattern: external, to: far, medium: m}}\n"
        "catalog:\n"
        "  parts: {e: {is: engine}, l: {is: light}}\n"
        "  media: {m: {kind: optical, recipe: {engine: {part: e, per: pool, serves: 8 lanes, "
        "round_per: device, demand: all_ports}, "
        "els: {part: l, per: pool, serves: 3 engine, round_per: device}}}}\n"
    )
    engine, els = feeds(fabric)
    assert engine.ports.number.tolist() == [1, 6]
    assert engine.first.tolist() == [0, 3]
    assert els.first.tolist() == [0, 1]
    assert counted(fabric) == {"e": 4, "l": 2}
