"""The tiers diagram: GPUs at the bottom, switches of each tier above, links as bands of their bandwidth."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import (
    BODY,
    MANY_SQUARES,
    Figure,
    Sheet,
    Stroke,
    figures_height,
    label,
)
from topogen.draw.shown.finding import alert_words, key_figures, module_count, subtitle_with
from topogen.draw.shown.priced import scope_words
from topogen.draw.shown.tiered import touches, tower_names
from topogen.draw.shown.tips import Tip, Tips
from topogen.draw.shown.words import carried_by
from topogen.draw.tiers.aside import INSET, length_marks
from topogen.draw.tiers.bands import band_marks
from topogen.draw.tiers.gutter import countable, ends_of, gutter, legend_of
from topogen.draw.tiers.lateral import lateral_marks, lateral_words
from topogen.draw.tiers.money import money_height, money_marks
from topogen.draw.tiers.places import ENDS, GUTTER, SWITCHES, blocks_of, row_tops
from topogen.draw.tiers.scale_up import STRIP, scale_up_of, strip_marks
from topogen.draw.tiers.things import things
from topogen.draw.tiers.tower import MOST_PLANES, tower_of
from topogen.errors import InputError, Problem
from topogen.palette import family_of
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.gaps import is_lower_bound
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from topogen.draw.sheet import Mark
    from topogen.draw.tiers.tower import Tower
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

    Point: TypeAlias = tuple[float, float]

STUB = 20
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
    rows = list(row_tops(tower, below=3 if inside else 1, free=money_height(roll_up)))
    return Sheet(
        name=fabric.name,
        title=_title(fabric, roll_up, tower),
        subtitle=subtitle_with(
            _subtitle(fabric, tower, names, touched), fabric.spec.title or "", alert_words(fabric)
        ),
        marks=(
            *band_marks(tips, tower, rows),
            *_device_marks(tips, tower, rows, STRIP if inside else 0),
            *gutter(fabric, tower, rows),
            *(
                strip_marks(tips, inside, blocks_of(tower.rows[0]), rows[0] + ENDS, GUTTER - 12)
                if inside
                else ()
            ),
            *money_marks(tips, part=bool(touched)),
            *_leaving(tips, tower),
            *length_marks(fabric, touched),
        ),
        figures=_figures_shown(fabric, roll_up, tower),
        legend=tuple(legend_of(fabric, tower, inside)),
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _title(fabric: Fabric, roll_up: RollUp, tower: Tower) -> str:
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
        scope = scope_words(fabric, roll_up).removesuffix(" alone")
        each.append(f"{least}USD {format_count(usd)} of {scope}")
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


def _figures_shown(fabric: Fabric, roll_up: RollUp, tower: Tower) -> tuple[Figure, ...]:
    """Return the money and as many figures of light and copper before it as there is room for."""
    found = key_figures(fabric, roll_up)
    money = [one for one in found if one.value.startswith("USD")]
    light = [one for one in found if not one.value.startswith("USD") and not one.value.endswith(" W")]
    while light and figures_height((*light, *money)) > INSET[1] - 50 - BODY.y:
        light.pop()
    return (*light, *money) or tuple(_counts(fabric, tower))


def _counts(fabric: Fabric, tower: Tower) -> Iterator[Figure]:
    """Yield what the picture counts, where nothing is known per GPU and nothing has a price."""
    ends, switches = (int(sum(row.counts.sum() for row in rows)) for rows in (tower.rows[:1], tower.rows[1:]))
    links = sum(int(band.links.sum()) for band in tower.bands)
    yield Figure(format_count(links), "links between tiers")
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
    blocks = blocks_of(tower.rows[-1])
    for link in [link for link in fabric.links if link.outside and touches(link, top)][:1]:
        colour = family_of(fabric.catalog.media[link.media[0]]) if link.media else "no_medium"
        for x, width in blocks:
            ends = ((x + width / 2, BODY.y), (x + width / 2, BODY.y - STUB))
            yield Stroke(ends, colour, 8, **tips.links(link)._asdict())
    left = blocks[0][0] + blocks[0][1] / 2 + 12
    text = f"{count_words(tower.leaving, 'link')} {'leaves' if tower.leaving == 1 else 'leave'} this file"
    yield label(left, BODY.y - 8, text, BODY.x + BODY.width - left, colour="soft")


def _device_marks(tips: Tips, tower: Tower, rows: list[float], strip: float) -> Iterator[Mark]:
    fabric = tips.fabric
    each_shown = countable(tower)
    for number, row in enumerate(tower.rows[1:], 1):
        group = next(group for group in fabric.groups if group.role == tower.roles[number - 1])
        most = int(row.counts.max(initial=1)) if each_shown else 0
        areas = [(x, rows[number], width, float(SWITCHES)) for x, width in blocks_of(row)]
        for area, count, name in zip(areas, row.counts.tolist(), row.names, strict=True):
            yield from things(area, count, "switch", tips.devices(group, count, name), most)
        lateral = [one for one in tower.lateral if one.row == number]
        yield from lateral_marks(tips, lateral, row, areas, most)
        yield from lateral_words(tips, lateral, rows[number] - 3, GUTTER - 12)
    noun, counts = ends_of(fabric, tower)
    blocks = blocks_of(tower.rows[0])
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


def _short(name: str, width: float) -> str:
    """Return the name of a column, or its first name or number, whichever fits.

    >>> _short("rack000 to rack011", 50), _short("rack000 to rack011", 90), _short("su0/host8", 50)
    ('000', 'rack000', 'host8')
    """
    first = name.partition(" to ")[0]
    last = first.rpartition("/")[2]
    texts = (name, first, last, last.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"))
    return next((text for text in texts if width_of(text, SMALLEST) <= width), texts[-1])
