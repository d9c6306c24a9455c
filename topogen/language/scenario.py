"""Scenarios: apply ``path: value`` lines to a tree and check that each path exists."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from topogen.errors import SHOWN_PROBLEMS, nearest
from topogen.language.provenance import given_paths, with_own_sources
from topogen.language.yaml_tree import Node, Source, child, read_tree, walk, without_nulls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.errors import Path, Problems

Changes: TypeAlias = "Sequence[tuple[str, str]]"
"""Paths and their values as YAML text, as in a scenario."""

ABOUT = "about"
MAY_BE_NEW = "expect"
PARTS = ("catalog", "parts")
PART = (*PARTS, "*")
VALUES_OF_PARTS = ("price_usd", "price_per_m_usd", "power_w")
"""What a part may be given where it has none, so that unpriced parts can be swept."""
SPLIT_AT_END = ("media", "length")
"""Maps of ``expect`` with two levels: the last word of a path is the second key, the words before are one."""


def scenario_names(scenarios: Node | None) -> tuple[str, ...]:
    """Return the names of the scenarios of a file, in file order."""
    return tuple(scenarios.value) if scenarios and isinstance(scenarios.value, dict) else ()


def apply_scenario(root: Node, scenarios: Node | None, name: str | None, problems: Problems) -> Node:
    """Return the tree with the values of scenario ``name``; the paths of every scenario are checked."""
    if name is not None and name not in scenario_names(scenarios):
        _note_unknown(scenarios, name, problems)
    changed = root
    applied: list[Path] = []
    for known in scenario_names(scenarios):
        held: dict[Path, str] = {}
        for path, value in _lines(scenarios, known, problems):
            keys = find_path(root, path)
            if keys is None:
                _note_missing(root, known, path, value, problems)
                continue
            if other := _overlapping(held, keys):
                message = f'scenario {known}: "{path}" and "{other}" change the same values'
                problems.add_at("E645", message, value.mark, f"scenarios.{known}", _MERGE)
            held[keys] = path
            if known == name:
                changed = set_value(changed, keys, value)
                applied += _given(keys, value)
    return _with_own_sources(root, changed, applied)


def _given(keys: Path, value: Node) -> Iterator[Path]:
    """Yield the path of a new value; where a whole part is new, those of its values."""
    yield from ((*keys, *below) for below in given_paths(value)) if len(keys) == len(PART) else (keys,)


def _with_own_sources(before: Node, after: Node, applied: Iterable[Path]) -> Node:
    """Return a tree whose parts have the sources of the changes at the paths that these gave."""
    parts: dict[Path, set[Path]] = {}
    for keys in applied:
        if len(keys) > len(PART) and keys[: len(PARTS)] == PARTS:
            parts.setdefault(keys[: len(PART)], set()).add(keys[len(PART) :])
    for part, changed in parts.items():
        below, above = (_at(tree, part) for tree in (before, after))
        if above is not None:
            after = _put(after, part, with_own_sources(below, above, changed))
    return after


def _at(root: Node, keys: Path) -> Node | None:
    node: Node | None = root
    for key in keys:
        node = child(node, key) if node else None
    return node


def _put(node: Node, keys: Path, value: Node) -> Node:
    if not keys:
        return value
    assert isinstance(node.value, dict)  # noqa: S101 - the path of a part that exists
    return Node(node.value | {keys[0]: _put(node.value[keys[0]], keys[1:], value)}, node.mark)


_MERGE = "write both in the value of the shorter path"


def _overlapping(held: Mapping[Path, str], keys: Path) -> str | None:
    """Return the path that sets a value inside or around that of some keys; of equal paths the last wins."""
    for other, path in held.items():
        shorter = min(len(other), len(keys))
        if other != keys and other[:shorter] == keys[:shorter]:
            return path
    return None


def _note_unknown(scenarios: Node | None, name: str, problems: Problems) -> None:
    names = scenario_names(scenarios)
    hint = nearest(name, names) or "the file has no scenarios"
    path = "scenarios" if scenarios else ""
    if scenarios:
        problems.add_at("E615", f'there is no scenario "{name}"', scenarios.mark, path, hint)
    else:
        problems.add("E615", f'there is no scenario "{name}"', (), hint)


def _lines(scenarios: Node | None, name: str, problems: Problems) -> Sequence[tuple[str, Node]]:
    scenario = child(scenarios, name) if scenarios else None
    if scenario is None or scenario.value is None:
        return ()
    if not isinstance(scenario.value, dict):
        hint = 'write it like "{catalog.media.dr.reach_m: {100 Gb/s: 400}}"'
        problems.add_at(
            "E642", "a scenario must be a map of path: value", scenario.mark, f"scenarios.{name}", hint
        )
        return ()
    return [(path, value) for path, value in scenario.value.items() if path != ABOUT]


def changes_to(paths: str, value: str) -> Changes:
    """Return the same value for each of the paths between commas.

    >>> changes_to("a.x, b.x", "2")
    (('a.x', '2'), ('b.x', '2'))
    """
    return tuple((path.strip(), value) for path in paths.split(","))


def combinations(over: Mapping[str, Sequence[str]]) -> Iterator[Changes]:
    """Yield every combination of values by path, the last path running fastest.

    >>> list(combinations({"a.x,b.x": ["1", "2"]}))
    [(('a.x', '1'), ('b.x', '1')), (('a.x', '2'), ('b.x', '2'))]
    """
    for values in product(*over.values()):
        pairs = zip(over, values, strict=True)
        yield tuple(change for paths, value in pairs for change in changes_to(paths, value))


def apply_changes(root: Node, changes: Changes, shown_as: str, problems: Problems) -> Node:
    """Return the tree with values given as ``(path, YAML text)``, after checking that each path exists.

    Messages show them as lines of a file called ``shown_as``.
    """
    lines: list[str] = []
    held: dict[Path, str] = {}
    before = root
    applied: list[Path] = []
    for path, text in changes:
        source = Source(shown_as, "\n" * len(lines) + f"{path}: {text}")
        lines += f"{path}: {text}".splitlines()
        read = read_tree(source, problems)
        value = child(read, path) if read else None
        keys = find_path(root, path)
        if keys is None:
            problems.add("E606", f'{shown_as}: "{path}" does not exist', (), nearest_path(root, path))
        elif other := _overlapping(held, keys):
            message = f'{shown_as}: "{path}" and "{other}" change the same values'
            problems.add("E645", message, (), _MERGE)
        elif value is not None:
            held[keys] = path
            root = set_value(root, keys, value)
            applied += _given(keys, value)
    if lines:
        problems.marks.texts[shown_as] = lines
    return _with_own_sources(before, root, applied)


def find_path(root: Node, text: str) -> Path | None:
    """Return the keys of a dotted path that exists in the tree, or may be new under ``expect``.

    Keys may contain dots (``expect.free_ports.chip.up``): every possible split is tried.
    """
    words = tuple(text.split("."))
    if found := _existing(root, words):
        return found
    if words[:2] == PARTS and words[-1] in VALUES_OF_PARTS and (part := _existing(root, words[:-1])):
        return (*part, words[-1])
    if words[0] != MAY_BE_NEW or "" in words:
        return None
    return _new_path(words)


def _existing(node: Node, words: Sequence[str]) -> Path | None:
    for end in range(1, len(words) + 1):
        key = ".".join(words[:end])
        below = child(node, key)
        if below is None:
            continue
        if end == len(words):
            return (key,)
        rest = _existing(below, words[end:])
        if rest:
            return (key, *rest)
    return None


def _new_path(words: Sequence[str]) -> Path:
    section, rest = words[:2], words[2:]
    if not rest:
        return tuple(section)
    if section[1] in SPLIT_AT_END and len(rest) > 1:
        return (*section, ".".join(rest[:-1]), rest[-1])
    return (*section, ".".join(rest))


def _note_missing(root: Node, name: str, path: str, value: Node, problems: Problems) -> None:
    # Searching for similar paths takes time: skipped after many errors.
    hint = nearest_path(root, path) if len(problems.found) < SHOWN_PROBLEMS else ""
    problems.add_at(
        "E606", f'scenario {name}: "{path}" does not exist', value.mark, f"scenarios.{name}", hint
    )


def nearest_path(root: Node, path: str) -> str:
    """Return the hint for a missing path: the most similar key of the same map, else the similar path."""
    above, _, key = path.rpartition(".")
    siblings = _keys_at(root, above)
    if close := get_close_matches(key, siblings, n=1, cutoff=0.6):
        return f'did you mean "{above}.{close[0]}"?'
    if siblings:
        return f'"{above}" has no "{key}" yet: add it to the file first'
    known = [".".join(keys) for keys, _ in walk(root)]
    if close := get_close_matches(path, known, n=1, cutoff=0.6):
        return f'did you mean "{close[0]}"?'
    return 'only existing values can be changed, such as "catalog.parts.engine_3t2.price_usd"'


def _keys_at(root: Node, path: str) -> list[str]:
    """Return the keys of the map at a dotted path, none if there is no map."""
    keys = _existing(root, path.split("."))
    node: Node | None = root if keys else None
    for key in keys or ():
        node = child(node, key) if node else None
    return list(node.value) if node and isinstance(node.value, dict) else []


def set_value(node: Node, keys: Path, value: Node) -> Node:
    """Return the tree with a new value at ``keys``, replacing maps entirely; ``null`` removes the key."""
    key, rest = keys[0], keys[1:]
    if isinstance(node.value, list):
        index = int(key)
        new = set_value(node.value[index], rest, value) if rest else value
        return Node([*node.value[:index], new, *node.value[index + 1 :]], node.mark)
    held = dict(node.value) if isinstance(node.value, dict) else {}
    if rest:
        held[key] = set_value(held.get(key) or Node({}, value.mark), rest, value)
    elif value.value is None:
        held.pop(key, None)
    else:
        held[key] = without_nulls(value)
    return Node(held, node.mark)
