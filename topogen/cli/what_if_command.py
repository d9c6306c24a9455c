"""``topogen what-if``: cost and power of a fabric with other values in its file."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import (
    footnotes_option,
    format_option,
    over_option,
    topology_options,
    workers_options,
)

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.build.parsed import Parsed
    from topogen.language.scenario import Changes
    from topogen.load.parse import MergedTree


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
@workers_options
@footnotes_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    figures: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
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
    from topogen.load.reading import revision_of
    from topogen.report.footnotes import write_study
    from topogen.report.progress import tasks_shown
    from topogen.report.what_if_report import what_if_report, what_ifs_data
    from topogen.study.what_if import what_ifs
    from topogen.work import share_out

    if together and not over:
        raise click.UsageError("--zip needs --over: name the paths that vary together")
    _laid.cache_clear()  # a file may have changed since
    laid = _laid(name, scenario, catalogs)
    variations = [(), *(zipped(over) if together else combinations(over))] if over else [()]
    parse = partial(_parsed, name, scenario, catalogs)
    with tasks_shown("Variations") as shown, share_out(workers, cluster, progress=shown) as shared:
        rows = list(what_ifs(parse, variations, figures, strict=strict, share_out=shared))
    found = revision_of(laid)
    revision = found.topology, found.catalog
    report = (what_ifs_data if shape in ("csv", "json") else what_if_report)(rows, revision)
    of = "interconnect and network devices of the unmodified file"
    write_study(report, shape, rows[0].prices, of, every=every_footnote)


def _parsed(name: str, scenario: str | None, catalogs: tuple[Path, ...], changes: Changes, _: str) -> Parsed:
    """Return the file with changes; each process reads it once, from the same path."""
    from topogen.load.parse import parse_merged

    return parse_merged(_laid(name, scenario, catalogs), changes, "--over")


@lru_cache(maxsize=1)
def _laid(name: str, scenario: str | None, catalogs: tuple[Path, ...]) -> MergedTree:
    from topogen.load.reading import Sources, merge_files

    return merge_files(name, scenario, catalogs, Sources())
