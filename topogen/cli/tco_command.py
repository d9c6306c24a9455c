"""``topogen tco``: hosts, fabric, facility and energy over some years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import (
    footnotes_option,
    format_option,
    read_positive,
    tariff_options,
    topology_options,
)
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


@click.command("tco")
@topology_options
@tariff_options
@click.option(
    "--facility-usd-per-kw",
    metavar="USD",
    callback=read_positive,
    help="Price of the hall for each kW of equipment; without it the facility is unknown.",
)
@footnotes_option
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    usd_per_kwh: Fraction,
    pue: Fraction,
    years: int,
    facility_usd_per_kw: Fraction | None,
    chart: Path | None,
    shape: str,
    *,
    every_footnote: bool,
    strict: bool,
) -> None:
    """Print what a fabric costs over some years, in all and per GPU: hosts, fabric, facility, energy.

    What has no price or no watts is named, and the sums are then "at least".
    """
    from topogen.load.reading import read
    from topogen.report.footnotes import write_study
    from topogen.report.tco_report import tco_report
    from topogen.study.tco import tco
    from topogen.takeoff.rests_on import footnotes
    from topogen.takeoff.tariff import Tariff

    design = read(name, scenario, catalogs, strict=strict)
    found = tco(design.fabric, design.rollup, Tariff(usd_per_kwh, pue, years), facility_usd_per_kw)
    report = tco_report(found, design.facts, programs=shape in ("csv", "json"))
    prices = footnotes(design.fabric, design.rollup, ("interconnect", "network_device", "host"))
    of = "hosts, interconnect and network devices"
    write_study(report, shape, prices, of, every=every_footnote)
    if chart is not None:
        from topogen.plot.tco_chart import tco_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, tco_chart(found, footer_of(design.fabric, design.rollup)))
