"""Tables on a terminal: short, rounded for reading; exact figures stand in the files."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from topogen.catalog.pricing import high, low
from topogen.media.medium import links_pairs
from topogen.takeoff.energy import energies
from topogen.takeoff.roll_up import buildable_rows
from topogen.units import format_count, format_decimal, format_length, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.build.parsed import Parsed
    from topogen.cabling.port_uses import PortUse
    from topogen.checks.expectations import Expectation
    from topogen.errors import Problem
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import BomLine, RollUp
    from topogen.units import Triple

MAX_VENDORS = 6
MAX_GAPS = 12
BASIS = "both ends of every link in the file, all tiers; the far end of an external link is not counted"


class _Console(Console):
    """A console that leaves it to the command line what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Return the console; a pipe gets plain text, 120 columns wide."""
    made = _Console(highlight=False, soft_wrap=False)
    return made if made.is_terminal else _Console(highlight=False, width=120)


def print_bom(fabric: Fabric, rollup: RollUp) -> None:
    """Print what a fabric is made of, what that adds up to, and what is missing."""
    out = console()
    _heading(out, fabric)
    show(out, "Links", _links(fabric))
    show(out, "Parts", _parts(rollup.lines))
    _print_totals(out, fabric, rollup)
    _print_energy(out, fabric, rollup)
    _print_vendors(out, rollup)
    _print_buildable(out, rollup)
    _print_gaps(out, rollup)
    print_problems(out, (*fabric.warnings, *rollup.warnings))


def print_built(
    fabric: Fabric,
    rollup: RollUp,
    checked: tuple[Sequence[Expectation], Sequence[Expectation]],
    notes: Sequence[str],
) -> None:
    """Print what a person wants to know after a build: totals, per GPU, top vendors, gaps, checks, files."""
    out = console()
    _heading(out, fabric)
    show(out, "Links", _links(fabric))
    _print_totals(out, fabric, rollup)
    _print_energy(out, fabric, rollup)
    _print_vendors(out, rollup)
    _print_buildable(out, rollup)
    _print_gaps(out, rollup)
    expected, quoted = checked
    _print_expected(out, expected, only_failed=True)
    _print_quoted(out, quoted)
    print_problems(out, (*fabric.warnings, *rollup.warnings))
    for note in notes:
        out.print(f"\n{note}", soft_wrap=True)


def print_ports(fabric: Fabric, ports: Sequence[PortUse]) -> None:
    """Print which ports are used, and the link groups."""
    out = console()
    _heading(out, fabric)
    table = table_of("devices", "port", "rate", "#count", "#each", "#used", "#free")
    for row in ports:
        table.add_row(
            row.devices, row.port, row.rate, format_count(row.n_devices), format_count(row.ports_each),
            format_count(row.used), format_count(row.free),
        )  # fmt: skip
    show(out, "Ports", table)
    show(out, "Links", _links(fabric))
    out.print("Rates, duplex, interfaces and reach meet on every link; no port is used twice.")


def print_checked(
    expected: Sequence[Expectation], quoted: Sequence[Expectation], problems: Iterable[Problem]
) -> None:
    """Print expectations, published figures, and what failed or is worth knowing."""
    out = console()
    _print_expected(out, expected, only_failed=False)
    _print_quoted(out, quoted)
    print_problems(out, problems)


def print_topologies(parsed: Iterable[Parsed]) -> None:
    """Print the shipped topologies with status, title and scenarios."""
    table = table_of("name", "status", "what it is", "scenarios")
    for item in parsed:
        table.add_row(
            item.spec.name, item.spec.status or "", item.spec.title or "", ", ".join(item.scenarios)
        )
    console().print(table)


def print_problems(out: Console, problems: Iterable[Problem]) -> None:
    """Print what failed, and what is worth knowing and stops nothing."""
    for problem in problems:
        style = "red" if problem.is_error else "yellow"
        out.print(Text(str(problem), style=style), soft_wrap=True)


def _heading(out: Console, fabric: Fabric) -> None:
    words = [fabric.name, f"scenario {fabric.scenario}" if fabric.scenario else "", fabric.spec.status or ""]
    out.print(Text("  ".join(word for word in words if word), style="bold"))
    if fabric.spec.title:
        out.print(fabric.spec.title)


def show(out: Console, title: str, table: Table) -> None:
    """Print a table under its title."""
    out.print()
    out.print(Text(title, style="bold"))
    out.print(table)


def table_of(*columns: str) -> Table:
    """Return a table; a column named with a leading ``#`` holds numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(
            column.lstrip("#"), justify="right" if column.startswith("#") else "left", overflow="fold"
        )
    return table


