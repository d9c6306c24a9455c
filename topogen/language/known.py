"""A cache of values by the nodes they were read from: parts of a file without changes are read only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.errors import Problems
    from topogen.language.yaml_tree import Node

Made = TypeVar("Made")


class ReadCache:
    """Values by the nodes they were read from; nodes never change, so the same nodes give the same value."""

    def __init__(self) -> None:
        self._held: dict[tuple[object, ...], tuple[Sequence[Node], Any]] = {}
        self._grows = True

    def read(self, what: str, nodes: Sequence[Node], read: Callable[[], Made], problems: Problems) -> Made:
        """Return the value read from these nodes earlier, else the result of ``read``.

        ``what`` names the kind of value. The value is cached if no problem was noted.
        """
        key = (what, *map(id, nodes))
        if key in self._held:
            made: Made = self._held[key][1]
            return made
        noted = len(problems.found)
        made = read()
        if self._grows and len(problems.found) == noted:
            self._held[key] = (nodes, made)  # keeps the nodes alive, so that their ids stay unique
        return made

    def close(self) -> None:
        """Stop adding values: variations of a file only read the cache."""
        self._grows = False
