"""Line styles of links, and their legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.picture import NETWORK_WIDTHS, LegendRow, stroke_of
from topogen.draw.shown.words import medium_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.draw.picture import Stroke
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

WEIGHTS = {"scale_up": "thick", "scale_out": "thin"}
"""What the legend calls the widths of ``NETWORK_WIDTHS``."""


def stroke_of_link(fabric: Fabric, link: LinkGroup, *, a_first: bool = True) -> Stroke:
    """Return how links of a group are drawn, from their a end or from their b end."""
    names = tuple(dict.fromkeys(link.media or ()))
    ordered = names if a_first else tuple(reversed(names))
    return stroke_of(tuple(fabric.catalog.media[name] for name in ordered), link.network)


def legend_rows(
    fabric: Fabric, links: Sequence[LinkGroup], networks: Iterable[str] = ()
) -> tuple[LegendRow, ...]:
    """Return one row a medium of some links in their order, and one a network whose width means something."""
    media = fabric.catalog.media
    names = dict.fromkeys(name for link in links for name in link.media or ())
    rows = [LegendRow(stroke_of((media[name],), "scale_out"), medium_words(media, name)) for name in names]
    mixed = next((link for link in links if len(set(link.media or ())) > 1), None)
    if mixed:
        rows.append(LegendRow(stroke_of_link(fabric, mixed), "two colours: a different medium at each end"))
    if any(link.media is None for link in links):
        rows.append(LegendRow(stroke_of((), "scale_out"), "no medium: counted, not costed"))
    return (
        *rows,
        *(
            LegendRow(stroke_of((), name), f"{WEIGHTS[name]} line: {name.replace('_', '-')} network")
            for name in networks
            if name in NETWORK_WIDTHS
        ),
    )
