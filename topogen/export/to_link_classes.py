"""``link_classes.csv``: links of one kind and length, their medium, and why it is this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cables import LINK_CLASSES
from topogen.columns.cells import csv_text
from topogen.export.options import DEFAULT
from topogen.media.medium import links_reach, medium_name
from topogen.model.links import Choice
from topogen.units import to_gbps, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp


def to_link_classes(fabric: Fabric, _: RollUp, __: Options = DEFAULT) -> str:
    """Return the link classes as CSV, in the order of the file, shortest first."""
    return csv_text(LINK_CLASSES, link_classes_rows(fabric))


def link_classes_rows(fabric: Fabric) -> Iterator[Row]:
    """Yield one row a link group, device types, length and reason; columns `LINK_CLASSES`."""
    for group in fabric.links:
        reach = links_reach(fabric, group)
        for choice in group.choices or _as_named(group):
            length = choice.length_mm
            yield {
                "network": group.network,
                "tier": group.tier,
                "link_group": group.name,
                "a_type": choice.a_type,
                "b_type": choice.b_type,
                "links": choice.links,
                "rate_gbps": to_gbps(group.rate),
                "lane_rate_gbps": None if group.lane_rate is None else to_gbps(group.lane_rate),
                "length_m": _metres(length),
                "medium": medium_name(group) or None,
                "reach_m": _metres(reach),
                "margin_m": _metres(None if reach is None or length is None else reach - length),
                "rule_matched": choice.rule or None,
                "alternatives_rejected": "; ".join(f"{one.medium}: {one.reason}" for one in choice.rejected)
                or None,
            }


def _as_named(group: LinkGroup) -> list[Choice]:
    """Return the length classes of a group whose medium the file names."""
    return [Choice(one.a_type, one.b_type, one.length_mm, one.links, "", ()) for one in group.lengths]


def _metres(mm: int | None) -> Fraction | None:
    return None if mm is None else to_metres(mm)
