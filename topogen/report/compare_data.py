"""Fabrics side by side for programs: every figure, ratio and step of a waterfall as one row."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import high, low
from topogen.report.compare_report import answer
from topogen.report.table import Column, Report, Table
from topogen.study.compare import BASES, IN_ALL, PER_GPU, RATIOS, WATERFALL, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.columns.count_basis import CountBasis
    from topogen.report.table import Row
    from topogen.study.compare import Comparison, Side

FIGURES = (
    "fabric", "metric", "unit", "ends", "scope", "per", "low", "base", "high", "at_least",
    "difference_to_first", "ratio_to_first", "ratio_bound",
)  # fmt: skip
STEPS = (
    "from", "to", "metric", "unit", "count_basis", "step", "from_total", "to_total", "delta_total",
    "cum_total", "from_per_gpu", "to_per_gpu", "delta_per_gpu", "cum_per_gpu", "at_least",
)  # fmt: skip


def compare_data(found: Comparison) -> Report:
    """Return figures, ratios and revisions for programs."""
    return Report([_figures(found), _ratios(found), _revisions(found)], _facts(found))


def waterfall_data(found: Comparison) -> Report:
    """Return every step of every waterfall for programs; CSV has the steps only."""
    rows = [
        row
        for other, side in enumerate(found.sides[1:], start=1)
        for metric in WATERFALL
        for row in _steps(found, side, metric, other)
    ]
    return Report([_table("waterfall", STEPS, rows), _revisions(found)], _facts(found), csv=("waterfall",))


def _table(name: str, columns: tuple[str, ...], rows: list[Row]) -> Table:
    return Table(name, [Column(one, one) for one in columns], rows)


def _steps(found: Comparison, side: Side, metric: str, other: int) -> Iterator[Row]:
    steps = found.waterfall(metric, other)
    total = sum((one.before for one in steps), Fraction(0))
    per_gpu = found.first.gpus.per(total) if side.gpus.packages else None
    for one in steps:
        total += one.delta
        if per_gpu is not None and one.delta_per_gpu is not None:
            per_gpu += one.delta_per_gpu
        yield (
            found.first.label, side.label, metric, unit_of(metric), "both ends, all tiers", one.step,
            one.before, one.after, one.delta, total,
            one.before_per_gpu, one.after_per_gpu, one.delta_per_gpu, per_gpu, _yes_no(partial=one.at_least),
        )  # fmt: skip


def _figures(found: Comparison) -> Table:
    numbers = range(len(found.sides))
    rows = [
        row
        for number in numbers
        for basis in (IN_ALL, PER_GPU)
        for metric in found.metrics
        for row in _figure(found, number, metric, basis)
    ]
    return _table("figures", FIGURES, rows)


def _figure(found: Comparison, number: int, metric: str, basis: CountBasis) -> Iterator[Row]:
    """Yield the row of a figure, none per GPU where there are no GPUs."""
    side = found.sides[number]
    figure, first = side.figure(metric, basis), found.first.figure(metric, basis)
    if figure is None:
        return
    value, ratio = figure.value, found.ratio(metric, basis, number)
    yield (
        side.label, metric, unit_of(metric), basis.ends, basis.scope, basis.gpu,
        low(value), value.base, high(value), _yes_no(partial=figure.at_least),
        value.base - first.value.base if first else None,
        ratio.value if ratio else None, ratio.bound if ratio else None,
    )  # fmt: skip


def _ratios(found: Comparison) -> Table:
    columns = (
        "fabric", "compared_with", "ends", "scope", "per", *RATIOS, *(f"{name}_bound" for name in RATIOS),
    )  # fmt: skip
    rows: list[Row] = []
    for other, side in enumerate(found.sides[1:], start=1):
        for basis in BASES:
            ratios = [found.ratio(metric, basis, other) for metric in RATIOS.values()]
            head = (side.label, found.first.label, basis.ends, basis.scope, basis.gpu)
            values = (one.value if one else None for one in ratios)
            rows.append((*head, *values, *(one.bound if one else None for one in ratios)))
    return _table("ratios", columns, rows)


def _revisions(found: Comparison) -> Table:
    rows: list[Row] = [
        (one.label, one.fabric.name, one.fabric.scenario or None, one.topology_revision, one.catalog_revision)
        for one in found.sides
    ]
    columns = ("fabric", "name", "scenario", "topology_revision", "catalog_revision")
    return _table("revisions", columns, rows)


def _facts(found: Comparison) -> dict[str, str | None]:
    return {"answer": "\n".join(" ".join(answer(found, other)) for other in range(1, len(found.sides)))}


def _yes_no(*, partial: bool) -> str:
    return "yes" if partial else "no"
