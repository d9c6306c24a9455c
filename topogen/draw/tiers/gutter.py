"""What stands at the left of the tiers and below them: what each row and each band is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.draw.furniture import rows_of
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, MANY_SQUARES, SWATCH, Key, label, swatched
from topogen.draw.shown.words import FAMILY_WORDS, SHORT_FAMILIES, carried_by, span, strands_of
from topogen.draw.tiers.bands import colours_of, crossed, media_of
from topogen.draw.tiers.devices import countable
from topogen.draw.tiers.money import money_pieces
from topogen.draw.tiers.outside import outside_colour, outside_words
from topogen.draw.tiers.places import GUTTER, LINE, SWITCHES, top_of
from topogen.draw.tiers.tower import MOST_PLANES
from topogen.palette import family_of
from topogen.structure.oversubscription import switch_uses
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.ends import Ends
    from topogen.draw.tiers.scale_up import Joined
    from topogen.draw.tiers.tower import Band, Tower
    from topogen.model.devices import DeviceType
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.structure.oversubscription import SwitchUse

MONEY_WORDS = SHORT_FAMILIES | {"els": "ELS", "cable": "fibre", "own_laser": "engines with lasers"}
"""What a legend calls what is only paid for, not drawn."""


def gutter(tips: Tips, tower: Tower, rows: list[float], lines: Sequence[str]) -> Iterator[Mark]:
    """Yield what stands at the left of each row and between them; ``lines`` are those of the ends."""
    fabric, room = tips.fabric, GUTTER - 12
    network = fabric.spec.fabrics[tower.name].network
    uses = {use.device_role: use for use in switch_uses(fabric) if network in use.network.split("+")}
    for number in range(1, len(tower.rows)):
        role = tower.roles[number - 1]
        text, rails = _switch_words(fabric, tower, number)
        yield label(BODY.x, rows[number] + 17, text, room, 17, bold=True)
        types = {group.type.name: group.type for group in fabric.groups if group.role == role}
        kinds, ports = ", ".join(sorted(types)), {_ports(one) for one in types.values()}
        full = f"{kinds} of {format_count(ports.pop())} ports" if len(ports) == 1 else kinds
        words = [kinds, _use_words(uses.get(role)), rails]
        some = ([full, *words[1:]], words, [full, words[1]], words[:2], words[1:2], words[:1])
        below = (", ".join(filter(None, one)) for one in some)
        yield label(BODY.x, rows[number] + 36, _fitting(below, SMALLEST, room), room, colour="soft")
    for number, text in enumerate(lines):
        if number:
            yield label(BODY.x, rows[0] + 18 + LINE * number, text, room, colour="soft")
        else:
            yield label(BODY.x, rows[0] + 18, text, room, 17, bold=True)
    for level in range(len(tower.roles)):
        between = (rows[level + 1] + SWITCHES, top_of(tower, rows, level))
        yield from _band_words(fabric, tower, level, between)
    yield from outside_words(fabric, tower, room)


def _ports(device: DeviceType) -> int:
    return sum(port.count for port in device.ports)


def _use_words(use: SwitchUse | None) -> str:
    """Return the bandwidth of a switch down over that up, nothing where it is the same."""
    if use is None or use.least is None or use.most is None or use.least == use.most == 1:
        return ""
    low, high = format_decimal(use.least, 2), format_decimal(use.most, 2)
    return f"{low if low == high else f'{low} to {high}'}:1 down:up"


def _fitting(texts: Iterable[str], size: float, room: float, *, bold: bool = False) -> str:
    """Return the first text that fits, else the last."""
    text = ""
    for text in texts:
        if text and width_of(text, size, bold=bold) <= room:
            return text
    return text


def _switch_words(fabric: Fabric, tower: Tower, number: int) -> tuple[str, str]:
    """Return how many switches a row has and how they divide, and what else is to be said of their rails."""
    row, role = tower.rows[number], tower.roles[number - 1].partition("/")[2]
    count, sizes = int(row.counts.sum()), set(row.counts.tolist())
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    rails = tower.rails if number == 1 else 0
    switches = count_words(count, role)
    if rails and count == rails:
        return f"{switches}, one per rail", ""
    if 1 < planes <= MOST_PLANES and count == rails * planes:
        return f"{switches}, {format_count(rails)} rails a plane", ""
    alone = "one rail each" if rails else ""
    if planes > MOST_PLANES and count == planes:
        return f"{switches}, one per plane", alone
    if planes > MOST_PLANES:
        several = [f"{switches}{between}{format_count(planes)} planes" for between in (" in ", ", ")]
        return _fitting([*several, switches], SMALLEST, GUTTER - 12, bold=True), alone
    if len(row.names) > 1 and len(sizes) == 1:
        noun = "plane" if planes > 1 else "column"
        size = format_count(sizes.pop())
        texts = (f"{switches}, {size} a {noun}", f"{switches}, {size} each", switches)
        return _fitting(texts, SMALLEST, GUTTER - 12, bold=True), alone
    return switches, alone


def _band_words(fabric: Fabric, tower: Tower, level: int, between: tuple[float, float]) -> Iterator[Mark]:
    here = [band for band in tower.bands if band.below == level]
    lines = [line for band in here for line in _words_of(fabric, band, tower.roles[level])]
    most = int((between[1] - between[0]) // LINE)
    if len(lines) > most:
        lines = [_words_of(fabric, band, tower.roles[level])[0] for band in here]
    if any(crossed(band) for band in here) and len(lines) < most:
        lines.append(("first column strong", ""))
    if len(lines) > most:
        total = sum(int(band.links.sum()) for band in here)
        lines = [(f"{count_words(total, 'link')} of {len(here)} groups", "")]
    y = (between[0] + between[1] - LINE * len(lines)) / 2
    room = GUTTER - 12
    for number, (text, colour) in enumerate(lines, 1):
        at = y + LINE * number - 5
        if colour:
            yield from swatched(BODY.x, at, text, room, colour, bold=True)
        else:
            yield label(BODY.x + SWATCH, at, text, room - SWATCH, bold=True)


def _words_of(fabric: Fabric, band: Band, upper: str) -> list[tuple[str, str]]:
    """Return what a band says, with the colours of its swatches: links, rate, media, fibres, lengths."""
    link, links = fabric.links[band.group], int(band.links.sum())
    strands, spans, carrier = strands_of(fabric, link, links), link.lengths.span_mm, carried_by(fabric, link)
    length = span(*spans) if spans and band.whole else ""
    rate = f"{format_count(links)} x {format_rate(link.rate)}{f', {carrier}' if carrier else ''}"
    colours = colours_of(fabric, link, upper)
    if len(colours) > 1:
        low, high = media_of(fabric, link, upper)
        tail = [(f"{low} below", colours[0]), (f"{high} above", colours[1]), (strands, "")]
        lines = [(rate, ""), *tail]
    else:
        media = " to ".join(dict.fromkeys(link.media)) if link.media else "no medium yet"
        media = "" if media == carrier else media
        both = ", ".join(filter(None, (media, strands)))
        fits = width_of(both, SMALLEST, bold=True) <= GUTTER - 12 - SWATCH
        lines = [(rate, colours[0]), *((one, "") for one in ((both,) if fits else (media, strands)))]
    return [line for line in (*lines, ("" if length == "0 m" else length, "")) if line[0]]


def legend_of(tips: Tips, tower: Tower, ends: Ends, inside: list[Joined]) -> list[Key]:
    """Return what squares and bands are, and every other colour of the picture."""
    fabric = tips.fabric
    squares = int(ends.counts.sum()) <= MANY_SQUARES
    bands = _families(fabric, [fabric.links[band.group] for band in tower.bands])
    strips = _families(fabric, [one.link for one in inside])
    stubs = dict.fromkeys(outside_colour(fabric, one) for one in tower.outside)
    links = [Key("line", one, FAMILY_WORDS[one]) for one in bands | strips | stubs]
    paid = {one.colour for one in money_pieces(tips)} & MONEY_WORDS.keys() - (bands | strips | stubs).keys()
    keys = [
        Key("square", "gpu", f"{ends.key}{'' if squares else ' (number)'}"),
        Key("square", "switch", f"switches{'' if countable(tower) else ' (number)'}"),
        *links,
        *(Key("square", one, MONEY_WORDS[one]) for one in sorted(paid)),
    ]
    at = 1 + len(bands)
    scaled = [*keys[:at], replace(keys[at], text=f"{keys[at].text}; width is bandwidth"), *keys[at + 1 :]]
    shown = keys if rows_of(scaled) > 1 else scaled
    return shown if rows_of(shown) == 1 else shown[: 2 + len(links)]


def _families(fabric: Fabric, links: Iterable[LinkGroup]) -> dict[str, None]:
    media = (one for link in links for one in link.media or ("",))
    return dict.fromkeys(family_of(fabric.catalog.media[one] if one else None) for one in media)
