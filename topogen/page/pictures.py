"""The pictures of a page: every diagram that shows something of this fabric, each in a tab."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from topogen.draw import DIAGRAMS, draw, draw_if_any
from topogen.draw.image import image_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from topogen.draw import Drawing
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

LARGEST = 400_000
"""Bytes of the largest picture on a page; a larger one is left to ``topogen draw``."""

ON_EVERY_PAGE = tuple(name for name in DIAGRAMS if name not in {"links", "rack", "tray"})
"""Diagrams that a page tries; `links` needs a selection, and racks and trays have sheets of their own."""

KEYED = re.compile(r' data-key="([^"]*)"')
TIP = ' data-tip=""'
"""Says of a mark that it has a tip only."""


class Shown(NamedTuple):
    """A picture in a tab."""

    name: str
    svg: Markup


def pictures(fabric: Fabric, roll_up: RollUp, leads: Callable[[str], bool]) -> list[Shown]:
    """Return the pictures of a fabric, the usual one first.

    ``leads`` says of the key of a mark whether a table has it; others keep their tip, and are no buttons.
    """
    usual = draw(fabric, roll_up)
    others = [name for name in ON_EVERY_PAGE if name != usual.diagram]
    drawn = [usual, *(one for name in others for one in _drawn(fabric, roll_up, name))]
    return [shown for one in drawn for shown in _shown(one, leads)]


def _drawn(fabric: Fabric, roll_up: RollUp, name: str) -> Iterator[Drawing]:
    """Yield a diagram, none where the fabric has no such thing."""
    if one := draw_if_any(fabric, roll_up, name):
        yield one


def _shown(one: Drawing, leads: Callable[[str], bool]) -> Iterator[Shown]:
    """Yield a drawing as it was asked for, unless it is too large for a page."""
    image = None if one.warnings else image_of(one.picture, "svg").image
    if image and len(image) <= LARGEST:
        yield Shown(one.diagram, Markup(_inline(image.decode(), one.diagram, leads)))  # noqa: S704 - escaped by us


def _inline(svg: str, name: str, leads: Callable[[str], bool]) -> str:
    """Return an SVG as part of a page: no prologue, ids of its own, and marks that the keyboard reaches."""
    body = svg[svg.index("<svg") :]
    unique = re.sub(r' id="([^"]*)"', rf' id="{name}-\1"', body).replace(' role="img"', "", 1)
    labelled = unique.replace("<svg", f'<svg role="group" aria-label="{name}"', 1)
    seen: set[str] = set()
    return KEYED.sub(lambda found: _reached(found[1], seen) if leads(unescape(found[1])) else TIP, labelled)


def _reached(key: str, seen: set[str]) -> str:
    """Return the key of a mark; the first of each key is a button that the keyboard reaches."""
    if key in seen:
        return f' data-key="{key}"'
    seen.add(key)
    return f' data-key="{key}" tabindex="0" role="button" aria-label="{key.partition("; ")[0]}"'
