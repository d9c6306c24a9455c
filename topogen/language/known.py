"""What was read from nodes, kept by the nodes: what a change does not touch is read and checked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.errors import Problems
    from topogen.language.yaml_tree import Node

Made = TypeVar("Made")


class ReadCache:
    """Values by the nodes they were read from: nodes never change, so the same nodes are the same value."""

    def __init__(self) -> None:
        self._held: dict[tuple[object, ...], tuple[Sequence[Node], Any]] = {}
        self._grows = True

    def read(self, what: str, nodes: Sequence[Node], read: Callable[[], Made], problems: Problems) -> Made:
        """Return what was read from these nodes before, else what ``read`` makes of them now.

        It is kept, under the word for ``what`` it is, if nothing was noted about it.
        """
        key = (what, *map(id, nodes))
        if key in self._held:
            made: Made = self._held[key][1]
            return made
        noted = len(problems.found)
        made = read()
        if self._grows and len(problems.found) == noted:
            self._held[key] = (nodes, made)  # the nodes too, so that no other gets their identity
        return made

    def close(self) -> None:
        """Keep nothing more: variations of a file read from it, and leave nothing behind."""
        self._grows = False
