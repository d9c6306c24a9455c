"""``topogen throughput``: what each endpoint can send while all do, and the time of collectives."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import NANOSECONDS, format_option, topology_options
from topogen.cli.chart_option import chart_option, write_chart

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

BYTES = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([KMGT]?i?B)")


def _read_bytes(_: click.Context, __: click.Parameter, given: str | None) -> int | None:
    if given is None:
        return None
    found = SIZE.fullmatch(given.strip())
    size = Fraction(found[1]) * BYTES.get(found[2], 0) if found else Fraction(0)
    if size <= 0 or size.denominator != 1:
        raise click.BadParameter(
            f'"{given}" is not a size: write whole bytes with {", ".join(BYTES)}, "1 GiB"'
        )
    return int(size)


@click.command("throughput")
@topology_options
@click.option(
    "--fabric", "-f", "only", metavar="NAME", multiple=True, help="Fabric or network; default: all."
)
@click.option(
    "--traffic",
    type=click.Choice(["all-to-all", "permutation", "ring"]),
    multiple=True,
    help="Who sends to whom; default: all three.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Seed of the random permutation.",
)
@click.option(
    "--message", metavar="SIZE", callback=_read_bytes, help="Also give times of collectives: 1 GiB, 64 MB."
)
@click.option(
    "--hop-ns",
    type=NANOSECONDS,
    default="0",
    show_default=True,
    help="Latency per hop in ns (with --message).",
)
@chart_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    only: tuple[str, ...],
    traffic: tuple[str, ...],
    seed: int,
    message: int | None,
    hop_ns: Decimal,
    chart: Path | None,
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print the bandwidth that each endpoint gets while all send at the same time.

    Fat trees are solved in closed form, small fabrics by a linear program (needs the extra "graphs"). Larger
    ones get an upper bound, marked "at most".
    """
    from topogen.load.reading import read
    from topogen.report.formats import write_report
    from topogen.report.throughput_report import throughput_report
    from topogen.study.throughput import TRAFFIC, throughput

    if hop_ns and message is None:
        raise click.UsageError("--hop-ns needs --message: without it no time is computed")
    design = read(name, scenario, catalogs, strict=strict)
    found = throughput(
        design.fabric,
        only=only,
        traffic=traffic or TRAFFIC,
        seed=seed,
        message=message,
        hop_ns=Fraction(hop_ns),
    )
    revision = design.revision.topology, design.revision.catalog
    write_report(throughput_report(design.fabric, found, revision, programs=shape in ("csv", "json")), shape)
    if chart is not None:
        from topogen.plot.throughput_chart import throughput_chart
        from topogen.takeoff.basis_line import footer_of

        write_chart(chart, throughput_chart(found, footer_of(design.fabric, design.rollup)))
