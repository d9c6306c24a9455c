"""The tiers diagram: GPUs at the bottom, switches of each tier above, links as bands of their bandwidth."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.draw.furniture import figures_height
from topogen.draw.lettering import SMALLEST
from topogen.draw.sheet import BODY, Figure, Sheet
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import (
    MOST_FIGURES,
    alert_words,
    engines_by_network,
    key_figures,
    module_count,
    subtitle_with,
)
from topogen.draw.shown.priced import scope_words
from topogen.draw.shown.tiered import tower_names
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import carried_by
from topogen.draw.tiers.aside import HEAD, LOWEST_INSET, inset_below, length_marks
from topogen.draw.tiers.bands import band_marks, bar_marks
from topogen.draw.tiers.devices import (
    column_names,
    end_marks,
    kind_names,
    name_noun,
    plane_names,
    shown_rows,
    switch_marks,
)
from topogen.draw.tiers.ends import ends_of, ends_words
from topogen.draw.tiers.gutter import gutter, legend_of
from topogen.draw.tiers.money import money_by_carrier, money_height, money_marks
from topogen.draw.tiers.outside import stub_marks
from topogen.draw.tiers.places import ENDS, blocks_of, row_tops
from topogen.draw.tiers.scale_up import STRIP, scale_up_of, strip_marks
from topogen.draw.tiers.tower import tower_of
from topogen.errors import InputError, Problem
from topogen.structure.oversubscription import switch_uses
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.gaps import is_lower_bound
from topogen.units import count_words, format_count, format_decimal, format_rate, rounded_to_sum

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from topogen.draw.tiers.tower import Tower
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

    Point: TypeAlias = tuple[float, float]

LASERS = re.compile(r"[,;] [\d,.]+ lasers\)")
MANY_TIERS = ("no tiers", "one tier", "two tiers", "three tiers", "four tiers")


def draw_tiers(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the tiers of the fabric with the most links that are, or may be, optical.

    Raises
    ------
    InputError
        E695, if no fabric of the file is built in tiers, or what is picked has no links or no hosts of it.
    """
    names = tower_names(fabric)
    tower = tower_of(fabric, names[0], touched) if names else None
    if tower is None or not tower.bands or not tower.rows[0].names:
        what = "hosts below the tiers" if tower and tower.bands else "links between tiers"
        of = f"{touched.text} of {fabric.name}" if touched else fabric.name
        raise InputError([Problem("E695", f"{of} has no {what} of a fat tree to draw here")])
    tips, inside, ends = Tips(fabric, roll_up), scale_up_of(fabric, tower, touched), ends_of(fabric, tower)
    beside = {one.link.name for one in inside}
    others = [_not_drawn(fabric, name, beside) for name in names if name != tower.name]
    others = [one for one in others if one]
    kinds = kind_names(tower)
    below = 3 if inside else 2 if kinds else 1
    rows = list(row_tops(tower, below=below, free=money_height(roll_up)))
    shown = shown_rows(tower, ends)
    blocks = [blocks_of(row) for row in tower.rows]
    extents = [one.extents(some) for one, some in zip(shown, blocks, strict=True)]
    figures = tuple(_counts(fabric, tower)) if touched else _figures_shown(fabric, roll_up, tower)
    names_y = rows[0] + ENDS + 17 + (STRIP if inside else 0)
    return Sheet(
        name=fabric.name,
        title=_title_of_some(tower, touched) if touched else _title(fabric, roll_up, tower, alone=not others),
        subtitle=subtitle_with(
            _subtitle(fabric, tower, others, touched),
            case_title(fabric),
            alert_words(fabric),
            SMALLEST,
        ),
        marks=(
            *band_marks(tips, tower, rows, extents),
            *bar_marks(tips, tower, rows, shown, extents),
            *switch_marks(tips, tower, rows, shown),
            *end_marks(tower, ends, rows[0], shown[0]),
            *plane_names(tower),
            *column_names(tower, names_y, kinds),
            *(() if inside else name_noun(tower, ends, names_y)),
            *gutter(tips, tower, rows, [*ends_words(tower, ends, apart=bool(kinds), named=bool(inside))]),
            *(strip_marks(tips, tower, inside, blocks[0], rows[0] + ENDS) if inside else ()),
            *money_marks(tips, part=bool(touched)),
            *stub_marks(tips, tower, extents),
            *length_marks(fabric, touched, inset_below(figures_height(figures))),
        ),
        figures=figures,
        legend=tuple(legend_of(tips, tower, ends, inside)),
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _title(fabric: Fabric, roll_up: RollUp, tower: Tower, *, alone: bool) -> str:
    """Return what there is and what it takes per GPU: of the network drawn, where it is not ``alone``."""
    gpus, modules, engines = roll_up.totals.gpus, module_count(roll_up), roll_up.totals.engines_fitted
    if not alone:
        network = fabric.spec.fabrics[tower.name].network
        engines = engines_by_network(roll_up)[network]
        modules = sum(row.qty for row in roll_up.quantities if row.per == "end" and row.network == network)
    ends = count_words(gpus, "GPU") if gpus else count_words(int(tower.rows[0].counts.sum()), "host")
    tiers = MANY_TIERS[len(tower.roles)]
    if tower.rails and len(tower.roles) == 1 and int(tower.rows[1].counts.sum()) == tower.rails:
        tiers = f"{format_count(tower.rails)} separate rails"
    if not gpus:
        return _counted_title(fabric, tower, ends)
    each = [
        f"{rate} {noun}{'' if rate == '1' else 's'}"
        for count, noun in ((engines, "engine"), (modules, "module"))
        if count and (rate := format_decimal(Fraction(count, gpus), 2))
    ]
    if usd := round(roll_up.totals.cost_usd.base / gpus):
        least = "at least " if is_lower_bound(roll_up.gaps, "interconnect") else ""
        whose = "" if alone else "for all fabrics "
        each.append(f"{whose}{least}USD {_spent(fabric, roll_up, usd)}")
    return f"{ends}, {tiers}: {', '.join(each)} per GPU" if each else _counted_title(fabric, tower, ends)


def _title_of_some(tower: Tower, touched: Selection) -> str:
    """Return how many links of what was picked are drawn, and between what."""
    links = sum(int(band.links.sum()) for band in tower.bands)
    gpus = int(tower.gpus.sum())
    ends = count_words(gpus, "GPU") if gpus else count_words(int(tower.rows[0].counts.sum()), "host")
    switches = count_words(sum(int(row.counts.sum()) for row in tower.rows[1:]), "switch")
    return f"{count_words(links, 'link')} of {touched.text}: {ends}, {switches}"


def _counted_title(fabric: Fabric, tower: Tower, ends: str) -> str:
    """Return what there is where nothing is bought: ends, switches, tiers, and what is found of them."""
    switches = count_words(sum(int(row.counts.sum()) for row in tower.rows[1:]), "switch")
    copper = all(carried_by(fabric, fabric.links[band.group]) in {"copper", "board"} for band in tower.bands)
    uses = [use for use in switch_uses(fabric) if use.device_role in tower.roles[:-1]]
    most = [use.most for use in uses if use.most is not None]
    words = ", all on copper" if copper else ""
    if not copper and most and len(most) == len(tower.roles) - 1:
        worst = max(most)
        words = ", not oversubscribed" if worst <= 1 else f", {format_decimal(worst, 2)} to 1 oversubscribed"
    return f"{ends} on {switches} in {MANY_TIERS[len(tower.roles)]}{words}"


def _spent(fabric: Fabric, roll_up: RollUp, usd: int) -> str:
    """Return what the interconnect costs per GPU: apart for light and copper, where both are paid for."""
    scope, by = scope_words(fabric, roll_up).removesuffix(" alone"), money_by_carrier(fabric, roll_up)
    if set(by) != {"light", "copper"}:
        return f"{format_count(usd)} of {scope}"
    shown = rounded_to_sum([value / roll_up.totals.gpus for value in by.values()])
    return " and ".join(f"{format_count(one)} of {name}" for name, one in zip(by, shown, strict=True))


def _subtitle(fabric: Fabric, tower: Tower, others: list[str], touched: Selection | None) -> list[str]:
    words = [f"only {touched.text}"] if touched else []
    if others:
        network = fabric.spec.fabrics[tower.name].network.replace("_", "-")
        words.append(f"{network.capitalize()} fabric {tower.name} drawn; not drawn: {', '.join(others)}")
    words += [f"{count_words(tower.sideways, 'link')} past a tier not drawn"] if tower.sideways else []
    return words


def _not_drawn(fabric: Fabric, name: str, beside: set[str]) -> str:
    """Return the name of a fabric, and how many links of what it has but those drawn ``beside`` the tiers."""
    own = [link for link in fabric.links if (link.base or link.name).partition("/")[0] == name]
    own = [link for link in own if link.name not in beside]
    carriers = ", ".join(dict.fromkeys(filter(None, (carried_by(fabric, link) for link in own))))
    links = count_words(sum(link.count for link in own), "link")
    return f"{name} ({links}{f', {carriers}' if carriers else ''})" if own else ""


def _figures_shown(fabric: Fabric, roll_up: RollUp, tower: Tower) -> tuple[Figure, ...]:
    """Return the money and as many figures of light and copper before it as there is room for.

    First notes become shorter; then fibres and copper pairs go, then ELS: the title counts the rest.
    """
    found = key_figures(fabric, roll_up)
    money = [one for one in found if one.value.startswith("USD")]
    light = [one for one in found if not one.value.startswith("USD") and not one.value.endswith(" W")]
    if not _fits((*light, *money)):
        light = [replace(one, note=LASERS.sub(")", one.note.removeprefix("optical "))) for one in light]
    while light and not _fits((*light, *money)):
        least = [one for one in light if one.note.startswith(("data fibres", "copper pairs"))]
        least += [one for one in light if one.colour == "els"]
        light.remove((least or light[::-1])[0])
    shown = (*light, *money)
    return shown if money else (*shown, *_counts(fabric, tower))[:MOST_FIGURES]


def _fits(figures: tuple[Figure, ...]) -> bool:
    return BODY.y + figures_height(figures) + HEAD <= LOWEST_INSET


def _counts(fabric: Fabric, tower: Tower) -> Iterator[Figure]:
    """Yield what the picture counts, where nothing is known per GPU and nothing has a price."""
    ends, switches = (int(sum(row.counts.sum() for row in rows)) for rows in (tower.rows[:1], tower.rows[1:]))
    links = sum(int(band.links.sum()) for band in tower.bands)
    noun, count = ("GPU", int(tower.gpus.sum())) if tower.gpus.any() else ("host", ends)
    if len(tower.roles) > 1:
        yield Figure(format_count(links), "links between tiers")
        each = f"{noun}s for each of {format_count(switches)} switches"
        yield Figure(format_decimal(Fraction(count, switches), 2), each)
    else:
        yield Figure(format_count(links), f"links from {noun}s to switches")
        each = f"links per {noun}, to {count_words(switches, 'switch')}"
        yield Figure(format_decimal(Fraction(links, count), 2), each)
    rate = sum(
        int(band.links.sum()) * fabric.links[band.group].rate for band in tower.bands if not band.below
    )
    yield Figure(format_rate(rate // count), f"into the lowest tier per {noun}, each direction")
    if len(tower.roles) > 1:
        yield from _taper(fabric, tower)


def _taper(fabric: Fabric, tower: Tower) -> Iterator[Figure]:
    """Yield the bandwidth of a leaf down over that up, where all leaves have the same."""
    uses = [use for use in switch_uses(fabric) if use.device_role == tower.roles[0]]
    if uses and uses[0].least is not None and uses[0].least == uses[0].most:
        yield Figure(f"{format_decimal(uses[0].least, 2)} : 1", "bandwidth of each leaf down to that up")
