"""What is told from the tree and from one place of each kind, against a look at every device."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given

from tests.properties.odd_fabrics import Odd, odd_fabrics, odd_pods, quick
from topogen.build.unit_classes import unit_classes
from topogen.model.fabric import place_group_of
from topogen.model.path import level_depth
from topogen.model.select import select_ports
from topogen.selector import parse_selector
from topogen.takeoff.pools import pools_of
from topogen.wiring.plan import EndPoints, numbered

if TYPE_CHECKING:
    from topogen.model.arrays import Ints


@quick
@given(odd_fabrics())
def test_pools_of_places_alike_are_the_pools_of_every_place(odd: Odd) -> None:
    fabric = odd.fabric
    ends = {(name, group.network) for group in fabric.links for name in group.media or ()}
    for name, network in sorted(ends):
        medium = fabric.catalog.media[name]
        found = zip(
            pools_of(fabric, medium, network), pools_of(fabric, medium, network, every=True), strict=True
        )
        for alike, every in found:
            names = [one.name for one in fields(alike) if one.name != "placed"]
            assert [getattr(alike, name) for name in names] == [getattr(every, name) for name in names]


def places(odd: Odd, level: str) -> Ints:
    """Return the place of each NIC of a level, one NIC after the other."""
    found = []
    for piece in select_ports(odd.fabric.groups, parse_selector("nic.net")):
        place = place_group_of(odd.fabric, piece.path[: level_depth(piece.path, level)])
        found.append(place.first + piece.devices() // (piece.count // place.count))
    return np.concatenate(found)


@quick
@given(odd_pods())
def test_units_told_from_the_tree_are_those_of_every_end(odd: Odd) -> None:
    pieces = select_ports(odd.fabric.groups, parse_selector("nic.net"))
    count = sum(piece.count for piece in pieces)
    for rails in (None, "tray", "rack"):
        for units in (None, "rack", "pod"):
            kinds = unit_classes(odd.fabric.places, pieces, (rails, units))
            rail, unit = np.zeros(count, np.int64), np.zeros(count, np.int64)
            if rails:
                at = places(odd, rails)
                rail = np.array([int((at[:i] == place).sum()) for i, place in enumerate(at.tolist())])
            if units:
                unit = numbered(places(odd, units))
            every = EndPoints.of(1, rail, unit)
            if kinds:
                told = EndPoints(count, 1, kinds)
                assert told.rail.tolist() == rail.tolist() == every.rail.tolist()
                assert told.unit.tolist() == unit.tolist() == every.unit.tolist()
                assert (told.n_units, told.n_rails, told.fullest) == (
                    every.n_units,
                    every.n_rails,
                    every.fullest,
                )
            else:
                assert units != "rack"  # trays that differ in one unit, or racks of two kinds by turns
