"""``one_big_switch``: every end on one switch, the ideal that other fabrics are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Literal

from topogen.language.fabric import SwitchedFabricSpec
from topogen.wiring.block import PatternError, biclique
from topogen.wiring.plan import ENDS, EndPoints, Face, GeneratorRequest, Plan, PlannedLinks, size_by
from topogen.wiring.record import Generator


class OneBigSwitch(SwitchedFabricSpec):
    """One switch with all ends."""

    roles: ClassVar[tuple[str, ...]] = ("router",)
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "every end to the one switch",
    }

    pattern: Literal["one_big_switch"]
    """pattern to generate"""


ROUTER = "router"


def one_big_switch(request: GeneratorRequest[OneBigSwitch]) -> Plan:
    """Return the plan of one switch for one plane.

    N ends of p ports: 1 switch, N p links, degree p at an end and N p at the switch, diameter 2 links,
    bisection floor(N / 2) p links. Without ends, as many are created as the switch has ports.

    >>> from topogen.wiring.one_big_switch import OneBigSwitch
    >>> from topogen.wiring.plan import Faces
    >>> keys = {"network": "scale_out", "pattern": "one_big_switch", "switch": "box", "create": "nic.p"}
    >>> spec = OneBigSwitch.model_validate(keys)
    >>> plan = one_big_switch(GeneratorRequest(spec, lambda role: Faces("box", 64), None))
    >>> plan.ends, plan.links[0].blocks[0].count, plan.diameter, plan.bisection
    (64, 64, 2, Fraction(32, 1))
    """
    faces = request.faces(ROUTER)
    ports = faces.total if faces.down is None else faces.down
    ends = request.ends or EndPoints.uniform(ports // request.created_ports, request.created_ports)
    links = ends.count * ends.ports
    if links > ports or not links:
        brought = (
            f"{ends.count:,} ends x {ends.ports} ports = {links:,} links"
            if links
            else (f"an end of {ends.ports} ports")
        )
        message = f"{brought} on one switch; {faces.type} has {ports:,} ports"
        raise PatternError("E201", message, "a switch with more ports, or another pattern, such as fat_tree")
    hosts = PlannedLinks(
        "hosts", Face(ENDS), Face(ROUTER, "down", range(ports)), (biclique(ends.count, 1, ends.ports),)
    )
    return Plan(
        switches={ROUTER: 1},
        sizes={ROUTER: size_by("one switch for all ends = 1 router")},
        links=(hosts,),
        ends=0 if request.ends else ends.count,
        diameter=2,
        bisection=Fraction(ends.count // 2 * ends.ports),
    )


PATTERN = Generator(
    spec=OneBigSwitch,
    make=one_big_switch,
    switches="1",
    links="`hosts` N p",
)
"""The record of the generator."""
