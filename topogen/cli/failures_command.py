"""``topogen failures``: what fails with one element of each kind, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("failures")
@topology_options
@format_option
def command(name: str, scenario: str | None, catalogs: tuple[Path, ...], shape: str, *, strict: bool) -> None:
    """Print the links and endpoints that one failing laser, engine, switch, rack ... takes along.

    Failures per year follow from the FIT of the catalog: failures per 10^9 device-hours.
    """
    from topogen.load.reading import read
    from topogen.report.failures_report import failures_report
    from topogen.report.formats import write_report
    from topogen.study.failures import failures

    design = read(name, scenario, catalogs, strict=strict)
    found = failures(design.fabric)
    revision = design.revision.topology, design.revision.catalog
    write_report(failures_report(design.fabric, found, revision, programs=shape in ("csv", "json")), shape)
