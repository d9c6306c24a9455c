from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import PoolQuantity, take_off

TRAYS = """
devices:
  chip: {role: switch, ports: {p: {count: 9, lanes: 2, lane_rate: 200 Gb/s}}}
  nic: {role: nic, ports: {p: {count: 1, lanes: 2, lane_rate: 200 Gb/s}}}
templates:
  tray: {level: tray, contains: {chip: 3}}
  rack: {level: rack, contains: {tray: 2}}
"""
CHIPS = """
instances: {rack: 2}
links: {x: {network: scale_up, a: chip.p, pattern: external, to: out, medium: m}}
"""
NICS = """
instances: {nic: 3}
links: {x: {network: scale_out, a: nic.p, pattern: external, to: out, medium: m}}
"""
PARTS = "parts: {e: {is: engine}, l: {is: light}}\n"


def pool(recipe: str, plant: str = CHIPS) -> dict[str, PoolQuantity]:
    """Return the pooled quantities by line and network; chips end 9 links of 2 lanes each."""
    catalog = f"{PARTS}media: {{m: {{kind: optical, recipe: {{{recipe}}}}}}}\n"
    rows = take_off(fabric_of(TRAYS + plant, catalog=catalog))
    return {f"{row.line} {row.network}": row for row in rows if isinstance(row, PoolQuantity)}


def line(serves: str, keys: str = "", part: str = "e") -> str:
    return f"{{part: {part}, per: pool, serves: {serves}{keys}}}"


@pytest.mark.parametrize(
    ("serves", "round_per", "pieces", "classes"),
    [
        (16, "device", 12 * 2, [("chip", 18, 12, 2)]),
        (16, "tray", 4 * 4, [("tray", 54, 4, 4)]),
        (16, "rack", 2 * 7, [("rack", 108, 2, 7)]),
        (16, "fabric", 14, [("fabric", 216, 1, 14)]),
        (18, "device", 12, [("chip", 18, 12, 1)]),
        (1, "tray", 216, [("tray", 54, 4, 54)]),
    ],
)
def test_a_pool_is_rounded_where_the_recipe_says(
    serves: int, round_per: str, pieces: int, classes: list[tuple[str, int, int, int]]
) -> None:
    row = pool(f"engine: {line(f'{serves} lanes', f', round_per: {round_per}')}")["engine scale_up"]
    assert row.qty == pieces
    assert [(one.host, one.demand, one.scopes, one.pieces) for one in row.classes] == classes


@pytest.mark.parametrize(
    ("buildable_per", "buildable", "scope"),
    [("device", 24, "device"), ("tray", 16, "tray"), ("node", 24, "device")],
)
def test_what_can_be_built_is_counted_beside(buildable_per: str, buildable: int, scope: str) -> None:
    keys = f", round_per: rack, buildable_per: {buildable_per}"
    row = pool(f"engine: {line('16 lanes', keys)}")["engine scale_up"]
    assert (row.qty, row.buildable, row.buildable_scope) == (14, buildable, scope)


def test_a_line_that_serves_another_counts_its_pieces() -> None:
    recipe = (
        f"engine: {line('16 lanes', ', round_per: tray')}, els: {line('3 engine', ', round_per: rack', 'l')}"
    )
    rows = pool(recipe)
    assert (rows["engine scale_up"].qty, rows["els scale_up"].qty) == (16, 2 * 3)  # 8 engines a rack / 3
    assert rows["els scale_up"].unit == "engine"


def test_a_line_that_serves_another_follows_its_buildable_count() -> None:
    engine = line("16 lanes", ", round_per: rack, buildable_per: device")
    rows = pool(f"engine: {engine}, els: {line('1 engine', ', round_per: rack, buildable_per: rack', 'l')}")
    assert (rows["els scale_up"].qty, rows["els scale_up"].buildable) == (14, 24)


def test_spares_are_fitted_on_top_in_each_place() -> None:
    row = pool(f"engine: {line('16 lanes', ', round_per: tray, spare: 2')}")["engine scale_up"]
    assert (row.qty, row.spare, row.buildable) == (16 + 8, 8, 16 + 8)


