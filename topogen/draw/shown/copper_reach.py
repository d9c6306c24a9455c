"""How many links are longer than copper reaches at their lane rate."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.cabling.cables import link_lengths
from topogen.media.medium import reach_of
from topogen.model.length_histogram import BASES, UNKNOWN_MM
from topogen.records import dataclass
from topogen.units import format_count, format_decimal, to_metres

if TYPE_CHECKING:
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

BOARD = BASES.index("board")


@dataclass(frozen=True)
class Beyond:
    """The cabled links of one network: ``beyond`` of ``known`` are longer than copper reaches.

    ``unknown`` have no length. ``reaches_mm`` are the longest reaches of copper at their lane rates,
    ``longest_mm`` is the longest link.
    """

    network: str
    beyond: int
    known: int
    unknown: int
    reaches_mm: tuple[int, ...]
    longest_mm: int

    @property
    def reach_words(self) -> str:
        """Return how far copper reaches: ``3 m``, or ``3 to 7 m`` where lane rates differ."""
        ends = dict.fromkeys((min(self.reaches_mm), max(self.reaches_mm)))
        return " to ".join(format_decimal(to_metres(mm), 2) for mm in ends) + " m"


def copper_reaches(fabric: Fabric, lane_rate: int | None) -> dict[str, int]:
    """Return how far each copper medium of the catalog reaches in mm at a lane rate, farthest first."""
    copper = (one for one in fabric.catalog.media.values() if one.kind == "copper")
    found = {one.id: reach_of(one, lane_rate) for one in copper} if lane_rate else {}
    known = {name: mm for name, mm in found.items() if mm is not None and mm > 0}
    return dict(sorted(known.items(), key=lambda item: (-item[1], item[0])))


def beyond_copper(fabric: Fabric, touched: Selection | None = None) -> tuple[Beyond, ...]:
    """Return, by network, the links beyond copper, most first; links on boards are left out.

    So are those whose lane rate is unknown or has no copper in the catalog.
    """
    found: dict[str, list[Beyond]] = {}
    for index, link in enumerate(fabric.links):
        reaches = copper_reaches(fabric, link.lane_rate)
        if reaches and (one := _beyond(link, max(reaches.values()), *_lengths(fabric, index, touched))):
            found.setdefault(link.network, []).append(one)
    rows = [_added(network, parts) for network, parts in found.items()]
    return tuple(sorted(rows, key=lambda one: (-one.beyond, -one.known)))


def _lengths(fabric: Fabric, index: int, touched: Selection | None) -> tuple[Ints, Ints, Ints | None]:
    """Return lengths in mm, their basis, and how many links have each (None: one each)."""
    link = fabric.links[index]
    if touched is None:
        return link.lengths.mm, link.lengths.basis, link.lengths.links
    mm, basis = link_lengths(fabric, link, touched.columns[index])
    return mm[touched.links[index]], basis[touched.links[index]], None


def _beyond(link: LinkGroup, reach_mm: int, mm: Ints, basis: Ints, links: Ints | None) -> Beyond | None:
    cabled = basis != BOARD
    mm, each = mm[cabled], None if links is None else links[cabled]
    if not len(mm):
        return None

    def count(picked: Bools) -> int:
        return int(picked.sum() if each is None else each[picked].sum())

    known = mm != UNKNOWN_MM
    return Beyond(link.network, count(mm > reach_mm), count(known), count(~known), (reach_mm,), int(mm.max()))


def _added(network: str, parts: list[Beyond]) -> Beyond:
    return Beyond(
        network,
        sum(one.beyond for one in parts),
        sum(one.known for one in parts),
        sum(one.unknown for one in parts),
        tuple(sorted({mm for one in parts for mm in one.reaches_mm})),
        max(one.longest_mm for one in parts),
    )


def reach_sentence(rows: tuple[Beyond, ...]) -> str:
    """Return how many links of the network with most of them are beyond copper; nothing without lengths."""
    one = next((row for row in rows if row.known), None)
    if one is None:
        return ""
    network = one.network.replace("_", "-")
    links = f"{format_count(one.known)} {network} link{'s' if one.known != 1 else ''}"
    links += " of known length" if one.unknown else ""
    verb = "are" if one.known != 1 else "is"
    if one.beyond in {0, one.known}:
        where = "beyond" if one.beyond else "within"
        return f"{'All ' if one.known != 1 else ''}{links} {verb} {where} copper's {one.reach_words}"
    verb = "are" if one.beyond != 1 else "is"
    return (
        f"{format_count(one.beyond)} of {links} ({share_words(one)}) {verb} beyond copper's {one.reach_words}"
    )


def share_words(one: Beyond) -> str:
    """Return the share of links beyond copper: never 0 or 100 % where it is not exactly that."""
    share = Fraction(one.beyond * 100, one.known)
    words = format_decimal(share, 1)
    if words == "0" and share:
        return "under 0.1 %"
    return "over 99.9 %" if words == "100" and share != 100 else f"{words} %"  # noqa: PLR2004 - all of them
