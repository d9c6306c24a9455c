"""The pictures of a page: every diagram that shows something of this fabric, each in a tab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from topogen.draw import DIAGRAMS, draw
from topogen.draw.image import image_of
from topogen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw import Drawing
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

LARGEST = 400_000
"""Bytes of the largest picture on a page; a larger one is left to ``topogen draw``."""

ON_EVERY_PAGE = tuple(name for name in DIAGRAMS if name not in {"links", "rack", "tray"})
"""Diagrams that a page tries; `links` needs a selection, and racks and trays have sheets of their own."""


class Shown(NamedTuple):
    """A picture in a tab."""

    name: str
    svg: Markup


def pictures(fabric: Fabric, roll_up: RollUp) -> list[Shown]:
    """Return the pictures of a fabric, the usual one first."""
    usual = draw(fabric, roll_up)
    others = [name for name in ON_EVERY_PAGE if name != usual.diagram]
    drawn = [usual, *(one for name in others for one in _drawn(fabric, roll_up, name))]
    return [shown for one in drawn for shown in _shown(one)]


def _drawn(fabric: Fabric, roll_up: RollUp, name: str) -> Iterator[Drawing]:
    """Yield a diagram, none where the fabric has no such thing."""
    try:
        yield draw(fabric, roll_up, name)
    except InputError:
        return


def _shown(one: Drawing) -> Iterator[Shown]:
    """Yield a drawing as it was asked for, unless it is too large for a page."""
    image = None if one.warnings else image_of(one.picture, "svg").image
    if image and len(image) <= LARGEST:
        yield Shown(one.diagram, Markup(_inline(image.decode(), one.diagram)))  # noqa: S704 - escaped by us


def _inline(svg: str, name: str) -> str:
    """Return an SVG as part of a page: no prologue, and ids that no other picture has."""
    body = svg[svg.index("<svg") :]
    return re.sub(r' id="([^"]*)"', rf' id="{name}-\1"', body)
