"""The tornado of a figure: a bar for each assumption, from its lowest to its highest result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import ABOVE, BELOW, room_of, sheet
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.language.quantity import Ask
    from topogen.plot.theme import Spec
    from topogen.study.sensitivity import Swing

MOST = 12
"""Bars that are shown, the largest swings."""
BASIS = "Each assumption moved by itself, everything else at base."


def tornado_chart(name: str, ask: Ask, swings: Sequence[Swing], footer: str = "") -> Spec:
    """Return the chart: results below base in one colour, above it in another, base as a line.

    Raises
    ------
    InputError
        E653, where nothing moves the figure.
    """
    shown = [one for one in swings if one.swing][:MOST]
    if not shown:
        hint = "give a price a range, [low, base, high], or vary the file with --over"
        raise InputError([Problem("E653", f"nothing moves {ask}: nothing to plot", hint=hint)])
    y = {"field": "parameter", "type": "nominal", "sort": [_label(one) for one in shown], "title": None}
    x = {
        "field": "start",
        "type": "quantitative",
        "title": f"{ask}, {ask.unit}",
        "scale": {"zero": False, "padding": 110},
    }
    sides = {"domain": ["below base", "above base"], "range": [BELOW, ABOVE]}
    colour = {"field": "side", "type": "nominal", "scale": sides, "title": None}
    bar = {
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {"y": y, "x": x, "x2": {"field": "end"}, "color": colour},
    }
    rule = {
        "data": {"values": [{"base": float(shown[0].result_base)}]},
        "mark": {"type": "rule", "color": PRINT["ink"]},
        "encoding": {"x": {"field": "base", "type": "quantitative"}},
    }
    numbers = [_numbers(y, "below base", "right", -6), _numbers(y, "above base", "left", 6)]
    body = {"data": {"values": list(_bars(shown))}, "layer": [bar, *numbers, rule]}
    return sheet(_title(name, ask, shown[0]), (BASIS,), body, footer, room_of(map(_label, shown)))


def _numbers(y: Mapping[str, Any], side: str, align: str, dx: int) -> Spec:
    """Return the results at the ends of the bars of one side."""
    return {
        "transform": [{"filter": f"datum.side == '{side}'"}],
        "mark": {"type": "text", "align": align, "dx": dx},
        "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "text"}},
    }


def _title(name: str, ask: Ask, first: Swing) -> str:
    return f"{name}: {_label(first)} decides {ask} most (base {figure_text(first.result_base)})"


def _label(one: Swing) -> str:
    return one.parameter.removeprefix("catalog.parts.")


def _bars(shown: Sequence[Swing]) -> Iterator[dict[str, float | str]]:
    """Yield a bar from base to each result that differs from it."""
    for one in shown:
        ends = {
            end for end in (one.result_low, one.result_high) if end is not None and end != one.result_base
        }
        for end in sorted(ends):
            yield {
                "parameter": _label(one),
                "start": float(one.result_base),
                "end": float(end),
                "exact": str(end),
                "side": "above base" if end > one.result_base else "below base",
                "text": figure_text(end),
            }
