"""A medium for every link: rules and exceptions split a link group into groups of one medium.

What is the same for all links of a group stays closed; only a group with a policy or an override is looked
at link by link, as columns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cables import BASIS_CODES, UNKNOWN_MM, link_lengths
from topogen.expand import OUTSIDE, Columns, expand
from topogen.fabric import Fabric, Ints, LengthClass, LinkBlock, LinkGroup, Terminal, place_ids
from topogen.layout import merge_lengths
from topogen.select import SelectionError, mark_devices
from topogen.units import format_count, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from topogen.errors import Problems
    from topogen.fabric import DeviceGroup
    from topogen.spec import OverrideSpec, RuleSpec
    from topogen.units import Condition

    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Choice:
    """What each link of a group was given: arrays of shape (links,).

    ``medium`` indexes ``media`` (pairs of the a and b medium), ``stated_mm`` is -1 where nothing is stated.
    """

    media: list[tuple[str, str] | None]
    medium: Ints
    stated_mm: Ints


def choose_media(fabric: Fabric, problems: Problems) -> Fabric:
    """Return the fabric with link groups that have a policy or an override split by what their links got."""
    used: dict[str, Ints] = {}
    links: list[LinkGroup] = []
    moved: dict[int, list[tuple[int, Ints, Columns]]] = {}
    for index, group in enumerate(fabric.links):
        if not _is_open(fabric, group):
            moved[index] = []
            links.append(group)
            continue
        columns = expand(fabric, group)
        choice = _choose(fabric, group, columns, (used, problems))
        parts = list(_parts(fabric, group, columns, choice))
        moved[index] = [(len(links) + turn, rows, columns) for turn, (_, rows) in enumerate(parts)]
        links += [part for part, _ in parts]
    _warn_of_unused(fabric, used, problems)
    _refuse_idle_overrides(fabric, problems)
    return fabric if links == list(fabric.links) else _renumbered(fabric, links, moved)


def _is_open(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether links of a group may end up with different media or lengths."""
    named = {override.links for override in fabric.spec.overrides}
    return bool(named & {group.name, group.network}) or _policy_of(fabric, group) is not None


def _policy_of(fabric: Fabric, group: LinkGroup) -> str | None:
    name = group.media[0] if group.media else None
    return name if name in fabric.spec.policies else None


# Rules


def _choose(
    fabric: Fabric, group: LinkGroup, columns: Columns, notes: tuple[dict[str, Ints], Problems]
) -> _Choice:
    used, problems = notes
    policy = _policy_of(fabric, group)
    if policy is None:
        choice = _Choice([group.media], np.zeros(len(columns), np.int64), np.full(len(columns), -1))
    else:
        rules = fabric.spec.policies[policy].rules
        rule = _rule_of_links(fabric, group, columns, rules)
        counts = np.bincount(rule[rule >= 0], minlength=len(rules))
        used[policy] = used.get(policy, np.zeros(len(rules), np.int64)) + counts
        _refuse_unmatched(fabric, (group, policy), (columns, rule), problems)
        media = list(dict.fromkeys((one.use, one.use) for one in rules))
        index = np.array([media.index((one.use, one.use)) for one in rules])
        choice = _Choice([*media], index[np.maximum(rule, 0)], np.full(len(columns), -1))
    for override in fabric.spec.overrides:
        if override.links in (group.name, group.network):
            choice = _overridden(fabric, columns, choice, override)
    return choice


def _rule_of_links(fabric: Fabric, group: LinkGroup, columns: Columns, rules: Sequence[RuleSpec]) -> Ints:
    """Return the first rule that each link matches, -1 without one."""
    length, _ = link_lengths(fabric, group, columns)
    found = np.full(len(columns), -1, np.int64)
    for number, rule in enumerate(rules):
        found[(found < 0) & _matches(fabric, group, (columns, length), rule)] = number
    return found


def _matches(fabric: Fabric, group: LinkGroup, links: tuple[Columns, Ints], rule: RuleSpec) -> Bools:
    columns, length = links
    matches = np.full(len(columns), rule.network in (None, group.network))
    if rule.length is not None:
        matches &= (length != UNKNOWN_MM) & _holds(rule.length, length, 1000)
    if rule.lane_rate is not None:
        rate = np.full(len(columns), group.lane_rate or 0, np.int64)
        matches &= (rate > 0) & _holds(rule.lane_rate, rate, 1000)
    if rule.same is not None:
        matches &= _same_place(fabric, columns, rule.same)
    return matches


