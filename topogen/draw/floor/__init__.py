"""The floor to scale: racks where they stand, bundles of links as arcs, and how far copper reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.floor.arcs import NUMBERS, arcs, between_areas, count_key
from topogen.draw.floor.inside import fitted_inside, inside_racks
from topogen.draw.floor.marks import (
    FILLS,
    metres,
    one_more_line,
    rack_words,
    racks,
    reach_bar,
    ring,
    row_words,
    scale_bar,
    scale_of,
)
from topogen.draw.floor.plan import (
    KINDS,
    bundles_of,
    busiest,
    links_inside,
    longer_rows,
    plan_of,
    with_lengths,
)
from topogen.draw.furniture import legend_room
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, Figure, Key, Label, Sheet
from topogen.draw.shown.copper_reach import beyond_copper, copper_reaches, reach_sentence, share_words
from topogen.draw.shown.finding import alert_words, finding, key_figures, subtitle_room
from topogen.draw.shown.heading import only_words
from topogen.draw.shown.lengths import all_longer
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import FAMILY_WORDS
from topogen.errors import InputError, Problem
from topogen.graph.contract import contract, device_counts, narrow
from topogen.language.device import SWITCH_ROLES
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.floor.marks import Scale
    from topogen.draw.floor.plan import Bundle, Plan
    from topogen.draw.sheet import Mark
    from topogen.draw.shown.copper_reach import Beyond
    from topogen.graph.contract import Contraction
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

PITCH_MM = 600
"""How wide a rack is drawn where no pitch is stated, because each row has one rack."""
AS_ROUTED = "links are longer: as routed"
NONE_SO_SHORT = "all links between racks are longer, as routed"
"""Why a link is beyond a reach that the picture shows as a straight line."""
ROOM, WIDEST_ROOM, NAME_GAP = 124.0, 240.0, 12.0
"""Pixels left of the rows for their names, the most where some rows are longer, and those left free of it."""


def draw_floor(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return the floor of a fabric; raises ``InputError`` (E203) where no rack is placed in a row."""
    if not (fabric.sites.row >= 0).any():
        raise InputError([_no_rows(fabric)])
    contraction = contract(fabric, "rack")
    if touched:
        contraction = narrow(contraction, touched)
    plan = plan_of(fabric, contraction)
    bundles, beyond = bundles_of(fabric, contraction, plan), beyond_copper(fabric, touched)
    if plan.block:
        bundles = with_lengths(fabric, contraction, plan, bundles, touched)
    inside = links_inside(contraction)
    reach, centre = _longest_reach(fabric), busiest(plan, contraction)
    held = _held(fabric, contraction, plan)
    where = "" if plan.block else _rack_in_words(fabric, contraction, int(plan.rack[centre]))
    none = all_longer(fabric, contraction, touched, reach[-1])
    reach_key = _reach_key(where, *reach, none=none) if reach[-1] else None
    say = count_key(plan, bundles)
    below = legend_room([*_legend(plan, bundles, reach_key, say)])
    longer = longer_rows(plan)
    scale = _scale(fabric, plan, longer, below)
    contents, counted = _contents(fabric, plan, scale, (held, longer))
    lines = tuple(arcs(plan, scale, bundles, _area_names(fabric, plan), Tips(fabric, roll_up)))
    if say == NUMBERS and not any(isinstance(one, Label) for one in lines):
        say = ""
    note = "" if one_more_line(scale, plan, longer) else _longer_words(fabric, longer)
    on_boards = 0 if touched else _on_boards(fabric)
    subtitle, rest = _fitted(fabric, _subtitle(fabric, plan, bundles, (inside, on_boards), touched), note)
    return Sheet(
        fabric.name,
        reach_sentence(beyond) or finding(fabric, roll_up),
        subtitle,
        (*lines, *_marks(fabric, scale, plan, (centre, *reach), rest), *contents),
        tuple(_figures(fabric, roll_up, bundles, beyond)),
        tuple(_legend(plan, bundles, reach_key, say, counted=counted)),
        footer_of(fabric, roll_up),
        alert_words(fabric),
    )


def _no_rows(fabric: Fabric) -> Problem:
    racks = fabric.sites.racks
    if racks:
        hint = f"list the racks in layout.rows, such as rows: {{A: [{racks[0].name}]}}"
    else:
        hint = 'add "level: rack" to a template and list its racks in layout.rows'
    return Problem("E203", "no rack is placed in a row, so there is no floor plan", hint=hint)


def _longest_reach(fabric: Fabric) -> tuple[str, int]:
    """Return the copper media that reach farthest at a lane rate of the links, and how far in mm."""
    found = {}
    for rate in dict.fromkeys(link.lane_rate for link in fabric.links):
        found.update({(name, mm): mm for name, mm in copper_reaches(fabric, rate).items()})
    most = max(found.values(), default=0)
    return ", ".join(sorted({name for name, mm in found if mm == most})), most


