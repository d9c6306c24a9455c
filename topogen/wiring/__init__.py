"""Wiring patterns, one a file; the registry says which name in a topology file means which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.wiring.external import external
from topogen.wiring.full_mesh import full_mesh
from topogen.wiring.one_to_one import one_to_one
from topogen.wiring.peers import peers
from topogen.wiring.planes import planes
from topogen.wiring.rails import rails
from topogen.wiring.ring import ring
from topogen.wiring.spread import spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.wiring.block import Block, Request

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
