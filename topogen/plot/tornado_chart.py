"""The tornado of a figure: a bar for each assumption, from its lowest to its highest result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import altair as alt

    from topogen.language.quantity import Ask
    from topogen.study.sensitivity import Swing

WIDTH, STEP = 640, 26
MOST = 12
"""Bars that are shown, the largest swings."""
DOWN, UP, GREY = "#c05a1c", "#1f5fa8", "#555555"
"""Below base, above base, and base itself; distinct in grey too."""


def tornado_chart(name: str, ask: Ask, swings: Sequence[Swing]) -> alt.TopLevelMixin:
    """Return the chart: results below base in one colour, above it in another, base as a line.

    Raises
    ------
    InputError
        E653, where nothing moves the figure.
    """
    import altair as alt

    shown = [one for one in swings if one.swing][:MOST]
    if not shown:
        hint = "give a price a range, [low, base, high], or vary the file with --over"
        raise InputError([Problem("E653", f"nothing moves {ask}: nothing to plot", hint=hint)])
    base = shown[0].result_base
    bars = alt.Chart(alt.InlineData(values=list(_bars(shown))))
    order = [_label(one) for one in shown]
    y = alt.Y("parameter:N", sort=order, title=None, axis=alt.Axis(labelLimit=420))
    x = alt.X("start:Q", title=f"{ask}, {ask.unit}", scale=alt.Scale(zero=False, padding=40))
    sides = alt.Scale(domain=["below base", "above base"], range=[DOWN, UP])
    colour = alt.Color("side:N", scale=sides, title=None, legend=alt.Legend(orient="bottom"))
    rule = alt.Chart(alt.InlineData(values=[{"base": float(base)}]))
    chart = alt.layer(
        bars.mark_bar(height=STEP - 8).encode(y=y, x=x, x2="end:Q", color=colour),
        bars.mark_text(align="right", dx=-4).encode(
            y=y,
            x="end:Q",
            text="text:N",
            opacity=alt.condition("datum.side == 'below base'", alt.value(1), alt.value(0)),
        ),
        bars.mark_text(align="left", dx=4).encode(
            y=y,
            x="end:Q",
            text="text:N",
            opacity=alt.condition("datum.side == 'above base'", alt.value(1), alt.value(0)),
        ),
        rule.mark_rule(color=GREY).encode(x="base:Q"),
    ).properties(width=WIDTH, height=STEP * len(shown), title=_title(name, ask, shown[0]))
    finished: alt.TopLevelMixin = chart.configure_title(anchor="start").configure_axisY(labelFontSize=11)
    return finished


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
                "side": "above base" if end > one.result_base else "below base",
                "text": figure_text(end),
            }
