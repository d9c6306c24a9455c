"""Ramps: CSV tables of racks by period, and of capacities by period and part."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.errors import InputError, Mark, Marks, Problems
from topogen.language.tables import read_rows
from topogen.language.yaml_tree import Source
from topogen.load.files import read_text
from topogen.load.reading import Design, read
from topogen.records import dataclass
from topogen.study.demand import Deployment, racks_of
from topogen.units import read_finite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.errors import Problem
    from topogen.language.scenario import Changes
    from topogen.language.tables import Row

RAMP = ("period", "racks")
RAMP_MAY_HAVE = ("topology", "scenario")
CAPACITIES = ("period", "part", "pieces")
MOST_RACKS = 10**9
MOST_PIECES = Decimal(10) ** 18


@dataclass(frozen=True)
class Ramp:
    """What a ramp builds, with every file read once: designs by topology and scenario."""

    deployments: tuple[Deployment, ...]
    designs: Mapping[tuple[str, str], Design]

    @property
    def revisions(self) -> list[tuple[str, str, str]]:
        """Return name with scenario, topology revision and catalog revision of each design."""
        return [
            ("@".join(filter(None, key)), one.revision.topology, one.revision.catalog)
            for key, one in self.designs.items()
        ]


@dataclass(frozen=True)
class _Defaults:
    """How the files of a ramp are read; topology and scenario where a row names none."""

    name: str
    scenario: str
    catalogs: Sequence[str | Path]
    changes: Changes
    strict: bool


def read_ramp(
    path: str | Path,
    name: str,
    scenario: str | None = None,
    catalogs: Sequence[str | Path] = (),
    *,
    changes: Changes = (),
    strict: bool = False,
) -> Ramp:
    """Return the racks by period of a table: period, racks, and optionally topology and scenario.

    Parameters
    ----------
    path
        The table.
    name, scenario
        The topology of rows that name none, and its scenario.
    catalogs, changes, strict
        As for a single topology; they hold for every file.

    Raises
    ------
    InputError
        E631, E632 for a table that cannot be read, E664 for a row; every error of the files.
    """
    problems, rows = _table(Path(path), RAMP, RAMP_MAY_HAVE)
    defaults = _Defaults(name, scenario or "", catalogs, changes, strict)
    designs: dict[tuple[str, str], Design | None] = {}
    seen: dict[tuple[str, ...], int] = {}
    found = [one for row in rows if (one := _deployment(row, defaults, designs, seen, problems))]
    problems.raise_errors()
    return Ramp(tuple(found), {key: design for key, design in designs.items() if design})


def read_capacities(path: Path, periods: Sequence[str]) -> dict[tuple[str, str], Fraction]:
    """Return the capacities of a table with the columns period, part and pieces, by period and part.

    Raises
    ------
    InputError
        E631, E632 for a table that cannot be read, E664 for a row.
    """
    problems, rows = _table(path, CAPACITIES)
    found: dict[tuple[str, str], Fraction] = {}
    for row in rows:
        period, part, pieces = row.cells
        if period not in periods:
            hint = f"periods of the ramp: {', '.join(periods)}"
            problems.add_at("E664", f'the ramp has no period "{period}"', row.at(0), "period", hint)
        elif (period, part) in found:
            hint = "keep one row for each period and part"
            problems.add_at("E664", f'a second capacity of "{part}" in {period}', row.at(1), "part", hint)
        elif (count := _pieces(pieces)) is None:
            hint = "write pieces from 0 to 1e18, such as 50e6"
            problems.add_at("E664", f'"{pieces}" is not a number of pieces', row.at(2), "pieces", hint)
        else:
            found[period, part] = count
    problems.raise_errors()
    return found


def _table(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> tuple[Problems, list[Row]]:
    """Return the rows of a table, and where to note what is wrong with them."""
    source = Source(str(path), read_text(path))
    problems = Problems(Marks(texts={source.name: source.text.splitlines()}))
    rows = list(read_rows(source, columns, problems, optional))
    problems.raise_errors()
    if not rows:
        hint = f"write a line for each {columns[0]} below the header: {','.join((*columns, *optional))}"
        problems.add_at("E632", "a table without rows", Mark(source.name, 1, 1), hint=hint)
    problems.raise_errors()
    return problems, rows


def _pieces(text: str) -> Fraction | None:
    number = read_finite(text)
    return Fraction(number) if number is not None and 0 <= number <= MOST_PIECES else None


def _deployment(
    row: Row,
    defaults: _Defaults,
    designs: dict[tuple[str, str], Design | None],
    seen: dict[tuple[str, ...], int],
    problems: Problems,
) -> Deployment | None:
    """Return what a row builds, None after noting what is wrong with it."""
    period, racks, topology, scenario = row.cells
    key = topology or defaults.name, scenario or ("" if topology else defaults.scenario)
    before = len(problems.found)
    if not period:
        problems.add_at("E664", "no period", row.at(0), "period", "write any name, such as 2027 or 2027H1")
    if not re.fullmatch(r"[0-9]{1,10}", racks) or int(racks) > MOST_RACKS:
        hint = f"write a whole number of racks from 0 to {MOST_RACKS:,}, without separators"
        problems.add_at("E664", f'"{racks}" is not a number of racks', row.at(1), "racks", hint)
    if not key[0]:
        hint = "add a column topology, or name a topology on the command line"
        problems.add_at("E664", "no topology", row.at(2), "topology", hint)
    if (period, *key) in seen:
        message = f"{'@'.join(filter(None, key))} in {period} is in line {seen[period, *key]} already"
        problems.add_at("E664", message, row.mark, hint="add the racks up in one row")
    if len(problems.found) > before:
        return None
    seen[period, *key] = row.mark.line
    if key not in designs:
        designs[key] = _design(row, key, defaults, problems)
    design = designs[key]
    return Deployment(period, int(racks), design.fabric, design.rollup) if design else None


def _design(row: Row, key: tuple[str, str], defaults: _Defaults, problems: Problems) -> Design | None:
    """Return the design that a row names; what is wrong with its name or scenario is at the row."""
    try:
        name, scenario = key
        design = read(
            name, scenario or None, defaults.catalogs, changes=defaults.changes, strict=defaults.strict
        )
    except InputError as error:
        problems.found += _at_row(error, row, problems)
        return None
    if racks_of(design.fabric):
        return design
    message = f'"{"@".join(filter(None, key))}" has no racks to count'
    problems.add_at("E664", message, row.at(2), "topology", "name a file with a template of level: rack")
    return None


def _at_row(error: InputError, row: Row, problems: Problems) -> Iterator[Problem]:
    for one in error.problems:
        named = one.code == "E615"
        if one.mark is None or named:
            mark = row.at(3 if named else 2)
            yield replace(
                one, mark=mark, path="scenario" if named else "topology", line=problems.marks.line(mark)
            )
        else:
            yield one
