"""``topogen sheets``: sheets to print for an installation."""

from __future__ import annotations

from pathlib import Path

import click

from topogen.cli.arguments import OUTPUT, buying_of, buying_options, topology_options


@click.command("sheets")
@topology_options
@click.option("--rack", "racks", metavar="RACK", multiple=True, help="Print this rack; repeat for several.")
@click.option("--all-links", is_flag=True, help="Include factory-installed links (backplanes, boards).")
@buying_options
@click.option("--output", "-o", metavar="FILE", type=OUTPUT, help="File to write. Default: NAME-sheets.html.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    racks: tuple[str, ...],
    buy: str,
    need_by: str | None,
    order_date: str | None,
    output: Path | None,
    *,
    all_links: bool,
    strict: bool,
) -> None:
    """Write one HTML file to print: what arrives, a pull sheet a bundle, a port map a rack.

    Print it from a browser, on paper or as PDF; each sheet starts a page.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.export.options import Options
    from topogen.load.reading import read
    from topogen.page.sheets import to_sheets

    done = read(name, scenario, catalogs, strict=strict)
    options = Options(
        topology_rev=done.revision.topology,
        catalog_rev=done.revision.catalog,
        all_links=all_links,
        buying=buying_of(buy, need_by, order_date),
    )
    page = to_sheets(done.fabric, done.rollup, options, racks)
    words = "-".join(filter(None, (done.fabric.name, done.fabric.scenario, "sheets")))
    target = output or Path(f"{words}.html")
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, [page.encode()])
    click.echo(f"Written: {target}")
