"""Links that leave the tiers to where the file does not go: a stub above each block, and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, SWATCH, Box, label, swatched
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.tiers.bands import CLEAR, pixels_per_rate
from topogen.draw.tiers.places import blocks_of
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.tower import Outside, Tower
    from topogen.model.fabric import Fabric

    Point: TypeAlias = tuple[float, float]

STUB, NARROWEST = 22, 8
"""How high the stub of links to elsewhere is, and how wide at least."""


def stub_marks(tips: Tips, tower: Tower, extents: Sequence[Sequence[Point]]) -> Iterator[Mark]:
    """Yield a stub above each block of the top tier for the links that leave the model from there.

    It is as wide as its bandwidth, as the bands are, and says how many links it stands for.
    """
    found = [one for one in tower.outside if one.tier == len(tower.roles)]
    widest = pixels_per_rate(tips.fabric, tower, extents) if found else 0.0
    for block, (left, room) in enumerate(blocks_of(tower.rows[-1])):
        rates = [int(one.blocks[block]) * tips.fabric.links[one.group].rate for one in found]
        wide = [max(NARROWEST, min(0.6 * room, widest * rate)) for rate in rates]
        x = left + (room - sum(wide)) / 2
        for one, width in zip(found, wide, strict=True):
            tip = tips.links(tips.fabric.links[one.group], int(one.blocks[block]))
            colour = outside_colour(tips.fabric, one)
            yield Box(x, BODY.y - STUB, width, STUB - CLEAR, colour, "", 0, *tip)
            x += width
        said = count_words(sum(int(one.blocks[block]) for one in found), "uplink")
        needs = width_of(said, SMALLEST) + 6
        if len(found) == 1 and needs <= wide[0]:
            middle = left + room / 2
            yield label(
                middle, BODY.y - 6, said, wide[0], anchor="middle", on=outside_colour(tips.fabric, found[0])
            )
        elif found and needs <= left + room - x - 6:
            yield label(x + 6, BODY.y - 7, said, needs, colour="soft")


def outside_words(fabric: Fabric, tower: Tower, room: float) -> Iterator[Mark]:
    """Yield how many links leave the tiers, and where to, above the highest of them."""
    to: dict[tuple[str, str], int] = {}
    for one in tower.outside:
        noun = "uplink" if one.tier == len(tower.roles) else "link"
        key = (fabric.links[one.group].outside, noun)
        to[key] = to.get(key, 0) + one.links
    texts = [f"{count_words(links, noun)} to {where}" for (where, noun), links in to.items()]
    text = ", ".join(texts)
    if width_of(text, SMALLEST) > room - SWATCH:
        text = f"{count_words(sum(to.values()), 'link')} to elsewhere"
    colours = dict.fromkeys(outside_colour(fabric, one) for one in tower.outside)
    if len(colours) == 1:
        yield from swatched(BODY.x, BODY.y - 8, text, room, next(iter(colours)))
    elif texts:
        yield label(BODY.x, BODY.y - 8, text, room)


def outside_colour(fabric: Fabric, one: Outside) -> str:
    """Return the colour of links that leave the file."""
    return family_of_link(fabric, fabric.links[one.group])
