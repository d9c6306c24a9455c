"""``topogen diff``: what changes between two revisions, in money, parts and cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, catalog_option, format_option, strict_option
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.load.reading import Design
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

TABLES = ("parts", "cables", "paths", "totals", "work")


@click.command("diff")
@click.argument("old", metavar="A", shell_complete=topologies)
@click.argument("new", metavar="B", shell_complete=topologies)
@click.option("--of", type=click.Choice(TABLES), help="Table that CSV has. Default: parts.")
@click.option(
    "--ordered",
    metavar="CSV",
    type=OUTPUT,
    help="Orders placed: part_id, length_m, qty_ordered, qty_received.",
)
@click.option("--all-links", is_flag=True, help="Include factory-installed links.")
@click.option("--summary", is_flag=True, help="Print at most 40 lines of Markdown, for a review.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything built, bought or pulled differs.")
@catalog_option
@format_option
@strict_option
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    old: str,
    new: str,
    of: str | None,
    ordered: Path | None,
    catalogs: tuple[Path, ...],
    shape: str,
    *,
    all_links: bool,
    summary: bool,
    exit_code: bool,
    strict: bool,
) -> None:
    """Print what changes from A to B: cost by cause, parts, cables with the work each takes, and why.

    A and B are shipped names or files, with @SCENARIO for a scenario of the file. The cost of a part changes
    by quantity, mix and price, which add up exactly. A cable that keeps both its ports is the same cable.
    """
    from topogen.diff import difference
    from topogen.diff.ordered import read_ordered
    from topogen.language.tree_changes import tree_changes
    from topogen.language.yaml_tree import plain
    from topogen.load.files import read_text
    from topogen.load.reading import read, split_scenario
    from topogen.report.diff_report import MOST_ROWS, SUMMARY_ROWS, diff_report
    from topogen.report.formats import write_report

    before, after = (read(*split_scenario(name), catalogs, strict=strict) for name in (old, new))
    known = {**before.fabric.catalog.parts, **after.fabric.catalog.parts}
    placed = read_ordered(read_text(ordered), str(ordered), known) if ordered else {}
    paths = tuple(tree_changes(plain(before.root), plain(after.root)))
    found = difference(_counted(before), _counted(after), paths, all_links=all_links)
    facts = {
        "old": old,
        "new": new,
        "rev_old": before.revision.topology,
        "rev_new": after.revision.topology,
        "catalog_rev_old": before.revision.catalog,
        "catalog_rev_new": after.revision.catalog,
    }
    most = SUMMARY_ROWS if summary else MOST_ROWS
    report = diff_report(found, facts, placed, of=of or "", most=most, summary=summary)
    write_report(report, "md" if summary else shape)
    ctx.exit(1 if exit_code and not found.is_empty else 0)


def _counted(design: Design) -> tuple[Fabric, RollUp]:
    return design.fabric, design.rollup