def _holds(condition: Condition, values: Ints, scale: int) -> Bools:
    """Return where a condition holds for whole numbers of 1/``scale`` of its unit."""
    kinds, index = np.unique(values, return_inverse=True)
    return np.array([condition.holds(Fraction(int(kind), scale)) for kind in kinds])[index]


def _same_place(fabric: Fabric, columns: Columns, level: str) -> Bools:
    """Return which links have both ends in one place of a level."""
    place = np.full(fabric.n_devices + 1, OUTSIDE, np.int64)
    for group in fabric.groups:
        ids = place_ids(fabric, group, level)
        if ids is not None:
            place[group.first : group.first + group.count] = ids
    return np.asarray((place[columns.a] == place[columns.b]) & (place[columns.a] != OUTSIDE))


def _refuse_unmatched(
    fabric: Fabric, at: tuple[LinkGroup, str], links: tuple[Columns, Ints], problems: Problems
) -> None:
    (group, policy), (columns, rule) = at, links
    left = np.flatnonzero(rule < 0)
    if not len(left):
        return
    length, _ = link_lengths(fabric, group, columns)
    first = int(length[left[0]])
    example = "of unknown length" if first == UNKNOWN_MM else format_length(first)
    rate = f", {format_rate_long(group.lane_rate)} a lane" if group.lane_rate else ""
    count = format_count(len(left))
    message = f'{count} links of "{group.name}" match no rule of "{policy}" (e.g. {example}{rate})'
    problems.add(
        "E302", message, ("policies", policy), "end the list with a rule without conditions: {use: ...}"
    )


def _warn_of_unused(fabric: Fabric, used: dict[str, Ints], problems: Problems) -> None:
    for policy, counts in used.items():
        for number in np.flatnonzero(counts == 0).tolist():
            use = fabric.spec.policies[policy].rules[number].use
            message = f'rule {number + 1} of "{policy}" (use: {use}) matched no link'
            problems.add(
                "W303",
                message,
                ("policies", policy, str(number)),
                "remove it, or look at the rules before it",
            )


# Overrides


def _overridden(fabric: Fabric, columns: Columns, choice: _Choice, override: OverrideSpec) -> _Choice:
    """Return the choice with what one override says of the links it names; both ends get its medium."""
    rows = _named_links(fabric, columns, override)
    stated = (
        np.where(rows, override.length, choice.stated_mm) if override.length is not None else choice.stated_mm
    )
    if override.medium is None:
        return replace(choice, stated_mm=stated)
    media = list(dict.fromkeys([*choice.media, (override.medium, override.medium)]))
    index = media.index((override.medium, override.medium))
    return _Choice(media, np.where(rows, index, choice.medium), stated)


def _named_links(fabric: Fabric, columns: Columns, override: OverrideSpec) -> Bools:
    if override.between is not None:
        one, two = (mark_devices(fabric.groups, selector) for selector in override.between)
        return np.asarray((one[columns.a] & two[columns.b]) | (two[columns.a] & one[columns.b]))
    everywhere = np.ones(fabric.n_devices + 1, bool)
    here = mark_devices(fabric.groups, override.at) if override.at is not None else everywhere
    return np.asarray(here[columns.a] | here[columns.b])


def _refuse_idle_overrides(fabric: Fabric, problems: Problems) -> None:
    """Note overrides that name no link group, or devices that are not there."""
    known = {name for group in fabric.links for name in (group.name, group.network)}
    for number, override in enumerate(fabric.spec.overrides):
        at = ("overrides", str(number))
        if override.links not in known:
            hint = f"link groups here: {', '.join(sorted(known))}"
            problems.add("E203", f'there is no link group "{override.links}"', (*at, "links"), hint)
        for selector in (override.at, *(override.between or ())):
            try:
                _ = mark_devices(fabric.groups, selector) if selector else None
            except SelectionError as error:
                problems.add("E203", error.message, at, error.hint)


# Parts


