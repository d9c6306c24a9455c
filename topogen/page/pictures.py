"""The pictures of a page: every diagram that shows something of this fabric, each in a tab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from topogen.draw import DIAGRAMS, draw, usual_diagram
from topogen.draw.image import image_of
from topogen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

LARGEST = 250_000
"""Bytes of the largest picture on a page; a larger one is left to ``topogen draw``."""

NOT_ON_PAGES = {"links"}
"""Diagrams that need a selection."""


class Shown(NamedTuple):
    """A picture in a tab."""

    name: str
    svg: Markup


def pictures(fabric: Fabric, roll_up: RollUp) -> list[Shown]:
    """Return the pictures of a fabric, the usual one first."""
    usual = usual_diagram(fabric)
    names = [usual, *(name for name in DIAGRAMS if name != usual and name not in NOT_ON_PAGES)]
    return [shown for name in names for shown in _shown(fabric, roll_up, name)]


def _shown(fabric: Fabric, roll_up: RollUp, name: str) -> Iterator[Shown]:
    """Yield a picture, none where the fabric has no such diagram."""
    try:
        drawn = draw(fabric, roll_up, name)
    except InputError:
        return
    image = image_of(drawn.picture, "svg").image if drawn.diagram == name else None
    if image and len(image) <= LARGEST:
        yield Shown(name, Markup(_inline(image.decode(), name)))  # noqa: S704 - our writers escape every name


def _inline(svg: str, name: str) -> str:
    """Return an SVG as part of a page: no prologue, and ids that no other picture has."""
    body = svg[svg.index("<svg") :]
    return re.sub(r' id="([^"]*)"', rf' id="{name}-\1"', body)
