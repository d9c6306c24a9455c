"""A small fabric for each pattern, and for each of its keys another value, which has to change something."""

from __future__ import annotations

LINKS_ON = """
devices:
  gpu: {role: gpu, ports: {p: {count: 4, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  sw: {role: switch, ports: {p: {count: 64, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  big: {role: switch, ports: {p: {count: 96, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  rack: {level: rack, contains: {tray: 2, sw: 2, big: 1}}
instances: {"r[1-4]": rack}
"""
"""What link groups are wired onto."""

FABRICS_ON = """
devices:
  nic:
    role: nic
    ports:
      net: {count: PORTS, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}
      two: {count: PORTS, lanes: 4, lane_rate: 100 Gb/s}
  box: {role: switch, ports: {net: {count: RADIX, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  big: {role: switch, ports: {net: {count: 256, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates:
  node: {level: node, contains: {nic: 8}}
  pod: {level: pod, contains: {node: 2}}
instances: {"p[1-4]": pod}
"""
"""What fabrics are wired onto, with the ports of an end and of a switch."""

TABLES = {"pins.csv": "cable_id,a_device,a_port,b_device,b_port\nc1,gone0,p0,gone1,p0\n"}
"""A pinned cable of devices that are not there, which every pattern that reads it refuses."""

SHARED_BY_LINKS = {
    "network": "storage",
    "within": "rack",
    "medium": "fr",
    "links_per_cable": "2",
    "split": "upper",
    "fibre_shuffle": "bought separately",
    "length": "7 m",
    "endpoints_forward": "true",
    "ports_from": "pins.csv",
    "shuffle": "4 x 4",
    "through": "[not_there, nowhere]",
}
SHARED_BY_FABRICS = {
    "switch_ports": "none_of_this_name",
    "ports_from": "pins.csv",
    "shuffle": "4 x 4",
    "through": "[not_there, nowhere]",
    "network": "storage",
    "ends": "p1/nic.net",
    "create": "nic.two",
    "medium": "fr",
    "links_per_cable": "2",
    "length": "7 m",
    "split": "upper",
    "fibre_shuffle": "bought separately",
    "planes": "2",
    "switch": "big",
}

BASES = {
    "full_mesh": "a: gpu.p, b: big.p",
    "planes": "a: gpu.p, b: sw.p",
    "rails": "a: gpu.p, b: sw.p, rails_by: tray",
    "one_to_one": "a: 'sw.p[0-11]', b: ['r[3-4]/big.p[0-23]', 'r[1-2]/big.p[0-23]']",
    "spread": "a: gpu.p, b: sw.p",
    "ring": "a: gpu.p",
    "peers": "a: 'gpu.p[0-2]', across: rack",
    "explicit": "pairs: [['r1/tray[0]/gpu.p', 'r2/tray[0]/gpu.p'], ['r1/tray[1]/gpu.p', 'r1/sw.p[0-3]']]",
    "external": "a: gpu.p, to: elsewhere",
    "fat_tree": "ends: nic.net, switch: box, tiers: 2",
    "torus": "ends: nic.net, dims: [4, 4, 4]",
    "torus_ocs": "ends: nic.net, cube: [2, 2, 2], switch: box",
    "dragonfly": (
        "create: nic.net, switch: box, groups: 5, routers_per_group: 4, "
        "hosts_per_router: 2, globals_per_router: 2"
    ),
    "hyperx": "create: nic.net, switch: box, dims: [4, 4], hosts_per_router: 2",
    "hx_mesh": "create: nic.net, switch: box, board: [2, 2], boards: [4, 4]",
    "slim_fly": "create: nic.net, switch: box, q: 5",
    "polar_fly": "create: nic.net, switch: box, q: 4",
    "de_bruijn": "create: nic.net, switch: box, base: 2, digits: 4",
    "dragonfly_plus": (
        "create: nic.net, switch: box, groups: 5, leaves_per_group: 2, spines_per_group: 2, "
        "hosts_per_leaf: 2, globals_per_spine: 2"
    ),
    "nd_full_mesh": "ends: nic.net, dims: [8, 8]",
    "jellyfish": "create: nic.net, switch: box, switches: 20, degree: 4, seed: 1",
    "one_big_switch": "ends: nic.net, switch: box",
}
PORTS = {
    "torus": (6, 16),
    "nd_full_mesh": (28, 16),
    "torus_ocs": (6, 64),
    "hx_mesh": (4, 16),
    "one_big_switch": (2, 128),
    "fat_tree": (1, 16),
}

