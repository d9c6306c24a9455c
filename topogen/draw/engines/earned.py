"""Who earns the interconnect money: bars of the makers of its parts, below the figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from topogen.catalog.pricing import UNASSIGNED
from topogen.draw.sheet import BODY, FIGURES_X, MARGIN, WIDTH, Box, figures_height, label
from topogen.units import format_count, rounded_to_sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from topogen.draw.sheet import Figure, Mark
    from topogen.takeoff.roll_up import RollUp

MOST = 3
"""Makers with a bar of their own, those that earn most."""
NOBODY = "no maker named"
HEAD, ROW, BAR = 20, 23, 4


def earned_marks(roll_up: RollUp, figures: Sequence[Figure]) -> Iterator[Mark]:
    """Yield the USD that each maker earns (content view), where one is named and there is room."""
    rows = _earners(roll_up)
    y = float(BODY.y + figures_height(figures))
    if not rows or y + HEAD + ROW * len(rows) > BODY.y + BODY.height:
        return
    room, gpus = WIDTH - MARGIN - FIGURES_X, roll_up.totals.gpus
    each = "USD per GPU" if gpus else "USD in all"
    yield label(FIGURES_X, y + 14, f"who earns it, {each}", room, bold=True)
    most = max(usd for _, usd in rows)
    shown = rounded_to_sum([usd / (gpus or 1) for _, usd in rows])
    for number, ((name, usd), whole) in enumerate(zip(rows, shown, strict=True)):
        top, amount = y + HEAD + ROW * number, format_count(whole)
        yield label(FIGURES_X, top + 13, name, room - 70)
        yield label(FIGURES_X + room, top + 13, amount, 66, anchor="end")
        fill = "rule" if name == NOBODY else "soft"
        yield Box(FIGURES_X, top + 17, room * float(usd / most), BAR, fill, tip=f"{name}: USD {amount}")


def _earners(roll_up: RollUp) -> list[tuple[str, Fraction]]:
    """Return the makers that earn most, what the others earn, and what no maker is named for."""
    usd: Counter[str] = Counter()
    for row in roll_up.vendors:
        if row.view == "content" and row.cost_scope == "interconnect" and row.value:
            usd[row.vendor] += row.value.base  # type: ignore[assignment] # exact fractions
    nobody = usd.pop(UNASSIGNED, 0)
    first, rest = usd.most_common(MOST), usd.most_common()[MOST:]
    others = [(f"{len(rest)} more", sum(value for _, value in rest))] if rest else []
    rows = [*first, *others, *([(NOBODY, nobody)] if nobody else [])]
    return rows if first else []  # type: ignore[return-value] # exact fractions
