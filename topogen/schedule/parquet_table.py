"""Write a table as Parquet, one row group at a time; few distinct texts are stored as dictionaries.

pyarrow is an extra and imported only when a table is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from topogen.model.text_buffer import Page
from topogen.schedule.prefetch import prefetch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from topogen.columns.column import Column
    from topogen.model.arrays import Ints
    from topogen.model.text_buffer import Piece

ROWS = 262_144
"""Rows of a row group; one row group is in memory at a time."""
DELTA_CODED = ("id", "a_device", "length_mm")
DISTINCT = (*DELTA_CODED, "name", "cable_id")
"""Columns stored as differences between rows: values that rise, or repeat the same differences."""

RowGroup: TypeAlias = "tuple[dict[str, Any], int]"
"""Rows of a table as Arrow arrays by column, and their number."""


def write_table(
    groups: Iterator[RowGroup],
    columns: Sequence[Column],
    types: Mapping[str, Any],
    known: Collection[str],
    target: Path | BinaryIO,
) -> Iterator[int]:
    """Write a table, each row group while the next one is produced; yield the rows of each.

    ``types`` are the Arrow types by column; only columns outside ``known`` may have empty cells.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        pa.field(
            one.name,
            types[one.name],
            nullable=one.name not in known,
            metadata={"unit": one.unit, "meaning": one.meaning},
        )
        for one in columns
    )
    # Ids and names are nearly all distinct: a dictionary of them would cost more than it saves. Minimum and
    # maximum of a row group are slow to compute and only help to look up an id.
    with pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        use_dictionary=[one.name for one in columns if one.unit != "id" and one.name not in DISTINCT],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in schema.names if name in DELTA_CODED},
        write_statistics=[one.name for one in columns if one.unit == "id"],
        write_batch_size=ROWS,
    ) as file:
        for arrays, rows in prefetch(groups, 2):
            table = pa.Table.from_arrays([arrays[name] for name in schema.names], schema=schema)
            file.write_table(table, row_group_size=ROWS)
            yield rows


def dictionary_type() -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the Arrow type of columns with few distinct texts."""
    import pyarrow as pa

    return pa.dictionary(pa.int32(), pa.string())


def dictionary_array(numbers: NDArray[np.integer], texts: Sequence[str]) -> Any:  # noqa: ANN401
    """Return a dictionary array of texts by their index; an empty text is null."""
    import pyarrow as pa

    known = np.array([bool(text) for text in texts])
    mask = None if known.all() else ~known[numbers]
    codes = pa.array(np.ascontiguousarray(numbers, np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string()), safe=False)


def constant_array(text: str, count: int) -> Any:  # noqa: ANN401
    """Return an array that repeats one text; an empty text is null."""
    import pyarrow as pa

    return dictionary_array(np.zeros(count, np.int32), [text]) if text else pa.nulls(count, dictionary_type())


def integer_array(numbers: NDArray[np.integer], kind: Any) -> Any:  # noqa: ANN401
    """Return an integer array of a type; negative numbers are null."""
    import pyarrow as pa

    unknown = numbers < 0
    return pa.array(np.ascontiguousarray(numbers), kind, mask=unknown if unknown.any() else None)


def string_array(pieces: Sequence[Piece]) -> Any:  # noqa: ANN401
    """Return a string array assembled from pieces, without a Python string per row."""
    import pyarrow as pa

    widths = np.broadcast_to(np.asarray(sum(piece.widths() for piece in pieces)), len(pieces[0].rows))
    ends = np.concatenate([[0], np.cumsum(widths)]).astype(np.int32)
    buffers = [pa.py_buffer(ends), pa.py_buffer(Page().write(pieces))]
    return pa.StringArray.from_buffers(len(widths), *buffers)


def row_ranges(count: int) -> list[Ints]:
    """Return the row numbers below a count, split into row groups."""
    return [np.arange(start, min(start + ROWS, count)) for start in range(0, count, ROWS)]
