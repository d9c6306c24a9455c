"""The links of a fabric counted one by one in plain Python: slow, plain, and independent of take-off."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from topogen.model.expand import expand
from topogen.model.fabric import device_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Line, Medium
    from topogen.model.devices import DeviceGroup, Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

OUTSIDE = -1


class End(NamedTuple):
    """One end of a link: device, which port group of its type, port number."""

    device: int
    kind: int
    port: int


class Link(NamedTuple):
    """One physical link; ``b`` is None outside the model."""

    group: int
    scope: int
    a: End
    b: End | None


def links_of(fabric: Fabric) -> list[Link]:
    """Return every link of a fabric."""
    return [link for index, group in enumerate(fabric.links) for link in links_of_group(fabric, index, group)]


def links_of_group(fabric: Fabric, index: int, group: LinkGroup) -> Iterator[Link]:
    """Yield the links of one group in the order of its columns."""
    columns = expand(fabric, group)
    blocks = [block for block in group.blocks for _ in range(block.count)]
    rows = (columns.scope, columns.a, columns.a_port, columns.b, columns.b_port)
    for block, *row in zip(blocks, *(values.tolist() for values in rows), strict=True):
        scope, a, a_port, b, b_port = row
        far = None if block.b is None else End(b, block.b.port, b_port)
        assert (b == OUTSIDE) == (far is None)
        yield Link(index, scope, End(a, block.a.port, a_port), far)


def ends_of(links: list[Link]) -> Iterator[tuple[int, int, End]]:
    """Yield link group, side and end of every end that is in the model."""
    for link in links:
        yield link.group, 0, link.a
        if link.b is not None:
            yield link.group, 1, link.b


@dataclass(frozen=True)
class Recount:
    """A fabric with all its links at hand."""

    fabric: Fabric
    links: list[Link]
    _held: dict[tuple[str, str], dict[str | None, list[int]]] = field(default_factory=dict)

    def group(self, device: int) -> DeviceGroup:
        """Return the device group of a device."""
        return next(one for one in self.fabric.groups if one.first <= device < one.first + one.count)

    def port(self, end: End) -> Port:
        """Return the port group of an end."""
        return self.group(end.device).type.ports[end.kind]

    def place(self, device: int, level: str) -> str | None:
        """Return the name of the innermost place of a level around a device, or None."""
        name = device_name(self.fabric, device)
        if level in ("device", "fabric"):
            return name if level == "device" else "all"
        path = self.group(device).path
        depths = [depth for depth, step in enumerate(path, start=1) if step.level == level]
        if depths:
            return "/".join(name.split("/")[: depths[-1]])
        rack = int(self.fabric.sites.rack[device])
        return self.fabric.sites.racks[rack].name if level == "rack" and rack >= 0 else None

    # Owned by pools

    def ends_in(self, medium: Medium, network: str) -> list[End]:
        """Return the ends of a medium in a network."""
        groups = self.fabric.links
        return [
            end
            for group, side, end in ends_of(self.links)
            if groups[group].network == network and (groups[group].media or ("", ""))[side] == medium.id
        ]

    def pool(self, medium: Medium, network: str, line: Line, *, buildable: bool) -> Counter[str]:
        """Return the pieces of a pooled line in each place, spares left out, named after a device in it."""
        serves, what = line.serves or (1, "lanes")
        level = (line.buildable_per or line.round_per) if buildable else line.round_per
        demand: Counter[str] = Counter()
        if what == "lanes":
            for device, lanes in self.lanes(medium, network, line).items():
                demand[self._place_or_device(device, level)] += lanes
        else:
            served = self.pool(medium, network, medium.recipe[what], buildable=buildable)
            assert level == "fabric"
            demand["all"] = served.total()
        return Counter({place: ceil(ask / serves) * line.qty for place, ask in demand.items() if ask})

    def _place_or_device(self, device: int, level: str) -> str:
        return self.place(device, level) or self.place(device, "device") or ""

    def lanes(self, medium: Medium, network: str, line: Line) -> Counter[int]:
        """Return the lanes that a line has to serve at each device."""
        found: Counter[int] = Counter()
        ends = self.ends_in(medium, network)
        taken = sorted(end for _, _, end in ends_of(self.links))
        first = {(end.device, end.kind): end for end in reversed(taken)}  # whose medium free ports have too
        for end in ends:
            found[end.device] += self.line_lanes(end, medium)
        if line.demand == "all_ports":
            for device, kind in (kind for kind, end in first.items() if end in ends):
                ports = (End(device, kind, port) for port in range(self.port(End(device, kind, 0)).count))
                found[device] += sum(self.line_lanes(end, medium) for end in ports if end not in taken)
        return found

    def line_lanes(self, end: End, medium: Medium) -> int:
        """Return the lanes on the line for one port."""
        port = self.port(end)
        lanes, rate = port.lanes or 0, port.lane_rate or 0
        return lanes if medium.lane_rate is None else ceil(lanes * rate / medium.lane_rate)

    # Owned by ends and links

    def cage(self, end: End) -> tuple[str, str, int]:
        """Return the cage of an end: its place, its kind, its number there."""
        port, group = self.port(end), self.group(end.device)
        if port.cage_on is None:
            return device_name(self.fabric, end.device), port.name, end.port // port.cage_links
        place = self.place(end.device, port.cage_on)
        alike = self._alike(group.type.name, port.cage_on)[place]
        serial = end.port * len(alike) + alike.index(end.device)
        return f"{place}:{group.type.name}", port.name, serial // port.cage_links

    def _alike(self, kind: str, level: str) -> dict[str | None, list[int]]:
        """Return the devices of a type in each place of a level."""
        if (kind, level) not in self._held:
            held: defaultdict[str | None, list[int]] = defaultdict(list)
            for device in range(self.fabric.n_devices):
                if self.group(device).type.name == kind:
                    held[self.place(device, level)].append(device)
            self._held[kind, level] = held
        return self._held[kind, level]

    def cages(self) -> Counter[tuple[int, int]]:
        """Return the cages in use by link group and side of the lowest linked port in each."""
        first: dict[tuple[str, str, int], tuple[int, int, int, int]] = {}
        for group, side, end in ends_of(self.links):
            own = 0 if self.fabric.links[group].joins_alike else side
            entry = (end.port, end.device, group, own)
            cage = self.cage(end)
            first[cage] = min(first.get(cage, entry), entry)
        return Counter((group, side) for _, _, group, side in first.values())

    def cables(self, index: int) -> list[list[int]]:
        """Return the cables of a link group, each the positions of its links among the links of the group."""
        by_cage: defaultdict[tuple[str, str, int], list[tuple[int, int, int]]] = defaultdict(list)
        mine = [link for link in self.links if link.group == index]
        for position, link in enumerate(mine):
            by_cage[self.cage(link.a)].append((link.a.port, link.a.device, position))
        size = self.fabric.links[index].links_per_cable
        cables = []
        for held in by_cage.values():
            positions = [position for _, _, position in sorted(held)]
            cables += [positions[first : first + size] for first in range(0, len(positions), size)]
        return cables


def recount(fabric: Fabric) -> Recount:
    """Return a fabric with its links counted out."""
    return Recount(fabric, links_of(fabric))
