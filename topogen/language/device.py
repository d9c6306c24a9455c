"""Devices and templates of a topology file: what has ports, and what contains what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from topogen.language.fields import (
    Bandwidth,
    Count,
    Entries,
    Name,
    Rate,
    Reads,
    Strict,
    one_of,
    scalar_text,
    shape,
)
from topogen.selector import NAME
from topogen.units import ReadError, parse_whole, read_each

RoleWord = Literal["gpu", "cpu", "nic", "dpu", "switch", "host", "ocs", "other"]
_SLOT = re.compile(r"U(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


class CageSpec(Strict):
    """What a module is plugged into: ``links`` ports each, on the device or ``on`` a level above it."""

    links: Count = 1
    on: Name | None = None


class PortSpec(Strict):
    """Ports of one kind on a device; each carries one link of ``lanes`` lanes."""

    count: Count
    lanes: Count | None = None
    lane_rate: Rate | None = None
    bandwidth: Bandwidth | None = None
    duplex: Annotated[Literal["uni", "bidi"], one_of(("uni", "bidi"))] = "uni"
    cage: CageSpec = CageSpec()

    @model_validator(mode="after")
    def _one_way_to_say_the_rate(self) -> Self:
        if self.bandwidth is not None and (self.lanes or self.lane_rate):
            hint = "leave bandwidth out: lanes x lane_rate says it"
            raise ReadError(
                "E645", "a port has lanes and lane_rate, or bandwidth, not both", hint, ("bandwidth",)
            )
        if (self.lanes is None) != (self.lane_rate is None):
            missing = "lanes" if self.lanes is None else "lane_rate"
            raise ReadError("E641", f'"{missing}" is missing', "lanes and lane_rate belong together")
        return self


class DeviceSpec(Strict):
    """A device type: what it is, what it is bought as, which ports it has."""

    role: Annotated[RoleWord, one_of(get_args(RoleWord))]
    part: Name | None = None
    dies: Count | None = None
    height_u: Count = 1
    ports: dict[Name, PortSpec] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A range of U positions; without ``count`` as many of ``type`` as fit."""

    first_u: int
    last_u: int
    type: str
    count: int | None


def _read_slots(value: object) -> tuple[SlotSpec, ...]:
    if not isinstance(value, Mapping):
        raise ReadError(
            "E642", f"a map is needed here, not {shape(value)}", 'such as "{U11-18: compute_tray}"'
        )
    return tuple(read_each(value, _read_slot))


def _read_slot(key: str, held: object) -> SlotSpec:
    found = _SLOT.fullmatch(key)
    if not found or int(found[1]) > int(found[2] or found[1]) or not int(found[1]):
        raise ReadError("E110", f'"{key}" is not a range of U positions', 'write "U11-18", lowest first')
    if isinstance(held, Mapping) and len(held) != 1:
        raise ReadError("E642", "one type stands in a range of U positions", 'such as "{switch_tray: 9}"')
    name, count = next(iter(held.items())) if isinstance(held, Mapping) else (held, None)
    kind, number = scalar_text(name), None if count is None else parse_whole(scalar_text(count), 1)
    if not NAME.fullmatch(kind):
        raise ReadError("E644", f'"{kind}" is not the name of a type', "a-z, 0-9, _; a letter comes first")
    return SlotSpec(int(found[1]), int(found[2] or found[1]), kind, number)


class TemplateSpec(Strict):
    """A place that contains devices and other places."""

    level: Name
    part: Name | None = None
    height_u: Count = 1
    contains: Entries = ()
    slots: Annotated[tuple[SlotSpec, ...], Reads(_read_slots, {"type": "object"}, scalar=False)] = ()

    @model_validator(mode="after")
    def _only_racks_have_slots(self) -> Self:
        if self.slots and self.level != "rack":
            hint = "use contains, or level: rack"
            raise ReadError("E645", f'a place of level "{self.level}" has no U positions', hint, ("slots",))
        return self
