"""The Rubin Ultra rack of 648 and 144 engines, facts G11 and G12.

G11: Jason's Chips, The Infinite TAM of Scale-Up CPO, early 2026, and a broker's note relayed by reportify.cn
(analyst, superseded: the official NVL576 of 16 March 2026 is eight racks without these numbers). G12 has two
conventions that must not be mixed: NVIDIA's ratio of 4 lanes a laser and 8 lasers an ELS (developer blog, 26
August 2025, official) gives 324 and 2,592; one ELS an engine (Jason's Chips, The Lumentum Series, part 3, 29
March 2026, analyst) gives 648 and 5,184.
"""

from __future__ import annotations

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.quantities import PoolQuantity
from topogen.takeoff.roll_up import RollUp, roll_up

NAME = "rubin-ultra-cpo-648"


def pieces(rolled: RollUp, line: str, network: str) -> int:
    return sum(row.qty for row in rolled.quantities if (row.line, row.network) == (line, network))


@pytest.mark.parametrize("scenario", [None, "els-1-per-engine", "canister-mesh"])
def test_g11_648_engines_scale_up_and_144_scale_out(scenario: str | None) -> None:
    rolled = roll_up(shipped_fabric(NAME, scenario))
    up, out = (pieces(rolled, "engine", network) for network in ("scale_up", "scale_out"))
    assert (up, out, up / out) == (648, 144, 4.5)


@pytest.mark.parametrize(("scenario", "els", "lasers"), [(None, 324, 2592), ("els-1-per-engine", 648, 5184)])
def test_g12_els_and_lasers_of_the_scale_up_by_convention(
    scenario: str | None, els: int, lasers: int
) -> None:
    rolled = roll_up(shipped_fabric(NAME, scenario))
    assert pieces(rolled, "els", "scale_up") == els
    assert pieces(rolled, "els", "scale_up") * 8 == lasers
    whole = rolled.totals
    assert whole.lasers == whole.els * 8 == rolled.content["uhp_laser"]


@pytest.mark.parametrize(("scenario", "els", "lasers"), [(None, 396, 3168), ("els-1-per-engine", 792, 6336)])
def test_totals_of_both_networks(scenario: str | None, els: int, lasers: int) -> None:
    totals = roll_up(shipped_fabric(NAME, scenario)).totals
    assert (totals.engines_active, totals.els, int(totals.lasers)) == (792, els, lasers)


def test_what_can_be_built_without_splitting_a_piece() -> None:
    pooled = (row for row in roll_up(shipped_fabric(NAME)).quantities if isinstance(row, PoolQuantity))
    rows = {(row.line, row.network): row for row in pooled}
    engine, els = rows["engine", "scale_up"], rows["els", "scale_up"]
    assert (engine.buildable, engine.buildable_scope) == (144 * 5, "device")
    assert (els.buildable, els.buildable_scope) == (24 * 14, "tray")


def test_fibres_leave_at_one_end_or_two() -> None:
    assert roll_up(shipped_fabric(NAME)).totals.fibres == 20_736 + 4_608
    assert roll_up(shipped_fabric(NAME, "canister-mesh")).totals.fibres == 10_368 + 4_608
