"""Sensitivity of a figure, for people and for programs: tornado, grid, percentiles of random draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.figures.bounds import SAID
from topogen.language.quantity import PIECES_UNIT, RATIO
from topogen.report.table import (
    Note,
    Report,
    Table,
    figure_text,
    number,
    quantity,
    revision_line,
    text,
    words,
)
from topogen.study.draws import PERCENTILES
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.language.quantity import Ask
    from topogen.report.table import Row
    from topogen.study.draws import Draws
    from topogen.study.sensitivity import Grid, Swing

MOST_SWINGS = 12
BASIS = (
    "One assumption at a time, everything else at its base. Every price and every watt with a range is moved "
    "to its low and its high; a scenario and a value of --over is built as if it were written in the file."
)
DRAWS = "Percentiles are single draws: a tenth of the draws is at or below p10. Base is not drawn."


def sensitivity_report(
    ask: Ask,
    swings: Sequence[Swing],
    found_grid: Grid | None,
    draws: Draws | None,
    facts: dict[str, str | None],
    *,
    programs: bool = False,
) -> Report:
    """Return the tables of a figure: tornado, grid of its two strongest values, draws if there are some."""
    facts = {**facts, "figure": str(ask), "unit": ask.unit}
    items: list[Table | Note] = [_tornado(ask, swings, facts, programs=programs)]
    if not programs:
        items += [Note(one) for one in (*_answer(ask, swings), BASIS, *_lacks(swings))]
    if found_grid:
        items += [_grid(ask, found_grid, programs=programs)]
    if draws:
        facts |= {"draws": str(draws.count), "seed": str(draws.seed), "builds": str(draws.builds)}
        items.append(_draws(draws))
        if not programs:
            items += [Note(one) for one in _said_of_draws(draws)]
    if not programs:
        items.append(Note(revision_line(facts["topology_rev"], facts["catalog_rev"])))
    return Report(items, facts, () if draws or found_grid else ("tornado",))


def _tornado(ask: Ask, swings: Sequence[Swing], facts: dict[str, str | None], *, programs: bool) -> Table:
    unit = "" if ask.unit in (PIECES_UNIT, RATIO) else f" {ask.unit}"
    columns = (
        text("parameter"),
        number("low", "low", quantity, drop=2), number("base", "base", quantity, drop=3),
        number("high", "high", quantity, drop=2),
        number(f"at low{unit}", "result_low", figure_text),
        number(f"at base{unit}", "result_base", figure_text),
        number(f"at high{unit}", "result_high", figure_text), number("swing", "swing", figure_text),
        text("", "bound", _bound), words("", "note", drop=1),
    )  # fmt: skip
    rows: list[Row] = [
        (
            one.parameter, one.low, one.base, one.high, one.result_low, one.result_base, one.result_high,
            one.swing, one.bound, one.note if programs else one.note.partition("; ")[0],
        )
        for one in swings
    ]  # fmt: skip
    if not programs:
        rows = [row for row, one in zip(rows, swings, strict=True) if one.swing or one.note]
    return Table("tornado", columns, rows, f"{ask} of {facts['name']}", MOST_SWINGS)


def _answer(ask: Ask, swings: Sequence[Swing]) -> Iterator[str]:
    """Yield which assumption decides, as a sentence."""
    moved = [one for one in swings if one.swing]
    if not moved:
        yield f"Nothing with a range moves {ask}: it is a count, or no price of it has a range."
        return
    first = moved[0]
    ends = [one for one in (first.result_low, first.result_base, first.result_high) if one is not None]
    yield (
        f"{first.parameter} decides most: {ask} is {figure_text(first.result_base)} at base and from "
        f"{figure_text(min(ends))} to {figure_text(max(ends))} with it alone."
    )
    if still := len([one for one in swings if not one.swing and not one.note]):
        yield f"{format_count(still)} further assumptions do not move it."


def _bound(word: str) -> str:
    return SAID[word].strip()


def _lacks(swings: Sequence[Swing]) -> Iterator[str]:
    """Yield what it means that some results are open."""
    if any(one.bound for one in swings):
        yield (
            "At least, at most, about: some price, watts or contents are not known, which topogen bom lists; "
            "results that lack different things are no comparison."
        )


def _grid(ask: Ask, found: Grid, *, programs: bool) -> Table:
    rows_of, columns_of = ((one.ends[0], one.value.base, one.ends[1]) for one in (found.rows, found.columns))
    if programs:
        columns = (text("row", "row_parameter"), number("at", "row_value"), text("col", "column_parameter"),
                   number("value", "column_value"), number("result"))  # fmt: skip
        rows: list[Row] = [
            (found.rows.path, first, found.columns.path, second, result)
            for first, line in zip(rows_of, found.results, strict=True)
            for second, result in zip(columns_of, line, strict=True)
        ]
        return Table("grid", columns, rows)
    headings = tuple(
        number(quantity(second), f"c{index}", figure_text, unknown="-")
        for index, second in enumerate(columns_of)
    )
    title = f"{ask} by {found.rows.path} (down) and {found.columns.path} (across)"
    lines: list[Row] = [(first, *line) for first, line in zip(rows_of, found.results, strict=True)]
    return Table("grid", (number("", "row", quantity), *headings), lines, title)


def _draws(draws: Draws) -> Table:
    columns = (
        text("figure"), text("", "bound", _bound), text("unit", drop=1), number("base", "base", figure_text),
        number("mean", "mean", figure_text, drop=1),
        *(number(f"p{one}", f"p{one}", figure_text, drop=2 * (one in (25, 75))) for one in PERCENTILES),
    )  # fmt: skip
    rows: list[Row] = [
        (str(one.ask), one.bound, one.ask.unit, one.base, one.mean, *one.percentiles) for one in draws.spreads
    ]
    return Table("draws", columns, rows, f"{format_count(draws.count)} draws, seed {draws.seed}")


def _said_of_draws(draws: Draws) -> Iterator[str]:
    kinds = f"{format_count(len(draws.values))} prices and watts with a range are drawn"
    more = f", each draw from one of {draws.builds} builds with equal chance" if draws.builds > 1 else ""
    shape = "triangular over low, base and high unless the catalog states a distribution"
    yield f"{kinds}, {shape}{more}. {DRAWS}"
    if not draws.is_exact_sum:
        yield "Prices decide media here, so every draw was built and valued by itself."
