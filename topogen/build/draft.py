"""The state that the build stages share."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.build.wire import Job, Plant
from topogen.cabling.ports import PortBook
from topogen.language.link import MediumRef
from topogen.model.links import LinkGroup
from topogen.model.select import Piece, SelectionError, select_ports
from topogen.records import dataclass
from topogen.wiring.block import PatternError
from topogen.wiring.plan import refuse_many_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.parsed import Parsed
    from topogen.build.tree import Tree
    from topogen.errors import Path, Problems
    from topogen.language.topology import LinkSpec
    from topogen.model.arrays import Ints
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric, GeneratorFacts
    from topogen.model.links import LinkBlock, PatchPanel
    from topogen.selector import Selector


class Alike(NamedTuple):
    """What tells the ends of a link group apart: places they share, their rail, and the plane of a port."""

    places: Sequence[str] = ()
    rails_by: str | None = None
    planes: int = 1


@dataclass
class Draft:
    """Places, ports and link groups made so far; ``at`` says where each link group is in the file."""

    parsed: Parsed
    problems: Problems
    tree: Tree
    ports: PortBook = field(default_factory=PortBook)
    links: list[LinkGroup] = field(default_factory=list)
    at: dict[str, Path] = field(default_factory=dict)
    racks: dict[int, Ints] = field(default_factory=dict)
    """The rack of each device of a group, where a fabric brings racks of its own."""
    tier_of: dict[str, str] = field(default_factory=dict)
    """The link group whose tier another has: cables to ports without an end lie where those to ends do."""
    made: dict[str, GeneratorFacts] = field(default_factory=dict)
    patch_panels: dict[str, PatchPanel] = field(default_factory=dict)
    through: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the patch panels that the links of a group pass through, from a to b."""
    before: Fabric | None = None
    """The design before this one, whose cables keep their ports where they can."""
    alike: dict[Path, Alike] = field(default_factory=dict)
    """What tells the ends of each fabric and link group apart, for pinned cables."""

    def path_of(self, link: LinkGroup) -> Path:
        """Return where the fabric or link group is written that links are of."""
        return self.at[link.base or link.name]

    @property
    def plant(self) -> Plant:
        """Return the places, groups and ports that links are wired to."""
        return Plant(self.tree.places, self.tree.groups, self.ports)

    def port(self, piece: Piece) -> Port:
        """Return the port group that a piece names."""
        return self.tree.groups[piece.group].type.ports[piece.port]

    def label(self, piece: Piece) -> str:
        """Return the label of the ports of a piece."""
        return f"{self.tree.groups[piece.group].label}.{self.port(piece).name}"

    def select(self, selectors: Sequence[Selector], at: Path) -> list[Piece]:
        """Return the ports of a union of selectors, each device once; raises ``SelectionError``."""
        pieces: list[Piece] = []
        try:
            for selector in selectors:
                pieces = self._joined(pieces, selector)
        except SelectionError as error:
            error.at = at
            raise
        return pieces

    def _joined(self, pieces: list[Piece], selector: Selector) -> list[Piece]:
        """Return pieces with those of one more selector: other devices, or further ports of the same."""
        joined = list(pieces)
        for piece in select_ports(self.tree.groups, selector):
            if overlap(pieces, [piece]):
                message = f'"{selector.text}" selects ports that are already in the list'
                raise SelectionError(message, "select each port once")
            known = [one for one in joined if one.port == piece.port and share_devices(one, piece)]
            if not known:
                joined.append(piece)
            elif same_devices(known[0], piece):
                ports = (*(known[0].ports or ()), *(piece.ports or ()))
                joined[joined.index(known[0])] = replace(piece, ports=ports)
            else:
                message = f'"{selector.text}" adds ports to only some of the devices in the list'
                raise SelectionError(message, "select all ports of a device in one selector: gpu.nvl[0-3,8]")
        return joined


@dataclass(frozen=True)
class PlannedGroup:
    """A link group after its blocks are generated."""

    network: str
    medium: MediumRef | None
    pattern: str
    jobs: Sequence[Job]
    blocks: tuple[LinkBlock, ...]
    spec: LinkSpec | None = None
    links_per_cable: int = 1
    length_mm: int | None = None
    fibre_shuffle: str = ""
    shuffle: int = 0
    outside: str = ""
    base: str = ""
    through: tuple[str, ...] = ()


def share_devices(one: Piece, two: Piece) -> bool:
    """Return whether two pieces have a device in common."""
    return one.group == two.group and all(
        np.isin(mine, other).any() for mine, other in zip(one.picks, two.picks, strict=True)
    )


def same_devices(one: Piece, two: Piece) -> bool:
    """Return whether two pieces are of the same devices."""
    return one.group == two.group and all(
        np.array_equal(mine, other) for mine, other in zip(one.picks, two.picks, strict=True)
    )


def overlap(some: Sequence[Piece], others: Sequence[Piece]) -> bool:
    """Return whether two lists name a port twice."""
    return any(
        share_devices(one, two)
        and one.port == two.port
        and (one.ports is None or two.ports is None or bool(set(one.ports) & set(two.ports)))
        for one in some
        for two in others
    )


def port_shape(draft: Draft, pieces: Sequence[Piece]) -> tuple[int, int, int]:
    """Return rate, lanes and lane rate of the first of some ports that has a rate, 0 for what is unknown."""
    rated = (port for port in map(draft.port, pieces) if port.rate is not None)
    port = next(rated, None)
    return (port.rate or 0, port.lanes or 0, port.lane_rate or 0) if port else (0, 0, 0)


def refuse_two_media(medium: MediumRef | None) -> None:
    """Raise where links among the same devices name a medium for each end."""
    if medium and medium.a != medium.b:
        message = "a medium per end needs different devices at a and b"
        raise PatternError("E305", message, "write one medium for both ends")


def keep(draft: Draft, name: str, at: Path, wired: PlannedGroup) -> None:
    """Add a link group to the draft; its rate and lanes are those of the first end that has them."""
    port = next(
        port
        for job in wired.jobs
        for port in (draft.port(piece) for piece in [*job.a, *(job.b or ())])
        if port.rate is not None
    )
    spec, jobs, medium = wired.spec, wired.jobs, wired.medium
    through = spec.through if spec else wired.through
    turned = any(job.turned for job in jobs)
    if turned:
        through = through[::-1]
        jobs = [replace(job, a=job.b or (), b=job.a) for job in jobs]
        medium = medium and MediumRef(medium.b, medium.a)
    per_cable = spec.links_per_cable if spec else wired.links_per_cable
    refuse_many_links(sum(block.count for block in wired.blocks))
    draft.at[wired.base or name] = at
    if through:
        draft.through[name] = through
    draft.links.append(
        LinkGroup(
            name=name,
            network=wired.network,
            tier=0,
            rate=port.rate or 0,
            lanes=port.lanes,
            lane_rate=port.lane_rate,
            bidi=port.bidi,
            media=(medium.a, medium.b) if medium else None,
            links_per_cable=per_cable,
            within=spec.within if spec else None,
            outside=wired.outside or (spec.ends().to if spec else ""),
            pattern=wired.pattern,
            length_mm=spec.length if spec else wired.length_mm,
            fibre_shuffle=(spec.fibre_shuffle or "") if spec else wired.fibre_shuffle,
            shuffle=(spec.shuffle or 0) if spec else wired.shuffle,
            blocks=wired.blocks,
            turned=turned,
            joins_alike=any(job.alike for job in wired.jobs),
            base=wired.base,
        )
    )
