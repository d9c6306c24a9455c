"""``topogen check``: ports, rates, reach and expectations."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import NANOSECONDS, format_option, topology_options

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from topogen.errors import Problem
    from topogen.load.reading import Design
    from topogen.model.fabric import Fabric
    from topogen.structure.survey import Structure


@click.command("check")
@topology_options
@format_option
@click.option(
    "--prices-at",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Also list missing and outdated prices as of DATE.",
)
@click.option(
    "--structure",
    is_flag=True,
    help="Also check connectivity, hops, bisection, disjoint paths, rails and planes.",
)
@click.option(
    "--only",
    metavar="PARTS",
    default="",
    help="These parts of the structure alone: connectivity, hops, bisection, paths, latency, rails, light.",
)
@click.option(
    "--prove",
    is_flag=True,
    help="Expand every link and verify that each end has its own existing port.",
)
@click.option(
    "--update-expect", is_flag=True, help="First rewrite the numbers in expect that fail, in the file itself."
)
@click.option("--hop-ns", type=NANOSECONDS, metavar="NS", help="Latency per switch in ns (with --structure).")
@click.option(
    "--ns-per-m",
    type=NANOSECONDS,
    metavar="NS",
    default=Decimal(5),
    show_default=True,
    help="Latency per metre of cable in ns (NVIDIA documents: 4.5 to 5).",
)
@click.pass_context
def command(  # noqa: PLR0913 - one an option
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    shape: str,
    prices_at: datetime | None,
    *,
    hop_ns: Decimal | None,
    ns_per_m: Decimal,
    structure: bool,
    only: str,
    prove: bool,
    update_expect: bool,
    strict: bool,
) -> None:
    """Check ports, rates, reach and the expectations of the file.

    Exit status: 1 if an expectation, a rule or a proof fails; 2 if the input is invalid, for example if links
    outnumber ports, rates or interfaces do not match, or a reach is exceeded.
    """
    from topogen.errors import InputError
    from topogen.load.reading import read
    from topogen.report.check_json import check_json
    from topogen.report.check_report import problems_csv

    parts = _parts(only, structure=structure)
    try:
        if update_expect:
            _update(name, scenario, catalogs)
        done = read(name, scenario, catalogs)
        warnings = _warnings(done, prices_at, strict=strict)
    except InputError as error:
        if shape in ("text", "md"):
            raise
        click.echo(check_json(error.problems) if shape == "json" else problems_csv(error.problems))
        ctx.exit(2)
    times = None if hop_ns is None else (Fraction(hop_ns), Fraction(ns_per_m))
    ctx.exit(_report(done, warnings, shape, times, parts=parts, prove=prove))


def _update(name: str, scenario: str | None, catalogs: tuple[Path, ...]) -> None:
    """Rewrite failed expectations of a topology file and print what changed."""
    from topogen.checks.expectations import check_expectations
    from topogen.cli.update_expect import update_expectations
    from topogen.load.files import find_topology, topologies_dir
    from topogen.load.reading import read

    done = read(name, scenario, catalogs)
    path = find_topology(name)
    shown = f"topologies/{path.name}" if path.parent == topologies_dir() else str(path)
    expected = check_expectations(done.fabric, done.rollup)
    for note in update_expectations(path, shown, expected):
        click.echo(note, err=True)


def _warnings(done: Design, prices_at: datetime | None, *, strict: bool) -> tuple[Problem, ...]:
    """Return what is worth knowing, of the prices too if a date is given; raise it if ``strict``."""
    from topogen.checks.prices import check_prices
    from topogen.errors import InputError

    prices = check_prices(done.fabric, done.rollup, prices_at.date()) if prices_at else ()
    warnings = (*done.warnings, *prices)
    if strict and warnings:
        raise InputError(warnings)
    return warnings


def _parts(only: str, *, structure: bool) -> tuple[str, ...]:
    """Return the parts of the structure that are asked, all with ``structure`` alone; refuse unknown ones."""
    from topogen.errors import InputError, Problem, nearest
    from topogen.structure.survey import PARTS

    asked = tuple(part.strip() for part in only.split(",") if part.strip())
    wrong = [part for part in asked if part not in PARTS]
    if wrong:
        message = f'--only: the structure has no part "{wrong[0]}"'
        raise InputError([Problem("E686", message, hint=nearest(wrong[0], PARTS))])
    return asked or (PARTS if structure else ())


def _surveyed(fabric: Fabric, times: tuple[Fraction, Fraction] | None, parts: tuple[str, ...]) -> Structure:
    """Return the structure; a person at a terminal sees what it is at."""
    import os
    import sys

    from topogen.structure.survey import survey

    if not sys.stderr.isatty() or os.environ.get("CI"):
        return survey(fabric, times, parts)
    from rich.console import Console

    with Console(stderr=True).status("structure") as status:
        return survey(fabric, times, parts, status.update)


def _report(
    done: Design,
    warnings: tuple[Problem, ...],
    shape: str,
    times: tuple[Fraction, Fraction] | None,
    *,
    parts: tuple[str, ...],
    prove: bool,
) -> int:
    """Print what was checked; return the exit code, 1 where an expectation, a rule or a proof fails."""
    from topogen.cabling.port_uses import port_uses
    from topogen.checks.expectations import check_expectations, check_quoted, failures
    from topogen.report.check_json import check_json
    from topogen.report.check_report import CheckResults, check_report
    from topogen.report.formats import write_report
    from topogen.report.structure_report import proof_json, structure_json
    from topogen.structure.oversubscription import switch_uses
    from topogen.structure.proof import prove_ports

    expected = check_expectations(done.fabric, done.rollup)
    quoted = check_quoted(done.fabric, done.rollup)
    problems = (*failures(done.fabric, expected), *warnings)
    found = _surveyed(done.fabric, times, parts) if parts else None
    proofs = prove_ports(done.fabric) if prove else None
    switches = switch_uses(done.fabric)
    if shape == "json":
        structured = structure_json(switches, found)
        click.echo(check_json(problems, expected, quoted, structure=structured, proof=proof_json(proofs)))
    else:
        ports, gaps = port_uses(done.fabric), done.rollup.gaps
        seen = CheckResults(ports, switches, proofs, found, expected, quoted, problems, gaps)
        write_report(check_report(done.fabric, seen), shape)
    kept = found is None or not any(rule.violations for rule in found.rules)
    proved = all(proof.holds for proof in proofs or ())
    return 0 if kept and proved and all(item.holds for item in expected) else 1
