"""``places.parquet``: what the place ids of ``cable_schedule.parquet`` stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.devices import PLACES
from topogen.export.cells.extra import refuse_missing_pyarrow
from topogen.model.name_texts import Numbering, PathTexts
from topogen.schedule.parquet_table import (
    constant_array,
    dictionary_type,
    integer_array,
    row_ranges,
    string_array,
    write_table,
)
from topogen.schedule.place_ids import first_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.schedule.parquet_table import RowGroup


def to_places_parquet(fabric: Fabric, _: Options, target: Path | BinaryIO) -> Iterator[int]:
    """Write a row a place: racks, trays, boards and every other level; yield how many more are done.

    Raises
    ------
    InputError
        E654, without pyarrow; before anything is written.
    """
    refuse_missing_pyarrow("places.parquet")
    import pyarrow as pa

    text = dictionary_type()
    types = {"id": pa.int32(), "name": pa.string(), "level": text, "template": text}
    return write_table(_row_groups(fabric), PLACES, types, types, target)


def _row_groups(fabric: Fabric) -> Iterator[RowGroup]:
    import pyarrow as pa

    first = first_ids(fabric)
    for place in sorted(fabric.places, key=lambda one: (first[one.level], one.first)):
        positions = Numbering([place])
        names = PathTexts([place], positions)
        for numbers in row_ranges(place.count):
            columns = {
                "id": integer_array(first[place.level] + place.first + numbers, pa.int32()),
                "name": string_array(names.pieces(numbers)),
                "level": constant_array(place.level, len(numbers)),
                "template": constant_array(place.template, len(numbers)),
            }
            yield columns, len(numbers)
