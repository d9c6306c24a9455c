"""``topogen lengths``: what fewer lengths of cable cost, and what a stock of cables serves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, format_option, read_number, topology_options

if TYPE_CHECKING:
    from pathlib import Path


def _read_lengths(_: click.Context, __: click.Parameter, given: str | None) -> list[int]:
    from topogen.units import MM_PER_M

    texts = given.split(",") if given else []
    return [int(read_number(one, "m", Decimal("0.001")) * MM_PER_M) for one in texts]


@click.command("lengths")
@topology_options
@click.option("--keep", metavar="M,M", callback=_read_lengths, help="Lengths in metres to keep: 3,10,30.")
@click.option(
    "--ordered",
    metavar="CSV",
    type=OUTPUT,
    help="Cables that are bought already and serve first: part_id, length_m, qty_ordered, qty_received.",
)
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    keep: list[int],
    ordered: Path | None,
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print what an order of fewer lengths of each cable costs.

    From every length that the design needs down to one, each row is the cheapest choice of that many.
    """
    from topogen.diff.ordered import read_ordered
    from topogen.load.files import read_text
    from topogen.load.reading import read
    from topogen.report.formats import write_report
    from topogen.report.lengths_report import lengths_report

    done = read(name, scenario, catalogs, strict=strict)
    stock = None
    if ordered:
        placed = read_ordered(read_text(ordered), str(ordered), done.fabric.catalog.parts)
        stock = {key: one.ordered for key, one in placed.items()}
    write_report(lengths_report(done.fabric, done.rollup, keep, stock), shape)
