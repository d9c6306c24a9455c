"""Attrition and spares of the sheet ``Order`` as formulas over the policies of the assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.ordering.stock import HOURS_PER_FIT, HOURS_PER_WEEK
from topogen.workbook.prices import RATIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import OrderLine
    from topogen.workbook.prices import Prices

Cells = dict[str, str]
LEAST_SEARCHED = 1000
"""Numbers of spares that a service level is tried with, at least."""


def attrition(line: OrderLine, prices: Prices, own: Cells, earlier: Sequence[Cells]) -> str:
    """Return the attrition of a row; of a phase, that of all phases so far less that of the rows before."""
    share = prices.cell(line.part, "attrition", line.length_mm)
    inside = own["qty_inside so far"] if line.phase else own["qty_inside"]
    whole = f"ROUNDUP(ROUND(N({share})*({_design(line, prices, own)}-{inside}),6),0)"
    return _less(whole, "attrition_qty", earlier) if line.phase else whole


def spares(fabric: Fabric, line: OrderLine, prices: Prices, own: Cells, earlier: Sequence[Cells]) -> str:
    """Return the spares of a row as ``attrition``; a number if they are kept as trays."""
    if line.spares.pieces is None:
        return '""'
    if line.opened or in_tray(line):
        return str(line.spares.pieces)
    policy = {column: prices.cell(_kept_as(fabric, line), column, line.length_mm) for column in POLICY}
    design = _design(line, prices, own)
    by_share = f"ROUNDUP(ROUND(N({policy[SHARE]})*{design},6),0)"
    failing = f"IF(N({policy[SERVICE]})>0,{_lasting(line, policy, design)},{by_share})"
    whole = f"IF({design}=0,0,MAX({failing},N({policy[LEAST]})))"
    return _less(whole, "spare_qty", earlier) if line.phase else whole


SHARE, LEAST, SERVICE, FIT, WEEKS = POLICY = (
    "spares, share", "spares, at least", "spares, service level", "FIT", "lead_time_weeks",
)  # fmt: skip


def in_tray(line: OrderLine) -> bool:
    """Return whether the spares of a part are kept as trays, or are those of what is inside it."""
    return "in its tray" in line.spares.rule or ", for " in line.spares.rule


def _kept_as(fabric: Fabric, line: OrderLine) -> str:
    """Return the part whose policy a line follows: itself, or else what it is an alternate of."""
    if fabric.catalog.parts[line.part].terms.spare or not line.alternate_of:
        return line.part
    return line.alternate_of[0]


def _design(line: OrderLine, prices: Prices, own: Cells) -> str:
    """Return the pieces of the design, of a phase with all phases before it."""
    if not line.phase:
        return own["qty_design"]
    return f"ROUNDUP(ROUND({own['qty_model so far']}*{prices.cell(line.part, RATIO, line.length_mm)},6),0)"


def _less(whole: str, column: str, earlier: Sequence[Cells]) -> str:
    """Return what is left of a number after what earlier phases ordered of it."""
    return f"MAX(0,{'-'.join((whole, *(f'N({row[column]})' for row in earlier)))})"


def _lasting(line: OrderLine, policy: Cells, design: str) -> str:
    """Return the least spares whose Poisson probability reaches the service level; #N/A beyond the search."""
    most = max(LEAST_SEARCHED, 4 * (line.spares.pieces or 0))
    mean = f"{policy[FIT]}*{design}*{policy[WEEKS]}*{HOURS_PER_WEEK}/{HOURS_PER_FIT}"
    short = f"SUMPRODUCT(--(POISSON(ROW($1:${most})-1,{mean},TRUE)<{policy[SERVICE]}))"
    return f"IF({short}={most},NA(),{short})"
