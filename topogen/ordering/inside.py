"""What comes inside something that is bought whole, such as the GPUs of a rack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.takeoff.placed_parts import nodes_of_places, placed_parts
from topogen.takeoff.take_off import NETWORK_ROLES, is_inside, scope_of_place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.placed_parts import PlacedPart
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp


class Inside:
    """The places and devices of a fabric that are bought with what is in them.

    A part that states ``bought_inside`` comes with the places and devices bought as the parts that it names.
    One that does not comes with a system if it is a device of it, or is installed at the factory.
    """

    def __init__(self, fabric: Fabric, rollup: RollUp, *, open_systems: bool) -> None:
        self.fabric, self.rollup = fabric, rollup
        scopes = [(place, scope_of_place(fabric, place)) for place in fabric.places if place.part]
        self.systems = {place.path: place.part for place, scope in scopes if scope == "system"}
        self.bought = {place.path: place.part for place, _ in scopes}
        if open_systems:
            self.bought = {path: part for path, part in self.bought.items() if path not in self.systems}
            self.systems = {}
        self._placed: list[PlacedPart] | None = None

    def pieces(self, line: BomLine) -> int:
        """Return how many pieces of a line come inside something else."""
        stated = self.fabric.catalog.parts[line.part].terms.bought_inside
        paths = [path for path, part in self.bought.items() if part in stated] if stated else []
        if stated is None:
            paths = list(self.systems)
        held = self._held(paths, stated or ())
        if line.cost_scope != "interconnect":
            return self._devices(line, paths, held)
        rows = (
            line.quantities if stated is not None else [row for row in line.quantities if self._fitted(row)]
        )
        return self._of_rows(line, rows, held) if paths or any(held) else 0

    def _held(self, paths: Sequence[Steps], parts: Collection[str]) -> list[bool]:
        """Return which device groups are in one of some places, or are bought as one of some parts."""
        return [
            group.type.part in parts or any(is_inside(group.path, path) for path in paths)
            for group in self.fabric.groups
        ]

    def _fitted(self, row: Quantity) -> bool:
        medium = self.fabric.catalog.media.get(row.medium)
        return medium is not None and not medium.field_installed

    def _devices(self, line: BomLine, paths: Sequence[Steps], held: Sequence[bool]) -> int:
        """Return the devices and places bought as a part that are in other places."""
        count = sum(
            group.count
            for group, inside in zip(self.fabric.groups, held, strict=True)
            if inside and group.type.part == line.part and scope_of_device(group) == line.cost_scope
        )
        return count + sum(
            place.count
            for place in self.fabric.places
            if place.part == line.part
            and scope_of_place(self.fabric, place) == line.cost_scope
            and any(is_inside(place.path, path) and place.path != path for path in paths)
        )

    def _of_rows(self, line: BomLine, rows: Sequence[Quantity], held: Sequence[bool]) -> int:
        """Return the pieces of rows whose owners are held; told apart by place only where they must be."""
        total = 0
        for row in rows:
            verdict = set(self._verdicts(row, held))
            if verdict == {True}:
                total += row.qty
            elif True in verdict and row.per in ("end", "pool"):
                return self._by_place(line.part, held)
        return total

    def _verdicts(self, row: Quantity, held: Sequence[bool]) -> Iterator[bool]:
        """Yield whether each owner of the pieces of a row is held: links are by both of their ends."""
        groups = self.fabric.groups
        if row.per in ("link", "lane"):
            for link in (one for one in self.fabric.links if one.name in row.groups):
                for block in link.blocks:
                    yield all(side is not None and held[side.group] for side in (block.a, block.b))
            return
        names = {kind.host for kind in row.classes}
        for group, inside in zip(groups, held, strict=True):
            if group.label in names:
                yield inside
        for place in self.fabric.places:
            if place.template in names:
                inner = [held[at] for at, group in enumerate(groups) if is_inside(group.path, place.path)]
                yield bool(inner) and all(inner)

    def _by_place(self, part: str, held: Sequence[bool]) -> int:
        node = self.marked(held)
        return sum(
            int(one.pieces[nodes_of_places(self.fabric, node, one) == 1].sum()) for one in self.placed(part)
        )

    def marked(self, held: Sequence[bool]) -> Ints:
        """Return 1 for each device of the groups that are held, else 0."""
        counts = [group.count for group in self.fabric.groups]
        return np.repeat(np.array(held, np.int64), counts)

    def placed(self, part: str) -> list[PlacedPart]:
        """Return where the plugged and pooled pieces of a part stand."""
        if self._placed is None:
            self._placed = list(placed_parts(self.fabric, self.rollup.quantities))
        return [one for one in self._placed if one.part == part]


def scope_of_device(group: DeviceGroup) -> str:
    """Return the cost scope of devices that are bought one each."""
    return "network_device" if group.type.role in NETWORK_ROLES else "host"
