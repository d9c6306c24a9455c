"""``per_layer.csv``: the value of each layer of the value chain, assigned or not; the sum is what is paid."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NO_MAKER, NOT_PRICED, high, low
from topogen.columns.cells import csv_text
from topogen.columns.totals import PER_LAYER
from topogen.export.options import DEFAULT
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.count_bases import gpus_of
from topogen.takeoff.value_layers import unassigned_value, value_by_layer

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def to_per_layer(fabric: Fabric, rollup: RollUp, _: Options = DEFAULT) -> str:
    """Return the layers as CSV; they add up to what the flat BOM comes to."""
    return csv_text(PER_LAYER, per_layer_rows(fabric, rollup))


def per_layer_rows(fabric: Fabric, rollup: RollUp) -> list[Row]:
    """Return one row a cost scope and layer, the largest first; columns `PER_LAYER`."""
    gpus = gpus_of(fabric)
    rows: list[Row] = []
    for scope in COUNTED:
        layers = value_by_layer(rollup.vendors, (scope,))
        total = sum((value.base for value in layers.values()), Fraction(0))
        unassigned: dict[tuple[str, str], Fraction] = {}
        for one in unassigned_value(fabric.catalog, rollup.vendors, (scope,)):
            key = (one.layer, one.reason)
            unassigned[key] = unassigned.get(key, Fraction(0)) + one.value.base
        for layer, value in layers.items():
            open_to = {
                reason: unassigned.get((layer, reason), Fraction(0)) for reason in (NO_MAKER, NOT_PRICED)
            }
            rows.append(
                {
                    "scenario": fabric.scenario,
                    "cost_scope": scope,
                    "layer": layer,
                    "currency": "USD",
                    "value_total": value.base,
                    "value_total_low": low(value),
                    "value_total_high": high(value),
                    "value_per_gpu": gpus.per(value.base),
                    "value_pct_of_scope": 100 * value.base / total if total else None,
                    "value_assigned": value.base - sum(open_to.values()),
                    "value_no_maker": open_to[NO_MAKER],
                    "value_content_not_priced": open_to[NOT_PRICED],
                }
            )
    return rows
