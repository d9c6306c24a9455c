"""``topogen explain``: why a count is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("explain")
@topology_options
@click.argument("what", metavar="WHAT")
def command(name: str, what: str, scenario: str | None, catalogs: tuple[Path, ...], *, strict: bool) -> None:
    """Say why a count is what it is, from the file's link groups to a price with its source.

    WHAT is a part, `PART in NETWORK`, a link group, a medium, a vendor, a device, or a total such as `lasers`
    or `cost_usd`.
    """
    from topogen.explain import explain, to_text
    from topogen.load.reading import read

    done = read(name, scenario, catalogs, strict=strict)
    click.echo(to_text(explain(done.fabric, done.rollup, what)).rstrip())