OTHERS: dict[str, dict[str, str]] = {
    "full_mesh": {"a": "r1/gpu.p", "b": "'r[1-2]/big.p'", "across": "rack", "links_per_pair": "2"},
    "planes": {"a": "r1/gpu.p", "b": "big.p"},
    "rails": {"a": "r1/gpu.p", "b": "big.p", "rails_by": "rack"},
    "one_to_one": {"a": "'sw.p[12-23]'", "b": "'big.p[24-47]'"},
    "spread": {"a": "r1/gpu.p", "b": "big.p"},
    "ring": {"endpoints_forward": "false", "a": "r1/gpu.p", "links_per_pair": "2"},
    "peers": {
        "endpoints_forward": "false",
        "a": "'sw.p[0-2]'",
        "b": "sw.p",
        "across": "tray",
        "links_per_pair": "1",
    },
    "explicit": {"endpoints_forward": "false", "pairs": "[['r1/tray[0]/gpu.p', 'r3/tray[0]/gpu.p']]"},
    "external": {"a": "r1/gpu.p", "to": "the other hall"},
    "fat_tree": {
        "per_rack": "{leaf: 4}",
        "tiers": "3",
        "leaf": "{down: 4, up: 4}",
        "core_wiring": "full_mesh",
        "spine": "{down: 8, up: 0}",
        "core": "{down: 4, up: 0}",
        "top": "{down: 4, up: 0}",
        "leaves": "8",
        "spread_ends": "even",
        "peer_links": "2",
        "spines": "8",
        "cores": "16",
        "rails_by": "node",
        "units_by": "node",
        "separate_rails": "true",
        "even": "false",
        "precable": "true",
        "extra_ends": "'p1/node[0]/nic[0-1].two'",
    },
    "torus": {
        "dims": "[2, 4, 8]",
        "cube": "[4, 2, 2]",
        "units_by": "pod",
        "wrap": "[true, true, false]",
        "blocks": "{pod: [2, 2, 4]}",
    },
    "torus_ocs": {
        "per_rack": "{ocs: 4}",
        "dims": "[4, 4, 8]",
        "cube": "[4, 4, 4]",
        "units_by": "pod",
        "wrap": "[true, true, false]",
        "blocks": "{node: [2, 1, 4]}",
        "settings": "{ring: {0: [[0, 1]]}}",
    },
    "dragonfly": {
        "per_rack": "{router: 4}",
        "groups": "4",
        "routers_per_group": "2",
        "hosts_per_router": "1",
        "globals_per_router": "1",
        "links_per_pair": "2",
    },
    "hyperx": {"per_rack": "{router: 4}", "dims": "[4, 3]", "hosts_per_router": "1", "links_per_pair": "2"},
    "hx_mesh": {"per_rack": "{row: 4}", "board": "[2, 1]", "boards": "[4, 3]", "tiers": "2"},
    "slim_fly": {"per_rack": "{router: 4}", "q": "4"},
    "polar_fly": {"per_rack": "{router: 4}", "q": "3"},
    "de_bruijn": {"per_rack": "{router: 4}", "base": "3", "digits": "3"},
    "dragonfly_plus": {
        "per_rack": "{leaf: 4}",
        "groups": "4",
        "leaves_per_group": "3",
        "spines_per_group": "3",
        "hosts_per_leaf": "1",
        "globals_per_spine": "3",
        "links_per_pair": "2",
    },
    "nd_full_mesh": {"dims": "[4, 16]", "links_per_pair": "2"},
    "jellyfish": {"per_rack": "{router: 4}", "switches": "18", "degree": "3", "seed": "2"},
    "one_big_switch": {"per_rack": "{router: 1}"},
}

CONTEXT = {
    ("full_mesh", "links_per_pair"): "b: 'r[1-2]/big.p'",
    ("ring", "links_per_cable"): "medium: wide, links_per_pair: 2",
    ("torus_ocs", "links_per_cable"): "medium: wide, cube: [2, 2, 1]",
    ("peers", "links_per_pair"): "a: 'r[1-2]/gpu.p'",
    ("peers", "within"): "a: gpu.p, across: tray",
    ("peers", "across"): "a: ['r[1-2]/gpu.p[0-2]']",
    ("torus", "cube"): "units_by: pod, cube: [2, 2, 4]",
    ("torus_ocs", "create"): "dims: [4, 4, 4]",
    ("torus_ocs", "blocks"): "cube: [2, 2, 4]",
    ("fat_tree", "cores"): "tiers: 3",
    ("fat_tree", "core"): "tiers: 3",
    ("fat_tree", "top"): "tiers: 4",
    ("fat_tree", "core_wiring"): "leaf: {down: 12, up: 4}, tiers: 3",
    ("fat_tree", "spread_ends"): "leaf: {down: 12, up: 4}",
    ("fat_tree", "units_by"): "leaf: {down: 12, up: 4}",
    ("fat_tree", "separate_rails"): "rails_by: node",
    ("fat_tree", "precable"): "leaf: {down: 12, up: 4}, units_by: node",
    ("fat_tree", "extra_ends"): "leaf: {down: 12, up: 4}, units_by: node",
}
"""Further keys, without which a key means nothing or another value of it does not fit."""

REFUSED = {
    ("torus_ocs", "dims"): "E204.*64 ends",
    ("peers", "b"): "E205.*peers joins devices among themselves",
    ("explicit", "within"): "E203.*no free ports in the same rack",
    ("torus", "ends"): "E204.*16 ends",
    ("torus", "units_by"): "E641.*cube is missing",
    ("torus_ocs", "units_by"): "E204.*a pod is to have",
    ("hx_mesh", "ends"): "E204.*16 ends",
    ("nd_full_mesh", "ends"): "E204.*16 ends",
}
"""Values that are refused, with words about the key."""

NEEDED = {("hx_mesh", "planes"): "E204.*8 ports a plane"}
"""Keys without which what is there is refused."""

AT_MOST = {("torus", "links_per_cable")}
"""Keys that state an upper limit which this pattern never meets: the links of two ends leave at both."""

CATALOG = """
parts: {cord: {is: cord, price_usd: 1}}
media: {wide: {kind: optical, fibres_per_lane: 2, recipe: {cord: {part: cord, per: link}}}}
"""
"""A medium whose cords carry as many links as are asked for."""
