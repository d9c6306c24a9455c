"""Merge catalog layers: join the files of a layer, resolve ``like``, merge entries key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import Mark, nearest
from topogen.language.provenance import given_paths, with_own_sources
from topogen.language.yaml_tree import Node, merge, without_nulls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from topogen.errors import Problems

SECTIONS = ("sources", "wafers", "parts", "media")
EMPTY = Mark("catalog", 1, 1)


def empty_catalog() -> Node:
    """Return an empty catalog."""
    return Node({section: Node({}, EMPTY) for section in SECTIONS}, EMPTY)


def join_files(trees: Iterable[Node], problems: Problems) -> Node:
    """Return the layer formed by several files; an entry in two of them is an error."""
    joined: dict[str, dict[str, Node]] = {section: {} for section in SECTIONS}
    mark = EMPTY
    for tree in trees:
        mark = tree.mark
        for section, node in _sections(tree, problems):
            for key, entry in _entries(section, node, problems):
                if key in joined[section]:
                    hint = f"also defined at {joined[section][key].mark}; keep one of them"
                    path = f"catalog.{section}.{key}"
                    problems.add_at("E601", f'"{key}" is defined twice', entry.mark, path, hint)
                joined[section].setdefault(key, entry)
    return Node({section: Node(dict(entries), mark) for section, entries in joined.items()}, mark)


def _sections(tree: Node, problems: Problems) -> Iterable[tuple[str, Node]]:
    if not isinstance(tree.value, dict):
        problems.add_at(
            "E642", "a catalog must be a map", tree.mark, "catalog", f"its keys: {', '.join(SECTIONS)}"
        )
        return
    for section, node in tree.value.items():
        if section in SECTIONS:
            yield section, node
        else:
            path = f"catalog.{section}"
            problems.add_at("E640", f'unknown key "{section}"', node.mark, path, nearest(section, SECTIONS))


def _entries(section: str, node: Node, problems: Problems) -> Iterable[tuple[str, Node]]:
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        problems.add_at(
            "E642", f"{section} must be a map of entries by name", node.mark, f"catalog.{section}"
        )
        return
    for key, entry in node.value.items():
        if section != "sources" and not isinstance(entry.value, dict | None):
            problems.add_at("E642", "an entry must be a map", entry.mark, f"catalog.{section}.{key}")
        else:
            yield key, entry


def merge_catalogs(base: Node, layer: Node, problems: Problems, known: Collection[str] = ()) -> Node:
    """Return ``base`` overridden by ``layer``, with every ``like`` of the layer resolved.

    A key without a value removes that key of ``base``; one that is neither there nor ``known`` is an error.
    """
    merged = {}
    for section in SECTIONS:
        under, over = _section(base, section), _section(layer, section)
        merged[section] = Node(_SectionMerge(section, under, over, (problems, known)).entries(), layer.mark)
    return Node(merged, layer.mark)


def _refuse_idle_nulls(
    bases: Sequence[Node], own: Node, path: str, known: Collection[str], problems: Problems
) -> None:
    """Note keys without a value that remove nothing, such as the 5 of ``{price_usd: 12,5}``."""
    held = [one.value for one in bases if isinstance(one.value, dict)]
    before = ""
    for key, item in own.value.items() if isinstance(own.value, dict) else ():
        there = [one[key] for one in held if key in one]
        if item.value is None and known and not there and key not in known:
            hint = (
                f'write a decimal point: "{before}.{key}"'
                if before.isdecimal() and key.isdecimal()
                else nearest(key, {*known, *(name for one in held for name in one)})
            )
            problems.add_at(
                "E640", f'"{key}" has no value, and there is no such key to remove', item.mark, path, hint
            )
        _refuse_idle_nulls(there, item, f"{path}.{key}", known, problems)
        before = item.value if isinstance(item.value, str) else ""


NOT_COPIED = ("alternates",)
"""Keys that ``like`` leaves behind: what is bought under one id is not what is bought under another."""


def _section(catalog: Node, section: str) -> dict[str, Node]:
    node = catalog.value.get(section) if isinstance(catalog.value, dict) else None
    return node.value if node and isinstance(node.value, dict) else {}


class _SectionMerge:
    """Merges one section of one layer."""

    def __init__(
        self,
        section: str,
        under: dict[str, Node],
        over: dict[str, Node],
        context: tuple[Problems, Collection[str]],
    ) -> None:
        self.section = section
        self.under = under
        self.over = dict(over)
        self.problems, self.known = context
        self.done = dict(under)
        self.open = set(over)

    def entries(self) -> dict[str, Node]:
        """Return the entries of the section after this layer."""
        for key in self.over:
            chain = self._chain(key)
            for entry in reversed(chain):
                self._finish(entry)
        return self.done

    def _chain(self, key: str) -> Sequence[str]:
        """Return ``key`` and the chain of entries it copies that are not done yet; a cycle is an error."""
        chain: list[str] = []
        while key in self.open:
            if key in chain:
                loop = " -> ".join((*chain[chain.index(key) :], key))
                self._note("E511", f'"like" forms a cycle: {loop}', chain[-1], "write one of them in full")
                self.over[chain[-1]] = without_keys(self.over[chain[-1]], {"like"})
                break
            chain.append(key)
            key = self._target(key) or ""
        return chain

    def _target(self, key: str) -> str | None:
        entry = self.over[key]
        like = entry.value.get("like") if isinstance(entry.value, dict) else None
        if like is None or like.value is None:
            return None
        return like.value if isinstance(like.value, str) else "[]"

    def _finish(self, key: str) -> None:
        own, target = self.over[key], self._target(key)
        self.open.discard(key)
        base = self.done.get(key if target is None else target)
        path = f"catalog.{self.section}.{key}"
        _refuse_idle_nulls([base] if base else [], own, path, self.known, self.problems)
        if own.value is None:
            self.done.pop(key, None)
        elif target is None:
            self.done[key] = self._merged(base, own) if base else without_nulls(own)
        elif target not in self.done:
            known = {*self.under, *self.over} - {key}
            self._note("E510", f'"like" names "{target}", which does not exist', key, nearest(target, known))
            self.done[key] = without_nulls(without_keys(own, {"like"}))
        else:
            own, below = without_keys(own, {"like"}), without_keys(self.done[target], NOT_COPIED)
            self.done[key] = merge(below, own) if target in self.over else self._merged(below, own)

    def _merged(self, base: Node, own: Node) -> Node:
        """Return an entry overridden by that of this layer; each value of a part keeps its source."""
        merged = merge(base, own)
        if self.section != "parts":
            return merged
        return with_own_sources(base, merged, set(given_paths(own)))

    def _note(self, code: str, message: str, key: str, hint: str = "") -> None:
        entry = self.over[key].value
        mark = entry["like"].mark if isinstance(entry, dict) and "like" in entry else self.over[key].mark
        self.problems.add_at(code, message, mark, f"catalog.{self.section}.{key}.like", hint)


def without_keys(entry: Node, keys: Collection[str]) -> Node:
    """Return an entry without some of its keys."""
    if not isinstance(entry.value, dict):
        return entry
    return Node({key: item for key, item in entry.value.items() if key not in keys}, entry.mark)
