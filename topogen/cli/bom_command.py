"""``topogen bom``: parts, cost and power of a fabric on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from pathlib import Path


@click.command("bom")
@topology_options
@chart_option
@click.option(
    "--chart-of",
    type=click.Choice(["value", "vendors", "lengths"]),
    help="What to draw (with --chart). Default: value above vendors.",
)
@click.option("--sole-source", is_flag=True, help="Print the parts that one vendor makes, with their cost.")
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    chart: Path | None,
    chart_of: str | None,
    shape: str,
    *,
    sole_source: bool,
    strict: bool,
) -> None:
    """Print links, parts, cost and power of a fabric.

    NAME-OR-PATH is a shipped topology (see `topogen list`) or a file.

    `--format csv` prints the parts, with ten of the columns of bom_flat.csv.
    """
    from topogen.load.reading import read
    from topogen.report.bom_report import bom_report
    from topogen.report.formats import write_report
    from topogen.report.sole_source_report import sole_source_report

    if chart_of and chart is None:
        raise click.UsageError("--chart-of needs --chart FILE")
    if sole_source and chart is not None:
        raise click.UsageError("--sole-source has no chart: leave out --chart")
    done = read(name, scenario, catalogs, strict=strict)
    report = sole_source_report if sole_source else bom_report
    write_report(report(done.fabric, done.rollup), shape)
    if chart is not None:
        from topogen.plot.bom_chart import CHARTS, bom_chart

        drawn = CHARTS[chart_of] if chart_of else bom_chart
        write_chart(chart, drawn(done.fabric, done.rollup))
