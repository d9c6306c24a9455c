"""What the tiers diagram shows of the links beside the tower: those that join GPUs inside each column."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, SWATCH, Box, label, swatched
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.shown.words import carried_by, span
from topogen.draw.tiers.places import GUTTER
from topogen.units import format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.tower import Tower
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

LINE, STRIP, MOST_LINES = 19, 12, 3


class Joined(NamedTuple):
    """Links of a group that join GPUs and are not of the tower."""

    link: LinkGroup
    links: int
    colour: str
    length: str


def scale_up_of(fabric: Fabric, tower: Tower, touched: Selection | None) -> list[Joined]:
    """Return the links between GPUs and switches that are not of the tower."""
    drawn, found = {band.group for band in tower.bands}, []
    for index, link in enumerate(fabric.links):
        ends = {
            fabric.groups[end.group].type.role for block in link.blocks for end in (block.a, block.b) if end
        }
        if index in drawn or "gpu" not in ends or not ends & {"gpu", "switch"} - {"cpu"} or "cpu" in ends:
            continue
        count = int(touched.links[index].sum()) if touched else link.count
        spans = link.lengths.span_mm
        colour = family_of_link(fabric, link)
        if count:
            length = span(*spans) if spans and not touched and colour != "board" else ""
            found.append(Joined(link, count, colour, length))
    return found


def strip_marks(
    tips: Tips, tower: Tower, found: Sequence[Joined], blocks: Sequence[tuple[float, float]], y: float
) -> Iterator[Mark]:
    """Yield a strip below each column in the colours of its links, and what these are at the left.

    Links that a place does not hold together have one strip below all columns. Strips are not as wide as
    their bandwidth: their words say how wide they would be.
    """
    room = GUTTER - 12
    high = STRIP / len(found)
    for number, one in enumerate(found):
        whole = (blocks[0][0], blocks[-1][0] + blocks[-1][1] - blocks[0][0])
        for x, width in blocks if one.link.within else (whole,):
            yield Box(x, y + 3 + number * high, width, high, one.colour, "", 0, *tips.links(one.link))
    for number, (text, colour) in enumerate(_lines(tips.fabric, tower, found)):
        at = y + 17 + LINE * number
        if colour:
            yield from swatched(BODY.x, at, text, room, colour, bold=True)
        else:
            yield label(BODY.x + SWATCH, at, text, room - SWATCH, bold=True)


def _times_as_wide(fabric: Fabric, tower: Tower, found: Sequence[Joined]) -> str:
    """Return how many times as wide as the bands of the lowest tier the strips would be, to scale."""
    lowest = (band for band in tower.bands if not band.below)
    bands = sum(int(band.links.sum()) * fabric.links[band.group].rate for band in lowest)
    ratio = Fraction(sum(one.links * one.link.rate for one in found), bands)
    return "" if ratio == 1 else f"not to scale: {format_decimal(ratio, 1)} x"


def _lines(fabric: Fabric, tower: Tower, found: Sequence[Joined]) -> list[tuple[str, str]]:
    """Return what the strips are, with the colours of their swatches."""
    if len(found) == 1:
        one = found[0]
        medium = " to ".join(dict.fromkeys(one.link.media)) if one.link.media else "no medium yet"
        carrier = carried_by(fabric, one.link)
        network = _plain(one.link.network)
        wide = _times_as_wide(fabric, tower, found)
        tail = wide or one.length
        both = f"{network}, {medium}"
        medium = both if width_of(both, SMALLEST, bold=True) <= GUTTER - 12 - SWATCH else network
        return [
            (f"{_counted(one)}, {carrier}" if carrier else _counted(one), one.colour),
            (medium, ""),
            (tail, ""),
        ]
    networks = " and ".join(dict.fromkeys(_plain(one.link.network) for one in found))
    networks = ", ".join(filter(None, (networks, _times_as_wide(fabric, tower, found))))
    shown = [(f"{_counted(one)}, {carried_by(fabric, one.link)}", one.colour) for one in found]
    if len(shown) < MOST_LINES:
        return [(f"{networks}:", ""), *shown]
    more = len(shown) - MOST_LINES + 2
    return [(f"{networks}:", ""), shown[0], (f"{more} more link groups", "")]


def _plain(network: str) -> str:
    return network.replace("_", "-")


def _counted(one: Joined) -> str:
    return f"{format_count(one.links)} x {format_rate(one.link.rate)}"
