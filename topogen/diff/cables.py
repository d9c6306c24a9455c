"""What an installer has to do between two fabrics: cables to pull, to re-terminate and to remove.

A cable is known by the ports at its ends, by name: what keeps both is the same cable. One that keeps one of
its ports, and is of the same medium, part and length, is plugged elsewhere at its other end.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.model.length_histogram import BASES, UNKNOWN_MM
from topogen.model.path import path_names
from topogen.model.site_names import listed_texts
from topogen.schedule.cable_ids import device_codes, id_texts
from topogen.schedule.cable_lines import CableLines, scheduled
from topogen.schedule.end_texts import PortLabels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.schedule.cable_ids import Codes
    from topogen.schedule.port_numbers import PortNumbers

Change: TypeAlias = Literal[
    "added", "removed", "leg_added", "leg_removed", "moved_a", "moved_b", "medium", "length", "renamed"
]
Work: TypeAlias = Literal["pull", "re-terminate", "remove", "replace", "relabel"]

WORK: dict[Change, Work] = {
    "added": "pull",
    "removed": "remove",
    "leg_added": "re-terminate",
    "leg_removed": "re-terminate",
    "moved_a": "re-terminate",
    "moved_b": "re-terminate",
    "medium": "replace",
    "length": "replace",
    "renamed": "relabel",
}
"""What each change takes; to replace is to remove one cable and to pull another.

A cable whose ends stay where they are needs new labels if the site has another name for a device or port at
one.
"""

PART_LINKS = 1 << 20
OUTSIDE = 0
"""The port of an end outside the model."""


class Kind(NamedTuple):
    """What a cable is: its link group's network and name, medium, part, and length to order in mm."""

    network: str
    group: str
    medium: str
    part: str
    length_mm: int


class Cable(NamedTuple):
    """A cable: its two ends as ``device:port``, the second empty outside the model, what it is, and its id.

    ``site`` has both ends as the site names them.
    """

    a: str
    b: str
    kind: Kind
    id: str
    site: str


class CableChange(NamedTuple):
    """A cable that is not as it was; ``old`` is None for a new one, ``new`` for one that goes."""

    change: Change
    work: Work
    old: Cable | None
    new: Cable | None


