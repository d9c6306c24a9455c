"""``phases.csv``: what each phase adds: cables, parts, cost, and ports that wait for later phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cells import csv_text
from topogen.columns.phases import PHASES
from topogen.diff.phases import bought, phases_of, taken_out
from topogen.export.options import DEFAULT
from topogen.model.fabric import n_gpus
from topogen.ordering.arrivals import Arrival, arrivals
from topogen.ordering.orders import order_lines

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.diff.phases import Phase
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def to_phases(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> str:
    """Return one row a phase as CSV; no row where the file has no phases."""
    phases = phases_of(fabric, rollup, all_links=options.all_links)
    arriving = arrivals(fabric.catalog.parts, order_lines(fabric, rollup, options.buying)) if phases else {}
    none = Arrival()
    return csv_text(PHASES, [_row(one) | arriving.get(one.name, none)._asdict() for one in phases])


def _row(phase: Phase) -> Row:
    low, base, high = phase.usd
    ports, unused = phase.switch_ports
    cables = phase.cables
    return {
        "phase": phase.name,
        "need_by": phase.need_by,
        "gpus": n_gpus(phase.fabric),
        "links": phase.fabric.n_links,
        "cables": len(cables.laid.ids),
        "cables_pulled": cables.pulled,
        "cables_re_terminated": cables.re_terminated,
        "cables_removed": cables.removed,
        "cables_relabelled": cables.relabelled,
        "parts_bought": sum(map(bought, phase.parts)),
        "parts_removed": sum(map(taken_out, phase.parts)),
        "usd": base,
        "usd_low": low,
        "usd_high": high,
        "usd_at_least": bool(phase.gaps),
        "gaps": phase.gaps,
        "switch_ports": ports,
        "switch_ports_unused": unused,
    }
