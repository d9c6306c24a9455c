"""The topology language as models: a whole file, checked key by key, with exact values.

Field names are the keys of the file. ``catalog`` and ``scenarios`` are laid and applied before (``parse``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from topogen.errors import nearest
from topogen.expect_spec import ExpectSpec, QuotedSpec
from topogen.fields import (
    Bandwidth,
    Count,
    Entries,
    FileName,
    Flag,
    Length,
    Name,
    Natural,
    Network,
    Number,
    OneSelector,
    Rate,
    Reads,
    Selectors,
    Strict,
    Text,
    condition,
    one_of,
    scalar_text,
    shape,
)
from topogen.selector import NAME, Selector, parse_selector
from topogen.units import Condition, ReadError, parse_whole

RoleWord = Literal["gpu", "cpu", "nic", "dpu", "switch", "host", "ocs", "other"]
LinkPattern = Literal[
    "full_mesh", "planes", "rails", "one_to_one", "spread", "ring", "peers", "explicit", "external"
]
FabricPattern = Literal[
    "fat_tree",
    "torus",
    "torus_ocs",
    "dragonfly",
    "hyperx",
    "hx_mesh",
    "slim_fly",
    "jellyfish",
    "one_big_switch",
]
StatusWord = Literal["shipping", "announced", "reported"]
_SLOT = re.compile(r"U(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


# Devices and templates


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
    return tuple(_read_slot(str(key), held) for key, held in value.items())


def _read_slot(key: str, held: object) -> SlotSpec:
    found = _SLOT.fullmatch(key)
    if not found or int(found[1]) > int(found[2] or found[1]) or not int(found[1]):
        raise ReadError(
            "E110", f'"{key}" is not a range of U positions', 'write "U11-18", lowest first', (key,)
        )
    if isinstance(held, Mapping) and len(held) != 1:
        raise ReadError(
            "E642", "one type stands in a range of U positions", 'such as "{switch_tray: 9}"', (key,)
        )
    name, count = next(iter(held.items())) if isinstance(held, Mapping) else (held, None)
    try:
        kind, number = scalar_text(name), None if count is None else parse_whole(scalar_text(count), 1)
    except ReadError as error:
        raise ReadError(error.code, error.message, error.hint, (key,)) from error
    if not NAME.fullmatch(kind):
        raise ReadError(
            "E644", f'"{kind}" is not the name of a type', "a-z, 0-9, _; a letter comes first", (key,)
        )
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


# Links


@dataclass(frozen=True, slots=True)
class MediumRef:
    """The medium (or policy) named for each end of a link."""

    a: str
    b: str


def _read_medium(value: object) -> MediumRef:
    if isinstance(value, MediumRef):
        return value
    if not isinstance(value, Mapping):
        name = _medium_name(value, ())
        return MediumRef(name, name)
    for key in value:
        if key not in ("a", "b"):
            raise ReadError("E640", f'unknown key "{key}"', "the ends of a link are a and b", (str(key),))
    for end in ("a", "b"):
        if end not in value:
            raise ReadError(
                "E641", f'"{end}" is missing', "name the medium of both ends: {a: dr, b: cpo_siph_1t6}"
            )
    return MediumRef(_medium_name(value["a"], ("a",)), _medium_name(value["b"], ("b",)))


def _medium_name(value: object, at: tuple[str, ...]) -> str:
    name = value if isinstance(value, str) else None
    if name is None or not NAME.fullmatch(name):
        raise ReadError("E642", f"the name of a medium is needed here, not {shape(value)}", "", at)
    return name


Medium = Annotated[MediumRef, Reads(_read_medium, {"type": ["string", "object"]}, scalar=False)]
Pairs = tuple[tuple[Selector, Selector], ...] | str


def _read_pairs(value: object) -> Pairs:
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple):
        raise ReadError("E642", f"a list of pairs or a file name is needed here, not {shape(value)}")
    return tuple(_read_pair(str(i), pair) for i, pair in enumerate(value))


def _read_pair(index: str, pair: object) -> tuple[Selector, Selector]:
    if not isinstance(pair, list | tuple) or len(pair) != len(("a", "b")):
        raise ReadError(
            "E642", f"a pair of selectors is needed here, not {shape(pair)}", "write [sel, sel]", (index,)
        )
    try:
        return parse_selector(scalar_text(pair[0])), parse_selector(scalar_text(pair[1]))
    except ReadError as error:
        raise ReadError(error.code, error.message, error.hint, (index,)) from error


NEEDED_BY_PATTERN: Mapping[str, tuple[str, ...]] = {
    "full_mesh": ("a", "b"),
    "planes": ("a", "b"),
    "rails": ("a", "b", "rails_by"),
    "one_to_one": ("a", "b"),
    "spread": ("a", "b"),
    "ring": ("a",),
    "peers": ("a", "across"),
    "explicit": ("pairs",),
    "external": ("a", "to"),
}
"""Keys a pattern cannot do without."""

ONLY_FOR_PATTERN: Mapping[str, tuple[str, ...]] = {
    "to": ("external",),
    "pairs": ("explicit",),
    "rails_by": ("rails",),
    "links_per_pair": ("full_mesh", "ring"),
    "b": ("full_mesh", "planes", "rails", "one_to_one", "spread", "peers"),
}
"""Keys that mean nothing for other patterns, and are refused there."""


class LinkSpec(Strict):
    """A link group: two selectors, a pattern, and what joins them."""

    network: Network
    pattern: Annotated[LinkPattern, one_of(get_args(LinkPattern))]
    a: Selectors = ()
    b: Selectors = ()
    within: Name | None = None
    across: Name | None = None
    medium: Medium | None = None
    links_per_pair: Count = 1
    links_per_cable: Count = 1
    length: Length | None = None
    to: Text | None = None
    rails_by: Name | None = None
    pairs: Annotated[Pairs | None, Reads(_read_pairs, {"type": ["array", "string"]}, scalar=False)] = None

    @model_validator(mode="after")
    def _keys_fit_the_pattern(self) -> Self:
        for key in NEEDED_BY_PATTERN[self.pattern]:
            if not getattr(self, key):
                raise ReadError("E641", f'"{key}" is missing', f"pattern {self.pattern} needs it")
        for key, patterns in ONLY_FOR_PATTERN.items():
            if key in self.model_fields_set and self.pattern not in patterns:
                hint = f"it belongs to pattern {', '.join(patterns)}"
                raise ReadError("E645", f'pattern {self.pattern} has no key "{key}"', hint, (key,))
        return self


# Fabrics


class LeafSpec(Strict):
    """How many ports of a leaf face its ends and how many face upward."""

    down: Count
    up: Natural


def _star(value: object) -> object:
    """Return a map by group: a single value holds for every group, under ``*``."""
    return {"*": value} if isinstance(value, str | int | MediumRef) else value


def _star_medium(value: object) -> object:
    ends = isinstance(value, Mapping) and value.keys() <= {"a", "b"}
    return {"*": value} if ends else _star(value)


def _read_tiers(text: str) -> int:
    tiers = parse_whole(text, 1)
    if tiers > (most := 4):
        raise ReadError("E106", f"{tiers} tiers are too many", f"a fat tree has 1 to {most}")
    return tiers


def _read_auto(text: str) -> int | None:
    return None if text == "auto" else parse_whole(text, 1)


StarName = Annotated[dict[str, Name], BeforeValidator(_star)]
StarCount = Annotated[dict[str, Count], BeforeValidator(_star)]
StarMedium = Annotated[dict[str, Medium], BeforeValidator(_star_medium)]
Auto = Annotated[int | None, Reads(_read_auto, {"type": ["integer", "string"]})]
Dims = tuple[Count, ...] | None

FABRIC_KEYS: Mapping[str, tuple[str, ...]] = {
    "fat_tree": (
        "tiers",
        "leaf",
        "spines",
        "cores",
        "rails_by",
        "units_by",
        "even",
        "precable",
        "extra_ends",
    ),
    "torus": ("dims", "cube", "units_by", "wrap", "blocks"),
    "torus_ocs": ("dims", "cube", "units_by", "wrap", "blocks"),
    "dragonfly": ("groups", "routers_per_group", "hosts_per_router", "globals_per_router", "links_per_pair"),
    "hyperx": ("dims", "hosts_per_router", "links_per_pair"),
    "hx_mesh": ("board", "boards", "tiers"),
    "slim_fly": ("q",),
    "jellyfish": ("switches", "degree", "seed"),
    "one_big_switch": (),
}
"""Keys of each fabric pattern beside those that every fabric has."""

NEEDED_BY_FABRIC: Mapping[str, tuple[str, ...]] = {
    "fat_tree": ("tiers", "switch"),
    "torus_ocs": ("switch",),
    "dragonfly": ("switch", "groups", "routers_per_group", "hosts_per_router", "globals_per_router"),
    "hyperx": ("switch", "dims", "hosts_per_router"),
    "hx_mesh": ("switch", "board", "boards"),
    "slim_fly": ("switch", "q"),
    "jellyfish": ("switch", "switches", "degree", "seed"),
    "one_big_switch": ("switch",),
}
"""Keys a fabric pattern cannot do without."""


class FabricSpec(Strict):
    """A sized generator: it makes switches and link groups for its ends."""

    network: Network
    pattern: Annotated[FabricPattern, one_of(get_args(FabricPattern))]
    ends: Selectors = ()
    create: OneSelector | None = None
    switch: StarName = Field(default_factory=dict)
    medium: StarMedium = Field(default_factory=dict)
    links_per_cable: StarCount = Field(default_factory=dict)
    per_rack: dict[str, Count] = Field(default_factory=dict)
    planes: Count = 1
    # fat_tree
    tiers: Annotated[int | None, Reads(_read_tiers, {"type": "integer", "minimum": 1, "maximum": 4})] = None
    leaf: LeafSpec | None = None
    spines: Auto = None
    cores: Auto = None
    rails_by: Name | None = None
    units_by: Name | None = None
    even: Flag = True
    precable: Flag = False
    extra_ends: Selectors = ()
    # torus, torus_ocs, hyperx, hx_mesh
    dims: Dims = None
    cube: Dims = None
    wrap: tuple[Flag, ...] | None = None
    blocks: dict[Name, tuple[Count, ...]] = Field(default_factory=dict)
    board: Dims = None
    boards: Dims = None
    # dragonfly, slim_fly, jellyfish
    groups: Count | None = None
    routers_per_group: Count | None = None
    hosts_per_router: Count | None = None
    globals_per_router: Count | None = None
    links_per_pair: Count = 1
    q: Count | None = None
    switches: Count | None = None
    degree: Count | None = None
    seed: Natural | None = None

    @model_validator(mode="after")
    def _keys_fit_the_pattern(self) -> Self:
        for key in NEEDED_BY_FABRIC.get(self.pattern, ()):
            if not getattr(self, key) and getattr(self, key) != 0:
                raise ReadError("E641", f'"{key}" is missing', f"pattern {self.pattern} needs it")
        if bool(self.ends) == bool(self.create):
            raise ReadError("E641", 'a fabric has either "ends" or "create"', 'such as "ends: nic.net"')
        own = {key for keys in FABRIC_KEYS.values() for key in keys}
        for key in sorted(self.model_fields_set & own - set(FABRIC_KEYS[self.pattern])):
            hint = nearest(key, FABRIC_KEYS[self.pattern])
            raise ReadError("E645", f'pattern {self.pattern} has no key "{key}"', hint, (key,))
        return self


# Floor


class TraySpec(Strict):
    """Where cables run between racks."""

    where: Annotated[Literal["overhead", "underfloor"], one_of(("overhead", "underfloor"))]
    height: Length


class SlackSpec(Strict):
    """Cable beyond the run: so much at each end, and so many per cent of the run."""

    per_end: Length = 0
    percent: Number = Fraction(0)


def _star_slack(value: object) -> object:
    single = (
        isinstance(value, Mapping) and value and not any(isinstance(item, Mapping) for item in value.values())
    )
    return {"*": value} if single else value


def _read_selector_text(text: str) -> str:
    return parse_selector(text).text


SelectorText = Annotated[str, Reads(_read_selector_text)]


class LayoutSpec(Strict):
    """Where racks stand, how cables run, what stands where."""

    rows: dict[Text, Selectors] = Field(default_factory=dict)
    rack_pitch: Length | None = None
    row_pitch: Length | None = None
    tray: TraySpec | None = None
    slack: Annotated[dict[str, SlackSpec], BeforeValidator(_star_slack)] = Field(default_factory=dict)
    place: dict[SelectorText, SelectorText] = Field(default_factory=dict)
    distances: Text | None = None


# Choices, exceptions, dates


class RuleSpec(Strict):
    """One line of a policy: when its conditions hold, ``use`` this medium."""

    use: Name
    length: Annotated[Condition | None, condition("m")] = None
    lane_rate: Annotated[Condition | None, condition("Gb/s")] = None
    same: Name | None = None
    network: Network | None = None


class ChoiceSpec(Strict):
    """A policy that picks among media that reach."""

    choose: Annotated[str, one_of(("cheapest", "lowest_power", "lowest_content", "preferred"))]
    among: tuple[Name, ...]


class PolicySpec(Strict):
    """An ordered list of rules, or one choice; exactly one of both is there."""

    rules: tuple[RuleSpec, ...] = ()
    choice: ChoiceSpec | None = None

    @model_validator(mode="before")
    @classmethod
    def _list_or_map(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return {"rules": value}
        return {"choice": value}


class OverrideSpec(Strict):
    """An exception for some links, with its reason."""

    links: Text
    reason: Text
    at: OneSelector | None = None
    between: tuple[OneSelector, OneSelector] | None = None
    medium: Name | None = None
    length: Length | None = None


class PhaseSpec(Strict):
    """Places that are needed by a date."""

    at: Selectors
    need_by: Text


# The file


def _read_version(text: str) -> int:
    if text != "1":
        raise ReadError("E646", f'language version "{text}" is not known', "this topogen reads topogen: 1")
    return 1


class TopologySpec(Strict):
    """A topology file with its includes, one scenario applied."""

    topogen: Annotated[int, Reads(_read_version, {"const": 1})]
    name: FileName
    title: Text | None = None
    status: Annotated[StatusWord | None, one_of(get_args(StatusWord))] = None
    sources: tuple[Text, ...] = ()
    include: tuple[Text, ...] = ()
    devices: dict[Name, DeviceSpec] = Field(default_factory=dict)
    templates: dict[Name, TemplateSpec] = Field(default_factory=dict)
    instances: Entries = ()
    links: dict[Name, LinkSpec] = Field(default_factory=dict)
    fabrics: dict[Name, FabricSpec] = Field(default_factory=dict)
    layout: LayoutSpec | None = None
    policies: dict[Name, PolicySpec] = Field(default_factory=dict)
    overrides: tuple[OverrideSpec, ...] = ()
    phases: dict[Text, PhaseSpec] = Field(default_factory=dict)
    expect: ExpectSpec = ExpectSpec()
    quoted: QuotedSpec = QuotedSpec()

    @model_validator(mode="after")
    def _something_to_build(self) -> Self:
        if not self.instances and not self.fabrics:
            raise ReadError(
                "E647", "there is nothing to build", 'add "instances", such as "instances: {r1: nvl72}"'
            )
        return self
