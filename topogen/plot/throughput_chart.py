"""What each endpoint can send while all do, as a share of its ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.palette import PRINT
from topogen.plot.bars import Bar, bars_view, refuse_nothing
from topogen.plot.theme import OTHER, view_sheet
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from topogen.plot.theme import Spec
    from topogen.study.throughput import Throughput, Throughputs

EXACT, BOUND = "exact", "upper bound only"
COLOURS = {EXACT: PRINT["module"], BOUND: OTHER}


def throughput_chart(found: Throughputs, footer: str = "") -> Spec:
    """Return the throughput by fabric and traffic, in percent of the ports of an endpoint.

    Raises
    ------
    InputError
        E683, where no fabric has two endpoints.
    """
    refuse_nothing(found.rows, "no fabric or network has two endpoints", "name another with --fabric")
    bars = [Bar(_label(row), BOUND if row.bound else EXACT, 100 * row.share) for row in found.rows]
    texts = {_label(row): f"{row.bound} {_gbps(row)} Gb/s".strip() for row in found.rows}
    least = min(found.rows, key=lambda row: (not row.mbps, row.share))
    limits = f", limited by {', '.join(least.limits)}" if least.limits else ""
    finding = (
        f"{least.fabric}, {least.traffic}: {least.bound} {_gbps(least)} Gb/s per endpoint, "
        f"{figure_text(100 * least.share)}% of its ports{limits}"
    ).replace("  ", " ")
    basis = "Sent per endpoint, one direction, all sending at the same time over any paths."
    unit = "% of the bandwidth of an endpoint"
    return view_sheet(bars_view(finding, basis, bars, unit, COLOURS, texts), footer)


def _label(row: Throughput) -> str:
    return f"{row.fabric}, {row.traffic}"


def _gbps(row: Throughput) -> str:
    return figure_text(row.mbps / 1000)
