"""The shipped systems with their scenarios and a small odd one, each built and rolled up once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tests.helpers_fabric import ROOT, fabric_of, shipped_fabric
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

System = tuple[str, str | None]

SHIPPED: tuple[System, ...] = (
    ("gb200-nvl72", None),
    ("gb300-nvl72-row", None),
    ("gb300-nvl72-row", "pluggable"),
    ("gb300-nvl72-row", "cpo"),
    ("q3450-cpo-switch", None),
    ("rubin-ultra-cpo-648", None),
    ("rubin-ultra-cpo-648", "els-1-per-engine"),
    ("rubin-ultra-cpo-648", "canister-mesh"),
)
ODD: System = ("odd", None)
SYSTEMS = (*SHIPPED, ODD)

CATALOG = """
parts:
  mod: {is: "module, twin", price_usd: [600, 700, 900], alternates: {mod_a: 25%, mod_b: 50%}, power_w: 20}
  mod_a: {is: A, price_usd: 650, made_by: {x: 60%}}
  mod_b: {is: B, price_usd: [500, 640, 720], contains: {chip: 2}, margin: 10%}
  cord: {is: cord, price_per_m_usd: 1, lengths_m: [1, 3, 5], alternates: {cord_a: 1/3, cord_b: 1/3}}
  cord_a:
    is: cord A
    price_usd: 10
    made_by: {x: 100%}
    mpn: '7", blue'
    supplier: shop
    moq: 10
    pack_qty: 4
    price_breaks: {8: 9}
    lead_time_weeks: 3
    lifecycle: active
    spare: {percent: 3}
    country_of_origin: TH
    hs_code: 8544.70
    weight_kg: 0.1
  cord_b: {is: cord B, price_usd: [9, 12, 20]}
  chip: {is: chip, layer: laser_chip, price_usd: 10, made_by: {y: 100%}}
  engine: {is: engine, price_usd: 300, power_w: [5, 7, 9]}
  els: {is: light, layer: els_module, contains: {chip: 3}, price_usd: 90}
  box: {is: switch, price_usd: 5000, made_by: {z: 50%, w: 50%}, power_w: 100}
  card: {is: card, made_by: {z: 100%}}
  tray: {is: tray, price_usd: 77}
  frame: {is: frame}
media:
  pluggable:
    kind: optical
    interface: o
    fibres_per_lane: 1
    reach_m: {100 Gb/s: 500}
    recipe: {module: {part: mod, per: end}, cord: {part: cord, per: link}}
  packaged:
    kind: optical
    interface: o
    fibres_per_lane: 1/2
    recipe:
      engine: {part: engine, per: pool, serves: 3 lanes, round_per: device, buildable_per: device, spare: 1}
      els: {part: els, per: pool, serves: 2 engine, round_per: rack, buildable_per: tray}
      clip: {part: tray, per: device}
      cord: {per: link, part: {1 x 2 x 100 Gb/s: cord}}
"""
TEXT = """
devices:
  gpu:
    role: gpu
    dies: 2
    ports:
      up: {count: 4, lanes: 2, lane_rate: 100 Gb/s, cage: {links: 4}}
      in: {count: 2, lanes: 1, lane_rate: 100 Gb/s}
  nic:
    role: nic
    part: card
    ports:
      net: {count: 1, lanes: 2, lane_rate: 100 Gb/s, cage: {links: 2, on: tray}}
      side: {count: 1, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 2, on: tray}}
  chip:
    role: switch
    ports:
      down: {count: 32, lanes: 2, lane_rate: 100 Gb/s, cage: {links: 2}}
      side: {count: 2, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 2}}
      spare: {count: 2, lanes: 1, lane_rate: 100 Gb/s}
  leaf:
    role: switch
    part: box
    height_u: 2
    ports: {net: {count: 8, lanes: 2, lane_rate: 100 Gb/s, cage: {links: 2}}}
templates:
  sled: {level: sled, part: tray, contains: {gpu: 1, nic: 2}}
  tray: {level: tray, contains: {sled: 2}}
  chips: {level: tray, contains: {chip: 2}}
  big: {level: rack, part: frame, slots: {U1-3: tray, U10: chips}}
  small: {level: rack, slots: {U5: tray, U9: chips}}
  net: {level: rack}
instances: {"b[1-2]": big, s7: small, net1: net}
links:
  up:
    network: scale_up
    a: gpu.up
    b: chip.down
    within: rack
    pattern: planes
    medium: {a: pluggable, b: packaged}
    links_per_cable: 4
  side: {network: management, a: chip.side, b: nic.side, within: rack, pattern: spread, links_per_cable: 2}
  out:
    network: scale_up
    a: [gpu.in, chip.spare]
    pattern: external
    to: 'far "side", left'
    medium: packaged
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 2
    ends: nic.net
    switch: leaf
    medium: {hosts: pluggable, leaf_spine: packaged}
layout:
  rows: {'A, "1"': [b1, net1, s7, b2]}
  rack_pitch: 600 mm
  tray: {where: overhead, height: 2.5 m}
  slack: {per_end: 0.1 m, percent: 7}
  place: {net: net1}
"""

ENDS: System = ("ends", None)
ENDS_TEXT = """
catalog:
  parts:
    box:
      is: switch
      panel:
        of: box
        cages: {1-2: {form_factor: osfp, plug: twin, lanes: 8, lane_rates: [100 Gb/s], modes: [2 x 400G]}}
  media:
    dr: {loss: {connectors: 2}}
devices:
  nic: {role: nic, part: box, ports: {eth: {cages: 1-2, mode: 2 x 400G, face: rear}}}
  sw: {role: switch, part: box, face: front, ports: {p: {cages: 1-2, mode: 2 x 400G}}}
templates: {node: {level: node, contains: {nic: 1}}}
instances: {node: 8}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: 3
    ends: nic.eth
    switch: sw
    planes: 2
    medium: dr
layout: {default_length: 20 m}
"""

PATCHED: System = ("patched", None)
"""Links through patch panels in sized trays; racks stand too far apart for one of the cords."""
PHASED: System = ("phased", None)
PHASED_TEXT = """
catalog: {parts: {mpo12_cord: {pack_qty: 100}}}
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {nic: 32}
fabrics:
  net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box, medium: dr}
layout: {default_length: 20 m}
names: {devices: {nic: "n{n}"}}
phases:
  one: {need_by: 2027-03-01, instances.nic: 16, names.devices.nic: "host{n}"}
  two: {need_by: 2027-09-01}
"""


@cache
def built(system: System) -> tuple[Fabric, RollUp]:
    """Return a system, built and rolled up."""
    if system == ODD:
        fabric = fabric_of(TEXT, catalog=CATALOG)
    elif system == PATCHED:
        text = (ROOT / "docs" / "examples" / "patch_panels.yaml").read_text(encoding="utf-8")
        text = text.partition("name: patch-panels\n")[2].replace("rack_pitch: 600 mm", "rack_pitch: 60 m")
        tray = "height: 2.6 m, width: 300 mm, depth: 100 mm}\n  cross_aisles: [0 m]"
        fabric = fabric_of(text.replace("height: 2.6 m}", tray), shipped=True)
    elif system in {ENDS, PHASED}:
        fabric = fabric_of(ENDS_TEXT if system == ENDS else PHASED_TEXT, shipped=True)
    else:
        fabric = shipped_fabric(*system)
    return fabric, roll_up(fabric)


def fresh(system: System) -> tuple[Fabric, RollUp]:
    """Return a system built and rolled up anew."""
    fabric, _ = built(system)
    again = replace(fabric)
    return again, roll_up(again)
