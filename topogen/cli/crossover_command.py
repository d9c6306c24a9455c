"""``topogen crossover``: media side by side over length and lane rate."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, footnotes_option, format_option, read_number, tariff_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path


def _read_list(unit: str) -> Callable[[click.Context, click.Parameter, str], list[Fraction]]:
    """Return what reads numbers with commas between them."""
    return lambda _, __, given: [read_number(text, unit, Decimal("0.001")) for text in given.split(",")]


def _read_names(_: click.Context, __: click.Parameter, given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


@click.command("crossover")
@click.option(
    "--lengths",
    metavar="M,M",
    default="1,2,3,5,10,30,100,500",
    show_default=True,
    callback=_read_list("m"),
    help="Lengths in metres.",
)
@click.option(
    "--lane-rates",
    metavar="R,R",
    default="100 Gb/s,200 Gb/s",
    show_default=True,
    callback=_read_list("Gb/s"),
    help="Rates of a lane of the ports, in Gb/s.",
)
@click.option("--media", metavar="A,B", default="", callback=_read_names, help="Media; default: all.")
@tariff_options
@catalog_option
@footnotes_option
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    lengths: list[Fraction],
    lane_rates: list[Fraction],
    media: list[str],
    usd_per_kwh: Fraction,
    pue: Fraction,
    years: int,
    catalogs: tuple[Path, ...],
    chart: Path | None,
    shape: str,
    *,
    every_footnote: bool,
) -> None:
    """Print cost and energy of media side by side, and which is best from which length on.

    No topology is needed. Links of each medium are generated, counted and priced as in every fabric.
    """
    from topogen.load.studies import catalog_revision, crossover
    from topogen.report.crossover_report import crossover_report
    from topogen.report.footnotes import write_study
    from topogen.takeoff.rests_on import joined
    from topogen.takeoff.tariff import Tariff

    tariff = Tariff(usd_per_kwh, pue, years)
    found = crossover(lengths, lane_rates, media=media, tariff=tariff, catalogs=catalogs)
    report = crossover_report(found, catalog_revision(catalogs), programs=shape in ("csv", "json"))
    prices = joined(row.prices for row in found.rows)
    write_study(report, shape, prices, "USD per Tb/s, all rows", every=every_footnote)
    if chart is not None:
        from topogen.plot.crossover_chart import crossover_chart
        from topogen.takeoff.basis_line import footer_line

        revision = f"catalog {catalog_revision(catalogs)}"
        write_chart(chart, crossover_chart(found, footer_line("media of the catalog", revision)))
