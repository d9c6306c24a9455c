"""The id of the cable of each link, for tables that have a row for each link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.model.expand import expand
from topogen.schedule.cable_lines import CableLines

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.schedule.cable_ids import Codes

PART = 1 << 16
"""Links whose ids are made at a time."""


def cables_of_links(fabric: Fabric, group: LinkGroup, devices: Codes) -> Codes:
    """Return the id of the cable of each link of a group, shape (links,), in the order of `expand`.

    ``devices`` are the codes of all devices (`cable_ids.device_codes`).
    """
    lines = CableLines(fabric, group).parts(PART, devices)
    ids = np.concatenate([part.cable[part.first] for part in lines])
    if group.links_per_cable == 1:
        return ids
    # Cables are numbered in the order of their first links, which is that of their first lines.
    return np.asarray(ids[cable_of_link(fabric, group, expand(fabric, group))])
