"""Phases of an installation: a row for each, the cables that are touched again, and the parts of each."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.diff.phases import bought, taken_out
from topogen.model.fabric import n_gpus
from topogen.report.table import Note, Report, Table, money, number, quantity, revision_line, spans, text
from topogen.units import MM_PER_M, Triple, format_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.diff.phases import Phase, Recabled
    from topogen.report.table import Row

BASIS = (
    "Each phase is bought and laid on top of those before it; a cable removed or a part taken out is not "
    "used again in a later one."
)
MOST_ROWS = 24
"""Rows of a table that people are shown; programs get all."""


def phases_report(phases: Sequence[Phase], facts: Mapping[str, str | None], of: str) -> Report:
    """Return what phases add; ``of`` names the one table that CSV has."""
    tables = [_phases(phases), _recable(phases), _parts(phases)]
    notes = [
        BASIS,
        *(["USD (at least): the gaps of a design lack prices."] if _lacks(phases) else []),
        *(
            f"Not shown: {len(one.rows) - MOST_ROWS:,} more rows of {one.title.lower()}. "
            f"--format csv --of {one.name} has all."
            for one in tables
            if len(one.rows) > MOST_ROWS
        ),
        revision_line(facts["topology_rev"], facts["catalog_rev"]),
    ]
    return Report([Note(facts["name"] or "", "bold"), *tables, *map(Note, notes)], facts, csv=(of,))


def _lacks(phases: Sequence[Phase]) -> bool:
    return any(one.gaps for one in phases)


def _phases(phases: Sequence[Phase]) -> Table:
    columns = (
        text("phase"), text("need by", "need_by"), number("GPUs", "gpus"), number("links"),
        number("pulled", "cables_pulled"), number("re-terminated", "cables_re_terminated"),
        number("removed", "cables_removed"), number("relabelled", "cables_relabelled", drop=3),
        number("parts bought", "parts_bought", drop=2), spans("USD", "usd"),
        number("gaps", drop=1), number("switch ports", "switch_ports", drop=4),
        number("unused", "switch_ports_unused"),
    )  # fmt: skip
    return Table("phases", columns, [_phase(one) for one in phases], "Phases")


def _phase(one: Phase) -> Row:
    cables, (low, base, high) = one.cables, one.usd
    return (
        one.name, one.need_by, n_gpus(one.fabric), one.fabric.n_links, cables.pulled, cables.re_terminated,
        cables.removed, cables.relabelled, sum(map(bought, one.parts)), Triple(low, base, high), one.gaps,
        *one.switch_ports,
    )  # fmt: skip


def _recable(phases: Sequence[Phase]) -> Table:
    columns = (
        text("phase"), text("work"), text("laid in", "laid_in"), text("links", "link_group", drop=2),
        text("old cable", "cable_id_old", drop=1), text("new cable", "cable_id_new", drop=1),
        text("from a", "a_from"), text("from b", "b_from"), text("to a", "a_to"), text("to b", "b_to"),
    )  # fmt: skip
    rows = [(one.name, *_line(line)) for one in phases for line in one.cables.recabled]
    return Table("recable", columns, rows, "Cables touched again", most=MOST_ROWS)


def _line(line: Recabled) -> Row:
    old, new = line.change.old, line.change.new
    kinds = [cable.kind for cable in (new, old) if cable]
    ends = [(cable.a, cable.b or None) if cable else (None, None) for cable in (old, new)]
    return line.work, line.laid_in, kinds[0].group, old and old.id, new and new.id, *ends[0], *ends[1]


def _parts(phases: Sequence[Phase]) -> Table:
    columns = (
        text("phase"), text("part", "part_id"), text("length", "length_m", _length, drop=2),
        text("scope", "cost_scope", drop=3), number("bought", "qty_bought", quantity),
        number("removed", "qty_removed", quantity, drop=4),
        number("USD each", "unit_cost", money, drop=1), number("USD", "cost", money),
    )  # fmt: skip
    rows: list[Row] = []
    for phase in phases:
        for one in phase.parts:
            pieces, gone, unit = bought(one), taken_out(one), phase.unit_of(one)
            if pieces or gone:
                length = None if one.length_mm is None else Fraction(one.length_mm, MM_PER_M)
                each = unit.base if unit else None
                cost = each * pieces if each is not None else None
                rows.append((phase.name, one.part, length, one.cost_scope, pieces, gone, each, cost))
    return Table("parts", columns, rows, "Parts", most=MOST_ROWS)


def _length(value: Fraction) -> str:
    return f"{format_decimal(value, 3)} m"
