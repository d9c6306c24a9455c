"""Rails with tiers of their own above the leaves: one rail is planned, the others are copies of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.model.fabric import SizeStep
from topogen.model.runs import arange
from topogen.units import format_count
from topogen.wiring.block import Block, PatternError, repeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Ints
    from topogen.wiring.fat_tree.sizes import Leaves
    from topogen.wiring.fat_tree.spec import FatTree


def one_rail(spec: FatTree, leaves: Leaves) -> tuple[FatTree, Leaves]:
    """Return the leaves of one rail, numbered unit by unit, and the keys with its share of the switches."""
    shares = {}
    for key in ("spines", "cores"):
        stated = getattr(spec, key)
        if stated is None:
            continue
        shares[key], rest = divmod(stated, leaves.rails)
        if rest or not shares[key]:
            message = f"{key}: {stated:,} cannot be divided among {leaves.rails:,} rails"
            raise PatternError("E757", message, f"{key}: a multiple of {leaves.rails}, or leave {key} out")
    return spec.model_copy(update=shares), replace(leaves, rails=1)


def refused_in_rail(refused: PatternError, spec: FatTree, rails: int) -> PatternError:
    """Return why one rail cannot be built, as said of the fabric, whose numbers are of all rails."""
    keys = [key for key in ("spines", "cores") if getattr(spec, key) is not None]
    hint = f"leave {' and '.join(keys)} out" if keys else refused.hint
    return PatternError(refused.code, f"each of {rails:,} rails by itself: {refused.message}", hint)


def for_each_rail(
    links: Sequence[tuple[Block, ...]], leaves: Leaves, above: Sequence[int]
) -> list[tuple[Block, ...]]:
    """Return the links above the leaves in every rail, from those of one; ``above`` counts its switches.

    Switches above the leaves are numbered rail by rail, leaves unit by unit and in it rail by rail.
    """
    found: list[tuple[Block, ...]] = []
    for tier, blocks in enumerate(links):
        if not tier:
            found.append(tuple(made for block in blocks for made in _from_leaves(block, leaves, above[0])))
            continue
        lower, upper = (arange(leaves.rails, above[at]) for at in (tier - 1, tier))
        found.append(tuple(_copies(block, lower, upper) for block in blocks))
    return found


def _from_leaves(block: Block, leaves: Leaves, spines: int) -> Iterator[Block]:
    """Yield the links of the leaves of every rail; a copy apart where leaves are not numbered alike."""
    unit, turn = np.divmod(block.a.first[:, None] + block.a.device[None, :], leaves.per_rail)
    leaf = unit * leaves.per_unit + turn
    inside = leaf - leaf[:, :1]
    alike = (inside == inside[0]).all()
    for rows in (slice(None),) if alike else (slice(row, row + 1) for row in range(len(leaf))):
        assert block.b is not None  # noqa: S101 - a tier joins two sides
        a = replace(block.a, device=inside[rows][0], first=leaf[rows][:, 0])
        b = replace(block.b, first=block.b.first[rows])
        yield _copies(
            Block(block.shape, a, b), arange(leaves.rails, leaves.per_rail), arange(leaves.rails, spines)
        )


def _copies(block: Block, lower: Ints, upper: Ints) -> Block:
    """Return a block per rail: the rails begin at ``lower`` on one side and at ``upper`` on the other."""
    assert block.b is not None  # noqa: S101 - a tier joins two sides
    a, b = (lower[:, None] + block.a.first).ravel(), (upper[:, None] + block.b.first).ravel()
    return repeat(block, a, b)


def why_per_rail(role: str, rails: int, switches: int, steps: tuple[SizeStep, ...]) -> tuple[SizeStep, ...]:
    """Return the steps of one rail, and the number of all."""
    each = f"{format_count(rails)} rail{'' if rails == 1 else 's'} x {format_count(switches)} {role}"
    return (
        SizeStep("rails", f"each rail has {role} switches of its own (separate_rails)"),
        *(replace(step, label="per rail") if step.label == "count" else step for step in steps),
        SizeStep("count", "", f"{each} = {format_count(rails * switches)} {role}"),
    )
