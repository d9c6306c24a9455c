"""``cable_schedule.parquet``: the cable schedule with ids for names, for those who load it into a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.columns.cables import SCHEDULE_IDS
from topogen.export.cells.extra import refuse_missing_pyarrow
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.media.medium import medium_name
from topogen.model.length_histogram import BASES, UNKNOWN_MM
from topogen.model.text_buffer import Piece
from topogen.schedule.cable_ids import device_codes, id_texts
from topogen.schedule.cable_lines import CableLines, Lines, scheduled
from topogen.schedule.id_check import IdCheck
from topogen.schedule.parquet_table import (
    ROWS,
    constant_array,
    dictionary_array,
    dictionary_type,
    integer_array,
    string_array,
    write_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.schedule.parquet_table import RowGroup

KNOWN = {
    "cable_id",
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
    """Write the lines of the schedule; yield the number of lines of each row group.

    The file is complete when the iterator ends. Joined with ``devices.parquet`` and ``places.parquet``
    its rows are those of ``cable_schedule.csv``, in the same order.

    Raises
    ------
    InputError
        E654, without pyarrow, before anything is written; E722, at the end, where two cables have one id.
    """
    refuse_missing_pyarrow("cable_schedule.parquet")
    return write_table(_row_groups(fabric, options), SCHEDULE_IDS, _types(), KNOWN, target)


def _row_groups(fabric: Fabric, options: Options) -> Iterator[RowGroup]:
    """Yield the columns of each row group and the number of its lines."""
    devices, ids = device_codes(fabric), IdCheck(fabric)
    for group in scheduled(fabric, all_links=options.all_links):
        lines = CableLines(fabric, group)
        columns = _Columns(lines)
        for some in _put_together(lines.parts(ROWS, devices)):
            ids.add(some.cable[some.first])
            yield columns.of(some), len(some)
    ids.finish()


def _types() -> dict[str, Any]:
    import pyarrow as pa

    texts = (one.name for one in SCHEDULE_IDS if one.unit == "text")
    small = dict.fromkeys(("a_device", "b_device", "length_mm", "length_order_mm"), pa.int32())
    counts = {"cable_id": pa.string(), "rate_mbps": pa.int64(), "links": pa.int16(), "leg": pa.int16()}
    return dict.fromkeys(texts, dictionary_type()) | small | counts


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
        self._alike = {
            "network": group.network,
            "link_group": group.name,
            "b_outside": "" if group.has_b else group.outside,
            "medium": medium_name(group),
            "cable_part_id": part,
            "through": ";".join(panel.name for panel in group.through),
        }
        self._length, self._basis = np.divmod(lines.codes, len(BASES))
        sold = order_lengths(self._length, stock_lengths(fabric, part))
        self._order = np.full_like(sold, UNKNOWN_MM) if group.through else sold

    def of(self, lines: Lines) -> dict[str, Any]:
        """Return the columns of some lines as Arrow arrays."""
        import pyarrow as pa

        of, group = self._lines, self._lines.group
        count = len(lines)
        return {
            **{name: constant_array(text, count) for name, text in self._alike.items()},
            "cable_id": string_array([Piece(id_texts(lines.cable), np.arange(count))]),
            "a_device": integer_array(lines.a, pa.int32()),
            "a_port": dictionary_array(lines.a_port, of.ports["a"].texts),
            "b_device": integer_array(lines.b, pa.int32()),
            "b_port": dictionary_array(lines.b_port, of.ports["b"].texts)
            if group.has_b
            else constant_array("", count),
            "leg": integer_array(lines.leg, pa.int16()),
            "links": integer_array(lines.links, pa.int16()),
            "rate_mbps": integer_array(lines.links * group.rate, pa.int64()),
            "length_mm": integer_array(self._length[lines.length], pa.int32()),
            "length_order_mm": integer_array(self._order[lines.length], pa.int32()),
            "length_basis": dictionary_array(self._basis[lines.length], BASES),
        }
