"""Device types and templates of a topology file."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from topogen.language.cages import CageNumbers, ModeText
from topogen.language.fields import (
    Bandwidth,
    Count,
    Entries,
    Flag,
    Name,
    Natural,
    Rate,
    Reads,
    Strict,
    one_of,
    scalar_text,
    shape,
)
from topogen.records import dataclass
from topogen.selector import NAME, not_a_name
from topogen.units import ReadError, parse_decimal, parse_whole, read_each

RoleWord = Literal["gpu", "cpu", "nic", "dpu", "switch", "host", "ocs", "other"]
SWITCH_ROLES = ("switch", "ocs")
Width = Annotated[Literal["full", "half"], one_of(("full", "half"))]
Face = Annotated[Literal["front", "rear"] | None, one_of(("front", "rear"))]
MAX_HEIGHT_U = 200
QUARTERS = 4


def _read_height(text: str) -> Fraction:
    height = parse_decimal(text)
    if not 0 < height <= MAX_HEIGHT_U or QUARTERS % height.denominator:
        hint = f"use steps of 0.25, up to {MAX_HEIGHT_U}"
        raise ReadError("E117", f'"{text}" is not a height in U', hint)
    return height


Height = Annotated[
    Fraction,
    Reads(_read_height, {"type": "number", "minimum": 0.25, "maximum": MAX_HEIGHT_U, "multipleOf": 0.25}),
]
_SLOT = re.compile(r"U(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


class CageSpec(Strict):
    """The cage of a module, with ``links`` ports each, on the device or ``on`` a place above it."""

    links: Count = 1
    """links per cage; 2 for a twin-port module"""
    on: Name | None = None
    """level of the place that has the cages; default: the device itself"""


class PortSpec(Strict):
    """The ports of one kind on a device; each carries one link of ``lanes`` lanes."""

    count: Count | None = None
    """ports of this kind per device; required without `cages`"""
    cages: CageNumbers | None = None
    """cages on the panel of the part, such as `1-32` or `1-63:2`; with `mode`, instead of the other keys"""
    mode: ModeText | None = None
    """links per cage and the rate of each: `2 x 400G`, or with lanes `2 x 4 x 100 Gb/s`"""
    lanes: Count | None = None
    """lanes per port and direction"""
    lane_rate: Rate | None = None
    """rate of a lane per direction"""
    bandwidth: Bandwidth | None = None
    """rate of a port whose lanes are unknown, marked `per_dir` or `bidir`"""
    duplex: Annotated[Literal["uni", "bidi"], one_of(("uni", "bidi"))] = "uni"
    """whether a pair carries one direction (`uni`) or both (`bidi`)"""
    cage: CageSpec = Field(default_factory=CageSpec.model_construct)
    """cage that a module is plugged into"""
    reserved: Natural = 0
    """last ports of the group that are fitted and never used, such as spares"""
    on_panel: Flag = True
    """`false`: these ports are not among the cages of the panel, such as PCIe or an RJ45 socket"""
    face: Face = None
    """face of the rack that these ports are at; default: that of the device"""

    @model_validator(mode="after")
    def _one_way_to_say_the_number(self) -> Self:
        if self.cages is None and self.mode is None:
            if self.count is None:
                hint = "count: ports of this kind per device; or give cages and mode of a part with a panel"
                raise ReadError("E641", '"count" is missing', hint)
            return self
        if self.cages is None or self.mode is None:
            missing = "cages" if self.cages is None else "mode"
            raise ReadError("E641", f'"{missing}" is missing', "give cages and mode together")
        for key in ("count", "lanes", "lane_rate", "bandwidth", "cage", "on_panel"):
            if key in self.model_fields_set:
                hint = f"remove {key}: it follows from the panel of the part"
                raise ReadError("E645", f"a port group has either cages and mode, or {key}", hint, (key,))
        return self

    @model_validator(mode="after")
    def _one_way_to_say_the_rate(self) -> Self:
        if self.bandwidth is not None and (self.lanes or self.lane_rate):
            hint = "remove bandwidth: it follows from lanes x lane_rate"
            raise ReadError(
                "E645", "a port has either lanes and lane_rate, or bandwidth", hint, ("bandwidth",)
            )
        if (self.lanes is None) != (self.lane_rate is None):
            missing = "lanes" if self.lanes is None else "lane_rate"
            raise ReadError("E641", f'"{missing}" is missing', "give lanes and lane_rate together")
        return self


class DeviceSpec(Strict):
    """A device type: its role, its part and its ports."""

    role: Annotated[RoleWord, one_of(get_args(RoleWord))]
    """kind of device; figures per GPU are divided by the number of devices with role `gpu`"""
    part: Name | None = None
    """catalog part to buy for each device"""
    dies: Count | None = None
    """dies per package"""
    height_u: Height | None = None
    """height in rack units, in steps of 0.25; default: 1"""
    width: Width = "full"
    """`half`: two stand side by side in one U"""
    face: Face = None
    """face of the rack that its ports are at, as it is mounted; default: not known"""
    nos: Name | None = None
    """operating system that names the ports, of those that the panel of the part has; default: its first"""
    ports: dict[Name, PortSpec] = Field(default_factory=dict)
    """port groups by name"""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """The contents of a range of U positions; without ``count``, as many of ``type`` as fit."""

    first_u: int
    last_u: int
    type: str
    count: int | None


def _read_slots(value: object) -> tuple[SlotSpec, ...]:
    if not isinstance(value, Mapping):
        raise ReadError(
            "E642", f"expected a map, not {shape(value)}", 'write it like "{U11-18: compute_tray}"'
        )
    return tuple(read_each(value, _read_slot))


def _read_slot(key: str, held: object) -> SlotSpec:
    found = _SLOT.fullmatch(key)
    if not found or int(found[1]) > int(found[2] or found[1]) or not int(found[1]):
        raise ReadError(
            "E110", f'"{key}" is not a range of U positions', 'write it like "U11-18", lowest first'
        )
    if isinstance(held, Mapping) and len(held) != 1:
        raise ReadError("E642", "a range of U positions holds one type", 'write it like "{switch_tray: 9}"')
    name, count = next(iter(held.items())) if isinstance(held, Mapping) else (held, None)
    kind, number = scalar_text(name), None if count is None else parse_whole(scalar_text(count), 1)
    if not NAME.fullmatch(kind):
        raise not_a_name(kind, "type name")
    return SlotSpec(int(found[1]), int(found[2] or found[1]), kind, number)


class TemplateSpec(Strict):
    """A place that contains devices and other places."""

    level: Name
    """kind of place, such as board, tray or node; only `rack` has U positions"""
    part: Name | None = None
    """catalog part to buy for each place"""
    height_u: Height | None = None
    """height in rack units, in steps of 0.25; default: 42 for a rack, 1 for any other place"""
    power_w: Count | None = None
    """power budget of a rack in W; default: none"""
    width: Width = "full"
    """`half`: two stand side by side in one U"""
    contains: Entries = ()
    """contents: `TYPE: COUNT` or `NAME[RANGE]: TYPE`"""
    slots: Annotated[tuple[SlotSpec, ...], Reads(_read_slots, {"type": "object"}, scalar=False)] = ()
    """contents by U position: `U11-18: TYPE` or `U19-32: {TYPE: COUNT}`"""

    attach: dict[Name, Name] = Field(default_factory=dict)
    """as `attach` of the file, for devices in places of this template: `nic: gpu`"""

    @model_validator(mode="after")
    def _only_racks_have_slots(self) -> Self:
        if self.slots and self.level != "rack":
            hint = "use contains, or set level: rack"
            raise ReadError("E645", f'a place of level "{self.level}" has no U positions', hint, ("slots",))
        return self

    @model_validator(mode="after")
    def _a_rack_has_whole_units(self) -> Self:
        if self.level == "rack" and self.height_u is not None and self.height_u.denominator > 1:
            raise ReadError(
                "E645", "a rack has whole U", "round down to the whole U that can be used", ("height_u",)
            )
        if self.level == "rack" and self.width == "half":
            raise ReadError("E645", "a rack has no width", "set it on what stands in the rack", ("width",))
        return self

    @model_validator(mode="after")
    def _only_racks_have_a_budget(self) -> Self:
        if self.power_w is not None and self.level != "rack":
            hint = "set power_w on the template of the rack"
            message = f'a place of level "{self.level}" has no power budget'
            raise ReadError("E645", message, hint, ("power_w",))
        return self
