"""``bom_gaps.csv``: what the totals lack, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cells import csv_text
from topogen.columns.parts import BOM_GAPS
from topogen.export.options import DEFAULT
from topogen.model.path import path_name
from topogen.ordering.gaps import gaps_of_orders
from topogen.ordering.orders import lines_of_design

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, Terminal
    from topogen.takeoff.roll_up import RollUp


def to_bom_gaps(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> str:
    """Return the gaps as CSV, in the order of the take-off, then of the lines, then of the order."""
    return csv_text(BOM_GAPS, bom_gaps_rows(fabric, rollup, options))


def bom_gaps_rows(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> list[Row]:
    """Return one row a gap; columns `BOM_GAPS`."""
    orders = lines_of_design(fabric, rollup, options.buying)
    links = {group.name: group for group in fabric.links}
    return [
        {
            "line_no": number,
            "reason": gap.reason,
            "part_id": gap.part,
            "qty_design": gap.qty or None,
            "links_affected": gap.links,
            "example_link": gap.example and first_link(fabric, links[gap.example[0]], gap.example[1]),
            "what_to_do": gap.what,
        }
        for number, gap in enumerate((*rollup.gaps, *gaps_of_orders(fabric, rollup, orders)), start=1)
    ]


def first_link(fabric: Fabric, group: LinkGroup, number: int = 0) -> str:
    """Return a link group with both ends of the first link of a block, by default of its first.

    ``nvl: r1/gpu0:nvl0 - r1/nvswitch0:nvl0``
    """
    block = group.blocks[number]
    ends = [_end(fabric, side) if side else group.outside for side in (block.a, block.b)]
    return f"{group.name}: {' - '.join(ends)}"


def _end(fabric: Fabric, terminal: Terminal) -> str:
    group = fabric.groups[terminal.group]
    device = int(terminal.scope[0] + terminal.device[0])
    slot = sum(int(slots[0]) for slots in terminal.slot)
    port = terminal.table[slot] if terminal.table.ndim == 1 else terminal.table[device, slot]
    return f"{path_name(group.path, device)}:{group.type.ports[terminal.port].name}{port}"
