"""Link groups from selectors and patterns: scopes, free ports, the pattern, and who then uses which port."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.model.equivalence import classify_rows
from topogen.model.expand import links_at
from topogen.model.path import count_of, level_depth, levels_above, path_name
from topogen.model.runs import listed, zeros
from topogen.records import dataclass
from topogen.selector import ranges
from topogen.units import MBPS_PER_UNIT, format_count, format_decimal
from topogen.wiring.bind import Member, bind, number
from topogen.wiring.block import Block, Ends, PatternError, Request, degrees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.cabling.ports import PortBook
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.links import LinkBlock, Terminal
    from topogen.model.runs import Runs
    from topogen.model.select import Piece


@dataclass(frozen=True)
class Job:
    """One link group to be wired: ``user`` is its index, ``level`` that of ``across`` or ``rails_by``."""

    user: int
    pattern: Callable[[Request], list[Block]]
    a: Sequence[Piece]
    b: Sequence[Piece] | None
    within: str | None = None
    level: str | None = None
    across: bool = False
    links_per_pair: int | None = None
    same: bool = False
    """Whether both sides are the same ports."""
    alike: bool = False
    """Whether both sides are the same devices, so that neither is the lower one."""
    all_ports: tuple[bool, bool] = (True, False)
    """Whether the pattern uses every port that an a and a b offer, so that all must offer equally many."""
    legs: tuple[int, int] = (1, 1)
    """Links per cable at the end with its one plug, of a and of b; 1 at the other."""
    turned: bool = False
    """Whether the links are kept from b to a: a cable of several links begins at the end with their plug."""


@dataclass(frozen=True)
class Plant:
    """What link groups are wired onto."""

    places: Sequence[PlaceGroup]
    groups: Sequence[DeviceGroup]
    ports: PortBook


def wire(plant: Plant, job: Job) -> tuple[LinkBlock, ...]:
    """Return the link blocks of a job and enter its ports in the book; raises ``PatternError``."""
    blocks: list[LinkBlock] = []
    for scopes in _families(plant, job):
        a = _members(plant, job.a, scopes)
        b = a if job.same else _members(plant, job.b, scopes) if job.b is not None else None
        blocks += _wire_family(plant, job, a, b)
    if not blocks:
        who = "a and b have" if job.b is not None else "a has"
        where = f" in the same {job.within}" if job.within else ""
        hint = "check within, across, both selectors, and whether ports are free"
        raise PatternError("E203", f"nothing to link: {who} no free ports{where}", hint)
    if job.turned:
        blocks = [replace(block, a=block.ends[1], b=block.a) for block in blocks]
    _take(plant, job, blocks)
    return tuple(blocks)


@dataclass(frozen=True)
class _Scopes:
    """Scopes of one place group that hold the same pieces; the whole fabric when ``place`` is None."""

    place: PlaceGroup | None
    numbers: range | Ints
    """A range if the pieces are present in all of them."""


def _families(plant: Plant, job: Job) -> Iterator[_Scopes]:
    """Yield the scopes of a job, those that hold the same pieces together."""
    if job.within is None:
        yield _Scopes(None, range(1))
        return
    if not any(place.level == job.within for place in plant.places):
        levels = {place.level for place in plant.places}
        raise PatternError(
            "E203", f'within: no template has level "{job.within}"', nearest(job.within, levels)
        )
    for place in (place for place in plant.places if place.level == job.within):
        if _stand_everywhere(place, job):
            yield _Scopes(place, range(place.count))
            continue
        a, b = _presence(place, job.a), _presence(place, job.b or ())
        meet = a.any(axis=0) & (b.any(axis=0) if job.b is not None else True)
        for equal in classify_rows(np.concatenate([a, b])[:, meet].T).members:
            yield _Scopes(place, np.flatnonzero(meet)[equal])


def _belongs(piece: Piece, place: PlaceGroup) -> bool:
    """Return whether these devices belong to places of a group: those of its level that are innermost."""
    depth = len(place.path)
    return piece.path[:depth] == place.path and level_depth(piece.path, place.level) == depth


def _stand_everywhere(place: PlaceGroup, job: Job) -> bool:
    """Return whether both sides meet in every place of a group, each with the same devices."""
    depth = len(place.path)
    a, b = ([piece for piece in side or () if _belongs(piece, place)] for side in (job.a, job.b))
    return bool(a and (b or job.b is None)) and all(
        len(pick) == step.count
        for piece in (*a, *b)
        for pick, step in zip(piece.picks[:depth], place.path, strict=True)
    )


def _presence(place: PlaceGroup, pieces: Sequence[Piece]) -> NDArray[np.bool_]:
    """Return which of the pieces below a place group are in each of its places, shape (pieces, places)."""
    depth = len(place.path)
    below = [piece for piece in pieces if _belongs(piece, place)]
    there = np.zeros((len(below), place.count), bool)
    for row, piece in zip(there, below, strict=True):
        row[piece.places(depth)] = True
    return there


def _members(plant: Plant, pieces: Sequence[Piece], scopes: _Scopes) -> list[Member]:
    depth = len(scopes.place.path) if scopes.place else 0
    row = []
    for piece in pieces:
        if scopes.place and not _belongs(piece, scopes.place):
            continue
        local = piece.inside(depth)
        first = _firsts(piece, depth, scopes.numbers)
        if first is not None:
            member = Member(piece.group, piece.port, first, local, zeros(0))
            table = plant.ports.free((piece.group, piece.port), member.devices, piece.ports)
            row.append(replace(member, table=table))
    return number(row)


def _firsts(piece: Piece, depth: int, scopes: range | Ints) -> range | Ints | None:
    """Return the first device of each scope, None unless the piece is present in every scope."""
    size = count_of(piece.path[depth:])
    if isinstance(scopes, range):  # all there are, and the piece stands in each
        return range(0, len(scopes) * size, size)
    return scopes * size if np.isin(scopes, piece.places(depth)).all() else None


def ends_seen(plant: Plant, job: Job) -> Ends:
    """Return what a pattern would see of the a side of a job over everything; nothing is wired."""
    return _ends_for_pattern(
        plant, job, _members(plant, job.a, _Scopes(None, range(1))), equal=job.all_ports[0]
    )


def offers_seen(plant: Plant, job: Job) -> Ints:
    """Return how many ports each end of the a side of a job may give, shape (ends,); nothing is wired."""
    members = _members(plant, job.a, _Scopes(None, range(1)))
    return np.concatenate([np.broadcast_to(_offer(one), len(one.local)) for one in members])


def _wire_family(plant: Plant, job: Job, a: list[Member], b: list[Member] | None) -> list[LinkBlock]:
    ends_a = _ends_for_pattern(plant, job, a, equal=job.all_ports[0])
    ends_b = ends_a if job.same else None if b is None else _far_ends(plant, job, b)
    legs = job.legs if b is not None and _offer_alike(a) and _offer_alike(b) else (1, 1)
    blocks = job.pattern(Request(ends_a, ends_b, job.links_per_pair, job.across, legs))
    _refuse_overuse(plant, a, degrees(blocks, ("a", "b") if job.same else ("a",), ends_a.count))
    if b is not None and ends_b is not None and not job.same:
        _refuse_overuse(plant, b, degrees(blocks, ("b",), ends_b.count))
    return [bound for block in blocks if block.count for bound in bind(block, a, b or a)]


def _offer_alike(members: Sequence[Member]) -> bool:
    """Return whether all ends of a side may give equally many ports."""
    return len({int(ports) for member in members for ports in np.unique(_offer(member))}) == 1


def _far_ends(plant: Plant, job: Job, b: Sequence[Member]) -> Ends:
    """Return what the pattern sees of the b side; only ``across`` asks where those devices stand."""
    seen = job if job.across else replace(job, level=None)
    return _ends_for_pattern(plant, seen, b, equal=job.all_ports[1])


def _ends_for_pattern(plant: Plant, job: Job, members: Sequence[Member], *, equal: bool) -> Ends:
    """Return what the pattern sees of members: free ports, and the place and position at the job's level."""
    offers = [_offer(member) for member in members]
    fewest, most = min(int(offer.min()) for offer in offers), max(int(offer.max()) for offer in offers)
    if equal and fewest != most:
        raise _unequal_ports(plant, members, offers, (fewest, most))
    for member in members:
        _refuse_placeless(plant, job.level, member)
    count = sum(len(member.local) for member in members)
    return Ends(
        count, fewest, lambda: np.concatenate([_places_of_member(plant, job.level, one) for one in members])
    )


