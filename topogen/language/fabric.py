"""Fabrics of a topology file: the keys that every generator has; a generator adds its own."""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from topogen.errors import nearest
from topogen.language.circuits import Setting
from topogen.language.fields import Count, Length, Name, Network, OneSelector, Reads, Selectors, Strict, Text
from topogen.language.link import Medium, MediumRef, Split, refuse_split_of_one
from topogen.language.patch import StarPanels
from topogen.language.shuffle import Shuffle, refuse_other_cords
from topogen.records import dataclass
from topogen.selector import Selector
from topogen.units import ReadError, parse_whole

MOST_TIERS = 4


def _star(value: object) -> object:
    """Return a map by group: a single value holds for every group, under ``*``."""
    return {"*": value} if isinstance(value, str | int | MediumRef) else value


def _star_medium(value: object) -> object:
    ends = isinstance(value, Mapping) and value and value.keys() <= {"a", "b"}
    return {"*": value} if ends else _star(value)


def _read_tiers(text: str) -> int:
    tiers = parse_whole(text, 1)
    if tiers > MOST_TIERS:
        raise ReadError("E106", f"{tiers} tiers are too many", f"a fat tree has 1 to {MOST_TIERS}")
    return tiers


def _read_auto(text: str) -> int | None:
    return None if text == "auto" else parse_whole(text, 1)


def _some_switch(switch: dict[str, str]) -> dict[str, str]:
    if not switch:
        raise ReadError("E641", '"switch" names no device type', "write switch: TYPE")
    return switch


def _meet(one: Mapping[str, object], other: Mapping[str, object], group: str) -> bool:
    """Return whether two keys by link group both hold for a group."""
    return all(group in key or "*" in key for key in (one, other))


SWITCH_PORTS = ("down", "up")
"""Roles of port groups of a switch."""


Faces = Mapping[str, str]
"""The port group of each role of ports."""


def _by_role(value: object) -> object:
    """Return a map by role of switches, of maps by role of ports: what is said once holds for all."""
    if isinstance(value, str) or (isinstance(value, Mapping) and value.keys() & set(SWITCH_PORTS)):
        value = {"*": value}
    if not isinstance(value, Mapping):
        return value
    return {
        role: dict.fromkeys(SWITCH_PORTS, one) if isinstance(one, str) else one for role, one in value.items()
    }


