"""From text to a tree of values with positions: YAML without its traps.

Scalars stay text, so that the models type them; duplicate keys, anchors, merge keys and tags are errors.
The composer is a loop over events with limits on depth and size, so that no file can exhaust memory or stack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from yaml import events

from topogen.errors import SHOWN_PROBLEMS, Mark
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems

LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
"""Only its parser is used: it never constructs an object."""

MAX_DEPTH = 64
MAX_NODES = 200_000
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
# Characters that YAML does not allow, and the replacement character of decoders.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|[\ufffd-\uffff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A text and its name in messages."""

    name: str
    text: str


@dataclass(slots=True)
class Node:
    """A value and the position of its key (in a map) or of itself (in a list)."""

    value: Value
    mark: Mark


Value: TypeAlias = "dict[str, Node] | list[Node] | str | None"
Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | None"


def read_tree(source: Source, problems: Problems) -> Node | None:
    """Return the tree of a file, or ``None`` with the errors noted."""
    text = source.text.removeprefix("\ufeff")
    problems.marks.texts[source.name] = text.splitlines()
    start = Mark(source.name, 1, 1)
    if found := _UNPRINTABLE.search(text):
        _note_binary(source.name, text, found.start(), problems)
        return None
    composer = _Composer(source.name, problems)
    try:
        for event in iter(LOADER(text).get_event, None):
            composer.take(event)
    except _StopReadingError:
        return None
    except yaml.YAMLError as error:
        _note_syntax(source.name, error, problems)
        return None
    return _map_at_top(composer.root, start, problems)


def _note_binary(file: str, text: str, at: int, problems: Problems) -> None:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    message = f"not a text file: character {column} of this line is U+{ord(text[at]):04X}"
    problems.add_at("E611", message, Mark(file, line, column), hint="save it as UTF-8 text")


def _note_syntax(file: str, error: yaml.YAMLError, problems: Problems) -> None:
    at = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    mark = Mark(file, at.line + 1, at.column + 1) if at else Mark(file, 1, 1)
    lines = problems.marks.texts[file]
    if "\t" in (lines[mark.line - 1][: mark.column] if mark.line <= len(lines) else ""):
        problems.add_at("E622", "YAML does not allow a tab here", mark, hint="use spaces")
        return
    context, began = getattr(error, "context", None), getattr(error, "context_mark", None)
    found = " ".join(str(words) for words in (getattr(error, "problem", error), context) if words)
    if context and began and began.line + 1 != mark.line:
        found += f" that starts at {began.line + 1}:{began.column + 1}"
    hint = 'quote values that contain ": ", "#", "[" or "{"; start the keys of a map in the same column'
    problems.add_at("E621", f"not valid YAML: {found}", mark, hint=hint)


def _map_at_top(root: Node | None, start: Mark, problems: Problems) -> Node | None:
    if root is None or root.value is None:
        problems.add_at("E612", "the file is empty", start, hint='a topology starts with "topogen: 1"')
        return None
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else "plain text"
        problems.add_at("E623", f"the file is {what}, not a map", root.mark, hint='write "key: value" lines')
        return None
    return root


class _StopReadingError(Exception):
    """The rest of a file cannot be read; the reason has been noted."""


@dataclass(slots=True)
class _OpenCollection:
    """A map or list being read; in a map, ``key`` is the key whose value comes next."""

    node: Node
    path: Path
    key: str | None = None
    key_mark: Mark | None = None


