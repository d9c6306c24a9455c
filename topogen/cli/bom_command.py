"""``topogen bom``: parts, cost and power of a fabric on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("bom")
@topology_options
@format_option
def command(name: str, scenario: str | None, catalogs: tuple[Path, ...], shape: str, *, strict: bool) -> None:
    """Print links, parts, cost and power of a fabric.

    NAME-OR-PATH is a shipped topology (see `topogen list`) or a file.

    `--format csv` prints the parts, with ten of the columns of bom_flat.csv.
    """
    from topogen.load.reading import read
    from topogen.report.bom_report import bom_report
    from topogen.report.formats import write_report

    done = read(name, scenario, catalogs, strict=strict)
    write_report(bom_report(done.fabric, done.rollup), shape)
