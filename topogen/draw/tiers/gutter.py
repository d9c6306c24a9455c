"""What stands at the left of the tiers and below them: what each row and each band is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, MANY_SQUARES, SWATCH, Key, label, rows_of, swatched
from topogen.draw.shown.words import FAMILY_WORDS, carried_by, span, strands_of
from topogen.draw.tiers.bands import colours_of, media_of
from topogen.draw.tiers.places import GUTTER, LINE, SWITCHES, top_of
from topogen.draw.tiers.tower import MOST_PLANES, gpus_of_each, holders
from topogen.palette import family_of
from topogen.structure.oversubscription import switch_uses
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.sheet import Mark
    from topogen.draw.tiers.scale_up import Joined
    from topogen.draw.tiers.tower import Band, Tower
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric


def gutter(fabric: Fabric, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    """Yield what stands at the left of each row and between them."""
    room = GUTTER - 12
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    network = fabric.spec.fabrics[tower.name].network
    uses = {use.device_role: use for use in switch_uses(fabric) if network in use.network.split("+")}
    for number, row in enumerate(tower.rows[1:], 1):
        role = tower.roles[number - 1]
        count, blocks = int(row.counts.sum()), len(row.names)
        sizes = set(row.counts.tolist())
        noun = "plane" if 1 < planes <= MOST_PLANES else "column"
        split = f", {format_count(next(iter(sizes)))} a {noun}" if blocks > 1 and len(sizes) == 1 else ""
        text = f"{count_words(count, role.partition('/')[2]).replace('leafs', 'leaves')}{split}"
        yield label(BODY.x, rows[number] + 17, text, room, 17, bold=True)
        kinds = sorted({group.type.name for group in fabric.groups if group.role == role})
        use = uses.get(role)
        words = [", ".join(kinds)]
        if use and use.least is not None and use.most is not None and not use.least == use.most == 1:
            low, high = format_decimal(use.least, 2), format_decimal(use.most, 2)
            words.append(f"{low if low == high else f'{low} to {high}'}:1 down:up")
        yield label(BODY.x, rows[number] + 36, ", ".join(words), room, colour="soft")
    noun, held = holders(fabric, tower.rows[0].block)
    places, ends = len(np.unique(held[held >= 0])), int(tower.rows[0].counts.sum())
    gpus = int(tower.gpus.sum())
    first = count_words(gpus, "GPU") if gpus else count_words(ends, "host")
    yield label(BODY.x, rows[0] + 18, first, room, 17, bold=True)
    each = gpus_of_each(fabric, noun) if noun and places * gpus_of_each(fabric, noun) == gpus else 0
    many = f" of {format_count(each)}" if each else ""
    held_in = f"in {count_words(places, noun)}{many}" if noun else ""
    yield label(BODY.x, rows[0] + 37, held_in, room, colour="soft")
    yield label(BODY.x, rows[0] + 56, _columns_words(tower), room, colour="soft")
    for level in range(len(tower.roles)):
        between = (rows[level + 1] + SWITCHES, top_of(tower, rows, level))
        yield from _band_words(fabric, tower, level, between)


def _columns_words(tower: Tower) -> str:
    columns, merge = len(tower.rows[0].names), tower.columns_merge
    if columns == 1:
        return ""
    if merge == 1:
        return f"{columns} columns, one {tower.units} each" if tower.units else f"{columns} columns"
    return f"up to {format_count(merge)} {tower.units + 's' if tower.units else ''} a column".replace(
        "  ", " "
    )


def _band_words(fabric: Fabric, tower: Tower, level: int, between: tuple[float, float]) -> Iterator[Mark]:
    here = [band for band in tower.bands if band.below == level]
    lines = [line for band in here for line in _words_of(fabric, band, tower.roles[level])]
    most = int((between[1] - between[0]) // LINE)
    if len(lines) > most:
        lines = [_words_of(fabric, band, tower.roles[level])[0] for band in here]
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
        both = f"{media}, {strands}" if strands else media
        fits = width_of(both, SMALLEST, bold=True) <= GUTTER - 12 - SWATCH
        lines = [(rate, colours[0]), *((one, "") for one in ((both,) if fits else (media, strands)))]
    return [line for line in (*lines, ("" if length == "0 m" else length, "")) if line[0]]


def legend_of(fabric: Fabric, tower: Tower, inside: list[Joined]) -> list[Key]:
    """Return what squares and bands are, in the colours that they are drawn in."""
    noun, counts = ends_of(fabric, tower)
    squares = counts.sum() <= MANY_SQUARES
    links = [*(fabric.links[band.group] for band in tower.bands), *(one.link for one in inside)]
    families = dict.fromkeys(
        family_of(fabric.catalog.media[one] if one else None) for link in links for one in link.media or ("",)
    )
    keys = [
        Key("square", "gpu", f"{noun or 'host'}s{'' if squares else ' (number)'}"),
        Key("square", "switch", f"switches{'' if countable(tower) else ' (number)'}"),
        *(Key("line", one, FAMILY_WORDS[one]) for one in families),
    ]
    scaled = [*keys[:-1], replace(keys[-1], text=f"{keys[-1].text}; width is bandwidth")]
    return keys if inside or rows_of(scaled) > rows_of(keys) else scaled


def countable(tower: Tower) -> bool:
    """Return whether the switches are few enough to draw each of them."""
    return sum(int(row.counts.sum()) for row in tower.rows[1:]) <= MANY_SQUARES


def ends_of(fabric: Fabric, tower: Tower) -> tuple[str, Ints]:
    """Return what the ends are counted by, and how many of these each column has."""
    noun, held = holders(fabric, tower.rows[0].block)
    pairs = np.unique(np.stack([tower.rows[0].block, held], 1)[held >= 0], axis=0)
    return noun, np.bincount(pairs[:, 0], minlength=len(tower.rows[0].names))
