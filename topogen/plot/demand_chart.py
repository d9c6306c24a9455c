"""A ramp of racks: pieces to make of each part by period, against the capacity."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.palette import PRINT
from topogen.plot.bars import refuse_nothing
from topogen.plot.theme import HEIGHT, PADDING, SMALL, WIDTH, exact, stack
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.plot.theme import Spec
    from topogen.study.demand import PeriodDemand

MOST, LEFT = 3, 90
AROUND, AROUND_PANEL = 150, 70


def demand_chart(rows: Sequence[PeriodDemand], footer: str = "") -> Spec:
    """Return the parts of least capacity; without one, those of which most pieces are made.

    Raises
    ------
    InputError
        E683, where nothing is made.
    """
    needed = [row for row in rows if row.units_with_spares]
    refuse_nothing(needed, "the ramp takes no part", "give media to the link groups")
    most: dict[str, tuple[Fraction, int]] = {}
    for row in needed:
        rank = row.utilisation or Fraction(0), row.units_with_spares
        most[row.part] = max(most.get(row.part, rank), rank)
    parts = sorted(most, key=lambda part: most[part], reverse=True)
    limited = [part for part in parts if most[part][0]]
    shown = (limited or parts)[:MOST]
    periods = list(dict.fromkeys(row.period for row in rows))
    height = (HEIGHT - AROUND) // len(shown) - AROUND_PANEL
    panels = [_panel(part, [row for row in rows if row.part == part], periods, height) for part in shown]
    basis = "Bars: pieces to make, with yield and spares. Line: capacity; red: more than the capacity."
    more = f" {len(parts) - len(shown)} more parts are left out." if len(parts) > len(shown) else ""
    return stack(_finding(needed, periods), (basis + more,), panels, footer, LEFT)


def _finding(rows: Sequence[PeriodDemand], periods: Sequence[str]) -> str:
    short = [row for row in rows if row.gap]
    if short:
        first = min(short, key=lambda row: (periods.index(row.period), -(row.utilisation or 0)))
        need = f"{format_count(first.units_with_spares)} pieces"
        return f"{first.part} falls short first, in {first.period}: {need}, {_percent(first)} of the capacity"
    limited = [row for row in rows if row.utilisation]
    if limited:
        most = max(limited, key=lambda row: row.utilisation or 0)
        return f"The capacity is enough: {most.part} takes {_percent(most)} of it in {most.period}"
    most = max(rows, key=lambda row: row.units_with_spares)
    return f"Most pieces: {format_count(most.units_with_spares)} {most.part} in {most.period}"


def _percent(row: PeriodDemand) -> str:
    return f"{round(100 * (row.utilisation or 0))}%"


def _panel(part: str, rows: Sequence[PeriodDemand], periods: list[str], height: int) -> Spec:
    values = [
        {
            "period": row.period, "text": format_count(row.units_with_spares), "short": bool(row.gap),
            "capacity": None if row.capacity is None else float(row.capacity),
            "exact_capacity": None if row.capacity is None else str(row.capacity),
            **exact(Fraction(row.units_with_spares)),
        }
        for row in rows
    ]  # fmt: skip
    x = {"field": "period", "type": "ordinal", "sort": periods, "title": None, "axis": {"labelAngle": 0}}
    y = {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "format": "~s"}}
    colour = {"condition": {"test": "datum.short", "value": PRINT["alert"]}, "value": PRINT["module"]}
    return {
        "title": {"text": f"{part}, pieces", "fontSize": SMALL, "offset": 6},
        "width": WIDTH - 2 * PADDING - LEFT,
        "height": height,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "width": {"band": 0.5}}, "encoding": {"x": x, "y": y, "color": colour}},
            {"mark": {"type": "tick", "width": {"band": 0.9}, "thickness": 3, "color": PRINT["ink"]},
             "encoding": {"x": x, "y": {"field": "capacity", "type": "quantitative"}}},
            {"mark": {"type": "text", "baseline": "bottom", "dy": -4},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }  # fmt: skip
