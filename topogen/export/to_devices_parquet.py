"""``devices.parquet``: what the device ids of ``cable_schedule.parquet`` stand for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from topogen.columns.devices import DEVICES
from topogen.export.cells.extra import refuse_missing_pyarrow
from topogen.schedule.device_facts import DeviceFacts
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
    from fractions import Fraction
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
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

    types = {"id": pa.int32(), "name": pa.string(), "u": pa.int16(), "height_u": pa.int16()}
    types |= dict.fromkeys(("type", "role", "row", "rack", "part", "face"), dictionary_type())
    types["watts"] = pa.decimal128(12, 3)
    return write_table(_row_groups(fabric), DEVICES, types, ("id", "name", "type", "role"), target)


def _row_groups(fabric: Fabric) -> Iterator[RowGroup]:
    import pyarrow as pa

    facts = DeviceFacts(fabric)
    watts = pa.array([_decimal(one) for one in facts.watts], pa.decimal128(12, 3))
    for ids in row_ranges(fabric.n_devices):
        group = facts.group(ids)
        # A row group holds the names of its own racks only: a dictionary is written with each.
        known, rack = facts.racks(ids)
        columns = {
            "id": integer_array(ids, pa.int32()),
            "name": string_array(facts.paths.pieces(ids)),
            "type": dictionary_array(group, facts.types),
            "role": dictionary_array(group, facts.roles),
            "row": dictionary_array(rack, [one.row if one else "" for one in known]),
            "rack": dictionary_array(rack, [one.name if one else "" for one in known]),
            "u": integer_array(fabric.sites.unit[ids], pa.int16()),
            "height_u": integer_array(np.array(facts.heights)[group], pa.int16()),
            "part": dictionary_array(group, facts.parts),
            "watts": watts.take(pa.array(group)),
            "face": dictionary_array(group, facts.faces),
        }
        yield columns, len(ids)


def _decimal(watts: Fraction | None) -> Decimal | None:
    """Return watts to three decimals."""
    return None if watts is None else Decimal(round(watts * 1000)) / 1000
