"""How a figure spreads over random draws: the draws in classes, with percentiles and base as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import ABOVE, BELOW, exact, sheet
from topogen.report.table import figure_text
from topogen.study.draws import PERCENTILES
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.plot.theme import Spec
    from topogen.study.draws import Draws, Spread

SHOWN = (5, 50, 95)
"""Percentiles that have a line."""


def draws_chart(draws: Draws, footer: str = "") -> Spec:
    """Return the chart of the figure that was asked for.

    Raises
    ------
    InputError
        E653, where all draws are equal.
    """
    spread = draws.spreads[0]
    if not spread.counts:
        hint = "give a price a range, [low, base, high], or vary the file with --over"
        raise InputError([Problem("E653", f"nothing moves {spread.ask}: nothing to plot", hint=hint)])
    x = {
        "field": "start",
        "type": "quantitative",
        "title": f"{spread.ask}, {spread.ask.unit}",
        "scale": {"zero": False, "nice": False},
    }
    y = {"field": "draws", "type": "quantitative", "title": "draws"}
    bars = {
        "data": {"values": list(_classes(spread))},
        "mark": {"type": "bar", "color": ABOVE, "stroke": PRINT["paper"], "binSpacing": 0},
        "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": {"datum": 0}},
    }
    lines = {"values": list(_lines(spread))}
    at = {"field": "at", "type": "quantitative"}
    colour = {"condition": {"test": "datum.name == 'base'", "value": BELOW}, "value": PRINT["ink"]}
    rules = {
        "data": lines,
        "mark": {"type": "rule", "strokeDash": [5, 3], "strokeWidth": 2},
        "encoding": {"x": at, "color": colour},
    }
    names: dict[str, Any] = {
        "data": lines,
        "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 5},
        "encoding": {
            "x": at,
            "y": {"field": "y", "type": "quantitative", "scale": None},
            "text": {"field": "text"},
            "color": colour,
        },
    }
    basis = (
        f"{format_count(draws.count)} draws of {format_count(len(draws.values))} prices and watts with a "
        f"range, seed {draws.seed}; the base is not drawn."
    )
    halo = {**names, "mark": {**names["mark"], "stroke": PRINT["paper"], "strokeWidth": 4}}
    return sheet(_finding(spread), (basis,), {"layer": [bars, rules, halo, names]}, footer, 70)


def _finding(spread: Spread) -> str:
    p5, p50, p95 = (figure_text(spread.percentiles[PERCENTILES.index(one)]) for one in SHOWN)
    return f"{spread.ask}: nine of ten draws are from {p5} to {p95}, half are at or below {p50}"


def _classes(spread: Spread) -> Iterator[dict[str, Any]]:
    for start, end, count in zip(spread.edges, spread.edges[1:], spread.counts, strict=False):
        yield {**exact(start, "start"), "end": float(end), "exact_end": str(end), "draws": count}


def _lines(spread: Spread) -> Iterator[dict[str, Any]]:
    """Yield a line for each percentile shown and for the base, its name lower for each."""
    found = [(f"p{one}", spread.percentiles[PERCENTILES.index(one)]) for one in SHOWN]
    for number, (name, value) in enumerate([("base", spread.base), *found]):
        yield {"name": name, "text": f"{name} {figure_text(value)}", "y": 22 * number, **exact(value, "at")}
