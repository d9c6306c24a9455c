"""How many switches a fat tree has at each tier."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NoReturn

from topogen.records import dataclass
from topogen.wiring.block import PatternError
from topogen.wiring.fat_tree.pairs import PAIR, leaves_needed, refuse_odd_leaves, without_peers
from topogen.wiring.plan import divisor_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.wiring.fat_tree.spec import FatTree, LeafSpec
    from topogen.wiring.plan import EndPoints, Faces, GeneratorRequest

ROLES = ("leaf", "spine", "core", "top")
WORDS = ("no", "one tier", "two tiers", "three tiers", "four tiers")


@dataclass(frozen=True)
class Ports:
    """Ports of a switch of one tier that face down and that face up."""

    down: int
    up: int


@dataclass(frozen=True)
class Leaves:
    """Leaves of one plane, numbered unit by unit and in it rail by rail, ``per_rail`` each."""

    units: int
    rails: int
    per_rail: int
    down: int
    up: int
    even: bool = False
    """Whether the ends of a rail are shared out evenly; else leaf after leaf is filled."""
    paired: bool = False
    """Whether leaves come in pairs, 2 i and 2 i + 1, that share their ends."""

    def shared(self, ends: EndPoints) -> int:
        """Return how many leaves of its rail an end is linked to, at least."""
        return PAIR if self.paired else ends.least

    @property
    def per_unit(self) -> int:
        """Return the number of leaves of one unit."""
        return self.rails * self.per_rail

    @property
    def count(self) -> int:
        """Return the number of leaves."""
        return self.units * self.per_unit


@dataclass(frozen=True)
class Tier:
    """A tier above the leaves: ``pods`` that each join ``joined`` lower pods, the last one ``last``.

    Switch j of each lower pod, of ``width`` such, is joined to each of the ``group`` switches j of its pod
    in this tier by ``per_pair`` links. ``up`` links leave each switch upward.
    """

    pods: int
    joined: int
    last: int
    width: int
    group: int
    per_pair: int
    up: int

    @property
    def per_pod(self) -> int:
        """Return the number of switches of one pod."""
        return self.width * self.group

    @property
    def switches(self) -> int:
        """Return the number of switches."""
        return self.pods * self.per_pod


def ports_of(request: GeneratorRequest[FatTree], role: str) -> Ports:
    """Return how the ports of a role face: as its type or the file says, else half down and half up.

    The highest tier faces down with all it has, or with as many as the file says.
    """
    tiers = request.spec.tiers
    faces, peers = request.faces(role), request.spec.peer_links or 0
    if role == "leaf" and peers:
        faces = without_peers(faces, peers)
    said = request.spec.faces_of(role)
    is_top = role == ROLES[tiers - 1]
    if said is None and is_top:
        return Ports(faces.total if faces.down is None else faces.down, faces.up or 0)
    if said is not None:
        _refuse_faces(role, said, faces, lone=is_top and role != "leaf")
    down = said.down if said else faces.total // 2 if faces.down is None else faces.down
    up = said.up if said else faces.total - down if faces.up is None else faces.up
    if down + up > faces.total or down < 1 or (not is_top and up < 1):
        beside = f" beside {peers} peer links" if role == "leaf" and peers else ""
        has = f"{faces.type} has {faces.total}{beside}"
        message = f"a {role} of {down} ports down and {up} up needs {down + up}; {has}"
        raise PatternError("E201", message, f"down + up is at most {faces.total}, each at least 1")
    return Ports(down, up)


def _refuse_faces(role: str, said: LeafSpec, faces: Faces, *, lone: bool) -> None:
    """Raise for ports up that join nothing, and for more ports than the port group that they are."""
    if lone and said.up:
        message = f"the {role}s are the highest tier; {said.up} ports up would join nothing"
        raise PatternError("E750", message, f"{role}: {{down: {said.down}, up: 0}}, or a tier more")
    if faces.down is None or faces.up is None:
        return
    for name, wanted, most in (("down", said.down, faces.down), ("up", said.up, faces.up)):
        if wanted > most:
            message = f'{wanted} ports {name} of a {role}; port group "{name}" of {faces.type} has {most}'
            hint = f"at most {most} ports {name}, or more ports in that group"
            raise PatternError("E752", message, hint)


def refuse_idle_keys(spec: FatTree) -> None:
    """Raise for keys of a tier that the fabric does not have, and for rails that are separate without it."""
    if spec.separate_rails and not spec.rails_by:
        hint = (
            "rails_by: node, the level whose places have one endpoint per rail, or leave separate_rails out"
        )
        raise PatternError("E755", "separate_rails needs rails, which rails_by makes", hint)
    if spec.separate_rails and spec.tiers == 1:
        message = '"separate_rails" has no effect: on one tier rails never meet above the leaves'
        raise PatternError("E756", message, "tiers: 2, or leave separate_rails out")
    for number, role in enumerate(ROLES[spec.tiers :], start=spec.tiers + 1):
        counted = {"spine": spec.spines, "core": spec.cores}.get(role)
        for key, value in ((role, spec.faces_of(role)), (f"{role}s", counted)):
            if value is not None:
                message = f'"{key}" has no effect: {WORDS[spec.tiers]} of switches make no {role}'
                raise PatternError("E751", message, f"tiers: {number}, or leave {key} out")


def capacity(ports: Sequence[Ports]) -> int:
    """Return the most host links that tiers of such switches serve: ports down, tier by tier.

    >>> capacity([Ports(32, 32), Ports(64, 0)]), capacity([Ports(32, 32)] * 2 + [Ports(64, 0)])
    (2048, 65536)
    """
    return prod(tier.down for tier in ports)


def size_leaves(
    ends: EndPoints,
    leaf: Ports,
    stated: int | None = None,
    spread: str | None = None,
    *,
    paired: bool = False,
) -> Leaves:
    """Return the leaves: units x rails x ceil(links of the fullest rail of a unit / ports down).

    A rail is bought alike in every unit, full or not. A ``stated`` number is shared out over units and rails.
    ``paired`` leaves come two by two, and an end stays within one pair.

    >>> from topogen.wiring.plan import EndPoints
    >>> size_leaves(EndPoints.uniform(1016, rails=8), Ports(32, 32)).count
    32
    >>> size_leaves(EndPoints.uniform(24), Ports(32, 32), 2)
    Leaves(units=1, rails=1, per_rail=2, down=32, up=32, even=True, paired=False)
    """
    sets = ends.n_units * ends.n_rails
    needed = leaves_needed(ends, leaf.down) if paired else -(-ends.fullest_links // leaf.down)
    if spread == "packed" and ends.ports > 1 and not paired:
        message = "spread_ends: packed needs ends of one port a plane; some of these bring more"
        raise PatternError(
            "E749", message, "leave spread_ends out: the ports of an end go to different leaves"
        )
    if paired and stated is not None:
        refuse_odd_leaves(stated, sets)
    per_rail = needed if stated is None else _stated_leaves(stated, needed, sets)
    even = spread == "even" or (spread is None and stated is not None)
    return Leaves(ends.n_units, ends.n_rails, per_rail, leaf.down, leaf.up, even, paired)


def _stated_leaves(stated: int, needed: int, sets: int) -> int:
    """Return how many of a stated number of leaves each rail of each unit has."""
    per_rail, rest = divmod(stated, sets)
    if rest:
        message = f"{stated:,} leaves cannot be divided among {sets:,} rails of units"
        hint = f"leaves: a multiple of {sets}, from {needed * sets}, or leave leaves out"
        raise PatternError("E747", message, hint)
    if per_rail < needed:
        message = f"{stated:,} leaves are too few; the ends need {needed * sets:,}"
        hint = f"leaves: {needed * sets} or more, a leaf with more ports down, or leave leaves out"
        raise PatternError("E748", message, hint)
    return per_rail


def refuse_islands(ends: EndPoints, leaves: Leaves) -> None:
    """Raise for leaves of one tier that share no end, where no port is left to join them elsewhere."""
    if leaves.up or leaves.per_rail <= leaves.shared(ends):
        return
    where = " of a rail" if leaves.rails > 1 else ""
    message = (
        f"one tier joins the {leaves.down} links of one leaf; "
        f"{leaves.per_rail:,} leaves{where} would be islands"
    )
    raise PatternError("E204", message, "use tiers: 2, switches with more ports, or fewer ends")


def size_tiers(
    leaves: Leaves,
    above: Sequence[Ports],
    stated: tuple[int | None, int | None] = (None, None),
    *,
    full_mesh: bool = False,
) -> list[Tier]:
    """Return the tiers above the leaves, lowest first; ``stated`` are spines and cores, None to be chosen.

    A pod joins as many lower pods as a switch has ports down, whole units of leaves where they fit, the
    number of pods shared out evenly. In it, a switch of a lower pod meets the smallest divisor of its
    uplinks that is not below lower pods x uplinks / ports down, so that it has equally many links to each.
    Source of the divisor rule: NVIDIA RA-11333-001 V11 (2023), tables 3 and 4. With ``full_mesh`` every spine
    counts as a lower pod of the cores, so that it meets each of them.

    >>> [tier.switches for tier in size_tiers(Leaves(3, 8, 1, 32, 32), [Ports(64, 0)])]
    [16]
    >>> [tier.switches for tier in size_tiers(Leaves(64, 8, 1, 32, 32), [Ports(32, 32), Ports(64, 0)])]
    [512, 256]
    >>> pod = Leaves(6, 8, 1, 64, 32), [Ports(48, 16), Ports(64, 0)]
    >>> [(tier.switches, tier.per_pair) for tier in size_tiers(*pod, (32, 16), full_mesh=True)]
    [(32, 1), (16, 1)]
    """
    tiers: list[Tier] = []
    lower, unit, width, up = leaves.count, leaves.per_unit, 1, leaves.up
    for number, ports in enumerate(above):
        top = number == len(above) - 1
        meshed = full_mesh and ROLES[number + 1] == "core"
        if meshed:
            lower, unit, width = lower * width, 1, 1
            _refuse_wide_mesh(lower, ports.down)
        step = PAIR if leaves.paired and not number else 1
        joined = lower if top else _joined(lower, (unit, step), ports.down)
        pods = -(-lower // joined)
        wanted = stated[number] if number < len(stated) else None
        needed = max(1, -(-joined * up // ports.down))
        if wanted is None and needed > up:
            refuse_size(leaves, above)
        group = (
            divisor_from(up, needed)
            if wanted is None
            else _stated(ROLES[number + 1], wanted, pods * width, (up, needed))
        )
        used = joined * (up // group)
        if used > ports.down:
            words = _below(ROLES[number], joined, grouped=not meshed)
            _refuse_few((words, ROLES[number + 1]), (joined, up // group, wanted or 0), ports.down)
        further = 0 if top else min(ports.up, -(-used * ports.up // ports.down))
        tiers.append(Tier(pods, joined, lower - (pods - 1) * joined, width, group, up // group, further))
        lower, unit, width, up = pods, 1, tiers[-1].per_pod, further
    return tiers


def _joined(lower: int, wholes: tuple[int, int], most: int) -> int:
    """Return how many lower pods one pod joins: at most ``most``, pods alike, the first whole that fits."""
    whole = next((whole for whole in wholes if whole <= most), 1)
    units = -(-lower // whole)
    pods = -(-units // (most // whole))
    return -(-units // pods) * whole


def _stated(role: str, switches: int, groups: int, links: tuple[int, int]) -> int:
    """Return how many switches of a stated number one lower switch meets; they have to come out even.

    ``links`` are its uplinks, and how many switches at least have ports for those of all lower switches.
    """
    up, needed = links
    group, rest = divmod(switches, groups)
    if rest or not group:
        message = f"{switches:,} {role} switches do not divide over {groups:,} groups of lower switches"
        raise PatternError("E204", message, f"a multiple of {groups:,}, or leave {role}s out")
    if up % group:
        even = [f"{n * groups}" for n in range(needed, up + 1) if up % n == 0]
        message = f"{up} uplinks do not divide evenly over {group} {role} switches"
        hint = f"{role}s: {'one of ' * (len(even) > 1)}{', '.join(even)}" if even else f"leave {role}s out"
        raise PatternError("E204", message, hint)
    return group


def refuse_size(leaves: Leaves, above: Sequence[Ports]) -> NoReturn:
    """Raise for more leaves than the top tier can join."""
    tiers = len(above) + 1
    reach = capacity([Ports(leaves.down, leaves.up), *above])
    message = (
        f"{leaves.count:,} leaves of {leaves.down} ports down; {WORDS[tiers]} of these switches join "
        f"{reach // leaves.down:,} leaves and reach {reach:,} host links"
    )
    more = f"use tiers: {tiers + 1}, " if tiers < len(ROLES) else "use "
    raise PatternError("E204", message, f"{more}switches with more ports, or fewer ends")


def _below(role: str, count: int, *, grouped: bool) -> str:
    """Return the lower switches that each switch of a tier meets, in words."""
    return f"{count:,} {'leaves' if role == 'leaf' else f'{role} groups' if grouped else f'{role}s'}"


def _refuse_wide_mesh(spines: int, ports: int) -> None:
    """Raise for more spines than a core has ports to meet them."""
    if spines > ports:
        message = f"full mesh: each core meets all {spines:,} spines, but has {ports} ports down"
        raise PatternError("E746", message, "core_wiring: planes, or cores with more ports down")


def _refuse_few(roles: Sequence[str], sizes: tuple[int, int, int], ports: int) -> NoReturn:
    """Raise for a stated number of switches that is too small."""
    (below, upper), (joined, per_pair, stated) = roles, sizes
    message = (
        f"{below} x {per_pair} = {joined * per_pair:,} links at each of {stated:,} {upper}s, "
        f"which have {ports} ports down"
    )
    raise PatternError("E204", message, f"more {upper}s, or leave {upper}s out")
