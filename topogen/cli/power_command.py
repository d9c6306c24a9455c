"""``topogen power``: watts by device, part, network, tier, medium and rack."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart
from topogen.units import read_finite

if TYPE_CHECKING:
    from pathlib import Path

MOST = Decimal(10) ** 9
"""Watts of one piece, at most."""


def _read_watts(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, Fraction]:
    found = {}
    for text in given:
        part, equals, value = text.partition("=")
        number = read_finite(value)
        if not (part.strip() and equals) or number is None or not 0 <= number <= MOST:
            raise click.BadParameter(f'"{text}" is not PART=W, such as b200=1200')
        found[part.strip()] = Fraction(number)
    return found


@click.command("power")
@topology_options
@click.option(
    "--watts",
    metavar="PART=W",
    multiple=True,
    callback=_read_watts,
    help="Watts of one piece, in place of the catalog's: b200=1200.",
)
@chart_option
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    watts: dict[str, Fraction],
    chart: Path | None,
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print the power of a fabric by device, part, network, tier, medium and rack, and its density.

    To see what spreading a domain changes, print it for both files: gb200-nvl72 and nvl72-spread-4-racks.
    """
    from topogen.load.reading import read
    from topogen.report.formats import write_report
    from topogen.report.power_report import power_report
    from topogen.study.power import power

    design = read(name, scenario, catalogs, strict=strict)
    found = power(design.fabric, design.rollup, watts)
    revision = design.revision.topology, design.revision.catalog
    write_report(power_report(design.fabric, found, revision, programs=shape in ("csv", "json")), shape)
    if chart is not None:
        from topogen.plot.power_chart import power_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, power_chart(found, footer_of(design.fabric, design.rollup)))
