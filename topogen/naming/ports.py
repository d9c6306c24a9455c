"""Names of ports: by the pattern of the site, else by the operating system of the panel, else by design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.cabling.port_names import names_of_ports
from topogen.language.names import NameField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.catalog.model import Catalog
    from topogen.catalog.panel import PortName
    from topogen.language.names import NamePattern
    from topogen.model.devices import DeviceType, Port

OF_PANEL = frozenset({"cage", "leg", "leg0", "printed", "nos"})


def needs_panel(pattern: NamePattern) -> frozenset[str]:
    """Return the fields of a pattern that only a port on a panel has."""
    return pattern.fields & OF_PANEL


def names_of_group(
    catalog: Catalog, kind: DeviceType, port: Port, pattern: NamePattern | None, turn: int, chip: int = 0
) -> list[str]:
    """Return the names of the ports of a group of device number ``turn``, from 0, in the place above.

    ``chip`` is its number among those that share the panel of a box.
    """
    on_panel = names_of_ports(catalog, kind, port, chip)
    before = sum(one.count for one in kind.ports[: kind.ports.index(port)])
    if pattern is None:
        return _by_panel(on_panel) or [f"{port.name}{number}" for number in range(port.count)]
    return [
        _filled(pattern, _fields(port, (number, before), turn, on_panel[number] if on_panel else None))
        for number in range(port.count)
    ]


def _by_panel(ports: Sequence[PortName]) -> list[str]:
    """Return the names in the operating system, else as printed; none if two are alike or one is missing."""
    for names in ([one.nos for one in ports], [one.printed for one in ports]):
        if all(names) and len(set(names)) == len(names):
            return names
    return []


def _fields(port: Port, at: tuple[int, int], turn: int, on_panel: PortName | None) -> dict[str, int | str]:
    number, before = at
    fields: dict[str, int | str] = {
        "k": number + 1,
        "k0": number,
        "K": before + number + 1,
        "K0": before + number,
        "n": turn + 1,
        "n0": turn,
        "group": port.name,
    }
    if on_panel:
        fields |= {
            "cage": on_panel.cage,
            "leg": on_panel.leg + 1,
            "leg0": on_panel.leg,
            "printed": on_panel.printed,
            "nos": on_panel.nos,
        }
    return fields


def _filled(pattern: NamePattern, fields: dict[str, int | str]) -> str:
    return "".join(
        str(fields.get(part.name, "")).zfill(part.width) if isinstance(part, NameField) else part
        for part in pattern.parts
    )
