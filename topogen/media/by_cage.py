"""One medium for all links of a cage, where a policy would give them several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cages_of_links
from topogen.cabling.cages import CageError
from topogen.cabling.shuffles import joined
from topogen.media.links import Assignments
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.units import format_length

if TYPE_CHECKING:
    from topogen.media.links import Assignment, Links
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def may_split_cages(fabric: Fabric, group: LinkGroup, granted: Assignments) -> bool:
    """Return whether links of a group share cages and were granted several media."""
    ends = [end for block in group.blocks for end in (block.a, block.b) if end]
    ports = [fabric.groups[end.group].type.ports[end.port] for end in ends]
    media = {granted.grants[number].media for number in np.unique(granted.grant).tolist()}
    return len(media) > 1 and any(port.cage_links > 1 for port in ports)


def grant_by_cage(links: Links, granted: Assignments) -> Assignments:
    """Return what was granted, where links of one cage got several media that of the longest of them.

    Cages of both ends count, so that links may be joined over several cages. An unknown length is longer than
    any other; of equally long links the one with the later rule decides.
    """
    media = list(dict.fromkeys(grant.media for grant in granted.grants))
    medium = np.array([media.index(grant.media) for grant in granted.grants])[granted.grant]
    try:
        unit = joined(*cages_of_links(links.fabric, links.columns))
    except CageError:  # cages of a place that is not there are refused when cages are counted
        return granted
    length = np.where(links.length == UNKNOWN_MM, np.iinfo(np.int64).max, links.length)
    order = np.lexsort((granted.grant, length, unit))
    last = np.flatnonzero(np.append(unit[order][1:] != unit[order][:-1], [True]))
    longest = np.empty(int(unit.max()) + 1, np.int64)
    longest[unit[order][last]] = order[last]
    leader = longest[unit]
    split = medium != medium[leader]
    if not split.any():
        return granted
    return _led(links, granted, leader, split)


def _led(links: Links, granted: Assignments, leader: Ints, split: Ints) -> Assignments:
    """Return the grants of some links replaced by that of the link that decides for its cage."""
    grants, grant = list(granted.grants), granted.grant.copy()
    keys = granted.grant[leader] * (int(links.length.max()) + 2) + links.length[leader] + 1
    for key in np.unique(keys[split]).tolist():
        rows = np.flatnonzero(split & (keys == key))
        first = int(leader[rows[0]])
        grant[rows] = len(grants)
        grants.append(_for_a_cage(granted.grants[int(granted.grant[first])], int(links.length[first])))
    return Assignments(grants, grant)


def _for_a_cage(one: Assignment, length_mm: int) -> Assignment:
    """Return a grant with the words that it holds for a cage, whose longest link it was given to."""
    longest = "of unknown length" if length_mm == UNKNOWN_MM else format_length(length_mm)
    return replace(one, rule=f"{one.rule}; for all links of a cage, whose longest is {longest}")
