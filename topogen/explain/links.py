"""Link groups: who is joined to whom and how often, what the links carry, what ends them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.cabling.cables import expanded_because
from topogen.explain.choices import choice_steps
from topogen.explain.lengths import length_steps, reach_steps
from topogen.explain.paths import path_formula
from topogen.explain.published import quoted_figures, quoted_lengths
from topogen.explain.steps import (
    Explanation,
    Origin,
    Section,
    Step,
    count_of,
    exact,
    source_location,
    unique,
)
from topogen.takeoff.derivation import evaluate, formula
from topogen.takeoff.link_ends import (
    end_rows,
    fibres_value,
    pairs_value,
    sides_of,
    terminals,
    value_by_ends,
    value_by_pairs,
)
from topogen.takeoff.pools import host_name
from topogen.units import MBPS_PER_GBPS, MBPS_PER_TBPS, format_rate_long, to_metres
from topogen.wiring import GENERATORS, link_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.catalog.model import Medium
    from topogen.errors import Path
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.derivation import Value
    from topogen.takeoff.link_ends import SideIndex
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp


def link_named(fabric: Fabric, name: str) -> LinkGroup:
    """Return the link group of a name."""
    return next(link for link in fabric.links if link.name == name)


def wiring_words(fabric: Fabric, link: LinkGroup) -> str:
    """Return what the pattern of a link group joins, and in which place it repeats."""
    words = f"{link.pattern}: {_joined(fabric, link)}"
    if link.outside:
        words += f' ("{link.outside}")'
    if link.within:
        place = host_name(fabric, link.blocks[0].a.group, link.within)
        words += f", in each {place}" if place == link.within else f", in each {link.within} ({place})"
    return words


def _joined(fabric: Fabric, link: LinkGroup) -> str:
    """Return what a link group joins: in the words of its pattern, or of the fabric that made it."""
    name, _, group = (link.base or link.name).partition("/")
    if name in fabric.spec.fabrics and link.pattern in GENERATORS:
        return fabric.spec.fabrics[name].joins(group)
    return link_pattern(link.pattern).joins


def link_steps(fabric: Fabric, names: Iterable[str]) -> Iterator[Step]:
    """Yield how many links some groups have, in a line or two each for those who came for a part."""
    links = [link_named(fabric, name) for name in dict.fromkeys(names)]
    yield from dict.fromkeys(step for link in links for step in _device_steps(fabric, link))
    for link in links:
        yield Step("links", link.name, pair_formula(fabric, link) or end_formula(fabric, link, 0))
        yield Step("", wiring_words(fabric, link))


def _device_steps(fabric: Fabric, link: LinkGroup) -> Iterator[Step]:
    """Yield where the devices of a link group come from, where all of that name take part."""
    groups = dict.fromkeys(terminal.group for side in sides_of(link) for _, terminal in terminals(link, side))
    chosen = [fabric.groups[index] for index in groups if not fabric.groups[index].role]
    for name, ending in _ending(fabric, link).items():
        here = [group for group in chosen if group.label == name]
        if here and sum(group.count for group in here) == ending:
            for group in here:
                yield Step("devices", "", path_formula(group.path, name))


def _ending(fabric: Fabric, link: LinkGroup) -> Counter[str]:
    """Return how many devices of each name end links of a group."""
    ports: Counter[tuple[str, str]] = Counter()
    for row in end_rows(fabric, link, sides_of(link)):
        ports[row.device, row.port] += row.devices
    found: Counter[str] = Counter()
    for (device, _), devices in ports.items():
        found[device] = max(found[device], devices)
    return found


# A link group by itself


def link_section(fabric: Fabric, link: LinkGroup) -> Section:
    """Return the count of a link group from both its sides."""
    steps = [
        Step(
            count_of(link.count, "link"),
            f"{link.name}: network {link.network}, tier {exact(link.tier)}",
            "",
            0,
        ),
        Step("wiring", wiring_words(fabric, link)),
    ]
    product = pair_formula(fabric, link)
    if product:
        steps.append(Step("links", "", product))
    for side in sides_of(link)[: 1 if link.joins_alike else 2]:
        where = " and ".join(dict.fromkeys(row.where for row in end_rows(fabric, link, (side,))))
        label = "both ends" if link.joins_alike else f"{'ab'[side]} end"
        steps.append(Step(label, f"at {where}", end_formula(fabric, link, side)))
    if why := expanded_because(fabric, link):
        steps.append(Step("counted", f"link by link: {why}"))
    if not link.has_b:
        steps.append(Step("b end", f'outside, "{link.outside}": shown, never bought'))
    equation = product or end_formula(fabric, link, 0)
    return Section(tuple(steps), equation, Fraction(link.count), (), link_origins(fabric, link))


def link_origins(fabric: Fabric, link: LinkGroup) -> tuple[Origin, ...]:
    """Return where a link group is written."""
    name = link.base or link.name
    path: Path = ("fabrics", name.partition("/")[0]) if "/" in name else ("links", name)
    return (source_location(fabric, path, wiring_words(fabric, link)),)


def explain_link(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
    """Return why a link group has so many links, what they carry, how long they are and what they need."""
    link = link_named(fabric, name)
    section = link_section(fabric, link)
    steps = (
        *_device_steps(fabric, link),
        *section.steps[1:],
        *_rate_steps(fabric, link),
        *_media_steps(fabric, link),
        *choice_steps(link),
    )
    return Explanation(
        f"{name} in {fabric.name}{scenario(fabric)}: {count_of(link.count, 'link')}",
        section.steps[0].text.partition(": ")[2],
        (*steps, *length_steps(fabric, link), *_owned_steps(rollup, link), *_published(fabric, name)),
        (f"{name}: {section.equation}", *_further(fabric, link)),
        unique((*section.sources, *_medium_origins(fabric, link))),
    )


def _published(fabric: Fabric, name: str) -> Iterator[Step]:
    for kind in ("links", "pairs", "fibres"):
        yield from quoted_figures(fabric, kind, (name,))
    yield from quoted_lengths(fabric, name)


def scenario(fabric: Fabric) -> str:
    """Return the scenario as it follows the name of a fabric."""
    return f", scenario {fabric.scenario}" if fabric.scenario else ""


def _rate_steps(fabric: Fabric, link: LinkGroup) -> Iterator[Step]:
    total = Fraction(link.rate * link.count, MBPS_PER_TBPS)
    one_way = exact(Fraction(link.rate, MBPS_PER_GBPS))
    words = ""
    if link.lanes and link.lane_rate:
        each = exact(Fraction(link.lane_rate, MBPS_PER_GBPS))
        words = f"{count_of(link.lanes, 'lane')} x {each} Gb/s = {one_way} Gb/s per direction"
    yield Step("rate", "" if words else f"{one_way} Gb/s per direction, lanes not known", words)
    tera = f"{count_of(link.count, 'link')} x {exact(Fraction(link.rate, MBPS_PER_TBPS))} Tb/s"
    yield Step("", "", f"{tera} = {exact(total)} Tb/s per direction")
    for words in (fibre_formula(fabric, link), pair_count_formula(fabric, link)):
        if words:
            yield Step(words.split()[-1], "", words)


def _further(fabric: Fabric, link: LinkGroup) -> tuple[str, ...]:
    found = fibre_formula(fabric, link), pair_count_formula(fabric, link)
    return tuple(f"{link.name}: {words}" for words in found if words)


def fibre_formula(fabric: Fabric, link: LinkGroup) -> str:
    """Return the data fibres of a link group as a product, nothing where it has none."""
    value = fibres_value(fabric, link)
    return _counted(value, "fibre") if value else ""


def pair_count_formula(fabric: Fabric, link: LinkGroup) -> str:
    """Return the differential pairs of a link group as a product, nothing where it has none."""
    value = pairs_value(fabric, link)
    return _counted(value, "pair") if value else ""


def pair_formula(fabric: Fabric, link: LinkGroup) -> str:
    """Return the links of a group as scopes x a x b x links per pair, nothing where it is no such product."""
    value = value_by_pairs(fabric, link)
    return _counted(value, "link") if value else ""


def end_formula(fabric: Fabric, link: LinkGroup, side: SideIndex) -> str:
    """Return the links of a group as devices x links each, seen from one side."""
    return _counted(value_by_ends(fabric, link, side), "link")


def _counted(value: Value, unit: str) -> str:
    return f"{formula(value)} = {count_of(evaluate(value), unit)}"


def _media_steps(fabric: Fabric, link: LinkGroup) -> Iterator[Step]:
    if link.media is None:
        yield Step("medium", "none is named: the links are counted, nothing is bought for them")
        return
    a, b = link.media
    if a == b:
        yield Step("medium", medium_words(fabric.catalog.media[a]))
    else:
        yield Step("medium", f"a end {medium_words(fabric.catalog.media[a])}")
        yield Step("", f"b end {medium_words(fabric.catalog.media[b])}")
        yield Step("", "what belongs to the link and its lanes comes from the a end")
    for name in dict.fromkeys(link.media):
        yield from reach_steps(link, fabric.catalog.media[name], "" if a == b else f"{name}, ")


def medium_words(medium: Medium) -> str:
    """Return what a medium is, in a few words."""
    speaks = f", interface {medium.interface}" if medium.interface else ""
    return f"{medium.id}: {medium.kind}{speaks}"


def _medium_origins(fabric: Fabric, link: LinkGroup) -> Iterator[Origin]:
    for name in dict.fromkeys(link.media or ()):
        medium = fabric.catalog.media[name]
        reach = ", ".join(
            f"{exact(to_metres(mm))} m at {format_rate_long(rate)} a lane"
            for rate, mm in (medium.reach_mm or {}).items()
        )
        if reach:
            yield source_location(fabric, ("catalog", "media", name, "reach_m"), reach)


def _owned_steps(rollup: RollUp, link: LinkGroup) -> Iterator[Step]:
    """Yield which parts these links own or draw on; each is explained by its own name."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rollup.quantities:
        if link.name in row.groups and row.qty:
            found[_owned_words(row, link)] += row.qty
    label = "parts"
    for (part, owner), qty in found.items():
        yield Step(label, f"{exact(qty)} {part} ({owner})")
        label = ""


def _owned_words(row: Quantity, link: LinkGroup) -> tuple[str, str]:
    length = f" of {exact(to_metres(row.length_mm))} m" if row.length_mm is not None else ""
    others = " and ".join(name for name in row.groups if name != link.name)
    owner = f"{row.per} at {row.classes[0].host}" if row.per == "end" else row.per
    return (row.part or f"without a part, {row.gap}") + length, owner + (
        f", shared with {others}" if others else ""
    )
