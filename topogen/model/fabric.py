"""The built model: places, device groups, ports and who uses them, link groups; small at any size.

Devices are numbered consecutively, group by group; a name is made only where somebody reads it. A group is
a path of steps from the top of the tree down to a device, and the numbers of its devices are mixed-radix
numbers over the counts of those steps: the last step runs fastest.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from math import lcm, prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.errors import Marks, Problem
from topogen.html_text import html_lines, html_table
from topogen.model.length_histogram import LengthClasses
from topogen.model.runs import listed
from topogen.records import dataclass
from topogen.units import MM_PER_100_U, format_rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topogen.catalog.model import Catalog
    from topogen.language.topology import TopologySpec
    from topogen.model.arrays import Ints
    from topogen.model.runs import Rows
    from topogen.model.site_names import SiteNames
    from topogen.selector import Entry


BOX_STEPS = 2
"""Steps of the path to a switch that a fabric makes, or to the box whose chip it is."""

FREE = -1
"""What a port map holds for a port that no link uses."""


@dataclass(frozen=True)
class Port:
    """A port group of a device type: ``count`` equal ports, each for one link.

    ``rate`` is in Mb/s per direction; ``lanes`` and ``lane_rate`` are None where only a bandwidth is known,
    and all three are None for a passive port, which takes any rate.
    """

    name: str
    count: int
    lanes: int | None
    lane_rate: int | None
    rate: int | None
    bidi: bool
    cage_links: int
    cage_on: str | None
    cages: tuple[int, ...] = ()
    """Numbers of its cages on the panel of the part, in the order that links fill them."""
    reserved: int = 0
    """The last ports, which are fitted and never used."""

    @property
    def usable(self) -> int:
        """Return how many ports may have a link."""
        return self.count - self.reserved


@dataclass(frozen=True)
class DeviceType:
    """What all devices of a name have in common."""

    name: str
    role: str
    part: str | None
    dies: int | None
    height_u: int
    ports: tuple[Port, ...]
    nos: str = ""
    """The operating system that names its ports; the first that the panel of its part has if empty."""


@dataclass(frozen=True)
class Step:
    """One step down the tree: ``entry.count`` places or devices of one type inside each place above."""

    entry: Entry
    level: str | None
    units: tuple[int, ...] = ()
    """The U each of them stands at, where its template says."""

    @property
    def type(self) -> str:
        """Return the name of the template or device type."""
        return self.entry.type

    @property
    def count(self) -> int:
        """Return how many stand in each place above."""
        return self.entry.count


Steps: TypeAlias = tuple[Step, ...]


def count_of(path: Steps) -> int:
    """Return how many places or devices a path makes."""
    return prod(step.count for step in path)


@dataclass(frozen=True)
class PlaceGroup:
    """Equal places: one template reached by one path. ``first`` numbers the places of a level."""

    path: Steps
    template: str
    level: str
    part: str | None
    first: int

    @cached_property
    def count(self) -> int:
        """Return the number of places."""
        return count_of(self.path)


@dataclass(frozen=True)
class DeviceGroup:
    """Equal devices: one device type reached by one path. ``first`` is the number of its first device."""

    path: Steps
    type: DeviceType
    first: int
    role: str = ""
    """``fabric/role`` for a switch that a generator made."""

    @cached_property
    def count(self) -> int:
        """Return the number of devices."""
        return count_of(self.path)

    @property
    def label(self) -> str:
        """Return the name a person calls these devices by."""
        return self.role or self.type.name

    @property
    def chips(self) -> int:
        """Return how many of these switches are in each box that a fabric made, 1 without boxes."""
        return count_of(self.path[BOX_STEPS:]) if self.is_boxed else 1

    @property
    def is_boxed(self) -> bool:
        """Return whether a fabric made these switches as chips of boxes."""
        return bool(self.role) and len(self.path) > BOX_STEPS

    def planes(self, planes: int) -> Ints:
        """Return the plane of each switch that a fabric made, plane by plane or chip by chip of its boxes."""
        numbers, shared = np.arange(self.count), max(1, self.count // planes) * self.chips
        return numbers // shared * self.chips + numbers % self.chips


@dataclass(frozen=True)
class Terminal:
    """One side of a block: which device and which port each of its links ends at.

    The link at scope ``s`` and indices ``i`` ends at device ``scope[s] + device[i[axis]]`` of the group, on
    that device's port ``table[sum of slot[d][i[d]]]``. ``firsts`` are the scopes, maybe as a range. ``table``
    has shape (ports,), or (devices, ports) where earlier link groups have left different ports free on
    different devices.
    """

    group: int
    port: int
    firsts: range | Ints
    axis: int
    device: Ints
    slot: tuple[Ints, ...]
    table: Ints

    @cached_property
    def scope(self) -> Ints:
        """Return where each scope starts, shape (scopes,)."""
        return listed(self.firsts)


@dataclass(frozen=True)
class LinkBlock:
    """The links of one pattern over one kind of scope: ``scopes`` copies of a box of ``shape`` links."""

    shape: tuple[int, ...]
    a: Terminal
    b: Terminal | None

    @property
    def scopes(self) -> int:
        """Return the number of copies."""
        return len(self.a.firsts)

    @property
    def count(self) -> int:
        """Return the number of links."""
        return self.scopes * prod(self.shape)

    @property
    def ends(self) -> tuple[Terminal, Terminal]:
        """Return both ends of a block whose far end is in the model."""
        assert self.b is not None  # noqa: S101 - asked of no external link
        return self.a, self.b

    def only(self, scopes: Ints) -> LinkBlock:
        """Return some scopes, by their numbers."""
        a, b = (end and replace(end, firsts=end.scope[scopes]) for end in (self.a, self.b))
        assert a is not None  # noqa: S101 - every block has an a
        return replace(self, a=a, b=b)


@dataclass(frozen=True)
class Rejection:
    """A medium that links could have had, and why they have another."""

    medium: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """Why so many links of a group have their medium: what a policy or an override decided by.

    ``length_mm`` is that of the link, slack included (None = unknown).
    """

    a_type: str
    b_type: str
    length_mm: int | None
    links: int
    rule: str
    rejected: tuple[Rejection, ...]


@dataclass(frozen=True)
class PatchPanel:
    """Patch panels that links pass through: ``panels`` of ``positions`` each, from a U of a rack up.

    ``trunk`` and ``cord`` are the parts to the panels at the other end and to devices; ``cord`` and ``part``
    are None where the file names none.
    """

    name: str
    rack: int
    unit: int
    connector: str
    positions: int
    panels: int
    part: str | None
    trunk: str
    cord: str | None

    @property
    def spot(self) -> tuple[Ints, Ints]:
        """Return rack and height in mm, each of shape (1,)."""
        return np.array([self.rack]), height_mm(np.array([self.unit]))


@dataclass(frozen=True)
class LinkGroup:
    """Links made by one pattern, all of one rate.

    ``rate`` is in Mb/s per direction, ``lanes`` are those of the a port (None where unknown). ``media`` holds
    the medium of the a end and of the b end; the first also owns what belongs to the link and its lanes.
    """

    name: str
    network: str
    tier: int
    rate: int
    lanes: int | None
    lane_rate: int | None
    bidi: bool
    media: tuple[str, str] | None
    links_per_cable: int
    within: str | None
    outside: str
    pattern: str
    length_mm: int | None
    blocks: tuple[LinkBlock, ...]
    base: str = ""
    """The name in the file, where a policy or an override has split the group by medium."""
    turned: bool = False
    """Whether a and b have changed places since the file, so that b is the end with the one plug."""
    joins_alike: bool = False
    """Whether a and b are the same devices, so that neither end is the lower one."""
    lengths: LengthClasses = field(default_factory=LengthClasses)
    fibre_shuffle: str = ""
    """What sorts the fibres of a cord whose links end in several places."""
    choices: tuple[Choice, ...] = ()
    """Why its links have this medium, where a policy or an override decided."""
    through: tuple[PatchPanel, ...] = ()
    """The patch panels that its links pass through, from a to b; empty where cables join the devices."""

    @property
    def count(self) -> int:
        """Return the number of links."""
        return sum(block.count for block in self.blocks)

    @property
    def has_b(self) -> bool:
        """Return whether the far end is in the model."""
        return not self.outside


@dataclass(frozen=True)
class Rack:
    """A rack on the floor; ``x_mm`` along its row, ``y_mm`` across the rows, None where no row holds it."""

    name: str
    row: str = ""
    x_mm: int | None = None
    y_mm: int | None = None


@dataclass(frozen=True)
class Position:
    """Where the devices of a group stand: in racks of ``per_rack`` devices each from ``first`` on.

    In each rack or above it they take the U of ``units`` in turn, ``per_unit`` devices each. ``listed`` has
    rack and U of each where a generator or the layout stood them one by one. -1 where unknown.
    """

    count: int
    first: int = -1
    per_rack: int = 1
    units: tuple[int, ...] = (-1,)
    per_unit: int = 1
    listed: tuple[Ints, Ints] | None = None

    @cached_property
    def in_racks(self) -> bool:
        """Return whether every device is in a rack."""
        return self.first >= 0 if self.listed is None else bool((self.listed[0] >= 0).all())

    @cached_property
    def nowhere(self) -> bool:
        """Return whether no device is in a rack."""
        return self.first < 0 if self.listed is None else bool((self.listed[0] < 0).all())

    @property
    def period(self) -> int:
        """Return after how many devices they stand in a new rack and at the same U's again."""
        return lcm(self.per_rack, self._cycle)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Return the lowest and the highest number of a rack in which a device stands."""
        if self.listed is None:
            return self.first, self.first + (self.count - 1) // self.per_rack if self.first >= 0 else -1
        return int(self.listed[0].min()), int(self.listed[0].max())

    def is_apart_from(self, other: Position) -> bool:
        """Return whether every device is in a rack, all racks before or behind those of another."""
        both = self.in_racks and other.in_racks
        return both and (self.span[1] < other.span[0] or other.span[1] < self.span[0])

    def rack(self, numbers: Ints) -> Ints:
        """Return the rack of some devices."""
        if self.listed is not None:
            return np.asarray(self.listed[0][numbers])
        return self.first + numbers // self.per_rack if self.first >= 0 else np.full_like(numbers, -1)

    def unit(self, numbers: Ints) -> Ints:
        """Return the U of some devices."""
        return np.asarray(self._units[self._turn(numbers)])

    def height(self, numbers: Ints) -> Ints:
        """Return how high some devices stand in mm, -1 where unknown."""
        return np.asarray(self._heights[self._turn(numbers)])

    def _turn(self, numbers: Ints) -> Ints:
        """Return the devices, of those in ``_units``, that stand as high as some others."""
        return numbers if self.listed else numbers - numbers // self._cycle * self._cycle  # faster than %

    @property
    def _cycle(self) -> int:
        """Return after how many devices they stand at the same U's again."""
        return self.per_unit * len(self.units)

    @cached_property
    def _units(self) -> Ints:
        return self.listed[1] if self.listed else np.repeat(np.array(self.units, np.int64), self.per_unit)

    @cached_property
    def _heights(self) -> Ints:
        return height_mm(self._units)

    def highest_in(self, racks: Ints) -> Ints:
        """Return the highest U that a device of the group takes in some racks, -1 where none does."""
        low, high = self.span
        if self.listed is None:
            inside = (racks >= low) & (racks <= high) & (low >= 0)
            return np.where(inside, int(self.unit(np.arange(self.per_rack)).max()), -1)
        found = np.full(high + 2, -1, np.int64)  # one more, for racks beyond
        np.maximum.at(found, self.listed[0], self.listed[1])
        found[-1] = -1
        return np.asarray(found[np.minimum(racks, high + 1)])

    @property
    def highest_mm(self) -> int:
        """Return how high the highest device stands, 0 where no U is known."""
        return int(self._heights.max(initial=0))


