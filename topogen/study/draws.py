"""Draws: percentiles of figures when every ranged price and watt is drawn at random (Monte Carlo).

Draws are made in blocks of fixed size, each with a stream of its own, so that the same seed gives the same
numbers however the blocks are shared out. Figures are sums of prices, so a block is one product of a matrix
of draws and a matrix of slopes; where they are not, every draw is valued by itself.
"""

from __future__ import annotations

from fractions import Fraction
from math import erf, sqrt
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import InputError, Problem
from topogen.figures.revalued import slopes_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from topogen.figures.revalued import PartValue, Revalued, Slopes
    from topogen.language.quantity import Ask

    Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    Rows = list[list[float]]
    Correlations = Mapping[tuple[str, str], Fraction]

BLOCK = 1000
"""Draws in a block."""
PERCENTILES = (5, 10, 25, 50, 75, 90, 95)
CLASSES = 40
"""Classes in which the draws are counted."""
DECIMALS = 6


@dataclass(frozen=True)
class Spread:
    """How a figure spreads over the draws; ``percentiles`` in the order of ``PERCENTILES``, each a draw.

    ``bound`` says which way it is open in the file, because a price or watts are not known.
    """

    ask: Ask
    base: Fraction
    mean: Fraction
    percentiles: tuple[Fraction, ...]
    bound: str = ""
    edges: tuple[Fraction, ...] = ()
    """Ends of the classes of the draws, equally wide, one more than ``counts``; empty where all are equal."""
    counts: tuple[int, ...] = ()
    """Draws in each class."""


@dataclass(frozen=True)
class Draws:
    """Figures over random draws: how many, from which seed, of which values and builds."""

    spreads: tuple[Spread, ...]
    count: int
    seed: int
    values: tuple[PartValue, ...]
    builds: int
    is_exact_sum: bool
    """Whether figures are sums of prices; else every draw was valued by itself."""


@dataclass(frozen=True)
class Plan:
    """What a block of draws needs, and nothing else, so that it can be sent to another process."""

    seed: int
    low: Floats
    base: Floats
    high: Floats
    uniform: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    mixing: Floats | None
    starts: Floats
    """Terms at base, shape (builds, terms)."""
    slopes: Floats
    """Shape (builds, values, terms); a value that a build does not have has slopes of 0."""
    below: tuple[tuple[int, int | None], ...]
    """Per figure the number of its term, and of the term that it is divided by."""


def draw(
    builds: Sequence[Revalued],
    asks: Sequence[Ask],
    *,
    count: int = 10_000,
    seed: int = 1,
    correlations: Correlations | None = None,
    share_out: Callable[[Callable[..., Rows], Iterable[tuple[object, ...]]], Iterable[Rows]] | None = None,
) -> Draws:
    """Return percentiles of figures over random draws of all ranged values of parts.

    Values are drawn from a triangular distribution over low, base and high, or from a uniform one over low
    to high where the catalog says ``distribution: uniform``; independently, unless correlated.

    Parameters
    ----------
    builds
        The fabric; several builds of one file are drawn with equal chance, and the first has the base.
    correlations
        Between two parts, whose prices then move together (Gaussian copula).
    share_out
        Runs a function over tasks in order, elsewhere if it likes; default: here.

    Raises
    ------
    InputError
        E668 for a correlation of a part that is not drawn, or correlations that contradict each other.
    """
    values = tuple({one.path: one for build in builds for one in build.ranged}.values())
    mixing = _mixing(values, correlations or {})
    slopes = [slopes_of(build, asks) for build in builds]
    known = [one for one in slopes if one is not None]
    sizes = [min(BLOCK, count - first) for first in range(0, count, BLOCK)]
    if len(known) == len(slopes):
        plan = _plan(builds, asks, values, known, seed, mixing)
        tasks = [(plan, number, size) for number, size in enumerate(sizes)]
        blocks = (share_out or _here)(rows_of_block, tasks)
        found = np.concatenate([np.array(rows, np.float64) for rows in blocks])
    else:
        found = np.concatenate(
            [_valued_block(builds, asks, values, seed, mixing, task) for task in enumerate(sizes)]
        )
    base = builds[0].found(asks, {})
    spreads = tuple(
        _spread(ask, base[index], found[:, index], builds[0].bound(ask)) for index, ask in enumerate(asks)
    )
    return Draws(spreads, count, seed, values, len(builds), len(known) == len(slopes))


def _here(work: Callable[..., Rows], tasks: Iterable[tuple[object, ...]]) -> Iterable[Rows]:
    return (work(*task) for task in tasks)


def rows_of_block(plan: Plan, number: int, size: int) -> Rows:
    """Return the figures of the draws of a block as lists, which JSON holds to the last bit."""
    rows: Rows = figures_of_block(plan, number, size).tolist()
    return rows


def _spread(ask: Ask, base: Fraction, column: Floats, bound: str) -> Spread:
    ranks = np.quantile(column, np.array(PERCENTILES) / 100, method="inverted_cdf")
    edges, counts = _classes(column)
    return Spread(ask, base, _exact(column.mean()), tuple(map(_exact, ranks)), bound, edges, counts)


def _classes(column: Floats) -> tuple[tuple[Fraction, ...], tuple[int, ...]]:
    """Return the ends of classes, and the draws in each."""
    if _exact(column.max() - column.min()) == 0:
        return (), ()
    counts, edges = np.histogram(column, CLASSES)
    return tuple(map(_exact, edges)), tuple(counts.tolist())


def _exact(number: np.float64) -> Fraction:
    return Fraction(round(float(number), DECIMALS)).limit_denominator(10**DECIMALS)


