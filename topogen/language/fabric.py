"""Fabrics of a topology file: sized generators of switches and link groups."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from topogen.errors import nearest
from topogen.language.fields import (
    Count,
    Flag,
    Name,
    Natural,
    Network,
    OneSelector,
    Reads,
    Selectors,
    Strict,
    one_of,
)
from topogen.language.link import Medium, MediumRef
from topogen.units import ReadError, parse_whole

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


class LeafSpec(Strict):
    """How many ports of a leaf face its ends and how many face upward."""

    down: Count
    """ports facing the endpoints"""
    up: Natural
    """ports facing the tier above"""


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


FABRIC_ROLES: Mapping[str, tuple[str, ...]] = {
    "fat_tree": ("leaf", "spine", "core", "top"),
    "torus": (),
    "torus_ocs": ("ocs",),
    "hx_mesh": ("row", "col", "row_spine", "col_spine"),
    "dragonfly": ("router",),
    "hyperx": ("router",),
    "slim_fly": ("router",),
    "jellyfish": ("router",),
    "one_big_switch": ("router",),
}
"""Roles of the switches that each fabric pattern makes."""

FABRIC_GROUPS: Mapping[str, tuple[str, ...]] = {
    "fat_tree": ("hosts", "leaf_spine", "spine_core", "core_top"),
    "torus": ("inside", "face"),
    "torus_ocs": ("inside", "face"),
    "hx_mesh": ("board", "row_lines", "col_lines", "row_up", "col_up"),
    "dragonfly": ("hosts", "local", "global"),
    "hyperx": ("hosts", *(f"dim{number}" for number in range(8))),
    "slim_fly": ("hosts", "fabric"),
    "jellyfish": ("hosts", "fabric"),
    "one_big_switch": ("hosts",),
}
"""Link groups that each fabric pattern may make."""


class FabricSpec(Strict):
    """A sized generator: it makes switches and link groups for its ends."""

    network: Network
    """network that the links belong to"""
    pattern: Annotated[FabricPattern, one_of(get_args(FabricPattern))]
    """pattern to generate"""
    ends: Selectors = ()
    """existing endpoint ports to connect"""
    create: OneSelector | None = None
    """`type.port` of endpoints to create, instead of `ends`"""
    switch: StarName = Field(default_factory=dict)
    """device type of the switches, or one per role"""
    medium: StarMedium = Field(default_factory=dict)
    """medium or policy, or one per link group"""
    links_per_cable: StarCount = Field(default_factory=dict)
    """links per cable, or one number per link group"""
    per_rack: dict[str, Count] = Field(default_factory=dict)
    """switches of a role per rack; they get racks of their own"""
    planes: Count = 1
    """number of identical planes; port k of an endpoint connects to plane k"""
    # fat_tree
    tiers: Annotated[int | None, Reads(_read_tiers, {"type": "integer", "minimum": 1, "maximum": 4})] = None
    """number of switch tiers, 1 to 4"""
    leaf: LeafSpec | None = None
    """leaf ports facing down and up; default: half each"""
    spines: Auto = None
    """number of spines, or `auto`"""
    cores: Auto = None
    """number of cores, or `auto`"""
    rails_by: Name | None = None
    """level: endpoints at the same position in it share a rail with its own leaves"""
    units_by: Name | None = None
    """level: each leaf serves one unit of it; leaves are sized for a full unit"""
    even: Flag = True
    """whether to round up to switch counts that divide the uplinks evenly"""
    precable: Flag = False
    """whether unused leaf ports are cabled too"""
    extra_ends: Selectors = ()
    """further endpoint ports, connected to free leaf ports of their unit"""
    # torus, torus_ocs, hyperx, hx_mesh
    dims: Dims = None
    """size of each dimension"""
    cube: Dims = None
    """size of the cubes that optical circuit switches connect"""
    wrap: tuple[Flag, ...] | None = None
    """whether each dimension closes into a ring"""
    blocks: dict[Name, tuple[Count, ...]] = Field(default_factory=dict)
    """by level: size of the block of the torus that one place of it holds"""
    board: Dims = None
    """size of a board"""
    boards: Dims = None
    """number of boards in each dimension"""
    # dragonfly, slim_fly, jellyfish
    groups: Count | None = None
    """number of router groups"""
    routers_per_group: Count | None = None
    """routers per group"""
    hosts_per_router: Count | None = None
    """endpoints per router"""
    globals_per_router: Count | None = None
    """links per router to other groups"""
    links_per_pair: Count = 1
    """parallel links between each pair of connected routers"""
    q: Count | None = None
    """size parameter of the slim fly, a prime power"""
    switches: Count | None = None
    """number of switches"""
    degree: Count | None = None
    """links per switch to other switches"""
    seed: Natural | None = None
    """seed of the random generator"""

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

    @model_validator(mode="after")
    def _names_are_those_of_the_pattern(self) -> Self:
        known = {
            "switch": ("role", FABRIC_ROLES),
            "per_rack": ("role", FABRIC_ROLES),
            "medium": ("link group", FABRIC_GROUPS),
            "links_per_cable": ("link group", FABRIC_GROUPS),
        }
        for key, (what, names) in known.items():
            for name in sorted(getattr(self, key).keys() - {"*", *names[self.pattern]}):
                message = f'pattern {self.pattern} has no {what} "{name}"'
                raise ReadError("E640", message, nearest(name, names[self.pattern]), (key, name))
        return self