SOME = """
instances: {rack: 1}
links:
  x: {network: scale_up, a: 'rack0/tray0/chip[0].p[0-3]', pattern: external, to: out, medium: m}
"""


def test_all_ports_of_a_device_count_when_one_is_linked() -> None:
    linked = pool(f"engine: {line('4 lanes')}", SOME)["engine scale_up"]
    every = pool(f"engine: {line('4 lanes', ', demand: all_ports')}", SOME)["engine scale_up"]
    assert (linked.qty, every.qty) == (2, 5)  # 4 of 9 ports; 9 x 2 lanes / 4 = 4.5


def test_a_free_port_is_fitted_once_whatever_networks_its_device_has() -> None:
    second = (
        "  y: {network: scale_out, a: 'rack0/tray0/chip[0].p[4-5]', pattern: external, to: out, medium: m}\n"
    )
    rows = pool(f"engine: {line('2 lanes', ', demand: all_ports')}", SOME + second)
    assert rows["engine scale_up"].qty + rows["engine scale_out"].qty == 9


def test_networks_do_not_share_a_pool() -> None:
    plant = CHIPS.replace("instances: {", "instances: {nic: 3, ").replace(
        "medium: m}}", "medium: m}, y: {network: scale_out, a: nic.p, pattern: external, to: out, medium: m}}"
    )
    rows = pool(f"engine: {line('16 lanes', ', round_per: fabric')}", plant)
    assert {name: row.qty for name, row in rows.items()} == {"engine scale_up": 14, "engine scale_out": 1}


@pytest.mark.parametrize("level", ["canister", "tray"])
def test_a_level_that_is_missing_is_refused(level: str) -> None:
    engine = line("2 lanes", f", round_per: {level}")
    catalog = f"{PARTS}media: {{m: {{kind: optical, recipe: {{engine: {engine}}}}}}}\n"
    with pytest.raises(
        InputError, match=f'E215.*"engine" is rounded per {level}, but "nic" stands in no {level}'
    ):
        roll_up(fabric_of(TRAYS + NICS, catalog=catalog))


@pytest.mark.parametrize(("devices", "ports"), [(4, 3), (3, 2), (6, 5)])
def test_one_end_of_links_among_equals_is_half_of_them(devices: int, ports: int) -> None:
    plant = f"""
devices: {{gpu: {{role: gpu, ports: {{p: {{count: {ports}, lanes: 1, lane_rate: 200 Gb/s}}}}}}}}
instances: {{gpu: {devices}}}
links: {{x: {{network: scale_up, a: gpu.p, b: gpu.p, pattern: full_mesh, medium: m}}}}
"""
    catalog = f"{PARTS}media: {{m: {{kind: optical, recipe: {{engine: {line('1 lanes')}}}}}}}\n"
    row = next(row for row in take_off(fabric_of(plant, catalog=catalog)) if row.per == "pool")
    assert row.qty == devices * (devices - 1)
    assert row.basis.one_end == Fraction(1, 2)


def test_nic_only_leaves_out_the_switch_ends_of_the_scale_out() -> None:
    ends = "a: nic.p, b: 'rack0/tray0/chip[0].p', pattern: one_to_one"
    plant = f"instances: {{rack: 1, nic: 9}}\nlinks: {{x: {{network: scale_out, {ends}, medium: m}}}}\n"
    row = pool(f"engine: {line('2 lanes')}", plant)["engine scale_out"]
    assert (row.qty, row.basis.one_end, row.basis.nic_only) == (18, Fraction(1, 2), Fraction(1, 2))
    up = pool(f"engine: {line('2 lanes')}", plant.replace("scale_out", "scale_up"))["engine scale_up"]
    assert up.basis.nic_only == 1


def test_a_pool_is_one_part_for_all_its_links() -> None:
    with pytest.raises(InputError):
        pool("engine: {part: {1 x 2 x 200 Gb/s: e, 1 x 4 x 200 Gb/s: l}, per: pool, serves: 4 lanes}")
