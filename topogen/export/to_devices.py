"""``devices.csv``: every device with its name, where it stands, its part and its power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.columns.cells import cell_text, quoted
from topogen.columns.column import names_of
from topogen.columns.devices import DEVICE_LIST
from topogen.export.options import DEFAULT
from topogen.model.text_buffer import Page, Piece, texts_of
from topogen.schedule.device_facts import DeviceFacts
from topogen.schedule.line_texts import SiteTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.export.options import Options
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

CHUNK = 65_536
"""Lines that are laid out at a time."""


def to_devices(fabric: Fabric, _: RollUp, _options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the devices as CSV, a row each, in pieces of whole lines."""
    yield (",".join(names_of(DEVICE_LIST)) + "\n").encode()
    facts, page = DeviceFacts(fabric), Page()
    sites = SiteTexts(fabric)
    named = sites.site_named(*range(len(fabric.groups)))
    for first in range(0, fabric.n_devices, CHUNK):
        devices = np.arange(first, min(first + CHUNK, fabric.n_devices))
        comma = Piece(texts_of([","]), np.zeros(len(devices), np.int64))
        names = [*facts.paths.pieces(devices), comma, *named.pieces(devices)]
        yield bytes(page.write([*names, *_facts(fabric, facts, sites, devices)]))


def _facts(fabric: Fabric, facts: DeviceFacts, sites: SiteTexts, devices: Ints) -> list[Piece]:
    """Return the columns behind the names, the line end included."""
    group, rack = facts.group(devices), fabric.sites.rack[devices]
    kinds = zip(facts.types, facts.roles, strict=True)
    rest = zip(facts.heights, facts.parts, facts.watts, facts.faces, strict=True)
    after = [
        f",{height if height >= 0 else ''},{quoted(part)},{cell_text(watts)},{face}\n"
        for height, part, watts, face in rest
    ]
    return [
        Piece(texts_of([f",{kind},{role}," for kind, role in kinds]), group),
        Piece(sites.row.framed("", ","), rack),
        Piece(sites.rack.framed("", ","), rack),
        Piece(sites.unit, fabric.sites.unit[devices]),
        Piece(texts_of(after), group),
    ]
