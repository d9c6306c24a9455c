"""Which end of cables of several links has their one plug, and how many of its ports may stay free."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.wire import Job
    from topogen.errors import Path
    from topogen.model.fabric import Port


def split_jobs(draft: Draft, per_cable: int, jobs: Sequence[Job], *, whole: bool = False) -> list[Job]:
    """Return jobs that know which of their ends has the one plug of each cable.

    It is the end whose cages hold the links of a cable where those of the other do not. There, legs of the
    last cable may stay free, unless ``whole``.
    """
    near = [draft.port(piece).cage_links for job in jobs for piece in job.a]
    far = [draft.port(piece).cage_links for job in jobs for piece in job.b or ()]
    if per_cable == 1 or not far or any(job.alike for job in jobs):
        return list(jobs)
    free = 1 if whole else per_cable
    if max(far) < per_cable <= min(near):
        return [replace(job, legs=(free, 1)) for job in jobs]
    if max(near) < per_cable <= min(far):
        return [replace(job, legs=(1, free), turned=True) for job in jobs]
    return list(jobs)


def note_wide_cables(draft: Draft, per_cable: int, jobs: Sequence[Job], at: Path) -> None:
    """Note cables of more links than a cage holds, at the end that they begin at."""
    begin = [piece for job in jobs for piece in ((job.b if job.turned else job.a) or ())]
    if all(draft.port(piece).cage_links >= per_cable for piece in begin):
        return
    pieces = [piece for job in jobs for piece in (*job.a, *(job.b or ()))]
    small = [piece for piece in pieces if draft.port(piece).cage_links < per_cable]
    one = max(small, key=lambda piece: (*_ports_and_cages(draft.port(piece)), draft.label(piece)))
    links, device = draft.port(one).cage_links, draft.tree.groups[one.group].type.name
    message = f"{per_cable} links per cable, but a cage of {draft.label(one)} has {links}"
    hint = f"links_per_cable: {links}, or cage: {{links: {per_cable}}} at {device}.{draft.port(one).name}"
    draft.problems.add("E214", message, at, hint)


def _ports_and_cages(port: Port) -> tuple[int, int]:
    return port.cage_links, port.count
