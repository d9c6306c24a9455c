"""The copper wall as a chart: how many links are no longer than a length, and how far copper reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.palette import PRINT
from topogen.plot.theme import HEIGHT, SMALL, WIDTH, chart
from topogen.units import MM_PER_M, format_count, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.plot.theme import Spec
    from topogen.study.reach import ReachCurve

AROUND, AROUND_PANEL, BESIDE, LEAST = 60, 100, 120, 160
"""Room above the panels, around each, and beside them; the least height of a panel."""
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


def reach_chart(title: str, walls: Sequence[ReachCurve]) -> Spec:
    """Return the cumulative share of links over length, one panel a network and lane rate, reaches as lines.

    Raises
    ------
    InputError
        E653, where no link has a known length.
    """
    known = [wall for wall in walls if wall.lengths]
    if not known:
        hint = "add a layout, or a length on the link groups"
        raise InputError([Problem("E653", "no link has a known length: nothing to plot", hint=hint)])
    height = max(LEAST, (HEIGHT - AROUND) // len(known) - AROUND_PANEL)
    panels = [_wall_panel(wall, height) for wall in known]
    return chart(title, (), {"vconcat": panels, "spacing": 30})


def _wall_panel(wall: ReachCurve, height: int) -> Spec:
    end = ROOM * max([*wall.lengths, *wall.reaches.values()]) / MM_PER_M
    x = {
        "field": "length_m",
        "type": "quantitative",
        "title": "length, m",
        "scale": {"domain": [0, end], "nice": False},
    }
    y = {
        "field": "pct",
        "type": "quantitative",
        "title": "links up to this length, %",
        "scale": {"domain": [0, 100]},
    }
    steps = {"type": "line", "interpolate": "step-after", "color": PRINT["module"], "strokeWidth": 3}
    rule = {"type": "rule", "color": PRINT["soft"], "strokeDash": [4, 3]}
    lines = {"values": list(_reach_lines(wall))}
    label = {**LABEL, "type": "text"}
    return {
        "title": {"text": _wall_title(wall), "fontSize": SMALL, "offset": 6},
        "width": WIDTH - BESIDE,
        "height": height,
        "layer": [
            {"data": {"values": list(_points(wall, end))}, "mark": steps, "encoding": {"x": x, "y": y}},
            {"data": lines, "mark": rule, "encoding": {"x": x}},
            {
                "data": lines,
                "mark": label,
                "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "media"}},
            },
        ],
    }


def _points(wall: ReachCurve, end: float) -> Iterator[dict[str, float]]:
    """Yield the corners of the cumulative share, from 0 to the end of the axis."""
    total, below = sum(wall.lengths.values()), 0
    yield {"length_m": 0, "pct": 0}
    for mm, links in wall.lengths.items():
        below += links
        yield {"length_m": mm / MM_PER_M, "pct": 100 * below / total}
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
    return f"{wall.network}, {rate}: {links}{unknown}"
