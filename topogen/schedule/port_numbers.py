"""Numbered texts of ports: ``up0``, and ``up0-1`` or ``up0+2`` for several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints, Side
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, Terminal


class PortNumbers:
    """The texts of the ports at one side of a link group.

    The text of ``n`` ports from ``first`` on stands at ``base of the kind + first x most + n - 1``, where
    ``most`` is the links of a cable; ports that do not follow on each other come after all of those.
    """

    def __init__(self, fabric: Fabric, group: LinkGroup, side: Side) -> None:
        self.ends = [end for end in ((block.a if side == "a" else block.b) for block in group.blocks) if end]
        self.kinds = [fabric.groups[end.group].type.ports[end.port] for end in self.ends]
        self._most = group.links_per_cable
        self._bases: dict[tuple[str, int], int] = {}
        self.texts: list[str] = []
        self.first_ports: list[int] = []
        """The lowest port of each text."""
        for kind in self.kinds:
            if (kind.name, kind.count) not in self._bases:
                self._bases[kind.name, kind.count] = len(self.texts)
                self._add_runs(kind)

    def _add_runs(self, kind: Port) -> None:
        """Add the texts of all ports of a kind that follow on each other."""
        for first in range(kind.count):
            one = f"{kind.name}{first}"
            self.texts += [one, *(f"{one}-{last}" for last in range(first + 1, first + self._most))]
            self.first_ports += [first] * self._most

    @property
    def of_ends(self) -> list[tuple[Terminal, Port]]:
        """Return the end of each block with its port group."""
        return list(zip(self.ends, self.kinds, strict=True))

    def base(self, block: int) -> int:
        """Return where the texts of a block's ports begin."""
        return self._bases[self.kinds[block].name, self.kinds[block].count]

    def of_links(self, block: int, ports: Ints) -> Ints:
        """Return the text of each link of a block, where a cable is one link."""
        base = self.base(block)
        return ports + base if base else ports

    def of_lines(self, blocks: Ints, ports: NDArray[np.integer], start: Ints, links: Ints) -> Ints:
        """Return the text of each line: its ports begin at ``start`` of ``ports``, in the order of lines.

        ``blocks`` has the block of each line. Texts of ports that do not follow on each other are added.
        """
        port = ports.astype(np.int64)
        first = np.minimum.reduceat(port, start)
        last = np.maximum.reduceat(port, start)
        bases = np.array([self.base(block) for block in range(len(self.kinds))])
        chosen = bases[blocks] + first * self._most + links - 1
        scattered = np.flatnonzero(last - first + 1 != links)
        if len(scattered):
            chosen[scattered] = self._scattered(blocks[scattered], port, start[scattered], links[scattered])
        return np.asarray(chosen)

    def _scattered(self, blocks: Ints, port: Ints, start: Ints, links: Ints) -> Ints:
        """Add the texts of ports that do not follow on each other, each once, and return their numbers."""
        column = np.arange(self._most)
        inside = column < links[:, None]
        several = np.where(inside, port[np.where(inside, start[:, None] + column, 0)], -1)
        rows = np.column_stack([blocks, np.sort(several, axis=1)])
        kinds, index = np.unique(rows, axis=0, return_inverse=True)
        before = len(self.texts)
        for block, *ports in kinds.tolist():
            used = [one for one in ports if one >= 0]
            self.texts.append(port_text(self.kinds[block].name, used))
            self.first_ports.append(used[0])
        return np.asarray(before + index.ravel())


def port_text(name: str, ports: Sequence[int]) -> str:
    """Return ports in rising order as one text.

    >>> port_text("up", [0, 1]), port_text("up", [0, 2, 3])
    ('up0-1', 'up0+2-3')
    """
    runs: list[list[int]] = []
    for port in ports:
        if runs and port == runs[-1][-1] + 1:
            runs[-1].append(port)
        else:
            runs.append([port])
    shown = (str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return name + "+".join(shown)


def ports_of_text(name: str, text: str) -> list[int]:
    """Return the ports that a text stands for, none if it is that of another port group.

    >>> ports_of_text("up", "up0+2-3"), ports_of_text("up", "down4")
    ([0, 2, 3], [])
    """
    found: list[int] = []
    for run in text.removeprefix(name).split("+"):
        first, _, last = run.partition("-")
        if not text.startswith(name) or not first.isdigit():
            return []
        found += range(int(first), int(last or first) + 1)
    return found
