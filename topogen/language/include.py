"""Includes: add the devices, templates, links, policies and catalogs of other files."""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from topogen.errors import InputError, nearest
from topogen.language.yaml_tree import Node, Source, child, read_tree
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.errors import Problems

Load: TypeAlias = "Callable[[str, Source], Source]"
"""Returns the text of an included file, given its name as written and the file that includes it."""

TAKEN = ("devices", "templates", "links", "policies")
LEFT = ("topogen", "name", "title", "status", "sources", "include", "instances", "fabrics", "layout", "names")
LEFT_TOO = (
    "attach",
    "patch_panels",
    "overrides",
    "phases",
    "need_by",
    "scenarios",
    "expect",
    "quoted",
    "claims",
    "catalog",
)
TOP_KEYS = (*TAKEN, *LEFT, *LEFT_TOO)
MAX_INCLUDES = 100
_NOT_RELATIVE = re.compile(r"[/\\~]|[A-Za-z]:|\w+://")


@dataclass
class IncludedFiles:
    """The contents of the included files: entries by section, and one catalog layer per file."""

    sections: dict[str, dict[str, Node]] = field(default_factory=lambda: {section: {} for section in TAKEN})
    catalogs: list[Node] = field(default_factory=list)


def take_includes(source: Source, tree: Node, load: Load, problems: Problems) -> tuple[Node, Sequence[Node]]:
    """Return the tree with the entries of included files, and their catalogs in merge order.

    An entry of the file itself replaces an included one entirely; a name in two includes is an error.
    """
    return _Includes(load, problems).open(source, tree, ())


class _Includes:
    """Reads included files, each once per file that includes it."""

    def __init__(self, load: Load, problems: Problems) -> None:
        self.load = load
        self.problems = problems
        self.read = 0
        self.trees: dict[Source, Node | None] = {}

    def open(self, source: Source, tree: Node, chain: tuple[Source, ...]) -> tuple[Node, Sequence[Node]]:
        """Return the tree of ``source`` with what it includes."""
        chain = (*chain, source)
        included = IncludedFiles()
        for name, node in self._names(tree):
            for other in self._load(name, node, chain):
                self._take(other, chain, included, name, node)
        return _with_entries(tree, included.sections), included.catalogs

    def _names(self, tree: Node) -> Iterator[tuple[str, Node]]:
        listed = child(tree, "include")
        items = listed.value if listed else None
        for node in items if isinstance(items, list) else [listed] if listed and items else []:
            if isinstance(node.value, str):
                yield node.value, node

    def _load(self, name: str, node: Node, chain: Sequence[Source]) -> Iterator[Source]:
        """Yield the included file, or nothing if it must not or cannot be read."""
        if leaves_folder(name):
            hint = "name a shipped topology, or a file in or below the folder of this file"
            self.problems.add_at(
                "E605", f'include "{name}" is outside the folder of this file', node.mark, "include", hint
            )
            return
        self.read += 1
        if self.read > MAX_INCLUDES:
            hint = "include each file only once"
            self.problems.add_at("E604", f"more than {MAX_INCLUDES} includes", node.mark, "include", hint)
            return
        try:
            other = self.load(name, chain[-1])
        except InputError as error:
            for found in error.problems:
                self.problems.add_at(found.code, found.message, node.mark, "include", found.hint)
            return
        if other in chain:
            names = " -> ".join(source.name for source in (*chain[chain.index(other) :], other))
            self.problems.add_at(
                "E604", f"include cycle {names}", node.mark, "include", "remove one of these includes"
            )
            return
        yield other

    def _take(
        self, other: Source, chain: tuple[Source, ...], included: IncludedFiles, name: str, node: Node
    ) -> None:
        if other not in self.trees:
            self.trees[other] = read_tree(other, self.problems)
            self._check_keys(self.trees[other])
        tree = self.trees[other]
        if tree is None:
            return
        tree, catalogs = self.open(other, tree, chain)
        included.catalogs += [layer for layer in catalogs if layer not in included.catalogs]
        own = child(tree, "catalog")
        if own and own not in included.catalogs:
            included.catalogs.append(own)
        for section, entries in included.sections.items():
            self._take_section(section, child(tree, section), entries, name, node)

    def _take_section(
        self, section: str, found: Node | None, entries: dict[str, Node], name: str, node: Node
    ) -> None:
        for key, entry in (found.value if found and isinstance(found.value, dict) else {}).items():
            if key in entries and entries[key] is not entry:
                message = f'include "{name}" defines "{key}" again'
                hint = f"defined at {entries[key].mark} and {entry.mark}; rename one, or remove one include"
                self.problems.add_at("E616", message, node.mark, f"include.{section}.{key}", hint)
            entries.setdefault(key, entry)

    def _check_keys(self, tree: Node | None) -> None:
        for key, entry in (tree.value if tree and isinstance(tree.value, dict) else {}).items():
            if key not in TOP_KEYS:
                self.problems.add_at("E640", f'unknown key "{key}"', entry.mark, key, nearest(key, TOP_KEYS))


def leaves_folder(name: str) -> bool:
    """Return whether a file name leads out of the folder of the file that refers to it."""
    return bool(_NOT_RELATIVE.match(name)) or "\\" in name or ".." in PurePosixPath(name).parts


def _with_entries(tree: Node, sections: dict[str, dict[str, Node]]) -> Node:
    """Return the tree with included entries before its own; other values are left to the models."""
    held = dict(tree.value) if isinstance(tree.value, dict) else {}
    for section, entries in sections.items():
        own = held.get(section)
        if not entries or (own and not isinstance(own.value, dict | None)):
            continue
        own_entries = own.value if own and isinstance(own.value, dict) else {}
        held[section] = Node({**entries, **own_entries}, own.mark if own else tree.mark)
    return Node(held, tree.mark)
