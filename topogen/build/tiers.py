"""Tiers: how far up a link stands, derived from who it joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.language.device import SWITCH_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.build.draft import Draft
    from topogen.model.links import LinkGroup


def tiers_of(draft: Draft) -> list[int]:
    """Return the tier of each link group: 0 on a board, 1 from an end to its first switch, and upward.

    A switch is as many tiers up as the shortest way to it from an end in its network; an external link is
    one above the highest of its device.
    """
    rank: dict[tuple[str, int], int] = {}
    joined = [_joined_groups(link) for link in draft.links]
    before = None
    while before != rank:
        before = dict(rank)
        for link, (a, b) in zip(draft.links, joined, strict=True):
            for group, other in [(a, b), (b, a)]:
                _raise_rank(draft, rank, link.network, (group, other))
    tiers = []
    for link, (a, b) in zip(draft.links, joined, strict=True):
        ranks = [rank.get((link.network, group), 0) for group in a | b]
        level = min(ranks) != max(ranks)
        tiers.append(0 if link.network == "board" else max(ranks) if level and b else max(ranks) + 1)
    number = {link.name: index for index, link in enumerate(draft.links)}
    return [tiers[number[draft.tier_of.get(link.name, link.name)]] for link in draft.links]


def _joined_groups(link: LinkGroup) -> tuple[set[int], set[int]]:
    a = {block.a.group for block in link.blocks}
    return a, {block.b.group for block in link.blocks if block.b}


def _raise_rank(
    draft: Draft, rank: dict[tuple[str, int], int], network: str, sides: tuple[set[int], set[int]]
) -> None:
    """Rank the switches of one side from what the other side is known to be."""
    near, far = sides
    known = [0 if not is_switch(draft, group) else rank.get((network, group)) for group in far]
    lowest = min((value for value in known if value is not None), default=None)
    if lowest is None:
        return
    for group in near:
        key = (network, group)
        if is_switch(draft, group) and rank.get(key, lowest + 2) > lowest + 1:
            rank[key] = lowest + 1


def endless_links(draft: Draft) -> Iterator[str]:
    """Yield the link groups that join only switches, in networks that also have links at other devices."""
    joined: dict[str, set[int]] = {}
    network: dict[str, str] = {}
    in_network: dict[str, bool] = {}
    for link in draft.links:
        groups = {end.group for block in link.blocks for end in (block.a, block.b) if end}
        joined.setdefault(link.base or link.name, set()).update(groups)
        network[link.base or link.name] = link.network
        others = not all(is_switch(draft, group) for group in groups)
        in_network[link.network] = in_network.get(link.network, False) or others
    for name, groups in joined.items():
        if in_network[network[name]] and all(is_switch(draft, group) for group in groups):
            yield name


def is_switch(draft: Draft, group: int) -> bool:
    """Return whether the devices of a group are switches."""
    return draft.tree.groups[group].type.role in SWITCH_ROLES
