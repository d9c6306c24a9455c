"""``topogen ratio``: one network over another, on every count basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from pathlib import Path


@click.command("ratio")
@topology_options
@click.option("--metric", default="engines", show_default=True, help="What is counted: engines, lasers, els.")
@click.option("--above", default="scale_up", show_default=True, help="The network that is compared.")
@click.option("--below", default="scale_out", show_default=True, help="The network it is compared with.")
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    metric: str,
    above: str,
    below: str,
    chart: Path | None,
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print how many times one network has what another has, on every count basis side by side.

    Each ratio is the same hardware, counted at one end of its links or at both, and at NICs or in all tiers.
    """
    from topogen.load.reading import read
    from topogen.report.formats import write_report
    from topogen.report.ratio_report import ratio_report
    from topogen.study.ratio import ratio_table

    design = read(name, scenario, catalogs, strict=strict)
    found = ratio_table(design.fabric, design.rollup, metric, above, below)
    write_report(ratio_report(found, design.facts, programs=shape in ("csv", "json")), shape)
    if chart is not None:
        from topogen.plot.ratio_chart import ratio_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, ratio_chart(found, footer_of(design.fabric, design.rollup)))
