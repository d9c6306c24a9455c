"""The sizing table: what a fabric takes at each size of a range, and where it steps.

Every size is built and taken off as any fabric is; nothing is counted a second way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.build.growing import grown_sizes, previous
from topogen.cabling.cables import cables_by_length
from topogen.errors import Problem
from topogen.language.device import SWITCH_ROLES
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from topogen.build.parsed import Parsed
    from topogen.language.scenario import Changes
    from topogen.model.fabric import Fabric

STEP_PLACES = 4


@dataclass(frozen=True)
class Size:
    """One size: what was asked, and what it takes; ``refused`` says why it cannot be built.

    ``power_w`` is that of the interconnect, base values; ``power_partial`` that some part has no power.
    """

    asked: Changes
    refused: str = ""
    gpus: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)
    switches: Mapping[str, int] = field(default_factory=dict)
    cables: Mapping[tuple[str, int], int] = field(default_factory=dict)
    modules: int = 0
    engines: int = 0
    power_w: Fraction = Fraction(0)
    power_partial: bool = False
    steps: tuple[str, ...] = ()


def size_table(
    parse: Callable[[Changes], Parsed],
    over: Mapping[str, Sequence[str]],
    *,
    fixed_tiers: bool = False,
    strict: bool = False,
) -> list[Size]:
    """Return one row for each combination of values, the last path running fastest.

    Parameters
    ----------
    parse
        Gives the parsed file with changes applied; what it refuses is a mistake and stops the table.
    over
        Values by path.
    fixed_tiers
        Whether a fat tree that is too large for its tiers is refused; else it gets a tier more.
    strict
        Whether a size with warnings is refused.
    """
    rows: list[Size] = []
    for asked, built in grown_sizes(parse, over, fixed_tiers=fixed_tiers, strict=strict):
        if isinstance(built, Problem):
            rows.append(Size(asked, refused=f"{built.code} {built.message}"))
        else:
            rows.append(_with_steps(_measured(asked, built.fabric), previous(rows, asked, over)))
    return rows


def _measured(asked: Changes, fabric: Fabric) -> Size:
    rollup = roll_up(fabric)
    cables: Counter[tuple[str, int]] = Counter()
    for link in (link for link in fabric.links if link.network != "board"):
        cables[link.network, link.tier] += int(cables_by_length(fabric, link).cables.sum())
    switches: Counter[str] = Counter()
    for group in fabric.groups:
        if group.type.role in SWITCH_ROLES:
            switches[group.label] += group.count
    return Size(
        asked,
        gpus=n_gpus(fabric),
        units=_units(fabric),
        tiers={name: tiers for name, spec in fabric.spec.fabrics.items() if (tiers := spec.tier_count())},
        switches=switches,
        cables=cables,
        modules=sum(row.qty for row in rollup.quantities if row.per == "end" and row.part),
        engines=rollup.totals.engines_fitted,
        power_w=Fraction(rollup.totals.power_w.base),
        power_partial=any(
            gap.cost_scope == "interconnect" and gap.reason == "no_power" for gap in rollup.gaps
        ),
    )


def _units(fabric: Fabric) -> Mapping[str, int]:
    """Return how many places there are of the levels that fabrics are built by, and racks."""
    named = [
        level
        for spec in fabric.spec.fabrics.values()
        for level in (spec.levels().units_by, spec.levels().rails_by)
    ]
    counts: Counter[str] = Counter()
    for place in fabric.places:
        if place.level in (*named, "rack"):
            counts[place.level] += place.count
    return counts


def _with_steps(row: Size, before: Size | None) -> Size:
    """Return a row with what changes abruptly from the size before: tiers, and switches per GPU."""
    if before is None or row.refused:
        return row
    steps = [
        f"{name}: {before.tiers[name]} to {tiers} tiers"
        for name, tiers in row.tiers.items()
        if before.tiers.get(name, tiers) != tiers
    ]
    old, new = _switches_each(before), _switches_each(row)
    if old != new and old is not None and new is not None:
        shown = [format_decimal(each, STEP_PLACES) for each in (old, new)]
        steps.append(f"switches per GPU: {shown[0]} to {shown[1]}")
    return replace(row, steps=tuple(steps))


def _switches_each(row: Size) -> Fraction | None:
    return Fraction(sum(row.switches.values()), row.gpus) if row.gpus else None
