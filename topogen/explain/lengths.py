"""Lengths: how long the links of a group are, how the longest is made up, how far a medium reaches."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.explain.steps import Step, count_of, exact
from topogen.floor.crossing import between_racks, crossing_of
from topogen.floor.routing import route_of
from topogen.media.medium import pairs
from topogen.model.fabric import device_name
from topogen.units import MM_PER_M, format_decimal, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Medium
    from topogen.floor.routing import Routing
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


BASIS_WORDS = {
    "routed": "from the places of both ends, slack included",
    "measured": "from the table of distances, slack included",
    "default": "assumed: the default_length of the layout, or 2 m in a rack without U positions",
    "stated": "stated in the file",
    "board": "no cable",
    "unknown": "an end is outside the model or has no place, and the group states no length",
}


def length_steps(fabric: Fabric, link: LinkGroup) -> Iterator[Step]:
    """Yield the lengths of a link group in a few lines."""
    bases = dict.fromkeys(one.basis for one in link.lengths)
    for basis in bases:
        links = link.lengths.with_basis(basis)
        words = f"{count_of(links, 'link')} {basis}: " if len(bases) > 1 else f"{basis}: "
        yield Step("length" if basis == next(iter(bases)) else "", words + BASIS_WORDS[basis])
    known = [(one.length_mm, one.links) for one in link.lengths if one.length_mm]
    if known and not {"board"} & bases.keys():
        yield from _statistics(fabric, link, known)
    if link.through:
        names = " and ".join(panel.name for panel in link.through)
        yield Step("", f"cord, trunk and cord together, through {names}: patching.csv has each piece")
    elif not {"routed", "measured"}.isdisjoint(bases):
        yield from _routes(fabric, link)


def _statistics(fabric: Fabric, link: LinkGroup, known: list[tuple[int, int]]) -> Iterator[Step]:
    total, links = sum(mm * count for mm, count in known), sum(count for _, count in known)
    shortest, longest = min(known)[0], max(known)[0]
    mean = format_decimal(Fraction(total, links * MM_PER_M), 3)
    if shortest == longest:
        yield Step("", f"all {metres(shortest)}")
    else:
        kinds = len({mm for mm, _ in known})
        yield Step(
            "",
            f"{exact(kinds)} lengths, {metres(shortest)} to {metres(longest)}, mean {mean} m (rounded)",
        )
    if len(known) <= FEW:
        formula = " + ".join(f"{count_of(count, 'link')} x {exact(mm)} mm" for mm, count in known)
        yield Step("", "", f"{formula} = {exact(total)} mm")
    else:
        yield Step("", f"{count_of(links, 'link')} are {metres(total)} together")
    medium = fabric.catalog.media[link.media[0]] if link.media else None
    each = pairs(link, medium) if medium else None
    if each and each > 1:
        yield Step(
            "",
            "all pairs",
            f"{exact(total)} mm x {count_of(each, 'pair')} a link = {exact(total * each)} mm",
        )


FEW = 4
"""So many lengths are written out one by one."""


def metres(mm: int) -> str:
    """Return a length in metres."""
    return f"{exact(Fraction(mm, MM_PER_M))} m"


# One route, piece by piece


def _routes(fabric: Fabric, link: LinkGroup) -> Iterator[Step]:
    known = ("routed", "measured")
    routed = [one.length_mm for one in link.lengths if one.basis in known and one.length_mm is not None]
    chosen = {"longest": max(routed), "shortest": min(routed)}
    for word, mm in chosen.items():
        if word == "longest" or mm != chosen["longest"]:
            ends = _ends_of_length(fabric, link, mm)
            if ends:
                yield from _route(fabric, link, word, ends)


def _ends_of_length(fabric: Fabric, link: LinkGroup, mm: int) -> tuple[int, int] | None:
    """Return two joined devices whose link is so long, the first in the order of the links."""
    routing = route_of(fabric, link)
    for block in link.blocks:
        if block.b is None:
            continue
        firsts = [fabric.groups[end.group].first for end in (block.a, block.b)]
        for scope_a, scope_b in zip(block.a.scope, block.b.scope, strict=True):
            a, b = firsts[0] + scope_a + block.a.device, firsts[1] + scope_b + block.b.device
            if block.a.axis != block.b.axis:
                a, b = (side.ravel() for side in np.broadcast_arrays(a[:, None], b[None, :]))
            found = np.flatnonzero(routing.routed(a, b)[0] == mm)
            if len(found):
                return int(a[found[0]]), int(b[found[0]])
    return None


def _route(fabric: Fabric, link: LinkGroup, word: str, ends: tuple[int, int]) -> Iterator[Step]:
    sites = fabric.sites
    yield Step(word, " to ".join(device_name(fabric, end) for end in ends))
    routing = route_of(fabric, link)
    mm = int(routing.routed(np.array([ends[0]]), np.array([ends[1]]))[0][0])
    measured = int(sites.measured_mm(*(sites.rack[[end]] for end in ends))[0])
    if measured >= 0:
        racks = " to ".join(sites.racks[int(sites.rack[end])].name for end in ends)
        yield Step("", f"measured from {racks}{_slack_words(routing)}")
        yield Step("", "", f"{_with_slack(routing, f'{exact(measured)} mm')} = {exact(mm)} mm")
        return
    heights = [int(sites.height_mm[end]) for end in ends]
    for end, height in dict(zip((int(sites.unit[end]) for end in ends), heights, strict=True)).items():
        yield Step("", f"U{end} stands at", f"ceil({exact(end)} x 44.45 mm) = {exact(height)} mm")
    way, words = _in_rack(heights) if _same_rack(routing, ends) else _across(routing, ends, heights)
    yield Step("", words + _slack_words(routing))
    yield Step("", "", f"{_with_slack(routing, way)} = {exact(mm)} mm")


def _same_rack(routing: Routing, ends: tuple[int, int]) -> bool:
    return bool(routing.sites.rack[ends[0]] == routing.sites.rack[ends[1]])


def _in_rack(heights: list[int]) -> tuple[str, str]:
    """Return the run inside a rack as a sum, and in words."""
    return f"{exact(max(heights))} mm - {exact(min(heights))} mm", "in one rack: the difference of heights"


def _across(routing: Routing, ends: tuple[int, int], heights: list[int]) -> tuple[str, str]:
    """Return the run between racks as a sum of drops and the way along the tray, and in words."""
    assert routing.layout is not None  # noqa: S101 - routed between racks means that there is a tray
    assert routing.layout.tray is not None  # noqa: S101
    tray = routing.layout.tray
    sites = routing.sites
    a, b = (sites.rack[[end]] for end in ends)
    along = int(between_racks(sites, a, b)[0])
    sign = "-" if tray.where == "overhead" else "+"
    drops = " + ".join(f"{exact(tray.height)} {sign} {exact(height)}" for height in heights)
    words = f"{tray.where} tray at {exact(tray.height)} mm: both drops and {exact(along)} mm along"
    if len(sites.crossings) and (sites.row[a] != sites.row[b]).all():
        crossing = sites.crossings[crossing_of(sites.crossings, sites.x_mm[a], sites.x_mm[b])][0]
        words += f", across at {format_length(int(crossing))}"
    return f"({drops} + {exact(along)}) mm", words


def _slack_words(routing: Routing) -> str:
    if routing.slack is None:
        return ""
    share = f"{exact(routing.slack.percent)}% and " if routing.slack.percent else ""
    return f"; slack {share}{exact(routing.slack.per_end)} mm an end"


def _with_slack(routing: Routing, way: str) -> str:
    """Return the run with its slack: its share of the run rounded up, then so much an end."""
    if routing.slack is None:
        return way
    if routing.slack.percent:
        run = way if way.startswith("(") else f"({way})"
        way = f"ceil({run} x {exact(100 + routing.slack.percent)}%)"
    return f"{way} + 2 ends x {exact(routing.slack.per_end)} mm" if routing.slack.per_end else way


# Reach


def reach_steps(link: LinkGroup, medium: Medium, name: str = "") -> Iterator[Step]:
    """Yield how far a medium reaches at the lane rate of a link group, and how much of that is left."""
    rate = medium.lane_rate or link.lane_rate
    if medium.reach_mm is None or rate is None or rate not in medium.reach_mm:
        yield Step("reach", f"{name}none stated: not checked")
        return
    reach = medium.reach_mm[rate]
    known = link.lengths.span_mm
    words = f"{name}{metres(reach)} at {format_rate_long(rate)} a lane"
    if not known:
        yield Step("reach", f"{words}; no length is known to hold against it")
        return
    left = f"{metres(reach)} - {metres(known[1])} = {metres(reach - known[1])}"
    yield Step("reach", f"{words}; beyond the longest link", left)
