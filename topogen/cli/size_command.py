"""``topogen size``: a fabric over a range of sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import fixed_tiers_option, format_option, over_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from pathlib import Path


@click.command("size")
@topology_options
@over_option(required=True)
@fixed_tiers_option
@chart_option
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    chart: Path | None,
    shape: str,
    *,
    fixed_tiers: bool,
    strict: bool,
) -> None:
    """Print GPUs, switches, cables, optics and power over a range of sizes.

    A fat tree that is too large for its tiers gets another tier; rows where that happens are marked "step".
    Infeasible sizes are listed with the reason. The value `null` removes the key.
    """
    from topogen.load.parse import parse_merged
    from topogen.load.reading import Sources, merge_files, revision_of
    from topogen.report.formats import write_report
    from topogen.report.size_report import size_report, sizes_data
    from topogen.study.sizing import size_table

    laid = merge_files(name, scenario, catalogs, Sources())
    sizes = size_table(
        lambda changes: parse_merged(laid, changes, "--over"),
        over,
        fixed_tiers=fixed_tiers,
        strict=strict,
    )
    write_report(sizes_data(sizes) if shape in ("csv", "json") else size_report(sizes), shape)
    if chart is not None:
        from topogen.plot.size_chart import size_chart
        from topogen.takeoff.basis_line import footer_line

        revision = revision_of(laid)
        words = f"{name}, topology {revision.topology}", f"catalog {revision.catalog}"
        write_chart(chart, size_chart(sizes, footer_line(*words, "both ends of all tiers")))
