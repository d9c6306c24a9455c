"""``pull_sheet.csv``: how many cables of which part and length to pull between which racks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import order_length
from topogen.columns.cables import PULL_SHEET
from topogen.columns.cells import cell_text, quoted
from topogen.columns.column import names_of
from topogen.export.options import DEFAULT
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.media.medium import is_installed, medium_name
from topogen.model.length_histogram import split_length
from topogen.model.text_buffer import Page, Piece, texts_of
from topogen.schedule.patch_pieces import patch_pieces
from topogen.schedule.rack_pairs import merged, rack_pairs_of
from topogen.units import to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from topogen.export.options import Options
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.model.text_buffer import Texts
    from topogen.schedule.rack_pairs import RackPairs
    from topogen.takeoff.roll_up import RollUp

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
        if group.count and not group.through and (options.all_links or is_installed(fabric, group)):
            yield from _lines(fabric, group, racks)
    if any(group.through and group.count for group in fabric.links):
        yield _of_pieces(fabric)


def _of_pieces(fabric: Fabric) -> bytes:
    """Return the cords and trunks of links through patch panels by racks, part and length."""
    pieces = patch_pieces(fabric).assign(cables=1)
    rows = np.array([*(rack.row for rack in fabric.sites.racks), ""], object)  # -1, no rack, picks the last
    for side in ("a", "b"):
        pieces[f"{side}_row"] = rows[pieces[f"rack_{side}"].to_numpy(np.int64)]
    pieces["a_rack"] = pieces["a_rack"].where(pieces["rack_a"] >= 0, "no rack")
    described = {part: fabric.catalog.parts[part].description for part in set(pieces["part_id"]) if part}
    pieces["description"] = pieces["part_id"].map(described).fillna("")
    pieces = pieces.rename(columns={"part_id": "cable_part_id"})
    names = list(names_of(PULL_SHEET))
    counts = ["cables", "links"]
    keys = [name for name in names if name not in (*counts, "lines")]
    order = ["link_group", "piece", "rack_a", "rack_b"]
    summed = pieces.groupby([*order, *(key for key in keys if key not in order)], sort=False)[counts].sum()
    found: pd.DataFrame = summed.reset_index().assign(lines=lambda one: one["cables"])
    text: str = found.to_csv(columns=names, index=False, header=False, lineterminator="\n")
    return text.encode()


def _rack_cells(fabric: Fabric) -> Texts:
    """Return row and rack of each rack, then of OUTSIDE and NO_RACK: negative numbers pick from the end."""
    named = [f"{quoted(rack.row)},{quoted(rack.name)}" for rack in fabric.sites.racks]
    return texts_of([*named, ",outside", ",no rack"])


def _lines(fabric: Fabric, group: LinkGroup, racks: Texts) -> Iterator[bytes]:
    part = cable_part(fabric, group)
    pulls, orders = _as_sold(fabric, rack_pairs_of(fabric, group), stock_lengths(fabric, part))
    what = quoted(fabric.catalog.parts[part].description if part else "")
    between = [
        _constant(pulls, f"{group.network},{group.tier},{group.name},"),
        Piece(racks, pulls.a),
        _constant(pulls, ","),
        Piece(racks, pulls.b),
        _constant(pulls, f",{medium_name(group)},{part or ''},{what},"),
        Piece(texts_of([f"{_metres(order)},{basis}," for order, basis, _ in orders]), pulls.length),
    ]
    amounts = [_numbers(pulls.cables), _numbers(pulls.lines), _numbers(pulls.links)]
    note = Piece(texts_of([f",{note}\n" for *_, note in orders]), pulls.length)
    comma = _constant(pulls, ",")
    line, page = [*between, amounts[0], comma, amounts[1], comma, amounts[2], note], Page()
    for first in range(0, len(pulls.a), CHUNK):
        rows = slice(first, first + CHUNK)
        yield bytes(page.write([Piece(piece.table, piece.rows[rows]) for piece in line]))


def _constant(pulls: RackPairs, text: str) -> Piece:
    """Return a text that all lines have."""
    return Piece(texts_of([text]), np.zeros(len(pulls.a), np.int64))


def _numbers(numbers: Ints) -> Piece:
    """Return numbers of any size as texts, each distinct one laid out once."""
    distinct, index = np.unique(numbers, return_inverse=True)
    return Piece(texts_of([str(number) for number in distinct.tolist()]), index)


def _as_sold(fabric: Fabric, pulls: RackPairs, ladder: tuple[int, ...]) -> tuple[RackPairs, list[Order]]:
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
    return cell_text(None if mm is None else to_metres(mm))
