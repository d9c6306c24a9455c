"""The tree of places: templates and instances become place groups and device groups."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING

from topogen.build.box_panels import panel_owners
from topogen.build.panels import panel_ports
from topogen.model.devices import DeviceGroup, DeviceType, PlaceGroup, Port
from topogen.model.path import Step, Steps, count_of
from topogen.records import dataclass
from topogen.selector import Entry, made_entry
from topogen.units import format_count, format_decimal
from topogen.wiring.plan import MAX_DEVICES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.build.box_panels import PanelOwner
    from topogen.build.parsed import Parsed
    from topogen.errors import Problems
    from topogen.language.topology import DeviceSpec, PortSpec, SlotSpec, TemplateSpec, TopologySpec

MAX_PORTS = 2**15 - 1
"""Port numbers take two bytes in the columns."""

MAX_CAGE_LINKS = 64

RACK_U = 42
"""Height in U of a rack that does not state one."""

HALVES = 2
"""Halves of a U: what stands side by side takes one, everything else both."""


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


def device_types(parsed: Parsed, problems: Problems) -> dict[str, DeviceType]:
    """Return the device types of a file by name."""
    catalog = parsed.catalog
    return {
        name: _device_type(name, device, owners, panel_ports(name, device, owners, catalog, problems))
        for name, device in parsed.spec.devices.items()
        for owners in [panel_owners(parsed.spec, catalog, name)]
    }


def _device_type(
    name: str, spec: DeviceSpec, owners: Sequence[PanelOwner], drawn: Mapping[str, Port]
) -> DeviceType:
    ports = tuple(
        replace(drawn.get(port) or _port(port, item), face=item.face or spec.face or "")
        for port, item in spec.ports.items()
    )
    height = ceil(spec.height_u or 1)
    boxes = tuple(owner.box for owner in owners if owner.box)
    nos, face, panel = spec.nos or "", spec.face or "", owners[0].part
    return DeviceType(name, spec.role, spec.part, spec.dies, height, ports, nos, face, panel, boxes)


def _port(name: str, spec: PortSpec) -> Port:
    rate = spec.bandwidth
    if spec.lanes is not None and spec.lane_rate is not None:
        rate = spec.lanes * spec.lane_rate
    bidi = spec.duplex == "bidi"
    count = spec.count or 1  # a group without either is refused, and only stands in until then
    cage = spec.cage
    return Port(
        name, count, spec.lanes, spec.lane_rate, rate, bidi, cage.links, cage.on, reserved=spec.reserved
    )


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
            if port.reserved > port.count:
                message = f"{format_count(port.reserved)} of {format_count(port.count)} ports are reserved"
                problems.add(
                    "E824", message, (*at, "reserved"), f"reserved: at most {format_count(port.count)}"
                )
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
    slots = [slot for slot in template.slots if not _refuse_misfit(spec, name, slot, problems)]
    for slot in slots:
        units.setdefault(slot.type, []).extend(_slot_units(spec, slot))
    _refuse_overlap(spec, name, slots, problems)
    _refuse_too_high(spec, name, slots, problems)
    held = [
        (Step(made_entry(kind, len(at)), _level(spec, kind), tuple(at)), ("slots",))
        for kind, at in units.items()
    ]
    return held + [
        (Step(entry, _level(spec, entry.type)), ("contains", entry.stem)) for entry in template.contains
    ]


def height_of(spec: TopologySpec, type_name: str) -> int:
    """Return in how many U a template or device type stands, at least."""
    return ceil(_exact_height(spec, type_name))


def pieces_abreast(spec: TopologySpec, type_name: str) -> int:
    """Return how many of a template or device type stand side by side in one U."""
    return HALVES if _kind(spec, type_name).width == "half" else 1


def _kind(spec: TopologySpec, type_name: str) -> DeviceSpec | TemplateSpec:
    return spec.templates[type_name] if type_name in spec.templates else spec.devices[type_name]


def _exact_height(spec: TopologySpec, type_name: str) -> Fraction:
    return stated_height(spec, type_name) or Fraction(1)


def stated_height(spec: TopologySpec, type_name: str) -> Fraction | None:
    """Return the height of a template or device type, or of the highest in it; None where none is stated."""
    kind = _kind(spec, type_name)
    return _highest_inside(spec, type_name) if kind.height_u is None else kind.height_u


def _highest_inside(spec: TopologySpec, type_name: str) -> Fraction | None:
    inside = spec.templates[type_name].contains if type_name in spec.templates else ()
    heights = (stated_height(spec, entry.type) for entry in inside)
    return max((height for height in heights if height), default=None)


def _slot_units(spec: TopologySpec, slot: SlotSpec) -> list[int]:
    """Return the U of each piece in a slot: as many as fit, or the stated count spread over it."""
    return [slot.first_u + floor(offset) for offset in _offsets(spec, slot)]


def _offsets(spec: TopologySpec, slot: SlotSpec) -> list[Fraction]:
    """Return how many U each piece of a slot stands above its lowest U."""
    count, abreast = _pieces(spec, slot), pieces_abreast(spec, slot.type)
    rows = ceil(Fraction(count, abreast))
    step = _exact_height(spec, slot.type) if slot.count is None else Fraction(_slot_size(slot), rows)
    return [step * (index // abreast) for index in range(count)]


def _pieces(spec: TopologySpec, slot: SlotSpec) -> int:
    """Return how many pieces a slot holds."""
    fit = floor(_slot_size(slot) / _exact_height(spec, slot.type)) * pieces_abreast(spec, slot.type)
    return fit if slot.count is None else slot.count


def _stacked_u(spec: TopologySpec, type_name: str, count: int) -> Fraction:
    """Return how many U some pieces need, those of half the width two by two."""
    return _exact_height(spec, type_name) * ceil(Fraction(count, pieces_abreast(spec, type_name)))


def _slot_size(slot: SlotSpec) -> int:
    return slot.last_u - slot.first_u + 1


def rack_height(spec: TopologySpec, template: str) -> int:
    """Return the height of a rack in U; a rack that no template describes has the default one."""
    stated = spec.templates[template].height_u if template in spec.templates else None
    return int(stated or RACK_U)


def taken_halves(spec: TopologySpec, template: str) -> list[int]:
    """Return how many halves of each U of a rack its slots take: 0, 1 or 2; from U1 up."""
    taken = [0] * rack_height(spec, template)
    for slot in spec.templates[template].slots if template in spec.templates else ():
        for unit, halves in _halves(spec, slot).items():
            taken[unit - 1] += halves
    return taken


def _halves(spec: TopologySpec, slot: SlotSpec) -> Counter[int]:
    """Return how many halves of each U the pieces of a slot take."""
    height, share = _exact_height(spec, slot.type), HALVES // pieces_abreast(spec, slot.type)
    found: Counter[int] = Counter()
    for offset in _offsets(spec, slot):
        for unit in range(floor(offset), ceil(offset + height)):
            found[slot.first_u + unit] += share
    return Counter({unit: min(HALVES, halves) for unit, halves in found.items()})  # 0.75 U each share a U


def contained_u(spec: TopologySpec, template: str) -> Fraction:
    """Return how many U the contents of a rack without U positions need, of those whose height is stated."""
    contained = spec.templates[template].contains if template in spec.templates else ()
    stated = (entry for entry in contained if stated_height(spec, entry.type))
    return sum((_stacked_u(spec, entry.type, entry.count) for entry in stated), Fraction())


def _refuse_misfit(spec: TopologySpec, name: str, slot: SlotSpec, problems: Problems) -> bool:
    """Note a slot that holds nothing, or less than is spread over it; return whether it does."""
    size, count = _slot_size(slot), slot.count or 1
    needed = _stacked_u(spec, slot.type, count)
    if needed > size:
        slots = f"U{slot.first_u}-{slot.last_u} has {size} U"
        each, total = format_decimal(_exact_height(spec, slot.type)), format_decimal(needed)
        message = f"{count} x {slot.type} at {each} U each needs {total} U; {slots}"
        hint = "widen the range, or lower count or height_u; width: half if two stand side by side"
        problems.add("E402", message, ("templates", name, "slots"), hint)
    return needed > size


def _refuse_overlap(spec: TopologySpec, name: str, slots: list[SlotSpec], problems: Problems) -> None:
    """Note slots that share a U, unless each of them takes half of it."""
    filled = sum((_halves(spec, slot) for slot in slots), Counter[int]())
    for lower, upper in pairwise(sorted(slots, key=lambda slot: slot.first_u)):
        abreast = all(pieces_abreast(spec, slot.type) == HALVES for slot in (lower, upper))
        shared = range(upper.first_u, min(lower.last_u, upper.last_u) + 1)
        if shared and not (abreast and all(filled[unit] <= HALVES for unit in shared)):
            message = f"slots of {lower.type} and {upper.type} overlap at U{upper.first_u}"
            problems.add("E401", message, ("templates", name, "slots"), "assign each U to one slot only")


def _refuse_too_high(spec: TopologySpec, name: str, slots: list[SlotSpec], problems: Problems) -> None:
    """Note a rack that is lower than what stands in it."""
    template = spec.templates[name]
    if template.level != "rack":
        _refuse_high_content(spec, name, problems)
        return
    height, highest = rack_height(spec, name), max((slot.last_u for slot in slots), default=0)
    counts = [(slot.type, _pieces(spec, slot)) for slot in slots]
    total = sum((_stacked_u(spec, kind, count) for kind, count in counts), contained_u(spec, name))
    needed = max(ceil(total), highest)
    if needed > height:
        counts += [(entry.type, entry.count) for entry in template.contains]
        contents = " + ".join(f"{count} x {kind}" for kind, count in counts)
        ends = f" and end at U{highest}" if highest > height else ""
        message = f"a rack of {height} U is too low: {contents} need {format_decimal(total)} U{ends}"
        hint = f"set height_u: {needed} on {name}, or put less into it"
        at = ("templates", name, "slots" if slots else "contains")
        problems.add("E402", message, at, hint)


def _refuse_high_content(spec: TopologySpec, name: str, problems: Problems) -> None:
    """Note a place that is lower than a device or place in it."""
    height, inside = spec.templates[name].height_u, _highest_inside(spec, name)
    if height and inside and inside > height:
        high, low = format_decimal(inside), format_decimal(height)
        message = f"{name} is {low} U high, but one of its contents is {high} U high"
        hint = f"set height_u: {high} on {name}, or correct the height of what it contains"
        problems.add("E402", message, ("templates", name, "height_u"), hint)


def switch_entry(name: str) -> Entry:
    """Return the line that a fabric stands for in the tree: one place of its name."""
    return Entry(name, name, (0,), 0, "", plain=True)
