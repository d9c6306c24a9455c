"""``topogen demand``: parts for a number of builds, and builds for a capacity of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, format_option, topology_options
from topogen.cli.by_part import by_part, count_options, making_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


@click.command("demand")
@topology_options
@click.option("--builds", type=click.IntRange(1, 10**9), help="Builds; default: 1.")
@click.option(
    "--racks",
    "ramp",
    metavar="FILE",
    type=OUTPUT,
    help="CSV of racks by period: period, racks; optional topology, scenario.",
)
@by_part("--capacity", "capacity", "Pieces that can be made, with --racks in each period: uhp_laser=50e6.")
@click.option(
    "--capacities", metavar="FILE", type=OUTPUT, help="CSV of capacities: period, part, pieces; with --racks."
)
@click.option("--cumulate", is_flag=True, help="Add up demand and capacity over the periods; with --racks.")
@making_options
@count_options
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    builds: int | None,
    ramp: Path | None,
    capacity: dict[str, Fraction],
    capacities: Path | None,
    yields: dict[str, Fraction],
    spares: dict[str, Fraction],
    network: str,
    far_ends: tuple[str, ...],
    changes: tuple[tuple[str, str], ...],
    chart: Path | None,
    shape: str,
    *,
    cumulate: bool,
    strict: bool,
) -> None:
    """Print the pieces of each part that builds take, and how many builds a capacity is enough for.

    A build is the file once. Lasers and dies inside engines and modules are counted. With --racks, a row
    per period and part; rows of the table that name no topology are of NAME.
    """
    from topogen.load.ramp import read_capacities, read_ramp
    from topogen.load.reading import read
    from topogen.report.demand_report import Scope, demand_report, ramp_report
    from topogen.report.formats import write_report
    from topogen.study.demand import demand, ramp_demand

    scope = Scope(network, far_ends, changes)
    programs = shape in ("csv", "json")
    if ramp is None:
        if chart is not None:
            raise click.UsageError("--chart draws a ramp: it needs --racks FILE")
        if capacities or cumulate:
            raise click.UsageError("--capacities and --cumulate need --racks")
        design = read(name, scenario, catalogs, changes=changes, strict=strict)
        found = demand(
            design.fabric,
            design.rollup,
            builds=builds or 1,
            capacity=capacity,
            yields=yields,
            spares=spares,
            network=network,
            far_ends=far_ends,
        )
        revision = design.revision.topology, design.revision.catalog
        write_report(demand_report(design.fabric, found, revision, scope, programs=programs), shape)
        return
    if builds is not None:
        raise click.UsageError("--racks states the builds of each period: leave out --builds")
    planned = read_ramp(ramp, name, scenario, catalogs, changes=changes, strict=strict)
    periods = list(dict.fromkeys(one.period for one in planned.deployments))
    rows = ramp_demand(
        planned.deployments,
        capacity=capacity,
        capacity_of=read_capacities(capacities, periods) if capacities else {},
        yields=yields,
        spares=spares,
        network=network,
        far_ends=far_ends,
        cumulate=cumulate,
    )
    report = ramp_report(rows, planned.revisions, scope, cumulate=cumulate, programs=programs)
    write_report(report, shape)
    if chart is not None:
        from topogen.plot.demand_chart import demand_chart
        from topogen.takeoff.basis_line import footer_line

        words = [f"{one}, topology {topology}" for one, topology, _ in planned.revisions]
        catalogs_of = dict.fromkeys(f"catalog {catalog}" for _, _, catalog in planned.revisions)
        write_chart(chart, demand_chart(rows, footer_line(*words, *catalogs_of)))
