"""Sensitivity: which price, watt or scenario moves a figure most, and two of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import InputError, LimitError
from topogen.figures.figures import quantity
from topogen.figures.no_figure import NoFigureError
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from topogen.figures.revalued import PartValue, Revalued
    from topogen.language.quantity import Ask

    Points = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True)
class Swing:
    """What one assumption does to a figure, everything else at its base.

    Attributes
    ----------
    parameter
        The path of a value, or ``scenario NAME``, or ``PATH=VALUE``.
    low, base, high
        The value; None for what is no number.
    result_low, result_base, result_high
        The figure at each; a scenario has a single result, as ``result_high``. None where it has none.
    note
        Why a result is missing.
    bound
        Which way the results are open, because a price or watts are not known.
    """

    parameter: str
    low: Fraction | None
    base: Fraction | None
    high: Fraction | None
    result_low: Fraction | None
    result_base: Fraction
    result_high: Fraction | None
    note: str = ""
    bound: str = ""

    @property
    def swing(self) -> Fraction:
        """Return how far apart the results are, the base among them."""
        known = [one for one in (self.result_low, self.result_base, self.result_high) if one is not None]
        return max(known) - min(known)


@dataclass(frozen=True)
class Grid:
    """A figure for low, base and high of two values: ``results`` by row, then column."""

    rows: PartValue
    columns: PartValue
    results: tuple[tuple[Fraction | None, ...], ...]


def tornado(
    revalued: Revalued, ask: Ask, variations: Iterable[tuple[str, Revalued | InputError | LimitError]] = ()
) -> tuple[Swing, ...]:
    """Return every assumption with its swing, the largest first; ties by name.

    Parameters
    ----------
    revalued
        The fabric as it is.
    ask
        The figure.
    variations
        Other builds of the same file, such as its scenarios, by name; or why one cannot be built.

    Raises
    ------
    NoFigureError
        For a figure that the fabric does not have.
    """
    base = quantity(revalued.fabric, revalued.rollup, ask).base
    bound = revalued.bound(ask)
    found = [_of_value(revalued, ask, one, base, bound) for one in revalued.ranged]
    found += [_of_variation(name, other, ask, base) for name, other in variations]
    return tuple(sorted(found, key=lambda one: (-one.swing, one.parameter)))


def _of_value(revalued: Revalued, ask: Ask, one: PartValue, base: Fraction, bound: str) -> Swing:
    least, most = one.ends
    (at_low, why_low), (at_high, why_high) = (
        _result(revalued, ask, {(one.part, one.key): end}) for end in (least, most)
    )
    return Swing(one.path, least, one.value.base, most, at_low, base, at_high, why_low or why_high, bound)


def _of_variation(name: str, other: Revalued | InputError | LimitError, ask: Ask, base: Fraction) -> Swing:
    if isinstance(other, InputError | LimitError):
        return Swing(name, None, None, None, None, base, None, _why(other))
    result, why = _result(other, ask, {})
    return Swing(name, None, None, None, None, base, result, why, "" if why else other.bound(ask))


def _result(revalued: Revalued, ask: Ask, values: Points) -> tuple[Fraction | None, str]:
    """Return the figure with other values, or why there is none."""
    try:
        return revalued.found([ask], values)[0], ""
    except NoFigureError as error:
        return None, str(error)
    except (InputError, LimitError) as error:
        return None, _why(error)


def _why(error: InputError | LimitError) -> str:
    problem = next(one for one in error.problems if one.is_error)
    return f"{problem.code} {problem.message}"


def grid(revalued: Revalued, ask: Ask, swings: Iterable[Swing]) -> Grid | None:
    """Return the figure over the two values of parts that move it most, None with fewer than two."""
    by_path = {one.path: one for one in revalued.ranged}
    pair = [by_path[one.parameter] for one in swings if one.parameter in by_path and one.swing][:2]
    if len(pair) < len(("rows", "columns")):
        return None
    rows, columns = pair
    results = tuple(
        tuple(
            _result(revalued, ask, {(rows.part, rows.key): first, (columns.part, columns.key): second})[0]
            for second in _points(columns)
        )
        for first in _points(rows)
    )
    return Grid(rows, columns, results)


def _points(one: PartValue) -> tuple[Fraction, ...]:
    least, most = one.ends
    return least, one.value.base, most
