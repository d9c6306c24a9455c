"""The built model: places, device groups, ports and who uses them, link groups; small at any size.

Devices are numbered consecutively, group by group.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import Marks, Problem
from topogen.html_text import html_lines, html_table
from topogen.model.path import count_of, level_depth, path_name
from topogen.records import dataclass
from topogen.units import format_rate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from topogen.catalog.model import Catalog
    from topogen.language.topology import TopologySpec
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, PlaceGroup
    from topogen.model.links import LinkGroup
    from topogen.model.path import Steps
    from topogen.model.racks import Placement
    from topogen.model.runs import Rows
    from topogen.model.site_names import SiteNames

FREE = -1
"""What a port map holds for a port that no link uses."""


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
    scenarios: tuple[str, ...] = ()
    """The scenarios that its file states."""
    about: str = ""
    """What its file says of the scenario that is applied."""

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


def boxed_in(fabric: Fabric, path: Steps) -> DeviceGroup | None:
    """Return the chips that a fabric made in places of a path, None where the path leads to no such box."""
    return next((group for group in fabric.groups if group.is_boxed and group.path[:-1] == path), None)


def group_of(fabric: Fabric, device: int) -> DeviceGroup:
    """Return the group of a device."""
    return next(one for one in fabric.groups if one.first <= device < one.first + one.count)


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
