"""Take-off: from links, ends, devices and pools to quantities, each rounded up where it is bought.

Two small tables carry it at any size: link classes for what links and lanes own, demand classes for what
ends, devices and pools own. A sum of ceilings is not the ceiling of the sum, so the classes are kept.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from topogen.cabling.cables import cables_by_length, order_lengths
from topogen.cabling.cages import CageUse, cage_uses, side_of
from topogen.cabling.port_uses import links_of_users
from topogen.errors import InputError, Problems
from topogen.language.device import SWITCH_ROLES
from topogen.media.fit import cable_of, no_part
from topogen.media.medium import pairs, strands
from topogen.model.length_histogram import BASES, UNKNOWN_MM, known_mm
from topogen.model.path import count_of
from topogen.model.runs import distinct
from topogen.takeoff.patched import patched_quantities
from topogen.takeoff.pools import Basis, DemandClass, Pool, PoolError, pools_of, users_of
from topogen.takeoff.quantities import EndQuantity, LinkQuantity, LinkSet, PoolQuantity, Quantity, link_basis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from topogen.catalog.model import Line, Medium
    from topogen.model.devices import PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup
    from topogen.model.path import Steps

SHARED = "shared"
"""Where a cost belongs that no single network has."""
NETWORK_ROLES = ("switch", "nic", "dpu", "ocs")


def take_off(fabric: Fabric) -> tuple[Quantity, ...]:
    """Return every quantity of a fabric: what links own, then ends, pools, devices."""
    return (
        *_of_links(fabric),
        *patched_quantities(fabric),
        *_of_ends(fabric),
        *_of_media_devices(fabric),
        *_of_pools(fabric),
        *_of_devices(fabric),
    )


# What links and their lanes own


def _of_links(fabric: Fabric) -> Iterator[Quantity]:
    for group in fabric.links:
        medium = fabric.catalog.media[group.media[0]] if group.media else None
        for line in medium.recipe.values() if medium else ():
            if line.per == "link" and not group.through:
                yield from _cables(fabric, group, line)
            elif line.per == "lane" and medium:
                yield from _lanes(group, medium, line)


def _cables(fabric: Fabric, group: LinkGroup, line: Line) -> Iterator[Quantity]:
    cable = cable_of(fabric, group, line)
    part, gap = cable.part, cable.gap
    ladder = fabric.catalog.parts[part].lengths_mm if part else ()
    classes = cables_by_length(fabric, group)
    route, basis = np.divmod(classes.codes, len(BASES))
    sold = order_lengths(route, ladder)
    kind = sold * 2 + ((route != UNKNOWN_MM) & (sold == UNKNOWN_MM))
    for code in distinct(np.sort(kind)).tolist():
        order, beyond = divmod(code, 2)
        some = kind == code
        yield LinkQuantity(
            **_owned_by_link(group, line, part, gap),
            classes=(demand := (DemandClass("cable", 1, int(classes.cables[some].sum()), line.qty),)),
            qty=demand[0].scopes * line.qty,
            unit="cable",
            length_mm=known_mm(order),
            route_mm=int(route[some].max()) if beyond else None,
            length_basis=tuple(BASES[one] for one in distinct(np.sort(basis[some])).tolist()),
            affects=(LinkSet(group.name, f"cable {code}", int(classes.links[some].sum())),),
        )


def _lanes(group: LinkGroup, medium: Medium, line: Line) -> Iterator[Quantity]:
    optical = medium.kind == "optical"
    each = strands(group, medium) if optical else pairs(group, medium)
    part = line.part_for(1, group.lanes, group.lane_rate)
    gap = "" if part else no_part(line, 1, group.lanes, group.lane_rate)
    if each:
        yield LinkQuantity(
            **_owned_by_link(group, line, part, gap),
            classes=(DemandClass("link", each, group.count, each * line.qty),),
            qty=group.count * each * line.qty,
            unit="strand" if optical else "pair",
            affects=_links_where(group, lambda _: True),
        )


class _Owned(TypedDict):
    part: str | None
    line: str
    per: str
    cost_scope: str
    medium: str
    network: str
    groups: tuple[str, ...]
    tiers: tuple[int, ...]
    basis: Basis
    gap: str


def _owned_by_link(group: LinkGroup, line: Line, part: str | None, gap: str) -> _Owned:
    """Return what all quantities that links of a group own have in common."""
    return {
        "part": part,
        "line": line.name,
        "per": line.per,
        "cost_scope": "interconnect",
        "medium": group.media[0] if group.media else "",
        "network": group.network,
        "groups": (group.name,),
        "tiers": (group.tier,),
        "basis": link_basis([group]),
        "gap": gap,
    }


def _links_where(group: LinkGroup, meets: Callable[[LinkBlock], bool]) -> tuple[LinkSet, ...]:
    """Return the links of a group in the blocks that meet a condition."""
    return tuple(
        LinkSet(group.name, number, block.count) for number, block in enumerate(group.blocks) if meets(block)
    )


# What ends own: one piece a cage in use


def _of_ends(fabric: Fabric) -> Iterator[Quantity]:
    for use in cage_uses(fabric):
        for user, cages in use.cages.items():
            link, side = side_of(user)
            media = fabric.links[link].media
            for line in fabric.catalog.media[media[side]].recipe.values() if media else ():
                if line.per == "end":
                    affects = _links_in_cages(fabric, use, user)
                    yield _module(fabric.links[link], (side, use), line, (cages, affects))


def _module(
    link: LinkGroup, at: tuple[int, CageUse], line: Line, counted: tuple[int, tuple[LinkSet, ...]]
) -> EndQuantity:
    side, use = at
    cages, affects = counted
    kind = use.port
    part = line.part_for(kind.cage_links, kind.lanes, kind.lane_rate)
    one = Fraction(1, 2) if link.joins_alike else Fraction(int(side == 0))
    near = Fraction(int(link.network != "scale_out" or use.group.type.role not in SWITCH_ROLES))
    return EndQuantity(
        part=part,
        line=line.name,
        per="end",
        cost_scope="interconnect",
        medium=link.media[side] if link.media else "",
        network=link.network,
        groups=(link.name,),
        tiers=(link.tier,),
        qty=cages * line.qty,
        classes=(DemandClass(use.group.label, kind.cage_links, cages, line.qty),),
        unit="cage",
        side="b" if side else "a",
        basis=Basis(one, near, one * near),
        gap="" if part else no_part(line, kind.cage_links, kind.lanes, kind.lane_rate),
        affects=affects,
    )


def _links_in_cages(fabric: Fabric, use: CageUse, user: int) -> tuple[LinkSet, ...]:
    """Return the links of a user whose ends are in some cages, and those that only share its cages."""
    medium = (fabric.links[side_of(user)[0]].media or ("", ""))[side_of(user)[1]]
    found = dict.fromkeys(_links_at_cages(fabric, use, *side_of(user)))
    for index, group in enumerate(fabric.links):
        for side, name in enumerate(group.media or ()):
            if name == medium and 2 * index + side not in use.cages:
                found |= dict.fromkeys(_links_at_cages(fabric, use, index, side))
    return tuple(found)


def _links_at_cages(fabric: Fabric, use: CageUse, link: int, side: int) -> tuple[LinkSet, ...]:
    def is_there(block: LinkBlock) -> bool:
        if (end := (block.a, block.b)[side]) is None:
            return False
        group = fabric.groups[end.group]
        alike = group.type.name == use.group.type.name if use.port.cage_on else group.first == use.group.first
        return alike and group.type.ports[end.port].name == use.port.name

    return _links_where(fabric.links[link], is_there)


# What pools and devices own


def _networks_of_media(fabric: Fabric) -> list[tuple[Medium, str]]:
    """Return each medium with each network it ends in, in file order."""
    found = dict.fromkeys((name, group.network) for group in fabric.links for name in group.media or ())
    return [(fabric.catalog.media[name], network) for name, network in found]


def _groups_of(fabric: Fabric, medium: Medium, network: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    indices = sorted({side_of(user)[0] for user in users_of(fabric, medium, network)})
    links = [fabric.links[index] for index in indices]
    return tuple(link.name for link in links), tuple(sorted({link.tier for link in links}))


def _of_pools(fabric: Fabric) -> Iterator[Quantity]:
    for medium, network in _networks_of_media(fabric):
        groups, tiers = _groups_of(fabric, medium, network)
        kinds = [link for link in fabric.links if link.name in groups]
        for pool in _pools(fabric, medium, network):
            part = pool.line.part_for(1, kinds[0].lanes, kinds[0].lane_rate)
            yield PoolQuantity(
                part=part,
                line=pool.line.name,
                per="pool",
                cost_scope="interconnect",
                medium=medium.id,
                network=network,
                groups=groups,
                tiers=tiers,
                qty=pool.qty,
                classes=pool.classes,
                unit=pool.unit,
                scope=pool.line.round_per,
                serves=pool.line.serves[0] if pool.line.serves else 1,
                spare=pool.spare,
                buildable=pool.buildable,
                buildable_scope=pool.buildable_scope,
                buildable_classes=pool.buildable_classes,
                basis=pool.basis if medium.kind == "optical" else link_basis(kinds),
                gap="" if part else no_part(pool.line, 1, kinds[0].lanes, kinds[0].lane_rate),
                affects=tuple(one for link in kinds for one in _links_where(link, lambda _: True)),
            )


def _pools(fabric: Fabric, medium: Medium, network: str) -> list[Pool]:
    try:
        return pools_of(fabric, medium, network)
    except PoolError as error:
        problems = Problems(fabric.marks)
        path = ("catalog", "media", medium.id, "recipe", error.line)
        problems.add("E215", error.message, path, error.hint)
        raise InputError(problems.found) from None


def _of_media_devices(fabric: Fabric) -> Iterator[Quantity]:
    """Yield what a medium owns once for each device that ends one of its links."""
    for medium, network in _networks_of_media(fabric):
        users = list(users_of(fabric, medium, network))
        groups, tiers = _groups_of(fabric, medium, network)
        for line in (line for line in medium.recipe.values() if line.per == "device"):
            for index, group in enumerate(fabric.groups):
                if count := _devices_with(fabric, index, users):
                    affects = tuple(
                        one
                        for user in sorted(users)
                        for one in _links_ending_in(fabric.links[side_of(user)[0]], {index}, side_of(user)[1])
                    )
                    yield _once_a_device(
                        (medium, network), (groups, tiers), line, (group.label, count, affects)
                    )


def _links_ending_in(group: LinkGroup, devices: AbstractSet[int], *sides: int) -> tuple[LinkSet, ...]:
    """Return the links of a group of which an end, of those sides, is a device of some device groups."""

    def ends_there(block: LinkBlock) -> bool:
        ends = ((block.a, block.b)[side] for side in sides)
        return any(end is not None and end.group in devices for end in ends)

    return _links_where(group, ends_there)


def _once_a_device(
    medium: tuple[Medium, str],
    links: tuple[tuple[str, ...], tuple[int, ...]],
    line: Line,
    at: tuple[str, int, tuple[LinkSet, ...]],
) -> Quantity:
    part = line.part_for(1, None, None)
    return Quantity(
        part=part,
        line=line.name,
        per="device",
        cost_scope="interconnect",
        medium=medium[0].id,
        network=medium[1],
        groups=links[0],
        tiers=links[1],
        qty=at[1] * line.qty,
        classes=(DemandClass(at[0], 1, at[1], line.qty),),
        unit="device",
        gap="" if part else no_part(line, 1, None, None),
        affects=at[2],
    )


def _devices_with(fabric: Fabric, index: int, users: Sequence[int]) -> int:
    links = links_of_users(fabric, index, users)
    return int(links.lengths[links.values > 0].sum())


def _of_devices(fabric: Fabric) -> Iterator[Quantity]:
    """Yield what devices and templates are bought as, one each.

    Network devices without a part are a gap, unless a place around them is bought with all that is in it.
    """
    parts = [place for place in fabric.places if place.part]
    bought = [place.path for place in parts if scope_of_place(fabric, place) != "system"]
    for place in fabric.places:
        if place.part:
            scope = scope_of_place(fabric, place)
            inside = {index for index, group in enumerate(fabric.groups) if is_inside(group.path, place.path)}
            at = (place.template, place.template, count_of(place.path))
            yield _bought(place.part, scope, at, (), _links_of_devices(fabric, inside))
    for index, group in enumerate(fabric.groups):
        scope = "network_device" if group.type.role in NETWORK_ROLES else "host"
        held = any(is_inside(group.path, path) for path in bought)
        if group.type.part or (scope == "network_device" and not held):
            at = (group.label, group.type.name, group.count)
            networks, affects = networks_at(fabric, index), _links_of_devices(fabric, {index})
            yield _bought(group.type.part, scope, at, networks, affects)


def _links_of_devices(fabric: Fabric, devices: AbstractSet[int]) -> tuple[LinkSet, ...]:
    """Return the links of which an end is a device of some device groups."""
    return tuple(one for group in fabric.links for one in _links_ending_in(group, devices, 0, 1))


def scope_of_place(fabric: Fabric, place: PlaceGroup) -> str:
    """Return the cost scope of a place that is bought as a part.

    ``system`` if something inside is bought as a part too, ``network_device`` if all inside are switches or
    NICs, else ``host``.
    """
    devices = [group.type for group in fabric.groups if is_inside(group.path, place.path)]
    places = [other.part for other in fabric.places if len(other.path) > len(place.path)
              and is_inside(other.path, place.path)]  # fmt: skip
    if any(places) or any(kind.part for kind in devices):
        return "system"
    return "network_device" if devices and all(kind.role in NETWORK_ROLES for kind in devices) else "host"


def network_share(row: Quantity) -> str:
    """Return the network that a quantity serves, ``shared`` for a device in several networks or in none."""
    return SHARED if not row.network or "+" in row.network else row.network


def is_inside(path: Steps, place: Steps) -> bool:
    """Return whether a path leads into a place, or to it."""
    return path[: len(place)] == place


def networks_at(fabric: Fabric, index: int) -> tuple[str, ...]:
    """Return the networks that the devices of a group have links in, by name."""
    group = fabric.groups[index]
    used = [fabric.ports[index, port].rows for port in range(len(group.type.ports))]
    users = {user for rows in used for user in distinct(rows).tolist() if user >= 0}
    return tuple(sorted({fabric.links[side_of(user)[0]].network for user in users}))


def _bought(
    part: str | None,
    cost_scope: str,
    at: tuple[str, str, int],
    networks: tuple[str, ...],
    affects: tuple[LinkSet, ...],
) -> Quantity:
    """Return what is bought one each, given its name, its device type or template, and how many there are."""
    host, kind, count = at
    return Quantity(
        part=part,
        line="device",
        per="device",
        cost_scope=cost_scope,
        medium="",
        network="+".join(networks),
        groups=(),
        tiers=(),
        qty=count,
        classes=(DemandClass(host, 1, count, 1),),
        unit="device",
        gap="" if part else f'give device type "{kind}" a part: its devices are counted, not bought',
        affects=affects,
    )