def _links(fabric: Fabric) -> Table:
    table = table_of("group", "network", "#tier", "#links", "rate", "#lanes", "#pairs", "medium", "length")
    for group in fabric.links:
        pairs = links_pairs(fabric, group)
        media = " / ".join(dict.fromkeys(group.media)) if group.media else "none: a gap"
        lengths = group.lengths.span_mm
        span = f"{format_length(lengths[0])} to {format_length(lengths[1])}" if lengths else "unknown"
        table.add_row(
            group.name, group.network, str(group.tier), format_count(group.count), format_rate(group.rate),
            str(group.lanes or ""), format_count(pairs) if pairs is not None else "", media, span,
        )  # fmt: skip
    return table


def _parts(lines: Iterable[BomLine]) -> Table:
    table = table_of("part", "scope", "#quantity", "#length", "#unit USD", "#extended USD")
    for line in lines:
        length = format_length(line.length_mm) if line.length_mm is not None else ""
        unit = money(line.unit.base) if line.unit else "unknown"
        extended = (
            money(line.extended.base)
            if line.extended
            else "not summed"
            if line.cost_scope == "host"
            else "unknown"
        )
        table.add_row(line.part, line.cost_scope, format_count(line.qty), length, unit, extended)
    return table


def money(value: Fraction) -> str:
    """Return dollars for reading: whole ones from 100 on, cents below."""
    whole = abs(value) >= 100 or value.denominator == 1  # noqa: PLR2004
    return f"{round(value):,}" if whole else format_decimal(value, 2)


def _span(value: Triple) -> str:
    """Return base with its range, where there is one."""
    ends = f"  ({money(low(value))} to {money(high(value))})" if low(value) != high(value) else ""
    return money(value.base) + ends


def _print_totals(out: Console, fabric: Fabric, rollup: RollUp) -> None:
    show(out, "Totals", _totals(rollup))
    out.print(f"Count basis: {BASIS}.", soft_wrap=True)
    if _outside(fabric):
        out.print(f"External: {_outside(fabric)}.", soft_wrap=True)


def _print_energy(out: Console, fabric: Fabric, rollup: RollUp) -> None:
    rows = energies(fabric)
    if not rows:
        return
    gpus = rollup.totals.gpus
    table = table_of("medium", "network", "boundary", "#pJ/bit", "#Tb/s, all ends", "#W", "#W per GPU")
    for one in rows:
        each = money(one.power_w.base / gpus) if gpus else ""
        tbps = format_decimal(one.tbps_ends, 1)
        table.add_row(
            one.medium, one.network, one.boundary, _span(one.pj_per_bit), tbps, _span(one.power_w), each
        )
    show(out, "Energy at each boundary, never added", table)


def _outside(fabric: Fabric) -> str:
    """Return which links leave the model, and to where."""
    groups = [group for group in fabric.links if not group.has_b]
    return "; ".join(f"{format_count(group.count)} {group.name} links to {group.outside}" for group in groups)


