"""Read the topology file of PTM: a DOT graph with one edge a cable, ``"leaf1":"swp1" -- "spine1":"swp1"``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import UNKNOWN_RATE, FoundRow, FoundTable, RowProblem, read_found_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^\#[^\n]*)|(?P<edge>--|->)|(?P<sign>[{}\[\];,:=])"""
    r"""|"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<plain>[^\s{}\[\];,:="]+?(?=--|->|[\s{}\[\];,:="]|$))""",
    re.DOTALL | re.MULTILINE,
)
KINDS = ("function", "type", "role")
"""Attributes of a node that say what it is."""
_HINT = 'write each cable as "device":"port" -- "device":"port"'


class _Token:
    __slots__ = ("at", "is_name", "text")

    def __init__(self, text: str, at: int, *, is_name: bool) -> None:
        self.text, self.at, self.is_name = text, at, is_name


def read_dot(text: str, name: str) -> FoundTable:
    """Return the cables of a DOT graph in the form that PTM reads.

    Raises
    ------
    InputError
        E805 for what is not such a graph.
    """
    return _Reader(text, name).table()


class _Reader:
    """A DOT text while it is read: tokens from the left, nodes and edges found so far."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name
        self._tokens = list(self._split())
        self._at = 0
        self._kinds: dict[str, str] = {}
        self._rows: list[FoundRow] = []
        self._problems: list[RowProblem] = []

    def table(self) -> FoundTable:
        words = [token.text.lower() for token in self._tokens]
        if "{" not in words or not {"graph", "digraph"} & set(words[: words.index("{")]):
            raise self._refused("no graph: the file has to begin with graph NAME {", 0)
        self._at = words.index("{") + 1
        while self._peek() != "}":
            if not self._peek():
                raise self._refused("the graph is not closed: } is missing", len(self._text))
            self._statement()
        if not self._rows and not self._problems:
            raise self._refused("the graph has no edge", 0)
        rows = [
            row._replace(kinds=(self._kind(row.a_device), self._kind(row.b_device))) for row in self._rows
        ]
        return FoundTable(self._name, rows, self._problems)

    def _kind(self, device: str) -> str:
        return self._kinds.get(device, "")

    def _split(self) -> Iterator[_Token]:
        at = 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if not found:
                raise self._refused(f'"{self._text[at]}" cannot be read', at)
            if found["skip"] is None:
                is_name = found["quoted"] is not None or found["plain"] is not None
                text = found["quoted"].replace('\\"', '"') if found["quoted"] is not None else found[0]
                yield _Token(text, at, is_name=is_name)
            at = found.end()

    def _peek(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return "" if token is None else token.text if not token.is_name else f'"{token.text}'

    def _statement(self) -> None:
        if self._peek() in {";", ","}:
            self._at += 1
            return
        start = self._tokens[self._at]
        ends = [self._end()]
        while self._peek() in {"--", "->"}:
            self._at += 1
            ends.append(self._end())
        if self._peek() == "=":
            self._at += 1
            self._end()
            return
        attributes = self._attributes()
        if len(ends) == 1:
            self._kinds[ends[0][0]] = next((attributes[one] for one in KINDS if one in attributes), "")
            return
        for a, b in pairwise(ends):
            self._edge(self._line(start.at), a, b, attributes)

    def _end(self) -> tuple[str, str]:
        """Return a node and its port, empty without one."""
        node = self._name_here()
        port = ""
        while self._peek() == ":":  # a compass point may follow the port: it says nothing about cables
            self._at += 1
            found = self._name_here()
            port = port or found
        return node, port

    def _name_here(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if token is None or not token.is_name:
            at = token.at if token else len(self._text)
            raise self._refused("a name was expected here; subgraphs are not read", at)
        self._at += 1
        return token.text

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._peek() == "[":
            self._at += 1
            while self._peek() != "]":
                if self._peek() in {",", ";"}:
                    self._at += 1
                    continue
                key = self._name_here()
                found[key.lower()] = ""
                if self._peek() == "=":
                    self._at += 1
                    found[key.lower()] = self._name_here()
            self._at += 1
        return found

    def _edge(self, line: int, a: tuple[str, str], b: tuple[str, str], attributes: dict[str, str]) -> None:
        if not all((*a, *b)):
            node = a[0] if not a[1] else b[0]
            self._problems.append(RowProblem(line, "", "empty_cell", f'"{node}" has no port in this edge'))
            return
        rate = read_found_rate(attributes.get("speed", "")) or UNKNOWN_RATE
        self._rows.append(FoundRow(line, *a, *b, rate))

    def _line(self, at: int) -> int:
        return self._text.count("\n", 0, at) + 1

    def _refused(self, message: str, at: int) -> InputError:
        column = at - (self._text.rfind("\n", 0, at) + 1) + 1
        mark = Mark(self._name, self._line(at), column)
        return InputError([Problem("E805", message, mark=mark, hint=_HINT)])
