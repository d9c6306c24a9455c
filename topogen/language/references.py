"""Names that refer to something: a name that is unknown is noted, and a circle of names is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import SHOWN_PROBLEMS, nearest
from topogen.language.validate import locate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from topogen.errors import Path, Problems
    from topogen.language.yaml_tree import Node

PART = ("E501", 'part "{}" not in catalog')


class Checker:
    """Notes a name that is not among the known ones, at its place in a tree."""

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
            # Looking for near names takes time: not for a file of thousands of mistakes.
            few = len(self.problems.found) < SHOWN_PROBLEMS
            hint = (nearest(name, names) if few else "") or "define it, or correct the name"
            self.note(unknown[0], unknown[1].format(name), path, hint)


def keys(tree: Node, section: str) -> frozenset[str]:
    """Return the keys of a section of a tree, none where it is no map."""
    node = tree.value.get(section) if isinstance(tree.value, dict) else None
    return frozenset(node.value) if node and isinstance(node.value, dict) else frozenset()


def loops(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the circles of a graph, each closed by its first name; found without recursion.

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
