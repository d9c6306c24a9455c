"""``topogen explain``: how a number was derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options
from topogen.cli.completing import parts

if TYPE_CHECKING:
    from pathlib import Path


@click.command("explain")
@topology_options
@format_option
@click.argument("what", metavar="WHAT", shell_complete=parts)
def command(
    name: str, what: str, scenario: str | None, catalogs: tuple[Path, ...], shape: str, *, strict: bool
) -> None:
    """Show how a number was derived, from the link groups of the file to the price and its source.

    WHAT is a part, `PART in NETWORK`, a link group, a medium, a vendor, a device, or a total such as `lasers`
    or `cost_usd`.
    """
    from topogen.explain import explain, to_text
    from topogen.load.reading import read
    from topogen.report.explain_report import explain_report
    from topogen.report.formats import write_report

    done = read(name, scenario, catalogs, strict=strict)
    explanation = explain(done.fabric, done.rollup, what)
    if shape == "text":
        click.echo(to_text(explanation).rstrip())
    else:
        write_report(explain_report(explanation), shape)
