"""``topogen list``: the topologies that come with topogen."""

from __future__ import annotations

import click


@click.command("list")
def command() -> None:
    """List the topologies that come with topogen, with their scenarios."""
    from topogen.load.files import shipped_names
    from topogen.load.reading import Sources, parse_files
    from topogen.report.terminal import print_topologies

    print_topologies([parse_files(name, None, (), Sources())[0] for name in shipped_names()])
