"""What the money of the interconnect covers in words, and what of it has no price."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

LEFT_OUT = "without switches and NICs"
SCOPES = {
    ("copper",): "copper cables",
    ("optical",): "optics",
    ("copper", "optical"): "cables and optics",
}
"""What is bought for links of these kinds."""
NOUNS = {"els": "ELS", "cord_a": "cord", "cord_b": "cord", "pair": "copper pair"}
"""What a recipe line is called, where its name does not say it."""


def interconnect_priced(roll_up: RollUp) -> bool:
    """Return whether any part of the interconnect has a price."""
    return any(
        line.extended is not None and line.extended.base
        for line in roll_up.lines
        if line.cost_scope == "interconnect"
    )


def scope_words(fabric: Fabric, roll_up: RollUp) -> str:
    """Return what the priced parts of the interconnect are: copper cables, optics, both, or one alone."""
    priced: set[str] = set()
    for line in roll_up.lines:
        if line.cost_scope == "interconnect" and line.extended is not None and line.extended.base:
            priced |= {fabric.catalog.media[one].kind for one in line.media if one in fabric.catalog.media}
    words = SCOPES.get(tuple(sorted(priced & {"copper", "optical"})), "interconnect")
    used = {
        fabric.catalog.media[one].kind if one else "" for link in fabric.links for one in link.media or ("",)
    }
    return f"{words} alone" if len(priced) == 1 and used - priced - {"board"} else words


def unpriced_words(roll_up: RollUp) -> list[str]:
    """Return what the money of the interconnect lacks: pieces by what they are, what links lack, lengths."""
    pieces, lengths = Counter[str](), Counter[str]()
    links: dict[str, dict[tuple[str, ...], int]] = {}
    lines = {line.part: line for line in roll_up.lines}
    for gap in roll_up.gaps:
        if not gap.partial:
            continue
        if gap.qty and gap.part in lines:
            noun = _noun(lines[gap.part].quantities[0].line)
            (lengths if gap.reason == "no_length" else pieces)[noun] += gap.qty
        else:
            some = links.setdefault(_noun(gap.lacks), {})
            some[gap.groups] = max(gap.links, some.get(gap.groups, 0))
    without = {noun: sum(some.values()) for noun, some in links.items()}
    no_medium = without.pop("medium", 0)
    return [
        *(_pieces(count, noun) for noun, count in pieces.most_common()),
        *([f"{count_words(no_medium, 'link')} without medium"] if no_medium else []),
        *(f"the {_several(noun, count)} of {count_words(count, 'link')}" for noun, count in without.items()),
        *(f"the metres of {_pieces(count, noun)}" for noun, count in lengths.most_common()),
    ]


def powered_words(fabric: Fabric, roll_up: RollUp) -> str:
    """Return which parts of the interconnect take the watts: engines and ELS, modules, cables."""
    powered = [line for line in roll_up.lines if line.cost_scope == "interconnect"]
    watts = ((line, fabric.catalog.parts[line.part].power_w) for line in powered)
    nouns = dict.fromkeys(_noun(line.quantities[0].line) for line, each in watts if each and each.base)
    words = [noun if noun == "ELS" else f"{noun}s" for noun in sorted(nouns, key=lambda noun: noun == "ELS")]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _noun(line: str) -> str:
    return NOUNS.get(line, line.replace("_", " "))


def _several(noun: str, count: int) -> str:
    return noun if noun == "ELS" or count == 1 else count_words(count, noun).partition(" ")[2]


def _pieces(count: int, noun: str) -> str:
    return f"{format_count(count)} ELS" if noun == "ELS" else count_words(count, noun)
