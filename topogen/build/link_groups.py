"""Link groups of a file: selectors and a pattern become blocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.draft import (
    Alike,
    Draft,
    PlannedGroup,
    keep,
    overlap,
    port_shape,
    refuse_two_media,
    same_devices,
)
from topogen.build.listed import (
    Listed,
    Place,
    find_listed,
    first_job,
    first_pieces,
    note,
    row_with_port,
    wire_listed,
    without_doubles,
)
from topogen.build.mixed_ends import refuse_mixed_ends
from topogen.build.splits import Cables, note_wide_cables, split_jobs
from topogen.build.wire import Job, wire
from topogen.model.fabric import FREE
from topogen.model.path import path_name
from topogen.model.select import Piece, SelectionError
from topogen.selector import parse_selector
from topogen.units import ReadError, format_rate
from topogen.wiring import link_pattern
from topogen.wiring.block import PatternError
from topogen.wiring.plan import refuse_many_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.errors import Mark, Path
    from topogen.language.link import LinkEnds, LinkSpec
    from topogen.language.tables import Row
    from topogen.model.links import LinkBlock, Terminal
    from topogen.selector import Selector


class Sides(NamedTuple):
    """The two sides that a pattern connects; ``b`` is None outside the model.

    ``at`` is where they are written: a key, and in a table the line.
    """

    at: Path
    a: list[Piece]
    b: list[Piece] | None
    line: Mark | None = None


def add_link(draft: Draft, name: str, spec: LinkSpec) -> None:
    """Add a link group to the draft, or note why it cannot be made."""
    at = ("links", name)
    try:
        sides = _sides(draft, spec.ends(), at)
    except SelectionError as error:
        if not _is_included(draft, at):
            draft.problems.add("E203", error.message, error.at or at, error.hint)
        elif name not in draft.parsed.spec.expect.links:
            hint = f"it came with an include; to accept this, add expect: {{links: {{{name}: 0}}}}"
            draft.problems.add("W203", f"dropped: {error.message} here", at, hint)
        return
    if not sides:
        if not draft.parsed.tables.get((*at, "pairs")):
            hint = "add lines below the header, such as gpu[0].nvl,sw[0].nvl"
            draft.problems.add("E641", "the table has no pairs", (*at, "pairs"), hint)
        return
    sides = _without_doubles(draft, sides)
    for suffix, part in _by_shape(draft, sides) if sides else ():
        _add_part(draft, (name, suffix), spec, part)
    ends = spec.ends()
    draft.alike[at] = Alike([level for level in (spec.within, ends.across) if level], ends.rails_by)


def _without_doubles(draft: Draft, sides: Sequence[Sides | Listed]) -> list[Sides | Listed]:
    """Return sides without the listed pairs that name a port twice, which are noted."""
    pairs = [one for one in sides if isinstance(one, Listed)]
    kept = iter(without_doubles(draft, pairs))
    left = (next(kept) if isinstance(one, Listed) else one for one in sides)
    return [one for one in left if not isinstance(one, Listed) or len(one.row)]


def _add_part(draft: Draft, names: tuple[str, str], spec: LinkSpec, sides: Sequence[Sides | Listed]) -> None:
    """Add the links of a group that have one rate: all of them, or those of some listed pairs."""
    name, suffix = names
    before, ports = len(draft.problems.found), dict(draft.ports.maps)
    jobs = [job for one in sides if (job := _checked_job(draft, spec, sides, one))]
    blocks: tuple[LinkBlock, ...] = ()
    cables = Cables(spec.links_per_cable, spec.split, ("links", name), whole=bool(spec.ends().pairs))
    if len(jobs) == len(sides):
        jobs = split_jobs(draft, cables, jobs)
        for now, job in zip(sides, jobs, strict=True):
            blocks += _wired(draft, spec, sides, (now, job))
    if len(draft.problems.found) > before:
        draft.ports.maps.update(ports)
        return
    group = PlannedGroup(
        spec.network, spec.medium, spec.pattern, jobs, blocks, spec, base=name if suffix else ""
    )
    note_wide_cables(draft, cables, jobs)
    keep(draft, f"{name}/{suffix}" if suffix else name, ("links", name), group)


def _checked_job(
    draft: Draft, spec: LinkSpec, sides: Sequence[Sides | Listed], now: Sides | Listed
) -> Job | None:
    """Return the job of two sides, or note why their ports cannot be linked."""
    try:
        job = first_job(draft, spec, now) if isinstance(now, Listed) else _job(draft, spec, now.a, now.b)
        refuse_mixed_ends(draft, [job])
        _refuse_size(draft, job)
    except PatternError as error:
        _note(
            draft, now, error if isinstance(now, Listed) else _with_the_port(draft, spec, sides, (now, error))
        )
        return None
    return job


def _wired(
    draft: Draft, spec: LinkSpec, sides: Sequence[Sides | Listed], one: tuple[Sides | Listed, Job]
) -> tuple[LinkBlock, ...]:
    """Return the links between two sides, or note why there are none."""
    now, job = one
    ports = dict(draft.ports.maps)
    try:
        if isinstance(now, Listed):
            return wire_listed(draft, job, now, partial(_earlier, sides, now))
        made = wire(draft.plant, job)
        _refuse_loops(draft, made)
    except PatternError as error:
        draft.ports.maps.update(ports)  # what is refused holds no port that a later pair names
        _note(
            draft, now, error if isinstance(now, Listed) else _with_the_port(draft, spec, sides, (now, error))
        )
        return ()
    return made


def _note(draft: Draft, now: Sides | Listed, error: PatternError) -> None:
    """Note an error where the sides are written, unless the same is said of others."""
    place = now.place(int(now.row[0])) if isinstance(now, Listed) else Place(now.at, now.line)
    if not any((error.code, error.message) == (one.code, one.message) for one in draft.problems.found):
        note(draft, place, error.code, error.message, error.hint)


def _refuse_loops(draft: Draft, blocks: Sequence[LinkBlock]) -> None:
    """Raise if links join a device to itself: two of its port groups, or two ports of one."""
    for block in blocks:
        if block.b is None or block.a.group != block.b.group:
            continue
        if (device := _looped(block.a, block.b)) is not None:
            group = draft.tree.groups[block.a.group]
            ports = [group.type.ports[end.port].name for end in (block.a, block.b)]
            name = path_name(group.path, device)
            message = f"a link would join {name} to itself, from {name}.{ports[0]} to {name}.{ports[1]}"
            hint = "select other devices in b; ring, full_mesh and peers join devices among themselves"
            raise PatternError("E208", message, hint)


def _looped(a: Terminal, b: Terminal) -> int | None:
    """Return a device, by its number in the group, that is both ends of a link; None without one."""
    one, other = (end.scope[:, None] + end.device[None, :] for end in (a, b))
    if a.axis == b.axis:
        return int(one[one == other][0]) if (one == other).any() else None
    scopes = np.arange(len(one))[:, None] * (1 + max(one.max(), other.max()))
    common = np.intersect1d(one + scopes, other + scopes)
    return int(common[0] % (1 + max(one.max(), other.max()))) if len(common) else None


def _with_the_port(
    draft: Draft, spec: LinkSpec, sides: Sequence[Sides | Listed], refused: tuple[Sides, PatternError]
) -> PatternError:
    """Return an error of two sides with the port that is taken, or is both ends of a link."""
    now, error = refused
    if all(link_pattern(spec.pattern).uses_all_ports) and _is_one_port(draft, now):
        message = f"a and b are the same port, {draft.label(now.a[0])}"
        return PatternError("E208", message, "name another port in b")
    taken = _taken_port(draft, sides, now) if error.code == "E201" else ""
    return PatternError(error.code, f"{error.message}: {taken}", error.hint) if taken else error


def _is_one_port(draft: Draft, sides: Sides) -> bool:
    """Return whether two sides are the same single port."""
    ports = sum(piece.count * len(piece.ports or range(draft.port(piece).count)) for piece in sides.a)
    return sides.b is not None and ports == 1 and _same_ports(sides.a, sides.b)


def _taken_port(draft: Draft, sides: Sequence[Sides | Listed], now: Sides) -> str:
    """Return which device of two sides has none of the named ports free, and who has them."""
    for piece in (*now.a, *(now.b or ())):
        used, devices = draft.ports.maps[piece.group, piece.port], piece.devices()
        ports = range(draft.port(piece).count) if piece.ports is None else piece.ports
        users = used.rows[used.kind.at(devices)][:, list(ports)]
        full = np.flatnonzero((users != FREE).all(axis=1))
        if len(full):
            name = path_name(piece.path, int(devices[full[0]]))
            holder = int(users[full[0], 0]) // 2
            who = (
                f'"{draft.links[holder].name}"' if holder < len(draft.links) else _earlier(sides, now, piece)
            )
            numbers = "" if piece.ports is None else f"[{ports[0]}]"
            return f"{name}.{draft.port(piece).name}{numbers} has the link of {who}"
    return ""


def _earlier(sides: Sequence[Sides | Listed], now: Sides | Listed, piece: Piece) -> str:
    """Return where the pair before this one is written that has a port of it."""
    for one in sides[: next(number for number, other in enumerate(sides) if other is now)]:
        if isinstance(one, Listed):
            row = row_with_port(one, piece)
            if row is not None:
                return str(one.place(row))
        elif overlap([piece], [*one.a, *(one.b or ())]):
            return str(Place(one.at, one.line))
    return "this group"


def _by_shape(draft: Draft, sides: Sequence[Sides | Listed]) -> list[tuple[str, list[Sides | Listed]]]:
    """Return the sides by the rate and lanes of their ports, each with a name; one without a name if alike.

    Only a list of pairs, such as an as-built cable list, has several.
    """
    found: dict[tuple[int, int, int], list[Sides | Listed]] = {}
    for one in sides:
        pieces = first_pieces(draft, one) if isinstance(one, Listed) else [*one.a, *(one.b or ())]
        found.setdefault(port_shape(draft, pieces), []).append(one)
    if len(found) <= 1:
        return [("", list(sides))]
    rates = [rate for rate, _, _ in found]
    names = {rate: format_rate(rate).lower().replace(".", "_") for rate in rates}
    return [
        (names[rate] if rates.count(rate) == 1 else f"{names[rate]}_{lanes}_lanes", parts)
        for (rate, lanes, _), parts in found.items()
    ]


def _is_included(draft: Draft, at: Path) -> bool:
    """Return whether a link group stands in another file than the fabric's own name."""
    mark, own = draft.problems.marks.find(at), draft.problems.marks.find(("name",))
    return mark is not None and own is not None and mark.file != own.file


