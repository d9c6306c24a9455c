"""The copper wall: what share of links turns optical as the reach of copper shrinks."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.media.medium import NO_REACH, reach_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric

NO_CABLE = "board"
"""The length basis of links on a board or midplane: they are left out, whatever copper cables reach."""


@dataclass(frozen=True)
class Step:
    """If copper reached ``reach_mm``: links no longer than that, and links beyond.

    ``media`` are the copper media of the catalog that reach exactly so far.
    """

    reach_mm: int
    media: tuple[str, ...]
    copper: int
    optical: int

    @property
    def share(self) -> Fraction:
        """Return the share of links that are beyond, of those whose length is known."""
        return Fraction(self.optical, self.copper + self.optical)


@dataclass(frozen=True)
class ReachCurve:
    """The links of one network and lane rate (Mb/s; None = not known), board traces left out.

    ``lengths`` maps mm, slack included, to links, shortest first; ``unknown`` links have no length.
    ``reaches`` maps the copper media of the catalog that run at this rate to mm, shortest first.
    """

    network: str
    lane_rate: int | None
    lengths: dict[int, int]
    unknown: int
    reaches: dict[str, int]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return one step for each length and each reach of a medium, shortest first; none without links."""
        if not self.lengths:
            return ()
        stops = sorted({*self.lengths, *self.reaches.values()})
        return tuple(self._step(stop) for stop in stops)

    def _step(self, reach_mm: int) -> Step:
        copper = sum(links for mm, links in self.lengths.items() if mm <= reach_mm)
        media = tuple(name for name, mm in self.reaches.items() if mm == reach_mm)
        return Step(reach_mm, media, copper, sum(self.lengths.values()) - copper)


def study_reach(fabric: Fabric) -> tuple[ReachCurve, ...]:
    """Return how long the links of each network and lane rate are, and how far copper reaches there."""
    lengths: dict[tuple[str, int | None], Counter[int | None]] = {}
    for group in fabric.links:
        cabled = [one for one in group.lengths if one.basis != NO_CABLE]
        for one in cabled:
            lengths.setdefault((group.network, group.lane_rate), Counter())[one.length_mm] += one.links
    return tuple(
        ReachCurve(
            network=network,
            lane_rate=lane_rate,
            lengths=dict(sorted(_known(counts))),
            unknown=counts[None],
            reaches=_reaches(fabric, lane_rate),
        )
        for (network, lane_rate), counts in lengths.items()
    )


def _known(counts: Counter[int | None]) -> Iterator[tuple[int, int]]:
    return ((mm, links) for mm, links in counts.items() if mm is not None)


def _reaches(fabric: Fabric, lane_rate: int | None) -> dict[str, int]:
    """Return how far each copper medium of the catalog reaches at a lane rate."""
    if lane_rate is None:
        return {}
    copper = [medium for medium in fabric.catalog.media.values() if medium.kind == "copper"]
    found = {medium.id: reach_of(medium, lane_rate) for medium in copper}
    known = {name: mm for name, mm in found.items() if mm is not None and mm != NO_REACH}
    return dict(sorted(known.items(), key=lambda item: (item[1], item[0])))
