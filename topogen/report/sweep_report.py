"""Fault sweeps, for people and for programs: what one or two faults cut off, and the largest flow lost."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.failures_report import shared_rack_findings
from topogen.report.findings import problem_notes
from topogen.report.table import Note, Report, Table, number, revision_line, text, words
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.study.fault_sweep import Sweep, Swept

BASIS = (
    "Basis: links inside the model only; a pair of endpoints is connected if a way over devices that forward "
    "traffic joins the two. Pairs with an endpoint that failed count as cut off. Flow lost: by how much the "
    "largest flow between two endpoints that did not fail sinks at most, in one direction; unknown where too "
    "many unlike pairs would have to be compared, or without scipy. Elements that fail at once are of one "
    "kind. Faults that differ only by which of some interchangeable devices they hit are one class, and one "
    "of them is worked out for all."
)


def sweep_report(
    fabric: Fabric, found: Sweep, revision: tuple[str, str], *, programs: bool = False
) -> Report:
    """Return one row per kind of element and network; for people also the answer in words."""
    facts = {
        "name": fabric.name, "scenario": fabric.scenario or None, "faults_at_once": str(found.at_once),
        "sample": None if found.sample is None else str(found.sample), "seed": str(found.seed),
        "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    findings = list(shared_rack_findings(fabric, found.shared_racks))
    told = Table("findings", (words("finding"),), [(one,) for one in findings], for_people=False)
    notes = [note for one in (*_answers(found), *findings, BASIS) for note in (Note(""), Note(one))]
    end = [Note(""), Note(revision_line(*revision)), *problem_notes(fabric.warnings)]
    return Report([_table(found, programs=programs), told, *notes, *end], facts, ("sweep",))


def _table(found: Sweep, *, programs: bool) -> Table:
    columns = (
        text("element"), text("network"), number("faults"), number("tried"),
        number("classes", drop=2), number("pairs", "pairs_of_ends"),
        number("worst cut off", "worst_pairs_cut_off"),
        number("worst connected", "worst_connected_pct", _percent),
        number("mean connected", "mean_connected_pct", _percent),
        number("flow lost", "flow_lost_mbps", _gbps, unknown="unknown"),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.element, row.network, row.faults, row.tried, row.classes, row.pairs, row.worst_cut,
            100 * row.worst_share, 100 * row.mean_share, row.flow_lost,
        )
        for row in found.rows
    ]  # fmt: skip
    faults = "One fault" if found.at_once == 1 else "Two faults of one kind"
    drawn = (
        "" if found.sample is None else f", at most {format_count(found.sample)} drawn with seed {found.seed}"
    )
    return Table("sweep", columns, rows, "" if programs else f"{faults} at a time{drawn}")


def _gbps(mbps: int) -> str:
    return f"{format_decimal(Fraction(mbps, 1000), 1)} Gb/s"


def _percent(share: Fraction) -> str:
    return f"{format_decimal(share, 3)}%"


def _answers(found: Sweep) -> Iterator[str]:
    """Yield the worst fault, whether it was looked for among all of them, and what is not known."""
    if found.rows:
        worst = max(found.rows, key=lambda row: 1 - row.worst_share)
        yield f"Answer: {_worst(worst, found.at_once)}"
    if any(row.tried < row.faults for row in found.rows):
        yield "A sample: the worst fault may not be among those drawn, and the mean is that of the sample."
    if found.unknown:
        yield f"Links not known, or too few elements: {', '.join(found.unknown)}."


def _worst(row: Swept, at_once: int) -> str:
    what = row.element if at_once == 1 else f"two {row.element}"
    return (
        f"{what} can cut off {format_count(row.worst_cut)} of {format_count(row.pairs)} pairs of endpoints "
        f"of {row.network}; {_percent(100 * row.worst_share)} stay connected."
    )
