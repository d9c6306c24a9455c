"""``per_gpu.csv``: what stands behind one GPU, by network, tier, link group, medium and part."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, scaled, unit_price
from topogen.columns.cells import csv_text
from topogen.columns.count_basis import AS_MODELLED
from topogen.columns.totals import PER_GPU, PER_GPU_BY_TYPE
from topogen.export.cells.part_cells import is_counted
from topogen.export.options import DEFAULT
from topogen.media.medium import links_fibres, medium_name
from topogen.records import dataclass
from topogen.takeoff.count_bases import Based, Gpus, end_basis, gpus_of
from topogen.takeoff.energy import energies
from topogen.takeoff.gpu_types import GpuTypes
from topogen.takeoff.quantities import EndQuantity, link_basis
from topogen.takeoff.roll_up import lasers_in
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

BOUNDARIES = {"els": "laser"}
"""Whose power a recipe line draws, where it is not called as the line is."""


@dataclass(frozen=True)
class _Traffic:
    """Bandwidth of some link groups in Tb/s: of their links, and of the ends of a medium they have here."""

    links: Fraction
    ends: Fraction


def to_per_gpu(fabric: Fabric, rollup: RollUp, _: Options = DEFAULT) -> str:
    """Return the roll-up per GPU as CSV: detail rows only, so that a pivot adds up to the totals."""
    columns = (*PER_GPU, *(PER_GPU_BY_TYPE if GpuTypes(fabric).several else ()))
    return csv_text(columns, per_gpu_rows(fabric, rollup))


def per_gpu_rows(fabric: Fabric, rollup: RollUp) -> list[Row]:
    """Return one row a link group, then one a part of a medium in it; columns `PER_GPU` and by type."""
    gpus, kinds = gpus_of(fabric), GpuTypes(fabric)
    head: Row = {
        "scenario": fabric.scenario,
        "gpu_basis": "package",
        "gpus": gpus.packages,
        "gpu_dies": gpus.dies,
        "count_basis": AS_MODELLED.replace("_", " x ", 1),
    }
    rows: list[Row] = [
        head | _served(kinds, kinds.served_by([group.name]), _link_row(fabric, rollup, group, gpus))
        for group in fabric.links
    ]
    parts: dict[tuple[object, ...], list[Quantity]] = {}
    for one in rollup.quantities:
        if is_counted(one.cost_scope) and one.qty:
            types = kinds.served_by_part(one)
            key = (one.network, one.tiers, one.groups, one.medium, one.line, one.cost_scope, one.part, types)
            parts.setdefault(key, []).append(one)
    return rows + [
        head | _served(kinds, kinds.served_by_part(quantities[0]), _part_row(fabric, quantities, gpus))
        for quantities in parts.values()
    ]


def _served(kinds: GpuTypes, types: tuple[str, ...], row: Row) -> Row:
    """Return a row with the types of GPU that it serves, and what one GPU of them has of it."""
    if not kinds.several:
        return row
    gpus = kinds.number_of(types)
    totals = {name: row.get(f"{name}_total") for name in ("qty", "cost", "power_w")}
    each: Row = {
        f"{name}_per_gpu_served": Fraction(total) / gpus if isinstance(total, int | Fraction) else None
        for name, total in totals.items()
    }
    return row | {"gpu_types": ";".join(types), "gpus_served": gpus} | each


def _link_row(fabric: Fabric, rollup: RollUp, group: LinkGroup, gpus: Gpus) -> Row:
    """Return what the links of a group are, apart from what is bought for them."""
    rate = Fraction(group.rate, MBPS_PER_TBPS)
    links = Based().plus(Fraction(group.count), link_basis([group]))
    count, basis = end_basis(fabric, group)
    ends = Based().plus(rate * count, basis)
    fibres = links_fibres(fabric, group)
    energy: dict[str, Fraction] = {}
    for one in energies(fabric, rollup.quantities, [group]):
        name = f"{one.boundary}_energy_w"
        energy[name] = energy.get(name, Fraction(0)) + one.power_w.base
    row: Row = {
        **energy,
        "network": group.network,
        "tier": str(group.tier),
        "link_group": group.name,
        "medium": medium_name(group),
        "category": "link",
        "qty_total": group.count,
        "qty_per_gpu": gpus.per(links.total),
        "bw_tbps_per_dir_total": rate * group.count,
        "bw_tbps_ends_per_gpu": gpus.per(ends.total),
        "fibres_per_gpu": None if fibres is None else gpus.per(Fraction(fibres)),
    }
    return row | links.others_per_gpu("qty_per_gpu", gpus) | ends.others_per_gpu("bw_tbps_ends_per_gpu", gpus)


def _part_row(fabric: Fabric, quantities: Sequence[Quantity], gpus: Gpus) -> Row:
    """Return what is bought of one part for the same links."""
    first = quantities[0]
    qty = sum(one.qty for one in quantities)
    traffic = _traffic(fabric, quantities)
    row: Row = {
        "network": first.network,
        "tier": "+".join(map(str, first.tiers)),
        "link_group": "+".join(first.groups),
        "medium": first.medium,
        "category": first.line,
        "cost_scope": first.cost_scope,
        "part_id": first.part,
        "qty_total": qty,
        "qty_per_gpu": gpus.per(Fraction(qty)),
    }
    active = sum(one.qty_active for one in quantities)
    row |= _cost(fabric, quantities, gpus, traffic) | _power(fabric, first, active, (gpus, traffic))
    row |= _light(fabric, quantities, gpus)
    if first.cost_scope == "interconnect":  # a count basis counts ends of links, a device is none
        row |= _quantity_bases(quantities, gpus)
    return row


def _quantity_bases(quantities: Sequence[Quantity], gpus: Gpus) -> Row:
    based = Based()
    for one in quantities:
        based = based.plus(Fraction(one.qty), one.basis)
    return based.others_per_gpu("qty_per_gpu", gpus)


def _cost(fabric: Fabric, quantities: Sequence[Quantity], gpus: Gpus, traffic: _Traffic) -> Row:
    """Return the money columns, empty where a price is missing."""
    total, based = NOTHING, Based()
    for one in quantities:
        unit = unit_price(fabric.catalog, one.part, one.length_mm).usd if one.part else None
        if unit is None:
            return {"currency": "USD"}
        value = scaled(unit, Fraction(one.qty))
        total, based = plus(total, value), based.plus(value.base, one.basis)
    row: Row = {
        "cost_total": total.base,
        "currency": "USD",
        "cost_per_gpu": gpus.per(total.base),
        "cost_per_gpu_low": gpus.per(total.low),
        "cost_per_gpu_high": gpus.per(total.high),
        "cost_per_tbps": total.base / traffic.links if traffic.links else None,
    }
    on_links = quantities[0].cost_scope == "interconnect"
    return row | (based.others_per_gpu("cost_per_gpu", gpus) if on_links else {})


def _power(fabric: Fabric, first: Quantity, active: int, of: tuple[Gpus, _Traffic]) -> Row:
    gpus, traffic = of
    watts: Triple | None = fabric.catalog.parts[first.part].power_w if first.part else None
    if watts is None:
        return {}
    total = watts.base * active
    return {
        "power_w_total": total,
        "power_w_per_gpu": gpus.per(total),
        "power_boundary": BOUNDARIES.get(first.line, first.line),
        "pj_per_bit": total / traffic.ends if traffic.ends else None,
    }


def _light(fabric: Fabric, quantities: Sequence[Quantity], gpus: Gpus) -> Row:
    """Return engines and external light sources per GPU in their own rows, lasers wherever they are."""
    lasers = sum((lasers_in(fabric.catalog, one) for one in quantities), Fraction(0))
    row: Row = {"lasers_per_gpu": gpus.per(lasers)} if lasers else {}
    column = {"engine": "engines_per_gpu", "els": "els_per_gpu"}.get(quantities[0].line)
    return row | ({column: gpus.per(Fraction(sum(one.qty for one in quantities)))} if column else {})


def _traffic(fabric: Fabric, quantities: Sequence[Quantity]) -> _Traffic:
    """Return the bandwidth that a row serves, and that of the ends its power is spent at."""
    links = ends = Fraction(0)
    for group in (group for group in fabric.links if group.name in quantities[0].groups):
        bandwidth = Fraction(group.rate, MBPS_PER_TBPS) * group.count
        links += bandwidth
        ends += bandwidth * len(_sides(group, quantities))
    return _Traffic(links, ends)


def _sides(group: LinkGroup, quantities: Sequence[Quantity]) -> set[str]:
    """Return the sides of a link group in the model that a row stands at; what a link owns stands at all."""
    inside = {"a": group.media, "b": group.media if group.has_b else None}
    first = quantities[0]
    here = {side for side, media in inside.items() if media}
    if first.per == "end":
        return here & {one.side for one in quantities if isinstance(one, EndQuantity)}
    if first.per in ("link", "lane"):
        return here
    return {side for side in here if group.media and group.media["ab".index(side)] == first.medium}
