"""A check as JSON, for editors and pipelines: the same findings, places and words as on the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.checks.expectations import Expectation
    from topogen.errors import Mark, Problem


def check_json(
    problems: Iterable[Problem],
    expected: Iterable[Expectation] = (),
    quoted: Iterable[Expectation] = (),
    *,
    structure: Mapping[str, object] | None = None,
    proof: Sequence[Mapping[str, object]] | None = None,
) -> str:
    """Return problems, expectations, published figures, structure and proof of ports as a JSON object.

    What was not looked at is null.
    """
    content = {
        "problems": [_problem(problem) for problem in problems],
        "expectations": [_expectation(row) for row in expected],
        "quoted": [_expectation(row) for row in quoted],
        "structure": structure,
        "proof": proof,
    }
    return json.dumps(content, indent=2)


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "severity": "error" if problem.is_error else "warning",
        **_place(problem.mark),
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint or None,
    }


def _expectation(row: Expectation) -> dict[str, object]:
    return {
        "figure": row.key,
        "expected": row.expected,
        "found": row.found,
        "holds": row.holds,
        "difference": row.difference or None,
        "source": row.source or None,
        **_place(row.mark),
    }


def _place(mark: Mark | None) -> dict[str, object]:
    """Return file, line and column, each null where nothing in a file is meant."""
    if mark is None:
        return {"file": None, "line": None, "column": None}
    return {"file": mark.file, "line": mark.line, "column": mark.column}
