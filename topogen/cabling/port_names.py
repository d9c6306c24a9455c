"""Names of ports: as printed on the box, and as its operating system has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.catalog.panel import port_names
from topogen.language.cages import Mode

if TYPE_CHECKING:
    from topogen.catalog.model import Catalog
    from topogen.catalog.panel import Panel, PortName
    from topogen.model.devices import DeviceType, Port


def panel_of(catalog: Catalog, device: DeviceType) -> Panel | None:
    """Return the panel that the ports of a device type are on, None if it is not known."""
    part = catalog.parts.get(device.panel_part or "")
    return part.panel if part else None


def port_mode(port: Port) -> Mode:
    """Return the mode of the cages of a port group."""
    return Mode(port.cage_links, port.lanes or 0, port.lane_rate or 0)


def names_of_ports(catalog: Catalog, device: DeviceType, port: Port, chip: int = 0) -> list[PortName]:
    """Return the name of each port of a group, in the order of its ports; none if it states no cages.

    ``chip`` is the number of the device among those that share the panel of a box. A name is empty where the
    panel has no pattern for so many links per cage.
    """
    panel = panel_of(catalog, device)
    if panel is None or not port.cages:
        return []
    return port_names(panel, cages_of_chip(port, chip), port_mode(port), device.nos)


def cages_of_chip(port: Port, chip: int) -> tuple[int, ...]:
    """Return the cages of one chip of a box: chip 0 has the first share of those stated, chip 1 the next."""
    each = port.count // port.cage_links
    return port.cages[chip * each : (chip + 1) * each]
