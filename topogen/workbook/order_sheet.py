"""The sheet ``Order``: attrition, spares, minimum and packs as formulas over the assumptions."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.catalog.pricing import high, low
from topogen.export.cells.part_cells import identity
from topogen.export.to_order import notes_of
from topogen.ordering.orders import DAYS_PER_WEEK, order_lines
from topogen.units import format_decimal, to_metres
from topogen.workbook.cells import Book, Head
from topogen.workbook.losses import WEEKS, attrition, spares
from topogen.workbook.prices import CASE_NO, RATIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.columns.cells import Cell, Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import OrderLine
    from topogen.takeoff.roll_up import RollUp
    from topogen.workbook.losses import Cells
    from topogen.workbook.prices import Prices

SHEET = "Order"
HEADS = (
    Head("line_no", 7, "count"), Head("part_id", 22), Head("mpn", 24), Head("manufacturer", 14),
    Head("supplier", 14), Head("description", 38),
    Head("cost_scope", 14), Head("length_m", 9, "number"), Head("qty_model", 10, "count"),
    Head("qty_inside", 10, "count"),
    Head("qty_design", 10, "count"), Head("attrition_qty", 9, "count"), Head("spare_qty", 9, "count"),
    Head("spare_rule", 22), Head("qty_required", 11, "count"), Head("left_over", 9, "count"),
    Head("qty_order", 11, "count"),
    Head("unit_cost", 12, "usd"), Head("order_cost", 16, "usd"), Head(WEEKS, 9, "number"),
    Head("need_by", 11), Head("order_by", 11, "date"), Head("phase", 12),
    Head("qty_model so far", 10, "count"), Head("qty_inside so far", 10, "count"), Head("notes", 40),
)  # fmt: skip
DAY_0 = date(1899, 12, 30)
"""The day that a sheet counts from."""
COLUMN = {head.words: number for number, head in enumerate(HEADS)}


def write_order(
    book: Book, fabric: Fabric, rollup: RollUp, prices: Prices, options: Options
) -> tuple[str, Fraction]:
    """Write what is ordered of each part and length; return the formula of its cost and what it is now."""
    sheet = book.sheet(SHEET)
    book.headings(sheet, 0, HEADS)
    lines = order_lines(fabric, rollup, options.buying)
    earlier: dict[tuple[str, int | None], list[Cells]] = {}
    for row, line in enumerate(lines, start=1):
        fixed = _fixed(fabric, line, row)
        for name, value in fixed.items():
            book.put(sheet, (row, COLUMN[name]), value, HEADS[COLUMN[name]].style)
        own = {head: f"{letters(COLUMN[head])}{row + 1}" for head in COLUMN}
        before = earlier.setdefault((line.part, line.length_mm), [])
        formulas = _formulas(fabric, line, prices, own, before)
        before.append(own)
        for name, (text, now) in formulas.items():
            book.formula(sheet, (row, COLUMN[name]), text, now, HEADS[COLUMN[name]].style)
    sheet.autofilter(0, 0, max(1, len(lines)), len(HEADS) - 1)
    cost = letters(COLUMN["order_cost"])
    now = sum((line.cost.base for line in lines if line.cost), Fraction(0))
    return f"SUM({SHEET}!${cost}$2:${cost}${max(2, len(lines) + 1)})", now


def _fixed(fabric: Fabric, line: OrderLine, row: int) -> Row:
    part = fabric.catalog.parts[line.part]
    return identity(part, line.length_mm) | {
        "line_no": row,
        "supplier": part.terms.supplier,
        "cost_scope": ";".join(line.cost_scopes),
        "length_m": None if line.length_mm is None else to_metres(line.length_mm),
        "qty_model": line.design,
        "qty_inside": line.design if line.opened else line.inside,
        "spare_rule": line.spares.rule,
        "need_by": line.need_by.isoformat() if line.need_by else None,
        "phase": line.phase or None,
        "qty_model so far": line.design_so_far,
        "qty_inside so far": line.design_so_far if line.opened else line.inside_so_far,
        "notes": notes_of(line),
    }


Formulas = dict[str, tuple[str, "Cell"]]


def _formulas(
    fabric: Fabric, line: OrderLine, prices: Prices, own: Cells, earlier: Sequence[Cells]
) -> Formulas:
    """Return the formulas of a line with what they are now; ``earlier`` are the rows of phases before."""

    def of(column: str) -> str:
        return prices.cell(line.part, column, line.length_mm)

    weeks = fabric.catalog.parts[line.part].terms.lead_time_weeks
    wanted = f"({_wanted(own)}-N({own['left_over']}))"
    least = f"MAX({wanted},N({of('moq')}),1)"
    pack = f"MAX(N({of('pack_qty')}),1)"
    found: Formulas = {
        "qty_design": (f"ROUNDUP(ROUND({own['qty_model']}*{of(RATIO)},6),0)", line.design),
        "attrition_qty": (attrition(line, prices, own, earlier), line.attrition),
        "spare_qty": (spares(fabric, line, prices, own, earlier), line.spares.pieces),
        "qty_required": (f"{own['qty_design']}+{own['attrition_qty']}+N({own['spare_qty']})", line.required),
        "qty_order": (f'IF({wanted}<=0,"",ROUNDUP({least}/{pack},0)*{pack})', line.order),
        "unit_cost": (_unit(fabric, line, prices, own), line.unit.base if line.unit else None),
        "order_cost": (
            f'IF(OR({own["qty_order"]}="",{own["unit_cost"]}=""),"",{own["qty_order"]}*{own["unit_cost"]})',
            line.cost.base if line.cost else None,
        ),
        WEEKS: (f'IF({of(WEEKS)}="","",{of(WEEKS)})', weeks.base if weeks else None),
        "order_by": (_order_by(own), (line.order_by - DAY_0).days if line.order_by else None),
    }
    if earlier:
        found["left_over"] = _left_over(earlier[-1]), line.left_over
    return found


def _order_by(own: Cells) -> str:
    """Return the last day to order, for the lead time rounded up to days."""
    day = own["need_by"]
    parts = ",".join(f"VALUE(MID({day},{at},{size}))" for at, size in ((1, 4), (6, 2), (9, 2)))
    known = f'OR({own["qty_order"]}="",{day}="",{own[WEEKS]}="")'
    return f'IF({known},"",DATE({parts})-ROUNDUP({own[WEEKS]}*{DAYS_PER_WEEK},0))'


def _left_over(before: Cells) -> str:
    """Return the pieces that earlier orders left over, up to the row of the phase before."""
    return f"N({before['left_over']})+N({before['qty_order']})-{_wanted(before)}"


def _wanted(own: Cells) -> str:
    """Return the pieces of a row that do not come inside anything."""
    return f"({own['qty_design']}-{own['qty_inside']}+{own['attrition_qty']}+N({own['spare_qty']}))"


def _unit(fabric: Fabric, line: OrderLine, prices: Prices, own: Cells) -> str:
    """Return the price per piece at the quantity ordered, metres included."""
    breaks = fabric.catalog.parts[line.part].terms.price_breaks
    price = prices.price(line.part, line.length_mm)
    metres = f'IF({own["length_m"]}="",0,{own["length_m"]}*N({prices.per_metre(line.part, line.length_mm)}))'
    known = f'{own["qty_order"]}=""'
    if not breaks:
        return f'IF(OR({known},{price}=""),"",{price}+{metres})'
    least = ";".join(str(quantity) for quantity in sorted(breaks))
    rows = [breaks[quantity] for quantity in sorted(breaks)]
    ends = (
        ";".join(format_decimal(low(one), 9) for one in rows),
        ";".join(format_decimal(one.base, 9) for one in rows),
        ";".join(format_decimal(high(one), 9) for one in rows),
    )
    looked = ",".join(f"LOOKUP({own['qty_order']},{{{least}}},{{{end}}})" for end in ends)
    below = f'IF({price}="","",{price})'
    return f'IF({known},"",IF({own["qty_order"]}<{min(breaks)},{below},CHOOSE({CASE_NO},{looked}))+{metres})'
