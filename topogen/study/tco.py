"""Total cost of ownership: hosts, fabric, facility and energy of a fabric over some years."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, scaled
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.tariff import Tariff
from topogen.units import W_PER_KW

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.gaps import Gap
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple


@dataclass(frozen=True)
class Cost:
    """One item of the cost, in US dollars; None where nothing of it is known.

    ``unknown`` names what it lacks: it is then a lower bound.
    """

    item: str
    usd: Triple | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tco:
    """The cost of a fabric over the years of a tariff.

    Attributes
    ----------
    costs
        ``hosts``, ``interconnect``, ``network_devices``, ``facility``, ``energy``.
    systems
        Price of systems bought whole; they hold hosts and parts of the fabric, so it is in no sum.
    watts
        Power of hosts, network devices and interconnect.
    """

    costs: tuple[Cost, ...]
    systems: Triple
    watts: Triple
    gpus: int
    tariff: Tariff
    facility_usd_per_kw: Fraction | None

    @property
    def total(self) -> Cost:
        """Return the sum of what is known, with everything that it lacks."""
        total, unknown = NOTHING, dict[str, None]()
        for cost in self.costs:
            total = plus(total, cost.usd) if cost.usd else total
            unknown |= dict.fromkeys(cost.unknown)
        return Cost("total", total, tuple(unknown))

    def per_gpu(self, cost: Cost) -> Triple | None:
        """Return a cost per GPU package, None without one."""
        return scaled(cost.usd, 1 / Fraction(self.gpus)) if cost.usd and self.gpus else None


def tco(
    fabric: Fabric,
    rollup: RollUp,
    tariff: Tariff | None = None,
    facility_usd_per_kw: Fraction | None = None,
) -> Tco:
    """Return the cost of a fabric over the years of a tariff; nothing is discounted or replaced.

    Parameters
    ----------
    tariff
        What power costs, and for how many years; default: `Tariff()`.
    facility_usd_per_kw
        Price of the hall for each kW of equipment. Without it the facility is unknown.
    """
    tariff = tariff or Tariff()
    power = rollup.totals.total_power
    dark = tuple(f"watts of {name}" for name in power.unknown)
    year = tariff.usd_per_year(power.watts)
    facility = None
    if facility_usd_per_kw is not None:
        facility = scaled(power.watts, facility_usd_per_kw / W_PER_KW)
    stated = () if facility else ("the price of the facility (--facility-usd-per-kw)",)
    costs = (
        _bought("hosts", rollup.totals.host_usd, rollup.gaps, "host"),
        _bought("interconnect", rollup.totals.cost_usd, rollup.gaps, "interconnect"),
        _bought("network_devices", rollup.totals.network_device_usd, rollup.gaps, "network_device"),
        Cost("facility", facility, (*stated, *(dark if facility else ()))),
        Cost("energy", scaled(year, Fraction(tariff.years)), dark),
    )
    return Tco(costs, rollup.totals.system_usd, power.watts, n_gpus(fabric), tariff, facility_usd_per_kw)


def _bought(item: str, usd: Triple, gaps: tuple[Gap, ...], scope: str) -> Cost:
    lacking = [gap for gap in gaps if gap.lacks_price and gap.cost_scope == scope]
    names = dict.fromkeys(f"price of {gap.part or gap.what}" for gap in lacking)
    return Cost(item, None if lacking and not usd.base else usd, tuple(names))
