"""Media side by side over length and lane rate, for people and for programs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from topogen.report.table import (
    Note,
    Report,
    Table,
    metres,
    names,
    number,
    quantity,
    rate_long,
    spans,
    text,
    words,
)
from topogen.report.value_report import mixes_markets
from topogen.study.crossover import BOUNDARY, LANES
from topogen.units import format_decimal, format_length, format_rate_long, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.report.table import Column, Row
    from topogen.study.crossover import Best, Crossover, MediumAt
    from topogen.takeoff.tariff import Tariff

IN_WORDS = {
    "total": "Lowest price and power over {years} years",
    "capex": "Lowest price alone",
    "energy": "Lowest energy",
}
NOT_STATED = "not stated"


def crossover_report(found: Crossover, catalog_rev: str, *, programs: bool = False) -> Report:
    """Return every medium at every length; for people first what can be used, then what cannot and why."""
    tariff = found.tariff
    facts: dict[str, str | None] = {
        "boundary": BOUNDARY, "usd_per_kwh": format_decimal(tariff.usd_per_kwh),
        "pue": format_decimal(tariff.pue), "years": str(tariff.years), "catalog_rev": catalog_rev,
    }  # fmt: skip
    if programs:
        return Report([_data(found), _best_data(found)], facts, ("crossover",))
    items: list[Table | Note] = []
    for lane_rate in dict.fromkeys(row.lane_rate for row in found.rows):
        rows = [row for row in found.rows if row.lane_rate == lane_rate]
        items += [*_usable(rows, lane_rate, tariff), *_excluded(rows, lane_rate)]
    said = [*_answers(found), basis(found), *_assumptions(found), f"Catalog revision {catalog_rev}."]
    return Report([*items, *(note for one in said for note in (Note(""), Note(one)))], facts)


# Tables


def _figures(years: int) -> tuple[Column, ...]:
    """Return the columns of cost and energy, with unit and basis in their names."""
    return (
        spans("USD per Tb/s", "capex_usd_per_tbps", unknown="unknown"),
        spans(f"pJ/bit, {BOUNDARY}", f"pj_per_bit_{BOUNDARY}", unknown="unknown"),
        spans("power USD a year", "usd_per_year_power_per_tbps", drop=1, unknown="unknown"),
        spans(f"USD in {years} years", f"total_{years}y_usd_per_tbps", unknown="unknown"),
    )


def _data(found: Crossover) -> Table:
    columns = (
        text("medium"), text("kind"), number("lane_rate_gbps"), number("length_m"), number("links_per_cable"),
        number("lanes"), number("links_billed"), number("reach_m"), text("feasible"), words("reason"),
        *_figures(found.tariff.years), text("energy_from"), names("price_basis"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.medium, row.kind, to_gbps(row.lane_rate), to_metres(row.length_mm), row.cable_links,
            row.lanes, row.links, None if row.reach_mm is None else to_metres(row.reach_mm),
            "yes" if row.feasible else "no", "; ".join(row.problems or row.unknown), row.capex, row.energy,
            row.power_usd, row.total, row.energy_from, row.markets,
        )
        for row in found.rows
    ]  # fmt: skip
    return Table("crossover", columns, rows)


def _best_data(found: Crossover) -> Table:
    columns = (
        text("measure"), number("lane_rate_gbps"), number("from_m"), number("to_m"), names("media"),
        names("ranges_overlap_with"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            one.measure, to_gbps(one.lane_rate), to_metres(one.from_mm), to_metres(one.to_mm), one.media,
            one.rivals,
        )
        for one in found.best
    ]  # fmt: skip
    return Table("best", columns, rows)


def _usable(rows: Sequence[MediumAt], lane_rate: int, tariff: Tariff) -> Iterator[Table]:
    """Yield what can be used at a lane rate, by length, the cheapest first."""
    usable = [row for row in rows if row.feasible]
    usable.sort(key=lambda row: (row.length_mm, row.total is None, row.total.base if row.total else 0))
    columns = (
        number("length", "length_m", metres), text("medium"), text("links x lanes", "form", drop=3),
        *_figures(tariff.years), names("price basis", "price_basis", drop=2),
    )  # fmt: skip
    shown: list[Row] = [
        (
            to_metres(row.length_mm), row.medium, f"{row.cable_links} x {row.lanes}", row.capex, row.energy,
            row.power_usd, row.total, row.markets,
        )
        for row in usable
    ]  # fmt: skip
    yield Table("usable", columns, shown, f"{rate_long(to_gbps(lane_rate))} per lane, per Tb/s of link")


def _excluded(rows: Sequence[MediumAt], lane_rate: int) -> Iterator[Table]:
    """Yield what has no place in the comparison or lacks a figure there, with the reason."""
    reasons: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        for reason in row.problems or row.unknown:
            reasons.setdefault((row.medium, reason), []).append(row.length_mm)
    columns = (text("medium"), text("lengths"), words("reason"))
    shown: list[Row] = [(medium, _lengths(mm), reason) for (medium, reason), mm in reasons.items()]
    if shown:
        title = f"{rate_long(to_gbps(lane_rate))} per lane: not usable, or not fully known"
        yield Table("excluded", columns, shown, title)


def _lengths(lengths_mm: Sequence[int]) -> str:
    return _span(lengths_mm[0], lengths_mm[-1])


def _span(least: int, most: int) -> str:
    ends = [format_length(one) for one in (least, most)]
    return ends[0] if least == most else f"{ends[0]} to {ends[1]}"


# In words


def _answers(found: Crossover) -> Iterator[str]:
    """Yield, for each lane rate, the best media by length."""
    for lane_rate, runs in groupby(found.best, key=lambda one: one.lane_rate):
        by_measure: dict[str, list[Best]] = {}
        for one in runs:
            by_measure.setdefault(one.measure, []).append(one)
        said = [
            f"{words.format(years=found.tariff.years)}: {'; '.join(map(_run, by_measure[measure]))}."
            for measure, words in IN_WORDS.items()
            if measure in by_measure
        ]
        yield f"Answer at {format_rate_long(lane_rate)} per lane, of the lengths asked for. {' '.join(said)}"


def _run(one: Best) -> str:
    at = "at" if one.from_mm == one.to_mm else "from"
    *others, last = one.media
    media = f"{', '.join(others)} and {last}" if others else last
    return f"{media} {at} {_span(one.from_mm, one.to_mm)}"


def basis(found: Crossover) -> str:
    """Return how the figures are counted."""
    tariff = found.tariff
    return (
        "Basis: per Tb/s of link in one direction; both ends with the cord or cable, as `topogen bom` counts "
        "and prices them. Links are billed in the number that fills every cable, cage, engine and light "
        f"source, at least {LANES} lanes per device, so that no rounding is in the figures; one link alone "
        "costs more. Fitted spares are those of these devices. Energy is that of one end at the boundary "
        f"{BOUNDARY} for every medium: all that the ends of the medium draw, lasers included, without the "
        "SerDes of the host. Power is that of both ends, "
        f"{quantity(tariff.usd_per_kwh)} USD per kWh and a PUE of {quantity(tariff.pue)} (--usd-per-kwh, "
        "--pue; the defaults are set here), 8,760 hours a year, not discounted; nothing is replaced. "
        "The reach is the base value of the catalog."
    )


def _assumptions(found: Crossover) -> Iterator[str]:
    """Yield what the order of the media hangs on."""
    open_runs = [one for one in found.best if one.measure == "total" and one.rivals]
    if open_runs:
        said = "; ".join(
            f"at {format_rate_long(one.lane_rate)} per lane, {_run(one)} against {', '.join(one.rivals)}"
            for one in open_runs
        )
        yield f"Binding assumption: the prices. Their ranges overlap, so the order may be different: {said}."
    elif found.best:
        yield "Binding assumption: the reach of each medium; the order holds over the whole range of prices."
    markets = dict.fromkeys(basis for row in found.rows if row.total for basis in row.markets)
    mixed = ", which mixes a system maker's cost with market prices" if mixes_markets(markets) else ""
    if markets:
        known = [one for one in markets if one != NOT_STATED]
        yield f"Prices are of these bases: {', '.join(known) or NOT_STATED}{mixed}; see price_basis."
