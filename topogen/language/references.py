"""Check references: report unknown names and find cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import SHOWN_PROBLEMS, nearest
from topogen.language.validate import locate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from topogen.errors import Path, Problems
    from topogen.language.yaml_tree import Node

PART = ("E501", 'part "{}" is not in the catalog')


class Checker:
    """Reports unknown names at their place in a tree."""

    def __init__(self, tree: Node, problems: Problems, above: Path = ()) -> None:
        self.tree = tree
        self.problems = problems
        self.above = above

    def note(self, code: str, message: str, path: Path, hint: str = "") -> None:
        """Note one problem at ``path`` below the top of the tree."""
        below, node = locate(self.tree, path)
        self.problems.add_at(code, message, node.mark, ".".join((*self.above, *below)), hint)

    def known(self, name: str, names: Collection[str], path: Path, unknown: tuple[str, str]) -> None:
        """Note a name that is not among ``names``, with code and message of ``unknown``."""
        if name not in names:
            # Searching for similar names takes time: skipped after many errors.
            few = len(self.problems.found) < SHOWN_PROBLEMS
            hint = (nearest(name, names) if few else "") or "define it, or correct the name"
            self.note(unknown[0], unknown[1].format(name), path, hint)


def keys(tree: Node, section: str) -> frozenset[str]:
    """Return the keys of a section of a tree, none if it is not a map."""
    node = tree.value.get(section) if isinstance(tree.value, dict) else None
    return frozenset(node.value) if node and isinstance(node.value, dict) else frozenset()


def loops(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the cycles of a graph, each ending with its first name; iterative, without recursion.

    >>> loops({"a": ["b"], "b": ["a", "c"]})
    [('a', 'b', 'a')]
    """
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in graph:
        trail = {} if start in done else {start: iter(graph[start])}
        while trail:
            top = next(reversed(trail))
            step = next(trail[top], None)
            if step is None:
                done.add(top)
                del trail[top]
            elif step in trail:
                names = tuple(trail)
                found.append((*names[names.index(step) :], step))
            elif step not in done:
                trail[step] = iter(graph.get(step, ()))
    return found