def _known_faces(by_role: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for role, ports in by_role.items():
        path = () if role == "*" else (role,)
        for face in ports.keys() - set(SWITCH_PORTS):
            message = f'switch_ports has no role "{face}"'
            raise ReadError("E640", message, nearest(face, SWITCH_PORTS), (*path, face))
        if ports.keys() != set(SWITCH_PORTS):
            missing = next(face for face in SWITCH_PORTS if face not in ports)
            hint = "write switch_ports: {down: NAME, up: NAME}, or one name"
            raise ReadError("E641", f"{missing} is missing", hint, path)
    return by_role


SwitchPorts = Annotated[dict[str, dict[str, Name]], BeforeValidator(_by_role), AfterValidator(_known_faces)]
StarName = Annotated[dict[str, Name], BeforeValidator(_star)]
StarCount = Annotated[dict[str, Count], BeforeValidator(_star)]
StarLength = Annotated[dict[str, Length], BeforeValidator(_star)]
StarShuffle = Annotated[dict[str, Shuffle], BeforeValidator(_star)]
StarMedium = Annotated[dict[str, Medium], BeforeValidator(_star_medium)]
SomeSwitch = Annotated[StarName, AfterValidator(_some_switch)]
Auto = Annotated[int | None, Reads(_read_auto, {"type": ["integer", "string"]})]
Tiers = Annotated[int, Reads(_read_tiers, {"type": "integer", "minimum": 1, "maximum": MOST_TIERS})]
Dims = tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class EndLevels:
    """Levels of places by which a generator tells its ends apart, whichever keys its pattern has."""

    rails_by: str | None = None
    units_by: str | None = None
    blocks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    extra_ends: tuple[Selector, ...] = ()


class FabricSpec(Strict):
    """A sized generator, which makes switches and link groups for its ends: the keys that all share."""

    roles: ClassVar[tuple[str, ...]] = ()
    """Roles of the switches that it makes."""
    link_groups: ClassVar[Mapping[str, str]] = {}
    """What each link group that it may make joins, in a phrase."""
    tier_roles: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Roles of each tier of switches, lowest first; empty where the switches are all on one level."""

    network: Network
    """network that the links belong to"""
    pattern: str
    """pattern to generate"""
    ends: Selectors = ()
    """existing endpoint ports to connect"""
    create: OneSelector | None = None
    """`type.port` of endpoints to create, instead of `ends`"""
    medium: StarMedium = Field(default_factory=dict)
    """medium or policy, or one per link group"""
    links_per_cable: StarCount = Field(default_factory=dict)
    """links per cable, at most, or one number per link group"""
    length: StarLength = Field(default_factory=dict)
    """length of every link, or one per link group; default: computed from the route"""
    split: Split | None = None
    """end with the one plug of a cable of several links, `upper` or `lower`; default: from the cages"""
    fibre_shuffle: Text | None = None
    """what sorts the fibres of cords whose links end in several places, and is bought separately: a gap"""
    shuffle: StarShuffle = Field(default_factory=dict)
    """shuffle cords of N connectors at each end, `4 x 4`, or one form per link group"""
    through: StarPanels = Field(default_factory=dict)
    """patch panels that links pass through, that of the lower ends first, or one list per link group"""
    planes: Count = 1
    """number of identical planes; port k of an endpoint connects to plane k"""
    ports_from: Text | None = None
    """CSV file of cables that keep their ports, such as an earlier `cable_schedule.csv`"""

    def levels(self) -> EndLevels:
        """Return the levels that tell ends apart, as far as its pattern has such keys."""
        own = type(self).model_fields
        return EndLevels(
            **{one.name: getattr(self, one.name) for one in fields(EndLevels) if one.name in own}
        )

    def switch_types(self) -> Mapping[str, str]:
        """Return the device type of each role of switches, ``*`` for all; empty where none are made."""
        return {}

    def switches_per_rack(self) -> Mapping[str, int]:
        """Return how many switches of a role are in each of their own racks."""
        return {}

    def port_groups(self) -> Mapping[str, Faces]:
        """Return the port groups of each role of switches, ``*`` for all, as far as the file says."""
        return {}

    def circuit_settings(self) -> Mapping[str, Setting]:
        """Return the settings of its optical circuit switches by name, empty where it has none."""
        return {}

    def tier_count(self) -> int | None:
        """Return the tiers of switches that the file states, None for a pattern without tiers."""
        return None

    def larger(self) -> Mapping[str, str]:
        """Return the keys to change so that more ends fit, empty where the pattern knows no such change."""
        return {}

    def joins(self, group: str) -> str:
        """Return what a link group joins."""
        return self.link_groups[group]

    @model_validator(mode="after")
    def _ends_or_create(self) -> Self:
        if bool(self.ends) == bool(self.create):
            raise ReadError("E641", 'a fabric has either "ends" or "create"', 'such as "ends: nic.net"')
        return self

    @model_validator(mode="after")
    def _split_is_of_several(self) -> Self:
        refuse_split_of_one(self.split, max(self.links_per_cable.values(), default=1))
        return self

    @model_validator(mode="after")
    def _shuffle_cords_are_the_only_ones(self) -> Self:
        others = {
            "links_per_cable": any(
                _meet(self.shuffle, self.links_per_cable, group) for group in self._groups()
            ),
            "fibre_shuffle": bool(self.fibre_shuffle),
            "through": any(_meet(self.shuffle, self.through, group) for group in self._groups()),
        }
        refuse_other_cords(bool(self.shuffle), others)
        return self

    def _groups(self) -> tuple[str, ...]:
        return ("*", *self.link_groups)

    @model_validator(mode="after")
    def _names_are_those_of_the_pattern(self) -> Self:
        if type(self) is FabricSpec:  # of no known pattern, which is noted
            return self
        known = {
            "switch": ("role", self.roles, self.switch_types()),
            "per_rack": ("role", self.roles, self.switches_per_rack()),
            "switch_ports": ("role", self.roles, self.port_groups()),
            "medium": ("link group", tuple(self.link_groups), self.medium),
            "links_per_cable": ("link group", tuple(self.link_groups), self.links_per_cable),
            "shuffle": ("link group", tuple(self.link_groups), self.shuffle),
            "through": ("link group", tuple(self.link_groups), self.through),
            "length": ("link group", tuple(self.link_groups), self.length),
        }
        for key, (kind, names, written) in known.items():
            for name in sorted(written.keys() - {"*", *names}):
                message = f'pattern {self.pattern} has no {kind} "{name}"'
                raise ReadError("E640", message, nearest(name, names), (key, name))
        return self


class SwitchedFabricSpec(FabricSpec):
    """A sized generator that makes switches."""

    switch: SomeSwitch
    """device type of the switches, or one per role; of a fat tree also a template of several chips"""
    switch_ports: SwitchPorts = Field(default_factory=dict)
    """port group of the switches to use, or `{down, up}`, or either by role; default: those of these names"""
    per_rack: dict[str, Count] = Field(default_factory=dict)
    """switches of a role per rack; they get racks of their own"""

    def switch_types(self) -> Mapping[str, str]:
        """Return the device type of each role of switches."""
        return self.switch

    def switches_per_rack(self) -> Mapping[str, int]:
        """Return how many switches of a role are in each of their own racks."""
        return self.per_rack

    def port_groups(self) -> Mapping[str, Faces]:
        """Return the port groups of each role of switches, ``*`` for all, as far as the file says."""
        return self.switch_ports
