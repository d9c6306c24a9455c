"""Whose panel the ports of a device are on: that of its part, or of the box that it is a chip of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.device import SWITCH_ROLES
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Catalog
    from topogen.errors import Problems
    from topogen.language.topology import TopologySpec
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric


@dataclass(frozen=True)
class PanelOwner:
    """The part whose panel a device type draws on; in a ``box`` of a ``level``, ``chips`` share it."""

    part: str | None
    chips: int = 1
    box: str = ""
    level: str = ""


def panel_owners(spec: TopologySpec, catalog: Catalog, name: str) -> tuple[PanelOwner, ...]:
    """Return whose panels a device type draws on: its own, or those of the boxes that it is a chip of."""
    device = spec.devices[name]
    own = PanelOwner(device.part)
    if _has_panel(catalog, device.part) or device.role not in SWITCH_ROLES:
        return (own,)
    return tuple(_boxes(spec, catalog, name)) or (own,)


def _boxes(spec: TopologySpec, catalog: Catalog, name: str) -> Iterator[PanelOwner]:
    """Yield the boxes with a panel that contain nothing but switches of one type."""
    for box, template in spec.templates.items():
        lines = template.contains
        alone = len(lines) == 1 and lines[0].type == name and not template.slots
        if alone and template.level != "rack" and _has_panel(catalog, template.part):
            yield PanelOwner(template.part, lines[0].count, box, template.level)


def _has_panel(catalog: Catalog, part: str | None) -> bool:
    return bool(part and part in catalog.parts and catalog.parts[part].panel)


def refuse_chips_outside(fabric: Fabric, problems: Problems) -> None:
    """Note chips that state cages of the panel of their box, and stand outside any such box."""
    for group in fabric.groups:
        kind = group.type
        if kind.boxes and not _is_in_box(group) and any(port.cages for port in kind.ports):
            box = kind.boxes[0]
            message = (
                f"{kind.name} states cages on the panel of {box}, and {group.label} is not in such a box"
            )
            hint = f"use {box} there too, or a device type with a part, or with count, lanes and lane_rate"
            problems.add("E833", message, ("devices", kind.name), hint)


def _is_in_box(group: DeviceGroup) -> bool:
    return len(group.path) > 1 and group.path[-2].type in group.type.boxes
