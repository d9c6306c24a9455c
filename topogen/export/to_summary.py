"""``summary.json``: what a fabric is and adds up to, on a stated basis."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NO_MAKER, NOT_PRICED, NOTHING, high, low, plus, unit_price
from topogen.columns.count_basis import OTHER_BASES
from topogen.export.cells.json_text import json_text
from topogen.export.options import DEFAULT
from topogen.media.medium import links_pairs, medium_name
from topogen.takeoff.count_bases import Based, Gpus, gpus_of
from topogen.takeoff.energy import energies
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.gpu_types import totals_by_type
from topogen.takeoff.roll_up import buildable_rows, lasers_in
from topogen.takeoff.value_layers import unassigned_value, value_by_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.checks.expectations import Expectation
    from topogen.export.cells.json_text import Json
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.power import ScopePower
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

BASIS = (
    "Counted is what is in the model: both ends of every link, all tiers.",
    "The far end of an external link is outside: shown, never bought.",
    "cost_usd and power_w are of cost_scope interconnect; network_device_* are those of switches and NICs.",
    "energy: power_w of the parts per bit; module contains engine and laser, and adds up to power_w.",
    "energy of boundary host is an estimate of the catalog, in no other figure.",
    "Cost of hosts, and of systems bought whole, is summed apart: host_usd, system_usd.",
    "total_power_w is of interconnect, network devices and hosts; systems bought whole contain them.",
    "Spares are fitted dark and draw no power. Watts with at_least lack the parts listed in unknown.",
    "cost_usd low and high take the base price of a part without a range.",
    "Parts without a price count nothing in cost_usd: gaps says how many there are.",
    "Pooled parts such as engines and els are rounded up where their recipe says.",
    "buildable is what fits if no piece is shared across packages or trays.",
    "per_gpu divides by GPU packages; by_basis shows the interconnect on every other count basis.",
    "procurement is what is paid to whom, content what each maker earns inside it; they are never added.",
    "unassigned splits what no vendor earns in content: no maker published, or contents without a price.",
    "procurement, content and per_layer each add up to cost_usd plus network_device_usd.",
)


def to_summary(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> str:
    """Return the summary as JSON text."""
    return json_text(summary_of(fabric, rollup, options)) + "\n"


def summary_of(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> dict[str, Json]:
    """Return the summary as a tree of exact values."""
    return {
        "name": fabric.name,
        "status": fabric.spec.status,
        "scenario": fabric.scenario or None,
        "devices": _devices(fabric),
        "link_groups": _link_groups(fabric),
        "parts": _parts(rollup),
        "content": {part: _whole(count) for part, count in rollup.content.items()},
        "totals": _totals(rollup),
        "buildable": _buildable(rollup),
        "per_gpu": _per_gpu(fabric, rollup),
        "per_vendor": {view: _vendors(rollup, view) for view in ("procurement", "content")},
        "per_layer": {layer: _ends(value) for layer, value in value_by_layer(rollup.vendors).items()},
        "unassigned": _unassigned(fabric, rollup),
        "energy": _energy(fabric, rollup),
        "gaps": Counter(gap.reason for gap in rollup.gaps),
        "basis": BASIS,
        "warnings": [f"{one.code} {one.path}: {one.message}" for one in (*fabric.warnings, *rollup.warnings)],
        "expect": _checked(options.expect),
        "quoted": _checked(options.quoted),
    }


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _ends(value: Triple) -> dict[str, Json]:
    return {"low": low(value), "base": value.base, "high": high(value)}


def _devices(fabric: Fabric) -> dict[str, Json]:
    """Return counts by device type, then by role of made switches, then by template."""
    counts: Counter[str] = Counter()
    for group in fabric.groups:
        counts[group.type.name] += group.count
    for group in fabric.groups:
        if group.role:
            counts[group.role] += group.count
    for place in fabric.places:
        counts[place.template] += place.count
    return dict(counts)


def _link_groups(fabric: Fabric) -> dict[str, Json]:
    """Return link groups by their name in the file, with all media that a policy chose for their links."""
    groups: dict[str, list[LinkGroup]] = {}
    for group in fabric.links:
        groups.setdefault(group.base or group.name, []).append(group)
    return {name: _link_group(fabric, parts) for name, parts in groups.items()}


def _link_group(fabric: Fabric, parts: list[LinkGroup]) -> dict[str, Json]:
    """Return a link group; lanes and pairs are those of all its links."""
    first, links = parts[0], sum(group.count for group in parts)
    pairs = [found for group in parts if (found := links_pairs(fabric, group)) is not None]
    return {
        "network": first.network,
        "tier": first.tier,
        "links": links,
        "lanes": None if first.lanes is None else first.lanes * links,
        "pairs": sum(pairs) if pairs else None,
        "media": {medium: group.count for group in parts if (medium := medium_name(group))},
    }


def _parts(rollup: RollUp) -> dict[str, Json]:
    counts: Counter[str] = Counter()
    for line in rollup.lines:
        counts[line.part] += line.qty
    return dict(counts)


def _totals(rollup: RollUp) -> dict[str, Json]:
    totals = rollup.totals
    return {
        "gpus": totals.gpus,
        "links": totals.links,
        "engines_active": totals.engines_active,
        "engines_fitted": totals.engines_fitted,
        "els": totals.els,
        "lasers": _whole(totals.lasers),
        "lasers_by_kind": {chip: _whole(count) for chip, count in totals.lasers_by_kind.items()},
        "fibres": totals.fibres,
        "laser_fibres": totals.laser_fibres,
        "cost_usd": _ends(totals.cost_usd),
        "cost_usd_partial": is_lower_bound(rollup.gaps, "interconnect"),
        "network_device_usd": totals.network_device_usd.base,
        "network_device_usd_partial": is_lower_bound(rollup.gaps, "network_device"),
        "power_w": totals.power_w.base,
        "network_device_w": totals.network_device_w.base,
        "network_device_w_partial": totals.network_device_w_partial,
        "host_usd": totals.host_usd.base,
        "system_usd": totals.system_usd.base,
        "power_w_by_scope": {one.cost_scope: _scope_power(one) for one in totals.power},
        "total_power_w": _scope_power(totals.total_power),
    }


def _scope_power(one: ScopePower) -> dict[str, Json]:
    """Return the watts of a scope; with something unknown they are a lower bound."""
    return {**_ends(one.watts), "at_least": bool(one.unknown), "unknown": list(one.unknown)}


def _buildable(rollup: RollUp) -> dict[str, Json]:
    """Return published and buildable counts where they differ, by ``PART in NETWORK``."""
    found: dict[str, Json] = {}
    for row in buildable_rows(rollup.quantities):
        name = f"{row.part or row.line} in {row.network}"
        found[name if name not in found else f"{name} on {row.medium}"] = {
            "published": row.qty,
            "rounded_per": row.scope,
            "buildable": row.buildable,
            "buildable_per": row.buildable_scope,
        }
    return found


def _energy(fabric: Fabric, rollup: RollUp) -> list[Json]:
    """Return the watts of each network, medium and boundary; those of `module` contain engine and laser."""
    gpus = gpus_of(fabric)
    return [
        {
            "network": one.network,
            "medium": one.medium,
            "boundary": one.boundary,
            "origin": one.origin,
            "at_least": one.at_least,
            "pj_per_bit": _ends(one.pj_per_bit),
            "tbps_ends": one.tbps_ends,
            "power_w": _ends(one.power_w),
            "power_w_per_gpu": gpus.per(one.power_w.base),
        }
        for one in energies(fabric, rollup.quantities)
    ]


def _vendors(rollup: RollUp, view: str) -> dict[str, Json]:
    values: dict[str, Triple] = {}
    for row in rollup.vendors:
        if row.view == view and row.value:
            values[row.vendor] = plus(values.get(row.vendor, NOTHING), row.value)
    return {vendor: _ends(value) for vendor, value in values.items()}


def _unassigned(fabric: Fabric, rollup: RollUp) -> dict[str, Json]:
    """Return the value of the content view that is nobody's, by reason."""
    values: dict[str, Triple] = {NO_MAKER: NOTHING, NOT_PRICED: NOTHING}
    for one in unassigned_value(fabric.catalog, rollup.vendors):
        values[one.reason] = plus(values[one.reason], one.value)
    return {reason: _ends(value) for reason, value in values.items()}


