"""A medium for every link: policies and exceptions split a link group into groups of one medium.

What is the same for all links of a group stays closed; of a group with a policy or an override one of all
scopes alike is looked at, link by link.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import Problems
from topogen.media.best import grant_best
from topogen.media.by_cage import grant_by_cage, may_split_cages
from topogen.media.links import Assignment, Assignments, links_of
from topogen.media.overrides import (
    grant_exceptions,
    matched_overrides,
    overrides_of,
    refuse_idle_overrides,
    refuse_unmatched,
    stated_lengths,
)
from topogen.media.rules import grant_by_rules, warn_of_unused
from topogen.media.scope_classes import classified_scopes
from topogen.media.split import parts_of, renumbered
from topogen.model.expand import expand

if TYPE_CHECKING:
    from topogen.media.links import Links
    from topogen.media.rules import Used
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


def choose_media(fabric: Fabric, problems: Problems) -> Fabric:
    """Return the fabric with link groups that have a policy or an override split by what their links got."""
    refuse_idle_overrides(fabric, problems)
    problems.raise_errors()
    used: Used = {}
    parts: list[list[LinkGroup]] = []
    matched: set[int] = set()
    for group in fabric.links:
        if not _is_open(fabric, group):
            parts.append([group])
            continue
        links, granted = _granted_by_cage(fabric, group, used, problems)
        matched |= matched_overrides(links)
        parts.append(list(parts_of(links, grant_exceptions(links, granted))))
    refuse_unmatched(fabric, matched, problems)
    warn_of_unused(fabric, used, problems)
    return fabric if parts == [[group] for group in fabric.links] else renumbered(fabric, parts)


def _granted_by_cage(
    fabric: Fabric, group: LinkGroup, used: Used, problems: Problems
) -> tuple[Links, Assignments]:
    """Return links of a group and what they are given: every link, where cages would be split."""
    links = _looked_at(fabric, group)
    granted = _granted_links(links, used, problems)
    if _policy_of(fabric, group) is None or not may_split_cages(fabric, group, granted):
        return links, granted
    if int(links.copies.max()) > 1:
        links = _looked_at(fabric, group, each=True)
        granted = _granted_links(links, {}, Problems())  # what is to be said of them has been said
    return links, grant_by_cage(links, granted)


def _looked_at(fabric: Fabric, group: LinkGroup, *, each: bool = False) -> Links:
    """Return links of a group that stand for all of them, or ``each`` of them."""
    policy = fabric.spec.policies.get(_policy_of(fabric, group) or "")
    levels = {rule.same for rule in policy.rules if rule.same} if policy else set()
    overrides = [override for _, override in overrides_of(fabric, group)]
    scopes = classified_scopes(fabric, group, overrides, sorted(levels), each=each)
    columns = expand(fabric, replace(group, blocks=tuple(one.representatives for one in scopes)))
    return links_of(fabric, group, scopes, columns, stated_lengths(fabric, group, columns))


def _is_open(fabric: Fabric, group: LinkGroup) -> bool:
    """Return whether links of a group may end up with different media or lengths."""
    named = {override.links for override in fabric.spec.overrides}
    return bool(named & {group.name, group.base, group.network}) or _policy_of(fabric, group) is not None


def _policy_of(fabric: Fabric, group: LinkGroup) -> str | None:
    name = group.media[0] if group.media else None
    return name if name in fabric.spec.policies else None


def _granted_links(links: Links, used: Used, problems: Problems) -> Assignments:
    """Return what each link is given: by its group, or by the policy of its group."""
    policy = _policy_of(links.fabric, links.group)
    if policy is None:
        return Assignments([Assignment(links.group.media)], np.zeros(len(links.columns), np.int64))
    if (choice := links.fabric.spec.policies[policy].choice) is not None:
        return grant_best(links, policy, choice, problems)
    return grant_by_rules(links, policy, used, problems)
