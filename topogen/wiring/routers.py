"""Switches with hosts, filled one after another: what both dragonflies and ``hyperx`` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.model.runs import arange
from topogen.records import dataclass
from topogen.wiring.block import Block, PatternError, repeat
from topogen.wiring.plan import ENDS, EndPoints, Face, GeneratorRequest, PlannedLinks, one_by_one, refuse_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.model.arrays import Ints

ROUTER = "router"
HOSTS = "hosts"


@dataclass(frozen=True)
class Hosts:
    """Hosts filled in router after router; ``created`` counts those the generator makes.

    ``full`` says that every router has all its hosts, each with one port.
    """

    made: PlannedLinks
    created: int
    full: bool


def router_faces(
    request: GeneratorRequest[Any], ports: Mapping[str, int], role: str = ROUTER
) -> dict[str, Face]:
    """Return the ports of a switch for each link group, the lowest first: those of its type in this order.

    A type with two port groups has the first link group on ``down`` and all others on ``up``. Raises
    ``PatternError`` for too few ports.
    """
    kind = request.faces(role)
    lowest = next(iter(ports))
    below, total = ports[lowest], sum(ports.values())
    if kind.down is not None and kind.up is not None:
        _refuse_few(role, f"{below} ports down", below, kind.down, f'{kind.type} "down"')
        rest = " + ".join(f"{count} {name}" for name, count in ports.items() if name != lowest)
        _refuse_few(role, f"{rest} ports", total - below, kind.up, f'{kind.type} "up"')
    else:
        terms = " + ".join(f"{count} {name}" for name, count in ports.items())
        _refuse_few(role, f"{terms} ports", total, kind.total, kind.type)
    faces, start = {}, 0
    for name, count in ports.items():
        faces[name] = Face(role, "down" if name == lowest else "up", range(start, start + count))
        start += count
    return faces


def _refuse_few(role: str, terms: str, needed: int, ports: int, name: str) -> None:
    if needed > ports:
        message = f"a {role} takes {terms} = {needed}; {name} has {ports}: {needed - ports} short"
        raise PatternError("E201", message, f"fewer links per {role}, or a switch with more ports")


def place_hosts(
    request: GeneratorRequest[Any], routers: int, per_router: int, face: Face, plural: str = "routers"
) -> Hosts:
    """Return the links of the hosts: router after router is filled, host after host, port after port.

    >>> from topogen.wiring.plan import GeneratorRequest, EndPoints
    >>> hosts = place_hosts(GeneratorRequest(None, None, EndPoints.uniform(7)), 3, 3, Face(ROUTER))
    >>> [block.count for block in hosts.made.blocks], hosts.full
    ([6, 1], False)
    """
    refuse_many(plural, routers)
    room = routers * per_router
    refuse_many("hosts", room)
    ends = request.ends or EndPoints.uniform(room // request.created_ports, request.created_ports)
    links = ends.count * ends.ports
    if links > room:
        message = f"{links:,} host links; {routers:,} {plural} x {per_router} = {room:,}"
        raise PatternError(
            "E204", f"{message}: {links - room:,} over", f"fewer ends, or more and larger {plural}"
        )
    made = PlannedLinks(HOSTS, Face(ENDS), face, tuple(_fill(links, ends.ports, per_router)))
    return Hosts(made, 0 if request.ends else ends.count, full=ends.ports == 1 and links == room)


def _fill(links: int, ports: int, per_router: int) -> Iterator[Block]:
    """Yield the host links of full routers as copies of one, then those of the last."""
    full = links // per_router if per_router % ports == 0 else 0
    if full:
        yield repeat(
            _some(arange(per_router), ports, per_router), arange(full, per_router // ports), arange(full)
        )
    if rest := links - full * per_router:
        yield _some(arange(rest) + full * per_router, ports, per_router)


def _some(link: Ints, ports: int, per_router: int) -> Block:
    return one_by_one(link // ports, link // per_router, link % ports, link % per_router)
