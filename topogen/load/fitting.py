"""What changes add must fit the file: a new pattern takes the keys of its links, new entries are used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from topogen.errors import nearest
from topogen.language.fabric import FabricSpec
from topogen.language.scenario import marked, value_at, without
from topogen.language.yaml_tree import walk
from topogen.load.topology import FABRICS, LINKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from topogen.errors import Path, Problems
    from topogen.language.fields import Strict
    from topogen.language.scenario import Changed
    from topogen.language.yaml_tree import Node

BY_PATTERN = {"links": LINKS, "fabrics": FABRICS}
BY_LINK_GROUP = ("medium", "links_per_cable", "length", "shuffle", "through")
BY_ROLE = ("switch", "per_rack")
"""Maps of a fabric whose keys are names that its pattern makes."""

USED_BY_NAME = (
    ("devices",),
    ("templates",),
    ("policies",),
    ("catalog", "parts"),
    ("catalog", "media"),
    ("catalog", "wafers"),
)
"""Maps whose entries have an effect only where another line names them."""
PROSE = frozenset(("about", "title", "source", "sources", "notes", "note", "reason", "says", "remark"))


def fitting(before: Node, changed: Changed, problems: Problems) -> Changed:
    """Return changes whose tree lacks what does not fit, which is noted.

    That is what a link group or fabric has of its earlier pattern and the new one does not take (E771). A new
    entry that only a name can bring to use, and that nothing names, is noted too (E770).
    """
    tree = changed.tree
    for keys in _changed_patterns(changed):
        pattern = changed.given[keys]
        tree = marked(tree, keys[:2], pattern.mark)  # what the new pattern lacks is missing there
        for misfit in list(_misfits(tree, keys[:2], pattern.value)):
            if misfit not in changed.given:  # else the language says at its line that it does not fit
                tree = without(tree, misfit)
                _note_misfit(changed, misfit, pattern, problems)
    for keys in changed.new_in(before):
        if keys[:-1] in USED_BY_NAME and not _is_used(tree, keys):
            names = [name for name in _names(before, keys[:-1]) if name != keys[-1]]
            message = f'{changed.shown_as}: nothing uses "{".".join(keys)}"'
            near = nearest(keys[-1], names)
            hint = near if near.startswith("did") else "name it in another line, or leave it out"
            problems.add_at("E770", message, changed.given[keys].mark, ".".join(keys), hint)
    return changed._replace(tree=tree)


def goes_beyond(before: Node, changed: Changed) -> bool:
    """Return whether changes do more than to give other values to keys that are there."""
    return bool(changed.new_in(before) or _changed_patterns(changed))


def _changed_patterns(changed: Changed) -> list[Path]:
    """Return the keys of patterns that were given alone, so that the rest of the map is as it was."""
    return [keys for keys in changed.given if keys[0] in BY_PATTERN and keys[2:] == ("pattern",)]


def _misfits(tree: Node, entry: Path, pattern: object) -> Iterator[Path]:
    """Yield the keys of a link group or fabric that a pattern does not take."""
    held, spec = value_at(tree, entry), BY_PATTERN[entry[0]].spec(pattern)
    if spec is None or held is None or not isinstance(held.value, dict):
        return
    for key, node in held.value.items():
        if key not in spec.model_fields:
            if any(BY_PATTERN[entry[0]].others_with(key, str(pattern))):
                yield (*entry, key)
        elif isinstance(node.value, dict):
            names = _made_names(spec, key)
            yield from ((*entry, key, name) for name in node.value if names and name not in names)


def _made_names(spec: type[Strict], key: str) -> frozenset[str]:
    """Return the names that a map of a fabric takes, empty where it takes any or is no such map."""
    if not issubclass(spec, FabricSpec):
        return frozenset()
    if key in BY_LINK_GROUP:
        return frozenset(("*", "a", "b", *spec.link_groups))
    return frozenset(("*", *spec.roles)) if key in BY_ROLE else frozenset()


def _note_misfit(changed: Changed, misfit: Path, pattern: Node, problems: Problems) -> None:
    path = ".".join(misfit)
    option = changed.shown_as.startswith("--")
    given = f"{changed.shown_as} {path}=null" if option else f'"{path}: null"'
    message = f'{changed.shown_as}: pattern {pattern.value} does not take "{path}"'
    at = ".".join((*misfit[:2], "pattern"))
    problems.add_at("E771", message, pattern.mark, at, f"add {given}, which removes it")


def _names(tree: Node, keys: Path) -> Collection[str]:
    held = value_at(tree, keys)
    return list(held.value) if held and isinstance(held.value, dict) else []


def _is_used(tree: Node, keys: Path) -> bool:
    """Return whether a key or a value outside an entry, other than prose, has its name as a word."""
    name = re.compile(rf"(?<![A-Za-z0-9_-]){re.escape(keys[-1])}(?![A-Za-z0-9_-])")
    rest = without(tree, keys)
    words = (
        text
        for path, node in walk(rest)
        if not PROSE.intersection(path)
        for text in (path[-1], node.value)
        if isinstance(text, str)
    )
    return any(name.search(text) for text in words)
