"""The cable schedule of a page: every line where there are few, else the pull sheet speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.tables import TABLES
from topogen.export.to_cable_schedule import schedule_lines
from topogen.page.tables import PageTable, of_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric

MOST_LINES = 5_000


def schedule(fabric: Fabric, options: Options, read: Callable[[str], bytes]) -> tuple[PageTable, int]:
    """Return the schedule of a build, without its lines above ``MOST_LINES``, and how many it has."""
    lines = schedule_lines(fabric, options)
    title = "Cable schedule"
    if lines > MOST_LINES or not lines:
        return PageTable("cable_schedule", title, (), ()), lines
    columns = tuple(column.name for column in TABLES["cable_schedule"])
    return of_file(read, ("cable_schedule", title, columns)), lines
