"""Why a fat tree has so many switches: the steps of its sizes, for one plane."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.model.fabric import SizeStep
from topogen.units import format_count
from topogen.wiring.block import PatternError
from topogen.wiring.fat_tree.pairs import PAIR, leaves_needed
from topogen.wiring.fat_tree.sizes import ROLES, size_tiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.wiring.fat_tree.links import UnevenTier
    from topogen.wiring.fat_tree.sizes import Leaves, Ports, Tier
    from topogen.wiring.fat_tree.spec import FatTree
    from topogen.wiring.plan import EndPoints


def why_leaves(ends: EndPoints, leaves: Leaves, spec: FatTree) -> tuple[SizeStep, ...]:
    """Return the steps of units x rails x ceil(links of the fullest rail of a unit / ports down)."""
    links, rails_by = ends.fullest_links, spec.rails_by
    in_rail = leaves_needed(ends, leaves.down) if leaves.paired else -(-links // leaves.down)
    needed = leaves.units * leaves.rails * in_rail
    rails = (
        f"one rail per position in its {rails_by} (rails_by)" if rails_by else "no rails: one for all ends"
    )
    fullest = f"{_count(links, 'host link')} on the fullest"
    units = f"{_count(leaves.units, 'unit')} x " if leaves.units > 1 else ""
    each = f"ceil({_count(links, 'link')} / {_count(leaves.down, 'port')} down)"
    if leaves.paired:
        each = f"{_pairs(ends, leaves)} x {PAIR}"
    formula = f"{units}{_count(leaves.rails, 'rail')} x {each} = {format_count(needed)} leaf"
    steps = SizeStep("rails", f"{rails}, {fullest}"), SizeStep("count", "", formula)
    if needed == leaves.count:
        return steps
    stated = f"{format_count(leaves.count)} leaf, as the file states"
    return steps[0], SizeStep("at least", "", formula), SizeStep("count", stated)


def _pairs(ends: EndPoints, leaves: Leaves) -> str:
    """Return how many pairs of leaves a rail of a unit needs: by formula where all ends are alike."""
    if ends.each is None:
        room = leaves.down // (ends.ports // PAIR)
        return f"ceil({_count(ends.fullest, 'end')} / {_count(room, 'end')} a pair)"
    return _count(leaves_needed(ends, leaves.down) // PAIR, "pair")


def why_even(leaves: Leaves, tiers: Sequence[Tier], above: Sequence[Ports]) -> list[tuple[SizeStep, ...]]:
    """Return the steps of tiers of pods alike, a list per tier."""
    found: list[tuple[SizeStep, ...]] = []
    up = leaves.up
    for roles, tier, ports in zip(pairwise(ROLES), tiers, above, strict=False):
        found.append(tuple(_even_steps(roles, tier, up, ports)))
        up = tier.up
    return found


def why_wired(
    leaves: Leaves, above: Sequence[Ports], spines: int | None, *, full_mesh: bool
) -> tuple[SizeStep, ...]:
    """Return how the spines are joined to the cores, and what the other wiring takes at automatic size."""
    names = ("planes", "full mesh") if full_mesh else ("full mesh", "planes")
    try:
        tier = size_tiers(leaves, above, (spines, None), full_mesh=not full_mesh)[-1]
    except PatternError as refused:
        return (SizeStep("wiring", f"{names[1]}; {names[0]} cannot be built: {refused.message}"),)
    links = f"{_count(tier.per_pair, 'link')} to each of {_count(tier.group, 'core')} it meets"
    return (
        SizeStep("wiring", f"{names[1]}; {names[0]} would take {_count(tier.switches, 'core')}, {links}"),
    )


def _even_steps(roles: tuple[str, str], tier: Tier, up: int, ports: Ports) -> list[SizeStep]:
    lower, upper = roles
    needed = max(1, -(-tier.joined * up // ports.down))
    below, count = f"{format_count(tier.joined)} {lower}", "count"
    if tier.pods * tier.width > 1:
        below, count = f"{below} of a group", "per group"
    least = (
        f"ceil({below} x {_count(up, 'link')} up / {_count(ports.down, 'port')} per {upper}) = "
        f"{format_count(needed)} {upper}"
    )
    steps = [SizeStep(count if needed == tier.group else "at least", "", least)]
    if needed != tier.group:
        each = f"{_count(up, 'link')} up / {_count(tier.per_pair, 'link')} to each {upper}"
        steps.append(SizeStep(count, f"every {lower} has equally many to every {upper}"))
        steps.append(SizeStep(count, "", f"{each} = {format_count(tier.group)} {upper}"))
    if tier.pods * tier.width > 1:
        pods = (
            f"{_count(tier.pods, 'pod')} x {_count(tier.width, 'group')} x {format_count(tier.group)} {upper}"
        )
        steps.append(SizeStep("count", "", f"{pods} = {format_count(tier.switches)} {upper}"))
    return steps


def why_dealt(tiers: Sequence[UnevenTier], above: Sequence[Ports]) -> list[tuple[SizeStep, ...]]:
    """Return the steps of tiers whose links are dealt in turn, a list per tier."""
    found: list[tuple[SizeStep, ...]] = []
    for upper, tier, ports in zip(ROLES[1:], tiers, above, strict=False):
        holds = ports.down
        needed = max(1, -(-len(tier.lower) // holds))
        links = f"{_count(len(tier.lower), 'link')} from below / {_count(holds, 'port')} per {upper}"
        formula = f"ceil({links}) = {format_count(needed)} {upper}"
        stated = SizeStep("count", f"{format_count(tier.switches)} {upper}, as the file states")
        least = SizeStep("count" if needed == tier.switches else "at least", "", formula)
        found.append((least,) if needed == tier.switches else (least, stated))
    return found


def _count(count: int, noun: str) -> str:
    return f"{format_count(count)} {noun}{'' if count == 1 else 's'}"
