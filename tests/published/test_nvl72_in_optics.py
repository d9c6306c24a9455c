"""The NVL72 with optics in place of its copper, facts G3 and G4, with VCSEL beside SiPho engines.

G3, G4: SemiAnalysis, GB200 Hardware Architecture, July 2024 (analyst): 648 twin-port modules of 1.6T at about
30 W, 19.44 kW; NVIDIA says about 20 kW. VCSEL: Jason's Chips, The Infinite TAM of Scale-Up CPO, early 2026
(article): 100G a lane, no external light source. No published count of engines: those are derived here.
"""

from __future__ import annotations

from fractions import Fraction

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.quantities import EndQuantity, PoolQuantity
from topogen.takeoff.roll_up import RollUp, roll_up


def bought(rolled: RollUp) -> dict[str, int]:
    return {line.part: line.qty for line in rolled.lines if line.cost_scope == "interconnect"}


def test_g3_648_modules_are_72_gpus_at_both_ends() -> None:
    rolled = roll_up(shipped_fabric("nvl72-optical"))
    assert bought(rolled) == {"mpo12_cord": 648, "osfp_1t6_2xdr4": 648}
    assert Fraction(72 * 7200, 1600) * 2 == 648
    ends = {row.side: row.qty for row in rolled.quantities if isinstance(row, EndQuantity)}
    assert ends == {"a": 18 * 18, "b": 9 * 36}


def test_g4_the_modules_draw_19_44_kw_at_the_30_w_of_the_source() -> None:
    rolled = roll_up(shipped_fabric("nvl72-optical", "source-30w"))
    assert rolled.totals.power_w.base == 648 * 30 == 19_440


def test_a_cord_holds_eight_fibres_of_two_links() -> None:
    totals = roll_up(shipped_fabric("nvl72-optical")).totals
    assert totals.fibres == 648 * 8 == 1296 * 2 * 2 == 5184


def test_vcsel_lanes_of_100g_double_fibres_and_need_no_els() -> None:
    fabric = shipped_fabric("nvl72-vcsel")
    rolled = roll_up(fabric)
    assert rolled.totals.fibres == 2 * 5184 == 10_368
    assert rolled.totals.els == 0
    assert rolled.content["vcsel"] == 1296 * 4 * 2 == 10_368
    engine = next(row for row in rolled.quantities if row.line == "engine")
    assert isinstance(engine, PoolQuantity)
    assert (engine.qty, engine.buildable) == (648, 72 * 5 + 18 * 18)


def test_siphotonics_takes_the_same_bandwidth_in_324_engines_and_162_els() -> None:
    totals = roll_up(shipped_fabric("nvl72-siphotonics")).totals
    assert (totals.engines_active, totals.els, int(totals.lasers)) == (324, 162, 1296)
    assert totals.engines_active * 3200 == 648 * 1600
    assert totals.fibres == 5184
