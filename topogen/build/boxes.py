"""Switches that are boxes of several chips: chip k of a box serves plane k of the planes that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.build.tree import height_of, pieces_abreast
from topogen.language.device import SWITCH_ROLES
from topogen.model.devices import BOX_STEPS
from topogen.model.path import count_of
from topogen.records import dataclass
from topogen.wiring.block import PatternError

if TYPE_CHECKING:
    from topogen.language.topology import FabricSpec, TemplateSpec, TopologySpec
    from topogen.model.devices import DeviceGroup
    from topogen.selector import Entry

PATTERN = "fat_tree"
"""The pattern whose switches may be boxes."""


@dataclass(frozen=True)
class Box:
    """A template that a fabric takes as switch: ``chips`` is the line of it that names its switch chips."""

    name: str
    template: TemplateSpec
    chips: Entry


def switch_name(fabric: FabricSpec, role: str) -> str:
    """Return the device type or template that a fabric names for the switches of a role."""
    types = fabric.switch_types()
    name = types.get(role) or types.get("*")
    if name is None:
        message = f"switch names no type for the role {role}"
        one = next(iter(types.values()))
        hint = f"write switch: {one} if every role has that type, or add {role} with a type of its own"
        raise PatternError("E203", message, hint)
    return name


class Standing(NamedTuple):
    """What stands in racks of a device group: how many, how high in U each, how many side by side."""

    label: str
    number: int
    height_u: int
    abreast: int


def standing(spec: TopologySpec, group: DeviceGroup) -> Standing:
    """Return what stands in racks of a device group: its devices, or the boxes that a fabric made of them."""
    if not group.is_boxed:
        abreast = pieces_abreast(spec, group.type.name)
        return Standing(group.label, group.count, group.type.height_u, abreast)
    box, count = group.path[BOX_STEPS - 1].type, count_of(group.path[:BOX_STEPS])
    return Standing(f"{group.role} ({box})", count, height_of(spec, box), pieces_abreast(spec, box))


def box_of(spec: TopologySpec, fabric: FabricSpec, name: str) -> Box | None:
    """Return the box that a switch of a fabric is, None for a device type.

    Raises
    ------
    PatternError
        For a template that is no box of chips, and for chips that do not divide over the planes.
    """
    template = spec.templates.get(name)
    if template is None:
        return None
    chips = _chips(spec, name, template)
    if fabric.pattern != PATTERN:
        message = f"pattern {fabric.pattern} makes switches of one chip, and {name} is a template"
        hint = f"write switch: {chips.type}, or make a box a device type with all its ports and its part"
        raise PatternError("E826", message, hint)
    if fabric.planes % chips.count:
        planes = f"{fabric.planes} plane{'s' * (fabric.planes > 1)}"
        message = f"{name} has {chips.count} chips, each for a plane of its own, but the fabric has {planes}"
        hint = f"planes: {chips.count}, or a multiple of it"
        raise PatternError("E827", message, hint)
    return Box(name, template, chips)


def _chips(spec: TopologySpec, name: str, template: TemplateSpec) -> Entry:
    """Return the one line of a template with its chips."""
    entry = template.contains[0] if len(template.contains) == 1 and not template.slots else None
    kind = spec.devices.get(entry.type) if entry else None
    if entry and kind and kind.role in SWITCH_ROLES and template.level != "rack":
        return entry
    lines = [*(line.type for line in template.contains), *(slot.type for slot in template.slots)]
    what = " and ".join(lines) or "nothing"
    message = f'switch: {name} is a template of level "{template.level}" that contains {what}'
    chip = next((one for one, device in spec.devices.items() if device.role in SWITCH_ROLES), "chip")
    hint = f"a box has one line of switches and is no rack: {name}: {{level: box, contains: {{{chip}: 4}}}}"
    raise PatternError("E825", message, hint)
