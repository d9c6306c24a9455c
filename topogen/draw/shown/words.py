"""Texts for counts, names, lengths and media that several diagrams share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.media.medium import links_fibres, links_pairs
from topogen.units import format_count, format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.catalog.model import Medium
    from topogen.model.fabric import Fabric, LinkGroup

LINE_LENGTH = 44
"""Characters a line of a box holds before it is broken."""


def listed(counts: Mapping[str, int]) -> str:
    """Return counts as text: ``4 gpu, 2 cpu``.

    >>> listed({"gpu": 1296, "cpu": 0})
    '1,296 gpu'
    """
    return ", ".join(f"{format_count(count)} {name}" for name, count in counts.items() if count)


def span_of_counts(low: int, high: int) -> str:
    """Return a count, or from where to where it goes.

    >>> span_of_counts(720, 792)
    '720 to 792'
    """
    return format_count(low) if low == high else f"{format_count(low)} to {format_count(high)}"


def wrapped(text: str, width: int = LINE_LENGTH) -> list[str]:
    """Return a list broken into lines after commas.

    >>> wrapped("4 gpu, 2 cpu, 4 nic", 14)
    ['4 gpu, 2 cpu,', '4 nic']
    """
    lines: list[str] = []
    for piece in text.split(", ") if text else ():
        if lines and len(lines[-1]) + len(piece) + 2 <= width:
            lines[-1] += f", {piece}"
        else:
            lines.append(piece)
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


def medium_name(link: LinkGroup) -> str:
    """Return what links are made of; where the ends differ, a before b."""
    return " to ".join(dict.fromkeys(link.media)) if link.media else "no medium"


def strands_of(fabric: Fabric, link: LinkGroup, links: int) -> str:
    """Return the pairs or fibres of some links of a group; nothing on a board."""
    pairs, fibres = links_pairs(fabric, link), links_fibres(fabric, link)
    if fibres:
        return f"{format_count(links * fibres // link.count)} fibres"
    on_board = link.media and fabric.catalog.media[link.media[0]].kind == "board"
    return "" if on_board or not pairs else f"{format_count(links * pairs // link.count)} pairs"


def span(low_mm: int, high_mm: int) -> str:
    """Return lengths from a shortest to a longest.

    >>> span(620, 620), span(620, 4500)
    ('0.62 m', '0.62 to 4.5 m')
    """
    low, high = (format_decimal(to_metres(mm), 2) for mm in (low_mm, high_mm))
    return f"{low} m" if low == high else f"{low} to {high} m"


def medium_words(media: Mapping[str, Medium], name: str) -> str:
    """Return the legend text of a medium."""
    medium = media[name]
    if medium.kind == "board":
        return f"{name}: PCB or midplane (no cable)"
    if medium.kind == "copper":
        return f"{name}: copper"
    interface = f", interface {medium.interface}" if medium.interface else ""
    if "engine" in medium.recipe:
        return f"{name}: optical engines next to the chip{interface}"
    pluggable = any(line.per == "end" for line in medium.recipe.values())
    return f"{name}: {'pluggable modules' if pluggable else 'optical cable'}{interface}"


def with_type(name: str, kind: str) -> str:
    """Return a name with its type behind it, unless the name says it.

    >>> with_type("r1", "nvl72"), with_type("canister0", "canister")
    ('r1 (nvl72)', 'canister0')
    """
    return name if kind in name else f"{name} ({kind})"
