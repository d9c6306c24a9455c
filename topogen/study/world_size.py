"""World size: what a GPU takes of scale-up and scale-out as the domain grows, and why it steps.

Every size is built, taken off and valued as any fabric is, with both fabrics in one file. A fat tree that is
too large for its tiers gets another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.build.growing import grown_sizes, previous
from topogen.errors import Problem
from topogen.figures.figures import bound, figure_range
from topogen.figures.no_figure import NoFigureError
from topogen.language.device import SWITCH_ROLES
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.rests_on import footnotes
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from topogen.build.growing import Grown
    from topogen.build.parsed import Parsed
    from topogen.language.scenario import Changes
    from topogen.model.fabric import Fabric
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

NETWORKS = ("scale_up", "scale_out")
PER_NETWORK = {
    "optical_ends_tbps_per_gpu": "optical_bandwidth_ends.{} per gpu",
    "engines_per_gpu": "engines.{} per gpu",
    "modules_per_gpu": "modules.{} per gpu",
    "lasers_per_gpu": "lasers in {} per gpu",
    "usd_per_gpu": "cost_usd.{} per gpu",
}
"""Columns of each network, and the quantity that each is."""
IN_ALL = {
    "usd_per_gpu": "cost_usd per gpu",
    "w_per_gpu": "power_w per gpu",
    "ratio_scale_up_to_scale_out_bandwidth_ends": (
        "optical_bandwidth_ends.scale_up / optical_bandwidth_ends.scale_out"
    ),
    "ratio_scale_up_to_scale_out_units": "optical_units.scale_up / optical_units.scale_out",
    "ratio_scale_up_to_scale_out_lasers": "lasers in scale_up / lasers in scale_out",
    "ratio_scale_up_to_scale_out_bandwidth_one_end_nic_only": (
        "optical_bandwidth_ends.scale_up one_end nic_only / optical_bandwidth_ends.scale_out one_end nic_only"
    ),
}
"""Columns of both networks together, and the quantity that each is."""
QUANTITIES = {
    **{
        f"{column}_{network}": key.format(network)
        for column, key in PER_NETWORK.items()
        for network in NETWORKS
    },
    **IN_ALL,
}
"""Columns, and the quantity that each is."""


@dataclass(frozen=True)
class Value:
    """A quantity with its range; ``bound`` is ``at_least``, ``at_most``, ``open`` or nothing."""

    triple: Triple
    bound: str


@dataclass(frozen=True)
class Step:
    """What changes abruptly from the size before: the tiers of a fabric, with the reason and its effects.

    ``effects`` have the columns that change with it, before and after.
    """

    fabric: str
    before: int
    after: int
    reason: str
    effects: tuple[tuple[str, Fraction, Fraction], ...]


@dataclass(frozen=True)
class WorldSize:
    """One size: values by column, None where there is no such quantity; ``refused`` says why it is not built.

    ``tiers`` are by fabric, ``networks`` name the network of each, ``switches`` are per GPU by network.
    """

    asked: Changes
    refused: str = ""
    gpus: int = 0
    tiers: Mapping[str, int] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, Fraction] = field(default_factory=dict)
    values: Mapping[str, Value | None] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    prices: tuple[Footnote, ...] = ()
    """What the cost of interconnect and network devices rests on."""

    def tiers_of(self, network: str) -> int | None:
        """Return the most tiers of the fabrics of a network, None without tiers."""
        return max((self.tiers[name] for name, of in self.networks.items() if of == network), default=None)


def world_sizes(
    parse: Callable[[Changes], Parsed],
    over: Mapping[str, Sequence[str]],
    *,
    fixed_tiers: bool = False,
    strict: bool = False,
) -> list[WorldSize]:
    """Return one row for each combination of values, the last path running fastest.

    Parameters
    ----------
    parse
        Gives the parsed file with changes applied; what it refuses is a mistake and stops the table.
    over
        Values by path.
    fixed_tiers
        Whether a fat tree that is too large for its tiers is refused; else it gets another tier.
    strict
        Whether a size with warnings is refused.
    """
    rows: list[WorldSize] = []
    for asked, built in grown_sizes(parse, over, fixed_tiers=fixed_tiers, strict=strict):
        if isinstance(built, Problem):
            rows.append(WorldSize(asked, refused=f"{built.code} {built.message}"))
        else:
            rows.append(_measured(asked, built, previous(rows, asked, over)))
    return rows


def _measured(asked: Changes, grown: Grown, before: WorldSize | None) -> WorldSize:
    fabric, rollup = grown.fabric, roll_up(grown.fabric)
    row = WorldSize(
        asked,
        gpus=n_gpus(fabric),
        tiers={name: tiers for name, spec in fabric.spec.fabrics.items() if (tiers := spec.tier_count())},
        networks={name: spec.network for name, spec in fabric.spec.fabrics.items() if spec.tier_count()},
        switches=_switches(fabric),
        values={column: _value(fabric, rollup, key) for column, key in QUANTITIES.items()},
        prices=footnotes(fabric, rollup),
    )
    steps = tuple(_steps(before, row, grown.reasons)) if before else ()
    return replace(row, steps=steps)


def _switches(fabric: Fabric) -> dict[str, Fraction]:
    """Return the switches that fabrics made, per GPU, by network."""
    counts: Counter[str] = Counter(dict.fromkeys(NETWORKS, 0))
    for group in fabric.groups:
        made_by = fabric.spec.fabrics.get(group.label.partition("/")[0])
        if made_by and group.type.role in SWITCH_ROLES:
            counts[made_by.network] += group.count
    gpus = n_gpus(fabric)
    return {network: Fraction(count, gpus) for network, count in counts.items()} if gpus else {}


def _value(fabric: Fabric, rollup: RollUp, key: str) -> Value | None:
    try:
        return Value(figure_range(fabric, rollup, "ratio", key), bound(fabric, rollup, "ratio", key))
    except NoFigureError:
        return None


def _steps(before: WorldSize, row: WorldSize, reasons: Mapping[str, str]) -> Iterator[Step]:
    for name, tiers in row.tiers.items():
        if (was := before.tiers.get(name, tiers)) != tiers:
            effects = tuple(_effects(before, row, row.networks[name]))
            yield Step(name, was, tiers, reasons.get(name, ""), effects)


def _effects(before: WorldSize, row: WorldSize, network: str) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Yield what changes per GPU in a network."""
    old, new = before.switches.get(network), row.switches.get(network)
    if old is not None and new is not None and old != new:
        yield "switches_per_gpu", old, new
    for column in PER_NETWORK:
        one, other = before.values[f"{column}_{network}"], row.values[f"{column}_{network}"]
        if one and other and one.triple.base != other.triple.base:
            yield column, one.triple.base, other.triple.base
