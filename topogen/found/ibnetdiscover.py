"""Read what ibnetdiscover writes, and the network files of ibsim, which have the same form."""

from __future__ import annotations

import re
from typing import NamedTuple

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import UNKNOWN_RATE, FoundRow, FoundTable, RowProblem, read_found_rate

_NODE = re.compile(r'(Switch|Ca|Hca|Rt|Router)\s+(\d+)\s+"([^"]+)"(?:\s*#\s*"([^"]*)")?', re.IGNORECASE)
_PORT = re.compile(r'\[(\d+)\](?:\[[^\]]*\])?(?:\([0-9a-fx]+\))?\s*"([^"]+)"\s*\[(\d+)\](.*)', re.IGNORECASE)
_RATE = re.compile(r"\b(\d+x[SDQFEHNX]DR(?:10)?)\b", re.IGNORECASE)
_HINT = "give it the output of ibnetdiscover without options"


class _Node(NamedTuple):
    """A switch or a channel adapter: its name for people, and its kind."""

    name: str
    kind: str


def is_ibnetdiscover(text: str) -> bool:
    """Return whether a line of a text is a node as ibnetdiscover writes it."""
    return any(_NODE.match(line.strip()) for line in text.splitlines())


def read_ibnetdiscover(text: str, name: str) -> FoundTable:
    """Return the links of a fabric; each is in the file twice, once at either end.

    Names are node descriptions, such as ``node1 HCA-1``, where all of them differ, else the ids of the nodes.

    Raises
    ------
    InputError
        E805 without any node.
    """
    nodes = _nodes(text)
    if not nodes:
        message = 'no line is a node, such as Switch 40 "S-0002c90200000001"'
        raise InputError([Problem("E805", message, mark=Mark(name, 1, 1), hint=_HINT)])
    rows: dict[frozenset[tuple[str, str]], FoundRow] = {}
    problems: list[RowProblem] = []
    here = ""
    for line, content in enumerate(text.splitlines(), start=1):
        if found := _NODE.match(content.strip()):
            here = found[3]
        elif found := _PORT.match(content.strip()):
            unknown = next((node for node in (here, found[2]) if node not in nodes), None)
            if unknown is not None:
                message = f'no node of the file is "{unknown}"'
                problems.append(RowProblem(line, "", "unknown_device", message))
                continue
            row = _row(line, (nodes[here], found[1]), (nodes[found[2]], found[3]), found[4])
            rows.setdefault(frozenset(row.ends), row)
    return FoundTable(name, list(rows.values()), problems)


def _nodes(text: str) -> dict[str, _Node]:
    found = [one for line in text.splitlines() if (one := _NODE.match(line.strip()))]
    described = [_described(one[4] or "") for one in found]
    plain = not all(described) or len(set(described)) < len(described)
    return {
        one[3]: _Node(one[3] if plain else words, "switch" if one[1].lower() == "switch" else "host")
        for one, words in zip(found, described, strict=True)
    }


def _described(words: str) -> str:
    """Return a node description without what a switch says about its make.

    >>> _described("MF0;sw-hdr-01:MQM8700/U1"), _described("node1 HCA-1")
    ('sw-hdr-01', 'node1 HCA-1')
    """
    found = re.fullmatch(r"MF0;([^:;]+):[^;]*", words)
    return found[1] if found else words.strip()


def _row(line: int, near: tuple[_Node, str], far: tuple[_Node, str], behind: str) -> FoundRow:
    """Return a link; what stands behind its port tells the rate."""
    rate = _RATE.search(behind)
    mbps = (read_found_rate(rate[1]) if rate else None) or UNKNOWN_RATE
    (a, a_port), (b, b_port) = near, far
    return FoundRow(line, a.name, a_port, b.name, b_port, mbps, (a.kind, b.kind))
