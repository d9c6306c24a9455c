"""Ways between racks as measured on site: the table of ``layout.distances``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.model.runs import zeros
from topogen.units import ReadError, parse_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.build.parsed import Parsed
    from topogen.errors import Problems
    from topogen.model.arrays import Ints
    from topogen.model.racks import Placement

TABLE = ("layout", "distances")


def measured_ways(parsed: Parsed, problems: Problems, sites: Placement) -> tuple[Ints, Ints]:
    """Return the pair of racks and the length in mm of each row of the table, shape (rows,), sorted by pair.

    A pair is ``low * racks + high`` of the numbers of its racks. Rows that do not hold are noted.
    """
    if TABLE not in parsed.tables:
        return zeros(0), zeros(0)
    names = {rack.name: number for number, rack in enumerate(sites.racks)}
    ordered = sorted(dict(_rows(parsed, problems, names)).items())
    pairs, lengths = zip(*ordered, strict=True) if ordered else ((), ())
    return np.array(pairs, np.int64), np.array(lengths, np.int64)


def _rows(parsed: Parsed, problems: Problems, names: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    seen: dict[tuple[int, int], int] = {}
    for row in parsed.tables.get(TABLE, ()):
        unknown = [(cell, name) for cell, name in enumerate(row.cells[:2]) if name not in names]
        for cell, name in unknown:
            problems.add_at("E203", f'no rack "{name}"', row.at(cell), hint=nearest(name, names))
        try:
            length = parse_metres(row.cells[2])
        except ReadError as error:
            problems.add_at(error.code, error.message, row.at(2), hint=error.hint)
            continue
        if unknown:
            continue
        low, high = sorted(names[name] for name in row.cells[:2])
        if low == high or seen.setdefault((low, high), length) != length:
            words = "is one rack, not two" if low == high else "has two different lengths"
            message = f"{row.cells[0]} to {row.cells[1]} {words}"
            problems.add_at("E601", message, row.mark, hint="write one row per pair of racks")
            continue
        yield low * len(names) + high, length
