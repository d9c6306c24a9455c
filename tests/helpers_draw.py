"""Pictures of fabrics for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw import draw
from topogen.draw.picture import Picture
from topogen.takeoff.roll_up import RollUp, roll_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.fabric import Fabric


def graph_picture(
    fabric: Fabric, rolled: RollUp | None = None, diagram: str | None = None, only: Sequence[str] = ()
) -> Picture:
    """Return a diagram that Graphviz lays out."""
    picture = draw(fabric, rolled or roll_up(fabric), diagram, only).picture
    assert isinstance(picture, Picture)
    return picture
