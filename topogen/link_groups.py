"""Link groups of a file: selectors and a pattern become blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draft import Draft, Wired, keep, overlap, refuse_mixed_ends, refuse_two_media, same_devices
from topogen.select import Piece, SelectionError
from topogen.units import format_count
from topogen.wire import Job, wire
from topogen.wiring import PATTERNS
from topogen.wiring.block import PatternError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.errors import Path
    from topogen.spec import LinkSpec

MAX_LINKS = 2**31 - 1


def add_link(draft: Draft, name: str, spec: LinkSpec) -> None:
    """Add a link group to the draft, or note why it cannot be made."""
    at = ("links", name)
    try:
        jobs = [_job(draft, spec, a, b) for a, b in _sides(draft, spec, at)]
        refuse_mixed_ends(draft, jobs)
        _refuse_size(draft, jobs)
        blocks = tuple(block for job in jobs for block in wire(draft.plant, job))
    except SelectionError as error:
        if _is_included(draft, at):
            draft.problems.add("W203", f"dropped: {error.message} here", at, "it came with an include")
        else:
            draft.problems.add("E203", error.message, error.at or at, error.hint)
    except PatternError as error:
        draft.problems.add(error.code, error.message, at, error.hint)
    else:
        keep(draft, name, at, Wired(spec.network, spec.medium, spec.pattern, jobs, blocks, spec))


def _is_included(draft: Draft, at: Path) -> bool:
    """Return whether a link group stands in another file than the fabric's own name."""
    mark, own = draft.problems.marks.find(at), draft.problems.marks.find(("name",))
    return mark is not None and own is not None and mark.file != own.file


def _sides(draft: Draft, spec: LinkSpec, at: Path) -> list[tuple[list[Piece], list[Piece] | None]]:
    """Return the two sides of a link group; one pair of sides for each listed pair."""
    if isinstance(spec.pairs, str):
        message = "pairs from a file are part of the language but not built yet"
        raise PatternError("E699", message, "list the pairs here: [[sel, sel], ...]")
    if spec.pattern == "explicit":
        pairs = spec.pairs or ()
        where = (*at, "pairs")
        return [(draft.select((a,), where), draft.select((b,), where)) for a, b in pairs]
    a = draft.select(spec.a, (*at, "a"))
    if spec.pattern == "external":
        return [(a, None)]
    return [(a, draft.select(spec.b, (*at, "b")) if spec.b else a)]


def _job(draft: Draft, spec: LinkSpec, a: list[Piece], b: list[Piece] | None) -> Job:
    same = b is not None and _same_ports(a, b)
    if b is not None and not same and overlap(a, b):
        raise PatternError("E208", "a and b name some of the same ports", "let them be the same, or apart")
    if same:
        refuse_two_media(spec.medium)
    return Job(
        user=len(draft.links),
        pattern=PATTERNS["one_to_one" if spec.pattern == "explicit" else spec.pattern],
        a=a,
        b=b,
        within=spec.within,
        level=spec.across or spec.rails_by,
        across=bool(spec.across),
        links_per_pair=spec.links_per_pair,
        same=same,
        alike=same,
        all_ports=(spec.pattern not in ("full_mesh", "ring"), spec.pattern in ("one_to_one", "explicit")),
    )


def _same_ports(a: Sequence[Piece], b: Sequence[Piece]) -> bool:
    """Return whether two sides name the same ports of the same devices."""
    return len(a) == len(b) and all(
        (one.port, one.ports) == (two.port, two.ports) and same_devices(one, two)
        for one, two in zip(a, b, strict=True)
    )


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
