"""The tiers diagram: GPUs at the bottom, switches of each tier above, links as bands of their bandwidth."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, MANY_SQUARES, Box, Figure, Key, Sheet, Squares, Stroke, grid, label
from topogen.draw.shown.finding import alert_words, key_figures, module_count, subtitle_with
from topogen.draw.shown.tiered import touches, tower_names
from topogen.draw.shown.words import FAMILY_WORDS, span, strands_of
from topogen.draw.tiers.aside import MONEY_HEIGHT, length_marks, money_marks
from topogen.draw.tiers.tower import MOST_PLANES, holders, tower_of
from topogen.errors import InputError, Problem
from topogen.palette import family_of
from topogen.structure.oversubscription import switch_uses
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.sheet import Mark
    from topogen.draw.tiers.tower import Band, Row, Tower
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

GUTTER = 236
"""Room at the left for what the tiers and links are."""
LINE = 19
SWITCHES, ENDS = 40, 62
"""How high a row of switches and the row of ends are."""
STUB = 20
SMALLEST_STEP = 4
"""Squares closer than this cannot be counted."""
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
    rows = list(_row_tops(tower))
    return Sheet(
        name=fabric.name,
        title=_title(roll_up, tower),
        subtitle=subtitle_with(
            _subtitle(fabric, tower, names, touched), fabric.spec.title or "", alert_words(fabric)
        ),
        marks=(
            *_band_marks(fabric, tower, rows),
            *_device_marks(fabric, tower, rows),
            *_gutter(fabric, tower, rows),
            *_scale_up(fabric, tower, touched),
            *money_marks(fabric, roll_up, BODY.y + BODY.height - MONEY_HEIGHT - 4, part=bool(touched)),
            *_leaving(fabric, tower),
            *length_marks(fabric, touched),
        ),
        figures=_three_figures(fabric, roll_up, tower),
        legend=tuple(_legend(fabric, tower)),
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _title(roll_up: RollUp, tower: Tower) -> str:
    gpus, modules = roll_up.totals.gpus, module_count(roll_up)
    ends = count_words(gpus, "GPU") if gpus else count_words(int(tower.rows[0].counts.sum()), "host")
    tiers = MANY_TIERS[len(tower.roles)]
    switches = sum(int(row.counts.sum()) for row in tower.rows[1:])
    words = f"{ends}, {tiers}, {count_words(switches, 'switch').replace('switchs', 'switches')}"
    if modules and gpus:
        rate = format_decimal(Fraction(modules, gpus), 2)
        words += f", {rate} module{'' if rate == '1' else 's'} per GPU"
    return words


def _subtitle(fabric: Fabric, tower: Tower, names: list[str], touched: Selection | None) -> list[str]:
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    words = [f"only {touched.text}"] if touched else []
    words += (
        [f"fabric {tower.name}, the largest (not drawn: {', '.join(names[1:])})"] if len(names) > 1 else []
    )
    if planes > 1:
        words.append(f"{planes} planes {'side by side' if planes <= MOST_PLANES else 'in one row'}")
    words += [f"{count_words(tower.sideways, 'link')} past a tier not drawn"] if tower.sideways else []
    return words


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


def _leaving(fabric: Fabric, tower: Tower) -> Iterator[Mark]:
    """Yield stubs above the top tier for the links that leave the model, and how many they are."""
    if not tower.leaving:
        return
    top = {index for index, group in enumerate(fabric.groups) if group.role == tower.roles[-1]}
    blocks = _blocks(tower.rows[-1])
    for link in [link for link in fabric.links if link.outside and touches(link, top)][:1]:
        colour = family_of(fabric.catalog.media[link.media[0]]) if link.media else "no_medium"
        for x, width in blocks:
            ends = ((x + width / 2, BODY.y), (x + width / 2, BODY.y - STUB))
            yield Stroke(ends, colour, 8, tip=link.name, key="out")
    left = blocks[0][0] + blocks[0][1] / 2 + 12
    text = f"{count_words(tower.leaving, 'link')} {'leaves' if tower.leaving == 1 else 'leave'} this file"
    yield label(left, BODY.y - 8, text, BODY.x + BODY.width - left, colour="soft")


def _row_tops(tower: Tower) -> Iterator[float]:
    """Yield the top of each row, the ends first."""
    floor = BODY.y + BODY.height - MONEY_HEIGHT - 4 - 2 * LINE - 14
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


def _band_marks(fabric: Fabric, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    widest = _widest(fabric, tower)
    for band in tower.bands:
        link = fabric.links[band.group]
        colours = (
            [family_of(fabric.catalog.media[one]) for one in link.media] if link.media else ["no_medium"]
        )
        below, above = (_blocks(tower.rows[band.below + more]) for more in (0, 1))
        y_low, y_high = rows[band.below], rows[band.below + 1] + SWITCHES
        for low, high in np.argwhere(band.links).tolist():
            links = int(band.links[low, high])
            x_low = _anchor(below[low], band.links[low], high)
            x_high = _anchor(above[high], band.links[:, high], low)
            middle = (y_low + y_high) / 2
            points = ((x_low, y_low), (x_low, middle), (x_high, middle), (x_high, y_high))
            tip = f"{link.name}: {count_words(links, 'link')} of {format_rate(link.rate)}"
            wide = max(1.0, widest * links * link.rate)
            for colour, part in zip(dict.fromkeys(colours), (1.0, 0.4), strict=False):
                yield Stroke(points, colour, wide * part, curved=True, opacity=0.6, tip=tip, key=link.name)


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


def _device_marks(fabric: Fabric, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    switches = sum(int(row.counts.sum()) for row in tower.rows[1:])
    for number, row in enumerate(tower.rows[1:], 1):
        for (x, width), count, name in zip(_blocks(row), row.counts.tolist(), row.names, strict=True):
            area = (x, rows[number], width, float(SWITCHES))
            words = f"{count_words(count, tower.roles[number - 1].partition('/')[2])} {name}".strip()
            yield from _things(area, count, "switch", words, countable=switches <= MANY_SQUARES)
    noun, held = holders(fabric, tower.rows[0].block)
    pairs = np.unique(np.stack([tower.rows[0].block, held], 1)[held >= 0], axis=0)
    counts = np.bincount(pairs[:, 0], minlength=len(tower.rows[0].names))
    blocks = _blocks(tower.rows[0])
    for (x, width), count, gpus in zip(blocks, counts.tolist(), tower.gpus.tolist(), strict=True):
        words = f"{format_count(count)} {noun or 'end'}s, {format_count(gpus)} GPUs"
        yield from _things(
            (x, rows[0], width, float(ENDS)),
            count,
            "gpu",
            words,
            countable=bool(counts.sum() <= MANY_SQUARES),
        )
    for (x, width), name in zip(blocks, tower.rows[0].names, strict=True):
        yield label(x + width / 2, rows[0] + ENDS + 17, _short(name, width), width + 4, anchor="middle")


def _short(name: str, width: float) -> str:
    """Return the name of a column, or its first name or number, whichever fits.

    >>> _short("rack000 to rack011", 50), _short("rack000 to rack011", 90)
    ('000', 'rack000')
    """
    first = name.partition(" to ")[0]
    texts = (name, first, first.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))
    return next((text for text in texts if width_of(text, SMALLEST) <= width), texts[-1])


def _things(
    area: tuple[float, float, float, float], count: int, colour: str, words: str, *, countable: bool
) -> Iterator[Mark]:
    """Yield squares to count, or one box with the number in it."""
    x, y, width, height = area
    columns, step = _fit(count, width, height)
    if countable and step >= SMALLEST_STEP:
        side = step - max(1.0, min(3.0, step * 0.2))
        corner = (
            x + (width - min(columns, count) * step) / 2,
            y + (height - -(-count // columns) * step) / 2,
        )
        at = grid(count, columns, corner, (step, step))
        yield Squares(at, side, side, colour, tip=words, key=colour)
        return
    yield Box(x, y, width, height, colour, round=2, tip=words, key=colour)
    text = format_count(count)
    yield label(x + width / 2, y + height / 2 + 6, text, width, 18, bold=True, anchor="middle", back=True)


def _fit(count: int, width: float, height: float) -> tuple[int, float]:
    """Return the columns and the step of the largest squares, at most 20 px, that fit an area."""
    best = (max(1, count), 0.0)
    for lines in range(1, max(2, int(height // SMALLEST_STEP) + 1)):
        columns = max(1, -(-count // lines))
        step = min(width / columns, height / lines, 20.0)
        if step > best[1]:
            best = (columns, step)
    return best


def _gutter(fabric: Fabric, tower: Tower, rows: list[float]) -> Iterator[Mark]:
    room = GUTTER - 12
    planes = fabric.made[tower.name].planes if tower.name in fabric.made else 1
    uses = {use.device_role: use for use in switch_uses(fabric)}
    for number, row in enumerate(tower.rows[1:], 1):
        role = tower.roles[number - 1]
        count, blocks = int(row.counts.sum()), len(row.names)
        each = set(row.counts.tolist())
        noun = "plane" if planes > 1 else "column"
        split = f", {format_count(next(iter(each)))} a {noun}" if blocks > 1 and len(each) == 1 else ""
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
    yield label(BODY.x, rows[0] + 37, f"in {count_words(places, noun)}" if noun else "", room, colour="soft")
    yield label(BODY.x, rows[0] + 56, _columns_words(tower), room, colour="soft")
    for level in range(len(tower.roles)):
        yield from _band_words(fabric, tower, level, (rows[level + 1] + SWITCHES, rows[level]))


def _columns_words(tower: Tower) -> str:
    columns, merge = len(tower.rows[0].names), tower.columns_merge
    if columns == 1:
        return ""
    each = f"up to {merge} {tower.units}s each" if merge > 1 else f"one {tower.units} each"
    return f"{columns} columns, {each}"


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
    rate = f"{format_count(links)} x {format_rate(link.rate)}"
    both = f"{rate} {media}"
    head = (both,) if width_of(both, SMALLEST, bold=True) <= GUTTER - 12 else (rate, media)
    words = (*head, strands, "" if length == "0 m" else length)
    return [(word, colour) for word in words if word]


def _scale_up(fabric: Fabric, tower: Tower, touched: Selection | None) -> Iterator[Mark]:
    """Yield one line on the links between GPUs and switches that are not of the tower."""
    drawn = {band.group for band in tower.bands}
    words, colour = [], "copper"
    for index, link in enumerate(fabric.links):
        ends = {
            fabric.groups[end.group].type.role for block in link.blocks for end in (block.a, block.b) if end
        }
        if index in drawn or "gpu" not in ends or not ends & {"gpu", "switch"} - {"cpu"} or "cpu" in ends:
            continue
        count = int(touched.links[index].sum()) if touched else link.count
        if not count:
            continue
        spans = link.lengths.span_mm
        length = f", {span(*spans)}" if spans and not touched else ""
        medium = link.media[0] if link.media else "no medium yet"
        words.append(f"{format_count(count)} x {format_rate(link.rate)} {medium}{length}")
        colour = family_of(fabric.catalog.media[link.media[0]]) if link.media else "soft"
    if words:
        y = BODY.y + BODY.height - MONEY_HEIGHT - 4 - 14
        yield label(BODY.x, y, f"scale-up: {'; '.join(words)}", BODY.width, bold=True, colour=colour)


def _legend(fabric: Fabric, tower: Tower) -> Iterator[Key]:
    yield Key("square", "gpu", "racks, nodes or hosts")
    yield Key("square", "switch", "switches")
    families = dict.fromkeys(
        family_of(fabric.catalog.media[one])
        for band in tower.bands
        for one in fabric.links[band.group].media or ()
    )
    for one in families:
        yield Key("line", one, FAMILY_WORDS[one])
    if any(fabric.links[band.group].media is None for band in tower.bands):
        yield Key("line", "no_medium", "no medium yet")
    yield Key("line", "rule", "width is bandwidth")
