"""Choose the best medium within reach for each class of links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import lengths_of_cables
from topogen.media.fit import fitting_cable, misfit
from topogen.media.links import Assignment, Assignments
from topogen.media.measure import LinkClass, NotComparableError, in_words, measure
from topogen.media.medium import NO_REACH, reach_for, too_slow
from topogen.media.patch_checks import cannot_pass
from topogen.media.patching import cord_lengths
from topogen.model.expand import OUTSIDE
from topogen.model.fabric import device_name
from topogen.model.length_histogram import UNKNOWN_MM, known_mm
from topogen.model.links import Rejection
from topogen.records import dataclass
from topogen.units import format_count, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from topogen.catalog.model import Catalog, Medium
    from topogen.errors import Problems
    from topogen.language.topology import ChoiceSpec
    from topogen.media.links import Links
    from topogen.model.arrays import Ints
    from topogen.model.devices import Port
    from topogen.model.links import LinkBlock


def grant_best(links: Links, policy: str, choice: ChoiceSpec, problems: Problems) -> Assignments:
    """Return the best medium of each class of links; classes that none reaches are noted."""
    classes, number = _link_classes(links)
    catalog = links.fabric.catalog
    media = [catalog.media[name] for name in dict.fromkeys(choice.among)]
    contests = [
        [_contest_entry(catalog, medium, link, choice.choose) for medium in media] for link in classes
    ]
    lost = [index for index, contest in enumerate(contests) if not any(entry.reaches for entry in contest)]
    if lost and links.group.through and not any(entry.plugs for entry in contests[lost[0]]):
        _refuse_unpassed(links, policy, contests[lost[0]], problems)
    elif lost:
        _refuse_unreached(links, policy, media, np.flatnonzero(np.isin(number, lost)), problems)
    blind = [index for index, contest in enumerate(contests) if _is_blind(contest, choice)]
    if blind:
        count = int(links.copies[np.isin(number, blind)].sum())
        _warn_of_unknown(links, policy, contests[blind[0]], count, problems)
    return Assignments([_grant_of_contest(contest, policy, choice) for contest in contests], number)


# Classes


def _link_classes(links: Links) -> tuple[list[LinkClass], Ints]:
    """Return the classes of links that media treat alike, and the class of each link, shape (links,)."""
    length = lengths_of_cables(links.fabric, links.group, links.columns, links.length)
    ports = list(dict.fromkeys(_ports_of_block(links, block) for block, _ in links.columns.blocks))
    kind = np.empty(len(length), np.int64)
    for block, rows in links.columns.blocks:
        kind[rows] = ports.index(_ports_of_block(links, block))
    measured = [length, *cord_lengths(links.fabric, links.group, links.columns)]
    first, number = _numbered([kind, *measured])
    classes = []
    for one in first.tolist():
        known, *cords = (known_mm(int(mm[one])) for mm in measured)
        classes.append(LinkClass(links.group, ports[kind[one]], known, tuple(cords)))
    return classes, number


def _numbered(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return a row of each kind in the order of its values, and the number of each row's kind.

    >>> [some.tolist() for some in _numbered([np.array([1, 0, 1]), np.array([-1, 5, -1])])]
    [[1, 0], [1, 0, 1]]
    """
    number = first = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        keys = number * (int(column.max()) + 2) + column + 1
        _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    return first, number


def _ports_of_block(links: Links, block: LinkBlock) -> tuple[Port, ...]:
    """Return the ports of the ends that are in the model."""
    groups = links.fabric.groups
    return tuple(groups[end.group].type.ports[end.port] for end in (block.a, block.b) if end)


# One class


@dataclass(frozen=True)
class _Entry:
    """A medium in the contest for a class: out of reach (``reason``), or with what it takes of one link.

    ``value`` is None where it is not known, and ``reason`` then says what is missing. ``plugs`` is
    false of one that does not fit the ends, however far it reaches.
    """

    medium: str
    value: Fraction | None = None
    reason: str = ""
    reaches: bool = True
    plugs: bool = True


def _contest_entry(catalog: Catalog, medium: Medium, link: LinkClass, choose: str) -> _Entry:
    wrong = _does_not_plug(catalog, medium, link)
    if short := _out_of_reach(medium, link) or wrong:
        return _Entry(medium.id, reason=short, reaches=False, plugs=not wrong)
    if choose == "preferred":
        return _Entry(medium.id)
    try:
        return _Entry(medium.id, measure(catalog, medium, link, choose))
    except NotComparableError as missing:
        return _Entry(medium.id, reason=str(missing))


def _out_of_reach(medium: Medium, link: LinkClass) -> str:
    """Return why a medium cannot span a class, nothing where it can."""
    reach = reach_for(medium, link.group)
    if reach == NO_REACH:
        rate = format_rate_long(medium.lane_rate or link.group.lane_rate or 0)
        return too_slow(medium, link.group) or f"does not run at {rate} per lane"
    if reach is None or link.length_mm is None or link.length_mm <= reach:
        return ""
    return f"reaches {format_length(reach)}, {format_length(link.length_mm)} needed"


