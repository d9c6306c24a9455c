"""``topogen claims``: published statements beside what the files come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, format_option
from topogen.cli.chart_option import chart_option, write_chart
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from pathlib import Path


@click.command("claims")
@click.argument("names", metavar="[NAME-OR-PATH]...", nargs=-1, shell_complete=topologies)
@catalog_option
@chart_option
@format_option
def command(names: tuple[str, ...], catalogs: tuple[Path, ...], chart: Path | None, shape: str) -> None:
    """Print each claim of the files: what was published, what was computed, and a verdict.

    Without a name: the claims of all shipped topologies. A claim is reproduced if the file comes to the
    published value, to the digits written; under a basis if only a stated assumption of the claim, or a value
    from low to high, does.
    """
    from topogen.load.studies import claims
    from topogen.report.claims_report import claims_data, claims_report
    from topogen.report.formats import write_report

    found = claims(*names, catalogs=catalogs)
    write_report(claims_data(found) if shape in ("csv", "json") else claims_report(found), shape)
    if chart is not None:
        from topogen.plot.claims_chart import claims_chart
        from topogen.takeoff.basis_line import footer_line

        revisions = dict.fromkeys(f"catalog {one.revision.catalog}" for one in found)
        spec = claims_chart({one.name: one.claims for one in found}, footer_line("claims", *revisions))
        write_chart(chart, spec)
