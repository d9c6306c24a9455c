"""``topogen what-if``: cost and power of a fabric with other values in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import footnotes_option, format_option, over_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("what-if")
@topology_options
@over_option(required=False)
@click.option("--zip", "together", is_flag=True, help="Vary the paths of --over together, not combined.")
@click.option(
    "--figure",
    "figures",
    metavar="KEY",
    multiple=True,
    help="Add a column, by a key of expect: parts.els8, links.nvl, cost_usd.scale_out; or a ratio: 'A / B'.",
)
@footnotes_option
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    figures: tuple[str, ...],
    shape: str,
    *,
    every_footnote: bool,
    together: bool,
    strict: bool,
) -> None:
    """Print links, cost and power of a fabric for every combination of values.

    The first row is the unmodified file; without --over it is the only one. If only prices, makers or power
    of parts change, the fabric is not rebuilt. `--format csv` and `json` add a table of what each vendor is
    paid (procurement) and earns (content). The value `null` removes the key.
    """
    from topogen.language.over import zipped
    from topogen.language.scenario import combinations
    from topogen.load.parse import parse_merged
    from topogen.load.reading import Sources, merge_files, revision_of
    from topogen.report.footnotes import write_study
    from topogen.report.what_if_report import what_if_report, what_ifs_data
    from topogen.study.what_if import what_ifs

    if together and not over:
        raise click.UsageError("--zip needs --over: name the paths that vary together")
    laid = merge_files(name, scenario, catalogs, Sources())
    variations = [(), *(zipped(over) if together else combinations(over))] if over else [()]
    rows = list(
        what_ifs(lambda changes, _: parse_merged(laid, changes, "--over"), variations, figures, strict=strict)
    )
    found = revision_of(laid)
    revision = found.topology, found.catalog
    report = (what_ifs_data if shape in ("csv", "json") else what_if_report)(rows, revision)
    of = "interconnect and network devices of the unmodified file"
    write_study(report, shape, rows[0].prices, of, every=every_footnote)
