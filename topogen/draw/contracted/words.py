"""What a contracted diagram says: the text of boxes, lines and notes, all of it counted elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shown.words import edge_words, listed, named, span, span_of_counts
from topogen.selector import ranges
from topogen.takeoff.roll_up import buildable_rows
from topogen.units import format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.model.arrays import Ints
    from topogen.model.devices import PlaceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import PoolQuantity
    from topogen.takeoff.roll_up import RollUp


def names_of(place: PlaceGroup, numbers: Sequence[int]) -> str:
    """Return the names of places as one short text; a name that comes in several places stands once."""
    entry = place.path[-1].entry
    indices = sorted({number % entry.count for number in numbers})
    each = " in each" if len(indices) < len(numbers) else ""
    return named([entry.name(index) for index in indices]) + each


def units_of(fabric: Fabric, node: Ints, nodes: Ints) -> str:
    """Return the U positions of nodes in their rack; empty unless all are in one rack at a known U."""
    devices = np.flatnonzero(np.isin(node, nodes))
    racks, units = fabric.sites.rack[devices], fabric.sites.unit[devices]
    if not len(devices) or (units < 0).any() or (racks != racks[0]).any():
        return ""
    return ranges(np.unique(units).tolist(), "U")


def part_words(part: str, networks: Mapping[str, int]) -> str:
    """Return how many of a part, network by network where there are two.

    >>> part_words("els8", {"scale_up": 324, "scale_out": 72})
    '396 els8: 324 scale_up, 72 scale_out'
    """
    total = f"{format_count(sum(networks.values()))} {part}"
    return total if len(networks) == 1 else f"{total}: {listed(networks)}"


def inside_words(link: LinkGroup, links: Ints) -> str:
    """Return the links of a group inside one of some alike places; ``links`` has shape (places,)."""
    count = span_of_counts(int(links.min()), int(links.max()))
    each = " each" if len(links) > 1 else ""
    return f"{count} x {format_rate(link.rate)} inside{each} ({link.name})"


def bundle_words(
    fabric: Fabric, link: LinkGroup, links: Ints, lengths: tuple[int, int] | None, suffix: str = ""
) -> tuple[str, ...]:
    """Return what stands at a line that merges bundles of ``links`` links, shape (bundles,).

    Few short lines: the text of a line stands beside it and must not leave the frame. ``lengths`` are the
    shortest and the longest in mm.
    """
    words = ""
    if lengths:
        words = span(*lengths) + (" (default)" if link.lengths.with_basis("default") else "")
    return edge_words(fabric, link, int(links.sum()), suffix, words)


def bundles_of(links: Ints) -> str:
    """Return how many bundles of what size a line merges, empty where it merges none."""
    low, high = int(links.min()), int(links.max())
    many = len(links) > 1 and high > 1
    return f"{format_count(len(links))} bundles of {span_of_counts(low, high)}" if many else ""


def notes_of(roll_up: RollUp, elsewhere: Mapping[tuple[str, str, str], int]) -> tuple[str, ...]:
    """Return the notes below the legend: parts outside all boxes, and buildable counts."""
    notes = [
        f"in no box: {format_count(count)} {part} for {network.replace('_', '-')}, counted by {level}"
        for (part, network, level), count in elsewhere.items()
    ]
    rows = [row for row in buildable_rows(roll_up.quantities) if row.line in ("engine", "els")]
    return (*notes, *(_buildable(row) for row in rows))


def _buildable(row: PoolQuantity) -> str:
    """Return how many of a part are published, and how many it takes where places share none."""
    published = f"{row.network.replace('_', '-')}: {format_count(row.qty)} {row.part} as published"
    more = format_count(row.buildable)
    if row.buildable > row.qty:
        return f"{published}; if no two {row.buildable_scope}s shared one, it would take {more}"
    return f"{published}; with whole ones in every {row.buildable_scope} it would take {more}"
