"""The copper wall as a chart: how many links are no longer than a length, and how far copper reaches."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import HEIGHT, SMALL, WIDTH, in_words, stack
from topogen.units import (
    MM_PER_M,
    count_words,
    format_count,
    format_decimal,
    format_length,
    format_rate_long,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.plot.theme import Spec
    from topogen.study.reach import ReachCurve

AROUND, AROUND_PANEL, BESIDE, LEAST = 130, 90, 120, 110
"""Room above and below the panels, around each, and beside them; the least height of a panel."""
AXIS, MOST = 60, 3
"""Room of the labels of the axis; panels on a sheet."""
LABEL: Mapping[str, Any] = {
    "angle": 270,
    "align": "right",
    "baseline": "bottom",
    "lineBreak": "\n",
    "dx": -4,
    "dy": {"expr": "-3 - 18 * (length(split(datum.media, '\\n')) - 1)"},
    "color": PRINT["soft"],
}
"""The name of a reach: upward along its line, left of it, one medium a line."""
ROOM = 1.04
"""How far the axis runs beyond the longest link and the longest reach."""


def reach_chart(walls: Sequence[ReachCurve], footer: str = "") -> Spec:
    """Return the cumulative share of links over length, one panel a network and lane rate, reaches as lines.

    Raises
    ------
    InputError
        E653, where no link has a known length.
    """
    known = sorted((wall for wall in walls if wall.lengths), key=lambda wall: -sum(wall.lengths.values()))
    if not known:
        hint = "add a layout, or a length on the link groups"
        raise InputError([Problem("E653", "no link has a known length: nothing to plot", hint=hint)])
    shown = known[:MOST]
    height = max(LEAST, (HEIGHT - AROUND) // len(shown) - AROUND_PANEL)
    hidden = (
        f" {count_words(len(known) - MOST, 'network')} with fewer links left out." if known[MOST:] else ""
    )
    basis = f"Installed lengths, slack included; boards left out. Dashed: reach of copper media.{hidden}"
    return stack(_finding(known[0]), (basis,), [_wall_panel(wall, height) for wall in shown], footer, AXIS)


def _finding(wall: ReachCurve) -> str:
    """Return what copper leaves to optics in the network with most links."""
    links, network = sum(wall.lengths.values()), in_words(wall.network)
    if not wall.reaches:
        ends = [format_length(end) for end in (min(wall.lengths), max(wall.lengths))]
        span = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
        return f"The {count_words(links, 'link')} of {network} are {span} long"
    reach = max(wall.reaches.values())
    step = wall.step(reach)
    copper = f"the {format_length(reach)} that copper reaches ({', '.join(step.media)})"
    if not step.optical:
        return f"All {count_words(links, 'link')} of {network} are within {copper}"
    percent = format_decimal(100 * step.share, 1)
    return f"{percent}% of {count_words(links, 'link')} of {network} are longer than {copper}"


def _wall_panel(wall: ReachCurve, height: int) -> Spec:
    end = ROOM * max([*wall.lengths, *wall.reaches.values()]) / MM_PER_M
    x = {
        "field": "length_m",
        "type": "quantitative",
        "title": "length, m",
        "scale": {"domain": [0, end], "nice": False},
        "axis": {"tickCount": 10},
    }
    y = {
        "field": "pct",
        "type": "quantitative",
        "title": "links, %",
        "scale": {"domain": [0, 100]},
    }
    steps = {"type": "line", "interpolate": "step-after", "color": PRINT["module"], "strokeWidth": 3}
    rule = {"type": "rule", "color": PRINT["soft"], "strokeDash": [4, 3]}
    lines = {"values": list(_reach_lines(wall))}
    placed = {"x": x, "y": {"value": 0}, "text": {"field": "media"}}
    label = {**LABEL, "type": "text"}
    halo = {**label, "stroke": PRINT["paper"], "strokeWidth": 4}
    return {
        "title": {"text": _wall_title(wall), "fontSize": SMALL, "offset": 6},
        "width": WIDTH - BESIDE,
        "height": height,
        "layer": [
            {"data": {"values": list(_points(wall, end))}, "mark": steps, "encoding": {"x": x, "y": y}},
            {"data": lines, "mark": rule, "encoding": {"x": x}},
            *({"data": lines, "mark": mark, "encoding": placed} for mark in (halo, label)),
        ],
    }


def _points(wall: ReachCurve, end: float) -> Iterator[dict[str, float | str]]:
    """Yield the corners of the cumulative share, from 0 to the end of the axis."""
    total, below = sum(wall.lengths.values()), 0
    yield {"length_m": 0, "pct": 0}
    for mm, links in wall.lengths.items():
        below += links
        exact: dict[str, float | str] = {"exact_m": str(Fraction(mm, MM_PER_M)), "links": links}
        yield {"length_m": mm / MM_PER_M, "pct": 100 * below / total, **exact}
    yield {"length_m": end, "pct": 100}


def _reach_lines(wall: ReachCurve) -> Iterator[dict[str, float | str]]:
    """Yield one line a reach, named by all media that reach so far."""
    for mm in sorted(set(wall.reaches.values())):
        names = "\n".join(name for name, reach in wall.reaches.items() if reach == mm)
        yield {"length_m": mm / MM_PER_M, "media": names}


def _wall_title(wall: ReachCurve) -> str:
    rate = f"{format_rate_long(wall.lane_rate)} per lane" if wall.lane_rate else "lane rate unknown"
    links = f"{format_count(sum(wall.lengths.values()))} links"
    unknown = f", {format_count(wall.unknown)} more of unknown length" if wall.unknown else ""
    return f"{in_words(wall.network)}, {rate}: {links}{unknown}"
