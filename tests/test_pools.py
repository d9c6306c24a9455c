from __future__ import annotations

from fractions import Fraction

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.takeoff.quantities import PoolQuantity
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import take_off

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


SOME_RACKED = """
layout:
  rows: {A: [pod/full], B: [last/full]}
  rack_pitch: 601 mm
  row_pitch: 2.4 m
  tray: {where: overhead, height: 30 m}
  place: {f/leaf: top_of_rack, f/spine: end_of_row}
devices:
  gpu: {role: gpu, ports: {nvl: {count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 1}}}}
  chip: {role: switch, part: chip, ports: {nvl: {count: 3, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 1}}}}
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 1}}}}
  box:
    role: switch
    part: box
    height_u: 2
    ports: {net: {count: 12, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}
templates:
  tray: {level: tray, contains: {gpu: 1, nic: 3}}
  stray: {level: tray, contains: {chip: 1}}
  full: {level: rack, slots: {U5-7: tray, U9: stray}}
  pod: {level: pod, contains: {full: 1}}
  last: {level: pod, contains: {full: 2}}
instances: {pod: 1, last: 1}
links:
  x: {network: scale_up, pattern: planes, within: rack, a: gpu.nvl, b: chip.nvl, medium: cu}
fabrics:
  f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box,
      planes: 1, units_by: pod, medium: {hosts: {a: fibre, b: boxed}, '*': boxed}}
catalog:
  parts:
    cord: {is: cord, price_usd: 3, price_per_m_usd: 0.7}
    module: {is: module, price_usd: [70, 80, 95], contains: {laser: 3}, made_by: {one: 60%}}
    laser: {is: laser, layer: laser_chip, price_usd: [4, 5, 6], made_by: {two: 100%}}
    engine: {is: engine, price_usd: 500, margin: 20%, contains: {laser: 2, die: 1}}
    die: {is: die}
    els: {is: light, alternates: {els_a: 25%, els_b: 50%}}
    els_a: {is: light, price_usd: 60, contains: {laser: 8}, made_by: {two: 100%}}
    els_b: {is: light, price_usd: 66}
    chip: {is: chip, price_usd: 1000}
    box: {is: box}
  media:
    cu: {kind: copper, recipe: {cable: {part: cord, per: link}, wire: {part: die, per: lane, qty: 2}}}
    fibre:
      kind: optical
      interface: i
      fibres_per_lane: 1/2
      recipe:
        module: {part: module, per: end}
        cord: {part: cord, per: link}
        strand: {part: die, per: lane}
    other:
      kind: optical
      interface: i
      fibres_per_lane: 1
      recipe:
        engine: {part: engine, per: pool, serves: 5 lanes, round_per: device, buildable_per: device}
        els: {part: els, per: pool, serves: 1 engine, round_per: fabric, buildable_per: fabric, spare: 0}
        panel: {part: box, per: device}
    boxed: {like: other, recipe: {engine: {round_per: device, buildable_per: rack}}}
"""
"""The layout gives a rack to some of the leaves only."""


def test_devices_without_a_rack_leave_the_pools_of_the_others_alone() -> None:
    rows = take_off(fabric_of(SOME_RACKED))
    (engine,) = (row for row in rows if isinstance(row, PoolQuantity) and row.line == "engine")
    assert (engine.qty, engine.buildable) == (83, 81)
