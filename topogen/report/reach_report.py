"""Optical links by copper reach, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cells import csv_text
from topogen.columns.reach import REACH
from topogen.report.findings import problem_notes
from topogen.report.table import (
    Column,
    EmptyCell,
    Note,
    Report,
    Table,
    decimal,
    metres,
    money,
    names,
    number,
    revision_line,
)
from topogen.units import format_count, format_rate_long, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from topogen.columns.cells import Row
    from topogen.model.fabric import Fabric
    from topogen.report.table import Row as TableRow
    from topogen.study.reach import ReachCurve, Step

FEW = 16
"""Up to this many lengths are all shown; of more, the reaches of media, whole metres, and both ends."""
BASIS = (
    "Basis: links, each once, by length with slack. Links on boards and midplanes and of unknown length are "
    "not counted. Binding assumption: how far copper reaches at this lane rate; the reach of each medium is "
    "the base value of the catalog."
)
BUILT = (
    "Optical rebuilt, engines and cost: the fabric rebuilt with copper up to this reach wherever a policy "
    "gives links copper by length, for the whole network; cost is that of the interconnect less that of the "
    "file, unknown where other prices are missing than there."
)


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
        "links_optical_rebuilt": step.rebuilt.links_optical if step.rebuilt else None,
        "engines": step.rebuilt.engines if step.rebuilt else None,
        "cost_delta_usd": step.rebuilt.cost_delta if step.rebuilt else None,
    }


def reach_report(fabric: Fabric, walls: Sequence[ReachCurve], revision: tuple[str, str]) -> Report:
    """Return, per network and lane rate, the links that copper of some reach spans and those beyond."""
    items: list[Table | Note] = []
    for index, wall in enumerate(walls):
        items.append(Note(f"{chr(10) if index else ''}{_title(wall)}", "bold"))
        items.append(_table(wall))
        shown = {step.reach_mm for step in _shown(wall)}
        if hidden := sum(step.reach_mm not in shown for step in wall.steps):
            items.append(Note(f"and {format_count(hidden)} lengths in between; see --format csv"))
        if wall.note:
            items.append(Note(f"{wall.note[0].upper()}{wall.note[1:]}."))
    if any(wall.rebuilt for wall in walls):
        items.append(Note(f"\n{BUILT}"))
    items += [Note(f"\n{one}") for one in (*_answers(walls), BASIS)]
    items.append(Note(f"\n{revision_line(*revision)}"))
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


def _answers(walls: Sequence[ReachCurve]) -> Iterator[str]:
    """Yield how the optical share changes between the copper media of least and of most reach."""
    for wall in walls:
        if wall.lengths and wall.reaches:
            least, most = (
                wall.step(reach) for reach in (min(wall.reaches.values()), max(wall.reaches.values()))
            )
            said = [
                f"{_percent(100 * step.share)} with copper of {metres(to_metres(step.reach_mm))} "
                f"({', '.join(step.media)})"
                for step in dict.fromkeys((least, most))
            ]
            links = f"links of {wall.network} with a known length"
            yield f"Answer: of the {links}, optics take {', '.join(said)}."


def _percent(share: Fraction) -> str:
    return f"{decimal(1)(share)}%"


def _table(wall: ReachCurve) -> Table:
    columns = [
        number("if copper reaches", "reach_m", metres),
        number("links in copper", "links_copper"),
        number("links optical", "links_optical"),
        number("optical", "pct_optical", _percent),
    ]
    if wall.rebuilt:
        columns += [
            number("optical rebuilt", "links_optical_rebuilt", drop=2),
            number("engines"),
            number("cost delta USD", "cost_delta_usd", _signed, unknown="unknown"),
        ]
    columns.append(names("reach of", "media", drop=1))
    rows: list[TableRow] = []
    for step in _shown(wall):
        built = step.rebuilt
        cells = (built.links_optical, built.engines, built.cost_delta) if built else (EmptyCell(""),) * 3
        rows.append(
            (
                to_metres(step.reach_mm), step.copper, step.optical, 100 * step.share,
                *(cells if wall.rebuilt else ()), step.media,
            )
        )  # fmt: skip
    return Table("reach", columns, rows)


def _signed(usd: Fraction) -> str:
    """Return a difference in dollars with its sign."""
    return f"+{money(usd)}" if usd > 0 else money(usd)


def _shown(wall: ReachCurve) -> list[Step]:
    """Return the steps worth a line on a terminal."""
    if len(wall.steps) <= FEW:
        return list(wall.steps)
    return [wall.step(reach) for reach in wall.marks]