def _reach_key(where: str, media: str, mm: int, *, none: bool) -> Key:
    """Return how far copper reaches: a circle around a rack, or a bar to lay along a link.

    ``none`` says that no link between racks is as short.
    """
    around = f" around {where}, as the crow flies" if where else " laid straight"
    words = f"copper's {metres(mm)} ({media}){around}; {NONE_SO_SHORT if none else AS_ROUTED}"
    return Key("dashed ring" if where else "line", "copper", words)


def _rack_in_words(fabric: Fabric, contraction: Contraction, rack: int) -> str:
    """Return where a rack stands and which switches are in it: ``the leaf rack of row E``."""
    roles = {group.label: group.type.role for group in fabric.groups}
    counts = device_counts(fabric, contraction)
    here = [name for name, count in counts.items() if roles[name] in SWITCH_ROLES and count[rack]]
    gpus = any(count[rack] for name, count in counts.items() if roles[name] == "gpu")
    what = "compute" if gpus else " and ".join(sorted({name.rpartition("/")[2] for name in here}))
    row = fabric.sites.rows[fabric.sites.row[rack]]
    return f"{'a' if gpus else 'the'} {what or 'busiest'} rack of row {row}"


def _scale(fabric: Fabric, plan: Plan, longer: Mapping[int, str], below: float) -> Scale:
    """Return the scale of a floor: left of its rows is room for what they have more than others."""
    pitch = _pitch(fabric)
    scale = scale_of(plan, pitch, 0.0 if plan.block else ROOM, below)
    wide = max((width_of(words, SMALLEST) for words in longer.values()), default=0) + NAME_GAP
    if longer and ROOM < wide <= WIDEST_ROOM and one_more_line(scale, plan, longer):
        return scale_of(plan, pitch, wide, below)
    return scale


def _longer_words(fabric: Fabric, longer: Mapping[int, str]) -> str:
    return ", ".join(f"row {fabric.sites.rows[row]}: {words}" for row, words in longer.items())


def _marks(
    fabric: Fabric, scale: Scale, plan: Plan, reach: tuple[int, str, int], note: str
) -> Iterator[Mark]:
    """Yield the racks, copper's reach and the scale bar with a ``note``."""
    layout = fabric.spec.layout
    yield from racks(plan, scale)
    centre, media, mm = reach
    tip = f"copper's reach: {metres(mm)} of {media}"
    if mm and plan.block:
        yield from reach_bar(scale, mm, tip)
    elif mm:
        yield from ring(scale, (int(plan.x_mm[centre]), int(plan.y_mm[centre])), mm, tip)
    between = f"row pitch {metres(layout.row_pitch)}, " if layout and layout.row_pitch else ""
    deep = "" if scale.stretch > 1 else "; racks drawn 1.2 m deep"
    more = f"; {note}" if note else ""
    yield from scale_bar(scale, f"{between}rack pitch {metres(_pitch(fabric))}{deep}{more}")


def _pitch(fabric: Fabric) -> int:
    layout = fabric.spec.layout
    return (layout and layout.rack_pitch) or PITCH_MM


def _contents(
    fabric: Fabric,
    plan: Plan,
    scale: Scale,
    inside: tuple[Sequence[Mapping[str, int]], Mapping[int, str]],
) -> tuple[tuple[Mark, ...], bool]:
    """Return what rows or the racks of a single row hold, and whether all of it can be counted."""
    held, longer = inside
    if plan.block > 1:
        return (), False
    if plan.block == 1:
        sites = fabric.sites.racks
        texts = [(sites[rack].name, *_in_words(held[turn])) for turn, rack in enumerate(plan.rack.tolist())]
        fitted = fitted_inside(scale, plan, held, texts)
        return (*rack_words(scale, plan, texts), *inside_racks(scale, plan, fitted)), bool(fitted.fit)
    many, names = np.bincount(plan.area[plan.rack]).tolist(), _area_names(fabric, plan)
    words = {
        row: (names[row], *[*_in_words(held[row])][:1], count_words(many[row], "rack"))
        for row in range(len(many))
    }
    room = scale.left - BODY.x - NAME_GAP
    return tuple(row_words(scale, plan, words, longer, room)), False


def _held(fabric: Fabric, contraction: Contraction, plan: Plan) -> list[dict[str, int]]:
    """Return the GPUs and, by name, the switches in each area."""
    areas = plan.area[plan.rack]
    found: list[dict[str, int]] = [{} for _ in range(int(areas.max()) + 1)]
    roles = {group.label: group.type.role for group in fabric.groups}
    for name, count in device_counts(fabric, contraction).items():
        word = (
            "GPU" if roles[name] == "gpu" else name.rpartition("/")[2] if roles[name] in SWITCH_ROLES else ""
        )
        total = np.zeros(len(found), np.int64)
        np.add.at(total, areas, count[plan.rack])
        for area in np.flatnonzero(total).tolist() if word else ():
            found[area][word] = found[area].get(word, 0) + int(total[area])
    return found