def _checked(lines: Sequence[Expectation] | None) -> Json:
    if lines is None:
        return None
    names = ("key", "expected", "found", "holds", "difference", "source")
    return [{name: getattr(line, name) for name in names} for line in lines]


# Per GPU


def _per_gpu(fabric: Fabric, rollup: RollUp) -> dict[str, Json]:
    """Return the totals per GPU package, and the interconnect on every other count basis."""
    gpus = gpus_of(fabric)
    totals = rollup.totals
    counts = ("engines_active", "engines_fitted", "els", "lasers", "fibres", "laser_fibres")
    ends = {"low": low(totals.cost_usd), "base": totals.cost_usd.base, "high": high(totals.cost_usd)}
    return {
        "gpus": gpus.packages or None,
        "gpu_dies": gpus.dies,
        **{name: gpus.per(Fraction(getattr(totals, name))) for name in counts},
        "cost_usd": {name: gpus.per(value) for name, value in ends.items()},
        "network_device_usd": gpus.per(totals.network_device_usd.base),
        "power_w": gpus.per(totals.power_w.base),
        "network_device_w": gpus.per(totals.network_device_w.base),
        "total_power_w": gpus.per(totals.total_power.watts.base),
        "lasers_by_kind": {chip: gpus.per(count) for chip, count in totals.lasers_by_kind.items()},
        "by_basis": _by_basis(fabric, rollup, gpus),
        **_by_type(fabric, rollup),
    }


