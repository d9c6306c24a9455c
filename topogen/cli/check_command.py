"""``topogen check``: ports, rates, reach and expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("check")
@topology_options
@click.pass_context
def command(ctx: click.Context, name: str, scenario: str | None, catalogs: tuple[Path, ...]) -> None:
    """Check ports, rates, reach and what the file expects; exit 1 if an expectation fails.

    More links than ports, rates or interfaces that do not meet and exceeded reach are refused with exit 2.
    """
    from topogen.checks import check_expectations, check_quoted
    from topogen.port_uses import port_uses
    from topogen.reading import read
    from topogen.report.terminal import print_check

    done = read(name, scenario, catalogs)
    expected = check_expectations(done.fabric, done.rollup)
    quoted = check_quoted(done.fabric, done.rollup)
    print_check(done.fabric, port_uses(done.fabric), expected, quoted)
    ctx.exit(0 if all(item.holds for item in expected) else 1)
