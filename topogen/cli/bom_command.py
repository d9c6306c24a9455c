"""``topogen bom``: what a fabric is made of, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("bom")
@topology_options
def command(name: str, scenario: str | None, catalogs: tuple[Path, ...], *, strict: bool) -> None:
    """Print what a fabric is made of and what it adds up to.

    NAME-OR-PATH is a shipped topology (see `topogen list`) or a file.
    """
    from topogen.load.reading import read
    from topogen.report.terminal import print_bom

    done = read(name, scenario, catalogs, strict=strict)
    print_bom(done.fabric, done.rollup)
