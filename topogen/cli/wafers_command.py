"""``topogen wafers``: wafers for the dies of a number of builds, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import footnotes_option, format_option, topology_options
from topogen.cli.by_part import count_options, making_options

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path


@click.command("wafers")
@topology_options
@click.option("--builds", type=click.IntRange(1, 10**9), default=1, show_default=True, help="Builds.")
@making_options
@count_options
@footnotes_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    builds: int,
    yields: dict[str, Fraction],
    spares: dict[str, Fraction],
    network: str,
    far_ends: tuple[str, ...],
    changes: tuple[tuple[str, str], ...],
    shape: str,
    *,
    every_footnote: bool,
    strict: bool,
) -> None:
    """Print the dies that builds take, dies per wafer with their yield, wafers and their price.

    The yield of a wafer is that of the die in the catalog; --yield is what is lost after it. Chips whose die
    the catalog does not describe are listed without wafers.
    """
    from topogen.load.reading import read
    from topogen.report.demand_report import Scope
    from topogen.report.footnotes import write_study
    from topogen.report.wafers_report import wafers_report
    from topogen.study.wafers import wafers

    design = read(name, scenario, catalogs, changes=changes, strict=strict)
    found = wafers(
        design.fabric,
        design.rollup,
        builds=builds,
        yields=yields,
        spares=spares,
        network=network,
        far_ends=far_ends,
    )
    scope = Scope(network, far_ends, changes)
    revision = design.revision.topology, design.revision.catalog
    report = wafers_report(design.fabric, found, revision, scope, programs=shape in ("csv", "json"))
    write_study(report, shape, found.prices, "the wafers", every=every_footnote)
