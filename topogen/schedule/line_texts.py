"""Columns of the cable schedule as text: a column is a list of parts, an index picks a text per line."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.columns.cells import quoted
from topogen.model.name_texts import NameWindow, Numbering, PathTexts
from topogen.model.text_buffer import Piece, texts_of
from topogen.naming.rail_numbers import planes_of, pods_of, rails_of
from topogen.records import dataclass
from topogen.schedule.cable_ids import id_texts
from topogen.schedule.end_texts import ListedNames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.model.text_buffer import Texts
    from topogen.schedule.cable_lines import CableLines, Lines

CABLE = "cable"
"""The key of cable ids, which are nearly all different: their texts are made anew for each part."""


@dataclass(frozen=True)
class Part:
    """A part of a column: ``key`` picks one of ``texts`` per line, or ``of`` names a property of a device."""

    key: str
    texts: Sequence[str] = ()
    of: str = ""


Parts: TypeAlias = "list[Part | str]"
"""Parts, and the constant text between them."""

Framed: TypeAlias = "Callable[[str, str], Callable[[Ints], Sequence[Piece]]]"
"""Makes the texts of some places or devices, by position, each between two constant texts."""


class SiteTexts:
    """Rows, racks and U positions of a fabric as texts; index -1 (unknown) picks the last text, an empty one.

    Device names are cached, because several link groups share their devices.
    """

    def __init__(self, fabric: Fabric) -> None:
        self._fabric, self._groups = fabric, fabric.groups
        self._site_named: dict[tuple[int, ...], ListedNames] = {}
        self._with_names = frozenset(fabric.names.devices) if fabric.names else frozenset[int]()
        self._named: dict[tuple[int, ...], tuple[Numbering, PathTexts]] = {}
        racks = fabric.sites.racks
        cells = {row: quoted(row) if row else "" for row in {one.row for one in racks}}
        self.row = texts_of([*(cells[one.row] for one in racks), ""])
        self.rack = texts_of([*(quoted(one.name) for one in racks), ""])
        self.unit = texts_of([*map(str, range(int(fabric.sites.unit.max(initial=0)) + 1)), ""])

    def site_named(self, *groups: int) -> PathTexts | ListedNames:
        """Return the names of the devices of some groups as the site has them."""
        _, design = self.named(*groups)
        if not self._with_names.intersection(groups):
            return design
        if groups not in self._site_named:
            self._site_named[groups] = ListedNames(self._fabric, groups, design)
        return self._site_named[groups]

    @cached_property
    def numbers(self) -> dict[str, Ints]:
        """Return rail, plane and pod of each device, from 0, -1 for none."""
        return {
            "rail": rails_of(self._fabric),
            "plane": planes_of(self._fabric),
            "pod": pods_of(self._fabric),
        }

    def named(self, *groups: int) -> tuple[Numbering, PathTexts]:
        """Return the positions of the devices of some groups, and their names."""
        if groups not in self._named:
            some = [self._groups[index] for index in groups]
            positions = Numbering(some)
            self._named[groups] = positions, PathTexts(some, positions)
        return self._named[groups]


@dataclass
class LineTexts:
    """The lines of one link group as text: the parts of each column, and the index of each part.

    ``index`` maps a key to a function from lines to the number of a text per line. ``named`` has, for places
    and devices, their positions and the texts of each property. A column without parts stays empty.
    """

    lines: CableLines
    sites: SiteTexts
    columns: Sequence[str]
    parts: dict[str, Parts] = field(default_factory=dict)
    index: dict[str, Callable[[Lines], Ints]] = field(default_factory=dict)
    named: dict[str, tuple[Numbering, dict[str, Framed]]] = field(default_factory=dict)

    made: dict[str, Callable[[Lines], Sequence[Piece]]] = field(default_factory=dict)
    """Texts that are made anew for each part, because they are nearly all different."""

    @property
    def fabric(self) -> Fabric:
        """Return the fabric."""
        return self.lines.fabric

    @property
    def group(self) -> LinkGroup:
        """Return the link group."""
        return self.lines.group

    def put(self, columns: Mapping[str, str]) -> None:
        """Add columns with the same text in all lines."""
        self.parts.update({name: [text] for name, text in columns.items()})

    def put_texts(self, key: str, columns: Mapping[str, Sequence[str]]) -> None:
        """Add columns that share one index; a column with a single distinct text needs none."""
        for name, texts in columns.items():
            self.parts[name] = [texts[0]] if len(set(texts)) == 1 else [Part(key, texts)]

    def put_made(self, name: str, make: Callable[[Lines], Sequence[Piece]]) -> None:
        """Add a column whose texts are nearly all different."""
        self.parts[name] = [Part(name)]
        self.made[name] = make

    def pieces(self) -> Callable[[Lines], list[Piece]]:
        """Return a function from lines to pieces; adjacent parts with one key become one piece."""
        makers = [self._maker(key, together) for key, together in _merged(self._row())]
        return lambda lines: [piece for make in makers for piece in make(lines)]

    def _row(self) -> Iterator[Part | str]:
        """Yield the parts of a line with commas and the line end."""
        for number, name in enumerate(self.columns):
            if number:
                yield ","
            yield from self.parts.get(name, ())
        yield "\n"

    def _maker(self, key: str, parts: Parts) -> Callable[[Lines], Sequence[Piece]]:
        if key == CABLE:
            behind = texts_of(["".join(part for part in parts if isinstance(part, str))])
            return lambda lines: _id_pieces(lines, behind)
        if key in self.made:
            return _made_anew(self.made[key], parts)
        index = self.index[key]
        if key in self.named:
            positions, properties = self.named[key]
            makers = [properties[part.of](before, after) for part, before, after in _with_neighbours(parts)]
            table = NameWindow(positions, lambda some: [piece for make in makers for piece in make(some)])
            return lambda lines: table.pieces(index(lines))
        texts = texts_of(_joined(parts))
        return lambda lines: [Piece(texts, index(lines))]


def _made_anew(make: Callable[[Lines], Sequence[Piece]], parts: Parts) -> Callable[[Lines], Sequence[Piece]]:
    """Return texts of one column, and the constants around them."""
    at = next(number for number, part in enumerate(parts) if isinstance(part, Part))
    before, after = (
        texts_of(["".join(part for part in some if isinstance(part, str))])
        for some in (parts[:at], parts[at + 1 :])
    )

    def pieces(lines: Lines) -> Sequence[Piece]:
        alike = np.broadcast_to(0, len(lines))
        return [Piece(before, alike), *make(lines), Piece(after, alike)]

    return pieces


def _id_pieces(lines: Lines, behind: Texts) -> list[Piece]:
    """Return the ids of cables, and the text behind them; they are the first column."""
    count = len(lines)
    return [Piece(id_texts(lines.cable), np.arange(count)), Piece(behind, np.broadcast_to(0, count))]


def _merged(parts: Iterable[Part | str]) -> list[tuple[str, Parts]]:
    """Group adjacent parts of one key with the constants after them; the first also takes those before."""
    merged: list[tuple[str, Parts]] = []
    ahead: Parts = []
    for part in parts:
        if isinstance(part, str):
            (merged[-1][1] if merged else ahead).append(part)
        elif merged and merged[-1][0] == part.key:
            merged[-1][1].append(part)
        else:
            merged.append((part.key, [*ahead, part]))
            ahead = []
    return merged


def _joined(parts: Parts) -> list[str]:
    """Return the texts of parts of one key, concatenated."""
    count = max(len(part.texts) for part in parts if isinstance(part, Part))
    columns = [[part] * count if isinstance(part, str) else part.texts for part in parts]
    return ["".join(texts) for texts in zip(*columns, strict=True)]


def _with_neighbours(parts: Parts) -> list[tuple[Part, str, str]]:
    """Return each part with the constants before and after it; those between two go to the first."""
    framed: list[tuple[Part, str, str]] = []
    ahead = ""
    for one in parts:
        if isinstance(one, Part):
            framed.append((one, ahead, ""))
        elif framed:
            part, before, after = framed[-1]
            framed[-1] = part, before, after + one
        else:
            ahead += one
    return framed
