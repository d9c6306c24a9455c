"""Paths: steps from the top of the tree down to places or devices, which are numbered along them.

The numbers of a path are mixed-radix numbers over the counts of its steps: the last step runs fastest. A name
is made only where somebody reads it.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeAlias

from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.selector import Entry


@dataclass(frozen=True)
class Step:
    """One step down the tree: ``entry.count`` places or devices of one type inside each place above."""

    entry: Entry
    level: str | None
    units: tuple[int, ...] = ()
    """The U each of them stands at, where its template says."""

    @property
    def type(self) -> str:
        """Return the name of the template or device type."""
        return self.entry.type

    @property
    def count(self) -> int:
        """Return how many stand in each place above."""
        return self.entry.count


Steps: TypeAlias = tuple[Step, ...]


def count_of(path: Steps) -> int:
    """Return how many places or devices a path makes."""
    return prod(step.count for step in path)


def level_depth(path: Steps, level: str) -> int | None:
    """Return how many steps of a path lead to its innermost place of a level; None without one."""
    return next((depth for depth in range(len(path), 0, -1) if path[depth - 1].level == level), None)


def levels_above(path: Steps) -> str:
    """Return the hint that names the levels above a device, from the innermost out."""
    levels = [step.level for step in reversed(path) if step.level]
    return f"levels above it: {', '.join(levels)}" if levels else "put it in a template of that level"


def path_name(path: Steps, number: int) -> str:
    """Return the full name of the place or device ``number`` of a path: ``r1/compute_tray7/gpu1``."""
    names: list[str] = []
    for step in reversed(path):
        number, index = divmod(number, step.count)
        names.append(step.entry.name(index))
    return "/".join(reversed(names))


def path_names(path: Steps) -> list[str]:
    """Return the full names of all places or devices of a path, in the order of their numbers."""
    names, *inner = (step.entry.names() for step in path)
    for labels in inner:
        names = [f"{outer}/{label}" for outer in names for label in labels]
    return names