def _sides(draft: Draft, ends: LinkEnds, at: Path) -> list[Sides | Listed]:
    """Return the two sides of a link group; of a list of pairs those that are wired together."""
    if ends.pairs:
        return _sides_of_pairs(draft, ends.pairs, (*at, "pairs"))
    a = draft.select(ends.a, (*at, "a"))
    if ends.to:
        return [Sides(at, a, None)]
    return [Sides(at, a, draft.select(ends.b, (*at, "b")) if ends.b else a)]


def _sides_of_pairs(
    draft: Draft, pairs: str | Sequence[tuple[Selector, Selector]], at: Path
) -> list[Sides | Listed]:
    """Return the sides of listed pairs, or of the lines of a table of pairs."""
    sides: list[Sides | Listed] = []
    if isinstance(pairs, str):
        rows = draft.parsed.tables[at]
        texts = [row.cells[0] for row in rows], [row.cells[1] for row in rows]
        for found in find_listed(draft, texts, lambda number: Place(at, rows[number].mark)):
            one = found if isinstance(found, Listed) else _listed(draft, rows[found], at)
            sides += [one] if one else []
        return sides
    texts = [a.text for a, _ in pairs], [b.text for _, b in pairs]
    for found in find_listed(draft, texts, lambda number: Place((*at, str(number)), None)):
        if isinstance(found, Listed):
            sides.append(found)
            continue
        pair = (*at, str(found))
        a, b = (draft.select((one,), (*pair, "01"[side])) for side, one in enumerate(pairs[found]))
        sides.append(Sides(pair, a, b))
    return sides


