"""Which end of cables of several links has their one plug, and how many of its ports may stay free."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from topogen.build.tiers import is_switch
from topogen.units import count_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.wire import Job
    from topogen.errors import Path
    from topogen.model.devices import Port
    from topogen.model.select import Piece


OTHER = {"upper": "lower", "lower": "upper", "a": "b", "b": "a"}
"""The end across from each end that `split` names."""


class Cables(NamedTuple):
    """What a file says of the cables of a link group; ``at`` is where, ``in_fabric`` whether in a fabric."""

    per_cable: int
    split: str | None
    at: Path
    in_fabric: bool = False
    whole: bool = False
    """Whether no leg may stay free."""


def split_jobs(draft: Draft, cables: Cables, jobs: Sequence[Job]) -> list[Job]:
    """Return jobs that know which of their ends has the one plug of each cable.

    It is the end whose cages hold the links of a cable where those of the other do not; where both do, the
    end that the file names. There, legs of the last cable may stay free.
    """
    per_cable = cables.per_cable
    if per_cable == 1:
        return list(jobs)
    near, far = ([draft.port(piece).cage_links for piece in side] for side in _sides(jobs))
    apart = bool(far) and not any(job.alike for job in jobs)
    side = _stated_side(draft, cables, jobs) if cables.split else None
    if side is None and apart and max(far) < per_cable <= min(near):
        side = 0
    if side is None and apart and max(near) < per_cable <= min(far):
        side = 1
    if side is None:
        return list(jobs)
    free = 1 if cables.whole else per_cable
    legs = (1, free) if side else (free, 1)
    return [replace(job, legs=legs, turned=bool(side)) for job in jobs]


def _stated_side(draft: Draft, cables: Cables, jobs: Sequence[Job]) -> int | None:
    """Return the side that the file names, or note why it cannot have the one plug."""
    at = (*cables.at, "split")
    if any(job.alike or job.b is None for job in jobs):
        why = "these links end outside the file" if jobs[0].b is None else "a and b are the same ports"
        draft.problems.add("E742", f"split: {cables.split}, but {why}", at, "leave split out")
        return None
    ends = {"a": 0, "b": 1}
    if (upper := _upper_side(draft, jobs, in_fabric=cables.in_fabric)) is not None:
        ends |= {"upper": upper, "lower": 1 - upper}
    side = ends.get(cables.split or "")
    if side is None:
        message = f"split: {cables.split}, but neither end of these links is the upper one"
        draft.problems.add("E742", message, at, "name the end with the one plug: split: a or b")
        return None
    pieces = [piece for job in jobs for piece in ((job.b if side else job.a) or ())]
    small = [piece for piece in pieces if draft.port(piece).cage_links < cables.per_cable]
    if not small:
        return side
    links = draft.port(small[0]).cage_links
    message = (
        f"split: {cables.split}, but a cage of {draft.label(small[0])} holds {count_words(links, 'link')}"
    )
    hint = f"split: {OTHER[cables.split or '']}, or leave split out"
    draft.problems.add("E741", message, at, hint)
    return None


def _upper_side(draft: Draft, jobs: Sequence[Job], *, in_fabric: bool) -> int | None:
    """Return which side of links is the upper one, None where neither is."""
    if in_fabric:
        return 1  # the links of a fabric are made from the ends upward
    a, b = (all(is_switch(draft, piece.group) for piece in side) for side in _sides(jobs))
    return None if a == b else int(b)


def _sides(jobs: Sequence[Job]) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of a, and those of b."""
    return [piece for job in jobs for piece in job.a], [piece for job in jobs for piece in job.b or ()]


def note_wide_cables(draft: Draft, cables: Cables, jobs: Sequence[Job]) -> None:
    """Note cables of more links than a cage holds, at the end that they begin at."""
    per_cable = cables.per_cable
    begin = [piece for job in jobs for piece in ((job.b if job.turned else job.a) or ())]
    if all(draft.port(piece).cage_links >= per_cable for piece in begin):
        return
    pieces = [piece for job in jobs for piece in (*job.a, *(job.b or ()))]
    small = [piece for piece in pieces if draft.port(piece).cage_links < per_cable]
    one = max(small, key=lambda piece: (*_ports_and_cages(draft.port(piece)), draft.label(piece)))
    links, device = draft.port(one).cage_links, draft.tree.groups[one.group].type.name
    message = f"{per_cable} links per cable, but a cage of {draft.label(one)} has {links}"
    hint = f"links_per_cable: {links}, or cage: {{links: {per_cable}}} at {device}.{draft.port(one).name}"
    draft.problems.add("E214", message, (*cables.at, "links_per_cable"), hint)


def _ports_and_cages(port: Port) -> tuple[int, int]:
    return port.cage_links, port.count
