"""Failures, for people and for programs: the table, what it says in words, and what its FIT rest on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.findings import problem_notes
from topogen.report.table import (
    Note,
    Report,
    Table,
    decimal,
    names,
    number,
    revision_line,
    span,
    spans,
    text,
    words,
)
from topogen.takeoff.tariff import HOURS_PER_YEAR
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.model.fabric import Fabric
    from topogen.ordering.stock import Stock
    from topogen.report.table import Row
    from topogen.structure.shared_racks import SharedRack
    from topogen.study.failures import Failure, Failures
    from topogen.units import Triple

BOUNDS = (Fraction(60, 100), Fraction(90, 100))
"""Confidence levels of the FIT that a year without a failure leaves."""
BOTH = 2
BASIS = (
    f"Basis: elements in use as modelled, without fitted spares, {format_count(HOURS_PER_YEAR)} hours per "
    "year. A link is lost if any of its lanes is. Endpoints are all devices except switches. An endpoint is "
    "cut off if none of its links leads to the largest remaining part of the network, or outside the model "
    "where links led there. Injection is the bandwidth of all links at the endpoints of one network, in one "
    "direction. Each maximum is that of the worst element in its own column. Kinds overlap (a laser is "
    "inside its light source): do not add rows. Links on boards are not counted."
)
SPARES = (
    "Spares: the least number that the failures of the lead time do not exceed with that probability. "
    "Failures are Poisson distributed, with the mean FIT x count x lead time. What is not replaced in the "
    "field by itself is spared by its tray, or by its device outside trays, for that kind of element alone."
)
ASSUMPTION = (
    "Binding assumption: which ports share a piece is not published; lanes are assigned to engines, light "
    "sources and lasers in the order of devices and ports."
)


def failures_report(
    fabric: Fabric,
    found: Failures,
    revision: tuple[str, str],
    stock: Stock | None = None,
    *,
    programs: bool = False,
) -> Report:
    """Return one row per kind of element; for people also the answer in words and the sources of FIT."""
    findings = list(findings_of(fabric, found))
    facts = {
        "name": fabric.name, "scenario": fabric.scenario or None,
        "service_level": f"{float(stock.service):g}" if stock else None,
        "lead_time_weeks": f"{float(stock.weeks):g}" if stock else None,
        "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    table = _data(found, stock) if programs else _table(found)
    whole = [_end_to_end(found)] if any(row.end_to_end for row in found.kinds) and not programs else []
    stocked: list[Table | Note] = (
        [_spares(found, stock), Note(""), Note(SPARES)] if stock and not programs else []
    )
    told = Table("findings", (words("finding"),), [(one,) for one in findings], for_people=False)
    said = [*answers(found), *findings, BASIS, *assumptions(fabric, found)]
    notes = [note for one in said for note in (Note(""), Note(one))]
    revisions = Note(revision_line(*revision))
    warnings = problem_notes(fabric.warnings)
    return Report(
        [
            table,
            *whole,
            *stocked,
            told,
            *notes,
            _fits(fabric, found),
            Note(""),
            revisions,
            *warnings,
        ],
        facts,
        ("failures",),
    )


def _data(found: Failures, stock: Stock | None) -> Table:
    columns = (
        text("element"), text("kind"), text("part"), names("networks"), spans("fit", "fit"), number("count"),
        spans("expected_per_year", "expected_per_year"),
        number("device_hours_per_year"),
        *(number(f"fit_bound_{100 * bound}") for bound in BOUNDS),
        number("links_lost"), number("ends_touched"), number("cut_off"), number("injection_lost_pct"),
        text("field_replaceable"), names("spare_of"), spans("spares", "spares"),
        *(number(f"end_to_end_{name}") for name in ("touched", "cut_off", "lost_pct")),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.element, row.kind, row.part, row.networks, row.fit, row.count, row.expected, row.device_hours,
            *(row.fit_bound(bound) for bound in BOUNDS), *_losses(row), row.replaceable,
            _spared(row), row.spares(stock) if stock else None, *_whole_way(row),
        )
        for row in found.kinds
    ]  # fmt: skip
    return Table("failures", columns, rows)


def _spares(found: Failures, stock: Stock) -> Table:
    """Return what to keep in stock for each kind whose replacement or FIT is known."""
    columns = (
        text("element"), number("count"),
        text("replaced in the field", "field_replaceable", unknown="unknown"),
        names("spare", "spare_of"), spans("spares", "spares", unknown="unknown"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.element, row.count,
            row.replaceable and row.replaceable.replace("_", " "),
            _spared(row), row.spares(stock),
        )
        for row in found.kinds
        if row.replaceable or row.fit
    ]  # fmt: skip
    level, weeks = (format_decimal(one, 4) for one in (100 * stock.service, stock.weeks))
    return Table("spares", columns, rows, f"Spares that last {weeks} weeks with a probability of {level}%")


def _table(found: Failures) -> Table:
    columns = (
        text("element"), number("FIT", "fit", unknown="unknown"), number("count"),
        number("per year", "expected_per_year", decimal(4), drop=2, unknown="unknown"),
        number("M hours", "device_hours_per_year", _millions, drop=3),
        *(
            number(f"FIT < at {100 * bound}%", f"fit_bound_{100 * bound}", _bound, drop=4 + rank)
            for rank, bound in enumerate(BOUNDS)
        ),
        number("max links", "links_lost", unknown="unknown"),
        number("max ends", "ends_touched", drop=1, unknown="unknown"),
        number("max cut off", "cut_off", unknown="unknown"),
        number("max injection", "injection_lost_pct", _percent, unknown="unknown"),
        text("replaced", "field_replaceable", drop=1, unknown="unknown"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.element, row.fit and row.fit.base, row.count, row.expected and row.expected.base,
            row.device_hours, *(row.fit_bound(bound) for bound in BOUNDS), *_losses(row),
            row.replaceable and row.replaceable.replace("_", " "),
        )
        for row in found.kinds
    ]  # fmt: skip
    return Table("failures", columns, rows, "One failure of each kind, worst case over all places")


def _end_to_end(found: Failures) -> Table:
    """Return what one failure of each kind takes of the ways between attached devices over all networks."""
    columns = (
        text("element"), number("max ends touched", "end_to_end_touched"),
        number("max ends cut off", "end_to_end_cut_off"),
        number("max bandwidth", "end_to_end_lost_pct", _percent),
    )  # fmt: skip
    rows: list[Row] = [(row.element, *_whole_way(row)) for row in found.kinds if row.end_to_end]
    return Table("end_to_end", columns, rows, "From end to end over all networks")


def _whole_way(row: Failure) -> tuple[int | Fraction | None, ...]:
    lost = row.end_to_end
    return (lost.touched, lost.cut_off, 100 * lost.lost) if lost else (None, None, None)


def _spared(row: Failure) -> tuple[str, ...]:
    return tuple(name for name, _ in row.spared) if row.replaceable else ()


def _losses(row: Failure) -> tuple[int | Fraction | None, ...]:
    share = None if row.injection_lost is None else 100 * row.injection_lost
    return row.links_lost, row.ends_touched, row.cut_off, share


def _millions(hours: int) -> str:
    return format_decimal(Fraction(hours, 10**6), 2)


def _bound(fit: Fraction) -> str:
    return format_count(round(fit)) if fit >= 10 else format_decimal(fit, 2)  # noqa: PLR2004 - two or three digits


def _percent(share: Fraction) -> str:
    return f"{format_decimal(share, 3)}%"


def _fits(fabric: Fabric, found: Failures) -> Table:
    """Return the FIT of every part that has one, with source, date and confidence."""
    columns = (
        text("part"), spans("FIT", "fit"), words("source"), text("as of", "as_of"), text("confidence"),
    )  # fmt: skip
    rows: list[Row] = []
    for part in dict.fromkeys(row.part for row in found.kinds if row.part and row.fit):
        says = fabric.catalog.parts[part].says("failures_fit")
        source = fabric.catalog.sources.get(says.source or "", says.source or "not stated")
        rows.append(
            (
                part,
                fabric.catalog.parts[part].failures_fit,
                source,
                says.as_of or "not stated",
                says.confidence,
            )
        )
    return Table(
        "fits", columns, rows, "Failures in 10^9 device-hours (FIT), and their sources" if rows else ""
    )


# In words


def answers(found: Failures) -> Iterator[str]:
    """Yield the largest loss by a single part or device, and the kind that fails most often."""
    parts = [row for row in found.kinds if row.injection_lost is not None and not row.is_place]
    if parts:
        worst = max(parts, key=lambda row: (row.injection_lost or 0, row.links_lost or 0))
        yield f"Answer: the part or device that takes the most bandwidth is {worst.element}: {_lost(worst)}."
    if (most := _most_often(found)) and most.expected:
        yield (
            f"Of the kinds with a known FIT, {most.element} fails most often: {_per_year(most.expected)} "
            f"failures per year among {format_count(most.count)}; each takes {_lost(most)}."
        )


def _most_often(found: Failures) -> Failure | None:
    """Return the kind with the most failures in a year, None if no FIT is known."""
    known = [(row.expected.base, row) for row in found.kinds if row.expected]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _lost(row: Failure) -> str:
    if row.links_lost is None or row.injection_lost is None:
        return "an unknown number of links"
    return (
        f"up to {_count(row.links_lost, 'link')} and {_percent(100 * row.injection_lost)} of the injection "
        f"bandwidth, {_count(row.ends_touched or 0, 'endpoint')} touched, "
        f"{format_count(row.cut_off or 0)} cut off"
    )


def _per_year(expected: Triple) -> str:
    low, high = (expected.base if end is None else end for end in (expected.low, expected.high))
    shown = [format_decimal(end, 4) for end in (expected.base, low, high)]
    return shown[0] if low == high else f"{shown[0]} ({shown[1]} to {shown[2]})"


def _count(count: int, word: str) -> str:
    return f"{format_count(count)} {word}{'' if count == 1 else 's'}"


def findings_of(fabric: Fabric, found: Failures) -> Iterator[str]:
    """Yield where planes are less separate than the topology suggests."""
    yield from shared_rack_findings(fabric, found.shared_racks)
    for row in found.kinds:
        if row.planes_lost and not row.is_place:  # racks are told above
            yield (
                f"Finding: one {row.element} carries the links to all planes; its failure cuts off "
                f"{_count(row.planes_lost, 'endpoint')}."
            )


def shared_rack_findings(fabric: Fabric, found: Iterable[SharedRack]) -> Iterator[str]:
    """Yield where the planes of endpoints share a rack, and where that is not known."""
    for shared in found:
        yield from _shared(fabric, shared)


def _shared(fabric: Fabric, shared: SharedRack) -> Iterator[str]:
    planes = "both" if shared.planes == BOTH else f"all {shared.planes}"
    if shared.ends:
        inside = f" ({format_count(shared.inside)} of them are in it too)" if shared.inside else ""
        yield (
            f"Finding: for {format_count(shared.ends)} of {_count(shared.linked, 'endpoint')} of "
            f"{shared.network}, the switches of {planes} planes share a rack{inside}. One rack, "
            f"{fabric.sites.racks[shared.rack].name}, holds those of {_count(shared.most, 'endpoint')}."
        )
    if shared.unknown:
        yield (
            f"Unknown whether {planes} planes share a rack: the file does not place the switches of "
            f"{_count(shared.unknown, 'endpoint')} of {shared.network} in racks."
        )


def assumptions(fabric: Fabric, found: Failures) -> Iterator[str]:
    """Yield the assumption that decides the figures, and what is not known."""
    rests = ""
    if (most := _most_often(found)) and most.part and most.fit:
        confidence = fabric.catalog.parts[most.part].says("failures_fit").confidence or "not stated"
        fit = f"{span(most.fit)}, confidence: {confidence}"
        rests = f" The failures per year depend on the FIT of {most.part}: {fit}."
    yield ASSUMPTION + rests
    if without := [row.element for row in found.kinds if row.fit is None]:
        yield f"FIT unknown, failures per year not given: {', '.join(dict.fromkeys(without))}."
    if lost := [row.element for row in found.kinds if row.links_lost is None]:
        yield f"Links not known (no link, or not modelled which): {', '.join(dict.fromkeys(lost))}."
