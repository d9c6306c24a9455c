"""``devices.parquet``: what the device ids of ``cable_schedule.parquet`` stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.columns import DEVICES
from topogen.export.cells.extra import refuse_missing_pyarrow
from topogen.model.name_texts import Numbering, PathTexts
from topogen.schedule.parquet_table import (
    dictionary_array,
    dictionary_type,
    integer_array,
    row_ranges,
    string_array,
    write_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.schedule.parquet_table import RowGroup


def to_devices_parquet(fabric: Fabric, _: Options, target: Path | BinaryIO) -> Iterator[int]:
    """Write a row a device; yield how many more are done.

    Raises
    ------
    InputError
        E654, without pyarrow; before anything is written.
    """
    refuse_missing_pyarrow("devices.parquet")
    import pyarrow as pa

    types = {"id": pa.int32(), "name": pa.string(), "u": pa.int16()}
    types |= dict.fromkeys(("type", "role", "row", "rack"), dictionary_type())
    return write_table(_row_groups(fabric), DEVICES, types, ("id", "name", "type", "role"), target)


def _row_groups(fabric: Fabric) -> Iterator[RowGroup]:
    import pyarrow as pa

    groups, racks, sites = fabric.groups, fabric.sites.racks, fabric.sites
    positions = Numbering(groups)
    names = PathTexts(groups, positions)
    for ids in row_ranges(fabric.n_devices):
        group = np.broadcast_to(positions.group_of(ids), len(ids))
        # A row group holds the names of its own racks only: a dictionary is written with each.
        here, rack = _distinct(sites.rack[ids])
        known = [racks[number] if number >= 0 else None for number in here.tolist()]
        columns = {
            "id": integer_array(ids, pa.int32()),
            "name": string_array(names.pieces(ids)),
            "type": dictionary_array(group, [one.type.name for one in groups]),
            "role": dictionary_array(group, [one.type.role for one in groups]),
            "row": dictionary_array(rack, [one.row if one else "" for one in known]),
            "rack": dictionary_array(rack, [one.name if one else "" for one in known]),
            "u": integer_array(sites.unit[ids], pa.int16()),
        }
        yield columns, len(ids)


def _distinct(racks: Ints) -> tuple[Ints, Ints]:
    """Return the numbers that there are, -1 or more, in rising order, and which of them each one is."""
    there = np.zeros(int(racks.max()) + 2, np.bool_)
    there[racks + 1] = True
    return np.flatnonzero(there) - 1, (np.cumsum(there) - 1)[racks + 1]
