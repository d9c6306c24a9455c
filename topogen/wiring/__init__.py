"""Wiring patterns and sized generators, one a file; the registries say which name in a file means which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.wiring.dragonfly import dragonfly
from topogen.wiring.external import external
from topogen.wiring.fat_tree import fat_tree
from topogen.wiring.full_mesh import full_mesh
from topogen.wiring.hx_mesh import hx_mesh
from topogen.wiring.hyperx import hyperx
from topogen.wiring.jellyfish import jellyfish
from topogen.wiring.one_big_switch import one_big_switch
from topogen.wiring.one_to_one import one_to_one
from topogen.wiring.peers import peers
from topogen.wiring.planes import planes
from topogen.wiring.rails import rails
from topogen.wiring.ring import ring
from topogen.wiring.slim_fly import slim_fly
from topogen.wiring.spread import spread
from topogen.wiring.torus import torus
from topogen.wiring.torus_ocs import torus_ocs

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.wiring.block import Block, Request
    from topogen.wiring.plan import GeneratorRequest, Plan

PATTERNS: dict[str, Callable[[Request], list[Block]]] = {
    "external": external,
    "full_mesh": full_mesh,
    "one_to_one": one_to_one,
    "peers": peers,
    "planes": planes,
    "rails": rails,
    "ring": ring,
    "spread": spread,
}

GENERATORS: dict[str, Callable[[GeneratorRequest], Plan]] = {
    "dragonfly": dragonfly,
    "fat_tree": fat_tree,
    "hx_mesh": hx_mesh,
    "hyperx": hyperx,
    "jellyfish": jellyfish,
    "one_big_switch": one_big_switch,
    "slim_fly": slim_fly,
    "torus": torus,
    "torus_ocs": torus_ocs,
}
"""Sized generators: each makes the switches and links of one plane of a fabric."""
