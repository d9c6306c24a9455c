"""``topogen reach``: how many links need optics, by copper reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, footnotes_option, format_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from topogen.study.reach import ReachCurve


@click.command("reach")
@topology_options
@footnotes_option
@chart_option
@format_option
@click.option(
    "--output",
    "-o",
    metavar="DIR",
    type=OUTPUT,
    help="Write reach.csv and the chart reach.svg.",
)
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    shape: str,
    output: Path | None,
    chart: Path | None,
    *,
    every_footnote: bool,
    strict: bool,
) -> None:
    """Print how many links copper can span and how many need optics, by copper reach."""
    from topogen.load.reading import read
    from topogen.plot.render import refuse_missing_plots
    from topogen.report.footnotes import write_study
    from topogen.report.reach_report import reach_data, reach_report
    from topogen.study.reach import study_reach
    from topogen.takeoff.basis_line import footer_of
    from topogen.takeoff.rests_on import footnotes

    if output is not None:
        refuse_missing_plots()
    design = read(name, scenario, catalogs, strict=strict)
    fabric = design.fabric
    walls = study_reach(fabric, design.parsed)
    revision = design.revision.topology, design.revision.catalog
    programs = shape in ("csv", "json")
    report = reach_data(walls) if programs else reach_report(fabric, walls, revision)
    rebuilt = any(wall.rebuilt for wall in walls)
    prices = footnotes(fabric, design.rollup, ("interconnect",)) if rebuilt else ()
    write_study(report, shape, prices, "the interconnect of the file", every=every_footnote)
    footer = footer_of(fabric, design.rollup)
    if output is not None:
        _write(output, walls, footer)
    if chart is not None:
        from topogen.plot.reach_chart import reach_chart

        write_chart(chart, reach_chart(walls, footer))


def _write(output: Path, walls: Sequence[ReachCurve], footer: str) -> None:
    """Write the table and the chart into a folder, when both are complete."""
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.plot.reach_chart import reach_chart
    from topogen.plot.render import render_svg
    from topogen.report.reach_report import reach_csv

    with staged_folder(output) as stage:
        write_pieces(stage / "reach.csv", [reach_csv(walls).encode()])
        write_pieces(stage / "reach.svg", [render_svg(reach_chart(walls, footer)).encode()])
    click.echo(f"Written to {output}: reach.csv, reach.svg", err=True)
