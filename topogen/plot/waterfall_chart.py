"""What turns one fabric into another, in USD: a step for copper, engines, fibre and so on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import WIDTH, bar_text, exact, sheet, wrap
from topogen.report.compare_report import STEP_NAMES
from topogen.takeoff.basis_line import footer_line, price_dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.plot.theme import Spec
    from topogen.study.compare import Comparison, Step

METRIC = "total_usd"
COLOURS = {
    "copper": PRINT["copper"],
    "pluggables": PRINT["module"],
    "engines": PRINT["engine"],
    "els": PRINT["els"],
    "fibre": PRINT["cable"],
    "panels": PRINT["own_laser"],
    "network_devices": PRINT["switch"],
    "rest": PRINT["rule"],
    "total": PRINT["soft"],
}
"""The colour of each step, and of the totals at both ends."""
LETTER = 8.5
"""Room for a letter of a label below a bar, in px."""


def waterfall_chart(found: Comparison) -> Spec:
    """Return the chart from the first fabric to the second, per GPU package where both have GPUs.

    Raises
    ------
    InputError
        E681, where nothing has a price on either side.
    """
    steps = found.waterfall(METRIC)
    if not any(one.before or one.after for one in steps):
        hint = "add prices with --catalog, or a medium to the link groups"
        raise InputError([Problem("E681", "neither fabric has a price: nothing to plot", hint=hint)])
    each = all(one.delta_per_gpu is not None for one in steps)
    rows = list(_rows(found, steps, each=each))
    unit = "USD per GPU" if each else "USD"
    body = {"data": {"values": rows}, "layer": _layers(rows, unit)}
    bound = "At least: some prices are unknown. " if any(one.at_least for one in steps) else ""
    basis = f"{bound}Interconnect and network devices, base prices, {unit}. Grey: both totals."
    dates = dict.fromkeys(price_dates(side.fabric, side.rollup) for side in found.sides[:2])
    names = " to ".join(side.label for side in found.sides[:2])
    footer = footer_line(names, "both ends of all tiers", *dates)
    return sheet(_finding(rows, unit), (basis,), body, footer, 70)


def _rows(found: Comparison, steps: Sequence[Step], *, each: bool) -> Iterator[dict[str, Any]]:
    """Yield the total of the first, each step from where the last ended, and the total of the second."""
    before = [one.before_per_gpu if each else one.before for one in steps]
    after = [one.after_per_gpu if each else one.after for one in steps]
    sums = [sum((value or Fraction(0) for value in side), Fraction(0)) for side in (before, after)]
    at = sums[0]
    yield _row(found.sides[0].label, "total", Fraction(0), at, bar_text(at))
    for step, one, other in zip(steps, before, after, strict=True):
        delta = (other or Fraction(0)) - (one or Fraction(0))
        if delta:
            sign = "+" if delta > 0 else "-"
            yield _row(_named(step.step), step.step, at, at + delta, f"{sign}{bar_text(abs(delta))}")
        at += delta
    yield _row(found.sides[1].label, "total", Fraction(0), sums[1], bar_text(sums[1]))


def _named(step: str) -> str:
    return STEP_NAMES.get(step, step)


def _row(label: str, kind: str, start: Fraction, end: Fraction, text: str) -> dict[str, Any]:
    top = max(start, end)
    return {
        "step": label, "kind": kind, "start": float(start), "top": float(top), "text": text,
        **exact(end, "end"), "exact_delta": str(end - start),
    }  # fmt: skip


def _layers(rows: Sequence[dict[str, Any]], unit: str) -> list[Spec]:
    room = max(8, round((WIDTH - 120) / len(rows) / LETTER))
    lines = ["\n".join(wrap(str(row["step"]), room)) for row in rows]
    named = [f"{number:02}\n{line}" for number, line in enumerate(lines)]
    numbered = [{**row, "bar": name} for row, name in zip(rows, named, strict=True)]
    axis = {"labelAngle": 0, "labelExpr": "slice(split(datum.value, '\\n'), 1)"}
    x = {"field": "bar", "type": "ordinal", "title": None, "axis": axis}
    scale = {"domain": list(COLOURS), "range": list(COLOURS.values())}
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {
            "x": x,
            "y": {"field": "start", "type": "quantitative", "title": unit},
            "y2": {"field": "end"},
            "color": {"field": "kind", "type": "nominal", "scale": scale, "legend": None},
        },
    }
    texts = {
        "mark": {"type": "text", "baseline": "bottom", "dy": -4},
        "encoding": {"x": x, "y": {"field": "top", "type": "quantitative"}, "text": {"field": "text"}},
    }
    shared = {"data": {"values": numbered}}
    return [{**shared, **bars}, {**shared, **texts}]


def _finding(rows: Sequence[dict[str, Any]], unit: str) -> str:
    first, *steps, last = rows
    start, end = Fraction(first["exact"]), Fraction(last["exact"])
    ends = f"From {bar_text(start)} to {bar_text(end)} {unit}"
    ends += f" ({bar_text(end / start)} times)" if start and end != start else ""
    if not steps:
        return ends
    most = max(steps, key=lambda row: abs(Fraction(row["exact_delta"])))
    return f"{ends}; the largest step: {most['text']} for {most['step']}"
