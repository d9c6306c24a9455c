"""NVIDIA Quantum-X800 Q3450-LD, facts G17 and G18, and the bill of case 07.

G17: NVIDIA developer blog, 26 August 2025 (official: 72 engines, 2 laser fibres an engine, 8 lasers an ELS,
a laser to four lanes), 18 ELS by Lambda's unboxing, 2026, and SemiAnalysis (analyst). G18: optics.org on
NVIDIA's release, March 2025 (official, relayed): 324 optical connections a chip. Conflict: SemiAnalysis has
20 fibres an engine, so 1,440 in all against 1,296. Case 07: SemiAnalysis CPO Book, January 2026 (analyst).
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import counts_of, fabric_of, shipped_fabric
from topogen.media.medium import links_fibres
from topogen.takeoff.roll_up import RollUp, roll_up

PORTS = """
devices: {box: {role: switch, ports: {net: {count: 144, lanes: 4, lane_rate: 200 Gb/s, cage: {links: 2}}}}}
instances: {box: 1}
links: {ports: {network: scale_out, a: box.net, pattern: external, to: anything DR, medium: MEDIUM}}
"""
LATER_ENGINES = """
media:
  cpo_siph_3t2: {recipe: {engine: {demand: all_ports}, els: {round_per: device, buildable_per: device}}}
"""


TWO_TIERS = """
devices:
  nic: {{role: nic, ports: {{net: {{count: 1, lanes: 1, lane_rate: 200 Gb/s}}}}}}
  box: {{role: switch, ports: {{net: {{count: {ports}, lanes: 1, lane_rate: 200 Gb/s}}}}}}
fabrics: {{net: {{network: scale_out, pattern: fat_tree, tiers: 2, create: nic.net, switch: box}}}}
"""
SHIPPED_WAYS = [  # scenario of cpo-switch-bom, part, pieces, USD as computed
    (None, "osfp_1t6_2xdr4", 72, 72_000),
    ("cpo", "engine_1t6", 72, 47_700),
    ("cpo-later", "engine_3t2", 36, 47_700),
    ("cpo-sold", "engine_3t2", 36, 90_000),
]


def bought(rolled: RollUp) -> dict[str, int]:
    return {line.part: line.qty for line in rolled.lines if line.cost_scope == "interconnect"}


def test_g17_engines_els_lasers_connectors_and_fibres() -> None:
    fabric = shipped_fabric("q3450-cpo-switch")
    totals = roll_up(fabric).totals
    assert (totals.engines_active, totals.els, int(totals.lasers)) == (72, 18, 144)
    assert bought(roll_up(fabric))["mpo12_panel"] == 144
    assert links_fibres(fabric, fabric.links[0]) == 72 * 16 == 1152


def test_g18_324_connections_a_chip_are_288_and_36() -> None:
    totals = roll_up(shipped_fabric("q3450-cpo-switch")).totals
    assert (totals.fibres / 4, totals.laser_fibres / 4) == (288, 36)
    assert totals.fibres + totals.laser_fibres == 4 * 324


def test_case_07_a_pluggable_box_takes_72_modules_for_72_000() -> None:
    prices = "parts: {osfp_1t6_2xdr4: {price_usd: 1000}}"
    rolled = roll_up(fabric_of(PORTS.replace("MEDIUM", "dr"), shipped=True, catalog=prices))
    modules = next(line for line in rolled.lines if line.part == "osfp_1t6_2xdr4")
    assert modules.qty == 72
    assert modules.extended
    assert modules.extended.base == 72_000


@pytest.mark.parametrize(
    ("medium", "part", "engines"), [("cpo_siph_1t6", "engine_1t6", 72), ("cpo_siph_3t2", "engine_3t2", 36)]
)
def test_case_07_engines_carry_115_2_tbps_in_both_generations(medium: str, part: str, engines: int) -> None:
    rolled = roll_up(fabric_of(PORTS.replace("MEDIUM", medium), shipped=True, catalog=LATER_ENGINES))
    assert bought(rolled)[part] == engines
    assert rolled.totals.els == 18
    assert engines * {"engine_1t6": 1600, "engine_3t2": 3200}[part] == 144 * 800 == 115_200


def test_case_07_the_buyer_pays_80_to_90_000_at_the_quoted_margin_of_60_percent() -> None:
    rolled = roll_up(fabric_of(PORTS.replace("MEDIUM", "cpo_siph_3t2"), shipped=True, catalog=LATER_ENGINES))
    engines = next(line for line in rolled.lines if line.part == "engine_3t2")
    assert engines.extended
    assert engines.extended.base == 36 * 970 == 34_920
    gross_margin = Fraction(60, 100)
    assert engines.extended.base / (1 - gross_margin) == 87_300  # printed: 80,000 to 90,000


def test_case_07_the_printed_35_to_40_thousand_holds_no_els_at_650() -> None:
    rolled = roll_up(fabric_of(PORTS.replace("MEDIUM", "cpo_siph_3t2"), shipped=True, catalog=LATER_ENGINES))
    optics = [line for line in rolled.lines if line.part in ("engine_3t2", "els8")]
    # 34,920 + 18 x 650 = 46,620: the printed estimate for engines with ELS fits ELS of 282 dollars at most.
    assert sum(line.extended.base for line in optics if line.extended) == 46_620


@pytest.mark.parametrize(("scenario", "part", "pieces", "usd"), SHIPPED_WAYS)
def test_case_07_the_box_three_ways(scenario: str | None, part: str, pieces: int, usd: int) -> None:
    fabric = shipped_fabric("cpo-switch-bom", scenario)
    assert counts_of(fabric, "parts", (part,)) == (pieces,)
    assert roll_up(fabric).totals.cost_usd.base == usd


def test_case_07_of_90_000_paid_the_makers_margin_is_54_000() -> None:
    rows = roll_up(shipped_fabric("cpo-switch-bom", "cpo-sold")).vendors
    margin = sum(
        row.value.base for row in rows if row.view == "content" and row.layer == "margin" and row.value
    )
    assert margin == 90_000 - 36_000 == 54_000


@pytest.mark.parametrize(("ports", "gpus"), [(128, 8192), (512, 131_072)])
def test_case_07_two_tiers_reach_k_squared_over_two(ports: int, gpus: int) -> None:
    # The source's formula is garbled in print, its two results are not.
    fabric = fabric_of(TWO_TIERS.format(ports=ports))
    assert counts_of(fabric, "devices", ("nic",)) == (gpus,) == (ports**2 // 2,)


def test_case_07_512_ports_are_shipped_as_four_planes() -> None:
    fabric = shipped_fabric("scaleout-131072")
    assert counts_of(fabric, "devices", ("gpu", "sn6810")) == (131_072, 4 * 3 * 131_072 // 512)
