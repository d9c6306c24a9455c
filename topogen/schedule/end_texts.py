"""The ends of cables as an installer sees them: names of the site, legs, plugs, and labels of both ends."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_names import panel_of
from topogen.catalog.panel import row_of
from topogen.columns.cells import inert
from topogen.model.site_names import listed_texts
from topogen.model.text_buffer import Piece, Texts, table_of, texts_of
from topogen.naming.ports import names_of_group
from topogen.schedule.port_numbers import ports_of_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceType, Port
    from topogen.model.fabric import Fabric
    from topogen.model.name_texts import PathTexts
    from topogen.schedule.port_numbers import PortNumbers

QUOTED = ',"\n'


class ListedNames:
    """Names of the site for the devices of some groups, by position, as `PathTexts` has design names."""

    def __init__(self, fabric: Fabric, groups: Sequence[int], design: PathTexts) -> None:
        site = fabric.names.devices if fabric.names else {}
        tables, first = [], 0
        for index in groups:
            count = fabric.groups[index].count
            here = np.arange(first, first + count)
            tables.append(site[index] if index in site else table_of(design.pieces(here)))
            first += count
        self._texts = cells_of(_stacked(tables))

    def framed(self, before: str, after: str) -> Callable[[Ints], tuple[Piece, ...]]:
        """Return a function from positions to names, with a prefix and a suffix."""
        texts = self._texts.framed(before, after)
        return lambda positions: (Piece(texts, positions),)

    def pieces(self, positions: Ints) -> tuple[Piece, ...]:
        """Return the names at given positions."""
        return (Piece(self._texts, positions),)


def _stacked(tables: Sequence[Texts]) -> Texts:
    """Return several tables of texts as one."""
    room = max(texts.cells.shape[1] for texts in tables)
    cells = np.zeros((sum(map(len, tables)), room), np.uint8)
    first = 0
    for texts in tables:
        cells[first : first + len(texts), : texts.cells.shape[1]] = texts.cells
        first += len(texts)
    return Texts(cells, np.concatenate([texts.widths for texts in tables]))


def cells_of(texts: Texts) -> Texts:
    """Return texts as CSV cells: quoted where needed, and inert in a spreadsheet."""
    listed = listed_texts(texts)
    cells = [quoted_cell(inert(text)) for text in listed]
    return texts if cells == listed else texts_of(cells)


def quoted_cell(text: str) -> str:
    """Return a text in quotes if it has a comma, a quote or a line feed.

    >>> quoted_cell("leaf 7, spare")
    '"leaf 7, spare"'
    """
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in QUOTED) else text


# Ports


class PortLabels:
    """The names of the ports at one side of a link group, by device, port text and block."""

    def __init__(self, fabric: Fabric, ports: PortNumbers) -> None:
        patterns = fabric.names.ports if fabric.names else {}
        self._count = len(ports.texts)
        self._turns = fabric.names.turns if fabric.names else np.zeros(fabric.n_devices, np.int64)
        self._chip = chips_of(fabric, ports)
        first: dict[tuple[str, int], tuple[int, bool]] = {}
        texts: list[str] = []
        for end in ports.ends:
            kind = fabric.groups[end.group].type
            if (kind.name, end.port) in first:
                continue
            port = kind.ports[end.port]
            pattern = patterns.get(f"{kind.name}.{port.name}")
            by_turn = pattern is not None and not pattern.fields.isdisjoint({"n", "n0"})
            turns = int(self._turns.max(initial=0)) + 1 if by_turn else 1
            first[kind.name, end.port] = len(texts), by_turn
            for turn, chip in product(range(turns), range(port.chips)):
                names = names_of_group(fabric.catalog, kind, port, pattern, turn, chip)
                texts += [_of_several(names, port, text) for text in ports.texts]
        keys = [(fabric.groups[end.group].type.name, end.port) for end in ports.ends]
        self._first = np.array([first[key][0] for key in keys], np.int64)
        self._sharing = np.array([kind.chips for kind in ports.kinds], np.int64)
        self._by_turn = np.array([first[key][1] for key in keys], np.int64)
        self.texts = [quoted_cell(inert(text)) for text in texts]

    def of(self, block: Ints, device: Ints, port: Ints) -> Ints:
        """Return the number of the name of each port."""
        turn = self._turns[device] * self._by_turn[block] * self._sharing[block] + self._chip(block, device)
        return self._first[block] + turn * self._count + port


def chips_of(fabric: Fabric, ports: PortNumbers) -> Callable[[Ints, Ints], Ints]:
    """Return a function from blocks and devices to the number of each device in its box, 0 without boxes."""
    first = np.array([fabric.groups[end.group].first for end in ports.ends], np.int64)
    chips = np.array([kind.chips for kind in ports.kinds], np.int64)
    if (chips == 1).all():
        return lambda block, _: np.broadcast_to(0, len(block))
    return lambda block, device: np.asarray((device - first[block]) % chips[block])


def _of_several(names: Sequence[str], port: Port, text: str) -> str:
    """Return the names of the ports that a design text stands for, joined by +."""
    numbers = ports_of_text(port.name, text)
    return "+".join(names[number] for number in numbers if number < len(names))


def form_factor(fabric: Fabric, kind: DeviceType, port: Port) -> tuple[str, bool]:
    """Return the form factor of the cages of a port group, and whether their plugs are twins."""
    panel = panel_of(fabric.catalog, kind)
    if panel is None or not port.cages:
        return "", False
    row = row_of(panel, port.cages[0])
    return row.form_factor, row.plug == "twin"
