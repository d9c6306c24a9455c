"""``pull_sheet.csv``: how many cables of which part and length to pull between which racks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cables import order_length
from topogen.columns import PULL_SHEET, names_of
from topogen.export.cells.byte_cells import join, text_cells, to_bytes
from topogen.export.cells.cable_cells import cable_line
from topogen.export.cells.cable_rows import split_length
from topogen.export.cells.csv_text import cell_text, quoted
from topogen.export.cells.part_cells import medium_name
from topogen.export.cells.pulls import merged, pulls_of
from topogen.export.options import DEFAULT
from topogen.media import is_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.export.cells.byte_cells import Cells
    from topogen.export.cells.pulls import Pulls
    from topogen.export.options import Options
    from topogen.fabric import Fabric, Ints, LinkGroup
    from topogen.rollup import RollUp

CHUNK = 65_536
"""Lines that are laid out at a time."""

Order = tuple[int | None, str, str]
"""Length as sold in mm, basis, note."""


def to_pull_sheet(fabric: Fabric, _: RollUp, options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the pull sheet as CSV: installed links only, unless all are asked for.

    In the order of the file, each link group by rack a, rack b and length; what stands in no rack, and then
    what is outside, comes last.
    """
    yield (",".join(names_of(PULL_SHEET)) + "\n").encode()
    racks = _rack_cells(fabric)
    for group in fabric.links:
        if group.count and (options.all_links or is_installed(fabric, group)):
            yield from _lines(fabric, group, racks)


def _rack_cells(fabric: Fabric) -> Cells:
    """Return row and rack of each rack, then of OUTSIDE and NO_RACK: negative numbers pick from the end."""
    named = [f"{quoted(rack.row)},{rack.name}" for rack in fabric.sites.racks]
    return text_cells([*named, ",outside", ",no rack"])


def _lines(fabric: Fabric, group: LinkGroup, racks: Cells) -> Iterator[bytes]:
    line, _ = cable_line(fabric, group)
    part = line.part_for(group.links_per_cable, group.lanes, group.lane_rate) if line else None
    sold = fabric.catalog.parts[part] if part else None
    pulls, orders = _as_sold(fabric, pulls_of(fabric, group), sold.lengths_mm if sold else ())
    what = quoted(sold.description if sold else "")
    tables = {
        "length": text_cells([f"{_metres(order)},{basis}," for order, basis, _ in orders]),
        "note": text_cells([f",{note}\n" for *_, note in orders]),
        "group": text_cells([f"{group.network},{group.tier},{group.name},"]),
        "part": text_cells([f",{medium_name(group)},{part or ''},{what},"]),
        "comma": text_cells([","]),
    }
    counts = [_number_cells(count) for count in (pulls.cables, pulls.lines, pulls.links)]
    for first in range(0, len(pulls.a), CHUNK):
        rows = slice(first, first + CHUNK)
        a, b, length = racks[pulls.a[rows]], racks[pulls.b[rows]], pulls.length[rows]
        cables, lines, links = (table[index[rows]] for table, index in counts)
        start = (tables["group"], a, tables["comma"], b, tables["part"], tables["length"][length])
        amounts = (cables, tables["comma"], lines, tables["comma"], links, tables["note"][length])
        yield to_bytes(join(*start, *amounts))


def _number_cells(numbers: Ints) -> tuple[Cells, Ints]:
    """Return the distinct numbers, of any size, as texts, and which of them each number is."""
    distinct, index = np.unique(numbers, return_inverse=True)
    return text_cells([str(number) for number in distinct.tolist()]), index


def _as_sold(fabric: Fabric, pulls: Pulls, ladder: tuple[int, ...]) -> tuple[Pulls, list[Order]]:
    """Return pulls by the length that is ordered, and these orders: ``length`` is the number of one."""
    codes, index = np.unique(pulls.length, return_inverse=True)
    found = [_order(*split_length(code), ladder) for code in codes.tolist()]
    orders = sorted(set(found), key=lambda order: (order[2], order[0] or 0, order[1]))
    number = np.array([orders.index(order) for order in found])
    return merged(fabric, replace(pulls, length=number[index])), orders


def _order(length: int | None, basis: str, ladder: tuple[int, ...]) -> Order:
    sold = order_length(length, ladder)
    beyond = length is not None and sold is None
    return sold, basis, "no length this long is sold" if beyond else ""


def _metres(mm: int | None) -> str:
    return cell_text(None if mm is None else Fraction(mm, 1_000))
