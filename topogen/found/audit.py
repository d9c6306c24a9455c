"""Audit a sheet of cables: ports used twice, rows twice, modules counted twice, BOM against rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import RowProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.found.rows import FoundTable

BOM_COLUMNS = ("part_id", "qty")
_CAGE = re.compile(
    r"(?P<nvos>sw[AB]?\d+)p\d+|(?P<cumulus>swp\d+)s\d+|(?P<sonic>etp\d+)[a-z]|(?P<levels>\D*\d+/\d+)/\d+"
    r"|(?P<junos>(?:et|xe)-\d+/\d+/\d+):\d+",
    re.ASCII,
)
"""Names of ports that name their cage: sw1p2, swp1s0, etp1a, 1/3/1 and Ethernet1/1/1, et-0/0/1:0."""


class PartCount(NamedTuple):
    """The modules of a part in a sheet: ends of rows, cages that they are in, and pieces of the BOM."""

    part: str
    ends: int
    cages: int
    qty: int | None
    verdict: str


class Audited(NamedTuple):
    """What a sheet has, and what is wrong with it."""

    rows: int
    devices: int
    ports: int
    problems: Sequence[RowProblem]
    parts: Sequence[PartCount]

    @property
    def is_right(self) -> bool:
        """Return whether nothing is wrong with the sheet and the BOM agrees with it."""
        return not self.problems and all(one.verdict in {"", "right"} for one in self.parts)


def cage_of(port: str) -> str:
    """Return the cage that a port is in, the port itself where its name does not say that.

    >>> cage_of("sw1p2"), cage_of("swp5s0"), cage_of("1/3/1"), cage_of("swp5")
    ('sw1', 'swp5', '1/3', 'swp5')
    """
    found = _CAGE.fullmatch(port)
    return next(one for one in found.groups() if one) if found else port


def audit(table: FoundTable, bom: Mapping[str, int] | None = None) -> Audited:
    """Return what is wrong with a sheet; ``bom`` has the pieces of each part."""
    problems = [*table.problems, *_double_rows(table)]
    problems += _double_ports(table, {one.line for one in problems if one.kind == "row_twice"})
    problems += _modules_of_cages(table)
    devices = {end[0] for row in table.rows for end in row.ends}
    ports = {end for row in table.rows for end in row.ends}
    return Audited(len(table.rows), len(devices), len(ports), sorted(problems), tuple(_parts(table, bom)))


def _double_rows(table: FoundTable) -> Iterator[RowProblem]:
    first: dict[frozenset[tuple[str, str]], int] = {}
    for row in table.rows:
        key = frozenset(row.ends)
        if key in first and len(key) > 1:
            yield RowProblem(row.line, "", "row_twice", f"the same two ports as in line {first[key]}")
        first.setdefault(key, row.line)


def _double_ports(table: FoundTable, repeated: set[int]) -> Iterator[RowProblem]:
    first: dict[tuple[str, str], int] = {}
    for row in table.rows:
        if row.line in repeated:
            continue
        a, b = row.ends
        if a == b:
            yield RowProblem(row.line, table.columns[3], "linked_to_itself", f"{_name(a)} is at both ends")
        for side, end in enumerate(row.ends if a != b else (a,)):
            if end in first:
                message = f"{_name(end)} is in line {first[end]} too"
                yield RowProblem(row.line, table.columns[2 * side + 1], "port_twice", message)
            first.setdefault(end, row.line)


def _name(end: tuple[str, str]) -> str:
    return ":".join(end)


def _modules_of_cages(table: FoundTable) -> Iterator[RowProblem]:
    """Yield rows that name another module for a cage than a row before: a cage holds one."""
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for row in table.rows:
        for (device, port), part in zip(row.ends, row.parts, strict=True):
            if not part:
                continue
            cage = device, cage_of(port)
            known, line = first.setdefault(cage, (part, row.line))
            if known != part:
                message = f"{_name(cage)} has {part} here and {known} in line {line}: one cage, one module"
                yield RowProblem(row.line, "", "two_modules", message)


def _parts(table: FoundTable, bom: Mapping[str, int] | None) -> Iterator[PartCount]:
    ends: Counter[str] = Counter()
    cages: dict[str, set[tuple[str, str]]] = {}
    for row in table.rows:
        for (device, port), part in zip(row.ends, row.parts, strict=True):
            if part:
                ends[part] += 1
                cages.setdefault(part, set()).add((device, cage_of(port)))
    for part in dict.fromkeys([*ends, *(bom or ())]):
        count = len(cages.get(part, ()))
        qty = None if bom is None else bom.get(part, 0)
        yield PartCount(part, ends[part], count, qty, _verdict(ends[part], count, qty))


def _verdict(ends: int, cages: int, qty: int | None) -> str:
    """Return how the BOM compares with the cages of a part.

    >>> _verdict(8, 4, 8), _verdict(8, 4, 4), _verdict(8, 4, 3), _verdict(0, 0, 5)
    ('modules counted twice', 'right', 'too few', 'not in the sheet')
    """
    if qty is None:
        return ""
    if not ends:
        return "not in the sheet"
    if qty == cages:
        return "right"
    if qty == ends:
        return "modules counted twice"
    return "too few" if qty < cages else "too many"


def read_bom(text: str, name: str) -> dict[str, int]:
    """Return the pieces of each part of a CSV table with the columns part_id and qty; rows of a part add up.

    Raises
    ------
    InputError
        E807 for a missing column, a row without a part, or a quantity that is no whole number.
    """
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    known = {(heading or "").strip().lower(): heading for heading in reader.fieldnames or ()}
    if missing := [one for one in BOM_COLUMNS if one not in known]:
        message = f"no column {', '.join(missing)}"
        hint = "a BOM needs the columns part_id and qty; other columns are not read"
        raise InputError([Problem("E807", message, mark=Mark(name, 1, 1), hint=hint)])
    found: Counter[str] = Counter()
    problems = []
    for row in reader:
        part, qty = ((row[known[one]] or "").strip() for one in BOM_COLUMNS)
        if part and qty.isdecimal():
            found[part] += int(qty)
        elif part or qty:
            message = f'qty: "{qty}" is not a whole number' if part else f"{qty} pieces of no part"
            hint = "write pieces without separators"
            problems.append(Problem("E807", message, mark=Mark(name, reader.line_num, 1), hint=hint))
    if problems:
        raise InputError(problems)
    return dict(found)
