"""What boxes of the engine picture hold, as kinds of pieces, and what each kind is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.shown.boxes import counted_words
from topogen.draw.shown.squares import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np

    from topogen.draw.shown.boxes import Boxes
    from topogen.draw.shown.tips import Tips

ENGINES = {"engine", "own_laser"}


def kinds_of(tips: Tips, boxes: Boxes, counts: np.ndarray, where: str) -> list[Kind]:
    """Return counts by thing as kinds of pieces."""
    return [
        Kind(
            count,
            thing.colour,
            *tips.thing(thing.name, count, where, thing.network),
            thing.name,
            thing.network,
        )
        for thing, count in zip(boxes.things, counts.tolist(), strict=True)
        if count
    ]


def tint_of(colours: Collection[str]) -> str:
    """Return what a box is filled with that holds pieces of some colours."""
    if not colours:
        return "outside"
    return "switch_tray" if "switch" in colours else "compute_tray"


def own_name(boxes: Boxes, members: Sequence[int]) -> str:
    """Return the type of the only box of a place; a device of that name is the box itself."""
    return boxes.kinds[boxes.kind[members[0]]] if len(members) == 1 else ""


def caption(kind: Kind, own: str = "") -> str:
    """Return how many pieces of a kind there are; a device that is the box ``own`` just as what it is.

    >>> caption(Kind(36, "engine", name="engine_3t2")), caption(Kind(4, "switch", name="chip"), "sn6800")
    ('36 engines', '4 switch chips')
    >>> caption(Kind(1, "switch", name="sn6810"), "sn6810")
    '1 switch'
    """
    words = counted_words(kind.colour, {called(kind.colour, kind.name, own): kind.count})
    return words.replace("optical engines", "engines")


def called(colour: str, name: str, own: str) -> str:
    """Return the name to count pieces by; a switch that is the box ``own`` has the name of that."""
    return "box" if colour == "switch" and name == own else name
