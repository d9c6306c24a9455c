"""A link group becomes groups of one medium each, and the port maps name them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import Choice, Fabric, Ints, LinkBlock, LinkGroup, Terminal
from topogen.length_classes import LengthClasses, classes_of, code_length, known_mm
from topogen.runs import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.choose.links import Granted, Links
    from topogen.expand import Columns
    from topogen.fabric import DeviceGroup


def parts_of(links: Links, granted: Granted) -> Iterator[tuple[LinkGroup, Ints]]:
    """Yield one link group for each medium and stated length that links got, with the rows of its links."""
    group, media = links.group, list(dict.fromkeys(grant.media for grant in granted.grants))
    medium = np.array([media.index(grant.media) for grant in granted.grants])[granted.grant]
    keys = medium * (int(links.stated.max()) + 2) + links.stated + 1
    kinds, first = np.unique(keys, return_index=True)
    for kind, row in zip(kinds.tolist(), first.tolist(), strict=True):
        rows = np.flatnonzero(keys == kind)
        stated = int(links.stated[row])
        name = group.name if len(kinds) == 1 else f"{group.name}/{_words(media[medium[row]], stated)}"
        yield (
            replace(
                group,
                name=name,
                base=group.base or group.name,
                media=media[medium[row]],
                length_mm=group.length_mm if stated < 0 else stated,
                within=group.within if len(kinds) == 1 else None,
                blocks=group.blocks if len(kinds) == 1 else tuple(_blocks(links, rows)),
                lengths=_length_classes(links, rows),
                choices=tuple(_choices(links, granted, rows)),
            ),
            rows,
        )


def _words(media: tuple[str, str] | None, stated: int) -> str:
    medium = "+".join(dict.fromkeys(media)) if media else "none"
    return medium if stated < 0 else f"{medium}_{stated}mm"


def _blocks(links: Links, rows: Ints) -> Iterator[LinkBlock]:
    """Yield the links of some rows as they are, one block for each block they come from."""
    columns, groups = links.columns, links.fabric.groups
    for block, own in _by_block(columns, rows):
        a = _listed(groups, block.a, (columns.a[own], columns.a_port[own]))
        b = block.b and _listed(groups, block.b, (columns.b[own], columns.b_port[own]))
        yield LinkBlock((len(own),), a, b)


def _listed(
    groups: Sequence[DeviceGroup], terminal: Terminal, ends: tuple[NDArray[np.integer], NDArray[np.integer]]
) -> Terminal:
    device, port = (values.astype(np.int64) for values in ends)
    group = groups[terminal.group]
    ports = np.arange(group.type.ports[terminal.port].count, dtype=np.int64)
    return Terminal(
        terminal.group, terminal.port, np.zeros(1, np.int64), 0, device - group.first, (port,), ports
    )


def _by_block(columns: Columns, rows: Ints) -> Iterator[tuple[LinkBlock, Ints]]:
    """Yield each block that made some of the rows, with its own in rising order."""
    for block, span in columns.blocks:
        start, stop = np.searchsorted(rows, (span.start, span.stop))
        if start < stop:
            yield block, rows[start:stop]


def _length_classes(links: Links, rows: Ints) -> LengthClasses:
    return classes_of(
        (links.types(block), (code_length(links.length[own], links.basis[own]), np.ones_like(own)))
        for block, own in _by_block(links.columns, rows)
    )


def _choices(links: Links, granted: Granted, rows: Ints) -> Iterator[Choice]:
    """Yield why some links have their medium, one entry a device type, length and reason."""
    found: dict[tuple[tuple[str, str], int, int], int] = {}
    for block, own in _by_block(links.columns, rows):
        kinds, counts = np.unique(
            links.length[own] * len(granted.grants) + granted.grant[own], return_counts=True
        )
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            key = (links.types(block), *divmod(kind, len(granted.grants)))
            found[key] = found.get(key, 0) + count
    for (types, mm, number), count in found.items():
        grant = granted.grants[number]
        if grant.rule:
            length = known_mm(mm)
            yield Choice(*types, length, count, grant.rule, grant.rejected)


def renumbered(
    fabric: Fabric, links: list[LinkGroup], moved: dict[int, list[tuple[int, Ints, Columns]]]
) -> Fabric:
    """Return the fabric with its port maps naming the new link groups."""
    start = {group.base or group.name: index for index, group in reversed(list(enumerate(links)))}
    table = np.array([2 * start[group.name] + side for group in fabric.links for side in (0, 1)] + [-1])
    ports = {key: replace(used, rows=table[used.rows]) for key, used in fabric.ports.items()}
    listed: dict[tuple[int, int], Ints] = {}
    for parts in moved.values():
        for index, rows, columns in parts[1:]:
            for key in _ends_of(links[index]):
                listed.setdefault(key, ports[key].full())
            _hand_over(fabric, listed, (index, links[index]), (rows, columns))
    ports |= {key: Rows.of(rows) for key, rows in listed.items()}
    return replace(fabric, links=tuple(links), ports=ports)


def _ends_of(group: LinkGroup) -> Iterator[tuple[int, int]]:
    """Yield the device group and port group of each terminal of a link group."""
    for block in group.blocks:
        yield from ((end.group, end.port) for end in (block.a, block.b) if end)


def _hand_over(
    fabric: Fabric,
    ports: dict[tuple[int, int], Ints],
    part: tuple[int, LinkGroup],
    links: tuple[Ints, Columns],
) -> None:
    """Enter the ports of some links in the maps under the number of their new group."""
    (index, group), (rows, columns) = part, links
    for block, own in _by_block(columns, rows):
        ends = ((block.a, columns.a, columns.a_port, 0), (block.b, columns.b, columns.b_port, 1))
        for terminal, device, port, side in ends:
            if terminal is None or not len(own):
                continue
            key, owner = (terminal.group, terminal.port), fabric.groups[terminal.group]
            user = 2 * index + (0 if group.joins_alike else side)
            ports[key][device[own] - owner.first, port[own]] = user
