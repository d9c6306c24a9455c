"""``topogen sensitivity``: which assumption decides a figure, and how it spreads."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import (
    footnotes_option,
    format_option,
    over_option,
    resume_options,
    topology_options,
    workers_options,
)
from topogen.cli.chart_option import chart_option, write_chart
from topogen.units import read_finite

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.load.sensitivity import Sensitivity


def _read_correlations(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> dict[tuple[str, str], Fraction]:
    found = {}
    for text in given:
        parts, equals, value = text.partition("=")
        one, comma, other = (word.strip() for word in parts.partition(","))
        number = read_finite(value)
        if not (one and comma and other and equals) or number is None or abs(number) > 1:
            raise click.BadParameter(
                f'"{text}" is not PART,PART=NUMBER from -1 to 1, such as els8,uhp_laser=0.8'
            )
        found[one, other] = Fraction(number)
    return found


@click.command("sensitivity")
@topology_options
@click.option("--figure", metavar="KEY", default="cost_usd per gpu", show_default=True, help="The figure.")
@over_option(required=False)
@click.option("--draws", type=click.IntRange(0, 10**7), default=0, help="Random draws of all ranged values.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63), default=1, show_default=True, help="Seed of the draws."
)
@click.option(
    "--correlate",
    "correlations",
    metavar="PART,PART=R",
    multiple=True,
    callback=_read_correlations,
    help="Draw the prices of two parts together: els8,uhp_laser=0.8.",
)
@chart_option
@workers_options
@resume_options
@footnotes_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    figure: str,
    over: dict[str, list[str]],
    draws: int,
    seed: int,
    correlations: dict[tuple[str, str], Fraction],
    chart: Path | None,
    workers: int | None,
    cluster: str | None,
    resume: Path | None,
    shape: str,
    *,
    every_footnote: bool,
    progress: bool,
    strict: bool,
) -> None:
    """Print which price, watt or scenario moves a figure most, and its percentiles over random draws.

    Each assumption is moved by itself: the low and high of every price and watt, every scenario of the file,
    every value of --over. With --draws all prices and watts are drawn at once, and each value of --over is
    as likely as the value in the file.
    """
    from topogen.load.sensitivity import sensitivity
    from topogen.report.footnotes import write_study
    from topogen.report.progress import tasks_shown
    from topogen.report.sensitivity_report import sensitivity_report

    if not draws and (resume or progress):
        raise click.UsageError("--resume and --progress belong to --draws")
    with tasks_shown("Blocks of draws", wanted=progress) as shown:
        found = sensitivity(
            name, figure, scenario=scenario, catalogs=catalogs, over=over, draws=draws, seed=seed,
            correlations=correlations, workers=workers, cluster=cluster, resume=resume, progress=shown,
            strict=strict,
        )  # fmt: skip
    report = sensitivity_report(
        found.ask, found.swings, found.grid, found.draws, found.facts, programs=shape in ("csv", "json")
    )
    of = "interconnect and network devices"
    write_study(report, shape, found.prices, of, every=every_footnote)
    if chart is not None:
        _write(chart, found)


def _write(path: Path, found: Sensitivity) -> None:
    if found.draws:
        from topogen.plot.draws_chart import draws_chart

        write_chart(path, draws_chart(found.draws, found.footer))
        return
    from topogen.plot.tornado_chart import tornado_chart

    write_chart(path, tornado_chart(str(found.facts["name"]), found.ask, found.swings, found.footer))
