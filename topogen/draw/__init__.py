"""Drawings: a diagram makes a neutral picture, ``dot`` prints it, ``render`` makes an image of the print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.contracted import draw_fabric

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.draw.picture import Picture
    from topogen.fabric import Fabric
    from topogen.rollup import RollUp

DIAGRAMS: dict[str, Callable[[Fabric, RollUp], Picture]] = {
    "contracted": draw_fabric,
}
"""Every diagram by its name on the command line."""