def _in_words(held: Mapping[str, int]) -> Iterator[str]:
    """Yield GPUs and switches as text; switches by name where there are no GPUs."""
    gpus = held.get("GPU", 0)
    if gpus:
        yield f"{format_count(gpus)} GPU"
        if switches := sum(held.values()) - gpus:
            yield count_words(switches, "switch")
    else:
        yield from (f"{format_count(count)} {name}" for name, count in held.items())


def _area_names(fabric: Fabric, plan: Plan) -> list[str]:
    if not plan.block:
        return [f"row {name}" for name in fabric.sites.rows]
    names = [fabric.sites.racks[rack].name for rack in plan.rack.tolist()]
    blocks = [names[start : start + plan.block] for start in range(0, len(names), plan.block)]
    return [one[0] if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in blocks]


def _subtitle(
    fabric: Fabric,
    plan: Plan,
    bundles: Sequence[Bundle],
    inside: tuple[int, int],
    touched: Selection | None,
) -> str:
    """Return what the arcs are; ``inside`` has the links inside racks, and those of them on boards."""
    cabled, boards = inside[0] - inside[1], inside[1]
    between, stay = _between(bundles), sum(one.links for one in bundles if one.a == one.b >= 0)
    away = sum(one.links for one in bundles) - between - stay
    area = "rows" if not plan.block else "racks" if plan.block == 1 else f"blocks of {plan.block} racks"
    words = [
        only_words(fabric, touched) if touched else "",
        f"arcs: {count_words(between, 'link')} between {area}, as wide as their bandwidth",
        f"{format_count(stay)} stay in their {'row' if not plan.block else 'block'}" if stay else "",
        f"{format_count(cabled)} inside racks" if cabled else "",
        f"{format_count(boards)} more on boards" if boards else "",
        f"{format_count(away)} end outside the rows" if away else "",
    ]
    return "; ".join(word for word in words if word)


def _fitted(fabric: Fabric, text: str, note: str) -> tuple[str, str]:
    """Return a subtitle with as much of it and of a note as fits, and the note where it is not in it."""
    room, short = subtitle_room(alert_words(fabric)), text.replace(", as wide as their bandwidth", "")
    texts = [(f"{one}; {note}", "") for one in (text, short)] if note else []
    every = [*texts, (text, note), (short, note)]
    return next((one for one in every if width_of(one[0], SMALLEST) <= room), every[-1])


def _on_boards(fabric: Fabric) -> int:
    return sum(link.lengths.with_basis("board") for link in fabric.links)


def _between(bundles: Sequence[Bundle]) -> int:
    return sum(one.links for one in bundles if one.a >= 0 and one.b >= 0 and one.a != one.b)


def _legend(
    plan: Plan,
    bundles: Sequence[Bundle],
    reach: Key | None,
    say: str,
    *,
    counted: bool = False,
) -> Iterator[Key]:
    """Yield what racks hold, what links are made of and ``say`` of their arcs, and how far copper reaches."""
    here = set(plan.kind[plan.shown].tolist())
    mixed = KINDS.index("mixed") in here
    if mixed:
        here = (here | {0, 1}) - {KINDS.index("mixed")}
    words = ("GPU", "switch") if counted else ("compute inside", "switches inside") if mixed else ()
    for number in sorted(here):
        yield Key(
            "square", FILLS[number], (*words, *(f"{kind} racks" for kind in KINDS[len(words) :]))[number]
        )
    for family in dict.fromkeys(one.family for one in bundles if one.a != one.b):
        some = say if any(one.family == family for one in between_areas(bundles)) else ""
        yield Key("line", family, f"{FAMILY_WORDS[family]}{some}")
    if reach:
        yield reach


def _figures(
    fabric: Fabric, roll_up: RollUp, bundles: Sequence[Bundle], beyond: tuple[Beyond, ...]
) -> Iterator[Figure]:
    """Yield at most five figures: links beyond copper, the longest, what the light needs, and money."""
    between = [one for one in bundles if one.a != one.b]
    families = {one.family for one in between}
    carries = families.pop() if len(families) == 1 else "ink"
    usual = key_figures(fabric, roll_up)
    money = [one for one in usual if one.value.startswith("USD")]
    lit = [one for one in usual if one.colour in {"engine", "own_laser", "module"}]
    for one in beyond[:2]:
        if one.known:
            network = one.network.replace("_", "-")
            words = f"of {format_count(one.known)} {network} links are beyond copper's {one.reach_words}"
            yield Figure(share_words(one), words, carries if one.beyond else "copper")
    longest = max((one.longest_mm for one in beyond), default=-1)
    if longest > 0:
        yield Figure(metres(longest), "longest link, slack included")
    yield from lit[:1]
    yield from money
