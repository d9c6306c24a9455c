"""``topogen compare``: fabrics side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, format_option, strict_option
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from pathlib import Path


@click.command("compare")
@click.argument("first", metavar="A", shell_complete=topologies)
@click.argument("others", metavar="B...", nargs=-1, required=True, shell_complete=topologies)
@click.option(
    "--waterfall", is_flag=True, help="Print what turns A into B, step by step: copper, engines, fibre ..."
)
@catalog_option
@format_option
@strict_option
def command(
    first: str,
    others: tuple[str, ...],
    catalogs: tuple[Path, ...],
    shape: str,
    *,
    waterfall: bool,
    strict: bool,
) -> None:
    """Print links, optics, cost and power of fabrics side by side, with ratios to the first.

    A and B are shipped names or files, with @SCENARIO for a scenario of the file:
    `topogen compare gb300-nvl72-row gb300-nvl72-row@optical`. Ratios are printed on every count basis.
    """
    from topogen.load.reading import compare
    from topogen.report.compare_data import compare_data, waterfall_data
    from topogen.report.compare_report import compare_report, waterfall_report
    from topogen.report.formats import write_report

    found = compare(first, *others, catalogs=catalogs, strict=strict)
    people, programs = (waterfall_report, waterfall_data) if waterfall else (compare_report, compare_data)
    write_report(programs(found) if shape in ("csv", "json") else people(found), shape)
