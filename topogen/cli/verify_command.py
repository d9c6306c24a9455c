"""``topogen verify``: found cables against a model, or a sheet of cables by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, catalog_option, format_option, strict_option
from topogen.cli.completing import scenarios, topologies
from topogen.cli.found_files import read_found

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("errors", "rows", "summary", "modules")


@click.command("verify")
@click.argument("name", metavar="[NAME-OR-PATH]", required=False, shell_complete=topologies)
@click.argument("found", metavar="[FOUND]", required=False, type=OUTPUT)
@click.option("--p2p", metavar="SHEET", type=OUTPUT, help="Audit a sheet of cables without a topology.")
@click.option("--bom", metavar="CSV", type=OUTPUT, help="With --p2p: pieces to compare, part_id and qty.")
@click.option("--of", type=click.Choice(TABLES), help="Table that CSV has. Default: errors, of --p2p rows.")
@click.option("--all-links", is_flag=True, help="Miss factory-installed links too.")
@click.option("--design-names", is_flag=True, help="Read ports by design names before names of the site.")
@click.option("--scenario", "-s", metavar="S", shell_complete=scenarios, help="Apply a scenario of the file.")
@catalog_option
@format_option
@strict_option
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    name: str | None,
    found: Path | None,
    p2p: Path | None,
    bom: Path | None,
    of: str | None,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    shape: str,
    *,
    all_links: bool,
    design_names: bool,
    strict: bool,
) -> None:
    """Compare cables that were FOUND with those of a topology, or audit a sheet of cables.

    FOUND is a table with the columns a_device, a_port, b_device, b_port, of LLDP neighbours, a P2P sheet, a
    DOT file of PTM, the output of ibnetdiscover, or an InfraGraph infrastructure.
    Prints cables that are missing, unexpected, swapped in pairs, in a wrong port or at a wrong rate. Exits
    with 1 if anything differs.
    """
    from topogen.report.formats import write_report

    if p2p:
        if name or found:
            raise click.UsageError("--p2p audits a sheet alone: leave out NAME and FOUND")
        right = _audit(p2p, bom, of, shape)
        ctx.exit(0 if right else 1)
    if not (name and found):
        raise click.UsageError("name a topology and a table: topogen verify NAME FOUND.csv, or --p2p SHEET")
    if bom:
        raise click.UsageError("--bom goes with --p2p")
    from topogen.found.compare import verify
    from topogen.load.reading import read
    from topogen.report.verify_report import verify_report

    table = read_found(found)
    done = read(name, scenario, catalogs, strict=strict)
    compared = verify(done.fabric, table, all_links=all_links, design_first=design_names)
    write_report(verify_report(compared, {**done.facts, "found": str(found)}, of or ""), shape)
    ctx.exit(0 if compared.is_right else 1)


def _audit(sheet: Path, bom: Path | None, of: str | None, shape: str) -> bool:
    """Print what is wrong with a sheet; return whether nothing is."""
    from topogen.found.audit import audit, read_bom
    from topogen.load.files import read_text
    from topogen.report.formats import write_report
    from topogen.report.verify_report import audit_sheet_report

    pieces = read_bom(read_text(bom), str(bom)) if bom else None
    audited = audit(read_found(sheet), pieces)
    write_report(audit_sheet_report(audited, {"sheet": str(sheet)}, of or ""), shape)
    return audited.is_right
