"""``topogen labels``: the labels of all cables, ready for a label printer."""

from __future__ import annotations

from pathlib import Path

import click

from topogen.cli.arguments import OUTPUT, topology_options


@click.command("labels")
@topology_options
@click.option("--all-links", is_flag=True, help="Include factory-installed links (backplanes, boards).")
@click.option("--output", "-o", metavar="FILE", type=OUTPUT, help="File to write. Default: NAME-labels.csv.")
def command(
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    output: Path | None,
    *,
    all_links: bool,
    strict: bool,
) -> None:
    """Write one row per cable label, with where it goes.

    A cable has a label at each end, a breakout one at its one plug and one at each leg.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.export.options import Options
    from topogen.export.to_labels import to_labels
    from topogen.load.reading import read

    done = read(name, scenario, catalogs, strict=strict)
    words = "-".join(filter(None, (done.fabric.name, done.fabric.scenario, "labels")))
    target = output or Path(f"{words}.csv")
    options = Options(topology_rev=done.revision.topology, all_links=all_links)
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, to_labels(done.fabric, done.rollup, options))
    click.echo(f"Written: {target}")
