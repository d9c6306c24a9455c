"""The cable schedule of a page: every line where there are few, else the pull sheet speaks for it."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.export import export_bytes
from topogen.export.to_cable_schedule import schedule_lines

if TYPE_CHECKING:
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_LINES = 5_000


class Schedule(NamedTuple):
    """The columns and lines of a schedule; ``lines`` is how many there are, whether they are here or not."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: int


def schedule(fabric: Fabric, roll_up: RollUp, options: Options) -> Schedule:
    """Return the schedule of a build, without its lines above ``MOST_LINES``."""
    lines = schedule_lines(fabric, options)
    if lines > MOST_LINES or not lines:
        return Schedule((), (), lines)
    text = b"".join(export_bytes("cable_schedule.csv", fabric, roll_up, options)).decode()
    heads, *rows = csv.reader(StringIO(text))
    return Schedule(tuple(heads), tuple(tuple(row) for row in rows), lines)