def _totals(rollup: RollUp) -> Table:
    totals = rollup.totals
    gpus = totals.gpus
    table = table_of("figure", "#total", "#per GPU")
    partial = " (at least: see gaps)" if any(gap.partial for gap in rollup.gaps) else ""
    rows: list[tuple[str, Fraction]] = [
        ("GPUs (packages)", Fraction(gpus)),
        ("links", Fraction(totals.links)),
        ("engines active", Fraction(totals.engines_active)),
        ("engines fitted", Fraction(totals.engines_fitted)),
        ("ELS", Fraction(totals.els)),
        ("lasers in ELS", totals.lasers),
        ("data fibres", Fraction(totals.fibres)),
        ("laser fibres", Fraction(totals.laser_fibres)),
    ]
    for label, value in rows:
        if value:
            each = format_decimal(value / gpus, 3) if gpus and label != "GPUs (packages)" else ""
            table.add_row(
                label,
                f"{format_decimal(value, 3)}" if value.denominator > 1 else format_count(int(value)),
                each,
            )
    for label, amount in [
        (f"interconnect USD{partial}", totals.cost_usd),
        ("network devices USD", totals.network_device_usd),
        ("interconnect W", totals.power_w),
    ]:
        if amount.base:
            table.add_row(label, _span(amount), money(amount.base / gpus) if gpus else "")
    return table


def _print_vendors(out: Console, rollup: RollUp) -> None:
    for view in ("procurement", "content"):
        earned: dict[str, Fraction] = defaultdict(Fraction)
        for row in rollup.vendors:
            if row.view == view and row.cost_scope == "interconnect" and row.value:
                earned[row.vendor] += row.value.base
        total = sum(earned.values(), Fraction(0))
        if not total:
            continue
        gpus = rollup.totals.gpus
        table = table_of("vendor", "#USD", "#share", "#USD per GPU")
        for vendor, value in sorted(earned.items(), key=lambda item: -item[1])[:MAX_VENDORS]:
            each = money(value / gpus) if gpus else ""
            table.add_row(vendor, money(value), f"{format_decimal(100 * value / total, 1)}%", each)
        show(out, f"Interconnect by vendor, {view} view", table)


def _print_buildable(out: Console, rollup: RollUp) -> None:
    rows = buildable_rows(rollup.quantities)
    if not rows:
        return
    table = table_of("part", "network", "#as modelled", "rounded per", "#buildable", "fitted per")
    for row in rows:
        table.add_row(
            row.part or "",
            row.network,
            format_count(row.qty),
            row.scope,
            format_count(row.buildable),
            row.buildable_scope,
        )
    show(out, "Buildable beside published", table)


def _print_gaps(out: Console, rollup: RollUp) -> None:
    if not rollup.gaps:
        return
    table = table_of("reason", "part", "#quantity", "what is missing")
    for gap in rollup.gaps[:MAX_GAPS]:
        table.add_row(gap.reason, gap.part, format_count(gap.qty), gap.what)
    show(out, "Gaps", table)
    if len(rollup.gaps) > MAX_GAPS:
        out.print(f"and {len(rollup.gaps) - MAX_GAPS} more: bom_gaps.csv of a build has all")


def _print_expected(out: Console, rows: Sequence[Expectation], *, only_failed: bool) -> None:
    failed = [row for row in rows if not row.holds]
    shown = failed if only_failed else rows
    if shown:
        table = table_of("", "figure", "expected", "found", "difference", "where")
        for row in shown:
            mark = Text("ok", style="green") if row.holds else Text("FAIL", style="bold red")
            table.add_row(mark, row.key, row.expected, row.found, row.difference, str(row.mark or ""))
        show(out, "Expectations", table)
    if rows:
        out.print(f"{len(rows) - len(failed)} of {len(rows)} expectations hold.")


def _print_quoted(out: Console, rows: Sequence[Expectation]) -> None:
    if not rows:
        return
    table = table_of("figure", "published", "computed", "difference", "who")
    for row in rows:
        table.add_row(row.key, row.expected, row.found, row.difference, row.source)
    show(out, "Published beside computed", table)
