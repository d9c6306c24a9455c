"""The copper wall: what share of links turns optical as the reach of copper shrinks."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, LimitError
from topogen.media.medium import NO_REACH, reach_of
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up
from topogen.units import MM_PER_M, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.build.parsed import Parsed
    from topogen.catalog.model import Catalog
    from topogen.language.topology import PolicySpec
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

NO_CABLE = "board"
"""The length basis of links on a board or midplane: they are left out, whatever copper cables reach."""


MARKS_M = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100)
"""Reaches that are asked about, in metres."""
MOST_BUILT = 64
"""Up to this many lengths, the fabric is rebuilt at each of them; of more, at the marks only."""


@dataclass(frozen=True)
class Rebuilt:
    """A fabric rebuilt as if copper reached so far: its optical links and engines, in one network.

    ``cost_delta`` is the cost of the interconnect of the network less that of the file as it is, in US
    dollars; None where one lacks a price that the other does not lack.
    """

    links_optical: int
    engines: int
    cost_delta: Fraction | None


@dataclass(frozen=True)
class Step:
    """If copper reached ``reach_mm``: links no longer than that, and links beyond.

    ``media`` are the copper media of the catalog that reach exactly so far. ``rebuilt`` is the fabric with
    its policies at this reach, None where it was not rebuilt.
    """

    reach_mm: int
    media: tuple[str, ...]
    copper: int
    optical: int
    rebuilt: Rebuilt | None = None

    @property
    def share(self) -> Fraction:
        """Return the share of links that are beyond, of those whose length is known."""
        return Fraction(self.optical, self.copper + self.optical)


@dataclass(frozen=True)
class ReachCurve:
    """The links of one network and lane rate (Mb/s; None = not known), board traces left out.

    ``lengths`` maps mm, slack included, to links, shortest first; ``unknown`` links have no length.
    ``reaches`` maps the copper media of the catalog that run at this rate to mm, shortest first. ``rebuilt``
    maps a length to the fabric rebuilt as if copper reached so far; ``note`` says where it was not.
    """

    network: str
    lane_rate: int | None
    lengths: dict[int, int]
    unknown: int
    reaches: dict[str, int]
    rebuilt: Mapping[int, Rebuilt] = field(default_factory=dict)
    note: str = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return one step for each length and each reach of a medium, shortest first; none without links."""
        if not self.lengths:
            return ()
        stops = sorted({*self.lengths, *self.reaches.values()})
        return tuple(self.step(stop) for stop in stops)

    @property
    def marks(self) -> tuple[int, ...]:
        """Return the reaches worth a line where there are many: of media, whole metres, and both ends."""
        if not self.lengths:
            return ()
        ends = min(self.lengths), max(self.lengths)
        whole = (metres * MM_PER_M for metres in MARKS_M)
        between = (mm for mm in whole if ends[0] < mm < ends[1])
        return tuple(sorted({*ends, *between, *self.reaches.values()}))

    def longest_within(self, reach_mm: int) -> int:
        """Return the longest length that is not beyond a reach, 0 where every one is."""
        return max((mm for mm in self.lengths if mm <= reach_mm), default=0)

    def step(self, reach_mm: int) -> Step:
        """Return what copper of a reach leaves."""
        copper = sum(links for mm, links in self.lengths.items() if mm <= reach_mm)
        media = tuple(name for name, mm in self.reaches.items() if mm == reach_mm)
        optical = sum(self.lengths.values()) - copper
        return Step(reach_mm, media, copper, optical, self.rebuilt.get(self.longest_within(reach_mm)))


def study_reach(fabric: Fabric, parsed: Parsed | None = None) -> tuple[ReachCurve, ...]:
    """Return how long the links of each network and lane rate are, and how far copper reaches there.

    With ``parsed``, what the fabric was built from, it is rebuilt as if copper reached less far or farther
    wherever a policy gives links copper by their length.
    """
    curves = _curves(fabric)
    return curves if parsed is None else tuple(_with_builds(fabric, parsed, curve) for curve in curves)


def _curves(fabric: Fabric) -> tuple[ReachCurve, ...]:
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


# Rebuilt with the policies at another reach


