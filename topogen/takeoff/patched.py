"""What links through patch panels are made of: cords at both ends, trunks between the panels, panels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import order_length, order_lengths
from topogen.media.patching import cord_ends, cords_of, trunk_length, trunk_routes
from topogen.model.length_histogram import BASES, UNKNOWN_MM, known_mm
from topogen.model.runs import distinct
from topogen.takeoff.pools import DemandClass
from topogen.takeoff.quantities import LinkQuantity, LinkSet, link_basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.media.patching import CordEnds, TrunkRoute
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, PatchPanel


@dataclass(frozen=True, kw_only=True)
class PatchQuantity(LinkQuantity):
    """Cords, trunks or patch panels; ``capacity`` is what a piece serves of the ``demand`` of its class."""

    capacity: int = 1
    demand_unit: str = "cable"
    strands: int = 0
    spare_strands: int = 0


def patched_quantities(fabric: Fabric) -> Iterator[PatchQuantity]:
    """Yield the cords of each link group through patch panels, then all trunks, then the panels."""
    for group in fabric.links:
        if group.through and group.count:
            for side, ends in enumerate(cord_ends(fabric, group)):
                yield from _cords(fabric, group, side, ends)
    routes = trunk_routes(fabric)
    for route in routes:
        yield _trunks(fabric, route)
    panels = {panel.name: panel for route in routes for panel in route.ends}
    for panel in panels.values():
        yield _panels(fabric, panel, [route for route in routes if panel in route.ends])


def _cords(fabric: Fabric, group: LinkGroup, side: int, ends: CordEnds) -> Iterator[PatchQuantity]:
    """Yield the cords at one side of a link group, a row for each length that is ordered."""
    cord = cords_of(fabric, group)[side]
    ladder = fabric.catalog.parts[cord.part].lengths_mm if cord.part else ()
    sold = order_lengths(ends.length, ladder)
    beyond = (ends.length != UNKNOWN_MM) & (sold == UNKNOWN_MM)
    kind = sold * 2 + beyond
    for code in distinct(np.sort(kind)).tolist():
        some = kind == code
        count = int(some.sum())
        yield PatchQuantity(
            part=cord.part,
            line="cord",
            per="link",
            cost_scope="interconnect",
            medium=group.media[side] if group.media else "",
            network=group.network,
            groups=(group.name,),
            tiers=(group.tier,),
            qty=count,
            classes=(DemandClass("cord", count, 1, count),),
            unit="cord",
            length_mm=known_mm(code // 2),
            route_mm=int(ends.length[some].max()) if code % 2 else None,
            length_basis=tuple(BASES[one] for one in distinct(np.sort(ends.basis[some])).tolist()),
            basis=link_basis([group]),
            gap=cord.gap,
            affects=(LinkSet(group.name, f"cord {side} {code}", min(count * cord.links, group.count)),),
        )


def _trunks(fabric: Fabric, route: TrunkRoute) -> PatchQuantity:
    """Return the trunks between two patch panels: whole ones."""
    groups = [group for group in fabric.links if group.name in route.cables]
    length, basis = trunk_length(fabric, route)
    sold = order_length(known_mm(length), fabric.catalog.parts[route.part].lengths_mm)
    return PatchQuantity(
        part=route.part,
        line="trunk",
        per="link",
        cost_scope="interconnect",
        medium=_only({group.media[0] for group in groups if group.media}),
        network="+".join(dict.fromkeys(group.network for group in groups)),
        groups=tuple(route.cables),
        tiers=tuple(sorted({group.tier for group in groups})),
        qty=route.trunks,
        classes=(DemandClass("trunk", route.taken, 1, route.trunks),),
        unit="trunk",
        length_mm=sold,
        route_mm=length if length != UNKNOWN_MM and sold is None else None,
        length_basis=(BASES[basis],),
        basis=link_basis(groups),
        affects=tuple(LinkSet(group.name, "trunk", group.count) for group in groups),
        capacity=route.positions,
        demand_unit="position",
        strands=route.trunks * route.strands,
        spare_strands=route.spare,
    )


def _panels(fabric: Fabric, panel: PatchPanel, routes: list[TrunkRoute]) -> PatchQuantity:
    """Return patch panels; without a part they are a gap."""
    groups = [group for group in fabric.links if panel in group.through and group.count]
    taken = sum(route.trunks * route.positions for route in routes)
    return PatchQuantity(
        part=panel.part,
        line="patch_panel",
        per="device",
        cost_scope="interconnect",
        medium=_only({group.media[0] for group in groups if group.media}),
        network="+".join(dict.fromkeys(group.network for group in groups)),
        groups=tuple(group.name for group in groups),
        tiers=tuple(sorted({group.tier for group in groups})),
        qty=panel.panels,
        classes=(DemandClass(panel.name, taken, 1, panel.panels),),
        unit="panel",
        basis=link_basis(groups),
        gap="" if panel.part else f"patch_panels.{panel.name} names no part",
        affects=tuple(LinkSet(group.name, "panel", group.count) for group in groups),
        capacity=panel.positions,
        demand_unit="position",
    )


def _only(names: set[str]) -> str:
    """Return the one name there is, empty where there are several."""
    return next(iter(names)) if len(names) == 1 else ""
