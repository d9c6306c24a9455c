"""``topogen compare``: fabrics side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, footnotes_option, format_option, strict_option
from topogen.cli.chart_option import chart_option, write_chart
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from pathlib import Path


@click.command("compare")
@click.argument("first", metavar="A", shell_complete=topologies)
@click.argument("others", metavar="B...", nargs=-1, required=True, shell_complete=topologies)
@click.option(
    "--waterfall", is_flag=True, help="Print what turns A into B, step by step: copper, engines, fibre ..."
)
@chart_option
@catalog_option
@footnotes_option
@format_option
@strict_option
def command(  # noqa: PLR0913 - one argument an option
    first: str,
    others: tuple[str, ...],
    catalogs: tuple[Path, ...],
    chart: Path | None,
    shape: str,
    *,
    every_footnote: bool,
    waterfall: bool,
    strict: bool,
) -> None:
    """Print links, optics, cost and power of fabrics side by side, with ratios to the first.

    A and B are shipped names or files, with @SCENARIO for a scenario of the file:
    `topogen compare gb300-nvl72-row gb300-nvl72-row@optical`. Ratios are printed on every count basis.
    """
    from topogen.load.studies import compare
    from topogen.report.compare_data import compare_data, waterfall_data
    from topogen.report.compare_report import compare_report, waterfall_report
    from topogen.report.footnotes import write_study
    from topogen.takeoff.rests_on import footnotes, joined

    if chart is not None and len(others) > 1:
        raise click.UsageError("--chart draws the waterfall between two fabrics: name A and one B")
    found = compare(first, *others, catalogs=catalogs, strict=strict)
    people, programs = (waterfall_report, waterfall_data) if waterfall else (compare_report, compare_data)
    report = programs(found) if shape in ("csv", "json") else people(found)
    prices = joined(footnotes(side.fabric, side.rollup) for side in found.sides)
    of = "interconnect and network devices of all of them together"
    write_study(report, shape, prices, of, every=every_footnote)
    if chart is not None:
        from topogen.plot.waterfall_chart import waterfall_chart

        write_chart(chart, waterfall_chart(found))
