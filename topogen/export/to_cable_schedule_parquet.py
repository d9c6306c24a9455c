"""``cable_schedule.parquet``: the cable schedule with ids for names, for those who load it into a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.columns import SCHEDULE_IDS
from topogen.export.cells.extra import refuse_missing_pyarrow
from topogen.model.length_histogram import BASES
from topogen.schedule.arrow import ROWS, alike, code_type, coded, whole, written
from topogen.schedule.cable_lines import CableLines, Lines, scheduled
from topogen.schedule.cable_parts import cable_part, ladder
from topogen.schedule.part_cells import medium_name
from topogen.schedule.place_ids import first_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.schedule.arrow import RowGroup

UNKNOWN = -1
KNOWN = {
    "number",
    "network",
    "link_group",
    "a_device",
    "a_port",
    "leg",
    "links",
    "rate_mbps",
    "length_basis",
}
"""Columns without empty cells."""


def to_cable_schedule_parquet(fabric: Fabric, options: Options, target: Path | BinaryIO) -> Iterator[int]:
    """Write the lines of the schedule while they are asked for; yield how many more are done.

    The file is complete when nothing more is yielded. Joined with ``devices.parquet`` and ``places.parquet``
    its rows are those of ``cable_schedule.csv``, in the same order.

    Raises
    ------
    InputError
        E654, without pyarrow; before anything is written.
    """
    refuse_missing_pyarrow("cable_schedule.parquet")
    return written(_row_groups(fabric, options), SCHEDULE_IDS, _types(), KNOWN, target)


def _row_groups(fabric: Fabric, options: Options) -> Iterator[RowGroup]:
    """Yield the columns of each row group and the number of its lines."""
    for group in scheduled(fabric, all_links=options.all_links):
        lines = CableLines(fabric, group)
        columns = _Columns(lines)
        for some in _put_together(lines.parts(ROWS)):
            yield columns.of(some), len(some)


def _types() -> dict[str, Any]:
    import pyarrow as pa

    texts = (one.name for one in SCHEDULE_IDS if one.unit == "text")
    small = dict.fromkeys(("place", "a_device", "b_device", "length_mm", "length_order_mm"), pa.int32())
    counts = {"number": pa.int64(), "rate_mbps": pa.int64(), "links": pa.int16(), "leg": pa.int16()}
    return small | counts | dict.fromkeys(texts, code_type())


def _put_together(parts: Iterable[Lines]) -> Iterator[Lines]:
    """Yield parts put together to as many lines as a row group holds."""
    held: list[Lines] = []
    for part in parts:
        if held and sum(map(len, held)) + len(part) > ROWS:
            yield Lines.joined(held)
            held = []
        held.append(part)
    if held:
        yield Lines.joined(held)


class _Columns:
    """The columns of one link group."""

    def __init__(self, lines: CableLines) -> None:
        fabric, group = lines.fabric, lines.group
        part = cable_part(fabric, group) or ""
        self._lines = lines
        self._first_place = first_ids(fabric)[group.within] if group.within else UNKNOWN
        self._alike = {
            "network": group.network,
            "link_group": group.name,
            "b_outside": "" if group.has_b else group.outside,
            "medium": medium_name(group),
            "cable_part_id": part,
        }
        self._length, self._basis = np.divmod(lines.codes, len(BASES))
        self._order = order_lengths(self._length, ladder(fabric, part))

    def of(self, lines: Lines) -> dict[str, Any]:
        """Return the columns of some lines as Arrow arrays."""
        import pyarrow as pa

        of, group = self._lines, self._lines.group
        count = len(lines)
        return {
            **{name: alike(text, count) for name, text in self._alike.items()},
            "place": whole(self._first_place + lines.place, pa.int32())
            if group.within
            else pa.nulls(count, pa.int32()),
            "number": whole(lines.number, pa.int64()),
            "a_device": whole(lines.a, pa.int32()),
            "a_port": coded(lines.a_port, of.ports["a"].texts),
            "b_device": whole(lines.b, pa.int32()),
            "b_port": coded(lines.b_port, of.ports["b"].texts) if group.has_b else alike("", count),
            "leg": whole(lines.leg, pa.int16()),
            "links": whole(lines.links, pa.int16()),
            "rate_mbps": whole(lines.links * group.rate, pa.int64()),
            "length_mm": whole(self._length[lines.length], pa.int32()),
            "length_order_mm": whole(self._order[lines.length], pa.int32()),
            "length_basis": coded(self._basis[lines.length], BASES),
        }