def _parts(
    fabric: Fabric, group: LinkGroup, columns: Columns, choice: _Choice
) -> Iterator[tuple[LinkGroup, Ints]]:
    """Yield one link group for each medium and stated length that links got, with the rows of its links."""
    keys = choice.medium * (int(choice.stated_mm.max()) + 2) + choice.stated_mm + 1
    kinds, first = np.unique(keys, return_index=True)
    lengths = link_lengths(fabric, group, columns)
    for kind, row in sorted(zip(kinds.tolist(), first.tolist(), strict=True)):
        rows = np.flatnonzero(keys == kind)
        media, stated = choice.media[int(choice.medium[row])], int(choice.stated_mm[row])
        name = group.name if len(kinds) == 1 else f"{group.name}/{_words(media, stated)}"
        yield (
            replace(
                group,
                name=name,
                base=group.base or group.name,
                media=media,
                length_mm=group.length_mm if stated < 0 else stated,
                within=group.within if len(kinds) == 1 else None,
                blocks=group.blocks if len(kinds) == 1 else tuple(_blocks(fabric, columns, rows)),
                lengths=_length_classes(fabric, group, (columns, rows), (*lengths, stated)),
            ),
            rows,
        )


def _words(media: tuple[str, str] | None, stated: int) -> str:
    medium = "+".join(dict.fromkeys(media)) if media else "none"
    return medium if stated < 0 else f"{medium}_{stated}mm"


def _blocks(fabric: Fabric, columns: Columns, rows: Ints) -> Iterator[LinkBlock]:
    """Yield the links of some rows as they are, one block for each block they come from."""
    for block, span in columns.blocks:
        own = rows[(rows >= span.start) & (rows < span.stop)]
        if len(own):
            a = _listed(fabric.groups, block.a, (columns.a[own], columns.a_port[own]))
            b = block.b and _listed(fabric.groups, block.b, (columns.b[own], columns.b_port[own]))
            yield LinkBlock((len(own),), a, b)


def _listed(groups: Sequence[DeviceGroup], terminal: Terminal, ends: tuple[Ints, Ints]) -> Terminal:
    device, port = (values.astype(np.int64) for values in ends)
    group = groups[terminal.group]
    ports = np.arange(group.type.ports[terminal.port].count, dtype=np.int64)
    return Terminal(
        terminal.group, terminal.port, np.zeros(1, np.int64), 0, device - group.first, (port,), ports
    )


def _length_classes(
    fabric: Fabric, group: LinkGroup, links: tuple[Columns, Ints], lengths: tuple[Ints, Ints, int]
) -> tuple[LengthClass, ...]:
    (columns, rows), (length, basis, stated) = links, lengths
    if stated >= 0:
        length, basis = np.full_like(length, stated), np.full_like(basis, BASIS_CODES.index("stated"))
    classes = []
    for block, span in columns.blocks:
        own = rows[(rows >= span.start) & (rows < span.stop)]
        a, b = (fabric.groups[end.group].label if end else group.outside for end in (block.a, block.b))
        kinds, counts = np.unique(length[own] * len(BASIS_CODES) + basis[own], return_counts=True)
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            mm, how = divmod(kind, len(BASIS_CODES))
            classes.append(LengthClass(a, b, None if mm == UNKNOWN_MM else mm, BASIS_CODES[how], count))
    return merge_lengths(classes)


def _renumbered(
    fabric: Fabric, links: list[LinkGroup], moved: dict[int, list[tuple[int, Ints, Columns]]]
) -> Fabric:
    """Return the fabric with its port maps naming the new link groups."""
    start = {group.base or group.name: index for index, group in reversed(list(enumerate(links)))}
    table = np.array([2 * start[group.name] + side for group in fabric.links for side in (0, 1)] + [-1])
    ports = {key: table[used] for key, used in fabric.ports.items()}
    for parts in moved.values():
        for index, rows, columns in parts[1:]:
            _hand_over(fabric, ports, (index, links[index]), (rows, columns))
    return replace(fabric, links=tuple(links), ports=ports)


def _hand_over(
    fabric: Fabric,
    ports: dict[tuple[int, int], Ints],
    part: tuple[int, LinkGroup],
    links: tuple[Ints, Columns],
) -> None:
    """Enter the ports of some links in the maps under the number of their new group."""
    (index, group), (rows, columns) = part, links
    for block, span in columns.blocks:
        own = rows[(rows >= span.start) & (rows < span.stop)]
        ends = ((block.a, columns.a, columns.a_port, 0), (block.b, columns.b, columns.b_port, 1))
        for terminal, device, port, side in ends:
            if terminal is None or not len(own):
                continue
            key, owner = (terminal.group, terminal.port), fabric.groups[terminal.group]
            if ports[key].ndim == 1:
                ports[key] = np.repeat(ports[key][None, :], owner.count, axis=0)
            user = 2 * index + (0 if group.joins_alike else side)
            ports[key][device[own] - owner.first, port[own]] = user
