"""Where the marks of pictures lead to: the names that tables have, and what parts are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from topogen.catalog.model import Catalog
    from topogen.page.tables import PageTable
    from topogen.takeoff.roll_up import RollUp


def made_of(catalog: Catalog, roll_up: RollUp) -> dict[str, list[str]]:
    """Return what each bought part is made of, at any depth: its contents, and the parts it is bought as."""
    bought = dict.fromkeys(line.part for line in roll_up.lines)
    found = {part: list(dict.fromkeys(_inside(catalog, part))) for part in bought}
    return {part: names for part, names in found.items() if names}


def _inside(catalog: Catalog, name: str) -> Iterator[str]:
    part = catalog.parts[name]
    for one in (*part.alternates, *part.contains):
        yield one
        yield from _inside(catalog, one)


def leads(tables: Iterable[PageTable], made: Mapping[str, list[str]]) -> Callable[[str], bool]:
    """Return what says of the key of a mark whether a table has one of its names, found as by the script."""
    known = set(_names({cell for table in tables for row in table.rows for cell in row}))

    def lead(key: str) -> bool:
        names = [name for names in key.split("; ") for name in names.split(" | ")]
        return not known.isdisjoint(one for name in names for one in (name, *made.get(name, ())))

    return lead


def _names(cells: Iterable[str]) -> Iterator[str]:
    """Yield the names of cells, with what each stands in.

    >>> sorted(_names(["r1/leaf0+r2"]))
    ['r1', 'r1/leaf0', 'r2']
    """
    for cell in cells:
        for name in cell.split("+"):
            steps = name.split("/")
            yield from ("/".join(steps[:depth]) for depth in range(1, len(steps) + 1))
