"""``topogen world-size``: scale-up and scale-out per GPU as the domain grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import (
    fixed_tiers_option,
    footnotes_option,
    format_option,
    over_option,
    topology_options,
)
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from pathlib import Path


@click.command("world-size")
@topology_options
@over_option(required=True)
@fixed_tiers_option
@chart_option
@footnotes_option
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    chart: Path | None,
    shape: str,
    *,
    every_footnote: bool,
    fixed_tiers: bool,
    strict: bool,
) -> None:
    """Print what a GPU takes of scale-up and scale-out as the domain grows, and why it steps.

    The file needs both networks: topogen world-size world-size --over instances.node=72,144,288,10368
    """
    from topogen.load.parse import parse_merged
    from topogen.load.reading import Sources, merge_files, revision_of
    from topogen.report.footnotes import write_study
    from topogen.report.world_size_report import world_size_report
    from topogen.study.world_size import world_sizes

    laid = merge_files(name, scenario, catalogs, Sources())
    rows = world_sizes(
        lambda changes: parse_merged(laid, changes, "--over"), over, fixed_tiers=fixed_tiers, strict=strict
    )
    revision = revision_of(laid)
    report = world_size_report(rows, (revision.topology, revision.catalog), programs=shape in ("csv", "json"))
    largest = max((row for row in rows if not row.refused), key=lambda row: row.gpus, default=None)
    prices = largest.prices if largest else ()
    of = "interconnect and network devices of the largest size"
    write_study(report, shape, prices, of, every=every_footnote)
    if chart is not None:
        from topogen.plot.size_chart import world_size_chart
        from topogen.takeoff.basis_line import footer_line

        words = f"{name}, topology {revision.topology}", f"catalog {revision.catalog}"
        write_chart(chart, world_size_chart(rows, footer_line(*words, "both ends of all tiers")))
