"""What a sheet says in words: the finding as its title, figures per GPU, and on what they rest."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import MARGIN, SUBTITLE_SIZE, WIDTH, Figure
from topogen.draw.shown.boxes import box_depth
from topogen.draw.shown.priced import (
    LEFT_OUT,
    interconnect_priced,
    powered_words,
    scope_words,
    unpriced_words,
)
from topogen.language.device import SWITCH_ROLES
from topogen.media.medium import links_pairs
from topogen.model.path import count_of
from topogen.palette import family_of
from topogen.takeoff.roll_up import lasers_in
from topogen.units import count_words, format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

MOST_FIGURES = 5
TOTAL = re.compile(r"\([\d,]+\)$")
"""The count at the end of a note."""
ALERTS = {"reported": "REPORTED, not announced", "what-if": "WHAT-IF, not a product"}
"""What must not be overlooked, by the status of a system."""


def alert_words(fabric: Fabric) -> str:
    """Return what must not be overlooked about the system; nothing if it ships or was announced."""
    return ALERTS.get(fabric.spec.status or "", "")


def subtitle_with(words: Sequence[str], title: str, alert: str, size: float = SUBTITLE_SIZE) -> str:
    """Return what is said of a picture, and the title of the file behind it where letters of a size fit."""
    room = subtitle_room(alert)
    both = "; ".join([*words, title] if title else words)
    return both if width_of(both, size) <= room or not words else "; ".join(words)


def subtitle_room(alert: str) -> float:
    """Return how wide a subtitle may be beside what must not be overlooked."""
    return WIDTH - 2 * MARGIN - (width_of(alert, SMALLEST, bold=True) + 28 if alert else 0)


def finding(fabric: Fabric, roll_up: RollUp) -> str:
    """Return the finding of a whole fabric in one sentence, written from its totals."""
    if not roll_up.totals.links:
        return f"{count_words(roll_up.totals.gpus, 'GPU')}, no links" if roll_up.totals.gpus else "No links"
    return _finding_of_engines(fabric, roll_up) or _finding_of_others(fabric, roll_up)


def _finding_of_engines(fabric: Fabric, roll_up: RollUp) -> str:
    engines = engines_by_network(roll_up)
    if len(engines) > 1:
        (first, most), (second, fewer) = engines.most_common(2)
        ratio = format_decimal(Fraction(most, fewer), 2)
        words = f"{format_count(most)} {_plain(first)} and {format_count(fewer)} {_plain(second)} engines"
        return f"{words}: {ratio} to 1{_engines_each(roll_up, engines.total())}"
    if engines:
        return _per_gpu_finding(fabric, roll_up, engines.total(), "optical engine")
    return ""


def _finding_of_others(fabric: Fabric, roll_up: RollUp) -> str:
    copper, modules = copper_links(fabric), module_count(roll_up)
    if modules and copper:
        words = f"{format_count(copper)} copper links and {count_words(modules, 'module')}"
        return f"{words}{_rate_per_gpu(roll_up, modules, 'module')}"
    if modules:
        return _per_gpu_finding(
            fabric, roll_up, modules, "module" if roll_up.totals.gpus else "pluggable module"
        )
    if copper and not optics_possible(fabric):
        return f"{count_words(copper, 'copper link')}, no optics"
    noun = "link" if optics_possible(fabric) else "copper link"
    return _per_gpu_finding(fabric, roll_up, roll_up.totals.links, noun)


def _engines_each(roll_up: RollUp, count: int) -> str:
    gpus = roll_up.totals.gpus
    return f", {decimal_text(Fraction(count, gpus))} per GPU" if gpus else ""


def _per_gpu_finding(fabric: Fabric, roll_up: RollUp, count: int, noun: str) -> str:
    gpus = roll_up.totals.gpus
    for_whom = f" for {count_words(gpus, 'GPU')}" if gpus else _for_links(fabric, noun)
    return f"{count_words(count, noun)}{for_whom}{_rate_per_gpu(roll_up, count, '')}"


def _for_links(fabric: Fabric, noun: str) -> str:
    """Return for which links parts are; nothing where the links themselves are counted."""
    rates = {link.rate for link in fabric.links if link.count}
    if noun.endswith("link") or not rates:
        return ""
    count = sum(link.count for link in fabric.links)
    if len(rates) > 1:
        return f" for {count_words(count, 'link')}"
    return f" for {format_count(count)} x {format_rate(rates.pop())} link{'s' * (count > 1)}"


def _rate_per_gpu(roll_up: RollUp, count: int, noun: str) -> str:
    gpus = roll_up.totals.gpus
    return (
        f": {decimal_text(Fraction(count, gpus))} {noun + 's' if noun else ''}".rstrip() + " per GPU"
        if gpus
        else ""
    )


def engines_by_network(roll_up: RollUp) -> Counter[str]:
    """Return the engines fitted for each network."""
    found: Counter[str] = Counter()
    for row in roll_up.quantities:
        if row.line == "engine" and row.per == "pool":
            found[row.network] += row.qty
    return found


def spare_engines(roll_up: RollUp) -> int:
    """Return how many of the engines fitted carry no link."""
    return roll_up.totals.engines_fitted - roll_up.totals.engines_active


def spare_words(roll_up: RollUp, before: str = " (", after: str = ")") -> str:
    """Return how many of the engines carry no link, nothing where all do."""
    spare = spare_engines(roll_up)
    return f"{before}{format_count(spare)} spare{after}" if spare else ""


def module_count(roll_up: RollUp) -> int:
    """Return the modules plugged into cages at both ends of the links."""
    return sum(row.qty for row in roll_up.quantities if row.per == "end")


def copper_links(fabric: Fabric) -> int:
    """Return the links on copper cables and backplanes; those on a board are not counted."""
    return sum(link.count for link in fabric.links if _kind(fabric, link) == "copper")


def optics_possible(fabric: Fabric) -> bool:
    """Return whether some link is optical, or has no medium yet."""
    return any(_kind(fabric, link) in {"optical", ""} for link in fabric.links)


def _kind(fabric: Fabric, link: LinkGroup) -> str:
    return fabric.catalog.media[link.media[0]].kind if link.media else ""


def key_figures(fabric: Fabric, roll_up: RollUp) -> tuple[Figure, ...]:
    """Return at most five figures, per GPU where there are GPUs; one that does not apply is left out."""
    return tuple(_figures(fabric, roll_up))[:MOST_FIGURES]


def _figures(fabric: Fabric, roll_up: RollUp) -> Iterator[Figure]:
    totals, engines, modules = roll_up.totals, engines_by_network(roll_up), module_count(roll_up)
    if engines:
        parts = " + ".join(f"{format_count(count)} {_plain(name)}" for name, count in engines.most_common())
        parts = parts if len(engines) > 1 else spare_words(roll_up, "", "")
        fitted = {row.medium for row in roll_up.quantities if row.line == "engine" and row.per == "pool"}
        yield _counted(roll_up, engines.total(), "optical engines", _swatch(fabric, fitted), parts)
    if totals.els:
        fed = (row for row in roll_up.quantities if row.line == "els")
        inside = sum((lasers_in(fabric.catalog, row) for row in fed), Fraction(0))
        lasers = f"{decimal_text(inside)} lasers" if inside else ""
        yield _counted(roll_up, totals.els, "ELS", "els", lasers)
    if modules:
        yield _counted(roll_up, modules, "modules", "module")
    if totals.fibres:
        yield _counted(roll_up, totals.fibres, "data fibres", "ink")
    elif pairs := sum(links_pairs(fabric, link) or 0 for link in fabric.links):
        families = {one for link in fabric.links for one in link.media or () if links_pairs(fabric, link)}
        copper = _swatch(fabric, families)
        yield _bandwidth(fabric, roll_up, pairs, copper) or _counted(roll_up, pairs, "copper pairs", copper)
    yield from _money(fabric, roll_up)
    yield from _watts(fabric, roll_up)


def _swatch(fabric: Fabric, media: Iterable[str]) -> str:
    """Return the colour of what media carry together: that of their family, none if there are several."""
    families = {family_of(fabric.catalog.media[name]) for name in media}
    return families.pop() if len(families) == 1 else "ink"


def _bandwidth(fabric: Fabric, roll_up: RollUp, pairs: int, colour: str) -> Figure | None:
    """Return what a GPU has for scale-up, where its pairs are the links that the title counts already."""
    gpus = roll_up.totals.gpus
    if not gpus or pairs != roll_up.totals.links:
        return None
    bits = Fraction(sum(_gpu_ends(fabric, link) * link.rate for link in fabric.links), gpus)
    each = decimal_text(Fraction(pairs, gpus))
    if bits.denominator != 1 or not bits:
        return None
    return Figure(format_rate(int(bits)), f"each way per GPU, on {each} pairs of copper", colour)


def _gpu_ends(fabric: Fabric, link: LinkGroup) -> int:
    """Return how many ends of a group are at GPUs, for scale-up."""
    if link.network != "scale_up":
        return 0
    ends = [(block.count, end) for block in link.blocks for end in (block.a, block.b) if end]
    return sum(count for count, end in ends if fabric.groups[end.group].type.role == "gpu")


def _counted(roll_up: RollUp, count: int, noun: str, colour: str, more: str = "") -> Figure:
    gpus = roll_up.totals.gpus
    if not gpus:
        return Figure(format_count(count), f"{noun}, {more}".rstrip(", "), colour)
    inside = more if "+" in more else f"{format_count(count)}, {more}".rstrip(", ")
    return Figure(decimal_text(Fraction(count, gpus)), f"{noun} per GPU ({inside})", colour)


def _money(fabric: Fabric, roll_up: RollUp) -> Iterator[Figure]:
    """Yield what the interconnect costs, what that covers, and what of it has no price."""
    if not interconnect_priced(roll_up):
        return
    cost, share = roll_up.totals.cost_usd, roll_up.totals.gpus or 1
    each = "per GPU" if roll_up.totals.gpus else "in all"
    link = _each_link(fabric, roll_up, lambda links: _whole(cost.base / links))
    scope = f"{scope_words(fabric, roll_up)}, {LEFT_OUT}"
    lacking = unpriced_words(roll_up)
    tail = f"; plus, not priced: {', '.join(lacking)}" if lacking else ""
    yield Figure(f"USD {_whole(cost.base / share)}", f"{each}{_range(cost, share)}{link} for {scope}{tail}")


def of_all_racks(figures: Sequence[Figure], fabric: Fabric, drawn: int) -> tuple[Figure, ...]:
    """Return figures of a whole fabric beside ``drawn`` of its racks: counts say that they are of all."""
    racks = len(fabric.sites.racks)
    if drawn >= racks:
        return tuple(figures)
    said = f" in all {count_words(racks, 'rack')})"
    return tuple(
        replace(one, note=f"{one.note[:-1]}{said}") if TOTAL.search(one.note) else one for one in figures
    )


def _watts(fabric: Fabric, roll_up: RollUp) -> Iterator[Figure]:
    watts = roll_up.totals.power_w
    if not watts.base:
        return
    unknown = any(one.unknown for one in roll_up.totals.power if one.cost_scope == "interconnect")
    share = roll_up.totals.gpus or 1
    each = f"{'at least, ' if unknown else ''}{'per GPU' if roll_up.totals.gpus else 'in all'}"
    each += _each_link(fabric, roll_up, lambda links: f"{decimal_text(watts.base / links, 1)} W")
    yield Figure(f"{decimal_text(watts.base / share, 1)} W", f"{each} for {powered_words(fabric, roll_up)}")


def _each_link(fabric: Fabric, roll_up: RollUp, amount: Callable[[int], str]) -> str:
    """Return what a link takes of an amount, where all links are those of one switch and alike."""
    paths = {group.path[: box_depth(group)] for group in fabric.groups}
    switch = all(group.type.role in SWITCH_ROLES for group in fabric.groups)
    alike = len({(link.rate, link.media) for link in fabric.links}) == 1
    one = switch and alike and len(paths) == 1 and sum(map(count_of, paths)) == 1
    return f", {amount(roll_up.totals.links)} a link," if one and roll_up.totals.links else ""


def _range(value: Triple, share: int) -> str:
    if value.low is None or value.high is None or value.low >= value.high:
        return ""
    return f" ({_whole(value.low / share)} to {_whole(value.high / share)})"


def _whole(value: Fraction) -> str:
    return format_count(round(value))


def decimal_text(value: Fraction, places: int = 2) -> str:
    """Return a number with separators and a few decimals: one more where that makes it exact.

    >>> decimal_text(Fraction(11, 2)), decimal_text(Fraction(25344)), decimal_text(Fraction(9, 8))
    ('5.5', '25,344', '1.125')
    """
    places += (value * 10 ** (places + 1)).denominator == 1
    whole, dot, rest = format_decimal(value, places).partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _plain(network: str) -> str:
    return network.replace("_", "-")
