"""Structured cabling: trunks between patch panels, whole ones for all links that pass, and their lengths.

A link through patch panels is a cord, a trunk and a cord. Each cord takes one position at the front of a
panel; the positions of a trunk are the fibres of its connectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.floor.routing import route_of
from topogen.media.fit import ends_of, panel_cords
from topogen.media.medium import strands
from topogen.model.expand import expand
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.catalog.model import Catalog
    from topogen.media.fit import Cable
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, PatchPanel

PAIR = 2
"""Fibres of a duplex position: one each way."""


@dataclass(frozen=True)
class TrunkRoute:
    """Trunks between two patch panels: ``cables`` of each link group, in turn, take one position each.

    ``positions`` and ``strands`` are those of one trunk, ``used`` the strands in use of all of them;
    ``first`` is how many positions earlier trunks take at either panel.
    """

    ends: tuple[PatchPanel, PatchPanel]
    cables: Mapping[str, int]
    positions: int
    strands: int
    used: int
    first: tuple[int, int]

    @property
    def part(self) -> str:
        """Return the part of the trunks."""
        return self.ends[0].trunk

    @property
    def taken(self) -> int:
        """Return the positions that cords take."""
        return sum(self.cables.values())

    @property
    def trunks(self) -> int:
        """Return the trunks: whole ones."""
        return -(-self.taken // self.positions)

    @property
    def spare(self) -> int:
        """Return the strands that no link uses."""
        return self.trunks * self.strands - self.used

    def start_of(self, group: str) -> int:
        """Return the first position of the cords of a link group, from 0."""
        names = list(self.cables)
        return sum(self.cables[name] for name in names[: names.index(group)])

    def is_turned(self, group: LinkGroup) -> bool:
        """Return whether the a ends of a link group are at the second panel."""
        return group.through[0].name != self.ends[0].name


# What the catalog says of a panel


def is_cassette(catalog: Catalog, panel: PatchPanel) -> bool:
    """Return whether a panel turns the connectors of its trunks into others, which is a mated pair more."""
    connectors = catalog.parts[panel.trunk].connectors
    return connectors is not None and connectors[0].type != panel.connector


def mated_pairs(catalog: Catalog, group: LinkGroup) -> int:
    """Return the mated pairs of connectors at the patch panels of a link: one each, two at a cassette."""
    return sum(2 if is_cassette(catalog, panel) else 1 for panel in group.through)


def fibres_of_position(catalog: Catalog, panel: PatchPanel) -> int | None:
    """Return the fibres of a front position: those of the connector of the trunk behind it.

    At a cassette they are those of the cords with the connector of the panel, None if unclear.
    """
    if not is_cassette(catalog, panel):
        return catalog.parts[panel.trunk].fibres
    found = {
        part.fibres
        for part in catalog.parts.values()
        for one in part.connectors or ()
        if one.type == panel.connector and part.fibres
    }
    return found.pop() if len(found) == 1 else None


def positions_of_trunk(catalog: Catalog, panel: PatchPanel) -> int:
    """Return the front positions that one trunk serves, 0 if its connectors do not fit the panel."""
    trunk, each = catalog.parts[panel.trunk], fibres_of_position(catalog, panel)
    if not trunk.connectors or trunk.connectors[0] != trunk.connectors[1] or not trunk.fibres or not each:
        return 0
    if is_cassette(catalog, panel) and each > PAIR:
        return 0
    return trunk.connectors[0].count * (trunk.fibres // each)


# Trunks


def cords_of(fabric: Fabric, group: LinkGroup) -> tuple[Cable, Cable]:
    """Return the cords of a link group at a and at b."""
    recipe = fabric.catalog.media[group.media[0]].recipe if group.media else {}
    line = next(line for line in recipe.values() if line.per == "link")
    return panel_cords(fabric.catalog, group, line, ends_of(fabric, group))


def trunk_routes(fabric: Fabric) -> tuple[TrunkRoute, ...]:
    """Return the trunks of a fabric, a route for each two patch panels, in the order of the file."""
    routes: dict[frozenset[str], list[LinkGroup]] = {}
    for group in fabric.links:
        if group.through and group.count:
            routes.setdefault(frozenset(panel.name for panel in group.through), []).append(group)
    taken: dict[str, int] = {}
    found = []
    for groups in routes.values():
        ends = groups[0].through
        cables = {group.name: _cables(fabric, group) for group in groups}
        trunk = fabric.catalog.parts[ends[0].trunk]
        count = trunk.connectors[0].count if trunk.connectors else 0
        used = sum(_strands(fabric, group) for group in groups)
        first = (taken.get(ends[0].name, 0), taken.get(ends[1].name, 0))
        route = TrunkRoute(
            (ends[0], ends[1]),
            cables,
            positions_of_trunk(fabric.catalog, ends[0]),
            count * (trunk.fibres or 0),
            used,
            first,
        )
        for panel, before in zip(ends, first, strict=True):
            taken[panel.name] = before + route.trunks * route.positions
        found.append(route)
    return tuple(found)


def _cables(fabric: Fabric, group: LinkGroup) -> int:
    return int(cable_of_link(fabric, group, expand(fabric, group)).max()) + 1


def _strands(fabric: Fabric, group: LinkGroup) -> int:
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    return (strands(group, medium) or 0) * group.count if medium else 0


# Lengths


@dataclass(frozen=True)
class CordEnds:
    """The cords of a link group at one side: device and coded length of each, shape (cables,)."""

    device: Ints
    length: Ints
    basis: Ints


def cord_ends(fabric: Fabric, group: LinkGroup) -> tuple[CordEnds, CordEnds]:
    """Return the cords of a link group at a and at b, cable by cable."""
    columns = expand(fabric, group)
    first = np.unique(cable_of_link(fabric, group, columns), return_index=True)[1]
    near, far = _cords_at(fabric, group, columns, first)
    return near, far


def _cords_at(fabric: Fabric, group: LinkGroup, columns: Columns, first: Ints) -> list[CordEnds]:
    """Return the cords of some links at each panel that they pass."""
    routing = route_of(fabric, group)
    rack, height = fabric.sites.rack, fabric.sites.height_mm
    found = []
    for devices, panel in zip((columns.a, columns.b), group.through, strict=False):
        device = devices[first].astype(np.int64)
        found.append(CordEnds(device, *routing.piece((rack[device], height[device]), panel.spot)))
    return found


def cord_lengths(fabric: Fabric, group: LinkGroup, columns: Columns) -> tuple[Ints, ...]:
    """Return the length in mm of the cord at a and at b of each link, each of shape (links,).

    A cord that carries several links is as long as that of its first; nothing of links without panels.
    """
    cable = cable_of_link(fabric, group, columns) if group.through else np.zeros(0, np.int64)
    _, first, number = np.unique(cable, return_index=True, return_inverse=True)
    return tuple(ends.length[number] for ends in _cords_at(fabric, group, columns, first))


def trunk_length(fabric: Fabric, route: TrunkRoute) -> tuple[int, int]:
    """Return the length of the trunks of a route in mm (-1 unknown), and its basis.

    Slack is that of the first link group that passes.
    """
    group = next(one for one in fabric.links if one.name == next(iter(route.cables)))
    length, basis = route_of(fabric, group).piece(route.ends[0].spot, route.ends[1].spot)
    return int(length[0]), int(basis[0])
