"""``topogen failures``: what fails with one element of each kind, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, read_positive, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


@click.command("failures")
@topology_options
@click.option(
    "--service-level",
    "service",
    metavar="SHARE",
    callback=read_positive,
    help="Print spares that last with this probability, such as 0.99.",
)
@click.option(
    "--lead-time",
    "weeks",
    metavar="WEEKS",
    callback=read_positive,
    help="Weeks that a new piece takes to arrive.",
)
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    service: Fraction | None,
    weeks: Fraction | None,
    chart: Path | None,
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print the links and endpoints that one failing laser, engine, switch, rack ... takes along.

    Failures per year follow from the FIT of the catalog: failures per 10^9 device-hours.
    Spares cover the failures of a lead time, which are Poisson distributed.
    """
    from topogen.load.reading import read
    from topogen.report.failures_report import failures_report
    from topogen.report.formats import write_report
    from topogen.study.failures import failures, stock_for

    if (service is None) != (weeks is None):
        raise click.UsageError("spares need both --service-level and --lead-time, such as 0.99 and 12")
    stock = None if service is None or weeks is None else stock_for(service, weeks)
    design = read(name, scenario, catalogs, strict=strict)
    found = failures(design.fabric)
    revision = design.revision.topology, design.revision.catalog
    programs = shape in ("csv", "json")
    write_report(failures_report(design.fabric, found, revision, stock, programs=programs), shape)
    if chart is not None:
        from topogen.plot.failures_chart import failures_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, failures_chart(found, footer_of(design.fabric, design.rollup)))
