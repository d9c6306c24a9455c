"""The copper wall as a table: on the terminal, and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from topogen.columns import REACH
from topogen.csv_text import csv_text
from topogen.report.terminal import console, print_problems
from topogen.units import format_count, format_decimal, format_length, format_rate_long, to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.csv_text import Row
    from topogen.model.fabric import Fabric
    from topogen.study.reach import Step, Wall

FEW = 16
"""So many lengths are all shown; of more, those that a medium reaches exactly, and the ends."""


def reach_csv(walls: Sequence[Wall]) -> str:
    """Return every step of every network and lane rate; columns `REACH`."""
    return csv_text(REACH, (_row(wall, step) for wall in walls for step in wall.steps))


def _row(wall: Wall, step: Step) -> Row:
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


def print_reach(fabric: Fabric, walls: Sequence[Wall]) -> None:
    """Print, for each network and lane rate, the links that copper of some reach spans and those beyond."""
    out = console()
    for wall in walls:
        out.print(Text(f"\n{_title(wall)}", style="bold"))
        if wall.steps:
            out.print(_table(wall))
        if hidden := len(wall.steps) - len(_shown(wall)):
            out.print(f"and {format_count(hidden)} lengths between; -o DIR writes all to reach.csv")
    out.print(
        "\nLengths hold slack. Links on boards and midplanes, and those of unknown length, are left out.",
        soft_wrap=True,
    )
    print_problems(out, fabric.warnings)


def _title(wall: Wall) -> str:
    rate = f"{format_rate_long(wall.lane_rate)} a lane" if wall.lane_rate else "lane rate not known"
    unknown = f", {format_count(wall.unknown)} of unknown length" if wall.unknown else ""
    known = sum(wall.lengths.values())
    return f"{wall.network}, {rate}: {format_count(known)} links of known length{unknown}"


def _table(wall: Wall) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("if copper reaches", "links in copper", "links optical", "optical"):
        table.add_column(name, justify="right")
    table.add_column("as far as", overflow="fold")
    for step in _shown(wall):
        table.add_row(
            format_length(step.reach_mm),
            format_count(step.copper),
            format_count(step.optical),
            f"{format_decimal(100 * step.share, 1)}%",
            ", ".join(step.media),
        )
    return table


def _shown(wall: Wall) -> list[Step]:
    """Return the steps worth a line on a terminal."""
    if len(wall.steps) <= FEW:
        return list(wall.steps)
    ends = {min(wall.lengths), max(wall.lengths)}
    return [step for step in wall.steps if step.media or step.reach_mm in ends]
