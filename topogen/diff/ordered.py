"""Purchase orders that are placed: what is still to be ordered, and what to cancel."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

from topogen.errors import InputError, Mark, Problem, nearest
from topogen.records import dataclass
from topogen.units import MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Collection

COLUMNS = ("part_id", "length_m", "qty_ordered", "qty_received")


@dataclass(frozen=True)
class Ordered:
    """Pieces of one part and length that are ordered, and how many of them have come."""

    ordered: int
    received: int


def read_ordered(text: str, name: str, parts: Collection[str]) -> dict[tuple[str, int | None], Ordered]:
    """Return the orders of a CSV table by part and length in mm; rows of one part and length are added up.

    Parameters
    ----------
    text
        CSV with the columns part_id, length_m (empty for what is not sold by length), qty_ordered and
        qty_received (empty: none).
    name
        Of the file, for messages.
    parts
        Ids of the catalog.

    Raises
    ------
    InputError
        E720 for columns that are missing, E721 for each row that cannot be read.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    if missing := [one for one in COLUMNS if one not in (reader.fieldnames or ())]:
        hint = f"the columns are {', '.join(COLUMNS)}"
        message = f"no column {', '.join(missing)}"
        raise InputError([Problem("E720", message, mark=Mark(name, 1, 1), hint=hint)])
    found: dict[tuple[str, int | None], Ordered] = {}
    problems = []
    for row in reader:
        try:
            key, one = _read(row, parts)
        except ValueError as error:
            problems.append(Problem("E721", str(error), mark=Mark(name, reader.line_num, 1)))
            continue
        before = found.get(key, Ordered(0, 0))
        found[key] = Ordered(before.ordered + one.ordered, before.received + one.received)
    if problems:
        raise InputError(problems)
    return found


def _read(row: dict[str, str], parts: Collection[str]) -> tuple[tuple[str, int | None], Ordered]:
    part = (row["part_id"] or "").strip()
    if part not in parts:
        message = f'the catalog has no part "{part}"; {nearest(part, parts)}'
        raise ValueError(message)
    one = Ordered(_whole(row, "qty_ordered"), _whole(row, "qty_received"))
    if one.received > one.ordered:
        message = f"{one.received} {part} received of {one.ordered} ordered"
        raise ValueError(message)
    return (part, _millimetres(row["length_m"] or "")), one


def _whole(row: dict[str, str], column: str) -> int:
    text = (row[column] or "").strip()
    if not text.isdecimal() and text:
        message = f'{column}: "{text}" is not a whole number; write it without separators'
        raise ValueError(message)
    return int(text or "0")


def _millimetres(text: str) -> int | None:
    try:
        return int(Fraction(text.strip()) * MM_PER_M) if text.strip() else None
    except ValueError:
        message = f'length_m: "{text}" is not a length in metres; write it as 2 or 2.5'
        raise ValueError(message) from None