class _Names:
    """Numbers for texts, the same for both fabrics."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def numbers(self, texts: Iterable[str]) -> Ints:
        """Return the number of each text, shape (texts,)."""
        return np.array([self._number(text) for text in texts], np.int64)

    def _number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]


class _Cables(NamedTuple):
    """All cables of a fabric as columns, each of shape (cables,): numbers of names, and of kinds, and ids.

    ``a_site`` and ``b_site`` number the names of both ends on the site, equal where the file has none.
    """

    a_device: Ints
    a_port: Ints
    b_device: Ints
    b_port: Ints
    kind: Ints
    a_site: Ints
    b_site: Ints
    id: Ints

    def rows(self, index: Ints) -> _Cables:
        """Return some of the cables."""
        return _Cables(*(column[index] for column in self))


class _Tables:
    """What the numbers of two fabrics stand for."""

    def __init__(self, *, with_names: bool) -> None:
        self.with_names = with_names
        self.devices, self.ports, self.site = _Names(), _Names(), _Names()
        self.ports.numbers([""])  # 0: outside the model
        self.site.numbers([""])
        self.kinds: dict[Kind, int] = {}

    def cables(self, some: _Cables, kinds: Sequence[Kind]) -> list[Cable]:
        """Return the cables of a column store."""
        ids = listed_texts(id_texts(some.id.astype(np.uint64)))
        kind = map(kinds.__getitem__, some.kind.tolist())
        ends = self._ends(some.a_device, some.a_port), self._ends(some.b_device, some.b_port)
        return list(map(Cable, *ends, kind, ids, self._site_ends(some)))

    def _ends(self, devices: Ints, ports: Ints) -> list[str]:
        """Return ends as texts; nothing behind a device outside the model."""
        names, texts = self.devices.texts, [f":{text}" if text else "" for text in self.ports.texts]
        return [
            names[device] + texts[port] for device, port in zip(devices.tolist(), ports.tolist(), strict=True)
        ]

    def _site_ends(self, some: _Cables) -> Iterable[str]:
        """Return both ends as the site names them, empty without names."""
        if not self.with_names:
            return repeat("")
        texts = self.site.texts
        sides = (divmod(side, _PORTS) for side in (some.a_site, some.b_site))
        near, far = (
            [
                ":".join(filter(None, (texts[device], texts[port])))
                for device, port in zip(*(part.tolist() for part in side), strict=True)
            ]
            for side in sides
        )
        return [f"{one} - {other}" if other else one for one, other in zip(near, far, strict=True)]


def cables_diff(old: Fabric, new: Fabric, *, all_links: bool = False) -> list[CableChange]:
    """Return the cables that change between two fabrics, in the order of the old schedule, then of the new.

    ``all_links`` includes links that come installed from the factory.
    """
    tables = _Tables(with_names=old.names is not None or new.names is not None)
    before, after = (_cables(tables, fabric, all_links=all_links) for fabric in (old, new))
    kinds = list(tables.kinds)
    same_old, same_new = _matched(*_pairs(before, after))
    change: Change
    found = [*_altered(tables, before.rows(same_old), after.rows(same_new), kinds)]
    gone, come = before.rows(_others(before, same_old)), after.rows(_others(after, same_new))
    for side in ("a", "b"):  # a cable keeps its a end, the lower one, rather than its b end
        kept_old, kept_new = _plugged_elsewhere(gone, come, side)
        change = "moved_b" if side == "a" else "moved_a"
        found += _moved(tables, gone.rows(kept_old), come.rows(kept_new), kinds, change)
        gone, come = gone.rows(_others(gone, kept_old)), come.rows(_others(come, kept_new))
    stay = ~_other_kinds(kinds)[before.kind[same_old], after.kind[same_new]]
    legs = [np.isin(gone.id, before.id[same_old[stay]]), np.isin(come.id, after.id[same_new[stay]])]
    for leg, change in ((False, "removed"), (True, "leg_removed")):
        some = gone.rows(np.flatnonzero(legs[0] == leg))
        found += (_changed(change, one, None) for one in tables.cables(some, kinds))
    for leg, change in ((False, "added"), (True, "leg_added")):
        some = come.rows(np.flatnonzero(legs[1] == leg))
        found += (_changed(change, None, one) for one in tables.cables(some, kinds))
    return found


def kept_lines(old: Fabric, new: Fabric, *, all_links: bool = False) -> tuple[Ints, Ints]:
    """Return the ids, as numbers, of the cables whose lines keep both ends: in the old fabric and the new."""
    tables = _Tables(with_names=False)
    before, after = (_cables(tables, fabric, all_links=all_links) for fabric in (old, new))
    same_old, same_new = _matched(*_pairs(before, after))
    return before.id[same_old], after.id[same_new]


def _cables(tables: _Tables, fabric: Fabric, *, all_links: bool) -> _Cables:
    names = [name for group in fabric.groups for name in path_names(group.path)]
    devices, codes = tables.devices.numbers(names), device_codes(fabric)
    named = tables.site.numbers(_site_devices(fabric, names)) if tables.with_names else devices * 0
    parts = [
        part
        for group in scheduled(fabric, all_links=all_links)
        for part in _of_group(tables, fabric, group, devices, named, codes)
    ]
    empty = np.zeros(0, np.int64)
    return (
        _Cables(*(np.concatenate([empty, *columns]) for columns in zip(*parts, strict=True)))
        if parts
        else (_Cables(*(empty for _ in _Cables._fields)))
    )


def _of_group(
    tables: _Tables, fabric: Fabric, group: LinkGroup, devices: Ints, named: Ints, codes: Codes
) -> Iterator[_Cables]:
    lines = CableLines(fabric, group)
    ports = {side: lines.ports[side] for side in ("a", "b")}
    site = {side: _site_numbers(tables, fabric, ports[side]) for side in ("a", "b")}
    kinds = _kinds(tables, fabric, group, lines.codes)
    outside = tables.devices.numbers([group.outside])[0] if group.outside else 0
    for part in lines.parts(PART_LINKS, codes):
        a_port, b_port = (tables.ports.numbers(ports[side].texts) for side in ("a", "b"))
        inside = part.b >= 0
        far = np.where(inside, devices[part.b], outside)
        far_port = np.where(inside, b_port[part.b_port], OUTSIDE) if len(b_port) else np.zeros(len(part), int)
        near_site = _site_ends(named, site["a"], part.block, part.a, part.a_port)
        far_site = near_site * 0
        if len(b_port):
            ends = _site_ends(named, site["b"], part.block, np.maximum(part.b, 0), part.b_port)
            far_site = np.where(inside, ends, 0)
        yield _Cables(
            devices[part.a], a_port[part.a_port], far, far_port, kinds[part.length], near_site, far_site,
            part.cable.astype(np.int64),
        )  # fmt: skip


def _site_devices(fabric: Fabric, names: list[str]) -> list[str]:
    """Return the name of each device as the site has it."""
    if fabric.names is None:
        return names
    found = list(names)
    for index, texts in fabric.names.devices.items():
        group = fabric.groups[index]
        found[group.first : group.first + group.count] = listed_texts(texts)
    return found


def _site_numbers(tables: _Tables, fabric: Fabric, ports: PortNumbers) -> tuple[PortLabels, Ints] | None:
    """Return the ports at one side as the site names them, and the numbers of the names, if there are any."""
    if not tables.with_names:
        return None
    made = PortLabels(fabric, ports)
    return made, tables.site.numbers(made.texts)


def _site_ends(
    named: Ints, ports: tuple[PortLabels, Ints] | None, block: Ints, device: Ints, port: Ints
) -> Ints:
    """Return a number for the name of each end on the site, device and port."""
    if ports is None:
        return np.zeros(len(device), np.int64)
    made, numbers = ports
    return np.asarray(named[device] * _PORTS + numbers[made.of(block, device, port)])


def _kinds(tables: _Tables, fabric: Fabric, group: LinkGroup, codes: Ints) -> Ints:
    """Return the kind of the cables of each length code of a link group."""
    part = cable_part(fabric, group) or ""
    length = np.asarray(codes) // len(BASES)
    sold = order_lengths(length, stock_lengths(fabric, part or None))
    lengths = np.where(length < 0, UNKNOWN_MM, np.where(sold < 0, length, sold)).tolist()
    medium = " to ".join(dict.fromkeys(group.media)) if group.media else ""
    found = [Kind(group.network, group.base or group.name, medium, part, one) for one in lengths]
    return np.array([tables.kinds.setdefault(one, len(tables.kinds)) for one in found], np.int64)


# Matching


def _ends(cables: _Cables, side: str) -> Ints:
    """Return a number for the port at one side of each cable."""
    device, port = (cables.a_device, cables.a_port) if side == "a" else (cables.b_device, cables.b_port)
    return device * _PORTS + port


_PORTS = 1 << 24
"""More than there are texts of ports."""


def _pairs(*both: _Cables) -> list[Ints]:
    """Return a number for the two ends of each cable of both fabrics; a cable has no direction."""
    ends = [_ends(cables, side) for cables in both for side in ("a", "b")]
    known = np.sort(np.concatenate(ends))  # repeats do no harm: the first of them is the rank
    ranks = [np.searchsorted(known, one) for one in ends]
    sides = [ranks[:2], ranks[2:]]
    return [np.minimum(a, b) * len(known) + np.maximum(a, b) for a, b in sides]


def _matched(old: Ints, new: Ints) -> tuple[Ints, Ints]:
    """Return the positions of keys that are in both, each once, in the order of the old ones."""
    _, in_old, in_new = np.intersect1d(old, new, return_indices=True)
    order = np.argsort(in_old, kind="stable")
    return in_old[order], in_new[order]


def _plugged_elsewhere(old: _Cables, new: _Cables, side: str) -> tuple[Ints, Ints]:
    """Return the cables that keep the port at one side; the outside is no port."""
    inside = [np.flatnonzero((one.a_port if side == "a" else one.b_port) != OUTSIDE) for one in (old, new)]
    was, now = _matched(*(_ends(one.rows(rows), side) for one, rows in zip((old, new), inside, strict=True)))
    return inside[0][was], inside[1][now]


def _others(cables: _Cables, taken: Ints) -> Ints:
    left = np.ones(len(cables.kind), bool)
    left[taken] = False
    return np.flatnonzero(left)


def _altered(tables: _Tables, old: _Cables, new: _Cables, kinds: list[Kind]) -> Iterator[CableChange]:
    """Yield the cables that keep both ends and are of another medium, part or length, or have new labels."""
    other = _other_kinds(kinds)
    altered = np.flatnonzero(other[old.kind, new.kind])
    for was, now in zip(*(tables.cables(one.rows(altered), kinds) for one in (old, new)), strict=True):
        yield _changed(_alteration(was.kind, now.kind), was, now)
    sites = [np.sort(np.stack([one.a_site, one.b_site]), axis=0) for one in (old, new)]
    renamed = np.flatnonzero((sites[0] != sites[1]).any(axis=0) & ~other[old.kind, new.kind])
    for was, now in zip(*(tables.cables(one.rows(renamed), kinds) for one in (old, new)), strict=True):
        yield _changed("renamed", was, now)


def _other_kinds(kinds: Sequence[Kind]) -> Bools:
    """Return which two kinds are not the same cable, shape (kinds, kinds)."""
    other = [[_other_cable(a, b) for b in kinds] for a in kinds]
    return np.array(other, bool).reshape(len(kinds), len(kinds))


def _other_cable(one: Kind, other: Kind) -> bool:
    return (one.medium, one.part, one.length_mm) != (other.medium, other.part, other.length_mm)


def _alteration(was: Kind, now: Kind) -> Change:
    return "length" if (was.medium, was.part) == (now.medium, now.part) else "medium"


def _moved(
    tables: _Tables, old: _Cables, new: _Cables, kinds: list[Kind], change: Change
) -> Iterator[CableChange]:
    """Yield the cables that keep one end: plugged elsewhere if the cable can stay, else replaced."""
    for was, now in zip(tables.cables(old, kinds), tables.cables(new, kinds), strict=True):
        yield _changed(
            _alteration(was.kind, now.kind) if _other_cable(was.kind, now.kind) else change, was, now
        )


def _changed(change: Change, old: Cable | None, new: Cable | None) -> CableChange:
    return CableChange(change, WORK[change], old, new)
