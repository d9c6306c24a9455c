"""Racks as panels: U by U where the file says where things stand, else a list that says so."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from topogen.draw.picture import Cell, Panel
from topogen.draw.shown.words import listed, with_type, wrapped
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.elevation.items import Item, RackContents
    from topogen.draw.picture import CellKind

LINE = 42
"""Characters of a line above a rack."""

NO_U = "no U positions given: a list, not to scale"


def panel(title: str, lines: Sequence[str], rack: RackContents, top: int) -> Panel:
    """Return a rack up to the ``top`` U of all racks beside it."""
    standing = [item for item in rack.items if item.unit >= 0]
    listed_items = [item for item in rack.items if item.unit < 0]
    rows = list(_elevation(standing, top)) if standing else []
    if listed_items:
        rows += [(Cell(NO_U, "head", columns=3),), *_list(listed_items)]
    return Panel(title, (*lines, *_rack_totals(rack)), tuple(rows))


def top_of(racks: Sequence[RackContents]) -> int:
    """Return the highest U that anything in some racks reaches, 0 where no U is known."""
    return max(
        (item.unit + item.height - 1 for rack in racks for item in rack.items if item.unit >= 0), default=0
    )


def _rack_totals(rack: RackContents) -> list[str]:
    lines = wrapped(f"holds {listed(rack.devices)}", LINE) if rack.devices else []
    lines += wrapped(listed(rack.parts), LINE)
    return lines + wrapped(f"shared within the rack: {listed(rack.shared)}" if rack.shared else "", LINE)


def _elevation(items: Sequence[Item], top: int) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each U, the highest first; what is several U high reaches down."""
    at: dict[int, list[Item]] = {}
    for item in items:
        at.setdefault(item.unit, []).append(item)
    upper = {unit + max(item.height for item in here) - 1: unit for unit, here in at.items()}
    taken = 0
    for unit in range(top, 0, -1):
        label = Cell(f"U{unit}", "head")
        if taken:
            taken -= 1
            yield (label,)
        elif unit in upper:
            here = at[upper[unit]]
            taken = unit - upper[unit]
            yield (label, *_unit_cells(here, taken + 1))
        else:
            yield (label, Cell("", "empty", columns=2))


def _unit_cells(items: Sequence[Item], span: int) -> tuple[Cell, ...]:
    """Return name and contents of what stands at one U."""
    first = items[0]
    kind: CellKind = first.kind if any(item.picked for item in items) else "plain"
    same = {item.holds for item in items} == {first.holds}
    if len(items) == 1:
        words = listed(dict(first.holds)) or first.type
    elif same:
        words = f"each {listed(dict(first.holds))}"
    else:
        words = "; ".join(listed(dict(item.holds)) for item in items)
    return Cell(_item_names(items), kind, span), Cell(words, kind, span)


def _item_names(items: Sequence[Item]) -> str:
    """Return names in a row, the first in full.

    ``switch_tray03, 04``
    """
    stem = items[0].name.rstrip("0123456789")
    numbers = [item.name.removeprefix(stem) for item in items[1:]]
    return ", ".join([items[0].name, *numbers])


def _list(items: Sequence[Item]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each run of equal items, under the name of their place."""
    for around, inside in groupby(items_by_place(items), key=lambda item: item.around):
        if around:
            yield (Cell(around, "head", columns=3),)
        runs = groupby(inside, key=lambda item: (item.type, item.holds, item.kind, item.picked))
        for (kind, holds, look, picked), run in runs:
            names = [item.name for item in run]
            many = len(names) > 1
            count = f"{format_count(len(names))} x" if many else ""
            name = f"{names[0]} to {names[-1]}" if many else with_type(names[0], kind)
            words = ("each " if many and holds else "") + listed(dict(holds))
            shown: CellKind = look if picked else "plain"
            yield Cell(count, "head"), Cell(name, shown), Cell(words, shown)


def items_by_place(items: Sequence[Item]) -> list[Item]:
    """Return items with those of one place together; first what stands in the rack itself."""
    order = {
        around: place for place, around in enumerate(dict.fromkeys(["", *(one.around for one in items)]))
    }
    return sorted(items, key=lambda item: order[item.around])
