"""Tables as Parquet, stretch by stretch: columns by the schema of the table, texts by their place in a list.

pyarrow is an extra and imported only where a table is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from topogen.schedule.ahead import made_ahead
from topogen.schedule.laid_text import Page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from topogen.columns import Column
    from topogen.model.arrays import Ints
    from topogen.schedule.laid_text import Piece

ROWS = 262_144
"""Rows of a row group: what is in memory at a time."""
RUNNING = ("id", "number", "a_device", "length_mm")
"""Columns that are kept as steps from row to row: they rise, or take the same steps again and again."""

RowGroup: TypeAlias = "tuple[dict[str, Any], int]"
"""Some rows of a table as Arrow arrays by column, and how many they are."""


def written(
    groups: Iterator[RowGroup],
    columns: Sequence[Column],
    types: Mapping[str, Any],
    known: Collection[str],
    target: Path | BinaryIO,
) -> Iterator[int]:
    """Write a table, a row group while the next one is made; yield how many more rows are done.

    ``types`` are those of Arrow by column; only columns that are not ``known`` may have empty cells.
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
    # Ids and names are nearly all different, so a list of them would cost more than it saves. The lowest and
    # highest value of a row group take long to find, and help only those who look for an id.
    with pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        use_dictionary=[
            one.name for one in columns if one.unit != "id" and one.name not in (*RUNNING, "name")
        ],
        column_encoding={name: "DELTA_BINARY_PACKED" for name in schema.names if name in RUNNING},
        write_statistics=[one.name for one in columns if one.unit == "id"],
        write_batch_size=ROWS,
    ) as file:
        for arrays, rows in made_ahead(groups, 2):
            table = pa.Table.from_arrays([arrays[name] for name in schema.names], schema=schema)
            file.write_table(table, row_group_size=ROWS)
            yield rows


def code_type() -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the Arrow type of texts of which there are few."""
    import pyarrow as pa

    return pa.dictionary(pa.int32(), pa.string())


def coded(numbers: NDArray[np.integer], texts: Sequence[str]) -> Any:  # noqa: ANN401
    """Return texts by their numbers; an empty text is not known."""
    import pyarrow as pa

    known = np.array([bool(text) for text in texts])
    mask = None if known.all() else ~known[numbers]
    codes = pa.array(np.ascontiguousarray(numbers, np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string()), safe=False)


def alike(text: str, count: int) -> Any:  # noqa: ANN401
    """Return one text as often as there are rows; an empty one is not known."""
    import pyarrow as pa

    return coded(np.zeros(count, np.int32), [text]) if text else pa.nulls(count, code_type())


def whole(numbers: NDArray[np.integer], kind: Any) -> Any:  # noqa: ANN401
    """Return numbers of a type; what is below 0 is not known."""
    import pyarrow as pa

    unknown = numbers < 0
    return pa.array(np.ascontiguousarray(numbers), kind, mask=unknown if unknown.any() else None)


def texts(pieces: Sequence[Piece]) -> Any:  # noqa: ANN401
    """Return texts that are made of pieces, without a Python string for each."""
    import pyarrow as pa

    widths = np.broadcast_to(np.asarray(sum(piece.widths() for piece in pieces)), len(pieces[0].rows))
    ends = np.concatenate([[0], np.cumsum(widths)]).astype(np.int32)
    buffers = [pa.py_buffer(ends), pa.py_buffer(Page().write(pieces))]
    return pa.StringArray.from_buffers(len(widths), *buffers)


def stretches(count: int) -> list[Ints]:
    """Return the numbers from 0 to a count in stretches of a row group."""
    return [np.arange(start, min(start + ROWS, count)) for start in range(0, count, ROWS)]
