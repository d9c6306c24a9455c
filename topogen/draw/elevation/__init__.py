"""The rack elevation: front view with U to scale, the pieces in each tray, and what serves the whole rack."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.elevation.fronts import fronts_of
from topogen.draw.elevation.leaving import UNKEYED, exits_of
from topogen.draw.elevation.racks import BETWEEN, CARTRIDGES, HEAD, rack_marks, span_of
from topogen.draw.furniture import legend_room
from topogen.draw.lettering import SMALLEST
from topogen.draw.sheet import BODY, Area, Figure, Key, Sheet
from topogen.draw.shown.boxes import boxes_of, counted_words
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import (
    alert_words,
    copper_links,
    finding,
    key_figures,
    of_all_racks,
    subtitle_with,
)
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import FAMILY_WORDS
from topogen.errors import InputError, Problem
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_decimal, format_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.elevation.fronts import Front
    from topogen.draw.shown.boxes import Boxes
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp

BESIDE = 5
"""Racks that are drawn side by side; equal ones are one."""

MOST_SHELVES = 3
LOWEST = 13
"""Pixels of a U at least, where racks stand on several shelves."""

A_LINE = "a line joins a tray to a cartridge"
FEW_FIGURES = 3
"""With so many figures or fewer there is room for two more."""


def draw_elevation(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the racks of a fabric side by side, equal ones as one.

    Raises
    ------
    InputError
        E691, if nothing that is drawn has a U position.
    """
    boxes = boxes_of(fabric, roll_up, touched)
    if not (boxes.picked & (boxes.unit >= 0) & (boxes.rack >= 0)).any():
        raise InputError([_no_units(touched)])
    fronts = fronts_of(fabric, boxes)
    drawn = _shown(fronts)
    exits = exits_of(fabric, touched)
    tips, legend = Tips(fabric, roll_up), _legend(boxes, drawn, exits.families_of(drawn))
    room = BODY.height - legend_room(legend)
    marks = [
        mark
        for front, area in zip(drawn, _areas(len(drawn), room), strict=True)
        for mark in rack_marks(tips, front, drawn, (exits, area))
    ]
    return Sheet(
        name=fabric.name,
        title=_title_of_some(fabric, boxes, drawn) if touched else _title(fabric, roll_up),
        subtitle=_subtitle(fabric, boxes, fronts, drawn, touched),
        marks=tuple(marks),
        figures=of_all_racks(_figures(fabric, roll_up), fabric, sum(len(one.racks) for one in fronts)),
        legend=legend,
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _shown(fronts: Sequence[Front]) -> list[Front]:
    """Return the racks that there is room for: of the most frequent looks, in their order."""
    low, top = span_of(fronts)
    shelves = int(BODY.height / ((top - low) * LOWEST + HEAD + SMALLEST))
    most = BESIDE * max(1, min(MOST_SHELVES, shelves))
    drawn = sorted(fronts, key=lambda one: -len(one.racks))[:most]
    return sorted(drawn, key=lambda one: int(one.racks[0]))


def _areas(count: int, room: float) -> Iterator[Area]:
    """Yield where each rack is drawn: side by side, on several shelves of a ``room`` where there are many."""
    shelves = -(-count // BESIDE)
    columns = -(-count // shelves)
    wide, high = (BODY.width + BETWEEN) / columns, room / shelves
    for number in range(count):
        x, y = BODY.x + number % columns * wide, BODY.y + number // columns * high
        yield Area(x, y, wide - BETWEEN, high)


def _title(fabric: Fabric, roll_up: RollUp) -> str:
    """Return the finding; of a rack that is only copper also what carries it."""
    words = finding(fabric, roll_up)
    copper = copper_links(fabric)
    cartridges = Counter[str]()
    for row in roll_up.quantities:
        if row.per == "pool" and row.part and fabric.catalog.media[row.medium].kind == "copper":
            cartridges[row.part] += row.qty
    if not words.endswith("no optics") or len(cartridges) != 1:
        return words
    ((part, count),) = cartridges.items()
    return f"{format_count(copper)} copper links in {count_words(count, part.replace('_', ' '))}, no optics"


def _title_of_some(fabric: Fabric, boxes: Boxes, drawn: Sequence[Front]) -> str:
    """Return what stands in the racks that are drawn: what carries links, else what computes."""
    counts = dict(_counted(boxes, drawn))
    told = [colour for colour in counts if colour not in {"gpu", "cpu", "nic", "switch"}] or list(counts)
    racks, every = sum(len(one.racks) for one in drawn), len(fabric.sites.racks)
    where = f"{format_count(racks)} of {count_words(every, 'rack')}: " if racks < every else ""
    return where + " and ".join(_copper_first(counts[colour]) for colour in told[:2])


def _copper_first(words: str) -> str:
    """Return what is counted, copper by the word that its name ends in.

    >>> _copper_first("4 nvlink cartridges (copper)"), _copper_first("288 optical engines")
    ('4 copper cartridges', '288 optical engines')
    """
    if not words.endswith(" (copper)"):
        return words
    count, *name = words.removesuffix(" (copper)").split(" ")
    return f"{count} copper {name[-1]}"


def _figures(fabric: Fabric, roll_up: RollUp) -> tuple[Figure, ...]:
    """Return the usual figures; of copper only, where there are few, also links and the longest of them."""
    usual, gpus, copper = key_figures(fabric, roll_up), roll_up.totals.gpus, copper_links(fabric)
    if len(usual) > FEW_FIGURES or not copper or not gpus:
        return usual
    each = format_decimal(Fraction(copper, gpus), 2)
    links = Figure(each, f"copper links per GPU ({format_count(copper)})", "copper")
    of_copper = [one for one in fabric.links if _is_copper(fabric, one)]
    lengths = [mm for one in of_copper for mm in one.lengths.mm.tolist()]
    if not lengths or min(lengths) < 0:
        return (links, *usual)
    return (links, *usual, Figure(format_length(max(lengths)), "longest copper link", "copper"))


def _is_copper(fabric: Fabric, link: LinkGroup) -> bool:
    return link.media is not None and fabric.catalog.media[link.media[0]].kind == "copper"


def _subtitle(
    fabric: Fabric, boxes: Boxes, fronts: Sequence[Front], drawn: Sequence[Front], touched: Selection | None
) -> str:
    """Return what is drawn, what it stands for, and what is not."""
    racks, every = sum(len(one.racks) for one in drawn), sum(len(one.racks) for one in fronts)
    words = [case_title(fabric) or fabric.name] if racks == 1 else []
    nics = any(group.type.role == "nic" for group in fabric.groups)
    if racks == 1 and nics and not any(link.network == "scale_out" for link in fabric.links):
        words.append("links of the NICs not in the file")
    if racks > 1:
        kinds = (
            "each drawn" if len(drawn) == racks else f"{count_words(len(drawn), 'kind')}, one of each drawn"
        )
        words.append(f"{count_words(racks, 'rack')}, {'one of them drawn' if len(drawn) == 1 else kinds}")
    if racks == 1 and (crowd := _sharing(drawn[0])):
        words.append(crowd)
    if every > racks:
        words.append(f"{format_count(every - racks)} more of other kinds are not drawn")
    if touched:
        words.insert(0, f"only {touched.text}")
    loose = sum(one.loose_boxes * len(one.racks) for one in fronts)
    if lost := int((((boxes.unit < 0) | (boxes.rack < 0)) & boxes.picked).sum()) - loose:
        words.append(f"{format_count(lost)} without a U are not drawn")
    title = "" if racks == 1 else case_title(fabric)
    return subtitle_with(words, title, alert_words(fabric), SMALLEST)


def _sharing(front: Front) -> str:
    """Return how many trays share a U with another, so that the ruler cannot fit them."""
    tops = front.unit + front.height
    taken = {u for low, top in zip(front.unit.tolist(), tops.tolist(), strict=True) for u in range(low, top)}
    here = {u: int(((front.unit <= u) & (u < tops)).sum()) for u in taken}
    shared = [u for u, count in here.items() if count > 1]
    if not shared:
        return ""
    trays = int(np.isin(front.unit, shared).sum())
    each = {here[u] for u in shared}
    return (
        f"{len(shared)} U hold {each.pop()} trays each"
        if len(each) == 1
        else f"{trays} trays share {len(shared)} U"
    )


def _legend(boxes: Boxes, drawn: Sequence[Front], leaving: Sequence[str]) -> tuple[Key, ...]:
    """Return what each colour counts, over all racks that are drawn or stood for, and what arrows are."""
    rows = [Key("square", colour, words) for colour, words in _counted(boxes, drawn)]
    rows += [Key("line", one.colour, A_LINE) for one in rows if one.colour in CARTRIDGES]
    keyed = [family for family in leaving if family not in UNKEYED]
    rows += [Key("line", family, f"leaving links: {FAMILY_WORDS[family]}") for family in keyed]
    if boxes.beyond.any():
        more = int(boxes.beyond.sum())
        rows.append(Key("ring", "soft", f"{format_count(more)} serve several racks, not drawn"))
    return tuple(rows)


def _counted(boxes: Boxes, drawn: Sequence[Front]) -> Iterator[tuple[str, str]]:
    """Yield each colour of pieces with their number and what they are called."""
    counts: dict[str, dict[str, int]] = {}
    for thing, count in zip(boxes.things, np.sum([one.total for one in drawn], axis=0).tolist(), strict=True):
        if count:
            named = counts.setdefault(thing.colour, {})
            named[thing.name] = named.get(thing.name, 0) + count
    for colour, named in counts.items():
        yield colour, counted_words(colour, named)


def _no_units(touched: Selection | None) -> Problem:
    what = f"nothing that --only {touched.text} picks" if touched else "nothing in this fabric"
    hint = "give trays their positions with slots in the template of a rack"
    return Problem("E691", f"{what} has a U position in a rack: no elevation", hint=hint)
