"""What the language has and this version does not build: refused by name, never ignored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topogen.yaml_tree import Node, child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems

EACH = "*"


@dataclass(frozen=True, slots=True)
class NotYet:
    """A place in a file (``*`` = each key) that is not built, apart from the values in ``built``."""

    path: Path
    what: str
    built: tuple[str, ...] = ()
    instead: str = ""
    whole: bool = False
    """Whether nothing else of the map around it is worth a message."""


FAT_TREE = ("fabrics", EACH)
PLACE = "a rack by name"
NOT_YET = (
    NotYet(("policies",), "a policy", instead="name one medium for each link group"),
    NotYet(("overrides",), "an override"),
    NotYet(("phases",), "a phase"),
    NotYet(
        ("links", EACH, "pattern"),
        "this pattern",
        ("full_mesh", "planes", "rails", "one_to_one", "spread", "peers", "explicit", "external"),
    ),
    NotYet((*FAT_TREE, "pattern"), "this pattern", ("fat_tree",), whole=True),
    NotYet((*FAT_TREE, "tiers"), "a fat tree of other than two tiers", ("2",), "tiers: 2"),
    NotYet(
        (*FAT_TREE, "create"), "create", instead="place devices in templates and name their ports in ends"
    ),
    NotYet((*FAT_TREE, "planes"), "planes", ("1",)),
    NotYet((*FAT_TREE, "cores"), "cores"),
    NotYet((*FAT_TREE, "units_by"), "units_by"),
    NotYet((*FAT_TREE, "precable"), "precable", ("false",)),
    NotYet((*FAT_TREE, "extra_ends"), "extra_ends"),
    NotYet((*FAT_TREE, "per_rack"), "per_rack"),
    NotYet(
        ("layout", "distances"), "a table of distances", instead="rows and pitches, or length of a link group"
    ),
    NotYet(("layout", "place", EACH), "a place by rule", instead=PLACE),
    NotYet(("expect", "hops"), "the count of hops"),
    NotYet(("expect", "bisection"), "bisection"),
    NotYet(("quoted", "hops"), "the count of hops"),
    NotYet(("quoted", "bisection"), "bisection"),
    NotYet(("catalog", "parts", EACH, "die", "yield_pct"), "a die by yield", instead="good_per_wafer"),
    NotYet(
        ("catalog", "parts", EACH, "die", "defects_per_cm2"), "a die by defects", instead="good_per_wafer"
    ),
)
PLACE_RULES = ("end_of_row", "middle_of_row", "top_of_rack")


def refuse_not_yet(root: Node, problems: Problems) -> None:
    """Note everything in the tree that is part of the language but not built yet."""
    closed: set[Path] = set()
    for rule in NOT_YET:
        for path, node in _places(root, rule.path, ()):
            if path[:-1] in closed or _is_built(rule, node):
                continue
            if rule.whole:
                closed.add(path[:-1])
            _note(rule, path, node, problems)


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
    if rule.instead is PLACE:
        return node.value not in PLACE_RULES
    return not node.value or node.value in rule.built


def _note(rule: NotYet, path: Path, node: Node, problems: Problems) -> None:
    shown = f'"{node.value}"' if isinstance(node.value, str) else f'"{path[-1]}"'
    message = f"{shown}: {rule.what} is part of the language but not built yet"
    hint = f"use {rule.instead}" if rule.instead else ""
    if len(rule.built) > 1:
        hint = f"built: {', '.join(rule.built)}"
    problems.add_at("E699", message, node.mark, ".".join(path), hint)
