"""Lengths of cables as a report: what fewer of them cost, and what pieces that are there leave to order."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.ordering.lengths import choices, from_stock, kept, pieces_by_length
from topogen.ordering.orders import order_lines
from topogen.report.bom_report import facts_of, heading
from topogen.report.table import Note, Report, Table, metres, money, number, text
from topogen.units import MM_PER_M, format_length

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.model.fabric import Fabric
    from topogen.ordering.lengths import Choice
    from topogen.report.table import Row
    from topogen.takeoff.roll_up import RollUp

BASIS = (
    "Basis: pieces of the design with attrition and spares, in whole packs of at least the minimum, at base "
    "prices of that quantity. A cable takes the shortest length that is long enough. Each row of fewer "
    "lengths is the cheapest choice, or the one with the fewest extra metres where a price is unknown."
)
NOTHING = "No cable to be bought has a known length: place the racks in layout, or give lengths."
COLUMNS = (
    text("part", "part_id"),
    number("lengths", "lengths"),
    text("lengths kept", "lengths_m"),
    number("pieces", "qty_order"),
    number("USD", "order_cost", money, unknown="unknown"),
    number("more USD", "extra_cost", money, unknown="unknown"),
    number("extra metres", "extra_m"),
)


def lengths_report(
    fabric: Fabric,
    rollup: RollUp,
    keep: Sequence[int] = (),
    stock: Mapping[tuple[str, int | None], int] | None = None,
) -> Report:
    """Return what fewer lengths of each cable cost.

    Parameters
    ----------
    keep
        Lengths in mm to keep, in place of the cheapest choices.
    stock
        Pieces that are there by part and length in mm; they serve first.
    """
    pieces = pieces_by_length(order_lines(fabric, rollup))
    tables = []
    if stock is not None:
        taken, pieces = from_stock(pieces, stock)
        rows = [(one.part, _metres(one.needed_mm), _metres(one.used_mm), one.pieces) for one in taken]
        columns = (
            text("part", "part_id"),
            number("needed", "needed_m", metres),
            number("served by", "used_m", metres),
            number("pieces", "pieces"),
        )
        tables.append(Table("from_stock", columns, rows, "Served by pieces that are there"))
    rows_of_lengths = [row for part, needs in pieces.items() for row in _rows(fabric, part, needs, keep)]
    note = Note(BASIS if pieces else NOTHING)
    tables.append(Table("lengths", COLUMNS, rows_of_lengths, "What is to be ordered, by number of lengths"))
    return Report([*heading(fabric), *tables, note], facts_of(fabric), csv=("lengths",))


def _rows(fabric: Fabric, part: str, pieces: Mapping[int, int], keep: Sequence[int]) -> list[Row]:
    needed = {length: count for length, count in pieces.items() if count}
    if not needed:
        return []
    found = choices(fabric.catalog, part, needed)
    if keep:
        sold = fabric.catalog.parts[part].lengths_mm
        found = [found[0], kept(fabric.catalog, part, needed, [mm for mm in keep if mm in sold or not sold])]
    return [_row(one, found[0]) for one in found]


def _row(one: Choice, every: Choice) -> Row:
    lengths = sorted(one.order)
    more = None if one.cost is None or every.cost is None else one.cost - every.cost
    words = ", ".join(format_length(mm) for mm in lengths)
    return one.part, len(lengths), words, sum(one.order.values()), one.cost, more, _metres(one.extra_mm)


def _metres(mm: int) -> Fraction:
    return Fraction(mm, MM_PER_M)