def _by_type(fabric: Fabric, rollup: RollUp) -> dict[str, Json]:
    """Return what serves each type of GPU alone and what types share, nothing where there is one type."""
    found: dict[str, Json] = {
        "+".join(one.types): {
            "gpus": one.gpus,
            "links": one.links,
            "cost_usd": _ends(one.cost_usd),
            "cost_usd_per_gpu": one.cost_usd.base / one.gpus,
            "cost_at_least": one.partial,
            "power_w": one.power_w.base,
            "power_w_per_gpu": one.power_w.base / one.gpus,
            "power_at_least": one.dark,
        }
        for one in totals_by_type(fabric, rollup.quantities)
    }
    return {"by_type": found} if found else {}


def _by_basis(fabric: Fabric, rollup: RollUp, gpus: Gpus) -> dict[str, Json]:
    catalog = fabric.catalog

    def cost(row: Quantity) -> Fraction:
        unit = unit_price(catalog, row.part, row.length_mm).usd if row.part else None
        return unit.base * row.qty if unit else Fraction(0)

    rows = [row for row in rollup.quantities if row.cost_scope == "interconnect"]
    engines = _sum([row for row in rows if row.line == "engine"], lambda row: Fraction(row.qty))
    els = _sum([row for row in rows if row.line == "els"], lambda row: Fraction(row.qty))
    lasers = _sum(rows, lambda row: lasers_in(catalog, row))
    sums = {"engines_fitted": engines, "els": els, "lasers": lasers, "cost_usd": _sum(rows, cost)}
    return {
        f"{basis.ends} x {basis.scope} x {basis.gpu}": {
            name: gpus.per(based.others[index], basis.gpu) for name, based in sums.items()
        }
        for index, basis in enumerate(OTHER_BASES)
    }


def _sum(rows: Sequence[Quantity], value: Callable[[Quantity], Fraction]) -> Based:
    based = Based()
    for row in rows:
        based = based.plus(value(row), row.basis)
    return based
