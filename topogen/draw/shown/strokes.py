"""Line styles of links, and their legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.picture import NETWORK_WIDTHS, LegendRow, stroke_of
from topogen.draw.shown.words import medium_words
from topogen.palette import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.draw.picture import Stroke
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def stroke_of_link(fabric: Fabric, link: LinkGroup, *, a_first: bool = True) -> Stroke:
    """Return how links of a group are drawn, from their a end or from their b end."""
    names = tuple(dict.fromkeys(link.media or ()))
    ordered = names if a_first else tuple(reversed(names))
    return stroke_of(tuple(fabric.catalog.media[name] for name in ordered), link.network)


def family_of_link(fabric: Fabric, link: LinkGroup) -> str:
    """Return the family of the medium of links at their a end; that of no medium where they have none."""
    return family_of(fabric.catalog.media[link.media[0]] if link.media else None)


def legend_rows(
    fabric: Fabric, links: Sequence[LinkGroup], from_b: Sequence[LinkGroup] = ()
) -> tuple[LegendRow, ...]:
    """Return one row for each way that some links are drawn, in their order: every sample is in the picture.

    A network is named where its width tells it from another. Links ``from_b`` are drawn from their b end.
    """
    several = len({link.network for link in (*links, *from_b)}) > 1
    found: dict[Stroke, list[str]] = {}
    for link, a_first in (*((one, True) for one in links), *((one, False) for one in from_b)):
        network = link.network.replace("_", "-") if several and link.network in NETWORK_WIDTHS else ""
        said = found.setdefault(stroke_of_link(fabric, link, a_first=a_first), [])
        if (words := _legend_words(fabric, link, network, a_first=a_first)) not in said:
            said.append(words)
    return tuple(LegendRow(stroke, "; ".join(said)) for stroke, said in found.items())


def _legend_words(fabric: Fabric, link: LinkGroup, network: str, *, a_first: bool) -> str:
    """Return what the line of a link means; ``network`` stands behind the names of its media."""
    behind = f", {network}" if network else ""
    if not link.media:
        return f"no medium{behind}: counted, not costed"
    names = list(dict.fromkeys(link.media if a_first else reversed(link.media)))
    kinds = [medium_words(fabric.catalog.media, name).removeprefix(f"{name}: ") for name in names]
    if len(names) > 1:
        ends = (f"{name} ({kind.partition(', ')[0]})" for name, kind in zip(names, kinds, strict=True))
        return f"{' to '.join(ends)}{behind}"
    return f"{names[0]}{behind}: {kinds[0]}"
