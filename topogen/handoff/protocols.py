"""The protocol of a link group, as far as the operating systems of its switches tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.cabling.port_names import panel_of
from topogen.errors import InputError, Problem

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

PROTOCOLS = ("ib", "ethernet", "nvlink")
OF_NOS = {"mlnx_os": "ib", "nvos": "ib", "cumulus": "ethernet", "sonic": "ethernet"}
"""Protocol by the operating system that names the ports of a switch."""


def protocol_of(fabric: Fabric, group: LinkGroup, stated: str | None = None) -> str:
    """Return the protocol of a link group: as stated, else that of the switches at its ends.

    Raises
    ------
    InputError
        E797, if neither says it.
    """
    if stated:
        return stated
    found = {protocol for block in group.blocks for end in (block.a, block.b) if end
             for protocol in _of_device(fabric, end.group)}  # fmt: skip
    if len(found) == 1:
        return found.pop()
    message = f"{group.name}: no panel of its switches tells InfiniBand from Ethernet or NVLink"
    hint = f"export this network alone with --network {group.name} --protocol {'|'.join(PROTOCOLS)}"
    raise InputError([Problem("E797", message, hint=hint)])


def _of_device(fabric: Fabric, index: int) -> set[str]:
    device = fabric.groups[index].type
    panel = panel_of(fabric.catalog, device)
    names = [device.nos] if device.nos else list(panel.names) if panel else []
    return {OF_NOS[name] for name in names if name in OF_NOS}
