"""Ratio of two networks on every count basis: the same hardware, counted in all the ways in use."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.columns.count_basis import CountBasis
from topogen.errors import InputError, Problem, nearest
from topogen.figures.entries import UNITS, entries
from topogen.records import dataclass
from topogen.takeoff.count_bases import share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.figures.entries import Entry
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

TIERS = (1, 2, 3)
ONE_END = CountBasis("one", "all_tiers", "total")
NIC_END = CountBasis("one", "nic_only", "total")
ALL = CountBasis("both", "all_tiers", "total")


@dataclass(frozen=True)
class Count:
    """A count of a network on one basis.

    ``in_file`` says whether it is what the file itself has, so that it can be bought; the rest are far ends
    outside the model, or tiers that the file does not have.
    """

    basis: str
    value: Fraction
    in_file: bool


@dataclass(frozen=True)
class RatioTable:
    """All ratios of one metric between two networks.

    ``above`` and ``below`` have the counts; ``unknown`` says that some are not known and left out.
    """

    metric: str
    networks: tuple[str, str]
    above: tuple[Count, ...]
    below: tuple[Count, ...]
    unknown: bool

    def ratio(self, above: Count, below: Count) -> Fraction | None:
        """Return one ratio, None over zero."""
        return above.value / below.value if below.value else None


def ratio_table(
    fabric: Fabric, rollup: RollUp, metric: str = "engines", above: str = "scale_up", below: str = "scale_out"
) -> RatioTable:
    """Return the ratios of a metric between two networks.

    The network above is counted at one end of each link and at both; the one below at the NIC ends alone,
    and at all ends of a tree of one, two and three tiers that takes the NICs without oversubscription: two
    ends for every NIC end and tier. Where a link leaves the model its far end is taken to have what the near
    end has; it is counted and never bought.

    Raises
    ------
    InputError
        E665 for a metric or network that there is not.
    """
    _refuse_unknown(fabric, metric, above, below)
    found = [one for one in entries(fabric, rollup) if one.metric == metric]
    mine, other = ([one for one in found if one.network == network] for network in (above, below))
    tops = (
        Count("one_end", _sum(mine, ONE_END), _is_external(fabric, above)),
        Count("both_ends", _with_far_ends(fabric, above, mine), not _has_external(fabric, above)),
    )
    nic, whole = _sum(other, NIC_END), _sum(other, ALL)
    bottoms = (
        Count("nic_only", nic, nic == whole),
        *(
            Count(f"{2 * tiers}_ends_{tiers}_tier", nic * 2 * tiers, nic * 2 * tiers == whole)
            for tiers in TIERS
        ),
    )
    return RatioTable(metric, (above, below), tops, bottoms, any(one.unknown for one in (*mine, *other)))


def _refuse_unknown(fabric: Fabric, metric: str, *networks: str) -> None:
    problems = []
    if metric not in METRICS:
        problems.append(Problem("E665", f'no metric "{metric}" of a ratio', hint=nearest(metric, METRICS)))
    known = list(dict.fromkeys(link.network for link in fabric.links))
    problems += [
        Problem("E665", f'no links of the network "{network}"', hint=nearest(network, known))
        for network in networks
        if network not in known
    ]
    if problems:
        raise InputError(problems)


METRICS = tuple(
    name
    for name in UNITS
    if name not in ("links", "cables", "data_fibres") and not name.endswith(("_usd", "_w"))
)
"""Metrics that belong to ends of links. Cables and fibres belong to links, whatever is counted."""


def _sum(some: Sequence[Entry], basis: CountBasis) -> Fraction:
    return sum((one.value.base * share(one.basis, basis) for one in some), Fraction(0))


def _with_far_ends(fabric: Fabric, network: str, some: Sequence[Entry]) -> Fraction:
    """Return both ends of each link; a far end outside the model has what the near end has."""
    external = {group.name for group in fabric.links if group.network == network and not group.has_b}
    far = [one for one in some if one.groups and set(one.groups) <= external]
    mixed = [one for one in some if set(one.groups) & external and not set(one.groups) <= external]
    if mixed:
        names = ", ".join(mixed[0].groups)
        message = f"{names} share parts, and the far ends of some of them are outside the model"
        raise InputError([Problem("E665", message, hint="give them media of their own, or add the far ends")])
    return _sum(some, ALL) + _sum(far, ALL)


def _has_external(fabric: Fabric, network: str) -> bool:
    return any(not group.has_b for group in fabric.links if group.network == network)


def _is_external(fabric: Fabric, network: str) -> bool:
    """Return whether optical links of a network all leave the model, so that one end is all there is."""
    media = fabric.catalog.media
    optical = [
        group
        for group in fabric.links
        if group.network == network and group.media and media[group.media[0]].kind == "optical"
    ]
    return bool(optical) and not any(group.has_b for group in optical)