def height_mm(unit: Ints) -> Ints:
    """Return how high each U stands: ceil(44.45 u) mm, computed here and nowhere else; -1 stays -1.

    >>> height_mm(np.array([1, 20, -1])).tolist()
    [45, 889, -1]
    """
    return np.where(unit >= 0, (MM_PER_100_U * unit + 99) // 100, -1)


@dataclass(frozen=True)
class Placement:
    """Where every device stands: a stand for each device group.

    ``x_mm`` and ``y_mm``, shape (racks,), are where racks stand on the floor, -1 where no row holds them;
    ``row`` is the number of each one's row in ``rows``, or -1. ``pairs``, shape (measured,), are two racks
    whose way was measured, as lower x racks + higher, ascending; ``ways`` are those ways in mm.
    """

    stands: tuple[Position, ...]
    places: tuple[PlaceGroup, ...]
    x_mm: Ints
    y_mm: Ints
    row: Ints
    rows: tuple[str, ...]
    pairs: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ways: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    rack_names: tuple[str, ...] = ()
    """Names of the racks as the site has them; empty where they have their design names."""

    @cached_property
    def rack(self) -> Ints:
        """Return the rack of every device, shape (devices,), -1 where the file does not say."""
        return np.concatenate([stand.rack(np.arange(stand.count)) for stand in self.stands])

    @cached_property
    def unit(self) -> Ints:
        """Return the U of every device, shape (devices,), -1 where the file does not say."""
        return np.concatenate([stand.unit(np.arange(stand.count)) for stand in self.stands])

    @cached_property
    def height_mm(self) -> Ints:
        """Return how high every device stands, shape (devices,), -1 where the file does not say."""
        return height_mm(self.unit)

    @cached_property
    def racks(self) -> tuple[Rack, ...]:
        """Return the racks in the order of their numbers."""
        names = self.rack_names or [name for place in self.places for name in path_names(place.path)]
        rows = zip(self.row.tolist(), self.x_mm.tolist(), self.y_mm.tolist(), strict=True)
        return tuple(
            Rack(name, self.rows[row], x, y) if row >= 0 else Rack(name)
            for name, (row, x, y) in zip(names, rows, strict=True)
        )

    def measured_mm(self, a: Ints, b: Ints) -> Ints:
        """Return the measured way between racks, -1 where there is none; racks are broadcast."""
        if not len(self.pairs):
            return np.broadcast_to(np.int64(-1), np.broadcast_shapes(a.shape, b.shape))
        pair = np.minimum(a, b) * len(self.x_mm) + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        found = (self.pairs[at] == pair) & (a >= 0) & (b >= 0)
        return np.where(found, self.ways[at], -1)


@dataclass(frozen=True)
class SizeStep:
    """One line of why there are so many switches of a role: a label, a sentence or an equation."""

    label: str
    text: str = ""
    formula: str = ""


@dataclass(frozen=True)
class Attachment:
    """Devices that belong to others without a link: ``device`` and ``to``, shape (attached,).

    A device that several others share is listed once for each of them.
    """

    device: Ints
    to: Ints


@dataclass(frozen=True)
class GeneratorFacts:
    """What a generator says of its fabric: formulas of its pattern, None where the structure does not tell.

    ``diameter`` is the most links between two ends; ``bisection`` the least links cut when the ends are
    halved, in each of ``planes``. ``pods_alike`` says that the tiers are pods alike. ``sizes`` says for each
    role why one plane has so many switches: label, sentence, equation.
    """

    planes: int = 1
    diameter: int | None = None
    bisection: Fraction | None = None
    pods_alike: bool = False
    sizes: Mapping[str, tuple[SizeStep, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fabric:
    """Everything that results are computed from: one immutable value, built once.

    ``ports`` maps (device group, port index) to who uses each port of its devices, in rows of shape (ports,):
    ``2 * link group + (0 for a, 1 for b)`` or ``FREE``.
    """

    spec: TopologySpec
    catalog: Catalog
    scenario: str
    places: tuple[PlaceGroup, ...]
    groups: tuple[DeviceGroup, ...]
    links: tuple[LinkGroup, ...]
    ports: dict[tuple[int, int], Rows]
    sites: Placement
    made: Mapping[str, GeneratorFacts] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks, repr=False)
    warnings: tuple[Problem, ...] = ()
    names: SiteNames | None = None
    """Names as the site has them, where the file states any."""
    attached: tuple[Attachment, ...] = ()
    """Devices that belong to others, such as NICs to GPUs: no links, never counted in a BOM."""
    phase: str = ""
    """The phase that it is the design after, where the file is built in phases."""
    earlier: tuple[Fabric, ...] = ()
    """The designs after the phases before this one."""

    @property
    def name(self) -> str:
        """Return the name of the fabric."""
        return self.spec.name

    @property
    def n_devices(self) -> int:
        """Return the number of devices."""
        return sum(group.count for group in self.groups)

    @property
    def n_links(self) -> int:
        """Return the number of links."""
        return sum(group.count for group in self.links)

    def _repr_html_(self) -> str:
        """Return name, title and link groups for a notebook."""
        rows = [
            (one.name, one.network, f"{one.tier}", f"{one.count:,}", format_rate(one.rate),
             " / ".join(dict.fromkeys(one.media or ())))
            for one in self.links
        ]  # fmt: skip
        headings = ("group", "network", "#tier", "#links", "#rate", "medium")
        return html_lines(self.name, self.spec.title or "") + html_table("Links", headings, rows)


def racks_of_places(fabric: Fabric, path: Steps) -> Ints | None:
    """Return the rack in which each place of a path stands, None where none stands in a rack."""
    numbers = np.arange(count_of(path))
    if depth := level_depth(path, "rack"):
        return place_group_of(fabric, path[:depth]).first + numbers // count_of(path[depth:])
    chips = boxed_in(fabric, path)
    return fabric.sites.stands[fabric.groups.index(chips)].rack(numbers * chips.chips) if chips else None


def level_depth(path: Steps, level: str) -> int | None:
    """Return how many steps of a path lead to its innermost place of a level; None without one."""
    return next((depth for depth in range(len(path), 0, -1) if path[depth - 1].level == level), None)


def boxed_in(fabric: Fabric, path: Steps) -> DeviceGroup | None:
    """Return the chips that a fabric made in places of a path, None where the path leads to no such box."""
    return next((group for group in fabric.groups if group.is_boxed and group.path[:-1] == path), None)


def place_group_of(fabric: Fabric, path: Steps) -> PlaceGroup:
    """Return the place group reached by exactly this path."""
    return next(place for place in fabric.places if place.path == path)


def place_ids(fabric: Fabric, group: DeviceGroup, level: str, numbers: Ints | None = None) -> Ints | None:
    """Return which place of a level devices of a group are in, all or those with ``numbers``, or None.

    ``device`` is the device itself and ``fabric`` is one place for all. A switch that a generator made
    stands in the rack that the layout gave it.
    """
    if numbers is None:
        numbers = np.arange(group.count, dtype=np.int64)
    if level == "device":
        return group.first + numbers
    if level == "fabric":
        return np.zeros(len(numbers), np.int64)
    depth = level_depth(group.path, level)
    if depth is not None:
        return place_group_of(fabric, group.path[:depth]).first + numbers // count_of(group.path[depth:])
    stand = fabric.sites.stands[fabric.groups.index(group)]
    return stand.rack(numbers) if level == "rack" and stand.in_racks else None


def levels_above(path: Steps) -> str:
    """Return the hint that names the levels above a device, from the innermost out."""
    levels = [step.level for step in reversed(path) if step.level]
    return f"levels above it: {', '.join(levels)}" if levels else "put it in a template of that level"


def path_name(path: Steps, number: int) -> str:
    """Return the full name of the place or device ``number`` of a path: ``r1/compute_tray7/gpu1``."""
    names: list[str] = []
    for step in reversed(path):
        number, index = divmod(number, step.count)
        names.append(step.entry.name(index))
    return "/".join(reversed(names))


def path_names(path: Steps) -> list[str]:
    """Return the full names of all places or devices of a path, in the order of their numbers."""
    names, *inner = (step.entry.names() for step in path)
    for labels in inner:
        names = [f"{outer}/{label}" for outer in names for label in labels]
    return names


def device_name(fabric: Fabric, device: int) -> str:
    """Return the full name of a device by its number."""
    group = next(group for group in fabric.groups if group.first <= device < group.first + group.count)
    return path_name(group.path, device - group.first)


def n_gpus(fabric: Fabric) -> int:
    """Return the number of GPU packages."""
    return sum(group.count for group in fabric.groups if group.type.role == "gpu")


def n_gpu_dies(fabric: Fabric) -> int | None:
    """Return the number of GPU compute dies, None where a GPU type does not say how many it has."""
    gpus = [group for group in fabric.groups if group.type.role == "gpu"]
    if not gpus or any(group.type.dies is None for group in gpus):
        return None
    return sum(group.count * (group.type.dies or 0) for group in gpus)
