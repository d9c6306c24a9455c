"""``topogen phases``: what each phase of an installation buys, pulls and re-cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("phases", "recable", "parts")


@click.command("phases")
@topology_options
@click.option("--phase", "only", metavar="PHASE", help="Show this phase only.")
@click.option("--of", type=click.Choice(TABLES), help="Table that CSV has. Default: phases.")
@click.option("--all-links", is_flag=True, help="Include factory-installed links.")
@format_option
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    only: str | None,
    of: str | None,
    shape: str,
    *,
    all_links: bool,
    strict: bool,
) -> None:
    """Print what each phase of a file adds: cables, parts, cost, and ports that wait for later phases.

    Cables of earlier phases that are touched again are listed with the work that each takes.
    """
    from topogen.diff.phases import phases_of
    from topogen.errors import InputError, Problem, nearest
    from topogen.load.reading import read
    from topogen.report.formats import write_report
    from topogen.report.phases_report import phases_report

    design = read(name, scenario, catalogs, strict=strict)
    phases = phases_of(design.fabric, design.rollup, all_links=all_links)
    if not phases:
        hint = "add a section phases: docs/topology-language.md shows one"
        raise InputError([Problem("E779", f'"{name}" has no phases', hint=hint)])
    known = [one.name for one in phases]
    if only is not None and only not in known:
        raise InputError([Problem("E779", f'there is no phase "{only}"', hint=nearest(only, known))])
    shown = [one for one in phases if only in {None, one.name}]
    write_report(phases_report(shown, design.facts, of or "phases"), shape)