def _listed(draft: Draft, row: Row, at: Path) -> Sides | None:
    """Return the two sides that a line of a table names, or note what is wrong with it."""
    sides = []
    for cell, text in enumerate(row.cells):
        try:
            sides.append(draft.select((parse_selector(text),), at))
        except (SelectionError, ReadError) as error:
            code = error.code if isinstance(error, ReadError) else "E203"
            draft.problems.add_at(code, error.message, row.at(cell), hint=error.hint)
    if len(sides) < len(row.cells):
        return None
    a, b = sides
    return Sides(at, a, b, row.mark)


def _job(draft: Draft, spec: LinkSpec, a: list[Piece], b: list[Piece] | None) -> Job:
    same = b is not None and _same_ports(a, b)
    if b is not None and not same and overlap(a, b):
        raise PatternError("E208", "a and b name some of the same ports", "let them be the same, or apart")
    if same:
        refuse_two_media(spec.medium)
    record, ends = link_pattern(spec.pattern), spec.ends()
    return Job(
        user=len(draft.links),
        pattern=record.make,
        a=a,
        b=b,
        within=spec.within,
        level=ends.across or ends.rails_by,
        across=bool(ends.across),
        links_per_pair=ends.links_per_pair,
        same=same,
        alike=same,
        all_ports=record.uses_all_ports,
    )


def _same_ports(a: Sequence[Piece], b: Sequence[Piece]) -> bool:
    """Return whether two sides name the same ports of the same devices."""
    return len(a) == len(b) and all(
        (one.port, one.ports) == (two.port, two.ports) and same_devices(one, two)
        for one, two in zip(a, b, strict=True)
    )


def _refuse_size(draft: Draft, job: Job) -> None:
    """Raise if the ports at hand could make more links than can be numbered."""
    refuse_many_links(sum(piece.count * draft.port(piece).count for piece in job.a))