def _does_not_plug(catalog: Catalog, medium: Medium, link: LinkClass) -> str:
    """Return why cables of a medium cannot be plugged at the ends of a class, nothing where they can."""
    ends = link.ends(medium)
    if link.group.through:
        return cannot_pass(catalog, medium, link.group, ends)
    for line in (line for line in medium.recipe.values() if line.per == "link"):
        cable = fitting_cable(catalog, link.group, line, ends)
        if cable.part and (wrong := misfit(catalog.parts[cable.part], cable.links, ends)):
            return wrong
    return ""


def _is_blind(contest: list[_Entry], choice: ChoiceSpec) -> bool:
    """Return whether media reach and nothing is known to compare them by."""
    able = [entry for entry in contest if entry.reaches]
    return choice.choose != "preferred" and bool(able) and all(entry.value is None for entry in able)


def _grant_of_contest(contest: list[_Entry], policy: str, choice: ChoiceSpec) -> Assignment:
    """Return the medium of least value, the first of the list among equals; none where none reaches."""
    able = [entry for entry in contest if entry.reaches]
    if not able:
        return Assignment(None)
    compared = [entry for entry in able if entry.value is not None]
    best = min(compared, key=lambda entry: entry.value or 0) if compared else able[0]
    rejected = tuple(
        Rejection(entry.medium, _why_not(entry, best, choice.choose))
        for entry in contest
        if entry is not best
    )
    rule = f"{policy}, {choice.choose}: {_why(best, choice.choose)}"
    return Assignment((best.medium, best.medium), rule, rejected)


def _why(best: _Entry, choose: str) -> str:
    if best.value is not None:
        return in_words(best.value, choose)
    return f"{best.reason}; first with enough reach" if best.reason else "first with enough reach"


def _why_not(entry: _Entry, best: _Entry, choose: str) -> str:
    if entry.reason:
        return entry.reason
    if entry.value is None or best.value is None:
        return f"{best.medium} is listed first"
    if entry.value == best.value:
        return f"{in_words(entry.value, choose)} too, {best.medium} is listed first"
    return f"{in_words(entry.value, choose)} vs. {in_words(best.value, choose).partition(' per link')[0]}"


# What a person has to know


def _refuse_unreached(links: Links, policy: str, media: list[Medium], rows: Ints, problems: Problems) -> None:
    """Note links that no medium reaches, with the longest of them."""
    group = links.group
    worst = int(rows[links.length[rows].argmax()])
    ends = [
        group.outside if device == OUTSIDE else device_name(links.fabric, device)
        for device in (int(links.columns.a[worst]), int(links.columns.b[worst]))
    ]
    rate = format_rate_long(group.lane_rate or 0)
    reaches = {medium.id: reach_for(medium, group) or 0 for medium in media}
    farthest = max(reaches, key=lambda name: reaches[name])
    best = (
        f"none runs at {rate} per lane"
        if reaches[farthest] == NO_REACH
        else f"the longest reach is {format_length(reaches[farthest])} at {rate} per lane ({farthest})"
    )
    count = format_count(int(links.copies[rows].sum()))
    message = (
        f'{count} links of "{group.name}" exceed the reach of every medium in "{policy}"; '
        f"the longest, {' - '.join(ends)}, is {_length_words(int(links.length[worst]))}; {best}"
    )
    hint = "add a medium with longer reach to among, or move the ends closer"
    problems.add("E304", message, ("policies", policy, "among"), hint)


def _refuse_unpassed(links: Links, policy: str, contest: list[_Entry], problems: Problems) -> None:
    """Note links through patch panels that no medium of a policy passes, with the reason of each."""
    panels = " and ".join(panel.name for panel in links.group.through)
    reasons = "; ".join(f"{entry.medium}: {entry.reason}" for entry in contest)
    message = f'no medium of "{policy}" takes "{links.group.name}" through {panels}: {reasons}'
    hint = "add a medium of modules and cords that fit the panels to among, such as dr, or remove through"
    problems.add("E763", message, ("policies", policy, "among"), hint)


def _length_words(mm: int) -> str:
    return "of unknown length" if mm == UNKNOWN_MM else format_length(mm)


def _warn_of_unknown(
    links: Links, policy: str, contest: list[_Entry], count: int, problems: Problems
) -> None:
    """Note links that got the first medium of the list because nothing is known to compare by."""
    able = [entry for entry in contest if entry.reaches]
    missing = "; ".join(f"{entry.medium}: {entry.reason}" for entry in able)
    message = f'{format_count(count)} links of "{links.group.name}" cannot be compared: {missing}'
    hint = f"using {able[0].medium}, the first in the list with enough reach; add the missing data to compare"
    problems.add("W302", message, ("policies", policy), hint)
