"""``topogen world-size``: scale-up and scale-out per GPU as the domain grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, over_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("world-size")
@topology_options
@over_option(required=True)
@click.option("--fixed-tiers", is_flag=True, help="Fail if the fabric needs more tiers than the file allows.")
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    shape: str,
    *,
    fixed_tiers: bool,
    strict: bool,
) -> None:
    """Print what a GPU takes of scale-up and scale-out as the domain grows, and why it steps.

    The file needs both networks: topogen world-size world-size --over instances.node=72,144,288,10368
    """
    from topogen.load.reading import read, world_size
    from topogen.report.formats import write_report
    from topogen.report.world_size_report import world_size_report

    revision = read(name, scenario, catalogs, strict=strict).revision
    rows = world_size(name, over, scenario=scenario, catalogs=catalogs, fixed_tiers=fixed_tiers)
    report = world_size_report(rows, (revision.topology, revision.catalog), programs=shape in ("csv", "json"))
    write_report(report, shape)