def _with_builds(fabric: Fabric, parsed: Parsed, curve: ReachCurve) -> ReachCurve:
    """Return a curve with the fabric rebuilt at every reach at which its answer changes."""
    policies = _policies_by_length(fabric, parsed, curve)
    if not policies or not curve.lengths:
        note = (
            "no policy gives links copper by their length here, so nothing is rebuilt"
            if curve.lengths
            else ""
        )
        return replace(curve, note=note)
    before = _of_network(fabric, roll_up(fabric), curve)
    marks, note = curve.marks, ""
    if len(curve.lengths) <= MOST_BUILT:
        marks = tuple(step.reach_mm for step in curve.steps)
    rebuilt: dict[int, Rebuilt] = {}
    for reach in marks:
        if (at := curve.longest_within(reach)) not in rebuilt:
            try:
                after = build(_at_reach(parsed, policies, curve, reach))
            except (InputError, LimitError) as error:
                note = note or f"not rebuilt: {error.problems[0].code} {error.problems[0].message}"
                continue
            rebuilt[at] = _difference(before, _of_network(after, roll_up(after), curve))
    return replace(curve, rebuilt=rebuilt, note=note)


def _policies_by_length(fabric: Fabric, parsed: Parsed, curve: ReachCurve) -> dict[str, PolicySpec]:
    """Return the policies that links of a curve have and that give some of them copper by length."""
    named = (
        choice.rule.partition(",")[0].partition(":")[0]
        for group in fabric.links
        if (group.network, group.lane_rate) == (curve.network, curve.lane_rate)
        for choice in group.choices
    )
    policies = {name: parsed.spec.policies[name] for name in named if name in parsed.spec.policies}
    return {name: one for name, one in policies.items() if _copper_by_length(parsed.catalog, one)}


def _copper_by_length(catalog: Catalog, policy: PolicySpec) -> set[str]:
    """Return the copper media that a policy gives to links up to a length, or chooses by reach."""
    rules = (rule.use for rule in policy.rules if rule.length and rule.length.kind == "at_most")
    media = policy.choice.among if policy.choice else tuple(rules)
    return {name for name in media if name in catalog.media and catalog.media[name].kind == "copper"}


def _at_reach(parsed: Parsed, policies: Mapping[str, PolicySpec], curve: ReachCurve, reach: int) -> Parsed:
    """Return a parsed file with copper given to links up to a reach, which its media have too."""
    catalog, changed = parsed.catalog, {}
    media = dict(catalog.media)
    for name, policy in policies.items():
        copper = _copper_by_length(catalog, policy)
        rules = []
        for rule in policy.rules:
            found = rule.length if rule.use in copper and rule.length else None
            if found and found.kind == "at_most":
                limit = replace(found, high=to_metres(reach), digits=3)
                rule = rule.model_copy(update={"length": limit})  # noqa: PLW2901 - the rule at this reach
            rules.append(rule)
        changed[name] = policy.model_copy(update={"rules": tuple(rules)})
        for one in copper:
            medium = media[one]
            rate = medium.lane_rate or curve.lane_rate
            if medium.reach_mm is not None and rate is not None and rate in medium.reach_mm:
                media[one] = replace(medium, reach_mm={**medium.reach_mm, rate: reach})
    spec = parsed.spec.model_copy(update={"policies": {**parsed.spec.policies, **changed}})
    return replace(parsed, spec=spec, catalog=replace(catalog, media=media))


@dataclass(frozen=True)
class _Network:
    """What one network of a fabric comes to; ``missing`` is what its cost lacks."""

    links_optical: int
    engines: int
    cost: Fraction
    missing: frozenset[tuple[str, str, int]]


def _of_network(fabric: Fabric, rollup: RollUp, curve: ReachCurve) -> _Network:
    optical = (
        group.count
        for group in fabric.links
        if (group.network, group.lane_rate) == (curve.network, curve.lane_rate) and group.media
        and fabric.catalog.media[group.media[0]].kind == "optical"
    )  # fmt: skip
    rows = [row for row in rollup.quantities if row.network == curve.network]
    cost = (
        line.unit.base * row.qty
        for line in rollup.lines
        if line.unit and line.cost_scope == "interconnect"
        for row in line.quantities
        if row.network == curve.network
    )
    missing = frozenset((gap.part, gap.what, gap.qty) for gap in rollup.gaps if gap.partial)
    engines = sum(row.qty for row in rows if row.line == "engine")
    return _Network(sum(optical), engines, sum(cost, Fraction(0)), missing)


def _difference(before: _Network, after: _Network) -> Rebuilt:
    delta = after.cost - before.cost if after.missing == before.missing else None
    return Rebuilt(after.links_optical, after.engines, delta)
