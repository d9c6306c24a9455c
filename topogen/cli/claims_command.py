"""``topogen claims``: published statements beside what the files come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, format_option
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from pathlib import Path


@click.command("claims")
@click.argument("names", metavar="[NAME-OR-PATH]...", nargs=-1, shell_complete=topologies)
@catalog_option
@format_option
def command(names: tuple[str, ...], catalogs: tuple[Path, ...], shape: str) -> None:
    """Print each claim of the files: what was published, what was computed, and a verdict.

    Without a name: the claims of all shipped topologies. A claim is reproduced if the file comes to the
    published value, to the digits written; under a basis if only a stated assumption of the claim, or a value
    from low to high, does.
    """
    from topogen.load.reading import claims
    from topogen.report.claims_report import claims_data, claims_report
    from topogen.report.formats import write_report

    found = claims(*names, catalogs=catalogs)
    write_report(claims_data(found) if shape in ("csv", "json") else claims_report(found), shape)
