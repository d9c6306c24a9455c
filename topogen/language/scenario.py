"""Scenarios: apply ``path: value`` lines to a tree; the last key of a path may be new."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from topogen.errors import SHOWN_PROBLEMS, nearest
from topogen.language.include import TOP_KEYS
from topogen.language.provenance import given_paths, with_own_sources
from topogen.language.yaml_tree import Node, Source, child, read_tree, walk, without_nulls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.errors import Mark, Path, Problems

Changes: TypeAlias = "Sequence[tuple[str, str]]"
"""Paths and their values as YAML text, as in a scenario."""

ABOUT = "about"
MAY_BE_NEW = "expect"
PARTS = ("catalog", "parts")
PART = (*PARTS, "*")
READ_BEFORE = ("include", "scenarios", "claims")
"""Sections that are read before any change, so that changing them would have no effect."""
SPLIT_AT_END = ("media", "length")
"""Maps of ``expect`` with two levels: the last word of a path is the second key, the words before are one."""


def scenario_names(scenarios: Node | None) -> tuple[str, ...]:
    """Return the names of the scenarios of a file, in file order."""
    return tuple(scenarios.value) if scenarios and isinstance(scenarios.value, dict) else ()


def about_scenario(scenarios: Node | None, name: str) -> str:
    """Return what a file says of one of its scenarios, empty where it says nothing."""
    one = child(scenarios, name) if scenarios and name else None
    about = one.value.get(ABOUT) if one and isinstance(one.value, dict) else None
    return str(about.value) if about and about.value is not None else ""


class Changed(NamedTuple):
    """A tree after changes: ``given`` holds what was set by its keys, ``shown_as`` names the changes."""

    tree: Node
    given: Mapping[Path, Node]
    shown_as: str

    def new_in(self, before: Node) -> list[Path]:
        """Return the keys that ``before`` has not."""
        return [keys for keys in self.given if value_at(before, keys) is None]


def apply_scenarios(root: Node, scenarios: Node | None, problems: Problems) -> dict[str, Changed]:
    """Return the tree with the values of each scenario."""
    return {
        name: apply_lines(root, scenarios, name, "scenario", problems) for name in scenario_names(scenarios)
    }


def note_unknown(scenarios: Node | None, name: str, problems: Problems) -> None:
    """Note a scenario that the file does not have."""
    names = scenario_names(scenarios)
    hint = nearest(name, names) or "the file has no scenarios"
    path = "scenarios" if scenarios else ""
    if scenarios:
        problems.add_at("E615", f'there is no scenario "{name}"', scenarios.mark, path, hint)
    else:
        problems.add("E615", f'there is no scenario "{name}"', (), hint)


def apply_lines(root: Node, section: Node | None, name: str, kind: str, problems: Problems) -> Changed:
    """Return the tree with the values of an entry of a section, which is called the plural of ``kind``."""
    at = f"{kind}s.{name}"
    held: dict[Path, str] = {}
    given: dict[Path, Node] = {}
    tree = root
    for path, value in _lines(section, name, problems):
        keys = find_path(root, path)
        if keys is None or _removes_nothing(root, keys, value):
            code, message, hint = refusal(root, path, asked=len(problems.found) < SHOWN_PROBLEMS)
            problems.add_at(code, f"{kind} {name}: {message}", value.mark, at, hint)
            continue
        if other := _overlapping(held, keys):
            message = f'{kind} {name}: "{path}" and "{other}" change the same values'
            problems.add_at("E645", message, value.mark, at, _MERGE)
        held[keys] = path
        given[keys] = value
        tree = set_value(tree, keys, value)
    return _changed(root, tree, given, f"{kind} {name}")


def _removes_nothing(root: Node, keys: Path, value: Node) -> bool:
    return value.value is None and value_at(root, keys) is None


def _changed(before: Node, after: Node, given: Mapping[Path, Node], shown_as: str) -> Changed:
    applied = [below for keys, value in given.items() for below in _given(keys, value)]
    return Changed(_with_own_sources(before, after, applied), given, shown_as)


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
        below, above = (value_at(tree, part) for tree in (before, after))
        if above is not None:
            after = _put(after, part, with_own_sources(below, above, changed))
    return after


def value_at(root: Node, keys: Path) -> Node | None:
    """Return the node at some keys."""
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


def apply_changes(root: Node, changes: Changes, shown_as: str, problems: Problems) -> Changed:
    """Return the tree with values given as ``(path, YAML text)``, after checking each path.

    Messages show them as lines of a file called ``shown_as``.
    """
    lines: list[str] = []
    held: dict[Path, str] = {}
    given: dict[Path, Node] = {}
    tree = root
    for path, text in changes:
        source = Source(shown_as, "\n" * len(lines) + f"{path}: {text}")
        lines += f"{path}: {text}".splitlines()
        read = read_tree(source, problems)
        value = child(read, path) if read else None
        keys = find_path(root, path)
        if keys is None or (value is not None and _removes_nothing(root, keys, value)):
            code, message, hint = refusal(root, path)
            problems.add(code, f"{shown_as}: {message}", (), hint)
        elif other := _overlapping(held, keys):
            message = f'{shown_as}: "{path}" and "{other}" change the same values'
            problems.add("E645", message, (), _MERGE)
        elif value is not None:
            held[keys] = path
            given[keys] = value
            tree = set_value(tree, keys, value)
    if lines:
        problems.marks.texts[shown_as] = lines
    return _changed(root, tree, given, shown_as)


# Paths


def find_path(root: Node, text: str) -> Path | None:
    """Return the keys of a dotted path, of which the last may be new; None where more of it is.

    Keys may contain dots (``expect.free_ports.chip.up``): every possible split is tried. A section that the
    file lacks counts as empty. Whether the last key may be there is for the language to say.
    """
    words = tuple(text.split("."))
    if words[0] in READ_BEFORE:
        return None
    if found := _existing(root, words):
        return found
    if "" in words:
        return None
    return _new_path(words) if words[0] == MAY_BE_NEW else _new_key(root, words)


def _new_key(root: Node, words: Path) -> Path | None:
    """Return the keys of a path whose last key is new in a map, or is the next of a list."""
    *above, last = words
    if not above or (len(above) == 1 and above[0] in TOP_KEYS and child(root, above[0]) is None):
        return words if words[0] in TOP_KEYS else None
    keys = _existing(root, above)
    held = value_at(root, keys) if keys else None
    if keys is None or held is None:
        return None
    appended = isinstance(held.value, list) and last == str(len(held.value))
    return (*keys, last) if appended or isinstance(held.value, dict) else None


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


def refusal(root: Node, path: str, *, asked: bool = True) -> tuple[str, str, str]:
    """Return code, message and hint for a path that cannot be set; ``asked`` to search for similar paths."""
    section = path.partition(".")[0]
    if section in READ_BEFORE:
        message = f'"{path}" cannot be changed: {section} is read before any change'
        return "E772", message, f"change {section} in the file itself, or in a copy of it"
    return "E606", f'"{path}" does not exist', _nearest_path(root, path) if asked else ""


def _nearest_path(root: Node, path: str) -> str:
    """Return the hint for a missing path: the similar key or path, else what is allowed."""
    above, _, key = path.rpartition(".")
    siblings = _keys_at(root, above)
    if close := get_close_matches(key, siblings, n=1, cutoff=0.6):
        return f'did you mean "{above}.{close[0]}"?'
    if siblings:
        return f'"{above}" has no "{key}", so that there is nothing to remove'
    if _existing(root, above.split(".")):
        return f'"{above}" is one value or a list: give the whole of it'
    known = [".".join(keys) for keys, _ in walk(root)]
    if close := get_close_matches(path, known, n=1, cutoff=0.6):
        return f'did you mean "{close[0]}"?'
    return "only the last key of a path may be new; give a new entry whole: links.NAME: {...}"


def _keys_at(root: Node, path: str) -> list[str]:
    """Return the keys of the map at a dotted path, none if there is no map."""
    keys = _existing(root, path.split("."))
    node: Node | None = root if keys else None
    for key in keys or ():
        node = child(node, key) if node else None
    return list(node.value) if node and isinstance(node.value, dict) else []


def without(root: Node, keys: Path) -> Node:
    """Return the tree without the value at some keys."""
    return set_value(root, keys, Node(None, root.mark))


def marked(node: Node, keys: Path, mark: Mark) -> Node:
    """Return the tree with another position of the map at some keys, if it is there."""
    below = child(node, keys[0]) if keys else None
    if not keys:
        return Node(node.value, mark)
    if below is None or not isinstance(node.value, dict):
        return node
    return Node(node.value | {keys[0]: marked(below, keys[1:], mark)}, node.mark)


def is_new(root: Node, path: str) -> bool:
    """Return whether a path may be set and is not there yet."""
    keys = find_path(root, path)
    return keys is not None and value_at(root, keys) is None


def set_value(node: Node, keys: Path, value: Node) -> Node:
    """Return the tree with a new value at ``keys``, replacing maps entirely; ``null`` removes the key."""
    key, rest = keys[0], keys[1:]
    if isinstance(node.value, list):
        index = int(key)
        new = set_value(node.value[index], rest, value) if rest else value  # one past the last: appended
        return Node([*node.value[:index], new, *node.value[index + 1 :]], node.mark)
    held = dict(node.value) if isinstance(node.value, dict) else {}
    if rest:
        held[key] = set_value(held.get(key) or Node({}, value.mark), rest, value)
    elif value.value is None:
        held.pop(key, None)
    else:
        held[key] = without_nulls(value)
    return Node(held, node.mark)
