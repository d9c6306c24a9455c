"""Which lines of a table of pinned cables are of a link group or fabric: a table may be of the whole design.

A line that names its link group is of that one. Any other is of what joins ports such as those at its ends,
whether the file declares their devices or a fabric makes them; among several such, of the one that has the
ports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.matching import NONE
from topogen.model.path import path_name
from topogen.model.runs import zeros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.pins import EndOfLine, PinTable, PortIds
    from topogen.errors import Path
    from topogen.model.arrays import Bools, Ints

END, SWITCH = 2, 1
"""What a port at hand counts for: an end has few, a switch many that growth may give to others."""

_NUMBER = re.compile(r"\d+", re.ASCII)
_PORT_NUMBERS = re.compile(r"\d[\d+-]*", re.ASCII)


class PortKinds:
    """Numbers for kinds of ports: the path of a device without its numbers, and its port group."""

    def __init__(self, ids: PortIds) -> None:
        self._ports: dict[str, dict[str, int]] = {}
        self.of_key: list[int] = []
        for index, port in ids.keys:
            group = ids.groups[index]
            ports = self._ports.setdefault(_bare(path_name(group.path, 0)) if group.count else "", {})
            self.of_key.append(ports.setdefault(group.type.ports[port].name, len(self.of_key)))

    def of_texts(self, texts: Sequence[tuple[str, str]]) -> Ints:
        """Return the kind of each device and port, there or not, NONE for ports that no such device has."""
        seen: dict[tuple[str, str], int] = {}
        found = []
        for device, port in texts:
            key = _bare(device), port
            if key not in seen:
                seen[key] = self._kind(*key)
            found.append(seen[key])
        return np.array(found, np.int64)

    def pairs(self, a: Ints, b: Ints) -> Ints:
        """Return a number for two kinds each, whichever comes first."""
        return np.asarray(np.minimum(a, b) * len(self.of_key) + np.maximum(a, b))

    def _kind(self, device: str, port: str) -> int:
        ports = self._ports.get(device, {})
        names = (name for name in ports if port.startswith(name) and _PORT_NUMBERS.fullmatch(port, len(name)))
        return ports.get(max(names, key=len, default=""), NONE)


def _bare(name: str) -> str:
    return _NUMBER.sub("#", name)


def concern(draft: Draft, table: PinTable, ids: PortIds, sides: Sequence[EndOfLine]) -> Bools:
    """Return which lines are of the link group or fabric whose table it is, shape (lines,)."""
    paths = list(dict.fromkeys(draft.path_of(link) for link in draft.links))
    number = {path: place for place, path in enumerate(paths)}
    inside = [number[draft.path_of(link)] if link.has_b else NONE for link in draft.links]
    holder = np.array([*inside, NONE], np.int64)[links_of_ports(draft, ids)]
    near = np.array([_near(draft, ids, holder, side, len(paths)) for side in sides]).sum(axis=0)
    fits = _fits(draft, ids, paths, [side.texts for side in sides])
    score = np.where(fits, near, NONE)
    best, own = score.max(axis=0), number[table.path]
    nobodys = (near[own] > 0) | (~sides[0].there & ~sides[1].there)
    theirs = np.where(best >= 0, score[own] == best, nobodys & ~table.foreign)
    return np.asarray(table.own | theirs)


def links_of_ports(draft: Draft, ids: PortIds) -> Ints:
    """Return the number of the link group that has each port, NONE for free ones."""
    found = [zeros(0)]
    for key, count in zip(ids.keys, ids.counts.tolist(), strict=True):
        found.append(draft.ports.maps[key].full()[:, :count].ravel())
    return np.asarray(np.concatenate(found) // 2)


def _near(draft: Draft, ids: PortIds, holder: Ints, side: EndOfLine, paths: int) -> Ints:
    """Return what one end of each line counts for each path: that of the port that it names."""
    key = ids.split(side.first)[0]
    is_switch = np.array([draft.tree.groups[index].type.role == "switch" for index, _ in ids.keys])
    counts = np.where(side.there, np.where(is_switch[key], SWITCH, END), 0)
    return np.where(holder[side.first] == np.arange(paths)[:, None], counts, 0)


def _fits(
    draft: Draft, ids: PortIds, paths: Sequence[Path], texts: Sequence[Sequence[tuple[str, str]]]
) -> Bools:
    """Return which paths join ports such as those at both ends of each line, shape (paths, lines)."""
    kinds = PortKinds(ids)
    a, b = (kinds.of_texts(one) for one in texts)
    lines = np.where((a >= 0) & (b >= 0), kinds.pairs(a, b), NONE)
    joined: list[list[tuple[int, int]]] = [[] for _ in paths]
    for link in draft.links:
        joined[paths.index(draft.path_of(link))] += [
            (kinds.of_key[ids.number_of(a.group, a.port)], kinds.of_key[ids.number_of(b.group, b.port)])
            for a, b in (block.ends for block in link.blocks if block.b is not None)
        ]
    pairs = [np.array(one, np.int64).reshape(-1, 2) for one in joined]
    return np.array([np.isin(lines, kinds.pairs(*one.T)) for one in pairs])
