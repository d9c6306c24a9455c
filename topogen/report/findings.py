"""Expectations, published figures, errors and warnings as parts of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Table, holds, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.checks.expectations import Expectation
    from topogen.errors import Problem


def expectations(rows: Sequence[Expectation]) -> Table:
    """Return what the file expects and what was found."""
    columns = (
        holds("ok", "FAIL", "holds"),
        text("figure"),
        text("expected"),
        words("found"),
        text("difference", drop=1),
        text("where", drop=2),
    )
    cells = [
        (row.holds, row.key, row.expected, row.found, row.difference or None, str(row.mark or "") or None)
        for row in rows
    ]
    return Table("expectations", columns, cells, "Expectations")


def expectation_notes(rows: Sequence[Expectation]) -> list[Note]:
    """Return how many expectations hold."""
    good = sum(row.holds for row in rows)
    style = "green" if good == len(rows) else "red"
    return [Note(f"{good} of {len(rows)} expectations hold.", style)] if rows else []


def failed_only(rows: Sequence[Expectation]) -> list[Table | Note]:
    """Return the expectations that fail, and how many hold."""
    return [expectations([row for row in rows if not row.holds]), *expectation_notes(rows)]


def published(rows: Sequence[Expectation]) -> Table:
    """Return published figures and the computed ones."""
    columns = (
        text("figure"),
        text("published", "expected"),
        text("computed", "found"),
        text("difference"),
        words("source", drop=1),
    )
    cells = [(row.key, row.expected, row.found, row.difference, row.source) for row in rows]
    return Table("quoted", columns, cells, "Published vs. computed")


def problem_notes(problems: Iterable[Problem]) -> list[Note]:
    """Return errors and warnings as they are printed."""
    return [Note(str(problem), "red" if problem.is_error else "yellow") for problem in problems]


def problems_table(problems: Iterable[Problem]) -> Table:
    """Return errors and warnings as rows, for programs."""
    columns = tuple(
        text(name) for name in ("code", "severity", "file", "line", "column", "path", "message", "hint")
    )
    rows = []
    for one in problems:
        at = (one.mark.file, one.mark.line, one.mark.column) if one.mark else (None, None, None)
        severity = "error" if one.is_error else "warning"
        rows.append((one.code, severity, *at, one.path, one.message, one.hint or None))
    return Table("problems", columns, rows, for_people=False)
