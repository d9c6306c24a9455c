"""Devices and places: counted down the tree, or sized by the fabric that makes them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.cabling.port_names import names_of_ports, panel_of, port_mode
from topogen.explain.links import scenario
from topogen.explain.paths import path_formula, path_term, span
from topogen.explain.steps import Explanation, Section, Step, count_of, exact, source_location, unique
from topogen.language.cages import format_cages
from topogen.model.devices import BOX_STEPS
from topogen.model.fabric import FREE
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.explain.steps import Origin
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps


def group_equations(fabric: Fabric, group: DeviceGroup) -> list[str]:
    """Return what sizes a group of devices, as equations."""
    return [step.formula for step in group_steps(fabric, group) if step.label == "count" and step.formula]


def group_term(group: DeviceGroup) -> str:
    """Return the devices of a group as a product, in a word where a fabric makes them."""
    return f"{exact(group.count)} {group.label}" if group.role else path_term(group.path)


def group_steps(fabric: Fabric, group: DeviceGroup) -> Iterator[Step]:
    """Yield why there are so many devices of a group."""
    if group.role:
        yield from _sized_steps(fabric, group)
        return
    yield Step("count", "", path_formula(group.path, group.label))
    yield Step("", span(group.path))


def place_steps(place: PlaceGroup) -> Iterator[Step]:
    """Yield why there are so many places of a template."""
    yield Step("count", "", path_formula(place.path, place.template))
    yield Step("", span(place.path))


# Switches that a fabric makes


def _sized_steps(fabric: Fabric, group: DeviceGroup) -> Iterator[Step]:
    """Yield how the generator of a fabric came to its switches: per plane, then over all planes."""
    name, role = group.role.split("/")
    made = fabric.made[name]
    for step in made.sizes[role]:
        yield Step(step.label, step.text, step.formula)
    if made.planes > 1:
        each = group.count // made.planes
        planes = f"{count_of(made.planes, 'plane')} x {exact(each)} {role} = {exact(group.count)} {role}"
        yield Step("planes", "", planes)
    if group.is_boxed:
        boxes = f"{exact(group.count)} {role} / {count_of(group.chips, 'chip')} a box"
        box = group.path[BOX_STEPS - 1].type
        yield Step("boxes", "", f"{boxes} = {exact(group.count // group.chips)} {box}")


# A device type or a template by itself


@dataclass(frozen=True)
class NamedGroups:
    """Everything that bears one name: groups of devices, groups of places."""

    groups: tuple[DeviceGroup, ...]
    places: tuple[PlaceGroup, ...]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return sum(group.count for group in self.groups) + sum(place.count for place in self.places)


def devices_named(fabric: Fabric, name: str) -> NamedGroups:
    """Return the devices and places of a type, label or template."""
    groups = tuple(group for group in fabric.groups if name in (group.label, group.type.name))
    return NamedGroups(groups, tuple(place for place in fabric.places if place.template == name))


def device_section(fabric: Fabric, found: NamedGroups, name: str) -> Section:
    """Return how many devices or places bear a name, and why."""
    steps = [step for group in found.groups for step in group_steps(fabric, group)]
    steps += [step for place in found.places for step in place_steps(place)]
    equations = [words for group in found.groups for words in group_equations(fabric, group)]
    equations += [path_formula(place.path, place.template) for place in found.places]
    terms = [group_term(group) for group in found.groups] + [path_term(place.path) for place in found.places]
    if len(terms) > 1:
        sums = f"{' + '.join(terms)} = {exact(found.count)} {name}"
        steps.append(Step("together", "", sums))
        equations.append(sums)
    origins = unique(_tree_origins(fabric, found))
    return Section(tuple(steps), "; ".join(equations), Fraction(found.count), (), origins)


def _tree_origins(fabric: Fabric, found: NamedGroups) -> Iterator[Origin]:
    for path in [group.path for group in found.groups if not group.role] + [p.path for p in found.places]:
        yield source_location(
            fabric, ("instances", _instance_key(fabric, path)), f"{path[0].count} {path[0].type}"
        )
        for above, below in pairwise(path):
            section = "slots" if below.units else "contains"
            says = f"{exact(below.count)} {below.type} in each {above.type}"
            yield source_location(fabric, ("templates", above.type, section), says)
    for group in found.groups:
        if group.role:
            name = group.role.partition("/")[0]
            yield source_location(fabric, ("fabrics", name), f"pattern: {fabric.spec.fabrics[name].pattern}")


def _instance_key(fabric: Fabric, path: Steps) -> str:
    """Return the key of an instance as it is written: the one in the file that makes this path."""
    entry = path[0].entry
    keys = [key[1] for key in fabric.marks.places if len(key) == 2 and key[0] == "instances"]  # noqa: PLR2004
    return next((key for key in keys if key.partition("[")[0] in (entry.stem, entry.name(0))), entry.stem)


def explain_devices(fabric: Fabric, name: str) -> Explanation:
    """Return why there are so many devices or places of a name, and which of their ports are in use."""
    found = devices_named(fabric, name)
    section = device_section(fabric, found, name)
    ports = (*_port_steps(fabric, found.groups), *_panel_steps(fabric, found.groups))
    steps = (*section.steps, *ports, *_part_steps(found))
    title = f"{name} in {fabric.name}{scenario(fabric)}: {exact(found.count)}"
    about = ", ".join(dict.fromkeys(f"role {group.type.role}" for group in found.groups)) or (
        f"template of level {found.places[0].level}"
    )
    sources = unique((*section.sources, *_panel_origins(fabric, found.groups)))
    return Explanation(title, about, steps, (f"{name}: {section.equation}",), sources)


def _port_steps(fabric: Fabric, groups: Sequence[DeviceGroup]) -> Iterator[Step]:
    label = "ports"
    for group in groups:
        index = fabric.groups.index(group)
        for port, kind in enumerate(group.type.ports):
            used = fabric.ports[index, port]
            reserved, total = group.count * kind.reserved, group.count * kind.count
            free = int((used.rows == FREE).sum(axis=1) @ used.weights) - reserved
            ports = f"{exact(group.count)} x {count_of(kind.count, 'port')}"
            formula = f"{ports} = {exact(total - reserved - free)} linked + {exact(free)} free"
            formula += f" + {exact(reserved)} reserved" if reserved else ""
            yield Step(label, f"{group.label}.{kind.name}", formula)
            label = ""


def _panel_steps(fabric: Fabric, groups: Sequence[DeviceGroup]) -> Iterator[Step]:
    """Yield the cages and the names of the ports of each port group that is drawn on a panel."""
    label = "panel"
    for group in groups:
        panel = panel_of(fabric.catalog, group.type)
        for port in group.type.ports if panel else ():
            if panel is None or not port.cages:
                continue
            cages = count_of(len(port.cages), "cage")
            if port.chips > 1:
                cages += f" / {count_of(port.chips, 'chip')}"
            formula = f"{cages} x {exact(port.cage_links)} = {exact(port.count)} ports"
            mode = port_mode(port)
            yield Step(label, f"{group.label}.{port.name}: cages {format_cages(port.cages)}, {mode}", formula)
            names = [
                name
                for chip in range(port.chips)
                for name in names_of_ports(fabric.catalog, group.type, port, chip)
            ]
            nos = group.type.nos or next(iter(panel.names), "")
            printed = _first_and_last([one.printed for one in names])
            known = (
                f"{nos} {_first_and_last([one.nos for one in names])}" if names[0].nos else "name not known"
            )
            yield Step("", f"{known}; printed {printed}", "", 2)
            label = ""


def _first_and_last(names: Sequence[str]) -> str:
    return names[0] if names[0] == names[-1] else f"{names[0]} to {names[-1]}"


def _panel_origins(fabric: Fabric, groups: Sequence[DeviceGroup]) -> Iterator[Origin]:
    for group in groups:
        panel = panel_of(fabric.catalog, group.type)
        if panel and group.type.panel_part and any(port.cages for port in group.type.ports):
            source = fabric.catalog.sources.get(panel.source or "", panel.source or "no source named")
            words = [f"panel of {panel.of}", source, panel.as_of, f"confidence: {panel.confidence}"]
            path = ("catalog", "parts", group.type.panel_part, "panel")
            yield source_location(fabric, path, "; ".join(word for word in words if word))


def _part_steps(found: NamedGroups) -> Iterator[Step]:
    for part in dict.fromkeys(
        part
        for part in (*(group.type.part for group in found.groups), *(place.part for place in found.places))
        if part
    ):
        yield Step("bought as", f"{part}, explained by its own name")
