"""What a row says about its links and racks: title, subtitle and what stands below a rack."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.row.fronts import Caption
from topogen.draw.row.ways import WHOLE
from topogen.draw.shown.words import FAMILY_WORDS, number_in, span, span_of_counts
from topogen.language.device import SWITCH_ROLES
from topogen.units import count_words, format_count, format_decimal, format_rate, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.row.ways import Ways
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric

STAYING = {"board": "on boards", "no_medium": "without a medium"}
"""On what links stay in their rack, where that is not the name of the family."""
LIGHT = ("engine", "own_laser", "module", "cable")


def title_of(fabric: Fabric, ways: Ways, touched: Selection | None) -> str:
    """Return how many links leave their rack and how long they are; or what is light inside."""
    away, total = sum(one.links for one in ways.ways), touched.n_links if touched else fabric.n_links
    lit = sum(ways.staying[family] for family in LIGHT)
    if not away:
        return f"All {count_words(total, 'link')} stay in their rack"
    lengths = [mm for one in ways.leaving for mm in (one.low_mm, one.high_mm)]
    long = f", {span(min(lengths), max(lengths))} long" if min(lengths) >= 0 else ""
    verb = "leaves its" if away == 1 else "leave their"
    if lit > away:
        inside = f"{count_words(lit, 'link')} inside racks {'are' if lit > 1 else 'is'} light"
        return f"{inside}; {format_count(away)} {verb} rack{long}"
    return f"{format_count(away)} of {count_words(total, 'link')} {verb} rack{long}"


def staying_words(ways: Ways) -> str:
    """Return what stays in its rack, and what ends outside racks."""
    beyond = f"{format_count(ways.beyond)} end outside racks" if ways.beyond else ""
    return "; ".join(filter(None, (_staying(ways), beyond)))


def _staying(ways: Ways) -> str:
    """Return how many links stay in their rack, and on what."""
    carried = Counter[str]()
    for family, links in ways.staying.items():
        word = STAYING.get(family, f"on {FAMILY_WORDS[family]}")
        carried["on light" if family in LIGHT else word] += links
    if not carried:
        return "none stays in its rack"
    on = " and ".join(f"{format_count(links)} {word}" for word, links in carried.most_common())
    if len(carried) == 1:
        return f"{format_count(carried.total())} stay in their rack {next(iter(carried))}"
    return f"{format_count(carried.total())} stay in their rack: {on}"


def line_words(ways: Ways) -> str:
    """Return how many links a line stands for: those between two racks count at both."""
    counts = [one.links for one in ways.ways]
    if not counts:
        return ""
    links = span_of_counts(min(counts), max(counts))
    named = {max(one.a_switch, one.b_switch) != WHOLE for one in ways.ways}
    ends = " or ".join(("a rack and a switch" if one else "two racks") for one in sorted(named))
    twice = "" if named == {True} else ", counted at both"
    return f"a line: {links} link{'s' if max(counts) != 1 else ''} between {ends}{twice}"


def held_in(fabric: Fabric, rack: int) -> Counter[str]:
    """Return the GPUs and the switches of a rack."""
    held: Counter[str] = Counter()
    for group in fabric.groups:
        count = int((fabric.sites.rack[group.first : group.first + group.count] == rack).sum())
        if group.type.role == "gpu":
            held["GPU"] += count
        elif group.type.role in SWITCH_ROLES:
            held[group.label.rpartition("/")[2]] += count
    return +held


def rack_words(fabric: Fabric, ways: Ways, rack: int, room: float, *, brief: bool) -> Iterator[Caption]:
    """Yield what stands below a rack: what it holds, what leaves it and how long, and what stays in it.

    ``brief`` leaves out all but the first of what it holds.
    """
    name, held = fabric.sites.racks[rack].name, held_in(fabric, rack)
    first, *more = [f"{format_count(count)} {kind}" for kind, count in held.items()] or [""]
    both = f"{name}: {first}"
    if first and width_of(both, SMALLEST, bold=True) <= room:
        yield Caption((both,))
    else:
        last = name.rpartition("/")[2]
        yield Caption((name, last, number_in(last)))
        yield from [Caption((first,))] if first else []
    if more and not brief:
        yield Caption((", ".join(more), more[0]))
    mine = [one for one in ways.leaving if one.rack == rack]
    total = Counter[tuple[str, int]]()
    for one in mine:
        total[one.family, one.rate] += one.links
    for (family, rate), links in total.items():
        count = format_count(links)
        yield Caption((f"{count} x {format_rate(rate)}", f"{count} links", count), family)
    if mine:
        yield _length_caption(min(one.low_mm for one in mine), max(one.high_mm for one in mine))
    for (here, family, rate), links in ways.inside.items():
        if here == rack and family != "board":
            count = format_count(links)
            copper = " copper" if family == "copper" else ""  # in grey it looks like light
            texts = (
                f"{count} x {format_rate(rate)}{copper} inside",
                f"{count}{copper} inside",
                f"{count}{copper}",
            )
            yield Caption((*texts, f"{count} stay"), family)


def _length_caption(low_mm: int, high_mm: int) -> Caption:
    if low_mm < 0:
        return Caption(("length unknown", "no length"))
    exact = span(low_mm, high_mm)
    low, high = (format_decimal(to_metres(mm), 1) for mm in (low_mm, high_mm))
    about = f"{low_mm // 1000}\u2013{-(-high_mm // 1000)} m"
    return Caption((exact, exact.replace(" to ", "\u2013"), f"{low}\u2013{high} m", about))


def leaving_words(ways: Ways, rack: int) -> Iterator[str]:
    """Yield what leaves a rack, medium by medium."""
    for one in ways.leaving:
        if one.rack == rack:
            long = span(one.low_mm, one.high_mm) if one.low_mm >= 0 else "length unknown"
            medium = one.medium.replace("_", " ")
            yield f"{format_count(one.links)} x {format_rate(one.rate)} {medium}, {long}"
