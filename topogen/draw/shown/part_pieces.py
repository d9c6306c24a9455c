"""Where pooled and plugged parts stand: engines, light sources, modules, at the places that own them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.records import dataclass
from topogen.takeoff.placed_parts import nodes_of_places, placed_parts
from topogen.takeoff.value_layers import FIBRE_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.placed_parts import PlacedPart
    from topogen.takeoff.quantities import Quantity

SMALL_LAYERS = FIBRE_LAYERS
"""Layers of parts that follow the engines fibre by fibre: counted in the BOM, left out of a picture."""


@dataclass(frozen=True)
class PartPieces:
    """Pieces of a part for a network, at the nodes of a picture or in places that hold several nodes.

    ``here`` has shape (nodes,). ``larger`` has shape (places,) over the places of ``level`` and is 0 for
    those that lie in one node.
    """

    part: str
    line: str
    network: str
    medium: str
    level: str
    here: Ints
    larger: Ints


def part_pieces(
    fabric: Fabric, node: Ints, n_nodes: int, quantities: Iterable[Quantity]
) -> tuple[PartPieces, ...]:
    """Return what stands where: what is plugged in, then what is pooled, in the order of the take-off.

    ``node`` maps devices to the nodes of a picture, shape (devices,).
    """
    rows = tuple(quantities)
    media = {(row.part, row.line, row.network): row.medium for row in rows}
    return tuple(
        _at_nodes(fabric, node, n_nodes, one, media[one.part, one.line, one.network])
        for one in placed_parts(fabric, rows)
        if fabric.catalog.parts[one.part].layer not in SMALL_LAYERS
    )


def _at_nodes(fabric: Fabric, node: Ints, n_nodes: int, one: PlacedPart, medium: str) -> PartPieces:
    at = nodes_of_places(fabric, node, one)
    here = np.zeros(n_nodes, np.int64)
    np.add.at(here, at[at >= 0], one.pieces[at >= 0])
    larger = np.where(at < 0, one.pieces, 0)
    return PartPieces(one.part, one.line, one.network, medium, one.level, here, larger)
