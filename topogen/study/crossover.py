"""Crossover: media of the catalog side by side over length and lane rate, and from which length each is best.

Every figure is that of a small generated fabric, built, taken off and valued as every fabric is: two devices
in two trays of one rack, joined by so many links of one medium that every shared piece serves all it can.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import gcd, lcm, prod
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.catalog.pricing import high, low, market_basis, plus, scaled
from topogen.errors import InputError, Problem, nearest
from topogen.media.medium import NO_REACH, line_lanes, reach_of
from topogen.records import dataclass
from topogen.takeoff.energy import energies
from topogen.takeoff.rests_on import footnotes
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.tariff import Tariff
from topogen.units import (
    MBPS_PER_TBPS,
    format_decimal,
    format_length,
    format_rate_long,
    to_metres,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.build.parsed import Parsed
    from topogen.catalog.model import Catalog, Medium
    from topogen.language.scenario import Changes
    from topogen.model.fabric import Fabric
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

BOUNDARY = "module"
"""The boundary of all energies here: everything that the ends of a medium draw, lasers included."""
LANES = 512
"""Lanes at each device, at least: the ports of one switch chip of 102.4 Tb/s at 200 Gb/s per lane."""
UNTABLED = ((1, 4), (1, 2), (1, 1))
"""Links per cable and lanes per link of a medium whose recipe has no table by them, in this order."""
SKELETON = """
topogen: 1
name: crossover
devices:
  a: {role: other, ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
  b: {role: other, ports: {p: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
templates:
  tray_a: {level: tray, contains: {a: 1}}
  tray_b: {level: tray, contains: {b: 1}}
  both: {level: rack, contains: {tray_a: 1, tray_b: 1}}
instances: {r: both}
links:
  x: {network: scale_up, pattern: one_to_one, a: a.p, b: b.p, medium: dr, links_per_cable: 1, length: 1 m}
"""
"""The fabric that every row is a variation of."""


@dataclass(frozen=True)
class MediumAt:
    """One medium at one lane rate (Mb/s) and length.

    Attributes
    ----------
    cable_links, lanes
        Links per cable or cage, and lanes per link.
    links
        Links billed; every shared piece is full.
    reach_mm
        How far the medium reaches at this rate, None where the catalog does not say or it does not run.
    problems
        Why it cannot be bought and used.
    unknown
        What is not known of it, though it can be used.
    capex, energy, power_usd
        Per Tb/s of link, one direction: US dollars for both ends with cord or cable; pJ/bit of one end at the
        boundary ``module``; US dollars a year for the power of both ends. None where not fully known.
    energy_from
        ``parts``, where the energy is that of the watts of the parts, or ``catalog``.
    markets
        The bases of the prices of its parts.
    """

    medium: str
    kind: str
    lane_rate: int
    length_mm: int
    cable_links: int
    lanes: int
    links: int
    reach_mm: int | None
    problems: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    capex: Triple | None = None
    energy: Triple | None = None
    energy_from: str = ""
    power_usd: Triple | None = None
    markets: tuple[str, ...] = ()
    years: int = 0
    prices: tuple[Footnote, ...] = ()
    """What ``capex`` rests on, in US dollars per Tb/s."""

    @property
    def feasible(self) -> bool:
        """Return whether it can be bought and used, whatever is known of price and energy."""
        return not self.problems

    @property
    def total(self) -> Triple | None:
        """Return price and power over the years together."""
        if self.capex is None or self.power_usd is None:
            return None
        return plus(self.capex, self.power_usd, Fraction(self.years))


@dataclass(frozen=True)
class Best:
    """The media with the least of a measure, at a lane rate, between two of the lengths asked for.

    ``rivals`` are media whose low is not above the high of the best at some of these lengths.
    """

    measure: str
    lane_rate: int
    from_mm: int
    to_mm: int
    media: tuple[str, ...]
    rivals: tuple[str, ...]


MEASURES: dict[str, Callable[[MediumAt], Triple | None]] = {
    "capex": lambda row: row.capex,
    "energy": lambda row: row.energy if row.feasible else None,
    "total": lambda row: row.total,
}


@dataclass(frozen=True)
class Crossover:
    """Media by lane rate and length, and which of them is best from which length on."""

    rows: tuple[MediumAt, ...]
    tariff: Tariff

    @property
    def best(self) -> tuple[Best, ...]:
        """Return the best media by measure, lane rate and length; runs of lengths with the same are one."""
        rates = dict.fromkeys(row.lane_rate for row in self.rows)
        return tuple(one for rate in rates for measure in MEASURES for one in self._runs(measure, rate))

    def _runs(self, measure: str, lane_rate: int) -> Iterator[Best]:
        rows = [row for row in self.rows if row.lane_rate == lane_rate]
        before: Best | None = None
        for length in sorted({row.length_mm for row in rows}):
            found = _best_at([row for row in rows if row.length_mm == length], measure)
            if before and found and before.media == found.media:
                rivals = tuple(dict.fromkeys(before.rivals + found.rivals))
                before = Best(measure, lane_rate, before.from_mm, length, before.media, rivals)
                continue
            if before:
                yield before
            before = found
        if before:
            yield before


def _best_at(rows: Sequence[MediumAt], measure: str) -> Best | None:
    """Return the best of rows of one length; None where none has a known figure."""
    known = [(value, row) for row in rows if (value := MEASURES[measure](row)) is not None]
    if not known:
        return None
    least = min(value.base for value, _ in known)
    winners = [(value, row) for value, row in known if value.base == least]
    top = max(high(value) for value, _ in winners)
    first = winners[0][1]
    return Best(
        measure,
        first.lane_rate,
        first.length_mm,
        first.length_mm,
        tuple(row.medium for _, row in winners),
        tuple(row.medium for value, row in known if value.base > least and low(value) <= top),
    )


def compare_media(
    parse: Callable[[Changes, str], Parsed],
    lane_rates: Sequence[int],
    lengths_mm: Sequence[int],
    media: Sequence[str] = (),
    tariff: Tariff | None = None,
) -> Crossover:
    """Return media side by side.

    Parameters
    ----------
    parse
        Gives the parsed `SKELETON` with changes applied, which messages call by the second argument.
    lane_rates, lengths_mm
        Rates in Mb/s and lengths in mm, each compared with each.
    media
        Ids of media; default: every medium of the catalog that is not a board, of media that differ in their
        id only the first.

    Raises
    ------
    InputError
        E659 for a medium that the catalog does not have.
    """
    tariff = tariff or Tariff()
    bench = _Bench(parse, parse((), "crossover").catalog, sorted(set(lengths_mm)), tariff)
    chosen = _chosen(bench.catalog, media)
    rows = (_rows(bench, medium, rate) for rate in sorted(set(lane_rates)) for medium in chosen)
    return Crossover(tuple(row for some in rows for row in some), tariff)


@dataclass(frozen=True)
class _Bench:
    """What every row is made with."""

    parse: Callable[[Changes, str], Parsed]
    catalog: Catalog
    lengths_mm: Sequence[int]
    tariff: Tariff


def _chosen(catalog: Catalog, media: Sequence[str]) -> list[Medium]:
    problems = [
        Problem("E659", f'the catalog has no medium "{name}"', hint=nearest(name, list(catalog.media)))
        for name in media
        if name not in catalog.media
    ]
    if problems:
        raise InputError(problems)
    if media:
        return [catalog.media[name] for name in dict.fromkeys(media)]
    different: list[Medium] = []
    for medium in catalog.media.values():
        alike = any(replace(medium, id=other.id) == other for other in different)
        if medium.kind != "board" and not alike:
            different.append(medium)
    return different


def _rows(bench: _Bench, medium: Medium, lane_rate: int) -> list[MediumAt]:
    """Return a medium at a lane rate, in the first of its forms that is fully known, else usable."""
    tried: list[list[MediumAt]] = []
    for form in forms_of(medium, lane_rate):
        rows = [_row(bench, medium, _empty(medium, lane_rate, mm, form)) for mm in bench.lengths_mm]
        if any(row.total for row in rows):
            return rows
        tried.append(rows)
    return next((rows for rows in tried if any(row.feasible for row in rows)), tried[0])


def forms_of(medium: Medium, lane_rate: int) -> list[tuple[int, int]]:
    """Return links per cable or cage and lanes per link that a medium has parts for, most lanes first."""
    tables = [line.part for line in medium.recipe.values() if not isinstance(line.part, str)]
    found = {(links, lanes) for table in tables for links, lanes, rate in table if rate == lane_rate}
    return sorted(found, key=lambda form: (-form[0] * form[1], form[0])) or list(UNTABLED)


def links_that_fill(medium: Medium, lane_rate: int, cable_links: int, lanes: int) -> int:
    """Return the fewest links of at least `LANES` lanes that fill every cable, cage and shared piece."""
    each = line_lanes(lanes, lane_rate, medium) or lanes
    shared = [line.serves for line in medium.recipe.values() if line.serves]
    lined = lcm(*(count for count, unit in shared if unit in ("lanes", "pairs")))
    whole = lined * prod(count for count, unit in shared if unit not in ("lanes", "pairs"))
    step = lcm(cable_links, whole // gcd(whole, each))
    return -(-LANES // (step * lanes)) * step


def _empty(medium: Medium, lane_rate: int, length_mm: int, form: tuple[int, int]) -> MediumAt:
    reach = reach_of(medium, lane_rate)
    return MediumAt(
        medium=medium.id,
        kind=medium.kind,
        lane_rate=lane_rate,
        length_mm=length_mm,
        cable_links=form[0],
        lanes=form[1],
        links=links_that_fill(medium, lane_rate, *form),
        reach_mm=None if reach == NO_REACH else reach,
    )


def _row(bench: _Bench, medium: Medium, row: MediumAt) -> MediumAt:
    """Return a row with what its fabric comes to, or why there is none."""
    if medium.reach_mm is not None and row.reach_mm is None:
        rates = ", ".join(format_rate_long(rate) for rate in sorted(medium.reach_mm))
        return replace(row, problems=(f"lane rate not offered: {rates}",))
    if row.reach_mm is not None and row.reach_mm < row.length_mm:
        return replace(row, problems=(f"reach exceeded: {format_length(row.reach_mm)}",))
    shown = f"{medium.id} at {format_length(row.length_mm)}"
    parsed = bench.parse(_changes(bench.catalog, medium, row), shown)
    try:
        fabric = build(parsed)
    except InputError as error:
        return replace(row, problems=tuple(one.message for one in error.problems if one.is_error))
    return _valued(bench.tariff, row, fabric, roll_up(fabric))


def _changes(catalog: Catalog, medium: Medium, row: MediumAt) -> Changes:
    """Return the changes that make the skeleton the fabric of a row."""
    ports = {"count": row.links, "lanes": row.lanes, "lane_rate": format_rate_long(row.lane_rate)}
    ends = zip("ab", _plugs(catalog, medium, row), strict=True)
    cages = {name: {"cage": {"links": row.cable_links // plugs}} for name, plugs in ends}
    return [
        *((f"devices.{name}.ports.p", json.dumps({**ports, **cage})) for name, cage in cages.items()),
        ("links.x.medium", medium.id),
        ("links.x.links_per_cable", str(row.cable_links)),
        ("links.x.length", f"{format_decimal(to_metres(row.length_mm))} m"),
    ]


def _plugs(catalog: Catalog, medium: Medium, row: MediumAt) -> tuple[int, int]:
    """Return the plugs of the cable assembly of a form at both ends, one each where there is none."""
    for line in medium.recipe.values():
        part = line.part_for(row.cable_links, row.lanes, row.lane_rate) if line.per == "link" else None
        if part and (plugs := catalog.parts[part].plugs):
            return plugs
    return 1, 1


def _valued(tariff: Tariff, row: MediumAt, fabric: Fabric, rollup: RollUp) -> MediumAt:
    """Return a row with cost and energy per Tb/s of its links."""
    if problems := [*_not_sold(row, rollup)]:
        return replace(row, problems=tuple(problems))
    tbps = Fraction(sum(group.rate * group.count for group in fabric.links), MBPS_PER_TBPS)
    unpriced = [one.what for one in rollup.gaps if one.partial]
    if _lacks_light(fabric, row.medium, rollup):
        unpriced.append("no light source is among its parts")
    energy = next((one for one in energies(fabric, rollup.quantities) if one.boundary == BOUNDARY), None)
    known = energy is not None and not energy.at_least
    unknown = [f"price unknown: {one}" for one in unpriced]
    unknown += [] if known else [f"energy unknown at the boundary {BOUNDARY}"]
    bases = (market_basis(fabric.catalog, fabric.catalog.parts[line.part]) for line in rollup.lines)
    return replace(
        row,
        unknown=tuple(unknown),
        capex=None if unpriced else scaled(rollup.totals.cost_usd, 1 / tbps),
        energy=energy.pj_per_bit if energy and known else None,
        energy_from=energy.origin if energy and known else "",
        power_usd=tariff.usd_per_year(scaled(energy.power_w, 1 / tbps)) if energy and known else None,
        markets=tuple(sorted({basis or "not stated" for basis in bases})),
        years=tariff.years,
        prices=() if unpriced else footnotes(fabric, rollup, ("interconnect",), 1 / tbps),
    )


def _not_sold(row: MediumAt, rollup: RollUp) -> Iterator[str]:
    """Yield what cannot be ordered."""
    for gap in rollup.gaps:
        if gap.reason == "no_part":
            yield f"not sold: {gap.what}"
        if gap.reason == "not_sold":
            yield f"not sold in that length: {gap.part or row.medium}"


def _lacks_light(fabric: Fabric, medium: str, rollup: RollUp) -> bool:
    """Return whether engines are bought, but neither they nor anything else has a laser inside."""
    recipe = fabric.catalog.media[medium].recipe
    return "engine" in recipe and "els" not in recipe and not rollup.totals.lasers_by_kind