def _unequal_ports(
    plant: Plant, members: Sequence[Member], offers: Sequence[Ints], span: tuple[int, int]
) -> PatternError:
    """Return the error that names a device with the fewest and one with the most free ports."""
    examples = []
    for ports in span:
        member, offer = next(
            (one, offer) for one, offer in zip(members, offers, strict=True) if ports in offer
        )
        place = int(np.flatnonzero(np.broadcast_to(offer, len(member.local)) == ports)[0])
        group = plant.groups[member.group]
        name = path_name(group.path, int(listed(member.scope)[0] + listed(member.local)[place]))
        examples.append(f"{name} has {ports}")
    common = set.intersection(*(_always_free(member) for member in members))
    numbers = ranges(sorted(common))
    hint = f"select ports that are free on all of them: [{numbers}]" if common else ""
    hint = hint or "select devices with equally many free ports, or split the link group"
    return PatternError("E209", f"the ends have different numbers of free ports: {', '.join(examples)}", hint)


def _always_free(member: Member) -> set[int]:
    """Return the ports that are free on every device of a member."""
    rows = member.table[None, :] if member.table.ndim == 1 else member.table[np.unique(member.devices())]
    return set.intersection(*(set(row[row >= 0].tolist()) for row in np.unique(rows, axis=0)))


