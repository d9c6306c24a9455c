"""``topogen list``: the topologies that come with topogen."""

from __future__ import annotations

import click

from topogen.cli.arguments import format_option


@click.command("list")
@format_option
def command(shape: str) -> None:
    """List the shipped topologies with status, title and scenarios."""
    from topogen.load.files import shipped_topologies
    from topogen.report.formats import write_report
    from topogen.report.list_report import list_report

    write_report(list_report(shipped_topologies()), shape)
