"""The legend of the engine picture: what boxes are, what each colour counts, and what links are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.engines.kinds import ENGINES, called, own_name, tint_of
from topogen.draw.furniture import rows_of
from topogen.draw.sheet import Key
from topogen.draw.shown.boxes import counted_words
from topogen.draw.shown.finding import spare_words
from topogen.draw.shown.strokes import family_of_link
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.engines.places import Place, Places
    from topogen.draw.shown.boxes import Boxes
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_ROWS = 2
"""Rows that the legend may take with the tints of boxes."""
MOST_NAMED = 2
"""Kinds of boxes of one tint that are named."""
CARRIED = {
    "copper": "copper links",
    "board": "copper on a board or midplane",
    "module": "links by light, from modules",
    "cable": "optical cables",
    "engine": "links by light",
    "own_laser": "links by light",
    "no_medium": "links without a medium",
}
"""What links of a family are."""


def legend_of(
    fabric: Fabric, roll_up: RollUp, boxes: Boxes, found: Places, drawn: Sequence[Place]
) -> tuple[Key, ...]:
    """Return the tints of boxes where there is room, what each colour counts, and what links are."""
    alone = len(found.places) == 1 and len(drawn[0].names) == 1
    own = own_name(boxes, drawn[0].boxes.tolist()) if alone else ""
    counts = _counts(boxes, found, drawn, own)
    squares = tuple(_square_keys(roll_up, counts, spare=bool(own)))
    rest = (*squares, *_ways_keys(fabric, drawn))
    whole = (*_tint_keys(fabric, boxes, drawn, own), *rest)
    return whole if rows_of(whole) <= MOST_ROWS else rest


def _counts(boxes: Boxes, found: Places, drawn: Sequence[Place], own: str) -> dict[str, dict[str, int]]:
    """Return how many pieces there are by colour and name, over all places that are drawn or stood for."""
    totals = found.beyond.copy()
    for one in drawn:
        picked = one.boxes[boxes.picked[one.boxes]]
        totals += (boxes.counts[picked].sum(axis=0) + one.shared) * len(one.names)
    counts: dict[str, dict[str, int]] = {}
    for thing, count in zip(boxes.things, totals.tolist(), strict=True):
        if count:
            named, name = counts.setdefault(thing.colour, {}), called(thing.colour, thing.name, own)
            named[name] = named.get(name, 0) + count
    return counts


def _square_keys(roll_up: RollUp, counts: dict[str, dict[str, int]], *, spare: bool) -> Iterator[Key]:
    """Yield what each colour counts; if ``spare``, engines in use and those without links apart."""
    free = spare_words(roll_up, "", "") if spare and len(ENGINES & set(counts)) == 1 else ""
    for colour, named in counts.items():
        if free and colour in ENGINES:
            yield Key("square", colour, f"{format_count(roll_up.totals.engines_active)} engines in use")
            yield Key("box", colour, f"{free} engines")
        else:
            yield Key("square", colour, counted_words(colour, named))


def _tint_keys(fabric: Fabric, boxes: Boxes, drawn: Sequence[Place], own: str) -> Iterator[Key]:
    """Yield what the boxes of each tint are, as the file calls them; a switch on its own also what it is."""
    tints: dict[str, dict[str, None]] = {}
    for box in (box for place in drawn for box in place.boxes[boxes.picked[place.boxes]].tolist()):
        held = zip(boxes.things, boxes.counts[box].tolist(), strict=True)
        inside = {thing.colour: thing.name for thing, count in held if count}
        name = boxes.kinds[boxes.kind[box]]
        if "switch" in inside and name in fabric.spec.devices and name != own:
            name = counted_words("switch", {inside["switch"]: 1}).removeprefix("1 ")
        if inside:
            tints.setdefault(tint_of(inside), {})[name] = None
    for tint, names in tints.items():
        yield Key("square", tint, _kind_words(list(names)))


def _kind_words(names: Sequence[str]) -> str:
    """Return what boxes of some kinds are; of many kinds just that they are boxes.

    >>> _kind_words(["switch_tray"]), _kind_words(["inner_tray", "outer_tray"])
    ('switch tray', 'inner or outer tray')
    """
    words = [name.rpartition("/")[2].replace("_", " ") for name in names]
    if len(words) > MOST_NAMED:
        return "box"
    *before, last = words
    shared = f" {last.rpartition(' ')[2]}"
    return " or ".join([*(word.removesuffix(shared) for word in before), last])


def _ways_keys(fabric: Fabric, drawn: Sequence[Place]) -> Iterator[Key]:
    """Yield what each colour of bands and arrows is: light, copper, or a board."""
    found = dict.fromkeys(one.link for place in drawn for one in place.bundles)
    links = [fabric.links[number] for number in found if fabric.links[number].within != "board"]
    for family in dict.fromkeys(family_of_link(fabric, link) for link in links):
        yield Key("line", family, CARRIED[family])
