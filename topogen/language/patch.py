"""Structured cabling of a topology file: patch panels, and the link groups that pass through them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator

from topogen.language.fields import Count, Name, OneSelector, Reads, Strict, shape
from topogen.selector import NAME
from topogen.units import ReadError

Through = tuple[Name, ...]
HINT = "write it like [hall_a, hall_b]: the panel of the a ends, then that of the b ends"


class PatchPanelSpec(Strict):
    """Patch panels of one kind in one rack, one above the other, that links pass through."""

    at: OneSelector
    """rack that holds them"""
    unit: Count
    """lowest U that they take; lengths are measured to it"""
    connector: Name
    """fibre connector of a position at the front, such as mpo12 or lc_duplex"""
    positions: Count
    """positions at the front of one panel, numbered from 1"""
    panels: Count = 1
    """number of panels, each of 1 U"""
    part: Name | None = None
    """part to buy for each panel, its cassettes included; default: none, a gap in the BOM"""
    trunk: Name
    """part of the trunks to the panels at the other end: a cord with the connectors of both its ends"""
    cord: Name | None = None
    """part of the cords to the devices; default: the cord of the medium, or the only one that fits"""


def _read_through(value: object) -> Through:
    names = tuple(value) if isinstance(value, list | tuple) else ()
    if not names or not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
        raise ReadError("E780", f"a list of patch panels is needed here, not {shape(value)}", HINT)
    if len(names) != len(("a", "b")) or names[0] == names[1]:
        raise ReadError("E780", f"links pass through two patch panels, not {', '.join(names)}", HINT)
    return names


def _star_through(value: object) -> object:
    return value if isinstance(value, Mapping) else {"*": value}


THROUGH_SCHEMA = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
Panels = Annotated[Through, Reads(_read_through, THROUGH_SCHEMA, scalar=False)]
StarPanels = Annotated[dict[str, Panels], BeforeValidator(_star_through)]
