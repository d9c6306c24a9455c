"""Optical links by copper reach, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns import REACH, csv_text
from topogen.report.findings import problem_notes
from topogen.report.table import Column, Note, Report, Table, decimal, metres, names, number
from topogen.units import format_count, format_rate_long, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.columns import Row
    from topogen.model.fabric import Fabric
    from topogen.study.reach import ReachCurve, Step

FEW = 16
"""Up to this many lengths are all shown; of more, those that are the reach of a medium, and both ends."""


def reach_csv(walls: Sequence[ReachCurve]) -> str:
    """Return every step of every network and lane rate; columns `REACH`."""
    return csv_text(REACH, (_row(wall, step) for wall in walls for step in wall.steps))


def _row(wall: ReachCurve, step: Step) -> Row:
    return {
        "network": wall.network,
        "lane_rate_gbps": None if wall.lane_rate is None else to_gbps(wall.lane_rate),
        "reach_m": to_metres(step.reach_mm),
        "media": ";".join(step.media) or None,
        "links_copper": step.copper,
        "links_optical": step.optical,
        "pct_optical": 100 * step.share,
        "links_unknown": wall.unknown,
    }


def reach_report(fabric: Fabric, walls: Sequence[ReachCurve]) -> Report:
    """Return, per network and lane rate, the links that copper of some reach spans and those beyond."""
    items: list[Table | Note] = []
    for index, wall in enumerate(walls):
        items.append(Note(f"{chr(10) if index else ''}{_title(wall)}", "bold"))
        items.append(_table(wall))
        if hidden := len(wall.steps) - len(_shown(wall)):
            items.append(Note(f"and {format_count(hidden)} lengths in between; see --format csv"))
    items.append(
        Note("\nLengths include slack. Links on boards and midplanes and of unknown length are not counted.")
    )
    return Report([*items, *problem_notes(fabric.warnings)])


def reach_data(walls: Sequence[ReachCurve]) -> Report:
    """Return every step of every network and lane rate, for programs; columns `REACH`."""
    rows = [_row(wall, step) for wall in walls for step in wall.steps]
    columns = [Column(one.name, one.name) for one in REACH]
    return Report([Table("reach", columns, [tuple(row[one.key] for one in columns) for row in rows])])


def _title(wall: ReachCurve) -> str:
    rate = f"{format_rate_long(wall.lane_rate)} per lane" if wall.lane_rate else "lane rate unknown"
    unknown = f", {format_count(wall.unknown)} of unknown length" if wall.unknown else ""
    known = sum(wall.lengths.values())
    return f"{wall.network}, {rate}: {format_count(known)} links of known length{unknown}"


def _table(wall: ReachCurve) -> Table:
    columns = (
        number("if copper reaches", "reach_m", metres),
        number("links in copper", "links_copper"),
        number("links optical", "links_optical"),
        number("optical", "pct_optical", lambda value: f"{decimal(1)(value)}%"),
        names("reach of", "media"),
    )
    rows = [
        (to_metres(step.reach_mm), step.copper, step.optical, 100 * step.share, tuple(step.media))
        for step in _shown(wall)
    ]
    return Table("reach", columns, rows)


def _shown(wall: ReachCurve) -> list[Step]:
    """Return the steps worth a line on a terminal."""
    if len(wall.steps) <= FEW:
        return list(wall.steps)
    ends = {min(wall.lengths), max(wall.lengths)}
    return [step for step in wall.steps if step.media or step.reach_mm in ends]
