"""Link groups of a file: selectors and a pattern become blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draft import Draft, Wired, keep, overlap, refuse_mixed_ends
from topogen.fabric import LinkBlock
from topogen.select import Piece, SelectionError
from topogen.units import format_count
from topogen.wire import Job, wire
from topogen.wiring import PATTERNS
from topogen.wiring.block import PatternError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.spec import LinkSpec
    from topogen.wiring.block import Block, Request

MAX_LINKS = 2**31 - 1


def add_link(draft: Draft, name: str, spec: LinkSpec) -> None:
    at = ("links", name)
    try:
        if spec.pattern == "explicit":
            sides = [
                (draft.select((a,), (*at, "pairs")), draft.select((b,), (*at, "pairs")))
                for a, b in spec.pairs or ()
            ]
            jobs = [_job(draft, spec, a, b, PATTERNS["one_to_one"]) for a, b in sides]
        else:
            a = draft.select(spec.a, (*at, "a"))
            b = draft.select(spec.b, (*at, "b")) if spec.pattern != "external" else None
            jobs = [_job(draft, spec, a, b, PATTERNS[spec.pattern])]
        refuse_mixed_ends(draft, jobs)
        _refuse_size(draft, jobs)
        blocks = tuple(block for job in jobs for block in wire(draft.plant, job))
    except SelectionError as error:
        draft.problems.add("E203", error.message, getattr(error, "at", at), error.hint)
    except PatternError as error:
        draft.problems.add(error.code, error.message, at, error.hint)
    else:
        keep(draft, name, at, Wired(spec.network, spec.medium, spec.pattern, jobs, blocks, spec))


def _job(draft: Draft, spec: LinkSpec, a: list[Piece], b: list[Piece] | None, pattern: object) -> Job:
    same = b is not None and _devices_key(a) == _devices_key(b)
    if b is not None and not same and overlap(a, b):
        raise PatternError("E208", "a and b name some of the same ports", "let them be the same, or apart")
    level = spec.across or spec.rails_by
    return Job(
        len(draft.links), pattern, a, b, spec.within, level, bool(spec.across), spec.links_per_pair, same
    )


def _devices_key(pieces: Sequence[Piece]) -> list[tuple[object, ...]]:
    return [
        (piece.group, piece.port, piece.ports, *(tuple(pick.tolist()) for pick in piece.picks))
        for piece in pieces
    ]


def _refuse_size(draft: Draft, jobs: Sequence[Job]) -> None:
    """Raise if the ports at hand could make more links than can be numbered."""
    for job in jobs:
        offered = sum(piece.count * draft.port(piece).count for piece in job.a)
        if offered > MAX_LINKS:
            limit = format_count(MAX_LINKS)
            raise PatternError(
                "E702",
                f"{format_count(offered)} ports would be linked",
                f"a link group has at most {limit} links",
            )
