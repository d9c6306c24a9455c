"""What differs between two revisions: money, parts, cables and the values of the files, for all readers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.diff import reason_of
from topogen.diff.parts import PRICED
from topogen.report.table import Note, Report, Table, money, names, number, text, words
from topogen.units import MM_PER_M, count_words, format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.diff import Difference
    from topogen.diff.cables import Cable, CableChange
    from topogen.diff.ordered import Ordered
    from topogen.diff.parts import PartChange
    from topogen.language.tree_changes import TreeChange
    from topogen.report.table import Row

SCOPE_NAMES = {
    "interconnect": "interconnect",
    "network_device": "network devices",
    "host": "hosts",
    "system": "systems",
}
MOST_ROWS = 40
"""Rows of a table that people are shown; programs get all."""
SUMMARY_ROWS = 8
"""Rows of each table in a summary of at most 40 lines."""
NONE_ORDERED: Mapping[tuple[str, int | None], Ordered] = {}


def diff_report(
    found: Difference,
    facts: Mapping[str, str | None],
    ordered: Mapping[tuple[str, int | None], Ordered] = NONE_ORDERED,
    *,
    of: str = "",
    most: int = MOST_ROWS,
    summary: bool = False,
) -> Report:
    """Return the difference of two revisions; ``of`` names the one table that CSV has.

    ``ordered`` are the pieces that purchase orders were placed for; a summary leaves out the list of cables.
    """
    changed = [one for one in found.parts if one.change != "unchanged" or _order_key(one) in ordered]
    tables = [
        _totals(found.parts),
        _parts(changed, found.paths, ordered, most),
        _work(found.cables),
        *([] if summary else [_cables(found.cables, most)]),
        _paths(found.paths, most),
    ]
    revisions = f"Topology revisions {facts['rev_old']} and {facts['rev_new']}."
    notes = [Note(one) for one in (*_left_out(tables), revisions)]
    return Report([*_opening(found), *tables, *notes], facts, csv=(of or "parts",))


def _opening(found: Difference) -> Iterator[Note]:
    if found.is_empty:
        yield Note("Nothing differs that is built, bought or pulled.", "green")
        return
    delta = sum((one.cost_delta or Fraction(0) for one in found.parts), Fraction(0))
    changed = [one for one in found.parts if one.change != "unchanged" and one.cost_scope in PRICED]
    open_end = any(one.cost_delta is None for one in changed)
    works = Counter(one.work for one in found.cables)
    cables = ", ".join(f"{format_count(count)} to {work}" for work, count in works.items()) or "none changes"
    unknown = ", without the parts that have no price" if open_end else ""
    yield Note(f"{_signed(delta)} USD{unknown}. Cables: {cables}.", "bold")
    if found.moved:
        shown = "; ".join(map(str, found.moved[:SUMMARY_ROWS]))
        more = len(found.moved) - SUMMARY_ROWS
        yield Note(f"Installed devices move: {shown}{f'; {format_count(more)} more' if more > 0 else ''}.")


def _totals(parts: Sequence[PartChange]) -> Table:
    columns = (
        text("scope"), number("old USD", "cost_old", money), number("new USD", "cost_new", money),
        number("change", "cost_delta", _signed), number("quantity", "delta_from_qty", _signed),
        number("mix", "delta_mix", _signed), number("price", "delta_from_price", _signed),
    )  # fmt: skip
    rows: list[Row] = []
    for scope in PRICED:
        of_scope = [one for one in parts if one.cost_scope == scope]
        values = [
            _sum(getattr(one, name) for one in of_scope)
            for name in ("cost_old", "cost_new", "cost_delta", "from_quantity", "from_mix", "from_price")
        ]
        if of_scope:
            rows.append((SCOPE_NAMES[scope], *values))
    return Table("totals", columns, rows, "Cost")


def _sum(values: Iterator[Fraction | None]) -> Fraction:
    """Return the sum of what is known."""
    return sum((one for one in values if one is not None), Fraction(0))


def _parts(
    parts: Sequence[PartChange],
    paths: tuple[TreeChange, ...],
    ordered: Mapping[tuple[str, int | None], Ordered],
    most: int,
) -> Table:
    columns = (
        text("change"), text("part", "part_id"), text("length", "length_m", _length, drop=6),
        text("scope", "cost_scope", drop=8), text("category", drop=7), names("network", drop=9),
        number("old", "qty_old"), number("new", "qty_new"), number("pieces", "qty_delta", _signed),
        number("unit old", "unit_cost_old", money, drop=4),
        number("unit new", "unit_cost_new", money, drop=4),
        number("USD", "cost_delta", _signed), number("quantity", "delta_from_qty", _signed, drop=3),
        number("mix", "delta_mix", _signed, drop=3), number("price", "delta_from_price", _signed, drop=3),
        *(_ORDER_COLUMNS if ordered else ()),
        text("replaced by", "replaced_by", drop=2), words("reason", drop=5),
    )  # fmt: skip
    rows = [
        (
            one.change, one.part, _metres(one.length_mm), one.cost_scope, one.category, one.networks,
            one.qty_old, one.qty_new, Fraction(one.qty_new - one.qty_old), one.unit_old, one.unit_new,
            one.cost_delta, one.from_quantity, one.from_mix, one.from_price,
            *(_order_cells(one, ordered) if ordered else ()),
            one.replaced_by or None, reason_of(one, paths) or None,
        )
        for one in parts
    ]  # fmt: skip
    return Table("parts", columns, rows, "Parts", most=most)


_ORDER_COLUMNS = (
    number("ordered", "qty_ordered"), number("received", "qty_received"),
    number("to order", "delta_to_order"), number("to cancel", "cancel_qty"),
)  # fmt: skip


def _order_key(one: PartChange) -> tuple[str, int | None]:
    return one.part, one.length_mm


def _order_cells(
    one: PartChange, ordered: Mapping[tuple[str, int | None], Ordered]
) -> tuple[int, int, int, int]:
    """Return pieces ordered and received, pieces still to order, and pieces to cancel before they come."""
    placed = ordered.get(_order_key(one))
    if placed is None:
        return 0, 0, one.qty_new, 0
    needed = max(one.qty_new, placed.received)
    return (
        placed.ordered,
        placed.received,
        max(0, one.qty_new - placed.ordered),
        max(0, placed.ordered - needed),
    )


def _work(cables: Sequence[CableChange]) -> Table:
    columns = (text("work"), text("change"), text("links", "link_group"), text("medium"), number("cables"))
    counted = Counter((one.work, one.change, *_kind_words(one)) for one in cables)
    return Table("work", columns, [(*key, count) for key, count in counted.items()], "Cables to work on")


def _kind_words(one: CableChange) -> tuple[str, str]:
    kinds = [cable.kind for cable in (one.old, one.new) if cable]
    media = dict.fromkeys(kind.medium or "no medium" for kind in kinds)
    return kinds[-1].group, " -> ".join(media)


def _cables(cables: Sequence[CableChange], most: int) -> Table:
    columns = (
        text("work"), text("change", drop=4), text("network", drop=6), text("links", "link_group", drop=5),
        text("old cable", "cable_old", drop=1), text("new cable", "cable_new", drop=1),
        text("old a end", "a_old"), text("old b end", "b_old"), text("new a end", "a_new"),
        text("new b end", "b_new"), text("old medium", "medium_old", drop=3),
        text("new medium", "medium_new", drop=3), text("old length", "length_old_m", _length, drop=2),
        text("new length", "length_new_m", _length, drop=2), text("old names", "names_old", drop=1),
        text("new names", "names_new", drop=1),
    )  # fmt: skip
    rows = [_cable_row(one) for one in cables]
    return Table("cables", columns, rows, "Cables", most=most)


def _cable_row(one: CableChange) -> tuple[str | Fraction | None, ...]:
    known = [cable for cable in (one.new, one.old) if cable]
    old, new = _cable_cells(one.old), _cable_cells(one.new)
    return (
        one.work, one.change, known[0].kind.network, known[0].kind.group,
        one.old and one.old.id, one.new and one.new.id,
        old[0], old[1], new[0], new[1], old[2], new[2], old[3], new[3], *_site_names(one),
    )  # fmt: skip


def _site_names(one: CableChange) -> tuple[str | None, str | None]:
    """Return both ends as the site names them, old and new, of a cable that needs new labels."""
    if one.work != "relabel" or one.old is None or one.new is None:
        return None, None
    return one.old.site, one.new.site


def _cable_cells(one: Cable | None) -> tuple[str | None, str | None, str | None, Fraction | None]:
    if one is None:
        return None, None, None, None
    return one.a, one.b or None, one.kind.medium or None, _metres(one.kind.length_mm)


def _paths(paths: Sequence[TreeChange], most: int) -> Table:
    columns = (text("path"), words("old", unknown="not there"), words("new", unknown="not there"))
    return Table("paths", columns, [tuple(one) for one in paths], "Values of the files", most=most)


def _metres(mm: int | None) -> Fraction | None:
    return None if mm is None or mm < 0 else Fraction(mm, MM_PER_M)


def _length(value: Fraction) -> str:
    return f"{format_decimal(value, 3)} m"


def _signed(value: Fraction) -> str:
    """Return a change with its sign.

    >>> _signed(Fraction(25600)), _signed(Fraction(-3, 2)), _signed(Fraction(0))
    ('+25,600', '-1.5', '0')
    """
    return f"+{money(value)}" if value > 0 else money(value)


def _left_out(tables: Sequence[Table]) -> list[str]:
    """Return a sentence on the rows that people are not shown; nothing where they see all."""
    left = [
        f"{count_words(len(table.rows) - table.most, 'more row')} of {table.title.lower()}"
        for table in tables
        if table.most is not None and len(table.rows) > table.most
    ]
    return [f"Not shown: {'; '.join(left)}. --format csv --of TABLE has all."] if left else []
