"""The entries that figures, comparisons and waterfalls sum: each of one metric and one step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, unit_price
from topogen.media.medium import links_fibres
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.count_bases import is_near
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.pools import WHOLE, Basis
from topogen.takeoff.power import power_by_scope
from topogen.takeoff.roll_up import lasers_by_kind
from topogen.takeoff.value_layers import FIBRE_LAYERS
from topogen.units import MBPS_PER_TBPS, Triple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog, Medium
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp


STEPS = ("copper", "pluggables", "engines", "els", "fibre", "panels", "network_devices", "rest")
"""Steps of a waterfall, in order."""

UNITS = {
    "links": "links",
    "cables": "pieces",
    "bandwidth_ends": "Tb/s",
    "optical_bandwidth_ends": "Tb/s",
    "engines": "pieces",
    "els": "pieces",
    "modules": "pieces",
    "optical_units": "pieces",
    "lasers": "chips",
    "data_fibres": "fibres",
    "laser_fibres": "fibres",
    "interconnect_usd": "USD",
    "network_device_usd": "USD",
    "total_usd": "USD",
    "interconnect_w": "W",
    "network_device_w": "W",
    "total_w": "W",
}
"""The unit of each metric; ``lasers.KIND`` are chips as ``lasers`` are."""


@dataclass(frozen=True)
class Entry:
    """A part of a metric; ``unknown`` says that something is left out of it.

    ``groups`` are the link groups that it belongs to, in ``network``; both empty for what belongs to none.
    """

    metric: str
    step: str
    value: Triple
    basis: Basis = WHOLE
    unknown: bool = False
    network: str = ""
    groups: tuple[str, ...] = ()


def entries(fabric: Fabric, rollup: RollUp) -> Iterator[Entry]:
    """Yield everything that the figures of a fabric are sums of."""
    found = [*_of_links(fabric), *_of_quantities(fabric.catalog, rollup.quantities)]
    found += _without_laser(fabric, rollup.quantities)
    known = {(one.metric, one.unknown) for one in found}
    lacking = {f"{scope}_usd": is_lower_bound(rollup.gaps, scope) for scope in COUNTED}
    lacking |= {f"{one.cost_scope}_w": bool(one.unknown) for one in power_by_scope(fabric, rollup.quantities)}
    for metric, lacks in lacking.items():
        if lacks and metric in UNITS and (metric, True) not in known:
            found.append(Entry(metric, "rest", NOTHING, unknown=True))
    for one in found:
        yield one
        if whole := _WHOLES.get(one.metric):
            yield replace(one, metric=whole)


_WHOLES = {
    "engines": "optical_units",
    "modules": "optical_units",
    "interconnect_usd": "total_usd",
    "network_device_usd": "total_usd",
    "interconnect_w": "total_w",
    "network_device_w": "total_w",
}
"""Metrics that are part of another."""


def _number(value: int | Fraction) -> Triple:
    return Triple(None, Fraction(value), None)


def _of_links(fabric: Fabric) -> Iterator[Entry]:
    for group in fabric.links:
        for one in _of_group(fabric, group):
            yield replace(one, network=group.network, groups=(group.name,))


def _of_group(fabric: Fabric, group: LinkGroup) -> Iterator[Entry]:
    media = [fabric.catalog.media[name] for name in group.media] if group.media else []
    yield Entry("links", _step_of_end(media[0] if media else None), _number(group.count))
    if not media:
        for metric in _OPTICAL:
            yield Entry(metric, "rest", NOTHING, unknown=True)
    elif media[0].kind == "optical":
        fibres = links_fibres(fabric, group)
        yield Entry("data_fibres", "fibre", _number(fibres or 0), unknown=fibres is None)
    yield from _of_ends(fabric, group, media)


_OPTICAL = ("optical_bandwidth_ends", "cables", "engines", "els", "modules", "lasers", "data_fibres")
"""Metrics that are not known for links without a medium."""


def _of_ends(fabric: Fabric, group: LinkGroup, media: Sequence[Medium]) -> Iterator[Entry]:
    """Yield the bandwidth of the ends in the model, one direction."""
    rate = Fraction(group.rate, MBPS_PER_TBPS)
    for block in group.blocks:
        for number, side in enumerate([block.a, block.b] if block.b else [block.a]):
            medium = media[number] if media else None
            near = Fraction(is_near(group, fabric.groups[side.group].type.role))
            basis = Basis(Fraction(number == 0), near, near * (number == 0))
            value, step = _number(rate * block.count), _step_of_end(medium)
            yield Entry("bandwidth_ends", step, value, basis)
            if medium and medium.kind == "optical":
                yield Entry("optical_bandwidth_ends", step, value, basis)


def _of_quantities(catalog: Catalog, quantities: Iterable[Quantity]) -> Iterator[Entry]:
    for row in quantities:
        if row.cost_scope in COUNTED and row.qty:
            for one in _of_quantity(catalog, row):
                yield replace(one, network=row.network, groups=row.groups)


def _of_quantity(catalog: Catalog, row: Quantity) -> Iterator[Entry]:
    step = _step_of(catalog, row)
    yield _cost(catalog, row, step)
    yield _watts(catalog, row, step)
    if row.cost_scope == "interconnect":
        yield from _pieces(catalog, row, step)


def _cost(catalog: Catalog, row: Quantity, step: str) -> Entry:
    price = unit_price(catalog, row.part, row.length_mm) if row.part else None
    value = plus(NOTHING, price.usd, Fraction(row.qty)) if price and price.usd else NOTHING
    return Entry(f"{row.cost_scope}_usd", step, value, row.basis, unknown=price is None or bool(price.gap))


def _watts(catalog: Catalog, row: Quantity, step: str) -> Entry:
    """Return the power of what is in use: spares are fitted dark."""
    watts = catalog.parts[row.part].power_w if row.part else None
    value = plus(NOTHING, watts, Fraction(row.qty_active)) if watts else NOTHING
    unknown = watts is None and bool(row.qty_active)
    return Entry(f"{row.cost_scope}_w", step, value, row.basis, unknown=unknown)


def _pieces(catalog: Catalog, row: Quantity, step: str) -> Iterator[Entry]:
    """Yield the pieces of a row, and the laser chips in them."""
    medium = catalog.media.get(row.medium)
    optical = medium is not None and medium.kind == "optical"
    counted: dict[str, bool] = {
        "cables": row.per == "link",
        "engines": row.line == "engine",
        "els": row.line == "els",
        "modules": row.per == "end" and optical and row.line not in ("engine", "els"),
        "laser_fibres": row.line == "laser_fibre",
    }
    for metric, counts in counted.items():
        if counts:
            yield Entry(metric, step, _number(row.qty), row.basis)
    if medium and _is_active_cable(medium, row.per, row.line):
        plugs = catalog.parts[row.part].plugs if row.part else None
        yield Entry("optical_units", step, _number(row.qty * sum(plugs or ())), row.basis, unknown=not plugs)
    for chip, count in lasers_by_kind(catalog, [row]).items():
        yield Entry("lasers", step, _number(count), row.basis)
        yield Entry(f"lasers.{chip}", step, _number(count), row.basis)


def _without_laser(fabric: Fabric, quantities: Iterable[Quantity]) -> list[Entry]:
    """Return an entry for each optical medium whose parts name no laser; it must have some."""
    lit = {row.medium for row in quantities if lasers_by_kind(fabric.catalog, [row])}
    used = dict.fromkeys(name for group in fabric.links if group.count for name in group.media or ())
    media = [fabric.catalog.media[name] for name in used if name not in lit]
    dark = [one for one in media if one.kind == "optical"]
    return [Entry("lasers", _step_of_end(one), NOTHING, unknown=True) for one in dark]


def _step_of_end(medium: Medium | None) -> str:
    """Return the step that the ends of a medium belong to."""
    if medium is None or medium.kind == "board":
        return "rest"
    if medium.kind == "copper":
        return "copper"
    if "engine" in medium.recipe:
        return "engines"
    lines = medium.recipe.values()
    plugged = any(one.per == "end" or _is_active_cable(medium, one.per, one.name) for one in lines)
    return "pluggables" if plugged else "rest"


def _is_active_cable(medium: Medium, per: str, line: str) -> bool:
    """Return whether a recipe line is an optical cable with transceivers at its ends, bought as one piece."""
    others = [one for one in medium.recipe.values() if one.per == "end" or one.name == "engine"]
    return medium.kind == "optical" and per == "link" and line != "cord" and not others


def _step_of(catalog: Catalog, row: Quantity) -> str:
    """Return the step that a quantity belongs to."""
    if row.cost_scope == "network_device":
        return "network_devices"
    medium = catalog.media.get(row.medium)
    if medium is None or medium.kind != "optical":
        return "copper" if medium is not None and medium.kind == "copper" else "rest"
    if row.line in _STEP_OF_LINE:
        return _STEP_OF_LINE[row.line]
    if row.per == "end" or _is_active_cable(medium, row.per, row.line):
        return "pluggables"
    glass = row.per in ("link", "lane") or (row.part and catalog.parts[row.part].layer in FIBRE_LAYERS)
    return "fibre" if glass else "rest"


_STEP_OF_LINE = {"engine": "engines", "els": "els", "panel": "panels", "laser_fibre": "fibre"}
