"""``topogen failures``: what fails with one element of each kind, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import (
    format_option,
    read_positive,
    resume_options,
    topology_options,
    workers_options,
)
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
@click.option(
    "--sweep",
    "at_once",
    type=click.IntRange(1, 2),
    help="Instead, try every fault of 1 or 2 elements of a kind.",
)
@click.option(
    "--element", "elements", metavar="NAME", multiple=True, help="Sweep this kind only; may be repeated."
)
@click.option(
    "--sample", type=click.IntRange(1, 10**6), metavar="N", help="Draw so many faults of each kind."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63), default=1, show_default=True, help="Seed of the sample."
)
@workers_options
@resume_options
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    service: Fraction | None,
    weeks: Fraction | None,
    at_once: int | None,
    elements: tuple[str, ...],
    sample: int | None,
    seed: int,
    workers: int | None,
    cluster: str | None,
    resume: Path | None,
    chart: Path | None,
    shape: str,
    *,
    progress: bool,
    strict: bool,
) -> None:
    """Print the links and endpoints that one failing laser, engine, switch, rack ... takes along.

    Failures per year follow from the FIT of the catalog: failures per 10^9 device-hours.
    Spares cover the failures of a lead time, which are Poisson distributed.
    --sweep counts the pairs of endpoints that faults of one or two elements of a kind cut off.
    """
    from topogen.load.reading import read
    from topogen.ordering.stock import stock_for
    from topogen.report.failures_report import failures_report
    from topogen.report.formats import write_report
    from topogen.report.progress import tasks_shown
    from topogen.report.sweep_report import sweep_report
    from topogen.study.failures import failures
    from topogen.study.fault_sweep import sweep
    from topogen.work import kept_in, share_out

    if (service is None) != (weeks is None):
        raise click.UsageError("spares need both --service-level and --lead-time, such as 0.99 and 12")
    sweeps = (*elements, sample, workers, cluster, resume, progress or None)
    if at_once is None and any(one is not None for one in sweeps):
        raise click.UsageError(
            "--element, --sample, --workers, --cluster, --resume and --progress belong to --sweep 1 or 2"
        )
    if at_once and chart is not None:
        raise click.UsageError("a sweep has no chart: leave out --sweep, or --chart")
    if at_once and service is not None:
        raise click.UsageError("spares are not part of a sweep: leave out --sweep, or --service-level")
    stock = None if service is None or weeks is None else stock_for(service, weeks)
    design = read(name, scenario, catalogs, strict=strict)
    revision = design.revision.topology, design.revision.catalog
    programs = shape in ("csv", "json")
    if at_once:
        kept = kept_in(resume) if resume else None
        with (
            tasks_shown("Faults", wanted=progress) as shown,
            share_out(workers, cluster, kept=kept, progress=shown) as shared,
        ):
            swept = sweep(
                design.fabric, at_once, elements=elements, sample=sample, seed=seed, share_out=shared
            )
        write_report(sweep_report(design.fabric, swept, revision, programs=programs), shape)
        return
    found = failures(design.fabric)
    write_report(failures_report(design.fabric, found, revision, stock, programs=programs), shape)
    if chart is not None:
        from topogen.plot.failures_chart import failures_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, failures_chart(found, footer_of(design.fabric, design.rollup)))
