"""The tiers diagram: GPUs at the bottom, switches of each tier above, links as bands of their bandwidth."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import (
    BODY,
    MANY_SQUARES,
    Figure,
    Key,
    Sheet,
    Stroke,
    label,
    rows_of,
)
from topogen.draw.shown.finding import alert_words, key_figures, module_count, subtitle_with
from topogen.draw.shown.tiered import touches, tower_names
from topogen.draw.shown.tips import Tip, Tips
from topogen.draw.shown.words import FAMILY_WORDS, carried_by, span, strands_of
from topogen.draw.tiers.aside import MONEY_HEIGHT, length_marks, money_marks
from topogen.draw.tiers.lateral import ROOM, lateral_marks, lateral_words
from topogen.draw.tiers.scale_up import STRIP, scale_up_of, strip_marks
from topogen.draw.tiers.things import things
from topogen.draw.tiers.tower import MOST_PLANES, gpus_of_each, holders, tower_of
from topogen.errors import InputError, Problem
from topogen.palette import family_of
from topogen.structure.oversubscription import switch_uses
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.roll_up import is_lower_bound
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from topogen.draw.sheet import Mark
    from topogen.draw.tiers.scale_up import Joined
    from topogen.draw.tiers.tower import Band, Row, Tower
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp

    Point: TypeAlias = tuple[float, float]

GUTTER = 236
"""Room at the left for what the tiers and links are."""
LINE = 19
SWITCHES, ENDS = 40, 62
"""How high a row of switches and the row of ends are."""
STUB = 20
MOST_FIGURES = 3
MANY_TIERS = ("no tiers", "one tier", "two tiers", "three tiers", "four tiers")


def draw_tiers(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the tiers of the largest fabric of the file that is built in tiers.

    Raises
    ------
    InputError
        E695, if no fabric of the file is built in tiers.
    """
    names = tower_names(fabric)
    tower = tower_of(fabric, names[0], touched) if names else None
    if tower is None or not tower.bands:
        message = f"{fabric.name} has no links between tiers of a fat tree to draw here"
        raise InputError([Problem("E695", message, hint="draw --diagram group shows any fabric")])
    tips, inside = Tips(fabric, roll_up), scale_up_of(fabric, tower, touched)
    rows = list(_row_tops(tower, lower=bool(inside)))
    return Sheet(
        name=fabric.name,
        title=_title(roll_up, tower),
        subtitle=subtitle_with(
            _subtitle(fabric, tower, names, touched), fabric.spec.title or "", alert_words(fabric)
        ),
        marks=(
            *_band_marks(tips, tower, rows),
            *_device_marks(tips, tower, rows, STRIP if inside else 0),
            *_gutter(fabric, tower, rows),
            *(
                strip_marks(tips, inside, _blocks(tower.rows[0]), rows[0] + ENDS, GUTTER - 12)
                if inside
                else ()
            ),
            *money_marks(tips, BODY.y + BODY.height - MONEY_HEIGHT - 4, part=bool(touched)),
            *_leaving(tips, tower),
            *length_marks(fabric, touched),
        ),
        figures=_three_figures(fabric, roll_up, tower),
        legend=tuple(_legend(fabric, tower, inside)),
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _title(roll_up: RollUp, tower: Tower) -> str:
    gpus, modules, engines = roll_up.totals.gpus, module_count(roll_up), roll_up.totals.engines_fitted
    ends = count_words(gpus, "GPU") if gpus else count_words(int(tower.rows[0].counts.sum()), "host")
    tiers = MANY_TIERS[len(tower.roles)]
    switches = f"{format_count(sum(int(row.counts.sum()) for row in tower.rows[1:]))} switches"
    if not gpus:
        return f"{ends}, {tiers}, {switches}"
    each = [
        f"{rate} {noun}{'' if rate == '1' else 's'}"
        for count, noun in ((engines, "engine"), (modules, "module"))
        if count and (rate := format_decimal(Fraction(count, gpus), 2))
    ]
    if usd := round(roll_up.totals.cost_usd.base / gpus):
        least = "at least " if is_lower_bound(roll_up.gaps, "interconnect") else ""
        each.append(f"{least}USD {format_count(usd)}")
    return f"{ends}, {tiers}: {', '.join(each)} per GPU" if each else f"{ends}, {tiers}, {switches}"


def _subtitle(fabric: Fabric, tower: Tower, names: list[str], touched: Selection | None) -> list[str]:
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    words = [f"only {touched.text}"] if touched else []
    if len(names) > 1:
        others = ", ".join(_not_drawn(fabric, name) for name in names[1:])
        words.append(f"fabric {tower.name}; not drawn: {others}")
    if planes > 1:
        words.append(f"{planes} planes {'side by side' if planes <= MOST_PLANES else 'in one row'}")
    words += [f"{count_words(tower.sideways, 'link')} past a tier not drawn"] if tower.sideways else []
    return words


def _not_drawn(fabric: Fabric, name: str) -> str:
    """Return the name of a fabric, and how many links of what it has."""
    own = [link for link in fabric.links if (link.base or link.name).partition("/")[0] == name]
    carriers = ", ".join(dict.fromkeys(filter(None, (carried_by(fabric, link) for link in own))))
    links = count_words(sum(link.count for link in own), "link")
    return f"{name} ({links}{f', {carriers}' if carriers else ''})"


def _three_figures(fabric: Fabric, roll_up: RollUp, tower: Tower) -> tuple[Figure, ...]:
    found = key_figures(fabric, roll_up)
    money = [one for one in found if one.value.startswith("USD")]
    light = [one for one in found if not one.value.startswith("USD") and not one.value.endswith(" W")]
    found_any = (*light[: MOST_FIGURES - len(money)], *money)
    return found_any or tuple(_counts(fabric, tower))


def _counts(fabric: Fabric, tower: Tower) -> Iterator[Figure]:
    """Yield what the picture counts, where nothing is known per GPU and nothing has a price."""
    ends, switches = (int(sum(row.counts.sum() for row in rows)) for rows in (tower.rows[:1], tower.rows[1:]))
    links = sum(int(band.links.sum()) for band in tower.bands)
    yield Figure(format_count(links), "links between tiers", "switch")
    yield Figure(
        format_decimal(Fraction(ends, switches), 2), f"hosts for each of {format_count(switches)} switches"
    )
    rate = sum(
        int(band.links.sum()) * fabric.links[band.group].rate for band in tower.bands if not band.below
    )
    yield Figure(format_rate(rate // ends), "into the lowest tier per host, each direction")


def _leaving(tips: Tips, tower: Tower) -> Iterator[Mark]:
    """Yield stubs above the top tier for the links that leave the model, and how many they are."""
    if not tower.leaving:
        return
    fabric = tips.fabric
    top = {index for index, group in enumerate(fabric.groups) if group.role == tower.roles[-1]}
    blocks = _blocks(tower.rows[-1])
    for link in [link for link in fabric.links if link.outside and touches(link, top)][:1]:
        colour = family_of(fabric.catalog.media[link.media[0]]) if link.media else "no_medium"
        for x, width in blocks:
            ends = ((x + width / 2, BODY.y), (x + width / 2, BODY.y - STUB))
            yield Stroke(ends, colour, 8, **tips.links(link)._asdict())
    left = blocks[0][0] + blocks[0][1] / 2 + 12
    text = f"{count_words(tower.leaving, 'link')} {'leaves' if tower.leaving == 1 else 'leave'} this file"
    yield label(left, BODY.y - 8, text, BODY.x + BODY.width - left, colour="soft")


def _row_tops(tower: Tower, *, lower: bool) -> Iterator[float]:
    """Yield the top of each row, the ends first; with something ``lower`` than these, they stand higher."""
    floor = BODY.y + BODY.height - MONEY_HEIGHT - (3 if lower else 1) * LINE - 10
    step = (floor - ENDS - BODY.y) / len(tower.roles)
    yield floor - ENDS
    for number in range(1, len(tower.roles) + 1):
        yield floor - ENDS - number * step


def _blocks(row: Row) -> list[tuple[float, float]]:
    """Return x and width of each block of a row."""
    left, room = BODY.x + GUTTER, BODY.width - GUTTER
    step = room / max(1, len(row.names))
    gap = min(14, step * 0.12)
    return [(left + step * number + gap / 2, step - gap) for number in range(len(row.names))]


def _height(number: int) -> int:
    return SWITCHES if number else ENDS


def _band_marks(tips: Tips, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    fabric = tips.fabric
    widest = _widest(fabric, tower)
    for band in tower.bands:
        link = fabric.links[band.group]
        below, above = (_blocks(tower.rows[band.below + more]) for more in (0, 1))
        y_low, y_high = _top_of(tower, rows, band.below), rows[band.below + 1] + SWITCHES
        colours = _colours(fabric, link, tower.roles[band.below])
        for low, high in np.argwhere(band.links).tolist():
            links = int(band.links[low, high])
            start = (_anchor(below[low], band.links[low], high), y_low)
            end = (_anchor(above[high], band.links[:, high], low), y_high)
            where = f"{_named(tower.rows[band.below], low)} to {_named(tower.rows[band.below + 1], high)}"
            tip = tips.links(link, links, where.removesuffix(" to ").removeprefix(" to "))
            wide = max(1.0, widest * links * link.rate)
            for colour, points in zip(colours, _halves(start, end, len(colours)), strict=True):
                yield Stroke(points, colour, wide, curved=True, opacity=0.6, **tip._asdict())


def _top_of(tower: Tower, rows: list[float], number: int) -> float:
    """Return where the bands above a row begin: higher where it has arcs."""
    return rows[number] - (ROOM if any(one.row == number for one in tower.lateral) else 0)


def _named(row: Row, block: int) -> str:
    return row.names[block].partition(" to ")[0]


def _colours(fabric: Fabric, link: LinkGroup, upper: str) -> tuple[str, ...]:
    """Return the colour of a band, or of its lower and its upper half where the ends differ."""
    found = [family_of(fabric.catalog.media[one]) for one in link.media or ()]
    if len(set(found)) < 2:  # noqa: PLR2004 - both ends
        return (found[0] if found else "no_medium",)
    ends = (block.b for block in link.blocks)
    up = any(end is not None and fabric.groups[end.group].role == upper for end in ends)
    return tuple(found if up else found[::-1])


def _halves(start: Point, end: Point, parts: int) -> list[tuple[Point, ...]]:
    """Return a curve between two rows, whole or as two halves."""
    (x, y), (to_x, to_y) = start, end
    across, middle = (x + to_x) / 2, (y + to_y) / 2
    if parts == 1:
        return [(start, (x, middle), (to_x, middle), end)]
    centre = (across, middle)
    first = (start, (x, (y + middle) / 2), ((x + across) / 2, middle), centre)
    return [first, (centre, ((across + to_x) / 2, middle), (to_x, (middle + to_y) / 2), end)]


def _anchor(block: tuple[float, float], links: Ints, other: int) -> float:
    """Return where a band meets a block: its bands are spread over it in the order of the other blocks."""
    x, width = block
    before, every = int((links[:other] > 0).sum()), int((links > 0).sum())
    return x + width * (before + 0.5) / every


def _widest(fabric: Fabric, tower: Tower) -> float:
    """Return the pixels of a Mb/s, so that no block has more band than half its width, nor any above 36."""
    least = float("inf")
    for level in range(len(tower.roles)):
        for row, axis in ((tower.rows[level], 1), (tower.rows[level + 1], 0)):
            here = [band for band in tower.bands if band.below == level]
            if here:
                total = sum(band.links.sum(axis=axis) * fabric.links[band.group].rate for band in here)
                width = _blocks(row)[0][1]
                least = min(least, width * 0.7 / int(np.max(total)))
    most = max(int(band.links.max()) * fabric.links[band.group].rate for band in tower.bands)
    return min(least, 90 / most)


def _device_marks(tips: Tips, tower: Tower, rows: list[float], strip: float) -> Iterator[Mark]:
    fabric = tips.fabric
    countable = _countable(tower)
    for number, row in enumerate(tower.rows[1:], 1):
        group = next(group for group in fabric.groups if group.role == tower.roles[number - 1])
        most = int(row.counts.max(initial=1)) if countable else 0
        areas = [(x, rows[number], width, float(SWITCHES)) for x, width in _blocks(row)]
        for area, count, name in zip(areas, row.counts.tolist(), row.names, strict=True):
            yield from things(area, count, "switch", tips.devices(group, count, name), most)
        lateral = [one for one in tower.lateral if one.row == number]
        yield from lateral_marks(tips, lateral, row, areas, most)
        yield from lateral_words(tips, lateral, rows[number] - 3, GUTTER - 12)
    noun, counts = ends_of(fabric, tower)
    blocks = _blocks(tower.rows[0])
    names = tower.rows[0].names
    most = int(counts.max()) if counts.sum() <= MANY_SQUARES else 0
    for (x, width), count, gpus, name in zip(
        blocks, counts.tolist(), tower.gpus.tolist(), names, strict=True
    ):
        inside = f", {count_words(gpus, 'GPU')}" if gpus else ""
        tip = Tip(f"{name}\n{count_words(count, noun or 'end')}{inside}", name.partition(" to ")[0])
        area = (x, rows[0], width, float(ENDS))
        yield from things(area, count, "gpu", tip, most)
    for (x, width), name in zip(blocks, names, strict=True):
        y = rows[0] + ENDS + 17 + strip
        yield label(x + width / 2, y, _short(name, width), width + 4, anchor="middle")


def _countable(tower: Tower) -> bool:
    return sum(int(row.counts.sum()) for row in tower.rows[1:]) <= MANY_SQUARES


def ends_of(fabric: Fabric, tower: Tower) -> tuple[str, Ints]:
    """Return what the ends are counted by, and how many of these each column has."""
    noun, held = holders(fabric, tower.rows[0].block)
    pairs = np.unique(np.stack([tower.rows[0].block, held], 1)[held >= 0], axis=0)
    return noun, np.bincount(pairs[:, 0], minlength=len(tower.rows[0].names))


def _short(name: str, width: float) -> str:
    """Return the name of a column, or its first name or number, whichever fits.

    >>> _short("rack000 to rack011", 50), _short("rack000 to rack011", 90), _short("su0/host8", 50)
    ('000', 'rack000', 'host8')
    """
    first = name.partition(" to ")[0]
    last = first.rpartition("/")[2]
    texts = (name, first, last, last.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))
    return next((text for text in texts if width_of(text, SMALLEST) <= width), texts[-1])


def _gutter(fabric: Fabric, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    room = GUTTER - 12
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    network = fabric.spec.fabrics[tower.name].network
    uses = {use.device_role: use for use in switch_uses(fabric) if network in use.network.split("+")}
    for number, row in enumerate(tower.rows[1:], 1):
        role = tower.roles[number - 1]
        count, blocks = int(row.counts.sum()), len(row.names)
        sizes = set(row.counts.tolist())
        noun = "plane" if planes > 1 else "column"
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
        between = (rows[level + 1] + SWITCHES, _top_of(tower, rows, level))
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
    lines = [line for band in here for line in _words_of(fabric, band)]
    most = int((between[1] - between[0]) // LINE)
    if len(lines) > most:
        lines = [_words_of(fabric, band)[0] for band in here]
    if len(lines) > most:
        total = sum(int(band.links.sum()) for band in here)
        lines = [(f"{count_words(total, 'link')} of {len(here)} groups", "ink")]
    y = (between[0] + between[1] - LINE * len(lines)) / 2
    for number, (text, colour) in enumerate(lines, 1):
        yield label(BODY.x, y + LINE * number - 5, text, GUTTER - 12, bold=True, colour=colour)


def _words_of(fabric: Fabric, band: Band) -> list[tuple[str, str]]:
    """Return what a band says: how many links at which rate, their medium, fibres and lengths."""
    link, links = fabric.links[band.group], int(band.links.sum())
    media = " to ".join(dict.fromkeys(link.media)) if link.media else "no medium yet"
    colour = family_of(fabric.catalog.media[link.media[0]]) if link.media else "soft"
    strands = strands_of(fabric, link, links)
    spans = link.lengths.span_mm
    length = span(*spans) if spans and band.whole else ""
    carrier = carried_by(fabric, link)
    rate = f"{format_count(links)} x {format_rate(link.rate)}{f', {carrier}' if carrier else ''}"
    both = f"{media}, {strands}" if strands else media
    tail = (both,) if width_of(both, SMALLEST, bold=True) <= GUTTER - 12 else (media, strands)
    words = (rate, *tail, "" if length == "0 m" else length)
    return [(word, colour) for word in words if word]


def _legend(fabric: Fabric, tower: Tower, inside: list[Joined]) -> list[Key]:
    noun, counts = ends_of(fabric, tower)
    squares = counts.sum() <= MANY_SQUARES
    links = [*(fabric.links[band.group] for band in tower.bands), *(one.link for one in inside)]
    families = dict.fromkeys(
        family_of(fabric.catalog.media[one] if one else None) for link in links for one in link.media or ("",)
    )
    keys = [
        Key("square", "gpu", f"{noun or 'host'}s{'' if squares else ' (number)'}"),
        Key("square", "switch", f"switches{'' if _countable(tower) else ' (number)'}"),
        *(Key("line", one, FAMILY_WORDS[one]) for one in families),
    ]
    scaled = [*keys[:-1], replace(keys[-1], text=f"{keys[-1].text}; width is bandwidth")]
    return keys if inside or rows_of(scaled) > rows_of(keys) else scaled
