"""The tree of places: templates and instances become place groups and device groups."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.model.fabric import DeviceGroup, DeviceType, PlaceGroup, Port, Step, Steps, count_of
from topogen.records import dataclass
from topogen.selector import Entry, made_entry
from topogen.units import format_count
from topogen.wiring.plan import MAX_DEVICES

if TYPE_CHECKING:
    from topogen.errors import Problems
    from topogen.language.topology import DeviceSpec, PortSpec, SlotSpec, TemplateSpec, TopologySpec

MAX_PORTS = 2**15 - 1
"""Port numbers take two bytes in the columns."""

MAX_CAGE_LINKS = 64


@dataclass
class Tree:
    """Place groups and device groups in file order, while they are being made."""

    places: list[PlaceGroup] = field(default_factory=list)
    groups: list[DeviceGroup] = field(default_factory=list)
    per_level: Counter[str] = field(default_factory=Counter)

    def add_place(self, path: Steps, spec: TemplateSpec) -> None:
        """Add equal places and number them within their level."""
        place = PlaceGroup(path, path[-1].type, spec.level, spec.part, self.per_level[spec.level])
        self.places.append(place)
        self.per_level[spec.level] += place.count

    def add_racks(self, above: Steps, name: str, count: int, start: int = 0) -> PlaceGroup:
        """Add empty racks that no template of the file describes, numbered from ``start``."""
        entry = replace(made_entry(name, count), numbers=range(start, start + count))
        path = (*above, Step(entry, "rack"))
        place = PlaceGroup(path, name, "rack", None, self.per_level["rack"])
        self.places.append(place)
        self.per_level["rack"] += count
        return place

    def add_devices(self, path: Steps, kind: DeviceType, role: str = "") -> DeviceGroup:
        """Add equal devices and number them after all before."""
        group = DeviceGroup(path, kind, sum(group.count for group in self.groups), role)
        self.groups.append(group)
        return group


def device_types(spec: TopologySpec) -> dict[str, DeviceType]:
    """Return the device types of a file by name."""
    return {name: _device_type(name, device) for name, device in spec.devices.items()}


def _device_type(name: str, spec: DeviceSpec) -> DeviceType:
    ports = tuple(_port(port, item) for port, item in spec.ports.items())
    return DeviceType(name, spec.role, spec.part, spec.dies, spec.height_u, ports)


def _port(name: str, spec: PortSpec) -> Port:
    rate = spec.bandwidth
    if spec.lanes is not None and spec.lane_rate is not None:
        rate = spec.lanes * spec.lane_rate
    bidi = spec.duplex == "bidi"
    return Port(name, spec.count, spec.lanes, spec.lane_rate, rate, bidi, spec.cage.links, spec.cage.on)


def grow(spec: TopologySpec, types: dict[str, DeviceType], problems: Problems) -> Tree:
    """Return the tree that the instances of a file make."""
    tree = Tree()
    _refuse_many_ports(types, problems)
    too_many: set[str] = set()

    def descend(path: Steps, at: tuple[str, ...]) -> None:
        step = path[-1]
        if count_of(path) > MAX_DEVICES:
            if at[0] not in too_many:
                message = f"{_step_names(path)} creates {format_count(count_of(path))} x {step.type}"
                limit = format_count(MAX_DEVICES)
                problems.add(
                    "E702", message, at, f"the limit is {limit} devices per type; check `count` for a typo"
                )
            too_many.add(at[0])
        elif step.type in types:
            tree.add_devices(path, types[step.type])
        else:
            template = spec.templates[step.type]
            tree.add_place(path, template)
            for inner, key in _steps(spec, step.type, problems):
                descend((*path, inner), ("templates", step.type, *key))

    for entry in spec.instances:
        descend((Step(entry, _level(spec, entry.type)),), ("instances", entry.stem))
    return tree


def _refuse_many_ports(types: dict[str, DeviceType], problems: Problems) -> None:
    for kind in types.values():
        for port in kind.ports:
            at = ("devices", kind.name, "ports", port.name)
            if port.count > MAX_PORTS:
                message = f'{kind.name} has {format_count(port.count)} ports "{port.name}"'
                hint = f"the limit is {format_count(MAX_PORTS)}; check `count` for a typo"
                problems.add("E702", message, (*at, "count"), hint)
            if port.cage_links > MAX_CAGE_LINKS:
                message = f"a cage of {kind.name} holds {format_count(port.cage_links)} links"
                hint = f"the limit is {MAX_CAGE_LINKS}; check `links` for a typo"
                problems.add("E702", message, (*at, "cage", "links"), hint)


def _step_names(path: Steps) -> str:
    return " / ".join(step.entry.stem for step in path)


def _level(spec: TopologySpec, type_name: str) -> str | None:
    return spec.templates[type_name].level if type_name in spec.templates else None


def _steps(spec: TopologySpec, name: str, problems: Problems) -> list[tuple[Step, tuple[str, ...]]]:
    """Return what one template holds: first its slots, one step a type, then what it contains."""
    template = spec.templates[name]
    units: dict[str, list[int]] = {}
    for slot in template.slots:
        _refuse_misfit(spec, name, slot, problems)
        units.setdefault(slot.type, []).extend(_slot_units(spec, slot))
    _refuse_overlap(spec, name, problems)
    held = [
        (Step(made_entry(kind, len(at)), _level(spec, kind), tuple(at)), ("slots",))
        for kind, at in units.items()
    ]
    return held + [
        (Step(entry, _level(spec, entry.type)), ("contains", entry.stem)) for entry in template.contains
    ]


def height_of(spec: TopologySpec, type_name: str) -> int:
    """Return how many U a template or device type takes."""
    kinds = spec.templates if type_name in spec.templates else spec.devices
    return kinds[type_name].height_u


def _slot_units(spec: TopologySpec, slot: SlotSpec) -> list[int]:
    """Return the U of each piece in a slot: as many as fit, or the stated count spread over it."""
    size = slot.last_u - slot.first_u + 1
    if slot.count is None:
        height = height_of(spec, slot.type)
        return [slot.first_u + height * index for index in range(size // height)]
    return [slot.first_u + index * size // slot.count for index in range(slot.count)]


def _refuse_misfit(spec: TopologySpec, name: str, slot: SlotSpec, problems: Problems) -> None:
    """Note a slot that holds nothing, or less than is spread over it.

    A height of 1 U may be an upper bound: 18 trays of three quarters of a U stand in 14 U.
    """
    size, height = slot.last_u - slot.first_u + 1, height_of(spec, slot.type)
    needed = height * (slot.count or 1)
    if needed > size and not (height == 1 and slot.count):
        slots = f"U{slot.first_u}-{slot.last_u} has {size} U"
        message = f"{slot.count or 1} x {slot.type} at {height} U each needs {needed} U; {slots}"
        problems.add(
            "E402", message, ("templates", name, "slots"), "widen the range, or lower count or height_u"
        )


def _refuse_overlap(spec: TopologySpec, name: str, problems: Problems) -> None:
    slots = sorted(spec.templates[name].slots, key=lambda slot: slot.first_u)
    for lower, upper in pairwise(slots):
        if upper.first_u <= lower.last_u:
            message = f"slots of {lower.type} and {upper.type} overlap at U{upper.first_u}"
            problems.add("E401", message, ("templates", name, "slots"), "assign each U to one slot only")


def switch_entry(name: str) -> Entry:
    """Return the line that a fabric stands for in the tree: one place of its name."""
    return Entry(name, name, (0,), 0, "", plain=True)
