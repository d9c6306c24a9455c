"""``fat_tree`` of one to four tiers: a folded Clos network of leaves, spines, cores and tops.

A pod of a tier joins pods of the tier below: switch j of each lower pod meets the same group of switches.
With equal pods every leaf has equally many ways to every other, which is what non-blocking rests on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.wiring.block import PatternError, degrees
from topogen.wiring.fat_tree.links import Hosts, deal, joins
from topogen.wiring.fat_tree.own_rails import for_each_rail, one_rail, refused_in_rail, why_per_rail
from topogen.wiring.fat_tree.pairs import PAIR, joined_peers, peer_ports, refuse_one_homed
from topogen.wiring.fat_tree.sizes import (
    ROLES,
    Ports,
    capacity,
    ports_of,
    refuse_idle_keys,
    refuse_islands,
    size_leaves,
    size_tiers,
)
from topogen.wiring.fat_tree.spec import FatTree
from topogen.wiring.fat_tree.why import why_dealt, why_even, why_leaves, why_wired
from topogen.wiring.plan import (
    ENDS,
    EXTRA_ENDS,
    PEER,
    EndPoints,
    Face,
    GeneratorRequest,
    Plan,
    PlannedLinks,
    leaving,
)
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import SizeStep
    from topogen.wiring.block import Block
    from topogen.wiring.fat_tree.sizes import Leaves, Tier

PRECABLED = "no end yet"

CORE_TIERS = 2
"""Tiers above the leaves where cores are the highest."""


def fat_tree(request: GeneratorRequest[FatTree]) -> Plan:
    """Return the plan of a fat tree for one plane.

    With k-port switches and nothing tapered, T tiers serve 2 (k/2)^T ends: with N ends, N links at every
    tier, (2T - 1) N / k switches, diameter 2T links, bisection N / 2 links. Else the leaves are units x rails
    x ceil(links of the fullest rail of a unit / ports down), and spines follow the rule of ``size_tiers``.

    >>> from topogen.wiring.fat_tree.spec import FatTree
    >>> from topogen.wiring.plan import Faces
    >>> keys = {"network": "scale_out", "pattern": "fat_tree", "switch": "box", "create": "nic.p"}
    >>> spec = FatTree.model_validate({**keys, "tiers": "3"})
    >>> plan = fat_tree(GeneratorRequest(spec, lambda role: Faces("box", 64), None))
    >>> plan.ends, plan.switches
    (65536, {'leaf': 2048, 'spine': 2048, 'core': 1024})
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'hosts': 65536, 'leaf_spine': 65536, 'spine_core': 65536}
    """
    refuse_idle_keys(request.spec)
    ports = [ports_of(request, role) for role in ROLES[: request.spec.tiers]]
    ends = request.ends or _created(request, ports)
    peers = request.spec.peer_links
    if peers:
        refuse_one_homed(ends, request.spec)
    leaves = size_leaves(
        ends, ports[0], request.spec.leaves, request.spec.spread_ends, paired=peers is not None
    )
    if len(ports) == 1:
        refuse_islands(ends, leaves)
    above = _above(request, leaves, ports)
    under = Hosts(ends, leaves)
    hosts = list(_hosts(request, under, ports[0]))
    made = [
        PlannedLinks(f"{lower}_{upper}", _up(lower, ports[number]), _down(upper, ports[number + 1]), blocks)
        for number, (lower, upper, blocks) in enumerate(zip(ROLES, ROLES[1:], above.links, strict=False))
    ]
    if peers:
        made.append(_peers(request, leaves.count, peers))
    return Plan(
        switches=dict(zip(ROLES, [leaves.count, *above.switches], strict=False)),
        links=(*hosts, *made),
        ends=0 if request.ends else ends.count,
        diameter=_diameter(under, above, separate=request.spec.separate_rails),
        sizes=dict(zip(ROLES, [why_leaves(ends, leaves, request.spec), *above.sizes], strict=False)),
        pods_alike=request.spec.even and not request.spec.separate_rails,
        notes=above.notes,
    )


def _created(request: GeneratorRequest[FatTree], ports: Sequence[Ports]) -> EndPoints:
    """Return as many ends as the tiers serve, or as the stated leaves do."""
    stated, each, down = request.spec.leaves, request.created_ports, ports[0].down
    links = capacity(ports) if stated is None else stated * down
    if request.spec.peer_links and not each % PAIR:
        pairs, homes = links // down // PAIR, each // PAIR
        return EndPoints.uniform(max(1, pairs * (down // homes)), each)
    return EndPoints.uniform(links // each, each)


def _peers(request: GeneratorRequest[FatTree], leaves: int, peers: int) -> PlannedLinks:
    """Return the peer links of all pairs of leaves: in a group of their own, or on last ports."""
    faces = request.faces("leaf")
    first = 0 if faces.peer else peer_ports(faces) - peers
    face = Face("leaf", PEER, range(first, first + peers))
    return PlannedLinks("peer", face, face, (joined_peers(leaves, peers),))


class UpperTiers(NamedTuple):
    """The tiers above the leaves, lowest first: switches, links to the tier below, why so many; warnings."""

    switches: list[int]
    links: list[tuple[Block, ...]]
    sizes: list[tuple[SizeStep, ...]]
    notes: tuple[tuple[str, str, str], ...]
    joined: tuple[int, ...]
    """Pods of the tier below that one pod of each tier joins; empty where links dealt in turn do not tell."""


def _above(request: GeneratorRequest[FatTree], leaves: Leaves, ports: Sequence[Ports]) -> UpperTiers:
    """Return the tiers above the leaves, which all rails share or each has for itself."""
    spec = request.spec
    size = _even if spec.even or spec.core_wiring else _dealt
    if not spec.separate_rails:
        return size(request, leaves, ports)
    own, of_rail = one_rail(spec, leaves)
    try:
        one = size(replace(request, spec=own), of_rail, ports)
    except PatternError as refused:
        raise refused_in_rail(refused, spec, leaves.rails) from refused
    roles = zip(ROLES[1:], one.switches, one.sizes, strict=False)
    return one._replace(
        switches=[count * leaves.rails for count in one.switches],
        links=for_each_rail(one.links, leaves, one.switches),
        sizes=[why_per_rail(role, leaves.rails, count, steps) for role, count, steps in roles],
    )


def _diameter(hosts: Hosts, above: UpperTiers, *, separate: bool = False) -> int | None:
    """Return the most links between two ends: up to the lowest tier one pod of which joins all, and down.

    It is met where every end has one port; None where the structure does not tell. On one tier, and where
    rails are separate, it is that of ends that reach each other.

    >>> hosts = Hosts(EndPoints.uniform(8), size_leaves(EndPoints.uniform(8), Ports(2, 2)))
    >>> [_diameter(hosts, UpperTiers([1], [], [], (), joined)) for joined in ((2, 2), (4, 1), ())]
    [6, 4, None]
    """
    leaves, ends = hosts.leaves, hosts.ends
    sets = leaves.units * (1 if separate else leaves.rails)
    if not above.switches or (sets == 1 and leaves.shared(ends) >= leaves.per_rail):
        return 2
    leaf = np.flatnonzero(degrees(hosts.blocks, ("b",), leaves.count).full())
    if not separate:
        return _up_and_down(leaf, above.joined)
    unit, rest = np.divmod(leaf, leaves.per_unit)
    rail, turn = np.divmod(rest, leaves.per_rail)
    own = unit * leaves.per_rail + turn
    found = [_up_and_down(own[rail == one], above.joined) for one in range(leaves.rails)]
    return None if None in found else max(one or 0 for one in found)


def _up_and_down(pod: Ints, joins: tuple[int, ...]) -> int | None:
    """Return the most links between ends under some leaves, over tiers that join so many pods each."""
    if len(pod) == 1:
        return 2
    for number, joined in enumerate(joins, start=2):
        pod = pod // joined
        if not pod.any():
            return 2 * number
    return None


def _even(request: GeneratorRequest[FatTree], leaves: Leaves, ports: Sequence[Ports]) -> UpperTiers:
    """Return the switches and links of the tiers above the leaves, all pods alike."""
    tiers, full_mesh = _wired(request.spec, leaves, ports[1:])
    idle = [role for role, tier in zip(ROLES[1:], tiers[:-1], strict=False) if tier.pods == 1]
    message = f"one pod of {idle[0]} switches joins all {leaves.count:,} leaves" if idle else ""
    notes = (("W204", message, f"tiers: {ROLES.index(idle[0]) + 1} does the same"),) if idle else ()
    sizes = why_even(leaves, tiers, ports[1:])
    if len(tiers) == CORE_TIERS:
        sizes[-1] += why_wired(leaves, ports[1:], request.spec.spines, full_mesh=full_mesh)
    return UpperTiers(
        [tier.switches for tier in tiers],
        [joins(tier) for tier in tiers],
        sizes,
        notes,
        tuple(tier.joined for tier in tiers),
    )


def _wired(spec: FatTree, leaves: Leaves, above: Sequence[Ports]) -> tuple[list[Tier], bool]:
    """Return the tiers above the leaves and whether the cores are in full mesh.

    Without ``core_wiring`` cores stand in planes, unless the file states a number that only a full mesh has.
    """
    if spec.core_wiring and (len(above) != CORE_TIERS or not spec.even):
        message = f"core_wiring: {spec.core_wiring} needs cores as the highest tier, and even: true"
        raise PatternError("E745", message, "tiers: 3 and even: true, or leave core_wiring out")
    stated = spec.spines, spec.cores
    full_mesh = spec.core_wiring == "full_mesh"
    try:
        return size_tiers(leaves, above, stated, full_mesh=full_mesh), full_mesh
    except PatternError:
        if spec.core_wiring or not spec.cores or len(above) != CORE_TIERS:
            raise
        with suppress(PatternError):
            return size_tiers(leaves, above, stated, full_mesh=True), True
        raise


def _dealt(request: GeneratorRequest[FatTree], leaves: Leaves, ports: Sequence[Ports]) -> UpperTiers:
    """Return the switches and links of the tiers above the leaves, with as few switches as hold the links."""
    dealt = deal(leaves, ports[1:], (request.spec.spines, request.spec.cores))
    notes = tuple(
        (
            "W209",
            f"{lower} switches do not meet all {upper} switches by equally many links: dealt in turn",
            "even: true buys switches that divide evenly",
        )
        for lower, upper, one in zip(ROLES, ROLES[1:], dealt, strict=False)
        if one.uneven
    )
    sizes = why_dealt(dealt, ports[1:])
    joined = (leaves.count,) if dealt and dealt[0].is_complete else ()
    return UpperTiers([one.switches for one in dealt], [(one.block,) for one in dealt], sizes, notes, joined)


def _hosts(request: GeneratorRequest[FatTree], hosts: Hosts, leaf: Ports) -> Iterator[PlannedLinks]:
    """Yield the links below the leaves: ends, extra ends on free ports, cables to ports without an end."""
    down = _down("leaf", leaf)
    yield PlannedLinks("hosts", Face(ENDS), down, hosts.blocks)
    if request.extra:
        hosts = hosts.with_extra(request.extra)
        yield PlannedLinks("hosts", Face(EXTRA_ENDS), down, hosts.extra)
    free = hosts.free_ports()
    if request.spec.precable and len(free[0]):
        yield PlannedLinks("precable", down, None, (leaving(*free),), PRECABLED)


def _down(role: str, ports: Ports) -> Face:
    return Face(role, "down", range(ports.down))


def _up(role: str, ports: Ports) -> Face:
    return Face(role, "up", range(ports.down, ports.down + ports.up))


PATTERN = Generator(
    spec=FatTree,
    make=fat_tree,
    unlike_ports=True,
    switches="leaves: as stated, or units x rails x ceil(host links of the fullest rail / ports down); "
    "above: the least divisor of a leaf's uplinks that suffices",
    links="`hosts` N p; per tier as many as its lower switches have uplinks; "
    "`peer` leaves / 2 x `peer_links`",
)
"""The record of the generator."""
