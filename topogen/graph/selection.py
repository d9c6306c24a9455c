"""What a person picks to look at: the devices of selectors, and the links that touch them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import Problems
from topogen.model.expand import OUTSIDE, expand
from topogen.model.select import SelectionError, select_devices, select_ports
from topogen.records import dataclass
from topogen.selector import parse_selector
from topogen.units import ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import Terminal
    from topogen.model.select import Piece

    Ends = NDArray[np.integer]


@dataclass(frozen=True)
class Selection:
    """``devices`` are the picked ones, shape (devices,); ``links`` says, by link group, which touch them.

    ``columns`` are the link groups expanded, each with as many rows as its entry in ``links``.
    """

    text: str
    devices: NDArray[np.bool_]
    links: tuple[NDArray[np.bool_], ...]
    columns: tuple[Columns, ...]

    @property
    def n_links(self) -> int:
        """Return the number of links that touch what is picked."""
        return sum(int(links.sum()) for links in self.links)

    @property
    def joined(self) -> Ints:
        """Return the numbers of the devices that are picked or joined to one by a link, ascending."""
        shown = np.append(self.devices, False)  # one more, the outside
        for columns, keep in zip(self.columns, self.links, strict=True):
            shown[columns.a[keep]] = True
            shown[columns.b[keep]] = True
        return np.flatnonzero(shown[:OUTSIDE])


def select(fabric: Fabric, selectors: str | Sequence[str]) -> Selection:
    """Return the devices that one or any of some selectors names, or all of the fabric without one.

    A selector with a port, such as ``r1/gpu.nvl[0-3]``, picks only the links that end there.

    Raises
    ------
    InputError
        E109 or E203, with what the selectors nearest to it would be.
    """
    texts = [selectors] if isinstance(selectors, str) and selectors else list(selectors)
    if not texts:
        every = np.ones(fabric.n_devices, bool)
        columns = tuple(expand(fabric, link) for link in fabric.links)
        return Selection("", every, tuple(np.ones(len(one), bool) for one in columns), columns)
    pieces = _pieces(fabric, texts)
    devices = np.zeros(fabric.n_devices + 1, bool)  # one more, the outside
    for piece in pieces:
        devices[fabric.groups[piece.group].first + piece.devices()] = True
    columns = tuple(expand(fabric, link) for link in fabric.links)
    links = tuple(_touch(fabric, pieces, one) for one in columns)
    return Selection(", ".join(texts), devices[:OUTSIDE], links, columns)


def rows_of(columns: Columns, rows: Ints | slice) -> Columns:
    """Return some links of a group; which blocks they are of is not told of them."""
    ends = {name: getattr(columns, name)[rows] for name in ("a", "a_port", "b", "b_port")}
    return replace(columns, **ends, blocks=())


def _pieces(fabric: Fabric, texts: Sequence[str]) -> list[Piece]:
    """Return the picked parts of device groups; a piece names a port where its selector does."""
    problems = Problems()
    found: list[Piece] = []
    for text in texts:
        try:
            selector = parse_selector(text)
            select = select_devices if selector.port is None else select_ports
            found += select(fabric.groups, selector)
        except ReadError as error:
            problems.add(error.code, error.message, ("--only",), error.hint)
        except SelectionError as error:
            problems.add("E203", error.message, ("--only",), error.hint)
    problems.raise_errors()
    return found


def _touch(fabric: Fabric, pieces: list[Piece], columns: Columns) -> NDArray[np.bool_]:
    """Return which links end at a picked device, or at a picked port where a selector names one."""
    keep = np.zeros(len(columns), bool)
    for block, rows in columns.blocks:
        sides = [(block.a, columns.a[rows], columns.a_port[rows])]
        sides += [(block.b, columns.b[rows], columns.b_port[rows])] if block.b else []
        for terminal, device, port in sides:
            for piece in (piece for piece in pieces if piece.group == terminal.group):
                keep[rows] |= _ends_in(piece, terminal, device - fabric.groups[piece.group].first, port)
    return keep


def _ends_in(piece: Piece, terminal: Terminal, device: Ends, port: Ends) -> NDArray[np.bool_]:
    """Return which ends of a terminal lie in a piece."""
    ends = np.isin(device, piece.devices())
    if piece.port >= 0:
        ends &= piece.port == terminal.port
    return ends if piece.ports is None else ends & np.isin(port, piece.ports)
