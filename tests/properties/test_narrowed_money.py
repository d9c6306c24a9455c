"""Money and watts of networks: they add up to the whole, and no narrowing is ignored."""

from __future__ import annotations

from fractions import Fraction

import pytest

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.language.quantity import NETWORKS
from topogen.takeoff.bill import COST_SCOPES
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import SHARED

SYSTEMS = [
    ("gb300-nvl72-row", None),
    ("gb300-nvl72-row", "cpo"),
    ("rubin-ultra-cpo-648", None),
    ("b300-ethernet-superpod", None),
    ("scaleout-10368", "cpo"),
]
WHERE = (*NETWORKS, SHARED)


@pytest.mark.parametrize("system", SYSTEMS)
def test_networks_and_what_they_share_add_up_to_the_whole(system: tuple[str, str | None]) -> None:
    fabric = shipped_fabric(*system)
    rollup = roll_up(fabric)
    interconnect = [row for row in rollup.vendors if row.cost_scope == "interconnect"]
    keys = [f"cost_usd.{scope}" for scope in COST_SCOPES]
    keys += [f"power_w.{scope}" for scope in COST_SCOPES[:3]]
    keys += [f"{row.view}.{row.vendor}" for row in interconnect]
    keys += [f"layers.{row.layer}" for row in interconnect if row.view == "content" and row.layer]
    for key in dict.fromkeys(keys):
        parts = [topogen.figure(fabric, f"{key} in {where}", rollup) for where in WHERE]
        assert sum(parts) == topogen.figure(fabric, key, rollup), key


@pytest.mark.parametrize("system", SYSTEMS)
def test_scopes_add_up_to_all_pieces_of_a_part(system: tuple[str, str | None]) -> None:
    fabric = shipped_fabric(*system)
    rollup = roll_up(fabric)
    for part in dict.fromkeys(line.part for line in rollup.lines):
        key = f"parts.{part}"
        pieces = [topogen.figure(fabric, f"{key} in {scope}", rollup) for scope in COST_SCOPES]
        assert sum(pieces, Fraction(0)) == topogen.figure(fabric, key, rollup) > 0


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("cost_usd.interconnect at r1", "E109"),
        ("content.unassigned at r1", "E109"),
        ("cost_usd.scale_out in scale_up", "cannot be narrowed"),
        ("power_w.total in scale_up", "cannot be narrowed"),
        ("cost_usd.interconnect in scale_sideways", "not a scope, network or link group"),
    ],
)
def test_a_narrowing_that_is_not_counted_is_refused(key: str, said: str) -> None:
    with pytest.raises(topogen.InputError, match=said):
        topogen.figure(shipped_fabric("gb300-nvl72-row"), key)
