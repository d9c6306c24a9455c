"""Where optical engines are: places as frames, a square for each piece, arrows for links that leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.cabling.port_uses import port_uses
from topogen.draw.engines.earned import earned_marks, earned_title
from topogen.draw.engines.frames import frame_marks
from topogen.draw.engines.kinds import kinds_of
from topogen.draw.engines.legend import legend_of
from topogen.draw.engines.places import places_of
from topogen.draw.engines.strip import shared_strip
from topogen.draw.furniture import legend_room
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, MANY_SQUARES, MARGIN, WIDTH, Area, Box, Sheet, Stroke, label
from topogen.draw.shown.boxes import boxes_of
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import (
    alert_words,
    engines_by_network,
    finding,
    key_figures,
    module_count,
    spare_words,
)
from topogen.draw.shown.strokes import family_of_link
from topogen.draw.shown.tips import Tips
from topogen.errors import InputError, Problem
from topogen.media.medium import links_fibres
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_rate, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.engines.places import Bundle, Place, Places
    from topogen.draw.sheet import Figure, Mark
    from topogen.draw.shown.boxes import Boxes
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_FRAMES = 4
BAR, ARROW, STRIP, GAP, WIDEST = 26, 26, 62, 12, 16


def draw_engines(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the places that hold optical engines, and every engine in them; modules of a device alone.

    Raises
    ------
    InputError
        E692, if there are no engines in what is drawn.
    """
    total = engines_by_network(roll_up).total() or (module_count(roll_up) if fabric.n_devices == 1 else 0)
    boxes = boxes_of(fabric, roll_up, touched)
    found = places_of(fabric, roll_up, boxes, merged=False) if total <= MANY_SQUARES else None
    if found is None or len(found.places) > MOST_FRAMES:
        found = places_of(fabric, roll_up, boxes, merged=True)
    if not total or not found.places:
        raise InputError([_no_engines(touched)])
    drawn = sorted(found.places, key=lambda one: -len(one.names))[:MOST_FRAMES]
    legend, figures = legend_of(fabric, roll_up, boxes, found, drawn), _figures(fabric, roll_up)
    return Sheet(
        name=fabric.name,
        title=_title(fabric, roll_up),
        subtitle=_subtitle(fabric, found, drawn, touched),
        marks=(
            *_marks(Tips(fabric, roll_up), boxes, found, drawn, legend_room(legend)),
            *earned_marks(roll_up, figures),
        ),
        figures=figures,
        legend=legend,
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _figures(fabric: Fabric, roll_up: RollUp) -> tuple[Figure, ...]:
    """Return the key figures; fibres, which the strips say too, give way to who earns what."""
    figures = key_figures(fabric, roll_up)
    if any(earned_marks(roll_up, figures)):
        return figures
    fewer = tuple(one for one in figures if not one.note.startswith("data fibres"))
    return fewer if any(earned_marks(roll_up, fewer)) else figures


def _title(fabric: Fabric, roll_up: RollUp) -> str:
    """Return who earns what, else the finding; of a device alone, what its engines are for."""
    if earned := earned_title(roll_up, WIDTH - 2 * MARGIN):
        return earned
    totals, rates = roll_up.totals, {link.rate for link in fabric.links}
    if totals.gpus or len(rates) != 1 or not totals.engines_fitted:
        return finding(fabric, roll_up)
    words = f"{count_words(totals.engines_fitted, 'optical engine')}{spare_words(roll_up)}"
    fed = f" and {format_count(totals.els)} ELS" if totals.els else ""
    return f"{words}{fed} for {count_words(totals.links, 'link')} of {format_rate_long(rates.pop())}"


def _subtitle(fabric: Fabric, found: Places, drawn: Sequence[Place], touched: Selection | None) -> str:
    """Return what is drawn, what it stands for, and what is not."""
    words = [f"only {touched.text}"] if touched else []
    words += [f"{fabric.name}, scenario {fabric.scenario}"] if fabric.scenario else []
    equal = max(len(one.names) for one in drawn)
    if equal > 1 and len(drawn) == 1:
        words.append(f"one of {format_count(equal)} equal places is drawn")
    elif equal > 1:
        words.append("equal places are drawn once")
    elif not touched:
        words.append(case_title(fabric) or fabric.name)
    if hidden := sum(len(one.names) for one in found.places) - sum(len(one.names) for one in drawn):
        words.append(f"{count_words(hidden, 'other place')} with engines not drawn")
    if not touched and (free := _unused_ports(fabric)):
        words.append(free)
    if found.without:
        words.append(f"{count_words(found.without, 'place')} without engines not drawn")
    return "; ".join(words)


def _unused_ports(fabric: Fabric) -> str:
    """Return how many ports of GPUs no link uses, none where all are in use."""
    gpus = {group.label for group in fabric.groups if group.type.role == "gpu"}
    uses = [use for use in port_uses(fabric) if use.devices in gpus]
    free, used = sum(use.free for use in uses), sum(use.used for use in uses)
    return f"{format_count(free)} of {format_count(free + used)} ports of GPUs are unused" if free else ""


def _marks(tips: Tips, boxes: Boxes, found: Places, drawn: Sequence[Place], taken: float) -> Iterator[Mark]:
    """Yield the frames side by side between the outside above and below, and what serves all of them."""
    above, below = _ways(tips.fabric, drawn)
    y, high = float(BODY.y), BODY.height - 7.0 - taken
    beyond = kinds_of(tips, boxes, found.beyond, "for several places")
    if beyond:
        high -= STRIP
        yield from shared_strip(beyond, Area(BODY.x, y + high + 8, BODY.width, STRIP - 10))
    top = BAR + ARROW if above else 0
    bottom = BAR + ARROW if below else 0
    wide = (BODY.width + GAP) / len(drawn)
    most = max((_rate(tips.fabric, place, ways) for place in drawn for ways in (above, below)), default=0)
    for number, place in enumerate(drawn):
        area = Area(BODY.x + number * wide, y + top, wide - GAP, high - top - bottom)
        yield from frame_marks(tips, boxes, place, area)
        yield from _arrow(tips, place, above, (area.x, area.y, wide), -ARROW, most)
        yield from _arrow(tips, place, below, (area.x, area.y + area.height, wide), ARROW, most)
    if above:
        yield from _outside(tips, above, found.noun, y)
    if below:
        yield from _outside(tips, below, found.noun, y + high - BAR)


def _ways(fabric: Fabric, drawn: Sequence[Place]) -> tuple[list[int], list[int]]:
    """Return the link groups that leave places, those of the scale-up above and the others below."""
    out = {one.link: None for place in drawn for one in place.bundles if one.leaving}
    above = [one for one in out if fabric.links[one].network == "scale_up"]
    below = [one for one in out if fabric.links[one].network != "scale_up"]
    return (above, below) if above else (below, [])


def _leaving(place: Place, ways: Sequence[int]) -> list[Bundle]:
    return [one for one in place.bundles if one.link in ways and one.leaving]


def _rate(fabric: Fabric, place: Place, ways: Sequence[int]) -> int:
    """Return the rate of all links of a place that leave it on some ways, in Mb/s per direction."""
    return sum(one.leaving * fabric.links[one.link].rate for one in _leaving(place, ways))


def _arrow(
    tips: Tips,
    place: Place,
    ways: Sequence[int],
    start: tuple[float, float, float],
    reach: float,
    most: int,
) -> Iterator[Mark]:
    """Yield the arrow of the links of a place that leave it, as wide as their rate."""
    mine = _leaving(place, ways)
    if not mine:
        return
    x, y, wide = start
    links = tips.fabric.links
    colour = family_of_link(tips.fabric, links[mine[0].link])
    thick = max(2, WIDEST * _rate(tips.fabric, place, ways) / most)
    words = ", ".join(f"{format_count(one.leaving)} x {format_rate(links[one.link].rate)}" for one in mine)
    middle, room = x + wide * 0.25, wide * 0.75 - 30
    if width_of(words, SMALLEST) > room:
        rates = {links[one.link].rate for one in mine}
        total = format_count(sum(one.leaving for one in mine))
        words = f"{total} x {format_rate(rates.pop())}" if len(rates) == 1 else f"{total} links"
    where = f"leave {place.names[0]}"
    found = [tips.links(links[one.link], one.leaving, where) for one in mine]
    tip = "\n".join(one.tip for one in found)
    yield Stroke(((middle, y), (middle, y + reach)), colour, thick, tip=tip, key=found[0].key)
    yield label(middle + 14, y + reach / 2 + 5, words, room)


def _outside(tips: Tips, ways: Sequence[int], noun: str, y: float) -> Iterator[Mark]:
    """Yield the bar that stands for where links go, with their number and fibres in the whole file."""
    words, between = [], "" if len(ways) > 1 else f", between {noun}s"
    for number in ways:
        link = tips.fabric.links[number]
        fibres = links_fibres(tips.fabric, link)
        lit = f", {format_count(fibres)} fibres" if fibres else ""
        to = f"{link.outside} (not modelled)" if link.outside else f"{link.name}{between}"
        words.append(f"{to}: {format_count(link.count)} links{lit}")
    found = [tips.links(tips.fabric.links[number]) for number in ways]
    tip = "\n".join(one.tip for one in found)
    yield Box(BODY.x, y, BODY.width, BAR, "outside", "soft", 3, tip, found[0].key)
    texts = ("; ".join([*words, *_their_engines(tips, ways)]), "; ".join(words))
    text = next((one for one in texts if width_of(one, SMALLEST, bold=True) <= BODY.width - 24), texts[-1])
    yield label(BODY.x + 10, y + 18, text, BODY.width - 24, bold=True)


def _their_engines(tips: Tips, ways: Sequence[int]) -> Iterator[str]:
    """Yield the engines of the networks of some link groups, where several networks have engines."""
    engines = engines_by_network(tips.roll_up)
    for network in dict.fromkeys(tips.fabric.links[number].network for number in ways):
        if len(engines) > 1 and engines[network]:
            yield f"{format_count(engines[network])} {network.replace('_', '-')} engines"


def _no_engines(touched: Selection | None) -> Problem:
    what = f"nothing that --only {touched.text} picks" if touched else "nothing in this fabric"
    return Problem("E692", f"{what} has optical engines: no diagram of them")
