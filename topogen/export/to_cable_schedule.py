"""``cable_schedule.csv``: from where to where each cable runs, one line a cable, one a leg of a breakout."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from topogen.columns.cables import (
    CABLE_SCHEDULE,
    CABLE_SCHEDULE_DEFAULT,
    CABLE_SCHEDULE_NAMED,
    CABLE_SCHEDULE_PHASED,
)
from topogen.columns.column import names_of
from topogen.diff.phase_column import phase_column
from topogen.export.options import DEFAULT
from topogen.model.text_buffer import Page
from topogen.schedule.bundles import bundle_columns
from topogen.schedule.cable_ids import device_codes
from topogen.schedule.cable_lines import CableLines, count_lines, scheduled
from topogen.schedule.id_check import IdCheck
from topogen.schedule.line_columns import line_texts_of
from topogen.schedule.line_texts import SiteTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

PART = 8_192
"""Links whose lines are made at a time: few enough for what this takes to stay near the processor."""


def to_cable_schedule(fabric: Fabric, _: RollUp, options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the schedule as CSV in pieces of whole lines: installed links only, unless all are asked for."""
    return (bytes(piece) for piece, _ in schedule_pieces(fabric, options))


def schedule_lines(fabric: Fabric, options: Options = DEFAULT) -> int:
    """Return the number of lines of the schedule, without its header.

    Counted from blocks where a cable is one link or stays in its scope, else from the links themselves.
    """
    groups = scheduled(fabric, all_links=options.all_links)
    return sum(count_lines(fabric, group) for group in groups)


def schedule_pieces(fabric: Fabric, options: Options = DEFAULT) -> Iterator[tuple[memoryview, int]]:
    """Yield the schedule in pieces of whole lines, with the lines of each; the header counts none.

    What is in memory at a time does not grow with the number of links, except for the ids of the cables, and
    where cables of a link group may join links of two of its scopes. A piece stands until the next but one is
    asked for: two pages in turns serve all of them, so that one can be compressed while the other is made.

    Raises
    ------
    InputError
        E722, after the last piece, where two cables have the same id.
    """
    full = options.columns == "full"
    named = CABLE_SCHEDULE_NAMED if fabric.names else ()
    phased = CABLE_SCHEDULE_PHASED if fabric.phase else ()
    columns = names_of(CABLE_SCHEDULE) if full else (*CABLE_SCHEDULE_DEFAULT, *named, *phased)
    groups = scheduled(fabric, all_links=options.all_links)
    put_phase = phase_column(fabric, all_links=options.all_links)
    put_bundles = bundle_columns(fabric, groups, columns)
    yield memoryview((",".join(columns) + "\n").encode()), 0
    sites, devices, ids = SiteTexts(fabric), device_codes(fabric), IdCheck(fabric)
    pages = cycle([Page(), Page()])
    for group in groups:
        lines = CableLines(fabric, group)
        sheet = line_texts_of(lines, sites, columns, options.topology_rev)
        put_phase(sheet)
        put_bundles(sheet)
        pieces = sheet.pieces()
        for part, page in zip(lines.parts(PART, devices), pages, strict=False):
            ids.add(part.cable[part.first])
            yield page.write(pieces(part)), len(part)
    ids.finish()