# Draws of values


def drawn(plan: Plan, number: int, size: int) -> tuple[np.ndarray, Floats]:
    """Return the build and the values of each draw of a block, shapes (draws,) and (draws, values)."""
    stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence(plan.seed, spawn_key=(number,))))
    build = stream.integers(0, len(plan.starts), size)
    chance = stream.random((size, len(plan.base)))
    if plan.mixing is not None:
        normal = stream.standard_normal((size, len(plan.base)))
        chance = _normal_share(np.einsum("dj,ij->di", normal, plan.mixing))
    return build, _from_chance(plan, chance)


def _normal_share(numbers: Floats) -> Floats:
    """Return the share of a normal distribution below each number."""
    return np.asarray(np.vectorize(lambda x: (1 + erf(x / sqrt(2))) / 2, otypes=[np.float64])(numbers))


def _from_chance(plan: Plan, chance: Floats) -> Floats:
    """Return the values below which a distribution has a share of ``chance``."""
    width = plan.high - plan.low
    split = (plan.base - plan.low) / width
    rising = plan.low + np.sqrt(chance * width * (plan.base - plan.low))
    falling = plan.high - np.sqrt((1 - chance) * width * (plan.high - plan.base))
    triangular = np.where(chance < split, rising, falling)
    return np.where(plan.uniform, plan.low + chance * width, triangular)


def figures_of_block(plan: Plan, number: int, size: int) -> Floats:
    """Return the figures of each draw of a block, shape (draws, figures)."""
    build, values = drawn(plan, number, size)
    terms = np.empty((size, plan.starts.shape[1]))
    for index, (start, slopes) in enumerate(zip(plan.starts, plan.slopes, strict=True)):
        mine = build == index
        terms[mine] = start + np.einsum("dv,vt->dt", values[mine] - plan.base, slopes)
    columns = [
        terms[:, above] if below is None else terms[:, above] / terms[:, below] for above, below in plan.below
    ]
    return np.stack(columns, axis=1)


def _plan(
    builds: Sequence[Revalued],
    asks: Sequence[Ask],
    values: Sequence[PartValue],
    slopes: Sequence[Slopes],
    seed: int,
    mixing: Floats | None,
) -> Plan:
    column = {one.path: index for index, one in enumerate(values)}
    terms = sum(len(ask.terms) for ask in asks)
    table = np.zeros((len(builds), len(values), terms))
    for index, some in enumerate(slopes):
        for one, row in zip(some.values, some.slopes, strict=True):
            table[index, column[one.path]] = [float(slope) for slope in row]
    starts = np.array([[float(term) for term in some.base] for some in slopes])
    below: list[tuple[int, int | None]] = []
    first = 0
    for ask in asks:
        below.append((first, first + 1 if ask.below else None))
        first += len(ask.terms)
    return Plan(
        **_ranges(builds, values), seed=seed, mixing=mixing, starts=starts, slopes=table, below=tuple(below)
    )


def _ranges(builds: Sequence[Revalued], values: Sequence[PartValue]) -> dict[str, np.ndarray]:
    said = [build.fabric.catalog.parts for build in builds]
    parts = [next(parts[one.part] for parts in said if one.part in parts) for one in values]
    return {
        "low": np.array([float(one.ends[0]) for one in values]),
        "base": np.array([float(one.value.base) for one in values]),
        "high": np.array([float(one.ends[1]) for one in values]),
        "uniform": np.array(
            [part.distributions.get(one.key) == "uniform" for part, one in zip(parts, values, strict=True)],
            bool,
        ),
    }


def _valued_block(
    builds: Sequence[Revalued],
    asks: Sequence[Ask],
    values: Sequence[PartValue],
    seed: int,
    mixing: Floats | None,
    task: tuple[int, int],
) -> Floats:
    """Return the figures of a block whose draws are valued one by one."""
    number, size = task
    plan = Plan(
        **_ranges(builds, values), seed=seed, mixing=mixing, starts=np.zeros((len(builds), 1)),
        slopes=np.zeros((len(builds), len(values), 1)), below=(),
    )  # fmt: skip
    which, table = drawn(plan, number, size)
    rows = []
    for index, row in zip(which.tolist(), table, strict=True):
        own = {(one.part, one.key) for one in builds[index].ranged}
        points = {
            (one.part, one.key): _exact(number)
            for one, number in zip(values, row, strict=True)
            if (one.part, one.key) in own
        }
        rows.append([float(found) for found in builds[index].found(asks, points)])
    return np.array(rows)


def _mixing(values: Sequence[PartValue], correlations: Correlations) -> Floats | None:
    """Return the matrix that turns independent normal numbers into correlated ones, None for none."""
    if not correlations:
        return None
    rows = {one.part: index for index, one in enumerate(values) if one.key == "price_usd"}
    wanted = np.eye(len(values))
    problems = []
    for (one, other), number in correlations.items():
        missing = [part for part in (one, other) if part not in rows]
        if missing or one == other:
            hint = f"with a range: {', '.join(sorted(rows)) or 'none'}"
            problems.append(Problem("E668", f'"{one},{other}": no two parts with a price range', hint=hint))
            continue
        wanted[rows[one], rows[other]] = wanted[rows[other], rows[one]] = float(number)
    if problems:
        raise InputError(problems)
    try:
        return np.asarray(np.linalg.cholesky(wanted))
    except np.linalg.LinAlgError as error:
        hint = "lower one of them: three prices cannot all move against each other"
        raise InputError([Problem("E668", "the correlations contradict each other", hint=hint)]) from error
