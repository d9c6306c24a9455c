"""Columns of the lists of devices and places."""

from __future__ import annotations

from topogen.columns.column import Column


def _device_facts() -> tuple[Column, ...]:
    """Return what every list of devices says of them."""
    return (
        Column("type", "text", "device type"),
        Column("role", "text", "gpu | cpu | nic | dpu | switch | host | ocs | other"),
        Column("row", "text", "row of the layout"),
        Column("rack", "text", "name of the rack"),
        Column("u", "count", "U position; the lowest U of a device of several U"),
        Column("height_u", "count", "height in whole U; empty inside a tray, a node or another place"),
        Column("part", "text", "part of the catalog to buy for it"),
        Column("watts", "W", "base power of its part"),
        Column("face", "text", "face of the rack that its ports are at: front | rear; as stated"),
    )


DEVICES = (
    Column("id", "id", "number of the device, from 0"),
    Column("name", "text", "full name"),
    *_device_facts(),
)

DEVICE_LIST = (
    Column("path", "text", "full name in the design, as in a_device and b_device of cable_schedule.csv"),
    Column("name", "text", "name by `names`, else the full name"),
    *_device_facts(),
)

PLACES = (
    Column("id", "id", "number of the place, from 0 over all levels"),
    Column("name", "text", "full name"),
    Column("level", "text", "level: rack, tray, ..."),
    Column("template", "text", "template"),
)
