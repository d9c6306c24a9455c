"""Compare a fabric with the expectations and published figures in its file."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.errors import Problem
from topogen.figures.bounds import KNOWN, SAID, UNPROVED
from topogen.figures.counts import links_named
from topogen.figures.figures import bound, figure
from topogen.figures.no_figure import NoFigureError
from topogen.figures.structural import half_of_ends
from topogen.records import dataclass
from topogen.units import GBPS_PER_TBPS, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.conditions import Condition
    from topogen.errors import Mark
    from topogen.language.expect import ExpectSpec, Quoted, QuotedSpec
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

SHOWN_PLACES = 3
MOST_PLACES = 9


@dataclass(frozen=True)
class Expectation:
    """One line of ``expect`` or ``quoted`` beside what the fabric comes to.

    ``value`` is what was found, exactly and in the unit of the line; None where nothing was.
    """

    key: str
    expected: str
    found: str
    holds: bool
    difference: str = ""
    source: str = ""
    mark: Mark | None = None
    value: Fraction | None = None


def check_expectations(fabric: Fabric, rollup: RollUp) -> tuple[Expectation, ...]:
    """Return every line of ``expect`` with what was found, in the order of the file.

    A total that lacks a price or watts is a lower bound: it meets no upper limit, and no value where nothing
    of it is known.
    """
    lines = _figures_in_spec(fabric.spec.expect)
    return tuple(_compare(fabric, rollup, "expect", path, condition, "") for path, condition in lines)


def check_quoted(fabric: Fabric, rollup: RollUp) -> tuple[Expectation, ...]:
    """Return every published figure of ``quoted`` beside the computed one; a difference is no failure."""
    lines: Iterator[tuple[tuple[str, ...], Quoted]] = _figures_in_spec(fabric.spec.quoted)
    return tuple(_compare(fabric, rollup, "quoted", path, item.value, item.source) for path, item in lines)


def failures(fabric: Fabric, expected: Iterable[Expectation]) -> tuple[Problem, ...]:
    """Return the expectations that fail, each as a problem at its place."""
    return tuple(_failure(fabric, row) for row in expected if not row.holds)


def _failure(fabric: Fabric, row: Expectation) -> Problem:
    found = f"{row.found} found" if row.found[:1].isdigit() else row.found
    difference = f" ({row.difference})" if row.difference else ""
    message = f"{row.expected} expected, {found}{difference}"
    hint = "fix the design or the expected value; `topogen explain` shows how a count is derived"
    return Problem("E701", message, f"expect.{row.key}", row.mark, hint, fabric.marks.line(row.mark))


def _figures_in_spec(spec: ExpectSpec | QuotedSpec) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the path of each figure below its top key, and what is written there."""
    for kind in type(spec).model_fields:
        for key, item in getattr(spec, kind).items():
            if isinstance(item, dict):
                yield from (((kind, key, inner), leaf) for inner, leaf in item.items())
            else:
                yield (kind, key), item


def _compare(
    fabric: Fabric, rollup: RollUp, top: str, path: tuple[str, ...], condition: Condition, source: str
) -> Expectation:
    key = ".".join(part for part in path if part)
    mark = fabric.marks.find((top, *path))
    try:
        value = figure(fabric, rollup, path[0], "|".join(path[1:]))
    except NoFigureError as error:
        return Expectation(key, str(condition), str(error), holds=False, source=source, mark=mark)
    shown = _in_unit(fabric, path, condition, value)
    if shown is None:
        nothing = "nothing to take a share of"
        return Expectation(key, str(condition), nothing, holds=False, source=source, mark=mark)
    open_to = bound(fabric, rollup, *path[:2])
    unproved = condition.kind in UNPROVED[open_to] or (not value and _says_none(condition, open_to))
    holds = condition.rounds_to(shown) if top == "quoted" else condition.holds(shown)
    return Expectation(
        key=key,
        expected=str(condition),
        found=f"{SAID[open_to]}{_text(shown, condition)}",
        holds=holds and not unproved,
        difference="" if top == "quoted" and condition.rounds_to(shown) else _difference(shown, condition),
        source=source,
        mark=mark,
        value=shown,
    )


def _says_none(condition: Condition, open_to: str) -> bool:
    """Return whether a condition is met by a value of 0 that is open: nothing of it is known, not even 0."""
    return open_to != KNOWN and condition.middle is not None


def _in_unit(fabric: Fabric, path: tuple[str, ...], condition: Condition, value: Fraction) -> Fraction | None:
    """Return a figure in the unit its condition asks for, None for a share of nothing.

    Media also as a share of the links, bisection as a share of what half of the ends bring.
    """
    if condition.unit != "%":
        return value / GBPS_PER_TBPS if condition.unit == "Tb/s" else value
    if path[0] == "bisection":
        whole = half_of_ends(fabric, path[1])
    else:
        whole = Fraction(sum(group.count for group in links_named(fabric, path[1])))
    return 100 * value / whole if whole else None


def _text(value: Fraction, condition: Condition) -> str:
    unit = condition.unit if condition.unit in ("", "%") else f" {condition.unit}"
    return format_decimal(value, _digits(value, condition)) + unit


def _difference(value: Fraction, condition: Condition) -> str:
    if condition.middle is None or condition.holds(value):
        return ""
    gap = value - condition.middle
    return ("+" if gap > 0 else "") + format_decimal(gap, _digits(value, condition))


def _digits(value: Fraction, condition: Condition) -> int:
    """Return the decimal places to show: those of the condition, and more if they hide a difference."""
    digits = max(condition.digits, SHOWN_PLACES)
    gap = 0 if condition.middle is None else value - condition.middle
    while gap and digits < MOST_PLACES and not round(gap, digits):
        digits += 1
    return digits
