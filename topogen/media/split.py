"""A link group becomes groups of one medium each, and the port maps name them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import FREE, Fabric
from topogen.model.length_histogram import (
    BASES,
    LengthClasses,
    added_up,
    classes_of,
    code_length,
    known_mm,
    one_length,
)
from topogen.model.links import Choice, LinkBlock, LinkGroup, Terminal
from topogen.model.runs import distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.media.links import Assignments, Links
    from topogen.media.scope_classes import Scopes
    from topogen.model.arrays import Ints


def parts_of(links: Links, granted: Assignments) -> Iterator[LinkGroup]:
    """Yield one link group for each medium and stated length that links got."""
    group, media = links.group, list(dict.fromkeys(grant.media for grant in granted.grants))
    medium = np.array([media.index(grant.media) for grant in granted.grants])[granted.grant]
    keys = medium * (int(links.stated.max()) + 2) + links.stated + 1
    kinds, first = np.unique(keys, return_index=True)
    for kind, row in zip(kinds.tolist(), first.tolist(), strict=True):
        rows = np.flatnonzero(keys == kind)
        stated = int(links.stated[row])
        name = group.name if len(kinds) == 1 else f"{group.name}/{_class_words(media[medium[row]], stated)}"
        yield replace(
            group,
            name=name,
            base=group.base or group.name,
            media=media[medium[row]],
            length_mm=group.length_mm if stated < 0 else stated,
            within=group.within if len(kinds) == 1 else None,
            blocks=group.blocks if len(kinds) == 1 else tuple(_blocks(links, rows)),
            lengths=_length_classes(links, rows, media[medium[row]]),
            choices=tuple(_choices(links, granted, rows)),
        )


def _class_words(media: tuple[str, str] | None, stated: int) -> str:
    medium = "+".join(dict.fromkeys(media)) if media else "none"
    return medium if stated < 0 else f"{medium}_{stated}mm"


def _by_block(links: Links, rows: Ints) -> Iterator[tuple[Scopes, Ints, Ints]]:
    """Yield the scopes of each block that made some of the rows, its own rows, and of which kind each is."""
    for scopes, (_, span) in zip(links.scopes, links.columns.blocks, strict=True):
        start, stop = np.searchsorted(rows, (span.start, span.stop))
        if start < stop:
            own = rows[start:stop]
            yield scopes, own, (own - span.start) // scopes.size


def _blocks(links: Links, rows: Ints) -> Iterator[LinkBlock]:
    """Yield the links of some rows as they are: those of scopes that are like no other, then kind by kind."""
    for scopes, own, kind in _by_block(links, rows):
        alone = scopes.classes.copies[kind] == 1
        if alone.any():
            yield _listed(links, scopes.block, own[alone])
        for number in distinct(kind[~alone]).tolist():
            yield _listed(links, scopes.block, own[kind == number], scopes.classes.members[number])


def _listed(links: Links, block: LinkBlock, rows: Ints, scopes: Ints | None = None) -> LinkBlock:
    """Return the links of some rows as they are, in each of some scopes that the first was looked at of."""
    columns = links.columns
    ends = [(block.a, columns.a, columns.a_port), (block.b, columns.b, columns.b_port)]
    a, b = (
        end and _listed_end(links.fabric, end, (device[rows], port[rows]), scopes)
        for end, device, port in ends
    )
    assert a is not None  # noqa: S101 - every block has an a
    return LinkBlock((len(rows),), a, b)


def _listed_end(
    fabric: Fabric, end: Terminal, at: tuple[NDArray[np.integer], NDArray[np.integer]], scopes: Ints | None
) -> Terminal:
    group = fabric.groups[end.group]
    device, port = (values.astype(np.int64) for values in at)
    ports = np.arange(group.type.ports[end.port].count, dtype=np.int64)
    firsts = np.zeros(1, np.int64) if scopes is None else end.scope[scopes]
    inside = device - group.first - (0 if scopes is None else firsts[0])
    return Terminal(end.group, end.port, firsts, 0, inside, (port,), ports)


def _length_classes(links: Links, rows: Ints, media: tuple[str, str] | None) -> LengthClasses:
    """Return the lengths of some links of one medium: on a board there is no cable, unless one is stated."""
    coded = code_length(links.length, links.basis)
    if media and links.fabric.catalog.media[media[0]].kind == "board":
        coded = np.where(links.basis == BASES.index("stated"), coded, one_length(0, "board", 1)[0])
    return classes_of(
        (links.types(scopes.block), (coded[own], scopes.classes.copies[kind]))
        for scopes, own, kind in _by_block(links, rows)
    )


def _choices(links: Links, granted: Assignments, rows: Ints) -> Iterator[Choice]:
    """Yield why some links have their medium, one entry a device type, length and reason."""
    found: Counter[tuple[tuple[str, str], int, int]] = Counter()
    for scopes, own, kind in _by_block(links, rows):
        keys = links.length[own] * len(granted.grants) + granted.grant[own]
        for key, count in zip(
            *(one.tolist() for one in added_up(keys, scopes.classes.copies[kind])), strict=True
        ):
            mm, number = divmod(key, len(granted.grants))
            found[links.types(scopes.block), mm, number] += count
    for (types, mm, number), count in found.items():
        grant = granted.grants[number]
        if grant.rule:
            yield Choice(*types, known_mm(mm), count, grant.rule, grant.rejected)


def renumbered(fabric: Fabric, parts: Sequence[Sequence[LinkGroup]]) -> Fabric:
    """Return the fabric with the parts of each of its link groups, and its port maps naming those."""
    first = np.cumsum([0, *(len(groups) for groups in parts)])[:-1].tolist()
    table = np.array([2 * index + side for index in first for side in (0, 1)] + [FREE])
    ports = {key: replace(used, rows=table[used.rows]) for key, used in fabric.ports.items()}
    for start, groups in zip(first, parts, strict=True):
        for index, group in enumerate(groups[1:], start + 1):  # the first of the parts is named by the table
            for side, end in ((side, end) for block in group.blocks for side, end in _sides_of_blocks(block)):
                key = (end.group, end.port)
                user = 2 * index + (0 if group.joins_alike else side)
                ports[key] = ports[key].entered(end.scope, end.device, end.slot[0], user)
    return replace(fabric, links=tuple(group for groups in parts for group in groups), ports=ports)


def _sides_of_blocks(block: LinkBlock) -> Iterator[tuple[int, Terminal]]:
    """Yield the ends that are in the model, a as 0 and b as 1."""
    yield from ((side, end) for side, end in enumerate((block.a, block.b)) if end)