def _refuse_placeless(plant: Plant, level: str | None, member: Member) -> None:
    """Raise if devices are not in any place of a level."""
    group = plant.groups[member.group]
    if level is not None and level_depth(group.path, level) is None:
        message = f'"{group.label}" is not in any place of level "{level}"'
        raise PatternError("E203", message, levels_above(group.path))


def _places_of_member(plant: Plant, level: str | None, member: Member) -> Ints:
    """Return which place of a level each device of a member's first scope is in."""
    if level is None:
        return zeros(len(member.local))
    group = plant.groups[member.group]
    depth = level_depth(group.path, level)
    place = next(place for place in plant.places if place.path == group.path[:depth])
    size = group.count // place.count
    return np.asarray(place.first + (member.scope[0] + listed(member.local)) // size)


def _offer(member: Member) -> Ints:
    """Return the ports each device of a member may give, the least over its scopes.

    Of shape (devices,), or (1,) where all may give as many.
    """
    if member.table.ndim == 1:
        return np.array([len(member.table)])
    counts = (member.table >= 0).sum(axis=1)
    return np.asarray(counts[member.devices()].reshape(len(member.scope), -1).min(axis=0))


def _refuse_overuse(plant: Plant, members: Sequence[Member], asked: Runs) -> None:
    """Raise if a device is asked for more ports than it has free."""
    for member in members:
        part = asked.part(member.start, member.start + len(member.local))
        if int(part.values.max()) <= int(_offer(member).min()):
            continue
        wanted = part.full()
        offer = np.broadcast_to(_offer(member), wanted.shape)
        over = np.flatnonzero(wanted > offer)
        if not len(over):
            continue
        group = plant.groups[member.group]
        port = group.type.ports[member.port]
        first = int(over[0])
        name = path_name(group.path, int(member.scope[0] + member.at(member.start + over[:1])[0]))
        message = (
            f"{name}: {wanted[first]} links need ports, but {offer[first]} of {port.count} ports "
            f'"{port.name}" are free: {wanted[first] - offer[first]} short, '
            f"on {len(over)} of {len(offer)} devices; "
            + _in_all(plant, member, int(wanted.sum()), int(offer.sum()))
        )
        raise PatternError(
            "E201", message, "add ports to the device, select fewer ends, or spread them over more devices"
        )


def _in_all(plant: Plant, member: Member, wanted: int, offer: int) -> str:
    """Return what is asked of the ports of all devices of a member, and how many times what they have.

    What was asked by link groups that were refused before is told apart, and remembered for those to come.
    """
    port = plant.groups[member.group].type.ports[member.port]
    wanted, offer = (count * len(member.scope) for count in (wanted, offer))
    before = plant.ports.refused.get((member.group, member.port), 0)
    plant.ports.refused[member.group, member.port] = before + wanted
    text = f"{_rates(wanted, port.rate)} needed, {_rates(offer, port.rate)} free"
    text += _times(wanted, offer)
    if before:
        text += f"; {_rates(before + wanted, port.rate)} with the links rejected above"
        text += _times(before + wanted, offer)
    return text


def _rates(count: int, rate: int | None) -> str:
    """Return what so many ports carry in one direction, or their number where the rate is unknown."""
    if not rate:
        return format_count(count)
    whole, _, rest = format_decimal(Fraction(count * rate, MBPS_PER_UNIT["Tb/s"]), 3).partition(".")
    return f"{format_count(int(whole))}{'.' if rest else ''}{rest} Tb/s"


def _times(wanted: int, offer: int) -> str:
    return f": {format_decimal(Fraction(wanted, offer), 2)}x" if offer else ""


def _take(plant: Plant, job: Job, blocks: Sequence[LinkBlock]) -> None:
    """Enter the ports that blocks use: on each device the first ones of its table."""
    uses: dict[tuple[int, int, int, bytes], list[tuple[LinkBlock, Terminal]]] = {}
    for block in blocks:
        for side, terminal in enumerate((block.a, block.b)):
            if terminal is not None:
                alike = (terminal.group, terminal.port, 0 if job.same else side, terminal.table.tobytes())
                uses.setdefault(alike, []).append((block, terminal))
    for (group, port, side, _), ends in uses.items():
        degree = links_at(ends, plant.groups[group].count)
        plant.ports.take((group, port), ends[0][1].table, degree, 2 * job.user + (0 if job.alike else side))
