"""Who earns the interconnect money: bars of the makers of its parts, below the figures."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from topogen.catalog.pricing import UNASSIGNED
from topogen.draw.furniture import figures_height
from topogen.draw.lettering import width_of
from topogen.draw.sheet import BODY, FIGURES_X, MARGIN, TITLE_SIZE, WIDTH, Box, label
from topogen.draw.shown.finding import decimal_text, engines_by_network
from topogen.units import format_count, rounded_to_sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Figure, Mark
    from topogen.takeoff.roll_up import RollUp

MOST = 3
"""Makers with a bar of their own, those that earn most."""
MOST_TOLD = 2
"""Makers of which a title tells at least, where it tells of any."""
NOBODY = "no maker named"
HEAD, ROW, BAR = 20, 27, 8


def earned_marks(roll_up: RollUp, figures: Sequence[Figure]) -> Iterator[Mark]:
    """Yield the USD that each maker earns (content view), where one is named and there is room."""
    rows = _earners(roll_up)
    y = float(BODY.y + figures_height(figures))
    if not rows or y + HEAD + ROW * len(rows) > BODY.y + BODY.height:
        return
    room = WIDTH - MARGIN - FIGURES_X
    yield label(FIGURES_X, y + 14, f"who earns it, USD {_each(roll_up)}", room, bold=True)
    most = max(usd for _, usd in rows)
    for number, ((name, usd), whole) in enumerate(zip(rows, _whole_usd(roll_up, rows), strict=True)):
        top, amount = y + HEAD + ROW * number, format_count(whole)
        yield label(FIGURES_X, top + 13, name, room - 70)
        yield label(FIGURES_X + room, top + 13, amount, 66, anchor="end")
        fill = "rule" if name == NOBODY else "soft"
        yield Box(FIGURES_X, top + 17, room * float(usd / most), BAR, fill, tip=f"{name}: USD {amount}")


def earned_title(roll_up: RollUp, room: float) -> str:
    """Return how many engines there are and who earns what with them, as much as the room holds.

    Nothing if fewer than two makers are named.
    """
    rows, engines = _earners(roll_up), engines_by_network(roll_up).total()
    whole = _whole_usd(roll_up, rows)
    named = [(name, usd) for (name, _), usd in zip(rows[:MOST], whole, strict=False) if name != NOBODY]
    if len(named) < MOST_TOLD or not engines:
        return ""
    count = f"{format_count(engines)} engines"
    gpus = roll_up.totals.gpus
    heads = [f"{count}, {decimal_text(Fraction(engines, gpus))} per GPU: "] if gpus else []
    for told, head in product((named, named[:MOST_TOLD]), (*heads, f"{count}: ", "")):
        (first, most), *others = told
        more = "".join(f", {name} {format_count(usd)}" for name, usd in others)
        words = f"{head}{first} earns USD {format_count(most)}{more} of {format_count(sum(whole))}"
        if width_of(f"{words} {_each(roll_up)}", TITLE_SIZE, bold=True) <= room:
            return f"{words} {_each(roll_up)}"
    return ""


def _each(roll_up: RollUp) -> str:
    return "per GPU" if roll_up.totals.gpus else "in all"


def _whole_usd(roll_up: RollUp, rows: Sequence[tuple[str, Fraction]]) -> list[int]:
    """Return the amounts of some rows, per GPU where there are GPUs, in whole USD that add up."""
    return rounded_to_sum([usd / (roll_up.totals.gpus or 1) for _, usd in rows])


def _maker_words(vendor: str) -> str:
    """Return the name of a maker, which the catalog has in small letters.

    >>> _maker_words("ams_osram")
    'Ams osram'
    """
    return f"{vendor[:1].upper()}{vendor[1:]}".replace("_", " ")


def _earners(roll_up: RollUp) -> list[tuple[str, Fraction]]:
    """Return the makers that earn most, what the others earn, and what no maker is named for."""
    usd: Counter[str] = Counter()
    for row in roll_up.vendors:
        if row.view == "content" and row.cost_scope == "interconnect" and row.value:
            usd[row.vendor] += row.value.base  # type: ignore[assignment] # exact fractions
    nobody = usd.pop(UNASSIGNED, 0)
    named = Counter({_maker_words(vendor): value for vendor, value in usd.items() if value})
    first, rest = named.most_common(MOST), named.most_common()[MOST:]
    others = [(f"{len(rest)} more", sum(value for _, value in rest))] if rest else []
    rows = [*first, *others, *([(NOBODY, nobody)] if nobody else [])]
    return rows if first else []  # type: ignore[return-value] # exact fractions
