"""A policy as an ordered list of rules: the first whose conditions hold gives a link its medium."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from topogen.media.links import Assignment, Assignments
from topogen.model.expand import OUTSIDE
from topogen.model.fabric import place_ids
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.model.links import Rejection
from topogen.units import MBPS_PER_GBPS, MM_PER_M, format_count, format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.conditions import Condition
    from topogen.errors import Problems
    from topogen.language.topology import RuleSpec
    from topogen.media.links import Links
    from topogen.model.arrays import Bools, Ints
    from topogen.model.fabric import Fabric

    Used: TypeAlias = dict[str, Ints]
    """How many links each rule of a policy matched."""


def grant_by_rules(links: Links, policy: str, used: Used, problems: Problems) -> Assignments:
    """Return what the first rule that holds gives each link; a link that none takes is noted."""
    rules = links.fabric.spec.policies[policy].rules
    rule = _rule_of_links(links, rules)
    counts = used.setdefault(policy, np.zeros(len(rules), np.int64))
    np.add.at(counts, rule[rule >= 0], links.copies[rule >= 0])
    _refuse_unmatched(links, policy, rule, problems)
    grants = [_grant_of_rule(policy, rules, number) for number in range(len(rules))]
    return Assignments(grants, np.maximum(rule, 0))


def _grant_of_rule(policy: str, rules: Sequence[RuleSpec], number: int) -> Assignment:
    passed = enumerate(rules[:number], start=1)
    rejected = [
        Rejection(rule.use, f"rule {turn} does not apply: {_rule_words(rule)}") for turn, rule in passed
    ]
    use = rules[number].use
    return Assignment(
        (use, use), f"{policy}, rule {number + 1}: {_rule_words(rules[number])}", tuple(rejected)
    )


def _rule_words(rule: RuleSpec) -> str:
    """Return the conditions of a rule as they are written."""
    return ", ".join(_conditions(rule)) or "otherwise"


def _conditions(rule: RuleSpec) -> Iterator[str]:
    for key in ("length", "lane_rate", "same", "network"):
        if (wanted := getattr(rule, key)) is not None:
            yield f"{key} {wanted}"


def _rule_of_links(links: Links, rules: Sequence[RuleSpec]) -> Ints:
    """Return the first rule that each link matches, -1 without one."""
    found = np.full(len(links.columns), -1, np.int64)
    for number, rule in enumerate(rules):
        found[(found < 0) & _matches(links, rule)] = number
    return found


def _matches(links: Links, rule: RuleSpec) -> Bools:
    group, length = links.group, links.length
    matches = np.full(len(length), rule.network in (None, group.network))
    if rule.length is not None:
        matches &= (length != UNKNOWN_MM) & _condition_holds(rule.length, length, MM_PER_M)
    if rule.lane_rate is not None:
        rate = np.full(len(length), group.lane_rate or 0, np.int64)
        matches &= (rate > 0) & _condition_holds(rule.lane_rate, rate, MBPS_PER_GBPS)
    if rule.same is not None:
        matches &= _same_place(links, rule.same)
    return matches


def _condition_holds(condition: Condition, values: Ints, scale: int) -> Bools:
    """Return where a condition holds for whole numbers of 1/``scale`` of its unit."""
    kinds, index = np.unique(values, return_inverse=True)
    return np.array([condition.holds(Fraction(int(kind), scale)) for kind in kinds])[index]


def _same_place(links: Links, level: str) -> Bools:
    """Return which links have both ends in one place of a level."""
    fabric, columns = links.fabric, links.columns
    place = np.full(fabric.n_devices + 1, OUTSIDE, np.int64)
    for group in fabric.groups:
        ids = place_ids(fabric, group, level)
        if ids is not None:
            place[group.first : group.first + group.count] = ids
    return np.asarray((place[columns.a] == place[columns.b]) & (place[columns.a] != OUTSIDE))


def _refuse_unmatched(links: Links, policy: str, rule: Ints, problems: Problems) -> None:
    left = np.flatnonzero(rule < 0)
    if not len(left):
        return
    group, first = links.group, int(links.length[left[0]])
    example = "of unknown length" if first == UNKNOWN_MM else format_length(first)
    rate = f", {format_rate_long(group.lane_rate)} per lane" if group.lane_rate else ""
    count = format_count(int(links.copies[left].sum()))
    message = f'{count} links of "{group.name}" match no rule of "{policy}" (e.g. {example}{rate})'
    problems.add("E302", message, ("policies", policy), "add a last rule without conditions: {use: MEDIUM}")


def warn_of_unused(fabric: Fabric, used: Used, problems: Problems) -> None:
    """Warn of rules that matched no link."""
    for policy, counts in used.items():
        for number in np.flatnonzero(counts == 0).tolist():
            use = fabric.spec.policies[policy].rules[number].use
            message = f'rule {number + 1} of "{policy}" (use: {use}) matched no link'
            problems.add(
                "W303",
                message,
                ("policies", policy, str(number)),
                "remove it, or check the rules before it",
            )
