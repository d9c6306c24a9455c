"""Front-end, storage and out-of-band networks: 1G to 50G lanes, RJ45 cords and splitters of four."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers_fabric import fabric_of, figure_of
from topogen.takeoff.roll_up import RollUp, roll_up

HERE = Path(__file__).parent


def bill(devices: str, links: str) -> RollUp:
    return roll_up(
        fabric_of(f"devices: {{{devices}}}\ninstances: {{a: 8, b: 1}}\nlinks: {{x: {links}}}\n", shipped=True)
    )


def orders(rolled: RollUp) -> dict[str, int]:
    return {line.part: int(line.qty) for line in rolled.lines if line.cost_scope == "interconnect"}


def test_a_front_end_of_real_plans_has_no_gap_of_parts() -> None:
    text = (
        (HERE / "h14-front-end-rates.yaml").read_text(encoding="utf-8").partition("\n")[2].partition("\n")[2]
    )
    rolled = roll_up(fabric_of(text, shipped=True))
    assert orders(rolled) == {"cat6a_cord": 8, "dac_100g": 8, "dac_100g_4x25g": 2, "dac_800g_4x200g": 2}


@pytest.mark.parametrize(
    ("lanes", "lane_rate", "medium", "parts"),
    [
        (1, 1, "rj45", {"cat6a_cord": 8}),
        (1, 10, "rj45", {"cat6a_cord": 8}),
        (1, 10, "dac", {"dac_10g": 8}),
        (1, 25, "dac", {"dac_25g": 8}),
        (4, 25, "dac", {"dac_100g": 8}),
        (1, 50, "dac", {"dac_50g": 8}),
        (4, 50, "dac", {"dac_200g": 8}),
        (1, 10, "sr", {"sfp_10g_sr": 16, "lc_duplex_mmf_cord": 8}),
        (1, 25, "sr", {"sfp28_25g_sr": 16, "lc_duplex_mmf_cord": 8}),
        (4, 25, "sr", {"qsfp28_100g_sr4": 16, "mpo12_upc_mmf_cord": 8}),
        (4, 50, "sr", {"qsfp56_200g_sr4": 16, "mpo12_upc_mmf_cord": 8}),
    ],
)
def test_a_slow_link_has_its_parts(lanes: int, lane_rate: int, medium: str, parts: dict[str, int]) -> None:
    port = f"lanes: {lanes}, lane_rate: {lane_rate} Gb/s"
    host, switch = (
        f"{{role: {role}, ports: {{e: {{count: {n}, {port}}}}}}}" for role, n in (("host", 1), ("switch", 8))
    )
    devices = f"a: {host}, b: {switch}"
    rolled = bill(
        devices, f"{{network: storage, a: a.e, b: b.e, pattern: spread, medium: {medium}, length: 2 m}}"
    )
    assert orders(rolled) == parts


def test_an_rj45_cord_has_four_pairs_at_any_rate() -> None:
    port = "{count: 8, lanes: 1, lane_rate: 1 Gb/s}"
    text = (
        f"devices: {{a: {{role: host, ports: {{e: {port}}}}}, b: {{role: switch, ports: {{e: {port}}}}}}}\n"
        "instances: {a: 1, b: 1}\n"
        "links: {x: {network: management, a: a.e, b: b.e, pattern: spread, medium: rj45, length: 2 m}}\n"
    )
    fabric = fabric_of(text, shipped=True)
    assert figure_of(fabric, "pairs", "x") == 4 * 8


def test_a_cable_that_another_medium_has_is_named_in_the_gap() -> None:
    port = "lanes: 1, lane_rate: 25 Gb/s"
    devices = (
        f"a: {{role: host, ports: {{e: {{count: 1, {port}}}}}}}, "
        f"b: {{role: switch, ports: {{e: {{count: 8, {port}, cage: {{links: 4}}}}}}}}"
    )
    links = (
        "{network: storage, a: b.e, b: a.e, pattern: spread, medium: dac, links_per_cable: 4, length: 2 m}"
    )
    assert any("dac_splitter has one" in gap.what for gap in bill(devices, links).gaps)
