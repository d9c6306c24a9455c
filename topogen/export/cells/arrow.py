"""Tables as Parquet, stretch by stretch: columns by the schema of the table, texts by their place in a list.

pyarrow is an extra and imported only where a table is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from topogen.export.cells.laid_text import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO, Self

    from numpy.typing import NDArray

    from topogen.columns import Column
    from topogen.export.cells.laid_text import Piece
    from topogen.fabric import Ints

ROWS = 262_144
"""Rows of a row group: what is in memory at a time."""
VARIED = ("name", "number")


class Table:
    """A Parquet file that is open for rows; a context manager."""

    def __init__(self, columns: Sequence[Column], types: Mapping[str, Any], target: Path | BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.schema = pa.schema(
            pa.field(one.name, types[one.name], metadata={"unit": one.unit, "meaning": one.meaning})
            for one in columns
        )
        # Ids, running numbers and names are nearly all different, so a list of them would cost more than it
        # saves. The lowest and highest text of a row group help nobody and take long to find.
        few = [one.name for one in columns if one.unit != "id" and one.name not in VARIED]
        numbers = [name for name, kind in types.items() if pa.types.is_integer(kind)]
        self._file = pq.ParquetWriter(
            target, self.schema, compression="zstd", use_dictionary=few, write_statistics=numbers
        )

    def __enter__(self) -> Self:
        """Return the table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the end of the file."""
        self._file.close()

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write rows as a row group, each column an Arrow array."""
        import pyarrow as pa

        arrays = [columns[name] for name in self.schema.names]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self.schema), row_group_size=ROWS)


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
    return pa.DictionaryArray.from_arrays(codes, pa.array(texts, pa.string()))


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
