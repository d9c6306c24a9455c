"""Read the cables of an InfraGraph infrastructure, with the library of that format."""

from __future__ import annotations

import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from topogen.errors import InputError, Mark, Problem
from topogen.found.rows import UNKNOWN_RATE, FoundRow, FoundTable, read_found_rate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    Graph: TypeAlias = "nx.Graph[str]"

NEEDED = "infragraph"
BYTES = "GBps"
BITS_PER_BYTE = 8
NOT_A_SWITCH = {"xpu", "cpu", "nic"}
"""Kinds of components that a switch has none of."""


def read_infragraph(text: str, name: str) -> FoundTable:
    """Return the edges between instances, each end an instance and the path of a component in it.

    Rows have the numbers of the edges, for edges of a slice have no lines of their own. Edges inside an
    instance are no cables.

    Raises
    ------
    InputError
        E830 without the library; E805 for what it cannot load.
    """
    graph = _loaded(text, name)
    switches = _switches(graph)
    rows: list[FoundRow] = []
    for near, far, data in graph.edges(data=True):
        (a, a_port), (b, b_port) = _end(near), _end(far)
        if a != b:
            kinds = tuple("switch" if one in switches else "host" for one in (a, b))
            number = len(rows) + 1
            rows.append(FoundRow(number, a, a_port, b, b_port, _rate(data), (kinds[0], kinds[1])))
    if not rows:
        message = "no edge joins two instances"
        raise InputError(
            [Problem("E805", message, mark=Mark(name, 1, 1), hint="add edges between instances")]
        )
    return FoundTable(name, rows)


def _loaded(text: str, name: str) -> Graph:
    if find_spec(NEEDED) is None:
        message = f"{name} needs {NEEDED}, the library of its format"
        raise InputError([Problem("E830", message, hint='pip install "topogen[infragraph]"')])
    from infragraph.infragraph_service import InfraGraphService  # noqa: PLC0415 - an extra

    service = InfraGraphService()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of components that nothing is joined to
            service.set_graph(text)
    except Exception as error:  # noqa: BLE001 - the library raises what its parsers raise
        words = " ".join(str(error).split())
        message = f"InfraGraph cannot load it: {words[:200]}"
        hint = "give it an infrastructure of InfraGraph 3.1 as JSON or YAML"
        raise InputError([Problem("E805", message, mark=Mark(name, 1, 1), hint=hint)]) from None
    graph: Graph = service.get_networkx_graph()
    return graph


def _end(node: str) -> tuple[str, str]:
    """Return the instance of a node, and the component in it.

    >>> _end("leaf.3.port.12")
    ('leaf.3', 'port.12')
    """
    instance, number, *component = node.split(".")
    return f"{instance}.{number}", ".".join(component)


def _switches(graph: Graph) -> set[str]:
    """Return the instances that hold a switch and no accelerator, processor or NIC."""
    kinds: dict[str, set[str]] = {}
    for node, data in graph.nodes(data=True):
        kinds.setdefault(_end(node)[0], set()).add(data.get("type", ""))
    return {one for one, held in kinds.items() if "switch" in held and not held & NOT_A_SWITCH}


def _rate(data: Mapping[str, str]) -> int:
    """Return the bandwidth of an edge in Mb/s; gigabytes are eight gigabits."""
    number, _, unit = data.get("bandwidth", "").partition(" ")
    rate = read_found_rate(number, in_gbps=True) if unit in {"Gbps", BYTES} else None
    if rate is None:
        return UNKNOWN_RATE
    return rate * BITS_PER_BYTE if unit == BYTES else rate
