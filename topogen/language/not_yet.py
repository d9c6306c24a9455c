"""Parts of the language that this version does not implement: reported, never ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.yaml_tree import Node, child
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems

EACH = "*"


@dataclass(frozen=True, slots=True)
class NotYet:
    """A place in a file (``*`` = each key) that is not implemented; ``what`` names it, ``{}`` its value."""

    path: Path
    what: str
    instead: str = ""
    built: tuple[str, ...] = ()
    """Values that are implemented."""
    refused: tuple[str, ...] = ()
    """Values that are not implemented; if empty, all that are not in ``built``."""
    whole: bool = False
    """Whether other messages about the same map are suppressed."""


NOT_YET = (NotYet(("phases",), "building in phases"),)


LEFT_OUT = "remove it; docs/topology-language.md lists what is not implemented yet"


def refuse_not_yet(root: Node, problems: Problems) -> None:
    """Note everything in the tree that is part of the language but not implemented yet."""
    wrong = {problem.path for problem in problems.found}
    closed: set[Path] = set()
    for rule in NOT_YET:
        for path, node in _places(root, rule.path, ()):
            if path[:-1] in closed or _is_built(rule, node) or ".".join(path) in wrong:
                continue
            if rule.whole:
                closed.add(path[:-1])
            message = f"{rule.what.format(node.value)} is part of the language but not implemented yet"
            problems.add_at("E699", message, node.mark, ".".join(path), rule.instead or LEFT_OUT)


def _places(node: Node, keys: Path, path: Path) -> Iterator[tuple[Path, Node]]:
    if not keys:
        yield path, node
        return
    names = tuple(node.value) if keys[0] == EACH and isinstance(node.value, dict) else keys[:1]
    for name in names:
        below = child(node, name)
        if below is not None:
            yield from _places(below, keys[1:], (*path, name))


def _is_built(rule: NotYet, node: Node) -> bool:
    if rule.refused:
        return node.value not in rule.refused
    return not node.value or node.value in rule.built
