"""The request to a sized generator and its plan: switches, and link groups between them and the ends.

A generator numbers the ends it is given from 0 in one row and the switches of each role from 0, for one
plane; planes are whole copies, made of the plan afterwards.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from topogen.model.equivalence import classify_rows
from topogen.model.fabric import SizeStep
from topogen.model.runs import arange, distinct, zeros
from topogen.records import dataclass
from topogen.units import format_count
from topogen.wiring.block import Block, BlockSide, PatternError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from topogen.language.fabric import FabricSpec
    from topogen.model.arrays import Ints

Spec_co = TypeVar("Spec_co", bound="FabricSpec", covariant=True)

ENDS = "ends"
EXTRA_ENDS = "extra_ends"
PEER = "peer"
"""Port group of links between switches of one role; without it they take ports that face up."""

MAX_NUMBERED = 2**31 - 1
"""Rows of a link group, and devices of a fabric, are numbered with four bytes."""

MAX_DEVICES = 20_000_000
"""Above this a count is taken for a slip of the keyboard."""


@dataclass(frozen=True)
class Units:
    """Units whose ends stand alike: ``number`` of each and its ``first`` end, both of shape (units,).

    The ends of a unit follow one another; ``rails`` has the rails of the first ones, and they come round
    ``rounds`` times.
    """

    number: Ints
    first: Ints
    rails: Ints
    rounds: int

    @property
    def size(self) -> int:
        """Return the number of ends of one unit."""
        return len(self.rails) * self.rounds


@dataclass(frozen=True)
class EndPoints:
    """Ends of a fabric: ``count`` devices that each bring ``ports`` ports to one plane.

    The rail of an end is its position in its place of ``rails_by``, its unit its place of ``units_by``; both
    count from 0, and are 0 for all where the file names no such level. ``kinds`` has units alike together,
    where the ends of each follow one another; else ``listed`` has rail and unit of each end, shape (count,).
    ``places`` has the place of each end, of any number, in the levels that ``blocks`` names.
    """

    count: int
    ports: int
    kinds: tuple[Units, ...]
    places: Mapping[str, Ints] = field(default_factory=dict)
    listed: tuple[Ints, Ints] | None = None
    each: Ints | None = None
    """Ports of each end where they differ, shape (count,); ``ports`` is then the most."""

    @classmethod
    def unlike(cls, each: Ints, rail: Ints, unit: Ints) -> EndPoints:
        """Return ends that bring unlike numbers of ports, at least one each."""
        return cls(len(each), int(each.max()), (), {}, (rail, unit), each)

    @property
    def least(self) -> int:
        """Return the ports of the end that brings fewest."""
        return self.ports if self.each is None else int(self.each.min())

    @cached_property
    def fullest_links(self) -> int:
        """Return the number of links of the fullest rail of a unit."""
        if self.each is None:
            return self.fullest * self.ports
        links = zeros(self.n_units * self.n_rails)
        np.add.at(links, self.unit * self.n_rails + self.rail, self.each)
        return int(links.max())

    @classmethod
    def uniform(cls, count: int, ports: int = 1, *, rails: int = 1, per_unit: int | None = None) -> EndPoints:
        """Return ends in nodes of one end a rail, in units of ``per_unit`` ends (default: all in one)."""
        refuse_many("ends", count)
        refuse_many_links(count * ports)
        numbers = arange(count)
        return cls.of(ports, numbers % rails, numbers // (per_unit or max(1, count)))

    @classmethod
    def of(cls, ports: int, rail: Ints, unit: Ints, places: Mapping[str, Ints] | None = None) -> EndPoints:
        """Return ends from the rail and the unit of each."""
        if (unit[1:] < unit[:-1]).any():
            return cls(len(unit), ports, (), places or {}, (rail, unit))
        starts = np.searchsorted(unit, arange(int(unit[-1]) + 2) if len(unit) else zeros(1))
        sizes = np.diff(starts)
        kinds: list[Units] = []
        for size in distinct(sizes[sizes > 0]).tolist():
            units = np.flatnonzero(sizes == size)
            rails = rail[starts[units][:, None] + arange(size)[None, :]]
            for rows in classify_rows(rails).members:
                number = units[rows]
                kinds.append(Units(number, starts[number], *_rounds(rails[rows[0]])))
        return cls(len(unit), ports, tuple(kinds), places or {})

    @cached_property
    def rail(self) -> Ints:
        """Return the rail of each end, shape (count,)."""
        return self.listed[0] if self.listed else self._laid(lambda kind: np.tile(kind.rails, kind.rounds))

    @cached_property
    def unit(self) -> Ints:
        """Return the unit of each end, shape (count,)."""
        return self.listed[1] if self.listed else self._laid(lambda kind: kind.number[:, None])

    def _laid(self, values: Callable[[Units], Ints]) -> Ints:
        every = zeros(self.count)
        for kind in self.kinds:
            every[kind.first[:, None] + arange(kind.size)[None, :]] = values(kind)
        return every

    @cached_property
    def n_units(self) -> int:
        """Return the number of units."""
        return 1 + max(int(numbers.max()) for numbers in self._numbers(0))

    @cached_property
    def n_rails(self) -> int:
        """Return the number of rails."""
        return 1 + max(int(rails.max()) for rails in self._numbers(1))

    def _numbers(self, which: int) -> list[Ints]:
        if self.listed:
            return [self.listed[1 - which]]
        return [(kind.number, kind.rails)[which] for kind in self.kinds]

    @cached_property
    def fullest(self) -> int:
        """Return the number of ends of the fullest rail of a unit."""
        if self.listed:
            return int(np.bincount(self.unit * self.n_rails + self.rail).max())
        return max(int(np.bincount(kind.rails).max()) * kind.rounds for kind in self.kinds)


def _rounds(rails: Ints) -> tuple[Ints, int]:
    """Return the rails of one round of ends and how many rounds there are, where all are alike."""
    around = int(rails.max(initial=0)) + 1
    if len(rails) % around == 0 and (rails.reshape(-1, around) == arange(around)).all():
        return arange(around), len(rails) // around
    return rails, 1


@dataclass(frozen=True)
class Faces:
    """The ports of a switch type: all, and those of its port groups ``down`` and ``up`` where it has them.

    ``peer`` has those of a further port group of that name, which ``total`` leaves out.
    """

    type: str
    total: int
    down: int | None = None
    up: int | None = None
    peer: int | None = None


@dataclass(frozen=True)
class GeneratorRequest(Generic[Spec_co]):
    """What a file asks of a generator for one plane.

    ``ends`` is None where the generator is to create them, ``created_ports`` each.
    """

    spec: Spec_co
    faces: Callable[[str], Faces]
    ends: EndPoints | None
    extra: EndPoints | None = None
    created_ports: int = 1


@dataclass(frozen=True)
class Face:
    """Ports of all devices of a role: the port group ``name`` of its type, or ``ports`` of its only one.

    The role is that of a switch, ``ENDS`` or ``EXTRA_ENDS``. Of an end, ``ports`` count those that it brings
    to the plane; without any, all that are free may be taken.
    """

    role: str
    name: str = ""
    ports: range | None = None


@dataclass(frozen=True)
class PlannedLinks:
    """Links of one group; ``b`` is None where they leave the model, to ``outside``."""

    name: str
    a: Face
    b: Face | None
    blocks: tuple[Block, ...]
    outside: str = ""


def size_by(formula: str) -> tuple[SizeStep, ...]:
    """Return the steps of a role whose count is one equation."""
    return (SizeStep("count", "", formula),)


@dataclass(frozen=True)
class Plan:
    """What a generator makes of its ends.

    ``switches`` counts each role; links of one name follow one another. ``ends`` counts those to create.
    ``diameter`` is the most links between two ends, ``bisection`` the least links cut when the ends are
    halved, where the structure tells (one plane). ``sizes`` says for each role why there are so many switches
    in one plane. ``pods_alike`` says that the tiers are pods alike, whose bisection follows from the ports.
    ``notes`` are warnings: code, sentence, hint.
    """

    switches: Mapping[str, int]
    links: tuple[PlannedLinks, ...]
    ends: int = 0
    diameter: int | None = None
    bisection: Fraction | None = None
    sizes: Mapping[str, tuple[SizeStep, ...]] = field(default_factory=dict)
    pods_alike: bool = False
    notes: tuple[tuple[str, str, str], ...] = field(default=())


def in_planes(plan: Plan, planes: int, chips: Mapping[str, int] | None = None) -> Plan:
    """Return the plan in whole copies: port k of an end goes to plane k mod ``planes``.

    Switches are numbered plane by plane. Those of a role with ``chips`` are numbered box by box: so many
    planes share their boxes, and chip k of a box serves the k-th of them.
    """
    if planes == 1:
        return plan
    at = _Numbers(plan.switches, planes, chips or {})
    links = tuple(
        replace(made, blocks=tuple(_in_plane(at, made, block) for block in made.blocks))
        if not {ENDS, EXTRA_ENDS} & {made.a.role, made.b.role if made.b else ""}
        else replace(
            made,
            a=_of_planes(made.a, planes),
            b=made.b and _of_planes(made.b, planes),
            blocks=tuple(
                _of_ends(at, made, block, plane) for plane in range(planes) for block in made.blocks
            ),
        )
        for made in plan.links
    )
    return replace(plan, switches={role: n * planes for role, n in plan.switches.items()}, links=links)


@dataclass(frozen=True)
class _Numbers:
    """The numbers of switches in all planes: ``count`` of each role in a plane, ``chips`` of it in a box."""

    count: Mapping[str, int]
    planes: int
    chips: Mapping[str, int]

    def side(self, role: str, end: BlockSide, planes: Ints) -> BlockSide:
        """Return one side of a block once more in each of some planes."""
        chips = self.chips.get(role, 1)
        first = planes // chips * chips * self.count[role] + planes % chips
        return replace(
            end, device=end.device * chips, first=(first[:, None] + chips * end.first[None, :]).ravel()
        )


def _of_planes(face: Face, planes: int) -> Face:
    """Return the ports of an end that a face takes in all planes together."""
    if face.ports is None or face.role not in (ENDS, EXTRA_ENDS):
        return face
    return replace(face, ports=range(face.ports.start * planes, face.ports.stop * planes))


def _in_plane(at: _Numbers, made: PlannedLinks, block: Block) -> Block:
    """Return a block between switches once more in each plane."""
    every = arange(at.planes)
    far = at.side(made.b.role, block.b, every) if made.b and block.b else None
    return Block(block.shape, at.side(made.a.role, block.a, every), far)


def _of_ends(at: _Numbers, made: PlannedLinks, block: Block, plane: int) -> Block:
    """Return a block at the ends as it is in one plane: their ports go to the planes in turn."""

    def side(face: Face, end: BlockSide) -> BlockSide:
        if face.role not in (ENDS, EXTRA_ENDS):
            return at.side(face.role, end, np.array([plane]))
        slots = [slot * at.planes for slot in end.slot]
        return replace(end, slot=(slots[0] + plane, *slots[1:]))

    far = side(made.b, block.b) if made.b and block.b else None
    return Block(block.shape, side(made.a, block.a), far)


def divisor_from(uplinks: int, least: int) -> int:
    """Return the smallest divisor of ``uplinks`` that is not below ``least``, which is at most ``uplinks``.

    So many switches above have equally many links to each switch below.

    >>> divisor_from(32, 12)
    16
    """
    return next(count for count in range(least, uplinks + 1) if uplinks % count == 0)


def one_by_one(a: Ints, b: Ints, slot_a: Ints, slot_b: Ints) -> Block:
    """Return one link for each entry of four lists: the devices and slots of both ends, shape (links,)."""
    return Block((len(a),), BlockSide(0, a, (slot_a,)), BlockSide(0, b, (slot_b,)))


def joined_devices(block: Block) -> tuple[Ints, Ints]:
    """Return the devices at both ends of every link of a block, each of shape (links,)."""
    assert block.b is not None  # noqa: S101 - request only of links inside the model

    def laid(side: BlockSide) -> Ints:
        along = [1] * len(block.shape)
        along[side.axis] = -1
        devices = side.first.reshape(-1, *[1] * len(block.shape)) + side.device.reshape(along)
        return np.broadcast_to(devices, (block.copies, *block.shape)).ravel()

    return laid(block.a), laid(block.b)


def leaving(device: Ints, slot: Ints) -> Block:
    """Return one link for each entry of two lists, out of the model."""
    return Block((len(device),), BlockSide(0, device, (slot,)), None)


def refuse_many(name: str, count: int) -> None:
    """Raise for more devices of a kind than one fabric may have."""
    if count > MAX_DEVICES:
        limit = format_count(MAX_DEVICES)
        raise PatternError(
            "E702", f"{format_count(count)} of {name}", f"at most {limit}: is a size mistyped?"
        )


def refuse_many_links(ports: int) -> None:
    """Raise for more ports to be linked than links of a group can be numbered."""
    if ports > MAX_NUMBERED:
        limit = format_count(MAX_NUMBERED)
        raise PatternError(
            "E702", f"{format_count(ports)} ports would be linked", f"a link group has at most {limit} links"
        )


def numbered(places: Ints) -> Ints:
    """Return places renumbered 0, 1, 2 ... in their order.

    >>> numbered(np.array([7, 7, 3])).tolist()
    [1, 1, 0]
    """
    return np.asarray(np.unique(places, return_inverse=True)[1]).astype(np.int64) if len(places) else zeros(0)
