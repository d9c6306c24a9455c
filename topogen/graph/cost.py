"""What a graph of every link costs, stated before it is built, and refused above a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import LimitError, Problem
from topogen.memory import needing
from topogen.model.path import path_name
from topogen.records import dataclass
from topogen.units import BYTES_PER_GB, BYTES_PER_MB, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from topogen.model.fabric import Fabric


class Form(NamedTuple):
    """A form that a graph of every link takes: what its nodes and edges cost, and the most that is built."""

    words: str
    bytes_per_device: int
    bytes_per_link: int
    links_per_second: int
    limit: int


FORMS = {
    "link_graph": Form("a link graph", 450, 360, 500_000, 2_000_000),
    "to_igraph": Form("an igraph graph", 8, 215, 700_000, 20_000_000),
    "to_rustworkx": Form("a rustworkx graph", 8, 55, 2_000_000, 20_000_000),
    "to_sparse": Form("a sparse matrix", 8, 55, 4_000_000, 50_000_000),
}
"""Each by the function that builds it.

Bytes are those of the peak while it is built, on two million links (``python -m benchmarks.graphs``).
"""

ALTERNATIVES = "group_graph and contracted_graph hold the same counts at any size"


@dataclass(frozen=True)
class LinkGraphCost:
    """What a graph of links will hold, and about what it costs: ``bytes`` of memory and ``seconds``."""

    devices: int
    links: int
    form: str = "link_graph"

    @property
    def bytes(self) -> int:
        """Return the memory that building it takes at its peak, as measured on CPython 3.11."""
        form = FORMS[self.form]
        return self.devices * form.bytes_per_device + self.links * form.bytes_per_link

    @property
    def seconds(self) -> float:
        """Return the time, which differs by a factor of two or three between machines."""
        return self.links / FORMS[self.form].links_per_second


def link_graph_cost(fabric: Fabric, form: str = "link_graph") -> LinkGraphCost:
    """Return what a graph of all links of a fabric would cost; nothing is built.

    ``form`` is the function that would build it: ``link_graph``, ``to_igraph``, ``to_rustworkx``,
    ``to_sparse``.
    """
    return LinkGraphCost(fabric.n_devices, fabric.n_links, form)


def refuse_above(fabric: Fabric, cost: LinkGraphCost, limit: int | None) -> None:
    """Raise E703 if there are more links than a limit, that of the form where none is given."""
    form = FORMS[cost.form]
    limit = form.limit if limit is None else limit
    if cost.links <= limit:
        return
    message = (
        f"{form.words} of {fabric.name} would have {format_count(cost.links)} edges, about "
        f"{_size(cost)} and {cost.seconds:,.0f} s; the limit is {format_count(limit)}"
    )
    hint = "; ".join(
        (
            ALTERNATIVES,
            *_parts(fabric),
            *_smaller(cost),
            "or pass a higher limit",
        )
    )
    raise LimitError([Problem("E703", message, hint=hint)])


def needing_memory(fabric: Fabric, cost: LinkGraphCost) -> AbstractContextManager[None]:
    """Return a block that builds a graph; it raises E704 where the graph takes more memory than there is."""
    hint = "; ".join((ALTERNATIVES, *_smaller(cost)))
    return needing(f"{FORMS[cost.form].words} of {fabric.name}", cost.bytes, hint)


def _parts(fabric: Fabric) -> Iterator[str]:
    """Yield how to build one place alone: the outermost, and one rack."""
    outer = next(iter(fabric.places), None)
    rack = next((place for place in fabric.places if place.level == "rack"), None)
    found = {place.level: path_name(place.path, 0) for place in (outer, rack) if place}
    if found:
        yield (
            " or ".join(f'only=["{name}"]' for name in found.values())
            + " builds one "
            + " or one ".join(found)
        )


def _smaller(cost: LinkGraphCost) -> Iterator[str]:
    """Yield the forms that take less memory."""
    forms = [LinkGraphCost(cost.devices, cost.links, form) for form in FORMS]
    less = [f"{other.form} ({_size(other)})" for other in forms if other.bytes < cost.bytes]
    if less:
        yield f"{', '.join(less)} hold every link in less"


def _size(cost: LinkGraphCost) -> str:
    return (
        f"{cost.bytes / BYTES_PER_GB:,.1f} GB"
        if cost.bytes >= BYTES_PER_GB
        else f"{cost.bytes / BYTES_PER_MB:,.0f} MB"
    )
