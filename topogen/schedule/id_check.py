"""Refuse a schedule in which two cables have the same id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import InputError, Problem
from topogen.model.fabric import device_name
from topogen.schedule.cable_ids import device_codes, id_text
from topogen.schedule.cable_lines import CableLines, scheduled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.schedule.cable_ids import Codes

PART = 1 << 20
"""Links that are looked through at a time for the cables of one id."""


class IdCheck:
    """The ids of the cables of a schedule, 8 bytes each."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric
        self._ids: list[Codes] = []

    def add(self, ids: Codes) -> None:
        """Add the ids of some cables, each cable once."""
        self._ids.append(ids)

    def finish(self) -> None:
        """Refuse an id that two cables have.

        Raises
        ------
        InputError
            E722.
        """
        ids = np.concatenate([np.zeros(0, np.uint64), *self._ids])
        ids.sort()
        twice = ids[1:][ids[1:] == ids[:-1]]
        if len(twice):
            one, other, *_ = _cables(self._fabric, twice[0])
            message = f"two cables have the cable_id {id_text(twice[0])}: {one}, and {other}"
            hint = "ids are made of the names of devices and ports; rename a device at one of these ends"
            raise InputError([Problem("E722", message, hint=hint)])


def _cables(fabric: Fabric, cable: np.uint64) -> Iterator[str]:
    """Yield both ends of each cable with an id."""
    devices = device_codes(fabric)
    for group in scheduled(fabric, all_links=True):
        lines = CableLines(fabric, group)
        for part in lines.parts(PART, devices):
            for line in np.flatnonzero((part.cable == cable) & part.first).tolist():
                near = f"{device_name(fabric, int(part.a[line]))}:{lines.ports['a'].texts[part.a_port[line]]}"
                far = group.outside
                if group.has_b:
                    port = lines.ports["b"].texts[part.b_port[line]]
                    far = f"{device_name(fabric, int(part.b[line]))}:{port}"
                yield f"{near} to {far}"