class _Composer:
    """Builds the tree from events; notes what is not supported and continues where possible."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.root: Node | None = None
        self.open: list[_OpenCollection] = []
        self.nodes = 0
        self.noted: set[str] = set()

    def take(self, event: events.Event) -> None:
        """Take the next event."""
        if isinstance(event, events.NodeEvent):
            self.nodes += 1
            if self.nodes > MAX_NODES:
                self._stop("E629", f"the file has more than {MAX_NODES:,} values", event, "split the file")
            if event.anchor is not None or getattr(event, "tag", None) is not None:
                self._refuse_indirections(event)
        if isinstance(event, events.ScalarEvent):
            null = not event.style and event.value in NULLS
            self._scalar(None if null else event.value, event)
        elif isinstance(event, events.MappingStartEvent):
            self._start({}, event)
        elif isinstance(event, events.SequenceStartEvent):
            self._start([], event)
        elif isinstance(event, events.CollectionEndEvent):
            self.open.pop()
        elif isinstance(event, events.AliasEvent):
            self._scalar(None, event)
        elif isinstance(event, events.DocumentStartEvent) and self.root is not None:
            self._stop(
                "E627", "the file has several documents", event, 'remove the "---": a file is one document'
            )

    def _mark(self, event: events.Event) -> Mark:
        at = event.start_mark
        return Mark(self.file, at.line + 1, at.column + 1) if at else Mark(self.file, 1, 1)

    def _path(self) -> Path:
        if not self.open:
            return ()
        top = self.open[-1]
        if isinstance(top.node.value, list):
            return (*top.path, str(len(top.node.value)))
        return (*top.path, top.key) if top.key is not None else top.path

    def _stop(self, code: str, message: str, event: events.Event, hint: str = "") -> None:
        self.problems.add_at(code, message, self._mark(event), ".".join(self._path()[:3]), hint)
        raise _StopReadingError

    def _refuse_indirections(self, event: events.NodeEvent) -> None:
        if event.anchor is not None:
            self._note_once("E624", f'anchors and aliases ("{event.anchor}") are not supported', event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._note_once("E626", f'tags ("{tag}") are not supported', event)

    def _note_once(self, code: str, message: str, event: events.Event) -> None:
        if code not in self.noted:
            self.noted.add(code)
            hint = 'write the value out; "like" and "include" reuse existing entries'
            self.problems.add_at(code, message, self._mark(event), ".".join(self._path()), hint)

    def _start(self, value: dict[str, Node] | list[Node], event: events.Event) -> None:
        if len(self.open) >= MAX_DEPTH:
            self._stop("E628", f"more than {MAX_DEPTH} levels of nesting", event, "check for extra brackets")
        path = self._path()
        if self._waits_for_key():
            self._stop("E630", "a key must be text", event, "inside {}, quote a selector that has brackets")
        self.open.append(_OpenCollection(self._place(value, event), path))

    def _waits_for_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is None

    def _scalar(self, text: str | None, event: events.NodeEvent) -> None:
        if self._waits_for_key():
            self._key(text, event)
        else:
            self._place(text, event)

    def _key(self, text: str | None, event: events.NodeEvent) -> None:
        top, mark = self.open[-1], self._mark(event)
        if text is None:
            self._stop("E630", "a key must be text", event, "write a name before the colon")
        elif text == "<<" and not getattr(event, "style", None):
            self._note_once("E625", 'merge keys ("<<") are not supported', event)
        elif isinstance(top.node.value, dict) and text in top.node.value:
            hint = f"first defined in line {top.node.value[text].mark.line}; keep one of them"
            path = ".".join((*top.path, text))
            self.problems.add_at("E602", f'duplicate key "{text}"', mark, path, hint)
            if len(self.problems.found) >= SHOWN_PROBLEMS:
                raise _StopReadingError
        top.key, top.key_mark = text, mark

    def _place(self, value: Value, event: events.Event) -> Node:
        """Add a value to the open map or list and return its node."""
        if not self.open:
            self.root = Node(value, self._mark(event))
            return self.root
        top = self.open[-1]
        held = top.node.value
        if isinstance(held, dict) and top.key is not None:
            node = Node(value, top.key_mark or self._mark(event))
            # A duplicate key is an error; the first value is kept, so that other messages point at it.
            held.setdefault(top.key, node)
            top.key = None
            return node
        node = Node(value, self._mark(event))
        if isinstance(held, list):
            held.append(node)
        return node


# Trees


def plain(node: Node) -> Plain:
    """Return the values of a tree without their positions."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield every path below ``node`` with its node."""
    children = enumerate(node.value) if isinstance(node.value, list) else _items(node)
    for key, child in children:
        below = (*path, str(key))
        yield below, child
        yield from walk(child, below)


class Places(Mapping[tuple[str, ...], Mark]):
    """The position of every path of a tree, looked up on demand: a file has thousands."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def __getitem__(self, path: Path) -> Mark:
        """Return the position of ``path``."""
        node: Node | None = self._root if path else None
        for key in path:
            node = child(node, key) if node else None
        if node is None:
            raise KeyError(path)
        return node.mark

    def __iter__(self) -> Iterator[Path]:
        """Return every path, from the top of the file down."""
        return (path for path, _ in walk(self._root))

    def __len__(self) -> int:
        """Return the number of paths."""
        return sum(1 for _ in walk(self._root))


def _items(node: Node) -> Iterator[tuple[int | str, Node]]:
    if isinstance(node.value, dict):
        yield from node.value.items()


def child(node: Node, key: str) -> Node | None:
    """Return the node under ``key``: a key of a map or an index of a list."""
    if isinstance(node.value, dict):
        return node.value.get(key)
    if isinstance(node.value, list) and key.isdecimal() and int(key) < len(node.value):
        return node.value[int(key)]
    return None


def merge(base: Node, own: Node) -> Node:
    """Return ``base`` overridden by ``own``: maps merge key by key at any depth, ``null`` removes a key."""
    if not isinstance(own.value, dict):
        return own
    under = base.value if isinstance(base.value, dict) else {}
    merged = dict(under)
    for key, item in own.value.items():
        if item.value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged[key], item) if key in merged else without_nulls(item)
    return Node(merged, own.mark)


def without_nulls(node: Node) -> Node:
    """Return the tree without keys that have no value."""
    if not isinstance(node.value, dict):
        return node
    kept = {key: without_nulls(item) for key, item in node.value.items() if item.value is not None}
    return Node(kept, node.mark)
